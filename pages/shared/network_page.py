"""The Network page from far away: where the visitor is, and the drawing of the whole network or of one block."""
from dataclasses import dataclass

import streamlit as st

from core import overview
from pages.shared import cached, components, drawings, tables, words
from pages.shared.shell import Hand
from pages.shared.tell import fold

RANGES = ["unit", "layer", "network"]
WHOLE = "whole"


@dataclass(frozen=True)
class Place:
    """What the visitor looks at, as the link says it: a step, a block, or (neither) the whole network."""

    block: str | None
    step: str | None
    unit: int  # the map or unit of the step


def choose(hand: Hand) -> Place:
    """The controls of the page: what to show, and the range of the colours; both are in the link."""
    layers = cached.layers(hand.chosen.network)
    blocks = [block for block in dict.fromkeys(map(overview.block_of, layers)) if block not in layers]
    options = [WHOLE, *blocks, *layers]
    layer = st.query_params.get("layer", WHOLE)
    layer = layer if layer in options else WHOLE  # of another network
    st.session_state["layer"] = layer
    with hand.header:
        st.selectbox(
            "Show",
            options,
            key="layer",
            width=230,
            on_change=lambda: go(st.session_state["layer"]),
            help="The whole network, one block of it, or one layer with all its numbers.",
        )
        st.segmented_control(
            "Colours run over",
            RANGES,
            default="unit",
            required=True,
            key="range",
            bind="query-params",
            help="**unit**: each map uses the full scale for itself. **layer** and **network**: colours can be "
            "compared within the layer or everywhere. The legend says what they mean.",
        )
        _ways(layer, list(layers) if layer in layers else blocks)
    unit = _whole_number(st.query_params.get("map", "0"))
    st.session_state["place"] = layer, unit
    return Place(layer if layer in blocks else None, layer if layer in layers else None, unit)


def _whole_number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def go(layer: str, unit: int = 0) -> None:
    """Show a layer: one step in the browser's history."""
    st.query_params.update({"layer": layer, "map": str(unit)})


def _ways(layer: str, row: list[str]) -> None:
    """Buttons out and along; there are none on the whole network."""
    if layer == WHOLE:
        return
    block = overview.block_of(layer)
    out = WHOLE if block == layer else block
    name = "Whole network" if out == WHOLE else words.full_name(out)
    st.button(name, icon=":material/arrow_upward:", on_click=go, args=(out,), help="One level up", key="up")
    for name, icon, by in (("Previous", "left", -1), ("Next", "right", 1)):
        end = layer == row[0 if by < 0 else -1]
        icon = f":material/chevron_{icon}:"
        st.button(name, icon=icon, on_click=_along, args=(row, by), disabled=end, key=name.lower())


def _along(row: list[str], by: int) -> None:
    """One layer on; from where the visitor is by now, however fast they click."""
    layer, unit = st.session_state["place"]
    if layer in row:
        go(row[min(max(row.index(layer) + by, 0), len(row) - 1)], unit)


def show(hand: Hand, place: Place) -> None:
    """The drawing, and the table behind it."""
    whole = cached.whole(hand.photo, hand.chosen, place.block)
    layers = cached.layers(hand.chosen.network)
    shared_range = st.session_state["range"]
    key = f"{hand.chosen.network}/{place.block}"
    shows = f"{hand.photo.digest}/{hand.chosen}/{place.block}/{shared_range}"
    hint = _hint(whole, place, len(layers))
    components.network_map(drawings.network_map(whole, key, shows, shared_range, hint), lambda sent: _open(sent, hand))
    shown = [layers[name] for column in whole.columns for name in column.members]
    with fold("Every layer in numbers", "fold-layers") as is_open:
        if not is_open:
            return
        parameters = sum(layer.parameters.value for layer in shown)
        cost = sum(layer.multiply_adds.value for layer in shown)
        st.markdown(f"**{parameters:,}** learned numbers, **{cost:,}** multiply-adds for one picture.")
        tables.layers(shown)


def _hint(whole: cached.Whole, place: Place, steps: int) -> str:
    some = any(len(column.chosen) < column.total for column in whole.columns)
    strongest = " Shown are the strongest maps (largest mean |value|)." if some else ""
    what = "steps of this block" if place.block else "columns"
    sizes = f"{len(whole.columns)} {what}, {steps} layers in all."
    colours = "Blue is below zero, orange above; purple to yellow starts at zero."
    return f"{sizes}{strongest} Point at or tap a map to see what feeds it; click or tap again to open it. {colours}"


def _open(sent: dict, hand: Hand) -> None:
    layers = cached.layers(hand.chosen.network)
    name, unit = str(sent.get("name")), int(sent.get("map", 0))
    if name in layers:
        go(name, unit if len(layers[name].shape) == 3 else 0)
    elif any(overview.block_of(step) == name for step in layers):
        go(name)
