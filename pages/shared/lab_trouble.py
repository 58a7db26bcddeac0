"""What goes wrong in a run: said in a sentence, with one click back to before it, or to settings that learn."""
from collections.abc import Callable
from types import ModuleType

import streamlit as st

from core.run_config import Config
from pages.shared import lab, lab_choices, lab_remedies, link, train_one_remedies
from pages.shared.lab import Lab
from pages.shared.lab_remedies import Remedy

GRAVEST = (
    *("not finite", "divergence", "saturation", "exploding gradients"),
    *("dead layer", "collapse", "vanishing gradients"),
)


def tell(run: Lab, go: Callable[[Lab, int], None]) -> None:
    """The gravest trouble in a sentence, the others by name; go(run, step) leads back to before it."""
    found = sorted(run.troubles, key=lambda trouble: GRAVEST.index(trouble.kind))
    if not found:
        if lab.is_stuck(run):
            _stuck(run)
        return
    first, *others = found
    more = f" Besides: {', '.join(other.kind for other in others)}." if others else ""
    remedy = _remedies(run.state.config).of_trouble(run.state.config, first.kind)
    st.warning(f"{first.text} {remedy.text}{more}", icon=":material/warning:")
    if run.busy:
        return
    before = lab.step_before(run, first)
    with st.container(horizontal=True, key="trouble"):
        if first.step and before < run.state.step:
            st.button(f"Back to step {before}, before it", key="before", on_click=go, args=(run, before))
        _again(remedy)


def _stuck(run: Lab) -> None:
    """A loss that does not move has many causes."""
    config = run.state.config
    remedy = _remedies(config).of_standstill(config, run.state.step)
    st.warning(remedy.text, icon=":material/warning:")
    if not run.busy:
        _again(remedy)


def _remedies(config: object) -> ModuleType:
    """What helps a classifier, or an autoencoder."""
    return lab_remedies if isinstance(config, Config) else train_one_remedies


def _again(remedy: Remedy) -> None:
    """One click begins the run again from its first weights with other settings."""
    if not remedy.changes:
        return
    help = "The same run from its first weights; this one stays on the chart."
    if st.button(remedy.label, key="cure", help=help):
        link.go(**remedy.changes, **{name: link.UNSET for name in lab_choices.PLACE if name in st.query_params})
        st.rerun()  # the whole page: this is in its live part
