"""One iteration of a small network: forward, loss, backward, update, every number with its formula.

The names are those of core.neurons; e1.2 is the error of a neuron, s1.2 the slope of its transfer function, and with a
d before it any number stands for the slope of the loss along it: dw1.2.3 is d L / d w1.2.3.
"""
import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from core.neurons import Config, expression, names
from core.ops import ACTIVATIONS, SLOPES
from core.scalar import gradient

LADDER = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0)  # learning rates
SLOW, WORSE = 0.25, 0.01  # shares of the loss that the best rate takes away, and another rate does not
# slope of each transfer function, from its activation {a} and its output {y}
SLOPE_FORMULAS = {"sigmoid": "{y} × (1 − {y})", "tanh": "1 − {y}²", "ReLU": "1 if {a} > 0 else 0"}


@dataclass(frozen=True)
class Line:
    """One number and how it was computed."""

    name: str  # "a1.2"
    formula: str  # in names, "w1.2.1 × x1 + w1.2.2 × x2 + b1.2"; `in_numbers` puts the numbers in
    value: float


@dataclass(frozen=True)
class Neuron:
    """Forward through one neuron: activation = sum(weight × input) + bias, output = transfer(activation)."""

    products: tuple[Line, ...]  # weight × input
    activation: Line
    output: Line


@dataclass(frozen=True)
class Loss:
    """1/2 (target - output)² of each output, and their sum."""

    parts: tuple[Line, ...]
    total: Line


@dataclass(frozen=True)
class Error:
    """Backward through one neuron, said twice: as the error that it passes back, and as a slope by the chain rule."""

    slope: Line  # of the transfer function
    error: Line  # (expected - actual) × slope; further back, the errors it has a part in times the weights, × slope
    upstream: Line  # d L / d output
    chain: Line  # d L / d activation = upstream × slope; it is minus the error


@dataclass(frozen=True)
class Change:
    """One weight or bias: opposite to the gradient, times the learning rate."""

    before: float
    gradient: Line  # d L / d weight
    after: Line


@dataclass(frozen=True)
class Iteration:
    """The four stages of one iteration."""

    config: Config  # as it was before
    forward: tuple[tuple[Neuron, ...], ...]  # layer by layer
    loss: Loss
    backward: tuple[tuple[Error, ...], ...]  # layer by layer, the first layer first
    update: tuple[Change, ...]  # as `Config.parameters` counts them
    after: Config  # with the new weights
    values: dict[str, float]  # every number by name


def in_numbers(formula: str, values: dict[str, float], digits: int = 4) -> str:
    """A formula with its numbers put in for the names, a real minus sign; those below zero in brackets, but in one."""

    def put(name: re.Match) -> str:
        value = f"{values[name[0]]:.{digits}g}".replace("-", "−")
        alone = formula[name.start() - 1 : name.start()] + formula[name.end() : name.end() + 1] == "()"
        return f"({value})" if value.startswith("−") and not alone else value

    return re.sub(r"[A-Za-z]+[\d.]*\d|rate", put, formula)


def _values(config: Config) -> dict[str, float]:
    """Every number of an iteration by name; the errors by the rule of errors, the slopes by the chain rule."""
    nodes = expression(config)
    slopes = gradient(nodes["L"])
    found = {name: node.value for name, node in nodes.items()} | {"rate": config.rate}
    found |= {f"d{name}": slopes[node] for name, node in nodes.items()}
    for layer in range(len(config.weights), 0, -1):
        for at, output in enumerate(names(config, layer), 1):
            neuron = output[1:]
            (found[f"s{neuron}"],) = nodes[output].slopes
            missing = [found[error] * found[weight] for weight, error in _fed(config, layer, at)]
            arrives = sum(missing) if missing else found[f"t{at}"] - found[output]
            found[f"e{neuron}"] = arrives * found[f"s{neuron}"]
    return found


def _fed(config: Config, layer: int, at: int) -> list[tuple[str, str]]:
    """The weights through which a neuron is heard, each with the error of the neuron that hears it."""
    if layer == len(config.weights):
        return []
    return [(f"w{y[1:]}.{at}", f"e{y[1:]}") for y in names(config, layer + 1)]


def iterate(config: Config) -> Iteration:
    """One forward pass, loss, backward pass and update."""
    values = _values(config)
    before = config.parameters
    update = [_change(config, name, values) for name in before]
    after = config.changed({change.after.name: change.after.value for change in update})
    layers = range(1, len(config.sizes))
    forward = tuple(tuple(_forward(config, layer, y[1:], values) for y in names(config, layer)) for layer in layers)
    backward = tuple(
        tuple(_backward(config, layer, at, values) for at in range(1, config.sizes[layer] + 1)) for layer in layers
    )
    return Iteration(config, forward, _loss(config, values), backward, tuple(update), after, values)


def train(config: Config, iterations: int) -> Iterator[Iteration]:
    """One iteration after another, each from the weights that the one before it has left."""
    for _ in range(iterations):
        done = iterate(config)
        yield done
        config = done.after


