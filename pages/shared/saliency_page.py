"""Down to the pixels: what several methods say the answer depends on, and whether they look at the network at all."""
import numpy as np
import pandas as pd
import streamlit as st

from core import attribution
from core.attribution import Attribution
from pages.shared import cached, components, link, panels, tables, words
from pages.shared.backward_place import Shown
from pages.shared.tell import fold

FIRST = "saliency"
OTHERS = [name for name in attribution.METHODS if name != FIRST]
BEGIN = ["gradient × input", "Grad-CAM"]  # the quick ones
SLOPES = (FIRST, "guided backpropagation", "SmoothGrad")  # the others tell parts of the score
NONE = "none"
ROWS = 200  # of the table that are shown
SENT = 400_000  # bytes of heat maps


def show(shown: Shown) -> list[str]:
    """The controls, the pictures of the methods side by side, what adds up, and the numbers; which methods."""
    label = words.plain(shown.hand.network.labels[shown.aim[1]])
    st.subheader("Down to the pixels", anchor=False)
    st.markdown(f"Which pixels does the score of **{label}** depend on? Every method means something else by that.")
    methods, twin = _choose(shown)
    with st.spinner("Computing: some methods run the network dozens of times.", show_time=True):
        found = {name: heat(shown, name) for name in methods}
        random = {name: heat(shown, name, twin=True) for name in methods} if twin else {}
    correlations = {name: attribution.rank_correlation(found[name].heat, random[name].heat) for name in random}
    components.panels(_data(shown, found, random, correlations), "heats", _chose)
    _told(shown, found, correlations)
    with fold("These pictures as numbers", "fold-heats") as is_open:
        if is_open:
            _table(found)
    return methods


def heat(shown: Shown, method: str, twin: bool = False) -> Attribution:
    """What a method says, of the network in hand or of its untrained twin."""
    photo, chosen = shown.key
    chosen = cached.Situation(chosen.network, False, chosen.fit) if twin else chosen
    return cached.slope(photo, chosen, "heat", method, shown.aim[1])


def _choose(shown: Shown) -> tuple[list[str], bool]:
    written = link.parts("methods")
    asked = [name for name in OTHERS if name in written] or ([] if NONE in written else BEGIN)
    st.session_state["methods"] = asked
    with st.container(horizontal=True, vertical_alignment="bottom", key="methods-controls"):
        st.pills(
            "Saliency, and beside it", OTHERS, key="methods", selection_mode="multi",
            on_change=lambda: link.go(methods="|".join(st.session_state["methods"]) or NONE),
            help="Saliency is the slope along the pixels itself. The others make something else of slopes, or cover "
            "parts of the picture.",
        )  # fmt: skip
        trained = shown.hand.chosen.trained
        twin = link.switch(
            "With random weights", key="twin", disabled=not trained,
            help="The sanity check: the same methods on this network before training. A method whose picture stays "
            "the same does not look at what was learned." if trained else "The network in hand is untrained itself.",
        )  # fmt: skip
    return [FIRST, *asked], twin and trained


def _chose(sent: dict) -> None:
    """The pixel that was clicked is the one to nudge."""
    link.go(pixel=f"{int(sent['row'])},{int(sent['column'])}", nudge="a pixel")


# ---- the pictures -----------------------------------------------------------------------------


def _data(shown: Shown, found: dict, random: dict, correlations: dict) -> bytes:
    photo, chosen = shown.key
    look = cached.look(photo, chosen, None)
    side = cached.layers(chosen.network)["image"].shape[-1]
    finest = max((len(found) + len(random)) * side * side * 4 / SENT, 1)
    by = next(by for by in (1, 2, 4, 8) if by * by >= finest)
    groups = [panels.group("the picture", "As the network gets it.", [panels.picture(side, photo.title)])]
    for name, heat in found.items():
        pairs = [(heat, "trained" if shown.hand.chosen.trained else "untrained", "")]
        if name in random:
            pairs.append((random[name], "random weights", f"rank correlation {correlations[name]:.2f}"))
        drawn = [panels.grid(coarser(one.heat.numpy(), by), called, note, one.signed, _unit(name), f"{name}, {called}.")
                 for one, called, note in pairs]  # fmt: skip
        groups.append(panels.group(name, attribution.MEANINGS[name], drawn))
    mean = f" Each cell is the mean of {by} × {by} pixels." if by > 1 else ""
    hint = f"Point at a pixel to see it in all pictures, click to nudge it below.{mean}"
    key = f"{photo.digest}/{chosen}/{shown.aim[1]}/{by}/{list(found)}/{bool(random)}"
    at = pixel(shown) if "pixel" in st.query_params else None
    return panels.data(groups, key, (side, side), hint, at=at, picture=look.input, stride=by)


def _unit(method: str) -> str:
    return "slope" if method in SLOPES else "score"


def coarser(values: np.ndarray, by: int) -> np.ndarray:
    """Means of by × by cells, of maps that can be divided so; others are small already."""
    rows, columns = values.shape
    if rows % by or columns % by or rows < 56:
        return values
    return values.reshape(rows // by, by, columns // by, by).mean(axis=(1, 3))


def pixel(shown: Shown) -> tuple[int, int]:
    """Row and column of the pixel of the link; that with the largest slope if there is none."""
    values = heat(shown, FIRST).heat.numpy()
    parts = st.query_params.get("pixel", "").split(",")
    if len(parts) == 2 and all(part.isascii() and part.isdigit() and len(part) < 5 for part in parts):
        row, column = map(int, parts)
        if row < values.shape[0] and column < values.shape[1]:
            return row, column
    row, column = np.unravel_index(values.argmax(), values.shape)
    return int(row), int(column)


# ---- what they come to ------------------------------------------------------------------------


def _told(shown: Shown, found: dict[str, Attribution], correlations: dict[str, float]) -> None:
    for name, heat in found.items():
        if heat.promised is not None:
            st.markdown(
                f"**Does it add up?** The cells of {name} should make the score less that of a blank picture, "
                f"**{words.number(heat.promised)}**. They make **{words.number(heat.sum)}**: the way between the two "
                f"was cut into 32 steps."
            )
    if correlations:
        same = max(correlations, key=correlations.get)
        st.markdown(
            "**The sanity check** ([Adebayo et al. 2018](https://arxiv.org/abs/1810.03292)): a rank correlation of 1 "
            "means that the picture is the same without anything learned, 0 that it has nothing in common. Most alike "
            f"here: **{same}**, {correlations[same]:.2f}."
        )
    elif not shown.hand.chosen.trained:
        st.info("This network has random weights, and yet the pictures look like something. Choose **trained** above.")


def _table(found: dict[str, Attribution]) -> None:
    maps = {name: one.heat.numpy() for name, one in found.items()}
    row, column = np.indices(maps[FIRST].shape)
    table = pd.DataFrame({"row": row.ravel(), "column": column.ravel()})
    for name, values in maps.items():
        if values.shape == row.shape:  # Grad-CAM has fewer cells
            table[name] = values.ravel()
    few = table.iloc[np.argsort(-table[FIRST], kind="stable")[:ROWS]] if len(table) > ROWS else table
    if len(few) < len(table):
        st.markdown(f"The {ROWS} pixels with the largest slopes; the file has all {len(table):,}.")
    st.dataframe(few, hide_index=True, height=260, key="heats-table")
    tables.save(table, "pixels", "save-heats")
