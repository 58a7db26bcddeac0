"""What speaks for a class and what against it: every input of a unit times its weight, and where on the maps it was."""
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from core.anatomy import Layer
from core.arithmetic import Arithmetic

PASSES = ("Flatten", "Dropout", "Identity")  # kinds of steps that change no number


@dataclass(frozen=True)
class Contributions:
    """Every input of one unit with what it adds, sorted: the most for it first, the most against it last."""

    index: np.ndarray  # (N,) its place in the row of inputs
    sources: np.ndarray  # (N, 3) channel, row and column where it was
    values: np.ndarray  # (N,)
    weights: np.ndarray  # (N,)
    products: np.ndarray  # (N,)
    bias: float
    result: float  # all products and the bias

    @property
    def speak_for(self) -> int:
        """How many add something above zero; they stand first."""
        return int((self.products > 0).sum())

    @property
    def speak_against(self) -> int:
        """How many take something away; they stand last."""
        return int((self.products < 0).sum())

    @property
    def total_for(self) -> float:
        """What those that speak for it add up to."""
        return float(self.products[self.products > 0].sum())

    @property
    def total_against(self) -> float:
        """What those that speak against it add up to, below zero."""
        return float(self.products[self.products < 0].sum())

    @property
    def shares(self) -> np.ndarray:
        """(N,) each as a share of all that is added or taken away, with its sign."""
        return self.products / (np.abs(self.products).sum() or 1.0)


@dataclass(frozen=True)
class Origin:
    """Where the row of numbers that a fully connected layer hears comes from."""

    feeder: str  # the step that made them, before they were laid out in a row
    shape: tuple[int, int, int]  # (C, H, W) of what it made
    maps: str | None  # the step on whose maps a contribution has a place; None if there is none
    averaged: bool  # each number is the mean of one of these maps


def origin(layers: Mapping[str, Layer], step: str) -> Origin:
    """Follow the inputs of a step back to where they had rows and columns."""
    feeder = layers[step].sources[0]
    while layers[feeder].kind in PASSES:
        feeder = layers[feeder].sources[0]
    shape = (*layers[feeder].shape, 1, 1)[:3]
    averaged = layers[feeder].kind == "AdaptiveAvgPool2d" and shape[1:] == (1, 1)
    maps = layers[feeder].sources[0] if averaged else feeder if shape[1] * shape[2] > 1 else None
    return Origin(feeder, shape, maps, averaged)


def unflattened(of: Arithmetic, feeder: str, shape: tuple[int, int, int]) -> Arithmetic:
    """The same sum over the maps (C, H, W) of step `feeder`, as they were before they were laid out in a row."""
    return replace(
        of, feeders=(feeder,), channels=np.arange(shape[0]), inputs=of.inputs.reshape(shape),
        weights=of.weights.reshape(shape), size=shape[1:],
    )  # fmt: skip


def contributions(of: Arithmetic) -> Contributions:
    """Value times weight of every input of a unit of a fully connected layer; together with the bias its number."""
    found = of.at(0, 0)
    order = np.argsort(-found.products, kind="stable")
    sorted_ones = (numbers[order] for numbers in (found.sources, found.values, found.weights, found.products))
    return Contributions(order, *sorted_ones, found.bias, found.result)


def on_maps(of: Arithmetic) -> np.ndarray:
    """The contributions of each cell, all channels added up: (H, W); with the bias they add up to the unit's number."""
    return np.einsum("chw,chw->hw", of.inputs.astype(float), of.weights.astype(float))


def class_activation(maps: np.ndarray, weights: np.ndarray) -> np.ndarray:
    r"""What each cell adds where every map (C, H, W) is averaged and then weighed by (C,) weights: (H, W).

    $$ M(i, j) = \frac{1}{HW} \sum_c w_c A_c(i, j), \qquad y = b + \sum_{i,j} M(i, j) $$

    Zhou et al. 2016, https://arxiv.org/abs/1512.04150
    """
    return np.einsum("c,chw->hw", weights.astype(float), maps.astype(float)) / maps[0].size
