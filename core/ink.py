"""Ink on paper as MNIST has it: drawn digits and letters, 28 x 28 cells, white ink on black."""
import string
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from core.drawing import MOST_POINTS, Stroke

SIDE, BOX = 28, 20  # cells of the picture, and of the square that the ink fills
FINE = 8  # pixels of ours along a cell, so that slanted strokes are smooth
PEN = 2.6  # cells; MNIST's digits have about 100 cells of ink, and so have ours
LETTERS = string.ascii_uppercase
ALPHABET = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"  # 64 characters that links may have
FINEST = 64 * 64 - 1  # two of them say where along a side
NEAR = 1 / 100  # of the paper: nearer points are one


def digit(strokes: Sequence[Stroke]) -> np.ndarray:
    """The drawing, (1, 28, 28) float32 from 0 (paper) to 1 (ink); an empty paper if there are no strokes.

    As MNIST was made: scaled until it fills 20 x 20 cells, its centre of mass in the middle (LeCun, Cortes and Burges
    1998). ValueError if it has far too many points.
    """
    points = [point for stroke in strokes for point in stroke]
    if len(points) > MOST_POINTS or not np.isfinite(points).all():
        raise ValueError(f"a drawing has up to {MOST_POINTS:,} points on its paper; begin again")
    image = Image.new("L", (SIDE * FINE,) * 2)
    if points:
        _draw(ImageDraw.Draw(image), strokes, np.min(points, axis=0), np.max(points, axis=0))
    return _in_cells(image)


def _draw(pen: ImageDraw.ImageDraw, strokes: Sequence[Stroke], low: np.ndarray, high: np.ndarray) -> None:
    scale = (BOX - PEN) / max(*(high - low), 0.05)  # cells per share; a dot is not blown up
    r = PEN * FINE / 2
    for stroke in strokes:
        path = [tuple(((np.asarray(point) - (low + high) / 2) * scale + SIDE / 2) * FINE) for point in stroke]
        pen.line(path, fill=255, width=round(PEN * FINE))
        for x, y in path:  # round ends and corners
            pen.ellipse((x - r, y - r, x + r, y + r), fill=255)


def letter(name: str) -> np.ndarray:
    """A printed capital letter as if it were a digit, (1, 28, 28); ValueError for anything else."""
    if len(name) != 1 or name not in LETTERS:
        raise ValueError(f"there is no letter {name!r}; choose one of {LETTERS}")
    font, image = ImageFont.load_default(size=BOX * FINE), Image.new("L", (SIDE * FINE * 2,) * 2)
    ImageDraw.Draw(image).text((SIDE * FINE, SIDE * FINE), name, fill=255, font=font, anchor="mm")
    ink = image.crop(image.getbbox())
    scale = BOX * FINE / max(ink.size)
    ink = ink.resize([max(1, round(length * scale)) for length in ink.size], Image.Resampling.BICUBIC)
    paper = Image.new("L", (SIDE * FINE,) * 2)
    paper.paste(ink, tuple((SIDE * FINE - length) // 2 for length in ink.size))
    return _in_cells(paper)


def _in_cells(image: Image.Image) -> np.ndarray:
    """Each cell as bright as it is covered, the centre of mass in the middle."""
    ink = np.asarray(image, dtype=np.float32) / 255
    for axis in (0, 1):
        along = ink.sum(axis=1 - axis)
        if along.any():
            middle = (along * np.arange(len(along))).sum() / along.sum()
            most = (SIDE - BOX) / 2 * FINE  # further, and ink would leave the paper
            ink = np.roll(ink, round(float(np.clip((len(along) - 1) / 2 - middle, -most, most))), axis)
    return ink.reshape(1, SIDE, FINE, SIDE, FINE).mean(axis=(2, 4))


TURNS = {  # what may be done to a picture (C, H, W) from 0 to 1
    "as it is": lambda image: image,
    "upside down": lambda image: np.ascontiguousarray(image[:, ::-1, ::-1]),
    "inverted": lambda image: 1 - image,
}


def as_text(strokes: Sequence[Stroke]) -> str:
    """Strokes for a link: four characters a point, places to 1 / 4095; a dot before each stroke."""
    return "".join("." + "".join(map(_as_text, _thinned(stroke))) for stroke in strokes if stroke)


def _thinned(stroke: Stroke) -> list[tuple[float, float]]:
    """Without points that nobody could tell from the one before."""
    kept = [stroke[0]]
    for point in stroke[1:]:
        if max(abs(point[0] - kept[-1][0]), abs(point[1] - kept[-1][1])) > NEAR or point == stroke[-1] != kept[-1]:
            kept.append(point)
    return kept


def _as_text(point: tuple[float, float]) -> str:
    counts = [min(max(round(share * FINEST), 0), FINEST) for share in point]
    return "".join(ALPHABET[count // 64] + ALPHABET[count % 64] for count in counts)


def from_text(text: str) -> tuple[Stroke, ...]:
    """The strokes of a link; ValueError if it is none, or has far too many points."""
    empty, *lines = text.split(".")
    readable = all(line and len(line) % 4 == 0 and not set(line) - set(ALPHABET) for line in lines)
    if empty or not readable or len(text) - len(lines) > 4 * MOST_POINTS:
        raise ValueError("the drawing of this link can't be read; draw it again")
    return tuple(tuple(_from_text(line[at : at + 4]) for at in range(0, len(line), 4)) for line in lines)


def _from_text(four: str) -> tuple[float, float]:
    a, b, c, d = map(ALPHABET.index, four)
    return (64 * a + b) / FINEST, (64 * c + d) / FINEST
