"""How a network in training is doing: scores, the size of what flows through each layer, and trouble by its name."""
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import inf, isfinite

import torch
from torch import Tensor

from core.architectures import ACTIVATIONS, Layer, Network

DEAD_SLOPE = 1e-3  # a unit is dead when its slope stays below this for every example
MOST_GRADIENT = 100.0  # L2 norm over all weights; healthy networks of this size stay below 20
GROWTH = 3.0  # the loss has grown by this much: it diverges
FADING = 1e-6  # the first layer's gradient over the last one's


@dataclass(frozen=True)
class Score:
    """On many examples at once."""

    loss: float
    accuracy: float  # 0 to 1


@dataclass(frozen=True)
class LayerSize:
    """How much flows through one layer with weights."""

    name: str
    gradient: float  # L2 norm over its weights and biases, for the batch of this step
    activation: float  # root mean square of what it gives after its activation
    dead: float  # share of its units that pass no gradient for any example, 0 to 1


@dataclass(frozen=True)
class Evaluation:
    """A look at the network at one step, before that step changes it."""

    step: int
    train: Score
    test: Score
    layers: tuple[LayerSize, ...]


@dataclass(frozen=True)
class Trouble:
    """Something goes wrong; what would be right depends on the run (lab_remedies.py and train_one_remedies.py)."""

    step: int
    kind: str  # "not finite", "divergence", "exploding gradients", "dead layer" or "vanishing gradients"
    layer: str  # where it is worst
    text: str


def not_finite(step: int, layer: str, rate: float) -> Trouble:
    """Numbers that are too large to be numbers."""
    text = f"After step {step} the numbers of {layer} became too large to be numbers, so training stopped there. "
    text += f"A learning rate of {rate:g} or its first weights are too large."
    return Trouble(step, "not finite", layer, text)


def divergence(step: int, loss: float, first: float, rate: float) -> Trouble:
    """A loss that grows."""
    text = f"The loss has grown to {loss:.3g}, it began at {first:.3g}: "
    text += f"with a learning rate of {rate:g} each step jumps too far."
    return Trouble(step, "divergence", "output", text)


def exploding(step: int, length: float, gradients: dict[str, float]) -> Trouble:
    """A gradient that is much too long; `gradients` is its length in each layer."""
    layer = max(gradients, key=gradients.get)
    text = f"The gradient has a length of {length:.3g}, most of it in {layer}. "
    text += "Its steps or its first weights are too large."
    return Trouble(step, "exploding gradients", layer, text)


def troubles(evaluation: Evaluation) -> list[Trouble]:
    """What an evaluation shows to be wrong: dead layers, vanishing gradients."""
    step, first, last, found = evaluation.step, evaluation.layers[0], evaluation.layers[-1], []
    dead = [layer.name for layer in evaluation.layers if layer.dead == 1]
    if dead:
        text = f"All units of {dead[0]} are dead for every test example: no gradient gets through them."
        found.append(Trouble(step, "dead layer", dead[0], text))
    elif first.gradient < FADING * last.gradient:
        share = first.gradient / last.gradient
        text = f"The gradient of {first.name} is {share:.1g} times that of {last.name}: it hardly learns."
        found.append(Trouble(step, "vanishing gradients", first.name, text))
    return found


def worst(network: Network, inputs: Tensor, gradients: dict[str, float]) -> str:
    """The first layer that gives something other than finite numbers; else the one with the largest gradient."""
    for name, values in outputs(network, inputs).items():
        if not values.isfinite().all():
            return name
    return max(gradients, key=lambda name: gradients[name] if isfinite(gradients[name]) else inf)


def outputs(network: Network, inputs: Tensor) -> dict[str, Tensor]:
    """What every layer gives, by name: (N, ...) each; the network is in eval mode only meanwhile."""
    before = network.training
    network.eval()
    with torch.inference_mode():
        seen = dict(network.steps(inputs))
    network.train(before)
    return seen


def score(logits: Tensor, labels: Tensor, loss: Callable[[Tensor, Tensor], Tensor]) -> Score:
    """The loss, and the share whose largest logit is the right one."""
    return Score(loss(logits, labels).item(), (logits.argmax(dim=1) == labels).float().mean().item())


def dead_share(output: Tensor, activation: str) -> float:
    """Share of units, or of maps, whose slope is near zero for every example: (N, K, ...) -> 0 to 1."""
    slope = ACTIVATIONS[activation].slope(output).abs()
    units = slope.transpose(0, 1).flatten(1).amax(dim=1)  # (K,)
    return (units < DEAD_SLOPE).float().mean().item()


def layer_sizes(
    table: tuple[Layer, ...], seen: dict[str, Tensor], gradients: dict[str, float]
) -> tuple[LayerSize, ...]:
    """One row per layer with weights, from what every layer gave and the gradient's norm in each."""
    sizes, kinds = [], {layer.name: layer.kind for layer in table}
    for name in weighted(table):
        active = f"{name}_act"
        dead = dead_share(seen[active], kinds[active]) if active in seen else 0.0
        sizes.append(LayerSize(name, gradients[name], rms(seen[given(name, seen)]), dead))
    return tuple(sizes)


def weighted(table: tuple[Layer, ...]) -> list[str]:
    """The layers that learn weights, by name."""
    return [layer.name for layer in table if layer.kind in ("Convolution", "Dense")]


def given(name: str, seen: Mapping[str, object]) -> str:
    """Where a layer with weights gives its result: after its activation and its shortcut, if it has them."""
    return next(place for place in (f"{name}_add", f"{name}_act", name) if place in seen)


def rms(values: Tensor) -> float:
    """Root mean square."""
    return values.double().square().mean().sqrt().item()
