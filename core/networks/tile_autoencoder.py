"""Autoencoder of 32 x 32 colour tiles: PCA, and filters before and after it that learn what PCA misses."""
from collections import OrderedDict

import torch
from torch import Tensor, nn

SIDE = 32


class TileAutoencoder(nn.Module):
    """(N, 3, 32, 32) in 0 to 1 -> code (N, D) -> (N, 3, 32, 32), which may leave 0 to 1 a little."""

    def __init__(self, code: int, filters: int = 12):
        super().__init__()
        self.encoder, self.decoder = Encoder(code, filters), Decoder(code, filters)

    def start_as_pca(self, mean: Tensor, components: Tensor) -> None:
        """Code and picture exactly as PCA's, for good: filters alone learn. `mean` is (P,), `components` (D, P)."""
        for way in (self.encoder.straight, self.decoder.straight):
            way.requires_grad_(False)
        with torch.no_grad():
            self.encoder.straight.weight.copy_(components)
            self.encoder.straight.bias.copy_(-components @ mean)
            self.decoder.straight.weight.copy_(components.T)
            self.decoder.straight.bias.copy_(mean)

    def forward(self, images: Tensor) -> Tensor:
        return self.decoder(self.encoder(images))


def refining(filters: int) -> nn.Sequential:
    """Filters that see 9 x 9 cells, (N, 3, H, W) -> (N, 3, H, W); untrained they give zeros."""
    last = nn.Conv2d(filters, 3, 3, padding=1)
    nn.init.zeros_(last.weight)
    nn.init.zeros_(last.bias)
    return nn.Sequential(
        OrderedDict(
            conv1=nn.Conv2d(3, filters, 5, padding=2),
            relu1=nn.ReLU(),
            conv2=nn.Conv2d(filters, filters, 3, padding=1),
            relu2=nn.ReLU(),
            conv3=last,
        )
    )


class Encoder(nn.Module):
    """(N, 3, 32, 32) -> (N, D): what the filters find is added to the picture, then every pixel has a weight."""

    def __init__(self, code: int, filters: int):
        super().__init__()
        self.filters = refining(filters)
        self.flatten = nn.Flatten()
        self.straight = nn.Linear(3 * SIDE * SIDE, code)

    def forward(self, images: Tensor) -> Tensor:
        return self.straight(self.flatten(images + self.filters(images)))


class Decoder(nn.Module):
    """(N, D) -> (N, 3, 32, 32): each pixel has a weight for every number of the code; filters add what is missing."""

    def __init__(self, code: int, filters: int):
        super().__init__()
        self.straight = nn.Linear(code, 3 * SIDE * SIDE)
        self.picture = nn.Unflatten(1, (3, SIDE, SIDE))
        self.filters = refining(filters)

    def forward(self, codes: Tensor) -> Tensor:
        picture = self.picture(self.straight(codes))
        return picture + self.filters(picture)
