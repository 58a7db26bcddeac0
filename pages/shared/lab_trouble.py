"""What goes wrong in a run: said in a sentence, with one click back to before it, or to settings that learn."""
from collections.abc import Callable

import streamlit as st

from core.checkup import Trouble
from core.run_config import Config
from core.squeeze_config import PENALTIES
from pages.shared import lab, lab_choices, lab_remedies, link
from pages.shared.lab import Lab
from pages.shared.lab_remedies import LESS, Remedy

RATE_TOO_LARGE = ("not finite", "divergence", "saturation", "exploding gradients")
GRAVEST = (*RATE_TOO_LARGE, "dead layer", "collapse", "vanishing gradients")
MORE = 29  # how much an autoencoder's learning rate is raised, about


def tell(run: Lab, go: Callable[[Lab, int], None]) -> None:
    """The gravest trouble in a sentence, the others by name; go(run, step) leads back to before it."""
    found = sorted(run.troubles, key=lambda trouble: GRAVEST.index(trouble.kind))
    if not found:
        if lab.is_stuck(run):
            _stuck(run)
        return
    first, *others = found
    more = f" Besides: {', '.join(other.kind for other in others)}." if others else ""
    remedies = _remedies(run, first)
    st.warning(" ".join([first.text, *(one.text for one in remedies if one.text)]) + more, icon=":material/warning:")
    if run.busy:
        return
    before = lab.step_before(run, first)
    with st.container(horizontal=True, key="trouble"):
        if first.step and before < run.state.step:
            st.button(f"Back to step {before}, before it", key="before", on_click=go, args=(run, before))
        for remedy in remedies:
            _again(remedy)


def _stuck(run: Lab) -> None:
    """A loss that does not move has many causes."""
    config = run.state.config
    if isinstance(config, Config):
        remedy = lab_remedies.of_standstill(config, run.state.step)
    else:
        text = f"After {run.state.step:,} steps the loss is hardly less than at the beginning: "
        text += f"with a learning rate of {config.rate:g} each step is tiny. Take a larger one."
        rate = min((one for one in lab_choices.RATES if one >= config.rate * MORE), default=None)
        remedy = Remedy(text, *_setting("rate", rate), "faster")
    st.warning(remedy.text, icon=":material/warning:")
    if not run.busy:
        _again(remedy)


def _remedies(run: Lab, trouble: Trouble) -> list[Remedy]:
    """For a classifier the likeliest; an autoencoder's troubles say themselves what would be right."""
    config = run.state.config
    if isinstance(config, Config):
        return [lab_remedies.of_trouble(config, trouble.kind)]
    found = []
    if trouble.kind in RATE_TOO_LARGE:
        rate = max((one for one in lab_choices.RATES if one <= config.rate * LESS), default=None)
        found.append(Remedy("", *_setting("rate", rate), "slower"))
    if config.penalty and trouble.kind in ("dead layer", "collapse"):
        penalty = max(one for one in PENALTIES if one <= config.penalty * LESS)
        found.append(Remedy("", *_setting("penalty", penalty), "lighter"))
    return found


def _setting(name: str, value: float | None) -> tuple[str, dict[str, object]]:
    return ("", {}) if value is None else (f"Begin again with {name} {value:g}", {name: value})


def _again(remedy: Remedy) -> None:
    """One click begins the run again from its first weights with other settings."""
    if not remedy.changes:
        return
    help = "The same run from its first weights; this one stays on the chart."
    if st.button(remedy.label, key=remedy.key, help=help):
        link.go(**remedy.changes, **{name: link.UNSET for name in lab_choices.PLACE if name in st.query_params})
        st.rerun()  # the whole page: this is in its live part
