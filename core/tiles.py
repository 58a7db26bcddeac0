"""A photo as overlapping tiles, and tiles blended into a photo without seams."""
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F


@dataclass(frozen=True)
class Grid:
    """How a photo of height x width is cut: side x side tiles, a new one each `stride` pixels, edges mirrored."""

    height: int
    width: int
    side: int = 32
    stride: int = 24

    def __post_init__(self):
        if not 1 <= self.stride <= self.side:
            raise ValueError(f"the stride must be 1 to {self.side}, so that tiles leave no gap, not {self.stride}")

    @property
    def rows(self) -> int:
        return -(-max(self.height - self.side, 0) // self.stride) + 1

    @property
    def columns(self) -> int:
        return -(-max(self.width - self.side, 0) // self.stride) + 1

    @property
    def padded(self) -> tuple[int, int]:
        """Height and width that the tiles cover."""
        return (self.rows - 1) * self.stride + self.side, (self.columns - 1) * self.stride + self.side


def cut(photo: Tensor, grid: Grid) -> Tensor:
    """(C, H, W) -> (N, C, side, side), row by row; what reaches over the edge repeats the last pixels."""
    high, wide = grid.padded
    whole = F.pad(photo[None], (0, wide - grid.width, 0, high - grid.height), "replicate")[0]
    windows = whole.unfold(1, grid.side, grid.stride).unfold(2, grid.side, grid.stride)  # (C, rows, columns, s, s)
    return windows.permute(1, 2, 0, 3, 4).reshape(-1, len(photo), grid.side, grid.side)


def joined(tiles: Tensor, grid: Grid) -> Tensor:
    """(N, C, side, side) -> (C, H, W): where tiles overlap, each counts less towards its own edge, so no seam shows."""
    ramp = torch.arange(1, grid.side + 1, dtype=torch.float32)
    slope = torch.minimum(ramp, ramp.flip(0)).clamp(max=grid.side - grid.stride + 1)
    weight = slope[:, None] * slope[None, :]
    flat = (tiles * weight).flatten(1).T[None]
    total = weight.expand(len(tiles), 1, -1, -1).flatten(1).T[None]
    summed, weights = (F.fold(one, grid.padded, grid.side, stride=grid.stride)[0] for one in (flat, total))
    return (summed / weights)[:, : grid.height, : grid.width]
