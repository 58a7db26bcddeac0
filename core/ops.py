"""Convolution, pooling, activations and the rest as what they are: one small sum per window. Written to be read."""
from collections.abc import Callable
from dataclasses import dataclass
from math import pi, sqrt

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy.special import erf, expit


@dataclass(frozen=True)
class Window:
    """A square that slides over a map; with dilation d it skips d - 1 cells between those it looks at."""

    size: int
    stride: int = 1
    padding: int = 0
    dilation: int = 1

    def __post_init__(self):
        if min(self.size, self.stride, self.dilation) < 1 or self.padding < 0:
            raise ValueError(f"size, stride and dilation must be at least 1 and padding at least 0, got {self}")

    @property
    def reach(self) -> int:
        """Cells from the first that it looks at to the last, both counted."""
        return self.dilation * (self.size - 1) + 1

    def out(self, length: int) -> int:
        """How many positions fit along a side: floor((length + 2 padding - reach) / stride) + 1; ValueError if none."""
        room = length + 2 * self.padding - self.reach
        if room < 0:
            raise ValueError(f"a window of {self.reach} does not fit in {length} + 2 × {self.padding} cells")
        return room // self.stride + 1


@dataclass(frozen=True)
class Pooled:
    """What max pooling keeps, and where it found it."""

    values: np.ndarray  # (C, H', W')
    winners: np.ndarray  # (C, H', W') index 0 .. k*k-1 of the cell that won; where the gradient will flow


def patches(maps: np.ndarray, window: Window, fill: float = 0.0) -> np.ndarray:
    """Everything the window sees: (C, H, W) -> (C, H', W', k, k)."""
    for length in maps.shape[1:]:
        window.out(length)  # complain in our words, not in numpy's
    ring = (window.padding, window.padding)
    padded = np.pad(maps, ((0, 0), ring, ring), constant_values=fill)
    seen = sliding_window_view(padded, (window.reach, window.reach), axis=(1, 2))
    return seen[:, :: window.stride, :: window.stride, :: window.dilation, :: window.dilation]


def conv2d(
    maps: np.ndarray, kernels: np.ndarray, window: Window, bias: np.ndarray | None = None, groups: int = 1
) -> np.ndarray:
    """(C, H, W) and (K, C / groups, k, k) -> (K, H', W'): window times kernel, summed over all channels, plus bias.

    Cross-correlation, as in torch: the kernel is not flipped. With groups, a filter sees only its group of channels.
    """
    channels, filters = maps.shape[0], kernels.shape[0]
    if channels % groups or filters % groups or kernels.shape[1] != channels // groups:
        kind = f"{filters} kernels of {kernels.shape[1]} channels"
        raise ValueError(f"{kind} do not fit {channels} maps in {groups} groups")
    seen = patches(maps, window)  # (C, H', W', k, k)
    seen = seen.reshape(groups, channels // groups, *seen.shape[1:])
    banks = kernels.reshape(groups, filters // groups, *kernels.shape[1:])
    sums = np.einsum("gchwij,gkcij->gkhw", seen, banks).reshape(filters, *seen.shape[2:4])
    return sums if bias is None else sums + bias[:, None, None]


def max_pool2d(maps: np.ndarray, window: Window) -> Pooled:
    """The largest cell of each window: (C, H, W) -> (C, H', W'). Padding never wins."""
    cells = patches(maps, window, fill=-np.inf)
    cells = cells.reshape(*cells.shape[:3], -1)  # (C, H', W', k*k)
    return Pooled(cells.max(axis=-1), cells.argmax(axis=-1))


def avg_pool2d(maps: np.ndarray, window: Window) -> np.ndarray:
    """The mean of each window, padding counted as zeros: (C, H, W) -> (C, H', W')."""
    return patches(maps, window).mean(axis=(-2, -1))


def global_avg_pool(maps: np.ndarray) -> np.ndarray:
    """The mean of each map: (C, H, W) -> (C,)."""
    return maps.mean(axis=(1, 2))


def dense(inputs: np.ndarray, weights: np.ndarray, bias: np.ndarray | None = None) -> np.ndarray:
    """Every output listens to every input: (D,) and (K, D) -> (K,)."""
    return weights @ inputs if bias is None else weights @ inputs + bias


def batch_norm(
    maps: np.ndarray, mean: np.ndarray, variance: np.ndarray, scale: np.ndarray, shift: np.ndarray, eps: float = 1e-5
) -> np.ndarray:
    """scale (x - mean) / sqrt(variance + eps) + shift with what training measured per channel: (C, H, W) -> (C, H, W).

    Ioffe and Szegedy 2015, https://arxiv.org/abs/1502.03167
    """
    slope = scale / np.sqrt(variance + eps)  # (C,)
    return maps * slope[:, None, None] + (shift - mean * slope)[:, None, None]


def softmax(logits: np.ndarray, temperature: float = 1.0) -> np.ndarray:
    """exp(z / T) / sum of all exp(z / T): (K,) logits -> (K,) probabilities that add up to 1."""
    if temperature <= 0:
        raise ValueError(f"the temperature must be above 0, got {temperature}")
    powers = np.exp((logits - logits.max()) / temperature)  # a constant on all logits changes nothing, but avoids inf
    return powers / powers.sum()


def sigmoid(x: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(-x)), so that no exponential overflows and nothing is lost far below zero."""
    return expit(x)


ACTIVATIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "none": lambda x: x,
    "ReLU": lambda x: np.maximum(x, 0),
    "leaky ReLU": lambda x: np.where(x > 0, x, 0.01 * x),
    "ReLU6": lambda x: np.clip(x, 0, 6),
    "sigmoid": sigmoid,
    "tanh": np.tanh,
    "GELU": lambda x: 0.5 * x * (1 + erf(x / sqrt(2))),
}


def _steepness(x: np.ndarray) -> np.ndarray:
    """Of sigmoid: its height times what is missing to 1, at most 1/4."""
    height = sigmoid(x)
    return height * (1 - height)


# the derivatives; at a kink they are what torch takes there
SLOPES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "none": lambda x: np.ones(np.shape(x)),
    "ReLU": lambda x: np.where(x > 0, 1.0, 0.0),
    "leaky ReLU": lambda x: np.where(x > 0, 1.0, 0.01),
    "ReLU6": lambda x: np.where((x > 0) & (x < 6), 1.0, 0.0),
    "sigmoid": _steepness,
    "tanh": lambda x: 1 - np.tanh(x) ** 2,
    "GELU": lambda x: 0.5 * (1 + erf(x / sqrt(2))) + x * np.exp(-0.5 * x**2) / sqrt(2 * pi),
}
