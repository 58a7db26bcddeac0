"""How our own networks learned: a recipe, augmentation, and one epoch after the other."""
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler, OneCycleLR

from core.datasets import Split
from core.images import Preprocessing


@dataclass(frozen=True)
class Recipe:
    """Everything that decides the result; the same recipe on the same machine gives the same weights."""

    epochs: int
    learning_rate: float  # at its peak; it rises for 15 % of the steps and falls to zero (Smith 2018)
    batch: int = 128
    momentum: float = 0.9  # Nesterov's, on average; it moves against the learning rate
    weight_decay: float = 5e-4
    shift: float = 0.0  # pixels, at most, in each direction
    turn: float = 0.0  # degrees, at most
    zoom: float = 0.0  # 0.1: from 0.9 to 1.1 times as large
    flip: bool = False  # left-right, half of the time
    seed: int = 0


@dataclass(frozen=True)
class Epoch:
    """What one pass over the training pictures came to."""

    index: int
    loss: float  # mean cross-entropy, nats


def normalise(images: Tensor, preprocessing: Preprocessing) -> Tensor:
    """(N, C, H, W) uint8 -> float32, (x - mean) / std per channel."""
    mean, std = (torch.tensor(values).view(-1, 1, 1) for values in (preprocessing.mean, preprocessing.std))
    return (images.float() - mean) / std


def augment(images: Tensor, recipe: Recipe, dice: torch.Generator) -> Tensor:
    """Each picture of (N, C, H, W) shifted, turned, zoomed and flipped a little, by chance; edges are mirrored."""
    count, side = len(images), images.shape[-1]

    def chance(most: float) -> Tensor:
        return (2 * torch.rand(count, generator=dice) - 1) * most

    angle, scale = torch.deg2rad(chance(recipe.turn)), 1 + chance(recipe.zoom)
    mirror = torch.where(torch.rand(count, generator=dice) < 0.5 * recipe.flip, -1.0, 1.0)
    move = [(chance(recipe.shift).round() * 2 / side) for _ in range(2)]
    cosine, sine = scale * angle.cos(), scale * angle.sin()
    rows = [cosine * mirror, -sine, move[0], sine * mirror, cosine, move[1]]
    theta = torch.stack(rows, dim=1).view(count, 2, 3)
    grid = F.affine_grid(theta, list(images.shape), align_corners=False)
    return F.grid_sample(images, grid, padding_mode="reflection", align_corners=False)


def fit(model: nn.Module, split: Split, preprocessing: Preprocessing, recipe: Recipe) -> Iterator[Epoch]:
    """Trains `model` in place with SGD on cross-entropy, one yielded Epoch per pass over the pictures."""
    dice = torch.Generator().manual_seed(recipe.seed)
    batches = len(split) // recipe.batch
    optimizer = torch.optim.SGD(
        model.parameters(), recipe.learning_rate, recipe.momentum, nesterov=True, weight_decay=recipe.weight_decay
    )
    schedule = OneCycleLR(
        optimizer,
        recipe.learning_rate,
        total_steps=recipe.epochs * batches,
        pct_start=0.15,
        base_momentum=recipe.momentum - 0.05,
        max_momentum=(1 + recipe.momentum) / 2,
    )
    model.train().to(memory_format=torch.channels_last)

    def loss_of(rows: Tensor) -> Tensor:
        images = augment(normalise(split.images[rows], preprocessing), recipe, dice)
        return F.cross_entropy(model(images), split.labels[rows])

    for index in range(recipe.epochs):
        rows = torch.randperm(len(split), generator=dice)[: batches * recipe.batch]
        yield Epoch(index, one_pass(rows.split(recipe.batch), loss_of, optimizer, schedule))


def one_pass(
    batches: Sequence[Tensor], loss_of: Callable[[Tensor], Tensor], optimizer: Optimizer, schedule: LRScheduler
) -> float:
    """A step for each batch of row numbers, its gradient no longer than 1; the mean loss."""
    weights = [weight for group in optimizer.param_groups for weight in group["params"]]
    losses = []
    for rows in batches:
        loss = loss_of(rows)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(weights, 1.0)
        optimizer.step()
        schedule.step()
        losses.append(loss.item())
    return sum(losses) / len(losses)


def accuracy(model: nn.Module, split: Split, preprocessing: Preprocessing) -> float:
    """Share of the pictures whose most probable class is the right one, 0 to 1."""
    right = 0
    with torch.inference_mode():
        for images, labels in zip(split.images.split(500), split.labels.split(500), strict=True):
            right += (model(normalise(images, preprocessing)).argmax(dim=1) == labels).sum().item()
    return right / len(split)
