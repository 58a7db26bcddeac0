"""The Pooling page: which number of each window goes on, and how much of a map is left."""

import numpy as np
import streamlit as st

from core import arithmetic, examples, ops
from core.arithmetic import Arithmetic
from core.ops import Window
from pages.shared import cached, calculation, link, predict, shift, tables, unit, words
from pages.shared.calculation import Shown
from pages.shared.scenes import Telling
from pages.shared.shell import Hand

HAND, MAP, PICTURE = "by-hand", "any-map", "picture"
KINDS = ["max", "average", "global"]
BEGIN = {HAND: examples.POOLING.window, MAP: Window(2, stride=2), PICTURE: Window(4, stride=4)}
LARGEST_SIDE = 224  # of the picture, in pixels


def choose_source() -> str:
    """The worked example, a layer of the network, any map of it, or the picture."""
    titles = {HAND: "4 × 4 by hand", unit.LAYER: "A layer", MAP: "Any map", PICTURE: "Your picture"}
    return link.choose(
        st.pills,
        "Look at",
        list(titles),
        key="pool_on",
        begin=HAND,
        forgets=("cell", "map"),
        required=True,
        format_func=titles.get,
        label_visibility="collapsed",
        help="A worked example; a pooling layer of the network in hand; any map of it, or the picture, pooled as you "
        "like.",
    )


# ---- pooled as the visitor likes ----------------------------------------------------------------


def anew(hand: Hand, source: str) -> Shown | None:
    """The example, any map or the picture, pooled as the visitor likes; None if the window does not fit."""
    drawing = st.container(key="drawing")
    with st.container(horizontal=True, vertical_alignment="bottom", key="controls"):
        maps, channel, name = _maps(hand, source)
        kind = _choose_kind(source)
        window = None if kind == "global" else _choose_window(source)
    try:
        of = _pooled(maps, channel, window, kind)
    except ValueError as error:
        drawing.error(f"This does not work: {error}. Choose another size or another padding.")
        return None
    sides, output = words.times(of.inputs.shape[1:]), words.times(of.output.shape)
    input_title = f"Input: {sides} cells" if source == HAND else f"Input: {name}, {sides}"
    telling = Telling(
        (input_title, calculation.middle(of, of.kind), f"Output: {output}", "This number"),
        had="The engine has",
        names=[name.partition(" of ")[0]],
        input_words="these cells" if source == HAND else "pixels" if source == PICTURE else "this map",
        grey=source == PICTURE,
    )
    key = f"{hand.photo.digest}/{source}/{hand.chosen if source == MAP else ''}/{name}/{kind}/{window}"
    with drawing:
        cell = unit.cell(of.output.shape, begin=(0, 0) if source == HAND else None)
        return calculation.draw(of, cell, telling, key)


def _maps(hand: Hand, source: str) -> tuple[np.ndarray, int, str]:
    """The maps (C, H, W), which of them, and what it is called."""
    if source == HAND:
        return examples.POOLING.maps, 0, "cells"
    if source == PICTURE:
        return calculation.grey(hand, LARGEST_SIDE).astype(np.float32), 0, "grey picture"
    layers = cached.layers(hand.chosen.network)
    steps = [name for name, layer in layers.items() if len(layer.shape) == 3 and max(layer.shape[1:]) > 1]
    begin = next(name for name in steps if layers[name].kind in ("ReLU", "ReLU6"))
    chosen = unit.choose(hand, "pooling", steps, begin)
    maps = cached.layer(hand.photo, hand.chosen, chosen.step).output
    return maps, chosen.map, f"map {chosen.map} of {words.full_name(chosen.step)}"


def _choose_kind(source: str) -> str:
    return link.choose(
        st.segmented_control, "Kind", KINDS, key=f"pool_{source}_kind", begin=KINDS[0], forgets=("cell",),
        required=True, help="The largest of each window, the mean of each window, or the mean of the whole map.",
    )  # fmt: skip


def _choose_window(source: str) -> Window:
    def ask(name: str, low: int, high: int, help: str) -> int:
        begin = getattr(BEGIN[source], name)
        more = dict(key=f"pool_{source}_{name}", begin=begin, forgets=("cell",), width=105, help=help)
        return link.count(name.capitalize(), low, high, **more)

    return Window(
        ask("size", 1, 8, "Cells a side of the window."),
        ask("stride", 1, 8, "Cells from one position to the next. As large as the window: no cell counts twice."),
        ask("padding", 0, 3, "Rings around the input. They never win; in a mean they count as zeros."),
    )


