"""The arithmetic of one map: which window slides over which cells, times which weights; any one cell taken apart."""
from collections.abc import Callable
from dataclasses import dataclass, replace
from math import prod

import numpy as np

from core import ops
from core.ops import ACTIVATIONS, SLOPES, Window

Pair = tuple[int, int]  # down, across
ROUNDING = 1e-4  # more than this share of what was added is no rounding; float32 makes up to 1e-6 of it
STRAIGHT = ("none", "ReLU", "leaky ReLU", "ReLU6")  # made of straight pieces: slope times x, plus a constant


@dataclass(frozen=True)
class Explanation:
    """One number taken apart: T terms, the bias, and what comes out."""

    step: str
    kind: str  # "Conv2d"
    rule: str  # "sum", "max", "curve" or "softmax"
    unit: tuple[int, int, int]  # channel, row, column
    feeders: tuple[str, ...]  # (T,) the step that each term comes from
    sources: np.ndarray  # (T, 3) channel, row and column there
    inside: np.ndarray  # (T,) False where the window looks at the padding
    values: np.ndarray  # (T,)
    weights: np.ndarray | None  # (T,); None for what multiplies nothing
    products: np.ndarray  # (T,)
    bias: float
    sum: float  # all products and the bias
    result: float  # the sum; for softmax the own product as a share of it
    output: float  # what the network had, in its own precision

    @property
    def difference(self) -> float:
        """Result less output: what rounding in the network has cost."""
        return self.result - self.output


@dataclass(frozen=True)
class Arithmetic:
    """How every cell of one output map comes about: which window slides over which maps, times which weights.

    Row r, column c looks at rows start + floor(r / repeat) stride + (0, 1, ...) dilation, and at the columns likewise.
    """

    step: str
    kind: str
    rule: str
    channel: int  # which map of the step this is
    feeders: tuple[str, ...]  # the step that each input map belongs to; one name for all or C names
    channels: np.ndarray  # (C,) which map of that step it is
    inputs: np.ndarray  # (C, H, W); a part of larger maps if `whole` says so
    size: Pair
    weights: np.ndarray | None  # (C, k, k)
    bias: float
    output: np.ndarray  # (H', W') what the network had
    start: Pair = (0, 0)  # below zero in the padding
    stride: Pair = (1, 1)
    dilation: Pair = (1, 1)
    curve: str = ""  # a name of ops.ACTIVATIONS
    bias_size: float = 0.0  # where the bias is itself a sum: how large what was added is
    whole: Pair | None = None  # rows and columns of the maps that inputs is a part of
    corner: Pair = (0, 0)  # where on them inputs begins
    output_corner: Pair = (0, 0)  # where on the whole output map `output` begins
    whole_output: Pair | None = None  # rows and columns of that map
    repeat: Pair = (1, 1)  # so many rows and columns of the output look at the same window
    laid_out: bool = False  # the input is a vector, laid out in rows as a map

    @property
    def extent(self) -> Pair:
        """Rows and columns of the maps that the window slides over."""
        return self.whole or self.inputs.shape[1:]

    @property
    def reach(self) -> Pair:
        """Cells from the first that the window looks at to the last, both counted."""
        return tuple(gap * (size - 1) + 1 for gap, size in zip(self.dilation, self.size, strict=True))

    def cells(self, row: int, column: int) -> tuple[np.ndarray, np.ndarray]:
        """Rows (k, 1) and columns (1, k) that the window covers."""
        down, across = (
            start + at // repeat * stride + dilation * np.arange(size)
            for start, at, repeat, stride, dilation, size in zip(
                self.start, (row, column), self.repeat, self.stride, self.dilation, self.size, strict=True
            )
        )
        return down[:, None], across[None, :]

    def at(self, row: int, column: int) -> Explanation:
        """One cell of the map, taken apart; ValueError if there is no such cell, or if it came about otherwise."""
        here = row - self.output_corner[0], column - self.output_corner[1]
        if not all(0 <= at < length for at, length in zip(here, self.output.shape, strict=True)):
            raise ValueError(f"row {row}, column {column} is not on a map of {' × '.join(map(str, self.output.shape))}")
        count, (height, width), (down, across) = len(self.inputs), self.extent, self.cells(row, column)
        inside = np.broadcast_to((down >= 0) & (down < height) & (across >= 0) & (across < width), (count, *self.size))
        rows, columns = self.inputs.shape[1:]
        y, x = (down - self.corner[0]).clip(0, rows - 1), (across - self.corner[1]).clip(0, columns - 1)
        seen = self.inputs[:, y, x].astype(float)
        values = np.where(inside, seen, 0.0).ravel()
        which = np.arange(count)[:, None, None]
        places = np.broadcast_arrays(self.channels[which], down[None], across[None], which)
        sources = np.stack([place.ravel() for place in places], axis=1)
        if self.laid_out:
            sources[:, 0], sources[:, 1:3] = (sources[:, 0] * height + sources[:, 1]) * width + sources[:, 2], 0
        used = np.flatnonzero(inside.ravel()) if self.rule == "max" else np.arange(values.size)  # padding never wins
        if not used.size:
            raise ValueError(f"the window at row {row}, column {column} covers nothing but padding")
        weights, products, bias, total, result = RULES[self.rule](self, values[used], used)
        names = self.feeders if len(self.feeders) > 1 else self.feeders * count
        feeders = tuple(names[at] for at in sources[used, 3])
        found = Explanation(
            self.step, self.kind, self.rule, (self.channel, row, column), feeders, sources[used, :3],
            inside.ravel()[used], values[used], weights, products, bias, total, result, float(self.output[here]),
        )  # fmt: skip
        if abs(found.difference) > ROUNDING * _size(self, found):  # torch.add(x, y, alpha=2): a trace keeps no alpha
            raise ValueError(f"{self.step}, a {self.kind}, gave {found.output:.6g} where its terms make {result:.6g}")
        return found


