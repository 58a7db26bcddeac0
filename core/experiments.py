"""Experiments: what two convolutions are without ReLU between them, and what pooling does to a small shift."""
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from torch import Tensor, fx

from core.ops import ACTIVATIONS, Window, avg_pool2d, conv2d, max_pool2d
from core.trace import Place, places, trace

Maps = TypeVar("Maps", np.ndarray, Tensor)
POOLINGS = ("MaxPool2d", "AvgPool2d", "AdaptiveAvgPool2d")  # kinds of steps


@dataclass(frozen=True)
class Collapse:
    """One cell after two convolutions without biases, made in three ways."""

    kernel: np.ndarray  # (k + l - 1, k + l - 1) the one that does the work of both
    two_steps: float
    one_step: float  # the same number
    with_relu: float  # two steps with ReLU between them


@dataclass(frozen=True)
class Shift:
    """How much the maps change, as a share of their mean size, when the picture moves."""

    pixels: int
    before_pooling: float
    after_pooling: float


def collapse(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """The one kernel for `first` and then `second`, with nothing between: (k, k), (l, l) -> (k + l - 1, k + l - 1).

    sum_j second[j] first[m - j]: each weight of the second brings in a copy of the first, moved and multiplied.
    """
    window = Window(len(second), padding=len(second) - 1)
    return conv2d(first[None], second[None, None, ::-1, ::-1], window)[0]


def without_activation(image: np.ndarray, first: np.ndarray, second: np.ndarray, row: int, column: int) -> Collapse:
    """A cell of what two convolutions of (H, W) give, in two steps, in one, and with ReLU between.

    No padding: there are H - k - l + 2 rows, and columns likewise; ValueError if the cell is on none of them.
    """
    kernel = collapse(first, second)
    reach = Window(len(kernel))
    rows, columns = (reach.out(length) for length in image.shape)
    if not (0 <= row < rows and 0 <= column < columns):
        raise ValueError(f"row {row}, column {column} is not on a map of {rows} × {columns}, numbered from 0")
    seen = image[row : row + reach.size, column : column + reach.size]
    between = _one_map(seen, first)  # (l, l)
    relu = ACTIVATIONS["ReLU"](between)
    return Collapse(kernel, *(_one_map(*pair).item() for pair in ((between, second), (seen, kernel), (relu, second))))


def _one_map(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    return conv2d(image[None], kernel[None, None], Window(len(kernel)))[0]


def shifted(image: Maps, pixels: int) -> Maps:
    """(..., H, W) moved to the right (left, if below zero) with the column at the edge repeated; arrays and tensors."""
    width = image.shape[-1]
    return image[..., (np.arange(width) - pixels).clip(0, width - 1)]


def change(before: Maps, after: Maps) -> float:
    """mean |after - before| / mean |before|; inf if everything that there is has come from nothing."""
    size, difference = float(abs(before).mean()), float(abs(after - before).mean())
    if difference == 0:
        return 0.0
    return difference / size if size else float("inf")


def shift_experiment(graph: fx.GraphModule, image: Tensor, step: str, most: int) -> list[Shift]:
    """Move (C, H, W) by 1 to `most` pixels: what changes in the maps that pooling step `step` gets, and in its own.

    ValueError if `step` is no pooling step, or if nothing of the image is left.
    """
    pooling = _pooling_step(graph, step)

    def seen(pixels: int) -> list[Tensor]:
        steps = trace(graph, shifted(image, pixels))
        return [steps[name].output for name in (*pooling.sources, step)]

    return _compared(seen, most, image.shape[-1])


def shift_map(maps: np.ndarray, window: Window, most: int, kind: str) -> list[Shift]:
    """The same without a network: one map (H, W), pooled; kind "max" or "average"; ValueError as above."""
    pool = {"max": lambda moved: max_pool2d(moved, window).values, "average": lambda moved: avg_pool2d(moved, window)}
    if kind not in pool:
        raise ValueError(f"pooling is by {' or '.join(pool)}, not {kind!r}")

    def seen(pixels: int) -> list[np.ndarray]:
        moved = shifted(maps[None], pixels)
        return [moved, pool[kind](moved)]

    return _compared(seen, most, maps.shape[-1])


def _pooling_step(graph: fx.GraphModule, step: str) -> Place:
    found = {name: place for name, place in places(graph).items() if place.kind in POOLINGS}
    if step not in found:
        raise ValueError(f"{step!r} is no pooling step; those of this network are {', '.join(found) or 'none'}")
    return found[step]


def _compared(seen: Callable[[int], list], most: int, width: int) -> list[Shift]:
    """seen(pixels): the maps before and after pooling when the picture has moved that far."""
    if not 1 <= most < width:
        raise ValueError(f"a picture {width} pixels wide can move by 1 to {width - 1}, not by {most}")
    still = seen(0)
    return [Shift(pixels, *map(change, still, seen(pixels))) for pixels in range(1, most + 1)]
