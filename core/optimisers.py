"""What training makes small, and how it steps: losses and optimisers, formula by formula."""
from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

Slots = dict[str, Tensor]  # what an optimiser remembers, one number per weight


def cross_entropy(logits: Tensor, labels: Tensor) -> Tensor:
    """-log of the probability that softmax gives the right class, mean over the batch, in nats: (N, K), (N,) -> ()."""
    return F.cross_entropy(logits, labels)


def squared_error(outputs: Tensor, labels: Tensor) -> Tensor:
    """1/2 (target - output)^2, summed over the classes, mean over the batch; the target is 1 for the right class."""
    targets = F.one_hot(labels, outputs.shape[1]).float()
    return ((targets - outputs) ** 2).sum(dim=1).mean() / 2


def sgd(gradient: Tensor, slots: Slots, rate: float, step: int) -> tuple[Tensor, Slots]:
    """Against the gradient: change = -rate * gradient."""
    return -rate * gradient, slots


def momentum(gradient: Tensor, slots: Slots, rate: float, step: int) -> tuple[Tensor, Slots]:
    """A ball that rolls on: velocity = 0.9 velocity + gradient. Polyak 1964, as torch has it."""
    velocity = 0.9 * slots.get("velocity", torch.zeros_like(gradient)) + gradient
    return -rate * velocity, {"velocity": velocity}


def adam(gradient: Tensor, slots: Slots, rate: float, step: int) -> tuple[Tensor, Slots]:
    """Every weight at its own pace: mean gradient over its usual size. Kingma and Ba 2015, arxiv.org/abs/1412.6980

    `step` counts from 1. Both averages begin at zero; dividing by 1 - b^step makes up for that.
    """
    zeros = torch.zeros_like(gradient)
    mean = 0.9 * slots.get("mean", zeros) + 0.1 * gradient
    square = 0.999 * slots.get("square", zeros) + 0.001 * gradient**2
    size = (square / (1 - 0.999**step)).sqrt() + 1e-8
    return -rate * mean / (1 - 0.9**step) / size, {"mean": mean, "square": square}


LOSSES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "cross-entropy": cross_entropy,
    "squared error": squared_error,
}
OPTIMISERS: dict[str, Callable[[Tensor, Slots, float, int], tuple[Tensor, Slots]]] = {
    "SGD": sgd,
    "momentum": momentum,
    "Adam": adam,
}
