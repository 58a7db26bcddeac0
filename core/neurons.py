"""A network of a few neurons, small enough to compute by hand: its loss, the slopes of it, and a step down.

Names, counted from 1: x2 is the second input, w1.2.3 the weight of the third input of neuron 2 of layer 1, b1.2 its
bias, a1.2 its activation (before the transfer function), y1.2 its output; t2 is the target of the second output, L2 its
loss, 1/2 (target - output)², and L the sum.
"""
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from core.ops import ACTIVATIONS
from core.scalar import FUNCTIONS, Scalar, gradient, number

TRANSFERS = ("sigmoid", "tanh", "ReLU")
MOST, DEEPEST = 4, 3  # neurons in a layer, layers
CASTS = 60  # every other one gives a ReLU that lives
Rows = tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class Config:
    """A network of neurons, what it is shown, and what it should say."""

    inputs: tuple[float, ...]  # 2 to 4
    targets: tuple[float, ...]  # one for each neuron of the last layer
    weights: tuple[Rows, ...]  # of each layer, of each neuron, of each of its inputs
    biases: Rows  # of each layer, of each neuron
    transfer: str = "sigmoid"  # one of TRANSFERS, the same for all neurons
    rate: float = 0.5  # the learning rate

    def __post_init__(self):
        sizes = self.sizes
        _must_fit(sizes, self.transfer, self.rate)
        for layer, (rows, biases, heard) in enumerate(zip(self.weights, self.biases, sizes[:-1], strict=True), start=1):
            if len(biases) != len(rows) or any(len(row) != heard for row in rows):
                raise ValueError(f"in layer {layer} every neuron needs {heard} weights and a bias")
        if len(self.targets) != sizes[-1]:
            raise ValueError(f"{sizes[-1]} outputs need as many targets, not {len(self.targets)}")

    @property
    def sizes(self) -> tuple[int, ...]:
        """How many inputs, then how many neurons in each layer."""
        return (len(self.inputs), *map(len, self.weights))

    @property
    def parameters(self) -> dict[str, float]:
        """Every weight and bias by name, in the order of the layers."""
        found = {}
        for layer, (rows, biases) in enumerate(zip(self.weights, self.biases, strict=True), start=1):
            for neuron, (row, bias) in enumerate(zip(rows, biases, strict=True), start=1):
                found |= {f"w{layer}.{neuron}.{at}": weight for at, weight in enumerate(row, start=1)}
                found[f"b{layer}.{neuron}"] = bias
        return found

    def changed(self, parameters: dict[str, float]) -> "Config":
        """The same network with other weights or biases; ValueError for a name that it does not have."""
        if strange := parameters.keys() - (values := self.parameters).keys():
            raise ValueError(f"there is no weight {min(strange)!r}; there are {', '.join(values)}")
        values |= parameters
        weights, biases = [], []
        for layer, (heard, size) in enumerate(pairwise(self.sizes), start=1):
            neurons = range(1, size + 1)
            weights.append(tuple(tuple(values[f"w{layer}.{n}.{at}"] for at in range(1, heard + 1)) for n in neurons))
            biases.append(tuple(values[f"b{layer}.{n}"] for n in neurons))
        return replace(self, weights=tuple(weights), biases=tuple(biases))


def _must_fit(sizes: tuple[int, ...], transfer: str, rate: float) -> None:
    inputs, *layers = sizes
    if not 2 <= inputs <= MOST:
        raise ValueError(f"a network here has 2 to {MOST} inputs, not {inputs}")
    if not 1 <= len(layers) <= DEEPEST or not all(1 <= size <= MOST for size in layers):
        raise ValueError(f"a network here has 1 to {DEEPEST} layers of 1 to {MOST} neurons, not {layers}")
    if transfer not in TRANSFERS:
        raise ValueError(f"there is no transfer function {transfer!r}; choose one of {', '.join(TRANSFERS)}")
    if not rate > 0:
        raise ValueError(f"the learning rate must be above 0, not {rate:g}")


def begin(
    sizes: tuple[int, ...], inputs: tuple[float, ...], targets: tuple[float, ...],
    transfer: str = "sigmoid", rate: float = 0.5, seed: int = 0,
) -> Config:  # fmt: skip
    """A network before its first iteration: seeded weights with two digits, so that they go into a pocket calculator.

    Spread as 1 / sqrt(inputs), twice the variance for ReLU: Glorot and Bengio 2010; He et al. 2015. Biases are 0.
    With ReLU no neuron is dead from the start, unless nothing but zeros reaches it: it could never learn.
    """
    _must_fit(sizes, transfer, rate)
    if len(inputs) != sizes[0]:
        raise ValueError(f"{sizes[0]} inputs need as many numbers, not {len(inputs)}")
    dice, heard, weights = np.random.default_rng(seed), np.array(inputs), []
    for size in sizes[1:]:
        bank = np.array([_row(dice, heard, transfer) for _ in range(size)])
        heard = ACTIVATIONS[transfer](bank @ heard)
        weights.append(tuple(map(tuple, bank.tolist())))
    return Config(inputs, targets, tuple(weights), tuple((0.0,) * size for size in sizes[1:]), transfer, rate)


