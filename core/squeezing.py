"""How our autoencoders learned: a recipe, the loss of each kind, and one epoch after the other."""
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from core import corruptions, penalties
from core.fitting import Epoch, one_pass
from core.networks.variational_autoencoder import drawn


@dataclass(frozen=True)
class Recipe:
    """Everything that decides the result; the same recipe on the same machine gives the same weights."""

    epochs: int
    learning_rate: float = 2e-3  # of Adam, at its peak; it rises for 15 % of the steps and falls to zero
    batch: int = 128
    penalty: float = 0.0  # weight of what the kind adds to the squared error
    noise: float = 0.0  # strength of the damage, at most
    seed: int = 0


Loss = Callable[[nn.Module, Tensor, Recipe, torch.Generator], Tensor]


def _squared(model: nn.Module, images: Tensor, recipe: Recipe, dice: torch.Generator) -> Tensor:
    return F.mse_loss(model(images), images)


def _sparse(model: nn.Module, images: Tensor, recipe: Recipe, dice: torch.Generator) -> Tensor:
    codes = model.encoder(images)
    return F.mse_loss(model.decoder(codes), images) + recipe.penalty * penalties.activity(codes).mean()


def _contractive(model: nn.Module, images: Tensor, recipe: Recipe, dice: torch.Generator) -> Tensor:
    return _squared(model, images, recipe, dice) + recipe.penalty * penalties.jacobian_norm(model, images).mean()


def _denoising(model: nn.Module, images: Tensor, recipe: Recipe, dice: torch.Generator) -> Tensor:
    return F.mse_loss(model(corruptions.mixed(images, recipe.noise, dice)), images)


def _variational(model: nn.Module, images: Tensor, recipe: Recipe, dice: torch.Generator) -> Tensor:
    mean, log_variance = model.posterior(images)
    rebuilt = model.decoder(drawn(mean, log_variance, dice))
    given = F.binary_cross_entropy(rebuilt, images, reduction="sum") / len(images)
    return given + penalties.divergence(mean, log_variance).sum(dim=1).mean()


LOSSES: dict[str, Loss] = {
    "undercomplete": _squared,
    "convolutional": _squared,
    "sparse": _sparse,
    "contractive": _contractive,
    "denoising": _denoising,
    "variational": _variational,
}


def fit(kind: str, model: nn.Module, images: Tensor, recipe: Recipe) -> Iterator[Epoch]:
    """Trains `model` in place on (N, C, H, W) in 0 to 1 with Adam, one yielded Epoch per pass over the pictures."""
    dice = torch.Generator().manual_seed(recipe.seed)
    batches = len(images) // recipe.batch
    optimizer = torch.optim.Adam([p for p in model.parameters() if p.requires_grad], recipe.learning_rate)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, recipe.learning_rate, total_steps=recipe.epochs * batches, pct_start=0.15, cycle_momentum=False
    )
    model.train()

    def loss_of(rows: Tensor) -> Tensor:
        return LOSSES[kind](model, images[rows], recipe, dice)

    for index in range(recipe.epochs):
        rows = torch.randperm(len(images), generator=dice)[: batches * recipe.batch]
        yield Epoch(index, one_pass(rows.split(recipe.batch), loss_of, optimizer, schedule))
