"""A drawn digit as scikit-learn's digits are: 8 x 8 squares, each as grey as it is covered."""
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw

SIDE = 32  # cells of the bitmap, as in the original data; 4 x 4 of them make a square
FINE = 8  # pixels of ours along a cell, so that slanted strokes are smooth
PEN = 5.0  # cells: with it as much is inked as in the data, 0.3 of the paper
MOST_POINTS = 5_000

Stroke = Sequence[tuple[float, float]]  # places (x, y) where the pen went, as shares of the paper; y grows downwards


def read(sent: Sequence[Sequence[Sequence[float]]]) -> tuple[Stroke, ...]:
    """Strokes as a browser sends them; where they have more points than there is room for, the first are left out."""
    strokes, room = [], MOST_POINTS
    for stroke in reversed(sent):
        points = tuple((float(x), float(y)) for x, y in stroke[max(0, len(stroke) - room) :])
        room -= len(points)
        if points:
            strokes.insert(0, points)
    return tuple(strokes)


def digit(strokes: Sequence[Stroke]) -> np.ndarray:
    """The drawing, (1, 8, 8) float32 from 0 (paper) to 1 (ink), moved and scaled until it fills the height or width.

    The data were made so: bitmaps of 32 x 32 that a digit fills, counted in blocks of 4 x 4 (Alpaydin and Kaynak
    1998). ValueError if there are no strokes, or far too many.
    """
    points = [point for stroke in strokes for point in stroke]
    if not points:
        raise ValueError("nothing is drawn yet; draw one digit, as large as you like")
    if len(points) > MOST_POINTS or not np.isfinite(points).all():
        raise ValueError(f"a drawing has up to {MOST_POINTS:,} points on its paper; begin again")
    low, high = np.min(points, axis=0), np.max(points, axis=0)
    scale = (SIDE - PEN) / max(*(high - low), 0.05)  # cells per share; a dot is not blown up
    pixels = SIDE * FINE
    image = Image.new("L", (pixels, pixels))
    pen = ImageDraw.Draw(image)
    for stroke in strokes:
        path = [tuple((np.asarray(point) - (low + high) / 2) * scale * FINE + pixels / 2) for point in stroke]
        pen.line(path, fill=1, width=round(PEN * FINE))
        for x, y in path:  # round ends and corners
            r = PEN * FINE / 2
            pen.ellipse((x - r, y - r, x + r, y + r), fill=1)
    block = pixels // 8
    shares = np.asarray(image, dtype=np.float32).reshape(8, block, 8, block).mean(axis=(1, 3))
    return np.round(shares * 16)[None] / np.float32(16)