def _row(dice: np.random.Generator, heard: np.ndarray, transfer: str) -> np.ndarray:
    """The first weights of a neuron that hears these numbers; for ReLU cast again until its activation is above 0."""
    gain = 2.0 if transfer == "ReLU" else 1.0
    for _ in range(CASTS if transfer == "ReLU" else 1):
        row = dice.normal(0, (gain / len(heard)) ** 0.5, len(heard)).round(2)
        if row @ heard > 1e-9:  # not what rounding leaves of 0
            break
    return row


def names(config: Config, layer: int) -> list[str]:
    """Of what a layer gives; layer 0 is the input."""
    return [f"y{layer}.{at}" if layer else f"x{at}" for at in range(1, config.sizes[layer] + 1)]


def expression(config: Config) -> dict[str, Scalar]:
    """The whole network with its loss L as one expression: every number of it by name."""
    given = config.parameters | {f"x{at}": x for at, x in enumerate(config.inputs, 1)}
    given |= {f"t{at}": target for at, target in enumerate(config.targets, 1)}
    nodes = {name: number(value, name) for name, value in given.items()}
    for layer in range(1, len(config.sizes)):
        for output in names(config, layer):
            neuron = output[1:]
            products = [nodes[f"w{neuron}.{at}"] * nodes[x] for at, x in enumerate(names(config, layer - 1), 1)]
            nodes[f"a{neuron}"] = (sum(products[1:], products[0]) + nodes[f"b{neuron}"]).named(f"a{neuron}")
            nodes[output] = FUNCTIONS[config.transfer](nodes[f"a{neuron}"]).named(output)
    parts = []
    for at, output in enumerate(names(config, len(config.weights)), 1):
        missing = nodes[f"t{at}"] - nodes[output]
        parts.append((0.5 * missing**2).named(f"L{at}"))
    total = sum(parts, number(0.0)).named("L")
    return nodes | {part.name: part for part in parts} | {"L": total}


def loss(config: Config) -> float:
    """1/2 (target - output)², summed over the outputs."""
    return expression(config)["L"].value


def gradients(config: Config) -> dict[str, float]:
    """d L / d every weight and bias by name, in one pass from the loss back."""
    nodes = expression(config)
    slopes = gradient(nodes["L"])
    return {name: slopes[nodes[name]] for name in config.parameters}


def updated(config: Config) -> Config:
    """The network after one iteration: every weight less its gradient times the learning rate."""
    slopes = gradients(config)
    return config.changed({name: value - config.rate * slopes[name] for name, value in config.parameters.items()})


def rise_over_run(config: Config, name: str, run: float = 1e-5) -> float:
    """The slope of the loss along one weight or bias without any chain rule: two forward passes, a little apart."""
    value = _value(config, name)
    rise = loss(config.changed({name: value + run})) - loss(config.changed({name: value - run}))
    return rise / (2 * run)


def _value(config: Config, name: str) -> float:
    if name not in config.parameters:
        raise ValueError(f"there is no weight {name!r}; there are {', '.join(config.parameters)}")
    return config.parameters[name]


@dataclass(frozen=True)
class Curve:
    """The loss along one weight while all others stay: a hill to walk down, and where one step lands."""

    name: str
    weights: np.ndarray  # (P,)
    losses: np.ndarray  # (P,)
    tangent: np.ndarray  # (P,) the straight line that the gradient takes the curve for
    weight: float  # where the network stands
    loss: float
    slope: float  # d L / d weight
    landed: float  # the weight after the update
    landed_loss: float  # the loss there, as this weight alone moves
    promised_loss: float  # what the tangent says of that place


def curve(config: Config, name: str, low: float, high: float, count: int = 81) -> Curve:
    """The loss at `count` weights from low to high, its tangent at the present one, and where the update lands."""
    if not (low < high and count >= 2):
        raise ValueError(f"a curve runs from a lower to a higher weight in 2 or more places, not from {low} to {high}")
    weight, here, slope = _value(config, name), loss(config), gradients(config)[name]
    weights = np.linspace(low, high, count)
    losses = np.array([loss(config.changed({name: float(one)})) for one in weights])
    landed = weight - config.rate * slope
    there = loss(config.changed({name: landed}))
    promised = here + slope * (landed - weight)
    return Curve(name, weights, losses, here + slope * (weights - weight), weight, here, slope, landed, there, promised)


EXAMPLE = begin((2, 2, 2), inputs=(1.0, 0.5), targets=(0.9, 0.1), transfer="tanh", rate=0.3, seed=2)
