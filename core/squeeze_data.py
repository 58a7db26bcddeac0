"""Pictures that a small autoencoder learns from: scikit-learn's digits, or tiles of the photo in hand."""
import io
from dataclasses import dataclass, field

import numpy as np
import torch
from PIL import Image

from core import tiles, toy_data
from core.toy_data import Choice, Data

AREA = 512 * 384  # pixels of a photo at working size
SIDES = (8, 16)  # of a tile


@dataclass(frozen=True)
class Tiles:
    """A photo at working size, to be cut into tiles; its pixels go where the run goes and nowhere else."""

    photo: bytes = field(repr=False)  # (height, width, channels) uint8
    height: int
    width: int
    digest: str  # of the photo, so that two of them are told apart in words
    side: int = 8
    colour: bool = True

    def __post_init__(self):
        if self.side not in SIDES:
            raise ValueError(f"tiles are {' or '.join(map(str, SIDES))} pixels wide, not {self.side}")
        if self.height % self.side or self.width % self.side or len(self.photo) != self.height * self.width * self.maps:
            raise ValueError(f"the photo must be cut to whole tiles of {self.side} pixels")

    @property
    def maps(self) -> int:
        """Numbers in a pixel."""
        return 3 if self.colour else 1

    @property
    def count(self) -> int:
        """Tiles in the photo."""
        return self.height * self.width // self.side**2

    @property
    def tests(self) -> int:
        """Tiles that it never trains on: a quarter of them."""
        return min(toy_data.TESTS, self.count // 4)

    @property
    def examples(self) -> int:
        """Tiles that it trains on."""
        return self.count - self.tests


def of_photo(picture: Image.Image, digest: str, side: int = SIDES[0], colour: bool = True) -> Tiles:
    """An RGB photo at working size, about AREA pixels, cut to whole tiles."""
    scale = (AREA / (picture.width * picture.height)) ** 0.5
    width, height = (max(1, round(length * scale / side)) * side for length in picture.size)
    small = picture.resize((width, height), Image.Resampling.LANCZOS).convert("RGB" if colour else "L")
    return Tiles(small.tobytes(), height, width, digest, side, colour)


def shape(data: Choice | Tiles) -> tuple[int, int, int]:
    """Of one picture: (C, H, W)."""
    return (data.maps, data.side, data.side) if isinstance(data, Tiles) else toy_data.shape(data)


def pixels(data: Tiles) -> np.ndarray:
    """The photo as (H, W, C) uint8."""
    return np.frombuffer(data.photo, np.uint8).reshape(data.height, data.width, data.maps)


def png(data: Tiles) -> bytes:
    """The photo at working size as a file, pixel by pixel."""
    file = io.BytesIO()
    Image.fromarray(pixels(data).squeeze()).save(file, "PNG")  # grey ones without their last axis
    return file.getvalue()


def load(data: Choice | Tiles) -> Data:
    """Pictures to learn from and others to be tested on, 0 to 1; of a photo, tiles drawn by chance, always the same."""
    if isinstance(data, Choice):
        return toy_data.load(data)
    found = cut(data)[np.random.default_rng(0).permutation(data.count)]
    labels = np.zeros(len(found), np.int64)
    tests, rest = slice(data.tests), slice(data.tests, None)
    return Data(found[rest], labels[rest], found[tests], labels[tests], ("tile",), "tiles")


def cut(data: Tiles) -> np.ndarray:
    """All tiles of the photo, row by row, none overlapping: (N, C, side, side) float32, 0 to 1."""
    photo = torch.from_numpy(pixels(data).copy()).permute(2, 0, 1)
    return tiles.cut(photo.float() / 255, _grid(data)).numpy()


def joined(found: np.ndarray, data: Tiles) -> np.ndarray:
    """Tiles as `cut` gives them, in one piece again: (N, C, side, side), 0 to 1 -> (H, W, C) uint8."""
    photo = tiles.joined(torch.from_numpy(found), _grid(data))
    return (photo.clamp(0, 1) * 255).round().to(torch.uint8).permute(1, 2, 0).numpy()


def _grid(data: Tiles) -> tiles.Grid:
    return tiles.Grid(data.height, data.width, data.side, data.side)
