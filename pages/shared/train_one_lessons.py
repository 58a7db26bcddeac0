"""What belongs to a run of Train one besides its drawing: a question, what it costs, its numbers, and files."""
import numpy as np
import pandas as pd
import streamlit as st

from core import saving, squeeze_config
from core.checkup import Evaluation
from core.squeeze_data import Tiles
from core.squeeze_layers import costs
from pages.shared import cached_codes, lab, tables, train_one_features, train_one_quiz, train_one_views
from pages.shared.lab import Lab
from pages.shared.tell import fold
from pages.shared.train_one_page import Shown


def tell(shown: Shown) -> None:
    """The question first, then what is folded away."""
    if shown.run is None:
        return
    train_one_quiz.ask(shown.run.state.config)
    train_one_features.tell(shown)
    with fold("What each choice costs", "fold-costs") as is_open:
        if is_open:
            _costs(shown.run)
    with fold("The numbers of this run", "fold-run") as is_open:
        if is_open:
            _numbers(shown)
    with fold("Save this run", "fold-save") as is_open:
        if is_open:
            _save(shown.run)


def _costs(run: Lab) -> None:
    """The four hyper-parameters of an autoencoder, each changed alone."""
    st.markdown("Four choices make an autoencoder. Each one changed alone, and what the network would learn then:")
    found = costs(run.state.config)
    table = pd.DataFrame(
        [(cost.choice, cost.now, cost.instead, cost.parameters, cost.more, cost.why) for cost in found],
        columns=["choice", "now", "instead", "parameters then", "more than now", "why it can't be"],
    ).astype({"parameters then": "Int64", "more than now": "Int64"})
    st.dataframe(table, hide_index=True, key="costs")
    tables.save(table, "costs", "save-costs")


def _numbers(shown: Shown) -> None:
    """Every evaluation, each layer as it is now, and each picture that is shown."""
    run = shown.run
    if run.busy:
        st.info("Pause to read the numbers.")
        return
    now = lab.look(run, shown.data).evaluation
    rows = [*(event for event in run.events if isinstance(event, Evaluation)), now]
    names = ["loss", "mean squared error", "penalty"]
    columns = ["step", *(f"{part} {name}" for part in ("training", "test") for name in names)]
    table = pd.DataFrame([lab.row(one) for one in rows], columns=columns)
    st.dataframe(table, hide_index=True, key="scores", height=min(38 * len(table) + 38, 260))
    tables.save(table, "scores", "save-scores")
    st.markdown(f"The layers at step {run.state.step:,}, from the picture to the code and on to the picture:")
    tables.sizes(now)
    if not isinstance(run.state.config.data, Tiles):
        _pictures(shown)


def _pictures(shown: Shown) -> None:
    """The pictures that are drawn: every code, and how well it is rebuilt."""
    hand = cached_codes.small_digit(shown.photo)
    found = train_one_views.rebuilt(shown.run.state, shown.data, train_one_views.PICTURES, hand, ())
    units = {f"code {at}": found.codes[:, at] for at in range(found.codes.shape[1])}
    table = pd.DataFrame({"picture": found.names, "mean squared error": found.errors.astype(np.float64), **units})
    st.markdown("The pictures that are drawn, with their codes:")
    st.dataframe(table, hide_index=True, key="codes")
    tables.save(table, "codes", "save-codes")


def _save(run: Lab) -> None:
    """Weights and curves, as files."""
    if run.busy:
        st.info("Pause to save the run.")
        return
    step, state = run.state.step, run.state
    st.markdown(
        f"The run at step {step:,}. The link of this page begins the same run"
        + (", if the same photo is in hand." if isinstance(state.config.data, Tiles) else ".")
    )
    with st.container(horizontal=True, key="files"):
        st.download_button(
            "Weights (safetensors)", lambda: saving.weights_file(state, squeeze_config.to_json),
            f"autoencoder-{step}.safetensors", key="save-weights",
            help="By layer; the description of the run is in the file, no photo is.",
        )  # fmt: skip
        st.download_button("Curves (CSV)", lambda: saving.curves(run.events), "curves.csv", "text/csv",
                           key="save-curves", help="A row for each step.")  # fmt: skip
