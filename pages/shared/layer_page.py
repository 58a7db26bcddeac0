"""The Network page from close up: one layer, all its numbers, its weights, and what a unit sees of the photo."""
from functools import partial

import numpy as np
import streamlit as st

from core import anatomy
from core.trace import places
from pages.shared import cached, components, drawings, figures, network_page, tables, words
from pages.shared.shell import Hand
from pages.shared.tell import fold
from pages.shared.unit import cell, follow, open_from


def show(hand: Hand, place: network_page.Place) -> None:
    """Facts, the component, and the chosen map as a table."""
    follow()
    facts = cached.layers(hand.chosen.network)[place.step]
    layer = cached.layer(hand.photo, hand.chosen, place.step)
    _tell(facts, layer)
    body, controls = st.container(key="body"), st.container(key="controls")
    per = drawings.maps_per_page(layer)
    with controls:
        unit = _choose_map(place, drawings.kind_of(layer), per, len(layer.output))
    start = unit // per * per
    shown = range(start, min(start + per, len(layer.output)))
    rest = {
        "key": f"{hand.chosen.network}/{place.step}/{start}",
        "range": st.session_state["range"],
        "shows": f"{hand.photo.digest}/{hand.chosen}/{place.step}/{start}",
        "cell": cell(layer.output.shape[1:]),
        "labels": hand.network.labels if facts.name == _last(hand) else None,
    }
    kernel = _kernel(hand, facts, unit)
    data = drawings.layer_view(hand.photo, layer, facts, kernel, shown, unit, rest)
    with body:
        choose, open = partial(_choose, place.step), partial(open_from, place.step, facts.kind)
        components.layer_view(data, choose, open)
    with fold("The numbers", "fold-cells") as is_open:
        if is_open:
            _numbers(layer, kernel, unit, place.step)
    spread = "A histogram: how often each value occurs."
    if st.toggle("How the values of this layer are spread", key="spread", persist_state="session", help=spread):
        figure = figures.histogram(layer.output, layer.output[unit], f"{drawings.kind_of(layer)} {unit}")
        st.plotly_chart(figure, key="histogram")


def _choose(step: str, sent: dict) -> None:
    network_page.go(step, int(sent["map"]))


def _numbers(layer: cached.Layer, kernel: dict | None, unit: int, step: str) -> None:
    values = layer.output[unit] if layer.output[0].size > 1 else layer.output[:, :, 0]
    tables.cells(values, f"{step}-{unit}")
    if kernel:
        st.markdown("The weights that made it:")
        tables.weights(kernel["weights"], kernel["first"], f"{step}-{unit}-weights")


def _tell(facts: anatomy.Layer, layer: cached.Layer) -> None:
    zeros = np.mean(layer.output == 0)
    field = min(facts.receptive_field.size, layer.side)
    sees = words.times((field, field)) + f" of the {words.times((layer.side, layer.side))} input pixels"
    values = f"{words.number(layer.output.min())} … {words.number(layer.output.max())}"
    fed = " and ".join(words.full_name(source) for source in facts.sources)
    st.markdown(
        f"**{words.full_name(facts.name)}** · {words.KINDS[facts.kind]} · shape **{words.times(facts.shape)}**"
        + (f" · fed by {fed}" if fed else "")
        + f" · values {values}, **{words.percent(zeros)}** of them zero"
        + f" · each cell sees {sees}  \n"
        + f"parameters: {facts.parameters.formula} = **{facts.parameters.value:,}** · "
        + f"multiply-adds: {facts.multiply_adds.formula} = **{facts.multiply_adds.value:,}**"
    )


def _kernel(hand: Hand, facts: anatomy.Layer, unit: int) -> dict | None:
    """The weights that make one map or unit, described."""
    kernel = anatomy.kernel(places(hand.network.graph)[facts.name], unit)
    if kernel is None:
        return None
    channels, side, _ = kernel.shape
    alone = facts.kind == "Conv2d" and channels == 1 and facts.shape[0] > 1 and _inputs(hand, facts) > 1
    source = "channel" if facts.kind == "Conv2d" else "input"
    size = f"{channels:,} × {side} × {side}" if side > 1 else f"{channels:,}"
    note = f"{size} weights, one {f'{side} × {side} square' if side > 1 else 'number'} for each {source} it hears."
    if alone:
        note = f"{side} × {side} weights: this filter hears only channel {unit}."
    return {
        "title": f"Its weights: {size}",
        "alt": f"The weights of map {unit} of {facts.name}: {size}.",
        "note": note,
        "channels": channels,
        "size": side,
        "first": unit if alone else 0,
        "source": source,
        "most": float(np.abs(kernel).max()),
        "weights": kernel,
    }


def _last(hand: Hand) -> str:
    return list(cached.layers(hand.chosen.network))[-1]


def _inputs(hand: Hand, facts: anatomy.Layer) -> int:
    return cached.layers(hand.chosen.network)[facts.sources[0]].shape[0]


def _choose_map(place: network_page.Place, kind: str, per: int, count: int) -> int:
    """The number of the map, and pages of maps where a layer has too many to send at once."""

    def turn(unit: int | None = None) -> None:
        network_page.go(place.step, st.session_state["map"] if unit is None else unit)

    unit = st.session_state["map"] = min(place.unit, count - 1)
    with st.container(horizontal=True, vertical_alignment="bottom", key="maps"):
        label, help = f"{kind.capitalize()} (0 to {count - 1:,})", "Which one is shown large, with its weights."
        most = max(count - 1, 1)
        st.number_input(label, 0, most, step=1, key="map", width=160, disabled=count == 1, on_change=turn, help=help)
        if count > per:
            page, last = unit // per, (count - 1) // per
            before, after = (page - 1) * per, (page + 1) * per
            st.button("Maps before", on_click=turn, args=(before,), disabled=page == 0, key="maps-before")
            st.button("More maps", on_click=turn, args=(after,), disabled=page == last, key="maps-after")
    return unit
