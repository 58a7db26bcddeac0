"""What both halves of the Gradient flow page share: where it looks, the meter, and the question about two layers."""
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np
import streamlit as st

from core import flow_questions
from pages.shared import components, link, shell
from pages.shared.components import pack
from pages.shared.predict import Kind
from pages.shared.shell import Hand

PHOTO, STACK = "Your photo", "Your own stack"
FORGOTTEN = ("flow_step", "flow_layer")  # what no longer fits another stack
PAIR = "asked-layers"  # that the question is about
WHICH = "which layer"


@dataclass(frozen=True)
class Meter:
    """What the meter shows: sizes per layer, at one or several times."""

    key: str  # another one begins anew
    labels: Sequence[str]  # short ones, under the columns
    names: Sequence[str]
    steps: Sequence[int]
    losses: Sequence[float]
    gradient: np.ndarray  # (T, L)
    activation: np.ndarray  # (T, L)
    more: dict[str, np.ndarray]  # words -> (T, L), told of the layer pointed at; all but "arrives" are shares, 0 to 1
    words: tuple[str, str]  # what the two rows are
    opens: str  # what a click leads to; empty: nowhere
    alt: str


def source(hand: Hand) -> str:
    """What the page looks at; the pictures and networks of the frame matter for a photo only."""
    help = "**Your photo**: through the network in hand. **Your own stack**: equal layers that you choose and train."
    options = [STACK, PHOTO]
    with hand.header:
        chosen = link.choose(
            st.segmented_control, "Look at", options, key="flow_on", begin=STACK, forgets=("flow_layer",),
            required=True, help=help,
        )  # fmt: skip
    if chosen == STACK:
        st.html(shell.WITHOUT_FRAME)
    return chosen


def layer(count: int) -> int:
    """Which layer is at hand."""
    return link.whole("flow_layer", 0, count - 1, 0)


def draw(meter: Meter, at: int, hidden: bool, heard: Callable[[str, dict], None]) -> None:
    """The meter at one of its times; `hidden`: the gradient is being asked for."""
    chosen = layer(len(meter.names))
    gradient = np.full_like(meter.gradient, np.nan) if hidden else meter.gradient
    more = {} if hidden else meter.more
    header = dict(
        **dict(key=meter.key, shows=f"{meter.key}/{meter.steps[at]}/{len(meter.steps)}/{chosen}/{hidden}"),
        **dict(labels=list(meter.labels), names=list(meter.names), steps=list(meter.steps), words=meter.words),
        **dict(look=dict(time=at, layer=chosen), hidden=hidden, opens=meter.opens, more=list(more), alt=meter.alt),
    )
    arrays = dict(losses=np.array(meter.losses, dtype=float), gradient=gradient, activation=meter.activation)
    others = {f"more{number}": values for number, values in enumerate(more.values())}
    components.meter(pack(header, **arrays, **others), heard)


def about_two(about: str, names: Sequence[str], sizes: Sequence[float], begin: tuple[int, int]) -> Kind:
    """The question at which of two layers the gradient is larger; the first one is about the pair `begin`."""
    places = list(permutations(range(len(names)), 2))
    held = st.session_state.get(PAIR)
    pair = held if held in places else begin
    one, other = pair
    return Kind(
        f"{about}/{pair}",
        lambda: flow_questions.about_two_layers(names[one], names[other], (float(sizes[one]), float(sizes[other]))),
        WHICH, pair, lambda: places, lambda chosen: st.session_state.update({PAIR: chosen}),
    )  # fmt: skip
