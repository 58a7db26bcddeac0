"""An autoencoder beside PCA and JPEG: the same picture in as many numbers, or in as many bytes."""
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from core import autoencoders, quality, rivals
from core.autoencoders import Autoencoder
from core.tiles import cut, joined
from core.whole_photo import Squeezed

Basis = tuple[Tensor, Tensor]  # mean (P,) and principal components (D, P)
LEVELS = 256  # in one byte


@dataclass(frozen=True)
class Entry:
    """One way to keep a picture."""

    name: str
    numbers: int  # that are kept; 0 where nobody counts them
    bytes: int
    picture: np.ndarray  # (C, H, W) from 0 to 1
    mse: float
    psnr: float  # dB
    ssim: float


def rounded(codes: Tensor) -> Tensor:
    """Codes (N, D) as bytes keep them: 256 steps from each unit's lowest value to its highest, or of all if N is 1."""
    low, high = (codes.amin(), codes.amax()) if len(codes) == 1 else (codes.amin(dim=0), codes.amax(dim=0))
    step = ((high - low) / (LEVELS - 1)).clamp(min=1e-12)
    return ((codes - low) / step).round() * step + low


def of_digit(net: Autoencoder, image: np.ndarray, basis: Basis) -> list[Entry]:
    """The network, the network in bytes, PCA and JPEG on a picture (1, 28, 28)."""
    batch = torch.from_numpy(image)[None]
    with torch.inference_mode():
        codes = autoencoders.encode(net.model, batch)
        decoded = net.model.decoder(codes)
    return _entries(net, image, (batch, codes, decoded), lambda pictures: pictures[0].numpy(), basis)


def of_photo(net: Autoencoder, whole: Squeezed, basis: Basis) -> list[Entry]:
    """The same on a photo in tiles; JPEG gets the photo in one piece."""
    join = lambda tiles: joined(tiles, whole.grid).clamp(0, 1).numpy()  # noqa: E731
    return _entries(net, whole.photo.numpy(), (cut(whole.photo, whole.grid), whole.codes, whole.tiles), join, basis)


def _entries(
    net: Autoencoder, image: np.ndarray, passed: tuple[Tensor, Tensor, Tensor],
    join: Callable[[Tensor], np.ndarray], basis: Basis,
) -> list[Entry]:  # fmt: skip
    """passed: the pictures (N, C, H, W), their codes (N, D) and what the decoder made of those."""
    batch, codes, decoded = passed
    with torch.inference_mode():
        count, ends = codes.numel(), 8 * (1 if len(codes) == 1 else codes.shape[1])  # two numbers of 4 bytes: low, high
        ours = join(decoded).clip(0, 1)
        in_bytes = join(net.model.decoder(rounded(codes))).clip(0, 1)
        straight, used = _pca(batch, basis, codes.shape[1])
    packed, size = rivals.jpeg(np.round(image * 255).astype(np.uint8).transpose(1, 2, 0), count + ends)
    unpacked = packed.astype(np.float32).transpose(2, 0, 1) / 255
    return [
        _entry("this network", image, ours, count, 4 * count),
        _entry("the same, a byte each", image, in_bytes, count, count + ends),
        _entry("PCA", image, join(straight).clip(0, 1), used * len(batch), 4 * used * len(batch)),
        _entry("JPEG", image, unpacked, 0, size),
    ]


def _pca(batch: Tensor, basis: Basis, code: int) -> tuple[Tensor, int]:
    """The pictures by at most `code` principal components, and how many there were."""
    mean, components = basis
    found = components[:code]
    return (((batch.flatten(1) - mean) @ found.T) @ found + mean).view_as(batch), len(found)


def _entry(name: str, image: np.ndarray, picture: np.ndarray, numbers: int, size: int) -> Entry:
    judged = quality.mse(image, picture), quality.psnr(image, picture), quality.ssim(image, picture)
    return Entry(name, numbers, size, picture, *judged)
