"""Layer by layer: the way into the code and out of it as maps, any of which opens down to the sum behind a cell."""
import numpy as np
import streamlit as st

from core import anatomy, bottleneck, explain, overview
from core.arithmetic import part
from core.trace import Step
from pages.shared import cached, cached_codes, calculation, components, drawings, gate, link, tables, unit, words
from pages.shared.code_view import Shown
from pages.shared.scenes import Vector
from pages.shared.tell import fold

STRONGEST = 12  # maps of each layer that are shown of the large networks for photos


def show(shown: Shown) -> None:
    """The whole way as columns; below, the map that was opened."""
    what = "tile" if shown.chosen.tiled else "picture"
    st.subheader("Layer by layer", anchor=False, help=f"The encoder, the code, then the decoder, on this {what}.")
    steps, columns = gate.through(_ran, shown)
    hint = "Point at a map to see what it hears; open it to see its sums."
    data = drawings.network_map(_whole(columns), shown.chosen.name, f"{shown.about}/layers", "layer", hint)
    components.network_map(data, lambda sent: _open(steps, sent))
    if shown.chosen.tiled:
        st.markdown(
            "**straight** is one dense layer each way, fixed as PCA; the filters before and after it learned what PCA "
            "misses."
        )
    name = st.query_params.get("layer")
    if name in steps:
        _opened(shown, steps, name)


def _ran(shown: Shown) -> tuple[dict[str, Step], list[overview.Column]]:
    steps = bottleneck.steps(cached_codes.autoencoder(shown.chosen.name), shown.passage)
    alone = {name: [name] for name in steps}
    return steps, overview.columns(steps, alone, STRONGEST if shown.chosen.tiled else None)


def _whole(columns: list[overview.Column]) -> cached.Whole:
    values = [column for column in columns if column.kind != "Input"]
    low, high = min(column.low for column in values), max(column.high for column in values)
    return cached.Whole(tuple(map(overview.as_bytes, columns)), low, high, ())


def _open(steps: dict[str, Step], sent: dict) -> None:
    name = sent["name"]
    vector = _maps(steps[name])[0].size == 1  # drawn as one column: the largest of its numbers is opened
    at = int(np.abs(_maps(steps[name])).reshape(-1).argmax()) if vector else int(sent["map"])
    link.go(layer=name, map=at, cell=link.UNSET)


def _maps(step: Step) -> np.ndarray:
    values = step.output.numpy()
    return values if values.ndim == 3 else values.reshape(-1, 1, 1)


def _opened(shown: Shown, steps: dict[str, Step], name: str) -> None:
    """The controls, and the calculation of one map of a step."""
    facts = {layer.name: layer for layer in anatomy.describe(steps)}
    maps = _maps(steps[name])
    with st.container(horizontal=True, vertical_alignment="bottom", key="opened"):
        chosen, at = _choose(list(steps), name, len(maps))
    cell = unit.cell(maps.shape[1:], _largest(maps[at]))
    whole = gate.through(explain.arithmetic, steps, chosen, at)
    most = cached.CURVED if whole.rule == "curve" else cached.SUMMED
    key = f"{shown.about}/{chosen}/{at}"
    near = part(whole, *unit.begun(key, cell), most=most)
    vector = maps.reshape(-1) if maps[0].size == 1 else None
    close = cached.Closeup(near, whole.output, vector)
    telling = calculation.told_of(near, facts, facts[chosen])
    siblings = None if vector is None else _siblings(vector)
    found = calculation.draw(near, cell, telling, key, unit.frame(shown.about, close), siblings)
    tables.terms(found.of.at(*found.cell), False)
    with fold("Every step of this network", "fold-layers") as is_open:
        if is_open:
            tables.layers(list(facts.values()))


def _largest(values: np.ndarray) -> unit.Cell:
    row, column = np.unravel_index(np.abs(values).argmax(), values.shape)
    return int(row), int(column)


def _siblings(vector: np.ndarray) -> Vector:
    order = [int(at) for at in np.argsort(-vector)]
    return Vector(vector, [f"unit {at}" for at in range(len(vector))], order)


def _choose(names: list[str], name: str, count: int) -> tuple[str, int]:
    more = dict(forgets=("map", "cell"), format_func=words.full_name, help="Another step of encoder or decoder.")
    chosen = link.choose(st.selectbox, "Step", names, key="layer", begin=name, width=260, **more)
    label = f"Map or unit (0 to {count - 1:,})"
    help = "Which of its outputs is taken apart."
    at = link.count(label, 0, max(count - 1, 1), key="map", begin=0, forgets=("cell",), width=190, help=help)
    st.button(
        "Close", icon=":material/close:", key="close-layer", help="Back to the whole way.",
        on_click=link.go, kwargs=dict(layer=link.UNSET, map=link.UNSET, cell=link.UNSET),
    )  # fmt: skip
    return chosen, min(at, count - 1)
