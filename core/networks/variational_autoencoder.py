"""Variational autoencoder: the code is a place and how sure the network is of it."""
from collections import OrderedDict

import torch
from torch import Tensor, nn

from core.networks.dense_autoencoder import SIDE, layers


class VariationalAutoencoder(nn.Module):
    """(N, 1, 28, 28) in 0 to 1 -> mean and log-variance, (N, D) each -> a sample of that Gaussian -> (N, 1, 28, 28).

    Kingma and Welling 2013, "Auto-encoding variational Bayes", https://arxiv.org/abs/1312.6114.
    """

    def __init__(self, code: int, hidden: tuple[int, ...] = (512, 256)):
        super().__init__()
        widths = (SIDE * SIDE, *hidden)
        self.body = nn.Sequential(OrderedDict(flatten=nn.Flatten(), **layers(widths, nn.ReLU)))
        self.mean = nn.Linear(hidden[-1], code)
        self.log_variance = nn.Linear(hidden[-1], code)
        self.decoder = nn.Sequential(
            OrderedDict(**layers((code, *widths[::-1]), nn.Sigmoid), picture=nn.Unflatten(1, (1, SIDE, SIDE)))
        )

    @property
    def encoder(self) -> nn.Sequential:
        """The way to the mean, which stands for the picture where one code is asked for."""
        return nn.Sequential(OrderedDict(body=self.body, mean=self.mean))

    def posterior(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and log-variance of the code, (N, D) each."""
        features = self.body(images)
        return self.mean(features), self.log_variance(features)

    def forward(self, images: Tensor) -> Tensor:
        """Decodes a sample while it is trained, the mean else."""
        mean, log_variance = self.posterior(images)
        return self.decoder(drawn(mean, log_variance) if self.training else mean)


def drawn(mean: Tensor, log_variance: Tensor, dice: torch.Generator | None = None) -> Tensor:
    """mean + standard deviation x noise: a sample through which slopes can flow (the reparameterisation), (N, D)."""
    noise = torch.randn(mean.shape, generator=dice, dtype=mean.dtype)
    return mean + (0.5 * log_variance).exp() * noise
