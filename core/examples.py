"""Worked examples, small enough to be checked by hand, and formulas in today's numbers."""
from collections.abc import Callable
from dataclasses import dataclass, replace
from math import prod

import numpy as np

from core import datasets
from core.kernels import PRESETS
from core.ops import Window, conv2d, max_pool2d


@dataclass(frozen=True)
class Example:
    """Some filters, and what they slide over."""

    title: str
    about: str
    maps: np.ndarray | None  # (C, H, W); None: the picture in hand, shrunk to `shape`
    shape: tuple[int, int, int]  # of the maps
    kernels: np.ndarray  # (K, C, k, k)
    bias: np.ndarray  # (K,)
    window: Window

    @property
    def output(self) -> tuple[int, int, int]:
        """K, H' and W' of the maps that come out."""
        return (len(self.kernels), *map(self.window.out, self.shape[1:]))

    @property
    def positions(self) -> int:
        """How many places each filter has on the maps."""
        return prod(self.output[1:])

    @property
    def multiplications(self) -> int:
        """In each of these places, for one filter."""
        return prod(self.kernels.shape[1:])


@dataclass(frozen=True)
class Pool:
    """A map to be made smaller."""

    title: str
    about: str
    maps: np.ndarray  # (1, H, W)
    window: Window


def output_size_formula(length: int, window: Window) -> str:
    """How many positions along a side, "floor((5 + 2 × 0 − 3) / 1) + 1 = 3"; ValueError if the window does not fit.

    With dilation it begins with the window's reach, "reach 2 × (3 − 1) + 1 = 5; floor((7 + 2 × 0 − 5) / 1) + 1 = 3".
    """
    count = window.out(length)
    spread = f"reach {window.dilation} × ({window.size} − 1) + 1 = {window.reach}; " if window.dilation > 1 else ""
    return f"{spread}floor(({length} + 2 × {window.padding} − {window.reach}) / {window.stride}) + 1 = {count}"


def _example(
    title: str, about: Callable[[Example], str], maps: np.ndarray | None, kernels: np.ndarray, window: Window, bias=0.0
) -> Example:
    """With a text whose numbers are those of the example itself."""
    shape = (3, 32, 32) if maps is None else maps.shape
    plain = Example(title, "", maps, shape, kernels, np.full(len(kernels), bias), window)
    for array in (plain.maps, plain.kernels, plain.bias):
        if array is not None:
            array.setflags(write=False)  # everybody's
    return replace(plain, about=about(plain))


_CELLS = np.array([[[1, 2, 0, 3, 1], [0, 1, 2, 1, 0], [2, 0, 1, 0, 3], [1, 3, 0, 2, 1], [0, 1, 2, 0, 2]]], dtype=float)
_WEIGHTS = np.array([[[[1, 0, -1], [0, 2, 0], [-1, 0, 1]]]], dtype=float)
_EDGE = np.tile([1.0, 1.0, 0.0, -1.0, -1.0], (1, 3, 5, 1))  # brighter on the left than on the right, in all colours
_RED_NOT_BLUE = np.ones((1, 3, 5, 5)) * np.array([1.0, 0.0, -1.0])[:, None, None]
_DRAWING = np.array(  # what Deshpande's curve detector finds (2016), and beside it a stroke that it does not
    [
        [[0, 0, 0, 0, 0, 0, 30], [0, 0, 0, 0, 0, 0, 0]],
        [[0, 0, 0, 0, 50, 50, 50], [0, 50, 50, 0, 0, 0, 0]],
        [[0, 0, 0, 20, 50, 0, 0], [50, 0, 50, 0, 0, 0, 0]],
        [[0, 0, 0, 50, 50, 0, 0], [50, 0, 0, 0, 0, 0, 0]],
        [[0, 0, 0, 50, 50, 0, 0], [0, 50, 0, 0, 0, 0, 0]],
        [[0, 0, 0, 50, 50, 0, 0], [0, 0, 50, 0, 0, 0, 0]],
        [[0, 0, 0, 50, 50, 0, 0], [0, 0, 0, 50, 50, 0, 0]],
    ],
    dtype=float,
).reshape(1, 7, 14)


