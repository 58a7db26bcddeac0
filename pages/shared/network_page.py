"""The Network page from far away: where the visitor is, and the drawing of the whole network or of one block."""
from dataclasses import dataclass

import streamlit as st

from core import anatomy, overview
from pages.shared import cached, components, drawings, tables, words
from pages.shared.shell import Hand
from pages.shared.tell import fold

RANGES = ["unit", "layer", "network"]
WHOLE = "whole"


@dataclass(frozen=True)
class Place:
    """What the visitor looks at: a step, a block, or (neither) the whole network."""

    block: str | None
    step: str | None


def choose(hand: Hand) -> Place:
    """The controls of the page: what to show, and the range of the colours; both are in the URL."""
    layers = cached.layers(hand.chosen.network)
    blocks = [block for block in dict.fromkeys(map(overview.block_of, layers)) if block not in layers]
    options = [WHOLE, *blocks, *layers]
    if st.session_state.get("layer") not in options:  # of another network
        st.session_state["layer"] = WHOLE
    with hand.header:
        layer = st.selectbox(
            "Show",
            options,
            key="layer",
            bind="query-params",
            width=230,
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
        _ways(layer, options, layers)
    return Place(layer if layer in blocks else None, layer if layer in layers else None)


def go(layer: str, unit: int = 0) -> None:
    """Show a layer (from a callback)."""
    st.session_state.update(layer=layer, map=unit)


def _ways(layer: str, options: list[str], layers: dict[str, anatomy.Layer]) -> None:
    """Buttons out and along; there are none on the whole network."""
    if layer == WHOLE:
        return
    block = overview.block_of(layer)
    out = block if layer in layers and block != layer else WHOLE
    name = "Whole network" if out == WHOLE else words.full_name(out)
    st.button(name, icon=":material/arrow_upward:", on_click=go, args=(out,), help="One level up", key="up")
    blocks = [option for option in options if option not in layers and option != WHOLE]
    row = list(layers) if layer in layers else blocks
    at = row.index(layer)
    for name, icon, to in (("Previous", "left", max(at - 1, 0)), ("Next", "right", min(at + 1, len(row) - 1))):
        icon = f":material/chevron_{icon}:"
        st.button(name, icon=icon, on_click=go, args=(row[to],), disabled=to == at, key=name.lower())


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
    return f"{sizes}{strongest} Point at a map to see what feeds it; open it for its numbers."


def _open(sent: dict, hand: Hand) -> None:
    layers = cached.layers(hand.chosen.network)
    name, unit = str(sent.get("name")), int(sent.get("map", 0))
    if name in layers:
        go(name, unit if len(layers[name].shape) == 3 else 0)
    elif any(overview.block_of(step) == name for step in layers):
        go(name)