def _pooled(maps: np.ndarray, channel: int, window: Window | None, kind: str) -> Arithmetic:
    """ValueError with a sentence if the window does not fit; None stands for one as large as the map."""
    if window is None:
        one = maps[channel : channel + 1]
        mean, weights = ops.global_avg_pool(one).reshape(1, 1), np.full(one.shape, 1 / one.size)
        place = dict(size=one.shape[1:], stride=one.shape[1:], weights=weights, bias=0.0, output=mean)
        return Arithmetic("pooling", "AdaptiveAvgPool2d", "sum", channel, ("map",), np.array([channel]), one, **place)
    if 2 * window.padding > window.size:  # as torch says; a window beyond the edge would cover nothing
        raise ValueError(f"a padding of {window.padding} is more than half of the window, which is {window.size} wide")
    return arithmetic.pooling(maps, channel, window, kind)


def in_torch(shown: Shown | None) -> str:
    """The same in PyTorch."""
    if shown is None or shown.of.kind == "AdaptiveAvgPool2d":
        return "maps.mean(dim=(-2, -1))"
    name = "max_pool2d" if shown.of.rule == "max" else "avg_pool2d"
    window = _windows(shown.of)[0]
    return f"torch.nn.functional.{name}(maps[None], {window.size}, {window.stride}, {window.padding})[0]"


# ---- what it comes to ---------------------------------------------------------------------------


def tell(hand: Hand, shown: Shown, source: str) -> None:
    """The question, sizes and what is left of the map in today's numbers, and the shift."""
    of = shown.of
    kinds = {predict.NUMBER: predict.about_number(of, shown.cell, shown.about, shown.facts)}
    if of.size != of.extent:
        kinds[predict.SIZE] = predict.about_size(of)
    with shown.card:
        predict.ask(kinds)
    plain = source == HAND and of.rule == "max" and _windows(of)[0] == examples.POOLING.window
    if plain and not predict.is_open(shown.about):  # it names the winners
        st.markdown(examples.POOLING.about)
    st.markdown(f"**Output size** {_sizes(of)}  \n{_kept(of)}")
    tables.terms(of.at(*shown.cell), hidden=predict.is_open(shown.about))
    what = {HAND: "cells", MAP: "map"}.get(source, "picture")
    shift.tell(hand, of, what, in_network=source == unit.LAYER)


def _sizes(of: Arithmetic) -> str:
    if of.size == of.extent:
        return f"{words.times(of.output.shape)}, as the window is as large as the map"
    return " and ".join(dict.fromkeys(map(examples.output_size_formula, of.extent, _windows(of))))


def _windows(of: Arithmetic) -> tuple[Window, Window]:
    """Down and across."""
    axes = zip(of.size, of.stride, of.start, of.dilation, strict=True)
    down, across = (Window(size, stride, -start, dilation) for size, stride, start, dilation in axes)
    return down, across


def _kept(of: Arithmetic) -> str:
    """How many numbers go in, how many come out, and how many of them nobody has looked at."""
    cells, numbers = of.inputs.size, of.output.size
    seen = np.prod([_covered(*axis) for axis in zip(_windows(of), of.output.shape, of.extent, strict=True)])
    missed = "" if seen == cells else f" · **Never looked at** {cells - seen:,}, as no window covers them"
    if of.rule != "max":
        which, share = "it is" if numbers == 1 else "each is", words.percent(numbers / cells)
        return f"**Left** {numbers:,} of {cells:,} numbers, {share}: {which} the mean of {np.prod(of.size):,}{missed}"
    winners = _winners(of)
    twice = f", some of them in several of the {numbers:,} windows" if winners < numbers else ""
    share = words.percent(winners / cells)
    return f"**Kept** {winners:,} of {cells:,} numbers, {share}: those that win{twice}. The others are gone{missed}"


def _covered(window: Window, positions: int, length: int) -> int:
    """How many of `length` cells in a row some window covers."""
    first = np.arange(positions)[:, None] * window.stride - window.padding
    cells = np.unique(first + window.dilation * np.arange(window.size))
    return np.count_nonzero((cells >= 0) & (cells < length))


def _winners(of: Arithmetic) -> int:
    """How many different cells win a window."""
    window = _windows(of)[0]
    winners = ops.max_pool2d(of.inputs, window).winners[0]
    within = np.stack(divmod(winners, window.size)) * window.dilation  # (2, H', W') down and across
    places = np.indices(winners.shape) * window.stride - window.padding + within
    return np.unique(places.reshape(2, -1), axis=1).shape[1]