def _about_small(example: Example) -> str:
    (_, height, width), (_, rows, columns) = example.shape, example.output
    return (
        f"A filter of {example.window.size} × {example.window.size} weights fits on {height} × {width} cells in "
        f"{rows} × {columns} = {example.positions} places. In each, {example.multiplications} products and the bias "
        "make one number."
    )


def _about_padded(example: Example) -> str:
    _, height, width = example.shape
    wide, tall = width + 2 * example.window.padding, height + 2 * example.window.padding
    return (
        f"With a ring of zeros around them, {height} × {width} cells become {tall} × {wide}. "
        f"Now {example.positions} places fit, and the map is {' × '.join(map(str, example.output[1:]))}."
    )


def _about_colour(example: Example) -> str:
    channels, size, count = example.shape[0], example.window.size, example.multiplications
    return (
        f"In colour, a filter has one square of weights for each of the {channels} channels: {size} × {size} × "
        f"{channels} = {count} multiplications in each of {example.positions} places. "
        "All of them go into the same sum, so one filter makes one map."
    )


def _about_two(example: Example) -> str:
    filters, rows, columns = example.output
    return (
        f"{filters} filters make {filters} maps, {rows} × {columns} × {filters}. "
        "The first looks for edges, the second for what is more red than blue."
    )


def _about_curve(example: Example) -> str:
    left, right = conv2d(example.maps, example.kernels, example.window, example.bias).ravel()
    return (
        f"The filter has weights of {example.kernels.max():g} along a curve. The left stroke lies under it and gives "
        f"{left:,.0f}; of the right one nothing does, and it gives {right:,.0f}."
    )


_CURVE = PRESETS["curve detector"][None, None]
CONVOLUTIONS: dict[str, Example] = {
    "5x5": _example("3 × 3 over 5 × 5", _about_small, _CELLS, _WEIGHTS, Window(3), bias=1.0),
    "5x5-padded": _example("With a ring of zeros", _about_padded, _CELLS, _WEIGHTS, Window(3, padding=1), bias=1.0),
    "32x32x3": _example("Your picture in colour", _about_colour, None, _EDGE, Window(5)),
    "two-filters": _example("Two filters", _about_two, None, np.concatenate([_EDGE, _RED_NOT_BLUE]), Window(5)),
    "curve": _example("A curve detector", _about_curve, _DRAWING, _CURVE, Window(7, stride=7)),
}


def _pooling() -> Pool:
    maps = np.array([[[3, 12, 5, 1], [8, 0, 9, 14], [15, 2, 6, 4], [7, 10, 13, 11]]], dtype=float)
    window = Window(2, stride=2)
    kept = max_pool2d(maps, window).values
    about = (
        f"{maps.shape[1]} × {maps.shape[2]} cells become {kept.shape[1]} × {kept.shape[2]}: of each {window.size} × "
        f"{window.size} cells max pooling keeps the largest, {', '.join(f'{value:g}' for value in kept.ravel())}. "
        f"The other {maps.size - kept.size} are gone."
    )
    maps.setflags(write=False)
    return Pool("2 × 2 with stride 2", about, maps, window)


POOLING = _pooling()

# "75 % that it is a 3", from Deshpande's guide; exp of the logits are these in percent, and next to nothing for 0
DIGIT_LABELS = datasets.DIGIT_LABELS
DIGIT_SHARES = np.array([0, 0.1, 0.1, 0.75, 0, 0, 0, 0, 0, 0.05])
DIGIT_LOGITS = np.log(100 * DIGIT_SHARES, out=np.full(10, -12.0), where=DIGIT_SHARES > 0)
for _numbers in (DIGIT_SHARES, DIGIT_LOGITS):
    _numbers.setflags(write=False)
