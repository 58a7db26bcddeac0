"""The Convolution page: what slides over what, and every number of it."""
from dataclasses import replace
from math import prod
from zlib import crc32

import numpy as np
import streamlit as st
from PIL import Image

from core import arithmetic, examples
from core.anatomy import Count
from core.arithmetic import Arithmetic
from core.ops import Window
from pages.shared import calculation, filters, link, predict, tables, unit, words
from pages.shared.calculation import Shown
from pages.shared.scenes import Overview, Telling
from pages.shared.shell import Hand

PICTURE = "picture"
LARGEST_SIDE = 224  # of a picture that is taken apart, in pixels
PARTS = ["whole", 128, 64, 32, 16, 8]


def choose_source() -> str:
    """The picture, a layer of the network, or a worked example."""
    examples_by_name = {name: example.title for name, example in examples.CONVOLUTIONS.items()}
    titles = {PICTURE: "Your picture", unit.LAYER: "A layer"} | examples_by_name
    return link.choose(
        st.pills,
        "Look at",
        list(titles),
        key="conv_on",
        begin=PICTURE,
        forgets=("cell", "own", "map", "spot"),
        required=True,
        format_func=titles.get,
        label_visibility="collapsed",
        help="The picture in hand, any layer of the network in hand, or a worked example to check by hand.",
    )


# ---- a picture or an example ------------------------------------------------------------------


def picture(hand: Hand, source: str) -> Shown | None:
    """Filters of the visitor's choice over the picture in hand or over a worked example; None if they do not fit."""
    example = examples.CONVOLUTIONS.get(source)
    drawing = st.container(key="drawing")
    with st.container(horizontal=True, vertical_alignment="bottom", key="controls"):
        maps, overview = _maps(hand, example)
        window = filters.choose_window(source, example)
        bank, bias = filters.choose(hand, source, example, window.size, len(maps))
    try:
        of = arithmetic.convolution(maps, bank, bias, window, link.whole("map", 0, len(bank) - 1, 0))
    except ValueError as error:
        drawing.error(f"This does not work: {error}. {_too_far(window)}{_shrunk(maps, overview, example)}")
        return None
    key = f"{hand.photo.digest}/{source}/{maps.shape}/{window}/{len(bank)}/{of.channel}"
    pixels = example is None or example.maps is None
    with drawing:
        telling = _telling(of, len(bank), pixels)
        cell = unit.cell(of.output.shape, begin=(0, 0) if example else None)
        numbers = f"{crc32(bank)}/{crc32(bias)}/{crc32(maps)}"  # with others it is another question
        shown = calculation.draw(of, cell, telling, key, overview, bank=(bank, bias), numbers=numbers)
    return replace(shown, filters=len(bank))


def _too_far(window: Window) -> str:
    if window.dilation == 1:
        return "Choose a smaller window, or more padding."
    return (
        f"With a dilation of {window.dilation}, {window.size} cells reach over {window.reach}. "
        "Choose a smaller window, less dilation, or more padding."
    )


def _shrunk(maps: np.ndarray, overview: Overview | None, example: examples.Example | None) -> str:
    """Where the whole picture is too small, a part of it may not be."""
    if overview or example:
        return ""
    return f" Or choose a **Part**: the whole picture was shrunk to {words.times(maps.shape[1:])}."


def _telling(of: Arithmetic, count: int, pixels: bool) -> Telling:
    channels = len(of.inputs)
    return Telling(
        (
            f"Input: {words.times(of.inputs.shape)}" + (" pixels, 0 to 255" if pixels else ""),
            f"Kernel{f' {of.channel}' if count > 1 else ''}: {words.times(of.weights.shape)}",
            f"Output: {words.times((count, *of.output.shape))}",
            "This number",
        ),
        had="The engine has",
        names=(["red", "green", "blue"] if channels == 3 else ["grey"]) if pixels else [],
        grey=pixels,
        editable=True,
        input_words="pixels" if pixels else "cells",
    )


