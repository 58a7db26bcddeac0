"""Filters that people have designed: their numbers, banks of them, and a way to write them into a link."""
import math

import numpy as np

LARGEST = 1e6  # in size, of a number that comes in a link


def _square(rows: list[list[float]], over: float = 1) -> np.ndarray:
    square = np.array(rows, dtype=float) / over
    square.setflags(write=False)  # everybody's
    return square


# Nothing is flipped: the number at the top left meets the cell at the top left. So each Sobel is positive where the
# side in its name is the brighter one ("Sobel left": the picture is brighter on the left than on the right).
# Sobel and Feldman 1968; the curve after the one in Deshpande's "A Beginner's Guide To Understanding CNNs" (2016).
PRESETS: dict[str, np.ndarray] = {
    "identity": _square([[0, 0, 0], [0, 1, 0], [0, 0, 0]]),
    "box blur": _square([[1, 1, 1], [1, 1, 1], [1, 1, 1]], over=9),
    "Gaussian blur": _square([[1, 2, 1], [2, 4, 2], [1, 2, 1]], over=16),
    "sharpen": _square([[0, -1, 0], [-1, 5, -1], [0, -1, 0]]),
    "outline": _square([[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]]),
    "emboss": _square([[-2, -1, 0], [-1, 1, 1], [0, 1, 2]]),
    "Sobel left": _square([[1, 0, -1], [2, 0, -2], [1, 0, -1]]),
    "Sobel right": _square([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]),
    "Sobel top": _square([[1, 2, 1], [0, 0, 0], [-1, -2, -1]]),
    "Sobel bottom": _square([[-1, -2, -1], [0, 0, 0], [1, 2, 1]]),
    "Laplacian": _square([[0, 1, 0], [1, -4, 1], [0, 1, 0]]),
    "curve detector": _square(
        [
            [0, 0, 0, 0, 0, 30, 0],
            [0, 0, 0, 0, 30, 0, 0],
            [0, 0, 0, 30, 0, 0, 0],
            [0, 0, 0, 30, 0, 0, 0],
            [0, 0, 0, 30, 0, 0, 0],
            [0, 0, 0, 30, 0, 0, 0],
            [0, 0, 0, 0, 0, 0, 0],
        ]
    ),
}


def resized(kernel: np.ndarray, size: int) -> np.ndarray:
    """Cut, or filled up with zeros, around the middle: (k, k) -> (size, size); ValueError if size is below 1.

    What does not halve (3 to 4, or 4 to 3) is added or cut at the bottom and at the right.
    """
    if size < 1:
        raise ValueError(f"a kernel has at least 1 cell a side, not {size}")
    half = abs(size - len(kernel)) // 2
    if size <= len(kernel):
        return kernel[half : half + size, half : half + size].copy()
    filled = np.zeros((size, size))
    filled[half : half + len(kernel), half : half + len(kernel)] = kernel
    return filled


def preset(name: str, size: int) -> np.ndarray:
    """A preset with `size` cells a side, (size, size); a blur stays the mean of its window; ValueError as in `bank`."""
    if name not in PRESETS:
        raise ValueError(f"there is no kernel {name!r}; choose one of {', '.join(PRESETS)}")
    if name == "box blur" and size >= 1:
        return np.full((size, size), size**-2.0)
    return resized(PRESETS[name], size)


def titled(name: str, size: int) -> str:
    """What a preset with `size` cells a side may be called: "curve detector, cut to 3 × 3" is no curve detector."""
    whole = name == "box blur" or np.count_nonzero(preset(name, size)) == np.count_nonzero(PRESETS[name])
    return name if whole else f"{name}, cut to {size} × {size}"


def bank(first: str, count: int, size: int, channels: int) -> np.ndarray:
    """`count` filters, the preset `first` and those that follow it, round and round: (K, C, k, k).

    Each has the same square on every channel; ValueError if there is no such preset, or for none of anything.
    """
    if min(count, channels) < 1:
        raise ValueError(f"a bank has at least 1 filter and 1 channel, not {count} and {channels}")
    begin, names = preset(first, size), list(PRESETS)
    after = [names[(names.index(first) + at) % len(names)] for at in range(1, count)]
    squares = np.stack([begin, *(preset(name, size) for name in after)])  # (K, k, k)
    return np.repeat(squares[:, None], channels, axis=1)


def as_text(kernel: np.ndarray) -> str:
    """The numbers of an array of any shape, row by row, "0,-1,0.5"; `from_text` reads exactly the same ones."""
    values = (kernel.astype(float).ravel() + 0.0).tolist()  # no minus zero
    return ",".join(repr(value).removesuffix(".0") for value in values)


def from_text(text: str, shape: tuple[int, ...]) -> np.ndarray:
    """The array of that shape that `as_text` has written; ValueError with a sentence for whoever typed it."""
    parts, needed = text.split(",") if text.strip() else [], math.prod(shape)
    if len(parts) != needed:
        found, verb = f"{len(parts):,} number{'s'[: len(parts) != 1]}", "is" if needed == 1 else "are"
        sides = " × ".join(map(str, shape))
        raise ValueError(f"{found} found, but {needed:,} {verb} needed ({sides}), with commas between them")
    return np.array([_number(part, at) for at, part in enumerate(parts, 1)]).reshape(shape)


def _number(part: str, at: int) -> float:
    name = f"number {at:,}, {part.strip()[:20]!r},"
    try:
        value = float(part.replace("−", "-"))  # as the pages write it
    except ValueError as error:
        raise ValueError(f"{name} is not a number; write it like 2, 0.5 or -1") from error
    if not abs(value) <= LARGEST:  # nan is not
        raise ValueError(f"{name} is out of range; write one between -{LARGEST:,.0f} and {LARGEST:,.0f}")
    return value
