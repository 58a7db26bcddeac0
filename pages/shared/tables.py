"""The numbers behind the pictures, as tables that can be sorted, searched and saved."""
import base64
from collections.abc import Sequence

import numpy as np
import pandas as pd
import streamlit as st
from PIL import Image

from core import anatomy, answers, images, zoo
from core.architectures import Layer
from core.arithmetic import Explanation
from core.checkup import Evaluation
from pages.shared import cached, photos, words
from pages.shared.shell import Hand
from pages.shared.tell import fold

PERCENT = st.column_config.ProgressColumn(format="percent", min_value=0.0, max_value=1.0)


def save(table: pd.DataFrame, name: str, key: str) -> None:
    """A button that downloads a table as CSV."""
    file, help = f"{name}.csv", "This table, at full precision."
    st.download_button("Save as CSV", lambda: table.to_csv(index=False), file, "text/csv", key=key, help=help)


def show(table: pd.DataFrame, name: str, **more: object) -> None:
    """A table that can be sorted and saved; its name is that of its file and its key."""
    st.dataframe(table, hide_index=True, key=name, **more)
    save(table, name, f"save-{name}")


def shapes(layers: Sequence[Layer], hidden: int | None) -> None:
    """What each layer of a network that is built gives and learns, but for the number that is asked for."""
    table = pd.DataFrame(
        {
            "layer": [layer.name for layer in layers],
            "gives": [words.times(layer.shape) for layer in layers],
            "learns": ["?" if layer.parameters == hidden else f"{layer.parameters:,}" for layer in layers],
            "kind": [layer.kind for layer in layers],
        }
    )
    st.dataframe(table, hide_index=True, key="shapes", height=min(26 * len(table) + 38, 286), row_height=26)


def sizes(evaluation: Evaluation) -> None:
    """What goes forward and comes back through each layer of a network that is trained."""
    layers = pd.DataFrame(
        [(layer.name, layer.gradient, layer.activation, layer.dead) for layer in evaluation.layers],
        columns=["layer", "length of the gradient", "root mean square of what it gives", "share of dead units"],
    )
    st.dataframe(layers, hide_index=True, key="sizes")
    save(layers, "layers", "save-sizes")


def probabilities(look: cached.Look, net: zoo.Network) -> None:
    """Every label with its probability: the network can only answer with one of these."""
    with fold(f"All {len(net.labels):,} answers it can give", "fold-answers") as is_open:
        if not is_open:
            return
        st.markdown(
            f"It can only answer with what it was taught: these {len(net.labels):,} labels. "
            f"They share 100 %, so even a photo of something else gets one of them."
        )
        wanted = st.text_input("Search the labels", key="search", placeholder="cat")
        found = [at for at, label in enumerate(net.labels) if wanted.strip().lower() in label.lower()]
        rows = sorted(found, key=lambda at: -look.probabilities[at])
        table = pd.DataFrame(
            {
                "label": [net.labels[at] for at in rows],
                "probability": look.probabilities[rows].astype(float),
                "index": rows,
            }
        )
        if not rows:
            st.info(f"No label contains “{words.plain(wanted)}”: this network can never answer that.")
            return
        st.dataframe(table, column_config={"probability": PERCENT}, hide_index=True, height=260, key="labels")
        save(table, "answers", "save-answers")


def heat(look: cached.Look) -> None:
    """The heat map as numbers."""
    with fold("The heat map as numbers", "fold-heat") as is_open:
        if not is_open:
            return
        st.markdown("Rows and columns as in the picture. Each cell is evidence in logits: the last maps, weighed.")
        st.dataframe(pd.DataFrame(look.heat).style.format("{:.3g}"), key="heat")


