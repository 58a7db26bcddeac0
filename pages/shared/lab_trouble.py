"""What goes wrong in a run: said in a sentence, with one click back to before it, or to a better learning rate."""
from collections.abc import Callable

import streamlit as st

from core.squeeze_config import PENALTIES
from pages.shared import lab, lab_choices, link
from pages.shared.lab import Lab

RATE_TOO_LARGE = ("not finite", "divergence", "saturation", "exploding gradients")
GRAVEST = (*RATE_TOO_LARGE, "dead layer", "collapse", "vanishing gradients")
LESS, MORE = 1 / 9, 29  # how much the learning rate is changed, about


def tell(run: Lab, go: Callable[[Lab, int], None]) -> None:
    """The gravest trouble in a sentence, the others by name; go(run, step) leads back to before it."""
    found = sorted(run.troubles, key=lambda trouble: GRAVEST.index(trouble.kind))
    if not found:
        if lab.is_stuck(run):
            _stuck(run)
        return
    first, *others = found
    more = f" Besides: {', '.join(other.kind for other in others)}." if others else ""
    st.warning(first.text + more, icon=":material/warning:")
    if run.busy:
        return
    before, rate = lab.step_before(run, first), run.state.config.rate
    with st.container(horizontal=True, key="trouble"):
        if first.step and before < run.state.step:
            st.button(f"Back to step {before}, before it", key="before", on_click=go, args=(run, before))
        if first.kind in RATE_TOO_LARGE:
            _again("slower", "rate", max((one for one in lab_choices.RATES if one <= rate * LESS), default=None))
        penalty = getattr(run.state.config, "penalty", 0.0)  # autoencoders may have one
        if penalty and first.kind in ("dead layer", "collapse"):
            _again("lighter", "penalty", max(one for one in PENALTIES if one <= penalty * LESS))


def _stuck(run: Lab) -> None:
    """A learning rate may be too small, too."""
    rate = run.state.config.rate
    text = f"After {run.state.step:,} steps the loss is hardly less than at the beginning: "
    text += f"with a learning rate of {rate:g} each step is tiny. Take a larger one."
    st.warning(text, icon=":material/warning:")
    if not run.busy:
        _again("faster", "rate", min((one for one in lab_choices.RATES if one >= rate * MORE), default=None))


def _again(key: str, setting: str, value: float | None) -> None:
    """One click begins the same run with another learning rate, or another weight of the penalty."""
    if value is None:
        return
    help = "The same run from its first weights; this one stays on the chart."
    if st.button(f"Begin again with {setting} {value:g}", key=key, help=help):
        link.go(**{setting: value}, **{name: link.UNSET for name in lab_choices.PLACE if name in st.query_params})
        st.rerun()  # the whole page: this is in its live part
