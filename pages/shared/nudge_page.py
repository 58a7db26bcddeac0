"""A nudge: one pixel or one weight a little larger, what its slope predicts, and what the network really does."""
import math

import numpy as np
import pandas as pd
import streamlit as st

from core.nudges import Nudge
from pages.shared import cached, figures, link, saliency_page, tables, words
from pages.shared.backward_place import Shown
from pages.shared.tell import fold
from pages.shared.weights_page import Weight

PIXEL, WEIGHT = "a pixel", "a weight"
COLOURS = ("red", "green", "blue")
STEPS, BY = (-100.0, 100.0), 0.01
SIZES = (0.1, 1.0, 3.0, 10.0)  # times the step of the visitor
AGREE = 0.01  # share that still counts as the same


def show(shown: Shown, weight: Weight | None) -> None:
    """What is nudged and how far, both changes with all digits, and why they differ."""
    help = "Change one number a little, and compare what its slope predicts with what the network then says."
    if not link.switch("**Nudge** a pixel or a weight", key="nudging", help=help):
        return
    with st.container(horizontal=True, vertical_alignment="bottom", key="nudge-controls"):
        kinds = [PIXEL, WEIGHT] if weight else [PIXEL]
        kind = link.choose(
            st.segmented_control, "Nudge", kinds, key="nudge", begin=PIXEL, required=True,
            help="A pixel of the picture, or the weight chosen above (in a layer that has some). Click on one.",
        )  # fmt: skip
        what, name, unit = (weight.what, weight.name, "") if kind == WEIGHT else _pixel(shown)
        step = _step()
    with st.spinner("The network runs again for each step."):
        found = cached.slope(*shown.key, "nudge", shown.aim, what, tuple(step * size for size in SIZES))
    _tell(shown, name, found[SIZES.index(1.0)], unit)
    columns = dict.fromkeys(_table(found).columns, st.column_config.NumberColumn(format="%.6g"))
    st.dataframe(_table(found), hide_index=True, key="nudges", height="content", column_config=columns)
    tables.save(_table(found), "nudge", "save-nudge")
    with fold("The same as a curve", "fold-nudge") as is_open:
        if is_open:
            steps, real, predicted = (
                np.array([0.0, *(getattr(one, name) for one in found)]) for name in ("step", "real", "predicted")
            )
            figure = figures.nudges(steps, real, predicted, shown.of)
            st.plotly_chart(figure, key="nudge-curve", config=figures.PLAIN)


def _pixel(shown: Shown) -> tuple[tuple, str, str]:
    """Which number of the picture, its name, and what a step means there."""
    row, column = saliency_page.pixel(shown)
    prepared = shown.hand.network.preprocessing
    channel, colour = 0, ""
    if prepared.channels > 1:
        help = "Each pixel is three numbers."
        colour = link.choose(
            st.segmented_control, "Colour", COLOURS, key="channel", begin="red", required=True, help=help
        )
        channel = COLOURS.index(colour)
    ink = "ink" if prepared.ink else "brightness"
    unit = f" One level of {ink}, of 255, is {words.number(1 / prepared.std[channel])} in the network's units."
    return ((channel, row, column),), f"the {f'{colour} ' if colour else ''}pixel in row {row}, column {column}", unit


def _step() -> float:
    st.session_state["by"] = link.decimal("by", *STEPS, BY)
    step = st.number_input(
        "Step", *STEPS, None, step=0.01, format="%g", key="by", width=140,
        on_change=lambda: link.go(by=f"{BY if st.session_state['by'] is None else st.session_state['by']:.6f}"),
        help="How much larger the number becomes.",
    )  # fmt: skip
    return float(BY if step is None else step)


def _tell(shown: Shown, name: str, found: Nudge, unit: str) -> None:
    st.markdown(
        f"Let **{name}** grow by {words.number(found.step)}.{unit}\n"
        f"- Predicted change of {shown.of}: slope × step = {found.slope:.12g} × {found.step:g} = "
        f"**{found.predicted:.12g}**\n"
        f"- Real change, when the network runs again: {found.after:.12g} − {found.before:.12g} = **{found.real:.12g}**"
    )
    st.markdown(verdict(found))


def verdict(found: Nudge) -> str:
    """Whether slope and network agree, and why not."""
    if not found.step:
        return "A step of 0 changes nothing. Choose another."
    if not found.predicted:
        if abs(found.real) < 1e-12:
            return "Both are 0: no small change of this number reaches the answer. A gate is shut on every way there."
        return "The slope is 0 here, yet so large a step has an effect: a gate has opened, or a pooling winner changed."
    ratio = found.real / found.predicted
    said = f"Real / predicted = **{ratio:.6g}**. "
    if abs(ratio - 1) < AGREE:
        return f"{said}They agree: so small a step stays on the straight line that the slope describes."
    return (
        f"{said}They differ: on so long a way ReLU gates open or shut, max pooling gets other winners, a loss bends, "
        f"and the slope from the start no longer holds. Try a smaller step."
    )


def _table(found: list[Nudge]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "step": [one.step for one in found],
            "predicted": [one.predicted for one in found],
            "real": [one.real for one in found],
            "real / predicted": [one.real / one.predicted if one.predicted else math.nan for one in found],
        }
    )
