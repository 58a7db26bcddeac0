"""The weights behind the map at hand: each kernel beside its gradient, and the slope along one of them taken apart."""
from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from core import anatomy
from core.anatomy import Layer as Facts
from pages.shared import cached, components, link, panels, slopes, tables, words
from pages.shared.backward_place import Shown, go
from pages.shared.tell import fold

LEARNING = ("Conv2d", "Linear", "BatchNorm2d")  # kinds of layers that have weights
BIAS = "bias"
TOP = 8  # terms that are shown; the table has them all


@dataclass(frozen=True)
class Weight:
    """A weight, or the bias, of the map at hand."""

    step: str
    channel: int  # of the map that it helps to make
    tap: slopes.Tap | None  # None: the bias
    found: slopes.Weights
    hears: str  # "channel" or "input"
    first: int  # the number of the first of them

    @property
    def name(self) -> str:
        """The weight in words."""
        if self.tap is None:
            return f"the bias of map {self.channel}" if self.hears == "channel" else f"the bias of unit {self.channel}"
        where = f", row {self.tap[1]}, column {self.tap[2]}" if self.found.kernel[0].size > 1 else ""
        return f"the weight for {self.hears} {self.tap[0] + self.first}{where}"

    @property
    def what(self) -> tuple:
        """Layer, parameter and index of it, as core.nudges wants them."""
        return self.step, BIAS if self.tap is None else "weight", self.found.chosen.unit


def choose(shown: Shown) -> Weight | None:
    """The weight that the link names, or the one with the largest slope; None in a layer that has none."""
    if shown.facts.kind not in LEARNING:
        return None
    about = shown.aim, shown.facts.name, shown.map
    found = cached.slope(*shown.key, "weights", *about, (0, 0, 0))
    tap = _tap(found.kernel.shape, np.abs(found.slopes), has_bias=_has_bias(shown.facts))
    found = cached.slope(*shown.key, "weights", *about, tap)
    inputs = cached.layers(shown.hand.chosen.network)[shown.facts.sources[0]].shape[0]
    alone = len(found.kernel) == 1 and inputs > 1 and shown.facts.kind != "Linear"
    hears = "input" if shown.facts.kind == "Linear" else "channel"
    return Weight(shown.facts.name, shown.map, tap, found, hears, shown.map if alone else 0)


def _has_bias(facts: Facts) -> bool:
    return "biases" in facts.parameters.formula or "shifts" in facts.parameters.formula


def _tap(shape: slopes.Tap, sizes: np.ndarray, has_bias: bool) -> slopes.Tap | None:
    written = st.query_params.get("weight", "")
    if written == BIAS and has_bias:
        return None
    parts = written.split(",")
    if len(parts) == 3 and all(part.isascii() and part.isdigit() and len(part) < 6 for part in parts):
        asked = tuple(map(int, parts))
        if all(at < side for at, side in zip(asked, shape, strict=True)):
            return asked
    return tuple(map(int, np.unravel_index(sizes.argmax(), shape)))


def show(shown: Shown, weight: Weight | None) -> None:
    """Kernel and gradient side by side, the sum behind one slope, and the way to a layer with weights."""
    st.subheader("The weights", anchor=False)
    if weight is None:
        _elsewhere(shown)
        return
    cells, tile = panels.mosaic(weight.found.kernel)
    gradients, _ = panels.mosaic(weight.found.slopes)
    tile |= {"source": weight.hears, "first": weight.first}
    left, right = st.columns([3, 2])
    with left:
        hint = "Point at a weight to see its slope, click to take the slope apart."
        name = "scale" if shown.facts.kind == "BatchNorm2d" else "weights"
        drawn = [
            panels.group(f"Its {name}", "", [panels.grid(cells, "", "", True, "weights", f"The {name}.")]),
            panels.group("Their gradient", "", [panels.grid(gradients, "", "", True, "slopes", "The slope of each.")]),
        ]
        at = None if weight.tap is None else panels.cell(tile, weight.tap)
        key = f"{shown.hand.photo.digest}/{shown.hand.chosen}/{shown.aim}/{weight.step}/{weight.channel}"
        data = panels.data(drawn, key, cells.shape, hint, at=at, tile=tile, widest=260)
        components.panels(data, "kernels", lambda sent: _chose(tile, sent))
        if _has_bias(shown.facts):
            help = "The number that is added at every place of the map."
            st.button("Its bias", key="to-bias", on_click=link.go, kwargs={"weight": BIAS}, help=help)
    with right:
        _tell(shown, weight)


def _chose(tile: dict, sent: dict) -> None:
    tap = panels.tap(tile, int(sent["row"]), int(sent["column"]))
    if tap:
        link.go(weight=",".join(map(str, tap)), nudge="a weight")


def _elsewhere(shown: Shown) -> None:
    """This layer has learned nothing; the next one on the way back that has."""
    layers = list(cached.layers(shown.hand.chosen.network).values())
    before = [one for one in layers[: layers.index(shown.facts)] if one.kind in LEARNING]
    st.markdown(f"{_kind(shown.facts)} has no weights: nothing is learned here, slopes only pass through.")
    if before:
        name = words.full_name(before[-1].name)
        st.button(f"To {name}", key="to-weights", on_click=go, args=(before[-1].name,), help="The next with weights.")


def _kind(facts: Facts) -> str:
    name = words.KINDS[facts.kind]
    return f"{name[0].upper()}{name[1:]}"


def _tell(shown: Shown, weight: Weight) -> None:
    found = weight.found.chosen
    places = len(found.products)
    of = f"Used at {anatomy.times(places)} places" if places > 1 else "Used once"
    what = "1, as nothing is multiplied by it" if weight.tap is None else "the input there"
    st.markdown(
        f"**{weight.name[0].upper()}{weight.name[1:]}** is {words.number(weight.found.value)}. {of}: each gives its "
        f"upstream slope × {what}. Together that is its slope, **{found.sum:.9g}**; the network's own gradient is "
        f"{found.gradient:.9g}."
    )
    largest = np.argsort(-np.abs(found.products), kind="stable")[:TOP]
    st.dataframe(_table(weight).iloc[largest], hide_index=True, key="weight-top", height="content")
    rest = found.sum - float(found.products[largest].sum())
    if places > TOP:
        st.markdown(f"The {places - TOP:,} smaller ones together: {words.number(rest)}.")
    with fold("All places as a table", "fold-weight") as is_open:
        if is_open:
            st.dataframe(_table(weight), hide_index=True, key="weight-terms", height=260)
            tables.save(_table(weight), f"{weight.step}-weight-slope", "save-weight")


def _table(weight: Weight) -> pd.DataFrame:
    found = weight.found.chosen
    return pd.DataFrame(
        {"row": found.targets[:, 1], "column": found.targets[:, 2], "upstream slope": found.upstream,
         "input": found.slopes, "product": found.products}
    )  # fmt: skip
