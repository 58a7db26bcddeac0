"""A picture damaged on purpose, the network's repair beside the classical filters', and how good each is."""
import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import torch
from PIL import Image, ImageDraw
from torch import Tensor, nn
from torch.nn import functional as F

from core import autoencoders, corruptions, quality, rivals, tiles

WORKING = 256  # pixels of the longer side of a photo: the network answers in less than 0.1 s
TILE = 32  # pixels: the networks met damage in pictures of about this side
WIPED = 0.5  # what a wiped place becomes, as in a missing square
LEAST = 7  # pixels: SSIM looks at windows of 7 x 7
MOST_POINTS = 600  # of all strokes together, so that they fit into a link
UNIT = 250  # places along a stroke are kept to 1 / 250 of a side
NETWORK = "the network"


@dataclass(frozen=True)
class Stroke:
    """One stroke of the brush: its width and its points (x, y), as shares of the picture's sides."""

    width: float  # of the shorter side
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Damage:
    """All that is done to a picture, in this order; strengths are 0 to 1 as in core/corruptions.py."""

    blur: float = 0.0
    noise: float = 0.0
    salt: float = 0.0
    squares: float = 0.0
    seed: int = 0
    strokes: tuple[Stroke, ...] = ()


KINDS = {"blur": "blur", "noise": "Gaussian noise", "salt": "salt and pepper", "squares": "missing squares"}
PRESETS = {  # situations that questions ask about
    "light grain": Damage(noise=0.1),
    "heavy grain": Damage(noise=0.5),
    "salt and pepper": Damage(salt=0.3),
    "blur": Damage(blur=0.5),
    "holes": Damage(squares=0.4),
    "blur and grain": Damage(blur=0.3, noise=0.2),
}


def working(photo: Image.Image) -> np.ndarray:
    """The whole photo at working size, (3, H, W) in 0 to 1; ValueError if it becomes a sliver."""
    small = photo.convert("RGB")
    small.thumbnail((WORKING, WORKING))
    if min(small.size) < LEAST:
        across, down = small.size
        raise ValueError(f"this photo becomes {across} × {down} pixels; both sides must have at least {LEAST}")
    return np.ascontiguousarray(np.asarray(small, np.float32).transpose(2, 0, 1) / 255)


def settings(damage: Damage) -> dict[str, float]:
    """The strengths alone, by their field."""
    return {field.name: getattr(damage, field.name) for field in fields(damage) if field.name in KINDS}


def damaged(picture: Tensor, damage: Damage) -> Tensor:
    """(C, H, W) in 0 to 1 with all of that done to it. Squares are lost in each 32 x 32 tile of a larger picture."""
    images = picture[None]
    for name, kind in KINDS.items():
        images = (_in_tiles if name == "squares" else corruptions.corrupt)(
            images, kind, getattr(damage, name), damage.seed
        )
    hole = torch.from_numpy(wiped(damage.strokes, *picture.shape[1:]))
    return torch.where(hole, WIPED, images[0])


def _in_tiles(images: Tensor, kind: str, strength: float, seed: int) -> Tensor:
    _, _, height, width = images.shape
    if max(height, width) <= TILE:
        return corruptions.corrupt(images, kind, strength, seed)
    grid = tiles.Grid(height, width, TILE, TILE)
    return tiles.joined(corruptions.corrupt(tiles.cut(images[0], grid), kind, strength, seed), grid)[None]


def denoised(model: nn.Module, picture: Tensor) -> Tensor:
    """(C, H, W) through a denoising network; edges are repeated until the sides are multiples of 4, then cut off."""
    _, height, width = picture.shape
    fitting = F.pad(picture[None], (0, -width % 4, 0, -height % 4), "replicate")
    return autoencoders.reconstruct(model, fitting)[0, :, :height, :width]


# ---- the brush --------------------------------------------------------------------------------


def wiped(strokes: Sequence[Stroke], height: int, width: int) -> np.ndarray:
    """Which cells the brush has been over, (H, W) of bool: lines with round ends."""
    mask = Image.new("L", (width, height))
    pen = ImageDraw.Draw(mask)
    for stroke in strokes:
        thick = max(1, round(stroke.width * min(height, width)))
        path = [(x * width - 0.5, y * height - 0.5) for x, y in stroke.points]  # cells are drawn at their centres
        pen.line(path, fill=1, width=thick)
        r = (thick - 1) / 2
        for x, y in path:
            pen.ellipse((x - r, y - r, x + r, y + r), fill=1)
    return np.asarray(mask) > 0


def as_text(strokes: Sequence[Stroke]) -> str:
    """Strokes for a link: bytes of width and points in base64, with a dot between strokes."""
    return ".".join(_packed([round(stroke.width * UNIT), *_units(stroke)]) for stroke in strokes)


def _units(stroke: Stroke) -> list[int]:
    return [round(share * UNIT) for point in stroke.points for share in point]


def _packed(values: list[int]) -> str:
    return base64.urlsafe_b64encode(bytes(values)).decode().rstrip("=")


def from_text(text: str) -> tuple[Stroke, ...]:
    """The way back; ValueError if it was not made by `as_text`."""
    strokes = []
    for part in filter(None, text.split(".")):
        try:
            width, *units = base64.b64decode(part + "=" * (-len(part) % 4), b"-_", validate=True)
        except (binascii.Error, ValueError) as error:
            raise ValueError("the strokes of this link cannot be read; copy it again") from error
        if not units or len(units) % 2 or max(width, *units) > UNIT:
            raise ValueError("the strokes of this link are damaged; copy it again")
        shares = [unit / UNIT for unit in units]
        strokes.append(Stroke(width / UNIT, tuple(zip(shares[::2], shares[1::2], strict=True))))
    if sum(len(stroke.points) for stroke in strokes) > MOST_POINTS:
        raise ValueError(f"the brush takes up to {MOST_POINTS} points; undo a stroke")
    return tuple(strokes)


# ---- how good it is ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Judged:
    """A picture and how close it is to the clean one."""

    name: str
    picture: np.ndarray  # (C, H, W), 0 to 1
    mse: float
    psnr: float  # dB
    ssim: float
    setting: float | None = None  # of a filter


def judged(name: str, picture: np.ndarray, clean: np.ndarray, setting: float | None = None) -> Judged:
    """Squared error, PSNR and SSIM against the clean picture, whose sides have at least 7 pixels."""
    found = (quality.mse(picture, clean), quality.psnr(picture, clean), quality.ssim(picture, clean))
    return Judged(name, picture, *found, setting)


def by_network(model: nn.Module, clean: np.ndarray, damage: Damage) -> tuple[Judged, Judged]:
    """A clean picture (C, H, W) after the damage, and what the network makes of that."""
    with torch.inference_mode():
        broken = damaged(torch.from_numpy(clean), damage)
        repaired = denoised(model, broken)
    return judged("damaged", broken.numpy(), clean), judged(NETWORK, repaired.numpy(), clean)


def by_filters(broken: np.ndarray, clean: np.ndarray) -> tuple[Judged, ...]:
    """Each classical filter at the setting that comes closest to the clean picture, which only a judge can know."""
    best = {name: rivals.best_filtered(name, broken, clean) for name in rivals.FILTERS}
    return tuple(judged(name, picture, clean, setting) for name, (picture, setting) in best.items())
