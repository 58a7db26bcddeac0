"""Numbers that remember how they were made, so that the chain rule can walk back from a result to all it came from."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from core.ops import ACTIVATIONS, SLOPES


@dataclass(frozen=True, eq=False)
class Scalar:
    """One number of an expression; two numbers of the same value are still two places in it."""

    value: float
    name: str = ""
    operation: str = "number"  # "+", "-", "×", "/", "power" or a name of FUNCTIONS; "number" where nothing was computed
    inputs: tuple[Scalar, ...] = field(default=(), repr=False)
    slopes: tuple[float, ...] = ()  # d value / d input, one for each input

    def named(self, name: str) -> Scalar:
        """The same number, made in the same way, under a name."""
        return replace(self, name=name)

    def __add__(self, other: Scalar | float) -> Scalar:
        other = number(other)
        return Scalar(self.value + other.value, "", "+", (self, other), (1.0, 1.0))

    def __sub__(self, other: Scalar | float) -> Scalar:
        other = number(other)
        return Scalar(self.value - other.value, "", "-", (self, other), (1.0, -1.0))

    def __mul__(self, other: Scalar | float) -> Scalar:
        other = number(other)
        return Scalar(self.value * other.value, "", "×", (self, other), (other.value, self.value))

    def __truediv__(self, other: Scalar | float) -> Scalar:
        other = number(other)
        if other.value == 0:
            raise ValueError("nothing can be divided by 0; choose another divisor")
        share = self.value / other.value
        return Scalar(share, "", "/", (self, other), (1 / other.value, -share / other.value))

    def __pow__(self, exponent: float) -> Scalar:
        """To the power of a plain number; the slope is exponent × base to the power of one less."""
        base = self.value
        if (base < 0 and exponent != int(exponent)) or (base == 0 and 0 != exponent < 1):
            raise ValueError(f"{base:g} to the power of {exponent:g} has no value with a slope; take a base above 0")
        with np.errstate(over="ignore"):  # what is too large for a float is infinite, as in torch
            value, slope = np.power(base, float(exponent)), exponent and exponent * np.power(base, exponent - 1.0)
        return Scalar(float(value), "", "power", (self,), (float(slope),))

    def __neg__(self) -> Scalar:
        return self * -1.0

    def __radd__(self, other: float) -> Scalar:
        return number(other) + self

    def __rsub__(self, other: float) -> Scalar:
        return number(other) - self

    def __rmul__(self, other: float) -> Scalar:
        return number(other) * self

    def __rtruediv__(self, other: float) -> Scalar:
        return number(other) / self


def number(value: Scalar | float, name: str = "") -> Scalar:
    """A plain number as the beginning of an expression; what is one already stays as it is."""
    return value if isinstance(value, Scalar) else Scalar(float(value), name)


def exp(x: Scalar) -> Scalar:
    """The exponential is its own slope."""
    with np.errstate(over="ignore"):
        value = float(np.exp(x.value))
    return Scalar(value, "", "exp", (x,), (value,))


def log(x: Scalar) -> Scalar:
    """The natural logarithm, whose slope is 1 / x; ValueError at 0 and below."""
    if x.value <= 0:
        raise ValueError(f"only a number above 0 has a logarithm, and this is {x.value:g}")
    return Scalar(float(np.log(x.value)), "", "log", (x,), (1 / x.value,))


def _transfer(name: str) -> Callable[[Scalar], Scalar]:
    def apply(x: Scalar) -> Scalar:
        return Scalar(float(ACTIVATIONS[name](x.value)), "", name, (x,), (float(SLOPES[name](x.value)),))

    return apply


# name -> what makes a new number of one; sigmoid, tanh and ReLU are those of ops
FUNCTIONS: dict[str, Callable[[Scalar], Scalar]] = {
    "exp": exp,
    "log": log,
    **{name: _transfer(name) for name in ("sigmoid", "tanh", "ReLU")},
}
sigmoid, tanh, relu = (FUNCTIONS[name] for name in ("sigmoid", "tanh", "ReLU"))


@dataclass(frozen=True)
class Flow:
    """What one use of a number adds to its gradient: the gradient of what was made of it, times the local slope."""

    to: Scalar  # what was made of it
    upstream: float  # d output / d to
    slope: float  # d to / d the number
    product: float


def order(output: Scalar) -> list[Scalar]:
    """Every number the output was made of, each once and after its own inputs; the output stands last."""
    found: dict[Scalar, None] = {}
    waiting = [(output, False)]
    while waiting:  # not by recursion, which ends at a thousand numbers in a row
        node, inputs_done = waiting.pop()
        if inputs_done:
            found[node] = None
        elif node not in found:
            waiting += [(node, True), *((source, False) for source in node.inputs)]
    return list(found)


def gradient(output: Scalar) -> dict[Scalar, float]:
    """d output / d each number it was made of, in one pass from the output back.

    A number that is used more than once gets the sum over its uses, each upstream × local slope: the chain rule.
    Linnainmaa 1970; Rumelhart, Hinton and Williams 1986, https://doi.org/10.1038/323533a0
    """
    found = {output: 1.0}
    for node in reversed(order(output)):  # so that all uses of a node have been added up when its turn comes
        for source, slope in zip(node.inputs, node.slopes, strict=True):
            found[source] = found.get(source, 0.0) + found[node] * slope
    return found


def flows(output: Scalar) -> dict[Scalar, tuple[Flow, ...]]:
    """The terms behind `gradient`: for each number, what each of its uses adds. The output itself has none."""
    upstream = gradient(output)
    found: dict[Scalar, list[Flow]] = {node: [] for node in upstream}
    for node in upstream:
        for source, slope in zip(node.inputs, node.slopes, strict=True):
            found[source].append(Flow(node, upstream[node], slope, upstream[node] * slope))
    return {node: tuple(terms) for node, terms in found.items()}