def gallery(hand: Hand) -> None:
    """The visitor's photos with what each is taken for, once there are several."""
    mine = photos.mine()
    if len(mine) < 2:
        return
    st.subheader(f"Your {len(mine)} photos", anchor=False, help="Choose a row to see its photo; sort by any column.")
    bar, rows = st.empty(), []
    for at, photo in enumerate(mine):
        bar.progress(at / len(mine), f"Classifying photo {at + 1} of {len(mine)}")
        rows.append(cached.first_answer(photo, hand.chosen))
    bar.empty()
    table = pd.DataFrame(
        {
            "photo": [photo.title for photo in mine],
            "answer": [prediction.label for prediction in rows],
            "probability": [prediction.probability for prediction in rows],
            "how sure": [answers.certainty(prediction.probability) for prediction in rows],
        }
    )
    seen = table.assign(picture=[_data_url(photo.thumbnail) for photo in mine])[["picture", *table.columns]]
    columns = {"probability": PERCENT, "picture": st.column_config.ImageColumn("", width="small")}
    st.dataframe(
        seen,
        column_config=columns,
        hide_index=True,
        row_height=48,
        key="gallery",
        on_select=lambda: _take_up(mine),
        selection_mode="single-row",
    )
    save(table.assign(photo=[words.no_formula(photo.title) for photo in mine]), "photos", "save-photos")


def _take_up(mine: list[photos.Photo]) -> None:
    """A chosen row puts its photo in hand."""
    rows = st.session_state["gallery"]["selection"]["rows"]
    if rows:
        st.session_state["photo"] = mine[rows[0]].id


def _data_url(picture: Image.Image) -> str:
    return f"data:image/jpeg;base64,{base64.b64encode(images.to_jpeg(picture, 80)).decode()}"


def layers(described: list[anatomy.Layer]) -> None:
    """Every layer with shape, parameters, multiply-adds and receptive field."""
    table = pd.DataFrame(
        {
            "layer": [layer.name for layer in described],
            "kind": [words.KINDS[layer.kind] for layer in described],
            "shape": [words.times(layer.shape) for layer in described],
            "parameters": [layer.parameters.value for layer in described],
            "multiply-adds": [layer.multiply_adds.value for layer in described],
            "sees": [layer.receptive_field.size for layer in described],
            "fed by": [", ".join(layer.sources) for layer in described],
        }
    )
    st.dataframe(table, hide_index=True, key="layers")
    save(table, "layers", "save-layers")


def cells(values: np.ndarray, name: str) -> None:
    """One map as numbers, at full precision in the CSV."""
    table = pd.DataFrame(values)
    st.dataframe(table.style.format("{:.4g}") if values.size <= 4096 else table, key="cells")
    save(table, name, "save-cells")


def weights(kernel: np.ndarray, first: int, name: str) -> None:
    """The weights of one filter: where each belongs, and what it is."""
    channel, row, column = np.indices(kernel.shape)
    table = pd.DataFrame(
        {"channel": channel.ravel() + first, "row": row.ravel(), "column": column.ravel(), "weight": kernel.ravel()}
    )
    st.dataframe(table, hide_index=True, key="weights")
    save(table, name, "save-weights")


def terms(found: Explanation, hidden: bool) -> None:
    """Every term of one number: where it comes from, its weight and what it adds; not while it is being guessed."""
    with fold("This number as a table", "fold-terms", hidden) as is_open:
        if not is_open:
            return
        table = pd.DataFrame({"from": found.feeders, "padding": ~found.inside, "value": found.values})
        for at, name in enumerate(("channel", "row", "column"), start=1):
            table.insert(at, name, found.sources[:, at - 1])
        if found.weights is not None:
            table["weight"] = found.weights
        table["gives"] = found.products
        st.dataframe(table, hide_index=True, height=min(38 * len(table) + 38, 260), key="terms")
        st.markdown(f"Map {found.unit[0]}, row {found.unit[1]}, column {found.unit[2]}.")
        bias = f"With the bias {found.bias:.9g} t" if found.bias else "T"
        st.markdown(f"{bias}hese make **{found.result:.9g}**.")
        save(table, f"{found.step}-{'-'.join(map(str, found.unit))}", "save-terms")
