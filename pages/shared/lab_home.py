"""What every run gives to take home: its numbers as tables; its weights, code and curves as files."""
from collections.abc import Callable, Sequence

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core import saving
from core.checkup import Evaluation
from core.toy_data import Data
from pages.shared import lab, tables
from pages.shared.lab import Lab


def rests(run: Lab, to_do: str) -> bool:
    """Whether nothing is being computed for it; else a line says what pausing is good for."""
    if run.busy:
        st.info(f"Pause to {to_do}.")
    return not run.busy


def _evaluations(run: Lab, data: Data) -> list[Evaluation]:
    """All on the way, and the last look."""
    return [*(event for event in run.events if isinstance(event, Evaluation)), lab.look(run, data).evaluation]


def numbers(run: Lab, data: Data, scores: Sequence[str]) -> None:
    """Every evaluation, whose scores have those names, and each layer as it is now."""
    rows = _evaluations(run, data)
    columns = ["step", *(f"{part} {name}" for part in ("training", "test") for name in scores)]
    table = pd.DataFrame([lab.row(one) for one in rows], columns=columns)
    tables.show(table, "scores", height=min(38 * len(table) + 38, 260))
    st.markdown(f"The layers at step {run.state.step:,}, from first to last:")
    tables.sizes(rows[-1])


def files(
    run: Lab, data: Data, describe: Callable[[object], str], script: Callable[[object, int], str]
) -> DeltaGenerator:
    """Weights with their description, the script and the curves, which end with the last look; where more may stand."""
    step, state = run.state.step, run.state
    events = [*run.events, lab.look(run, data).evaluation]
    row = st.container(horizontal=True, key="files")
    with row:
        help = "By layer; the description of the run is in the file."
        st.download_button("Weights (safetensors)", lambda: saving.weights_file(state, describe),
                           f"weights-{step}.safetensors", key="save-weights", help=help)  # fmt: skip
        help = "Plain PyTorch, with the very functions that trained it."
        st.download_button("PyTorch script", lambda: script(state.config, step), "train.py", "text/x-python",
                           key="save-script", help=help)  # fmt: skip
        help = "A row for each step; scores where it was tested."
        st.download_button("Curves (CSV)", lambda: saving.curves(events), "curves.csv", "text/csv",
                           key="save-curves", help=help)  # fmt: skip
    return row
