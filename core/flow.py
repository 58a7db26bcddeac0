"""How gradients and activations fare in a deep stack of layers: per layer, before training or in the middle of it."""
from dataclasses import dataclass, replace

import numpy as np
import torch

from core import checkup, toy_data, training
from core.architectures import Architecture
from core.optimisers import LOSSES
from core.run_config import Config, layers_of
from core.toy_data import Choice, Data
from core.training import State

DEPTHS, WIDTHS = (1, 50), (4, 64)
BINS = 40


@dataclass(frozen=True)
class Stack:
    """Equal dense layers between the 64 pixels of a digit and its ten classes."""

    depth: int = 20
    width: int = 32
    activation: str = "ReLU"
    initialisation: str = "He"
    batch_norm: bool = False
    residual: bool = False
    rate: float = 0.01  # learning rate, of plain SGD
    seed: int = 0

    def __post_init__(self):
        for name, (least, most) in (("depth", DEPTHS), ("width", WIDTHS)):
            if not least <= getattr(self, name) <= most:
                raise ValueError(f"the {name} goes from {least} to {most}, not {getattr(self, name)}")


@dataclass(frozen=True)
class Preset:
    """A stack that shows something before its first step, and what."""

    stack: Stack
    claim: str


@dataclass(frozen=True)
class Histogram:
    """How many values fall where."""

    counts: np.ndarray  # (B,)
    edges: np.ndarray  # (B + 1,)


@dataclass(frozen=True)
class LayerFlow:
    """What goes forward and comes back through one layer."""

    name: str
    activation: float  # root mean square of what it gives
    upstream: float  # root mean square of the gradient that arrives at what it gives
    gradient: float  # L2 norm of its weights' gradient
    dead: float  # share of units that let no gradient through, for any example
    weights: int  # how many it has
    zeros: float  # share of its weights' gradient that is exactly 0
    activations: Histogram  # of all values that it gives, for all examples
    gradients: Histogram  # of log10 of the size of its weights' gradient, without the zeros; the same edges everywhere


@dataclass(frozen=True)
class Flow:
    """One batch, forward and back."""

    step: int
    loss: float
    layers: tuple[LayerFlow, ...]  # the hidden ones, first to last, then "output"

    @property
    def ratio(self) -> float:
        """The first hidden layer's gradient over the last one's: what is left of it on its way back."""
        first, last = self.layers[0].gradient, self.layers[-2].gradient
        return first / last if last else 0.0


_VANISHING = Stack(activation="sigmoid", initialisation="Xavier")
PRESETS: dict[str, Preset] = {
    "vanishing": Preset(
        _VANISHING, "Through 20 sigmoids: the first layer's gradient is less than a millionth of the last one's."
    ),
    "healthy": Preset(Stack(), "ReLU with He initialisation: first and last layer learn at the same pace."),
    "exploding": Preset(
        Stack(initialisation="too large"), "Weights ten times too large: what flows grows tenfold in every layer."
    ),
    "dead ReLUs": Preset(
        Stack(depth=50, width=4),
        "Fifty layers of only four units: in one of them all four are dead, and no gradient gets past it.",
        # Lu et al. 2019, "Dying ReLU and initialization", https://arxiv.org/abs/1903.06733
    ),
    "rescued by batch norm": Preset(
        replace(_VANISHING, batch_norm=True), "The same 20 sigmoids with batch norm: the gradient arrives."
    ),
    "rescued by shortcuts": Preset(
        replace(_VANISHING, residual=True), "The same 20 sigmoids with shortcuts around them: the gradient arrives."
    ),
}


def config_of(stack: Stack) -> Config:
    """The run of a stack, for `training.begin`: 1,000 digits in batches of 100."""
    shape = Architecture((), (stack.width,) * stack.depth, stack.activation, stack.batch_norm, residual=stack.residual)
    return Config(
        Choice("digits", 1000),
        shape,
        stack.initialisation,
        optimiser="SGD",
        rate=stack.rate,
        batch=100,
        seed=stack.seed,
    )


def measure(state: State, data: Data | None = None) -> Flow:
    """The next batch of a run, forward and back, without a step; ValueError if the numbers do not stay finite."""
    config, data = state.config, data or toy_data.load(state.config.data)
    network = training.network_of(state).train()
    rows = training.batch(config, state.step, len(data.labels)).numpy()
    seen = dict(network.steps(torch.tensor(data.inputs[rows])))
    loss = LOSSES[config.loss](seen["output"], torch.tensor(data.labels[rows]))
    names = checkup.weighted(layers_of(config))
    places = [checkup.given(name, seen) for name in names]
    weights = [network.get_submodule(name).weight for name in names]
    found = torch.autograd.grad(loss, [seen[place] for place in places] + weights)
    if not all(gradient.isfinite().all() for gradient in found):
        raise ValueError(
            "what flows through this stack became too large to be numbers; "
            "take fewer layers, He initialisation or batch norm"
        )
    upstream, gradients = found[: len(names)], found[len(names) :]
    edges = _edges(gradients)
    dead = {name: checkup.dead_share(seen[f"{name}_act"], config.architecture.activation) for name in names[:-1]}
    layers = [
        LayerFlow(
            name,
            checkup.rms(seen[place]),
            checkup.rms(up),
            gradient.double().norm().item(),
            dead.get(name, 0.0),
            gradient.numel(),
            (gradient == 0).float().mean().item(),
            _histogram(seen[place].detach().double().flatten().numpy()),
            _histogram(_logarithms(gradient), edges),
        )
        for name, place, up, gradient in zip(names, places, upstream, gradients, strict=True)
    ]
    return Flow(state.step, loss.item(), tuple(layers))


def _logarithms(gradient: torch.Tensor) -> np.ndarray:
    sizes = gradient.double().abs().flatten().numpy()
    return np.log10(sizes[sizes > 0])


def _edges(gradients: tuple[torch.Tensor, ...]) -> np.ndarray:
    """One scale for all layers, in whole powers of ten."""
    values = np.concatenate([_logarithms(gradient) for gradient in gradients])
    least, most = (np.floor(values.min()), np.ceil(values.max())) if values.size else (-1.0, 0.0)
    return np.linspace(least, max(most, least + 1), BINS + 1)


def _histogram(values: np.ndarray, edges: np.ndarray | None = None) -> Histogram:
    if edges is None:
        least, most = values.min(), values.max()
        edges = np.linspace(least, most if most > least else least + 1, BINS + 1)
    return Histogram(*np.histogram(values, edges))
