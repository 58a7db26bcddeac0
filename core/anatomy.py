"""What every layer is: shape, parameters, multiply-adds and receptive field, with the formula in today's numbers."""
from dataclasses import dataclass
from math import prod

import numpy as np
from torch import nn

from core.receptive import ReceptiveField, receptive_fields
from core.trace import Place, Step


@dataclass(frozen=True)
class Count:
    """A number and how it comes about, "16 x 3 x 3 x 3 weights + 16 biases"."""

    value: int
    formula: str


@dataclass(frozen=True)
class Layer:
    """One step of a trace, described."""

    name: str
    kind: str
    shape: tuple[int, ...]  # (K, H', W') or (D,)
    sources: tuple[str, ...]
    parameters: Count  # learned numbers
    multiply_adds: Count  # multiplications, each followed by an addition, for one image
    receptive_field: ReceptiveField


def times(*factors: int) -> str:
    """ "16 × 32 × 32"."""
    return " × ".join(f"{factor:,}" for factor in factors)


def parameters(step: Step) -> Count:
    """How many numbers the step has learned."""
    match step.layer:
        case nn.Conv2d() | nn.Linear() as layer:
            weights = f"{times(*layer.weight.shape)} weights"
            if layer.bias is None:
                return Count(layer.weight.numel(), weights)
            return Count(layer.weight.numel() + layer.bias.numel(), f"{weights} + {layer.bias.numel():,} biases")
        case nn.BatchNorm2d() as norm:
            return Count(2 * norm.num_features, f"{norm.num_features:,} scales + {norm.num_features:,} shifts")
    return Count(0, "nothing to learn")


def multiply_adds(step: Step) -> Count:
    """How many multiply-adds one image costs here; comparisons and plain additions are not counted."""
    shape = tuple(step.output.shape)
    match step.layer:
        case nn.Conv2d() as conv:
            window = conv.weight.shape[1:]  # (C / groups, k, k)
            formula = f"{times(*shape)} outputs × {times(*window)} in the window"
            return Count(prod(shape) * prod(window), formula)
        case nn.Linear() as dense:
            formula = f"{dense.out_features:,} outputs × {dense.in_features:,} inputs"
            return Count(dense.out_features * dense.in_features, formula)
        case nn.BatchNorm2d():
            return Count(prod(shape), f"{times(*shape)} outputs × 1")
    return Count(0, "nothing is multiplied")


def describe(steps: dict[str, Step]) -> list[Layer]:
    """Every step of a trace with its figures, in the order they ran."""
    fields = receptive_fields(steps)
    return [
        Layer(s.name, s.kind, tuple(s.output.shape), s.sources, parameters(s), multiply_adds(s), fields[s.name])
        for s in steps.values()
    ]


def kernel(place: Place, unit: int) -> np.ndarray | None:
    """The weights of one filter or unit, (C, k, k); None where there are none for each pair of maps."""
    weight = getattr(place.layer, "weight", None)
    if weight is None or weight.ndim < 2:
        return None
    return np.ascontiguousarray((weight[unit] if weight.ndim == 4 else weight[unit].view(-1, 1, 1)).numpy())
