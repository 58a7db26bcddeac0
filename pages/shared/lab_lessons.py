"""What belongs to a run besides its drawing: a question, its numbers, and what can be taken home."""
import pandas as pd
import streamlit as st

from core import saving, script
from core.checkup import Evaluation
from pages.shared import lab, lab_quiz, tables
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
    """Every evaluation, and each layer as it is now."""
    run = shown.run
    if run.busy:
        st.info("Pause to read the numbers.")
        return
    now = lab.look(run, shown.data).evaluation
    rows = [*(event for event in run.events if isinstance(event, Evaluation)), now]
    table = pd.DataFrame(
        [(row.step, row.train.loss, row.test.loss, row.train.accuracy, row.test.accuracy) for row in rows],
        columns=["step", "training loss", "test loss", "training accuracy", "test accuracy"],
    )
    st.dataframe(table, hide_index=True, key="scores", height=min(38 * len(table) + 38, 260))
    tables.save(table, "scores", "save-scores")
    st.markdown(f"The layers at step {run.state.step:,}:")
    tables.sizes(now)


def _save(shown: Shown) -> None:
    """Weights, code and curves, as files; the curves end with the scores that are shown."""
    run = shown.run
    if run.busy:
        st.info("Pause to save the run.")
        return
    step, state = run.state.step, run.state
    events = [*run.events, lab.look(run, shown.data).evaluation]
    st.markdown(
        f"The run at step {step:,}. The script needs nothing of Torchlight: it trains the same network again, to the "
        "number. The link of this page begins the same run, too. The curves as a picture: the button below them."
    )
    with st.container(horizontal=True, key="files"):
        st.download_button("Weights (safetensors)", lambda: saving.weights_file(state), f"weights-{step}.safetensors",
                           key="save-weights", help="By layer; the description of the run is in the file.")  # fmt: skip
        help = "Plain PyTorch, with the very functions that trained it."
        st.download_button("PyTorch script", lambda: script.script(state.config, step), "train.py", "text/x-python",
                           key="save-script", help=help)  # fmt: skip
        st.download_button("Curves (CSV)", lambda: saving.curves(events), "curves.csv", "text/csv",
                           key="save-curves", help="A row for each step; scores where it was tested.")  # fmt: skip
