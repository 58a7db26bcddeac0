"""Where the visitor of the Backward page is: whose slopes, at which layer, map and cell; all of it in the link."""
from dataclasses import dataclass

import numpy as np
import streamlit as st

from core import gradients
from core.anatomy import Layer as Facts
from core.backwards import Backward
from core.trace import Place, places
from pages.shared import cached, link, slopes, unit, words
from pages.shared.backward_words import of
from pages.shared.shell import Hand

COLOURS = ["map", "layer"]
FORGOTTEN = ("map", "cell", "weight")  # what no longer fits another layer


@dataclass(frozen=True)
class Shown:
    """Whose slopes are looked at, and where."""

    hand: Hand
    aim: slopes.Aim
    answer: int  # the class that the network itself chose
    facts: Facts  # of the layer at hand
    layer: slopes.Layer
    map: int
    cell: unit.Cell
    colours: str  # one of COLOURS

    @property
    def of(self) -> str:
        """What the slopes are slopes of."""
        return of(self.aim[0], words.plain(self.hand.network.labels[self.aim[1]]))

    @property
    def places(self) -> dict[str, Place]:
        """The steps of the network, in the order they run."""
        return places(self.hand.network.graph)

    @property
    def last(self) -> str:
        """The last step, whose units are the classes."""
        return list(self.places)[-1]

    @property
    def at(self) -> tuple[int, int, int]:
        """The number at hand."""
        return self.map, *self.cell

    @property
    def key(self) -> tuple:
        """What every answer about it is kept under."""
        return self.hand.photo, self.hand.chosen

    def sum(self) -> Backward:
        """The slope along the number at hand, taken apart."""
        return cached.slope(*self.key, "unit", self.aim, self.facts.name, self.at)


def choose(hand: Hand) -> Shown:
    """The controls: the score or loss, the class, the layer, the map; all of them stand in the link."""
    answer = cached.look(hand.photo, hand.chosen, None).index
    with hand.header:
        shape = link.choose(
            st.segmented_control, "Slopes of", list(gradients.AIMS), key="aim", begin="score", forgets=("cell",),
            required=True, format_func=lambda shape: "½ squared error" if shape == "squared error" else shape,
            help="**score**: the number (logit) of the class. **cross-entropy** and **½ squared error**: the loss "
            "with that class as the target.",
        )  # fmt: skip
        labels = hand.network.labels
        index = link.choose(
            st.selectbox, "Class", list(range(len(labels))), key="class", begin=answer, forgets=("cell",), width=190,
            format_func=lambda at: f"{labels[at]} (its answer)" if at == answer else labels[at],
            help="Whose score it is, or which class is the target.",
        )  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="bottom", key="controls"):
        facts = _layer(hand)
        layer = cached.slope_maps(hand.photo, hand.chosen, (shape, index), facts.name)
        at = _map(layer)
        colours = link.choose(
            st.segmented_control, "Colours run over", COLOURS, key="colours", begin="map", required=True,
            help="**map**: each map and each gradient uses the full scale for itself. **layer**: all of the layer "
            "share one, so that they can be compared.",
        )  # fmt: skip
    cell = unit.cell(layer.values.shape[1:], _begin(layer, at))
    return Shown(hand, (shape, index), answer, facts, layer, at, cell, colours)


def _layer(hand: Hand) -> Facts:
    layers = cached.layers(hand.chosen.network)
    names = list(layers)[::-1]  # as one meets them on the way back
    begin = layers[gradients.last_maps(hand.network.graph)].sources[0]  # before the last ReLU, whose gates it shows
    help = "From the answer at the top of the list down to the picture."
    step = link.choose(
        st.selectbox, "Layer", names, key="layer", begin=begin, forgets=FORGOTTEN, width=200,
        format_func=words.full_name, help=help,
    )  # fmt: skip
    at = names.index(step)
    for label, icon, to, help in (
        ("One step back", "left", at + 1, "Towards the picture, as the slopes go"),
        ("One step on", "right", at - 1, "Towards the answer, where the slopes come from"),
    ):
        beyond = not 0 <= to < len(names)
        st.button(label, icon=f":material/chevron_{icon}:", key=f"step-{icon}", help=help, disabled=beyond,
                  on_click=go, args=(names[0 if beyond else to],))  # fmt: skip
    return layers[step]


def go(step: str) -> None:
    """Another layer, where map and cell begin anew."""
    link.go(layer=step, **{name: link.UNSET for name in FORGOTTEN if name in st.query_params})


def _begin(layer: slopes.Layer, at: int) -> unit.Cell:
    """The cell of a map that counts most, or that with the largest slope."""
    counts = np.abs(layer.values[at] * layer.slopes[at])
    row, column = np.unravel_index((counts if counts.any() else np.abs(layer.slopes[at])).argmax(), counts.shape)
    return int(row), int(column)


def _map(layer: slopes.Layer) -> int:
    count, size = len(layer.values), layer.values[0].size
    strongest = int(layer.strength.argmax())
    name = "Map" if size > 1 else "Unit"
    return link.count(
        f"{name} (0 to {count - 1:,})", 0, max(count - 1, 1), key="map", begin=strongest, forgets=("cell", "weight"),
        width=130, disabled=count == 1, help="The one shown large; to begin with, that which counts most.",
    ) if count > 1 else 0  # fmt: skip