def part(whole: Arithmetic, row: int, column: int, most: int) -> Arithmetic:
    """The same map around one cell of it, with at most `most` numbers of input (or what one cell needs)."""
    count, (high, wide) = len(whole.inputs), whole.output.shape
    side = max(high, wide)
    while side > 1 and count * prod((side - 1) * s + r for s, r in zip(whole.stride, whole.reach, strict=True)) > most:
        side -= 1
    if side >= max(high, wide) or whole.inputs.size <= most:
        return whole
    top, bottom, y, y_end = _cut(whole, 0, row, side)
    left, right, x, x_end = _cut(whole, 1, column, side)
    return replace(
        whole, inputs=whole.inputs[:, y:y_end, x:x_end], output=whole.output[top:bottom, left:right],
        whole=whole.extent, corner=(y, x), output_corner=(top, left), whole_output=whole.output.shape,
    )  # fmt: skip


def _cut(whole: Arithmetic, axis: int, at: int, side: int) -> tuple[int, int, int, int]:
    """Along one axis: from and to in the output, and from and to in the input that it needs."""
    length, inputs = whole.output.shape[axis], whole.extent[axis]
    first = min(max(at - side // 2, 0), max(length - side, 0))
    last = min(first + side, length)
    begin = whole.start[axis] + first // whole.repeat[axis] * whole.stride[axis]
    end = whole.start[axis] + (last - 1) // whole.repeat[axis] * whole.stride[axis] + whole.reach[axis]
    begin = min(max(begin, 0), inputs - 1)
    return first, last, begin, max(min(end, inputs), begin + 1)


def _size(of: Arithmetic, found: Explanation) -> float:
    """How large the numbers were that the network added or multiplied; its rounding is a share of that."""
    if of.rule == "sum":
        return float(np.abs(found.products).sum()) + max(abs(found.bias), of.bias_size)
    size = 1e-30 if of.rule == "softmax" else float(np.abs(found.values).max())  # float32 has little below 1e-30
    return max(abs(found.output), size)


# ---- the four rules: (arithmetic, values, their places) -> weights, products, bias, sum, result ----------------------


def _weighted(of: Arithmetic, values: np.ndarray, _: np.ndarray) -> tuple:
    weights = of.weights.astype(float).ravel()
    products = values * weights + 0.0  # no minus zero
    total = float(products.sum()) + of.bias
    return weights, products, of.bias, total, total


def _largest(_: Arithmetic, values: np.ndarray, __: np.ndarray) -> tuple:
    weights = (np.arange(values.size) == values.argmax()).astype(float)  # the winner alone counts
    total = float(values.max())
    return weights, np.where(weights, values, 0.0), 0.0, total, total


def _curved(of: Arithmetic, values: np.ndarray, _: np.ndarray) -> tuple:
    result = ACTIVATIONS[of.curve](values)
    if of.curve not in STRAIGHT:
        return None, result, 0.0, float(result[0]), float(result[0])
    weights = SLOPES[of.curve](values)
    products = weights * values + 0.0  # no minus zero
    total = float(result[0]) + 0.0
    return weights, products, total - float(products[0]), total, total


def _share(of: Arithmetic, values: np.ndarray, _: np.ndarray) -> tuple:
    powers = np.exp(values - values.max())
    return None, powers, 0.0, float(powers.sum()), float(powers[of.channel] / powers.sum())


RULES: dict[str, Callable] = {"sum": _weighted, "max": _largest, "curve": _curved, "softmax": _share}


# ---- arithmetic without a network: what pages compute on a picture -----------------------------------------------


def _square(window: Window) -> dict:
    return dict(
        size=(window.size,) * 2, start=(-window.padding,) * 2, stride=(window.stride,) * 2,
        dilation=(window.dilation,) * 2,
    )  # fmt: skip


def convolution(maps: np.ndarray, kernels: np.ndarray, bias: np.ndarray, window: Window, filter: int) -> Arithmetic:
    """The output map of one filter: maps (C, H, W), kernels (K, C, k, k), bias (K,)."""
    chosen = slice(filter, filter + 1)
    output = ops.conv2d(maps, kernels[chosen], window, bias[chosen])[0]
    return Arithmetic(
        "convolution", "Conv2d", "sum", filter, ("picture",), np.arange(len(maps)), maps,
        weights=kernels[filter], bias=float(bias[filter]), output=output, **_square(window),
    )  # fmt: skip


def pooling(maps: np.ndarray, channel: int, window: Window, kind: str) -> Arithmetic:
    """Map `channel` of (C, H, W) made smaller; kind "max" or "average"."""
    one = maps[channel : channel + 1]
    place = dict(channel=channel, feeders=("map",), channels=np.array([channel]), inputs=one, **_square(window))
    if kind == "max":
        output = ops.max_pool2d(one, window).values[0]
        return Arithmetic("pooling", "MaxPool2d", "max", weights=None, bias=0.0, output=output, **place)
    output, weights = ops.avg_pool2d(one, window)[0], np.full((1, window.size, window.size), window.size**-2.0)
    return Arithmetic("pooling", "AvgPool2d", "sum", weights=weights, bias=0.0, output=output, **place)


def activation(maps: np.ndarray, channel: int, name: str) -> Arithmetic:
    """Map `channel` of (C, H, W) through one of ops.ACTIVATIONS."""
    one = maps[channel : channel + 1]
    return Arithmetic(
        "activation", name, "curve", channel, ("map",), np.array([channel]), one, (1, 1), None, 0.0,
        ACTIVATIONS[name](one[0].astype(float)), curve=name,
    )  # fmt: skip


def softmax(logits: np.ndarray, index: int, temperature: float = 1.0) -> Arithmetic:
    """The probability of class `index` from (K,) logits."""
    output = ops.softmax(logits, temperature)[index].reshape(1, 1)
    inputs = (logits / temperature).reshape(-1, 1, 1)
    return Arithmetic(
        "softmax", "Softmax", "softmax", index, ("logits",), np.arange(len(logits)), inputs, (1, 1), None, 0.0, output
    )
