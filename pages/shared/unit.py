"""Which number is open: a layer, a map and a cell of it, as the link says it; and the way to the Network page."""
from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from core.arithmetic import Arithmetic
from pages.shared import cached, link, words
from pages.shared.scenes import Overview
from pages.shared.shell import Hand

Cell = tuple[int, int]  # row, column
PAGES = {  # which page takes which kinds of layers apart
    "convolution": ("Conv2d", "ZeroPad2d"),
    "activation": ("ReLU", "ReLU6", "BatchNorm2d", "add", "Input"),
    "pooling": ("MaxPool2d", "AdaptiveAvgPool2d"),
    "dense": ("Linear", "Flatten"),
}
SOURCE = {"convolution": "conv_on", "activation": "act_on", "pooling": "pool_on", "dense": "dense_on"}  # in the link
LAYER = "layer"  # a page looks at a layer of the network in hand


@dataclass(frozen=True)
class Unit:
    """A map of a layer, and the cell at hand."""

    step: str
    map: int
    cell: Cell


def page_of(kind: str) -> str:
    """The page that takes a kind of layer apart."""
    return next(page for page, kinds in PAGES.items() if kind in kinds)


def go_to_cell(cell: Cell) -> None:
    """The cell at hand is another one."""
    link.go(cell=f"{cell[0]},{cell[1]}")


def cell(shape: tuple[int, int], begin: Cell | None = None) -> Cell:
    """The cell of the link, or where to begin: the middle of a map of this shape, if nothing else is said."""
    parts = st.query_params.get("cell", "").split(",")
    if len(parts) == 2 and all(part.isascii() and part.isdigit() and len(part) < 7 for part in parts):
        row, column = map(int, parts)
        if row < shape[0] and column < shape[1]:
            return row, column
    return begin or (shape[0] // 2, shape[1] // 2)


def begun(key: str, now: Cell) -> Cell:
    """The cell that the drawing called `key` was begun with: from there the visitor moves on by themselves.

    What is sent stays the same while they choose cells, so that a click costs nothing; a link, or the way back, begins
    anew.
    """
    known, first, last = st.session_state.get("begun", (None, None, None))
    if (known, last) != (key, now):
        again = st.session_state.get("again", 0) + 1  # the way back to the cell begun with is a beginning, too
        st.session_state["again"] = again if (known, first) == (key, now) else 0
        first = now
    st.session_state["begun"] = key, first, now
    return first


def chose(chosen: Cell) -> None:
    """The visitor has chosen a cell in the drawing."""
    key, first, _ = st.session_state.get("begun", ("", chosen, chosen))
    st.session_state["begun"] = key, first, chosen
    go_to_cell(chosen)


def choose(hand: Hand, page: str, steps: Sequence[str] = (), begin: str = "", first: int = 0) -> Unit:
    """The layer and the map to take apart, with their controls; other layers than those of the page if `steps` says.

    A link that names none begins with the layer `begin`, and there with its map `first`.
    """
    layers, kinds = cached.layers(hand.chosen.network), PAGES[page]
    steps = steps or [name for name, layer in layers.items() if layer.kind in kinds]
    begin = begin or min(steps, key=lambda name: kinds.index(layers[name].kind))  # of the first kind that there is
    step = st.query_params.get("layer")
    step = step if step in steps else begin
    st.session_state["step"] = step
    shape = (*layers[step].shape, 1, 1)[:3]
    unit = st.session_state["unit"] = link.index("map", shape[0], first if step == begin else 0)
    name = "Map" if shape[1] * shape[2] > 1 else "Unit"
    st.selectbox(
        "Layer",
        steps,
        key="step",
        width=230,
        format_func=words.full_name,
        on_change=lambda: link.go(layer=st.session_state["step"], map=link.UNSET),
        help="Layers of the network in hand that this page can take apart.",
    )
    st.number_input(
        f"{name} (0 to {shape[0] - 1:,})",
        *(0, max(shape[0] - 1, 1)),
        step=1,
        key="unit",
        width=150,
        disabled=shape[0] == 1,
        on_change=lambda: link.go(map=st.session_state["unit"]),
        help="Which of its outputs is taken apart.",
    )
    back, where = ":material/account_tree:", "This layer on the Network page"
    st.button("In the network", icon=back, help=where, key="to-network", on_click=_leave, args=(step, unit))
    follow()
    return Unit(step, unit, cell(shape[1:]))


def _leave(step: str, unit: int) -> None:
    """To the Network page, with all that the link says: Streamlit writes it into the link of this page first."""
    st.session_state["leaving"] = "network", {**link.own(), "layer": step, "map": str(unit)}


def open_from(step: str, kind: str, sent: dict) -> None:
    """A number on the Network page is to be taken apart, on the page for its kind of layer."""
    page = page_of(kind)
    place = {"layer": step, "map": str(int(sent["map"])), "cell": f"{int(sent['row'])},{int(sent['column'])}"}
    st.session_state["leaving"] = page, {SOURCE[page]: LAYER, **place}


def follow() -> None:
    """Go where the visitor has asked to go; a callback can't."""
    if "leaving" in st.session_state:
        page, place = st.session_state.pop("leaving")
        link.travel(f"pages/{page}.py", link.frame() | place)


def frame(photo_digest: str, closeup: cached.Closeup) -> Overview | None:
    """The whole map with the part that is taken apart; None if that is all of it."""
    part: Arithmetic = closeup.part
    high, wide = closeup.output.shape
    if part.whole is None or part.output.shape == (high, wide):
        return None
    (top, left), (rows, columns) = part.output_corner, part.output.shape
    place = left / wide, top / high, (left + columns) / wide, (top + rows) / high
    key = f"{photo_digest}/{part.step}/{part.channel}"
    return Overview(key, place, (high, wide), values=closeup.output)


