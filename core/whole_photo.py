"""A whole photo through an autoencoder of tiles: cut, squeezed in chunks, rebuilt, and blended without seams."""
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from core import bottleneck, quality
from core.autoencoders import Autoencoder
from core.bottleneck import Passage
from core.tiles import Grid, cut, joined

WORKING = 320  # longest side, in pixels
CHUNK = 48  # tiles that are squeezed at once
Way = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class Squeezed:
    """A photo, what was kept of it, and what came out."""

    photo: Tensor  # (3, H, W) from 0 to 1
    grid: Grid
    codes: Tensor  # (N, D), one a tile, row by row
    tiles: Tensor  # (N, 3, s, s) each decoded by itself
    rebuilt: Tensor  # (3, H, W) from 0 to 1

    def box(self, tile: int) -> tuple[int, int, int, int]:
        """Left, top, right and bottom of a tile in the photo, without what reaches over its edge."""
        row, column = divmod(tile, self.grid.columns)
        top, left = row * self.grid.stride, column * self.grid.stride
        return left, top, min(left + self.grid.side, self.grid.width), min(top + self.grid.side, self.grid.height)

    def tile_at(self, x: float, y: float) -> int:
        """The tile whose middle is nearest to a place, given as shares of width and height."""
        half, counts = self.grid.side / 2, (self.grid.rows, self.grid.columns)
        places = (y * self.grid.height, x * self.grid.width)
        row, column = (
            min(max(round((at - half) / self.grid.stride), 0), count - 1)
            for at, count in zip(places, counts, strict=True)
        )
        return row * self.grid.columns + column


def working(picture: Image.Image) -> Tensor:
    """An RGB picture at working size, (3, H, W) from 0 to 1; a sliver is made as broad as a tile."""
    scale = min(1.0, WORKING / max(picture.size))
    size = tuple(max(round(side * scale), Grid.side) for side in picture.size)
    small = picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
    return torch.from_numpy(np.array(small.convert("RGB"), dtype=np.float32)).permute(2, 0, 1) / 255


def squeeze(
    photo: Tensor, encode: Way, decode: Way, stride: int = 24,
    run: Callable = lambda function, *arguments: function(*arguments), told: Callable[[float], None] = lambda _: None,
) -> Squeezed:  # fmt: skip
    """(3, H, W) through encode (N, 3, 32, 32) -> (N, D) and decode back, in chunks.

    run: where a chunk is computed; told: hears after each chunk which share is done.
    """
    grid = Grid(photo.shape[1], photo.shape[2], stride=stride)
    tiles, codes, rebuilt = cut(photo, grid), [], []
    for at in range(0, len(tiles), CHUNK):
        one, back = run(_chunk, tiles[at : at + CHUNK], encode, decode)
        codes.append(one)
        rebuilt.append(back)
        told(min(at + CHUNK, len(tiles)) / len(tiles))
    together = torch.cat(rebuilt)
    return Squeezed(photo, grid, torch.cat(codes), together, joined(together, grid).clamp(0, 1))


def _chunk(tiles: Tensor, encode: Way, decode: Way) -> tuple[Tensor, Tensor]:
    with torch.inference_mode():
        codes = encode(tiles)
        return codes, decode(codes)


def piece(net: Autoencoder, whole: Squeezed, tile: int, moves: Mapping[int, float] | None = None) -> Passage:
    """One tile by itself, some units of whose code may be set by hand; ValueError for a unit that is not there."""
    return bottleneck.through(net, cut(whole.photo, whole.grid)[tile].numpy(), moves)


def with_tile(whole: Squeezed, tile: int, decoded: np.ndarray) -> Squeezed:
    """The photo rebuilt with another (3, s, s) in the place of one of its tiles."""
    tiles = whole.tiles.clone()
    tiles[tile] = torch.from_numpy(decoded)
    return replace(whole, tiles=tiles, rebuilt=joined(tiles, whole.grid).clamp(0, 1))


def errors(whole: Squeezed) -> np.ndarray:
    """How far each pixel is off, (H, W): root mean square over its three colours."""
    return (whole.rebuilt - whole.photo).square().mean(dim=0).sqrt().numpy()


def tile_errors(whole: Squeezed) -> np.ndarray:
    """Mean squared error where each tile lies, (N,)."""
    off = (whole.rebuilt - whole.photo).square().mean(dim=0)
    boxes = map(whole.box, range(len(whole.codes)))
    return np.array([off[top:bottom, left:right].mean() for left, top, right, bottom in boxes], dtype=np.float32)


def scores(whole: Squeezed) -> tuple[float, float, float]:
    """MSE, PSNR in dB and SSIM of the whole photo."""
    photo, rebuilt = whole.photo.numpy(), whole.rebuilt.numpy()
    return quality.mse(photo, rebuilt), quality.psnr(photo, rebuilt), quality.ssim(photo, rebuilt)
