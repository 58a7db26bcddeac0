"""What belongs to a run besides its drawing: a question, its numbers, and what can be taken home."""
import streamlit as st

from core.run_config import to_json
from core.script import script
from pages.shared import lab_home, lab_quiz
from pages.shared.lab_page import Shown
from pages.shared.tell import fold


def tell(shown: Shown) -> None:
    """The question first, then what is folded away."""
    if shown.run is None:
        return
    lab_quiz.ask(shown.run.state.config)
    with fold("The numbers of this run", "fold-run") as is_open:
        if is_open:
            _numbers(shown)
    with fold("Save this run", "fold-save") as is_open:
        if is_open:
            _save(shown)


def _numbers(shown: Shown) -> None:
    if lab_home.rests(shown.run, "read the numbers"):
        lab_home.numbers(shown.run, shown.data, ("loss", "accuracy"))


def _save(shown: Shown) -> None:
    run = shown.run
    if not lab_home.rests(run, "save the run"):
        return
    st.markdown(
        f"The run at step {run.state.step:,}. The script needs nothing of Torchlight: it trains the same network "
        "again, to the number. The link of this page begins the same run, too. The curves as a picture: the button "
        "below them."
    )
    lab_home.files(run, shown.data, to_json, script)