def _forward(config: Config, layer: int, neuron: str, values: dict[str, float]) -> Neuron:
    products = [
        Line(f"w{neuron}.{at} × {x}", f"w{neuron}.{at} × {x}", values[f"w{neuron}.{at}"] * values[x])
        for at, x in enumerate(names(config, layer - 1), 1)
    ]
    activation = " + ".join([*(line.formula for line in products), f"b{neuron}"])
    a, y = f"a{neuron}", f"y{neuron}"
    return Neuron(tuple(products), Line(a, activation, values[a]), Line(y, f"{config.transfer}({a})", values[y]))


def _loss(config: Config, values: dict[str, float]) -> Loss:
    outputs = names(config, len(config.weights))
    parts = [Line(f"L{at}", f"1/2 × (t{at} − {y})²", values[f"L{at}"]) for at, y in enumerate(outputs, 1)]
    return Loss(tuple(parts), Line("L", " + ".join(line.name for line in parts), values["L"]))


def _backward(config: Config, layer: int, at: int, values: dict[str, float]) -> Error:
    neuron = f"{layer}.{at}"
    a, y, s = f"a{neuron}", f"y{neuron}", f"s{neuron}"
    fed = _fed(config, layer, at)
    arrives = " + ".join(f"{weight} × {error}" for weight, error in fed) or f"t{at} − {y}"
    upstream = " + ".join(f"{weight} × da{error[1:]}" for weight, error in fed) or f"{y} − t{at}"

    def line(name: str, formula: str) -> Line:
        return Line(name, formula, values[name])

    return Error(
        line(s, SLOPE_FORMULAS[config.transfer].format(a=a, y=y)), line(f"e{neuron}", f"({arrives}) × {s}"),
        line(f"d{y}", upstream), line(f"d{a}", f"d{y} × {s}"),
    )  # fmt: skip


def _change(config: Config, name: str, values: dict[str, float]) -> Change:
    """A weight's slope is the slope at the activation × the input that it multiplies; a bias has no input."""
    layer, neuron, *at = map(int, name[1:].split("."))
    activation = f"da{layer}.{neuron}"
    formula = f"{activation} × {names(config, layer - 1)[at[0] - 1]}" if at else activation
    slope = Line(f"d{name}", formula, values[f"d{name}"])
    after = Line(name, f"{name} − rate × {slope.name}", values[name] - config.rate * slope.value)
    return Change(values[name], slope, after)


# ---- learning rates ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Trial:
    """What a learning rate does to a network."""

    name: str  # "right", "too low" and "too high" where that is true, else "middle", "lower", "higher"
    rate: float
    losses: np.ndarray  # (T + 1,) before each iteration and after the last; not finite where it diverges


def trials(config: Config, iterations: int) -> tuple[Trial, Trial, Trial]:
    """A lower, a middle and a higher learning rate for this very network.

    Middle is the rate of LADDER with the lowest loss in the end, "right" if it lowers the loss at all. "Too low" is the
    nearest one below that leaves SLOW of what "right" takes away, "too high" the nearest above that leaves WORSE of it.
    """
    rates = np.array([LADDER[0] / 3, *LADDER, LADDER[-1] * 3])  # so that each has a lower and a higher one
    runs = losses_of(config, rates, iterations)
    first, ends = runs[0, 0], np.where(np.isfinite(runs[:, -1]), runs[:, -1], np.inf)
    middle = 1 + int(ends[1:-1].argmin())
    gain = first - ends[middle] if np.isfinite(first) else 0.0
    learns = gain > 0.001 * first
    left = (ends - ends[middle]) / gain if learns else np.zeros(len(rates))
    slow = [at for at in range(middle) if left[at] >= SLOW]
    worse = [at for at in range(middle + 1, len(rates)) if left[at] >= WORSE]
    chosen = {
        "too low" if slow else "lower": max(slow, default=0),
        "right" if learns else "middle": middle,
        "too high" if worse else "higher": min(worse, default=len(rates) - 1),
    }
    return tuple(Trial(name, float(rates[at]), runs[at]) for name, at in chosen.items())


def losses_of(config: Config, rates: np.ndarray, iterations: int) -> np.ndarray:
    """(R, T + 1) the loss before each iteration and after the last, for (R,) learning rates at once.

    The rule of errors on arrays (R, neurons): error = (what arrives) × slope, weight + rate × error × input.
    """
    each, rates = (len(rates), 1), rates[:, None]
    transfer, slope = ACTIVATIONS[config.transfer], SLOPES[config.transfer]
    weights = [np.tile(rows, (*each, 1)) for rows in config.weights]  # (R, neurons, inputs)
    biases = [np.tile(row, each) for row in config.biases]
    found = []
    with np.errstate(all="ignore"):  # a rate that is too high may end in infinity
        for _ in range(iterations + 1):
            outputs, activations = [np.tile(config.inputs, each)], []
            for bank, bias in zip(weights, biases, strict=True):
                activations.append(np.einsum("rnk,rk->rn", bank, outputs[-1]) + bias)
                outputs.append(transfer(activations[-1]))
            arrives = np.array(config.targets) - outputs[-1]
            found.append(0.5 * (arrives**2).sum(axis=1))
            for layer in reversed(range(len(weights))):
                error = arrives * slope(activations[layer])
                arrives = np.einsum("rn,rnk->rk", error, weights[layer])
                weights[layer] += rates[:, None] * error[:, :, None] * outputs[layer][:, None]
                biases[layer] += rates * error
    return np.stack(found, axis=1)
