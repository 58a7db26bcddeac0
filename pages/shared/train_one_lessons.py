"""What belongs to a run of Train one besides its drawing: a question, what it costs, its numbers, and files."""
import numpy as np
import pandas as pd
import streamlit as st

from core import squeeze_data
from core.squeeze_config import to_json
from core.squeeze_data import Tiles
from core.squeeze_layers import costs
from core.squeeze_script import script
from pages.shared import cached_codes, lab_home, tables, train_one_features, train_one_quiz, train_one_views
from pages.shared.lab import Lab
from pages.shared.tell import fold
from pages.shared.train_one_page import Shown


def tell(shown: Shown) -> None:
    """The question first, then what is folded away."""
    if shown.run is None:
        return
    config = shown.run.state.config
    train_one_quiz.ask(config)
    train_one_features.tell(shown)
    with fold("What each choice costs", "fold-costs", train_one_quiz.hidden(config)) as is_open:
        if is_open:
            _costs(shown.run)
    with fold("The numbers of this run", "fold-run") as is_open:
        if is_open:
            _numbers(shown)
    with fold("Save this run", "fold-save") as is_open:
        if is_open:
            _save(shown)


def _costs(run: Lab) -> None:
    """The four hyper-parameters of an autoencoder, each changed alone."""
    st.markdown("Four choices make an autoencoder. Each one changed alone, and what the network would learn then:")
    found = costs(run.state.config)
    table = pd.DataFrame(
        [(cost.choice, cost.now, cost.instead, cost.parameters, cost.more, cost.why) for cost in found],
        columns=["choice", "now", "instead", "parameters then", "more than now", "why it can't be"],
    ).astype({"parameters then": "Int64", "more than now": "Int64"})
    tables.show(table, "costs")


def _numbers(shown: Shown) -> None:
    """Every evaluation, each layer as it is now, and each picture that is shown."""
    if not lab_home.rests(shown.run, "read the numbers"):
        return
    lab_home.numbers(shown.run, shown.data, ("loss", "mean squared error", "penalty"))
    if not isinstance(shown.run.state.config.data, Tiles):
        _pictures(shown)


def _pictures(shown: Shown) -> None:
    """The pictures that are drawn: every code, and how well it is rebuilt."""
    hand = cached_codes.small_digit(shown.photo)
    found = train_one_views.rebuilt(shown.run.state, shown.data, train_one_views.PICTURES, hand, ())
    units = {f"code {at}": found.codes[:, at] for at in range(found.codes.shape[1])}
    table = pd.DataFrame({"picture": found.names, "mean squared error": found.errors.astype(np.float64), **units})
    st.markdown("The pictures that are drawn, with their codes:")
    tables.show(table, "codes")


def _save(shown: Shown) -> None:
    """Files, and what they need of a photo."""
    run, data = shown.run, shown.run.state.config.data
    if not lab_home.rests(run, "save the run"):
        return
    told = f"The run at step {run.state.step:,}. The script needs nothing of Torchlight: it trains the network again"
    if not isinstance(data, Tiles):
        st.markdown(f"{told}, to the number. The link of this page begins the same run, too.")
        lab_home.files(run, shown.data, to_json, script)
        return
    st.markdown(
        f"{told} from the photo, to the number if you give it the one that is saved here. The link of this page begins "
        "the same run, if the same photo is in hand."
    )
    with lab_home.files(run, shown.data, to_json, script):
        help = "As it was cut into tiles, pixel by pixel. The script: python train.py photo.png"
        st.download_button("Photo (PNG)", lambda: squeeze_data.png(data), "photo.png", "image/png", key="save-photo",
                           help=help)  # fmt: skip
