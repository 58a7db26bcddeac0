"""Ways to damage a picture, each with a strength from 0 (nothing) to 1."""
from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

WIDEST = 3.0  # cells: the standard deviation of the strongest blur
SQUARE = 0.25  # side of a missing square, as a share of the picture's
Damage = Callable[[Tensor, Tensor, torch.Generator], Tensor]


def gaussian(images: Tensor, strength: Tensor, dice: torch.Generator) -> Tensor:
    """Grain: normal noise with that standard deviation is added, then clipped to 0 to 1."""
    noise = torch.randn(images.shape, generator=dice)
    return (images + strength.view(-1, 1, 1, 1) * noise).clamp(0, 1)


def salt_and_pepper(images: Tensor, strength: Tensor, dice: torch.Generator) -> Tensor:
    """That share of the pixels becomes black or white."""
    count, _, height, width = images.shape
    chance = torch.rand(count, 1, height, width, generator=dice)
    white = (torch.rand(count, 1, height, width, generator=dice) < 0.5).float()
    return torch.where(chance < strength.view(-1, 1, 1, 1), white, images)


def blur(images: Tensor, strength: Tensor, dice: torch.Generator) -> Tensor:
    """Each cell becomes a Gaussian average of its neighbours, standard deviation strength x WIDEST cells."""
    reach = torch.arange(-3 * int(WIDEST), 3 * int(WIDEST) + 1)
    width = (strength * WIDEST).clamp(min=1e-3).view(-1, 1)
    weights = torch.exp(-0.5 * (reach / width).square())
    weights = weights / weights.sum(dim=1, keepdim=True)
    count, channels, height, side = images.shape
    rows = weights.repeat_interleave(channels, dim=0)
    maps = images.reshape(1, count * channels, height, side)
    edge = len(reach) // 2
    across = F.conv2d(F.pad(maps, (edge, edge, 0, 0), "replicate"), rows[:, None, None, :], groups=count * channels)
    down = F.conv2d(F.pad(across, (0, 0, edge, edge), "replicate"), rows[:, None, :, None], groups=count * channels)
    return down.view_as(images)


def missing_squares(images: Tensor, strength: Tensor, dice: torch.Generator) -> Tensor:
    """Grey squares, a quarter of the picture wide, cover it until about that share is tried; at most 8."""
    count, _, height, width = images.shape
    side, most = max(1, round(SQUARE * height)), 8
    top = torch.randint(0, height - side + 1, (count, most, 1), generator=dice)
    left = torch.randint(0, width - side + 1, (count, most, 1), generator=dice)
    wanted = (strength.view(-1, 1) * most).round() > torch.arange(most)
    rows, columns = torch.arange(height), torch.arange(width)
    down = (rows >= top) & (rows < top + side) & wanted[:, :, None]
    across = (columns >= left) & (columns < left + side)
    hole = (down[..., :, None] & across[..., None, :]).any(dim=1)[:, None]
    return torch.where(hole, 0.5, images)


CORRUPTIONS: dict[str, Damage] = {
    "Gaussian noise": gaussian,
    "salt and pepper": salt_and_pepper,
    "blur": blur,
    "missing squares": missing_squares,
}


def corrupt(images: Tensor, kind: str, strength: float, seed: int = 0) -> Tensor:
    """Damaged copies of (N, C, H, W) in 0 to 1, the same for the same seed; strength is 0 to 1.

    ValueError for another kind or strength.
    """
    if kind not in CORRUPTIONS:
        raise ValueError(f"there is no damage called {kind!r}; choose one of {', '.join(CORRUPTIONS)}")
    if not 0 <= strength <= 1:
        raise ValueError(f"the strength of {kind} is from 0 to 1, not {strength}")
    if strength == 0:
        return images.clone()
    return CORRUPTIONS[kind](images, torch.full((len(images),), float(strength)), torch.Generator().manual_seed(seed))


def mixed(images: Tensor, most: float, dice: torch.Generator) -> Tensor:
    """Every picture damaged in a way and with a strength (0 to `most`) drawn for it; what a network is trained on."""
    ways = torch.randint(0, len(CORRUPTIONS), (len(images),), generator=dice)
    strengths = torch.rand(len(images), generator=dice) * most
    damaged = images.clone()
    for number, function in enumerate(CORRUPTIONS.values()):
        rows = (ways == number).nonzero()[:, 0]
        if len(rows):  # torch's padding takes no empty batch
            damaged[rows] = function(images[rows], strengths[rows], dice)
    return damaged