def _maps(hand: Hand, example: examples.Example | None) -> tuple[np.ndarray, Overview | None]:
    """What the filters slide over: (C, H, W)."""
    if example and example.maps is not None:
        return example.maps, None
    if example:
        return _channels(hand.photo.picture.resize(example.shape[:0:-1], Image.Resampling.LANCZOS), colour=True), None
    mixed = "Three channels – red, green, blue – instead of one, grey (0.299 red + 0.587 green + 0.114 blue)."
    colour = link.switch("Colour", key="colour", forgets=("own",), help=mixed)
    side = link.choose(
        st.selectbox,
        "Part",
        PARTS,
        key="part",
        begin=PARTS[0],
        forgets=("cell",),
        width=130,
        format_func=lambda side: side if side == PARTS[0] else f"{side} × {side}",
        help=f"The whole picture (at most {LARGEST_SIDE} pixels a side), or a square of it: drag the frame.",
    )
    whole = hand.photo.picture
    if side == "whole":
        small = whole.copy()
        small.thumbnail((LARGEST_SIDE, LARGEST_SIDE), Image.Resampling.LANCZOS)
        return _channels(small, colour), None
    left, top, right, bottom = _frame(whole.size, side)
    cut = _channels(whole.crop((left, top, right, bottom)), colour)
    wide, high = whole.size
    frame = left / wide, top / high, right / wide, bottom / high
    return cut, Overview(hand.photo.digest, frame, (high, wide), jpeg=hand.photo.jpeg)


def _frame(size: tuple[int, int], side: int) -> tuple[int, int, int, int]:
    """The square that the link's `spot` is the middle of, kept inside the picture; in pixels."""
    x, y = link.spot()
    wide, high = min(side, size[0]), min(side, size[1])
    left = min(max(round(x * size[0] - wide / 2), 0), size[0] - wide)
    top = min(max(round(y * size[1] - high / 2), 0), size[1] - high)
    return left, top, left + wide, top + high


def _channels(picture: Image.Image, colour: bool) -> np.ndarray:
    values = np.asarray(picture if colour else picture.convert("L"))
    return np.ascontiguousarray(values.transpose(2, 0, 1) if colour else values[None])


# ---- what it comes to -------------------------------------------------------------------------


def tell(shown: Shown, source: str) -> None:
    """Sizes, parameters and multiply-adds in today's numbers, and the question."""
    of = shown.of
    number = predict.about_number(of, shown.cell, shown.about, shown.facts)
    with shown.card:
        predict.ask({predict.NUMBER: number, predict.SIZE: predict.about_size(of)})
    window = Window(of.size[0], of.stride[0], -of.start[0], of.dilation[0])
    example = examples.CONVOLUTIONS.get(source)
    if example and _as_it_was(shown, example, window) and not predict.is_open(shown.about):
        st.markdown(example.about)
    sizes = " and ".join(examples.output_size_formula(side, window) for side in dict.fromkeys(of.extent))
    positions = shown.facts.shape[1:] if shown.facts else of.output.shape
    if of.kind == "ZeroPad2d":  # more on one side than on the other
        sizes = f"{words.times(of.extent)} with zeros around it is {words.times(positions)}"
    cost, learned = _counts(shown, positions)
    places = f"**{prod(positions):,}** {'position' if prod(positions) == 1 else 'positions'}"
    st.markdown(
        f"**Output size** {sizes}, in all {places}  \n"
        f"**Multiply-adds** {cost.formula} = **{cost.value:,}** · **Parameters** {learned.formula} = "
        f"**{learned.value:,}**"
    )
    tables.terms(of.at(*shown.cell), hidden=predict.is_open(shown.about))


def _as_it_was(shown: Shown, example: examples.Example, window: Window) -> bool:
    """Has the visitor left the example alone? Then its text is true."""
    same = window == example.window and shown.filters == len(example.kernels)
    return same and np.array_equal(shown.of.weights, example.kernels[shown.of.channel])


def _counts(shown: Shown, positions: tuple[int, ...]) -> tuple[Count, Count]:
    """Multiply-adds and parameters, of the layer or of the filters on the picture."""
    if shown.facts:
        return shown.facts.multiply_adds, shown.facts.parameters
    bank = shown.filters, len(shown.of.inputs), *shown.of.size
    weights, outputs = prod(bank), (bank[0], *positions)
    cost = f"{words.times(outputs)} outputs × {words.times(bank[1:])} in the window"
    biases = "1 bias" if bank[0] == 1 else f"{bank[0]} biases"
    return Count(prod(positions) * weights, cost), Count(weights + bank[0], f"{words.times(bank)} weights + {biases}")
