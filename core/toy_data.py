"""Small data to learn from in seconds: digits, shapes drawn on the spot, and points in the plane, all from a seed."""
import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

TESTS = 450  # examples that training never sees, whatever else is chosen
MOST_EXAMPLES = 4000
SIDES = (12, 32)  # pixels of a shape's picture, at least and at most


@dataclass(frozen=True)
class Choice:
    """Which data, and how hard they are; SOURCES says which settings a name listens to."""

    name: str = "digits"
    examples: int = 1000  # to learn from; fewer, and the network learns them by heart
    noise: float = 0.0  # standard deviation; pixels go from 0 to 1, points from about -1 to 1
    size: int = 16  # pixels along a side
    separation: float = 1.0  # 1: the classes are what they are called, 0: all are drawn alike
    seed: int = 0

    def __post_init__(self):
        if self.name not in SOURCES:
            raise ValueError(f"there are no data {self.name!r}; choose one of {', '.join(SOURCES)}")
        most = SOURCES[self.name].most
        if not 1 <= self.examples <= most:
            raise ValueError(f"{self.name} offer 1 to {most:,} examples to learn from, not {self.examples:,}")
        if self.seed < 0:
            raise ValueError(f"the seed must be 0 or above, not {self.seed}")
        if not 0 <= self.noise <= 2 or not 0 <= self.separation <= 1:
            raise ValueError("noise goes from 0 to 2 and separation from 0 to 1")
        if not SIDES[0] <= self.size <= SIDES[1]:
            raise ValueError(f"a picture of a shape has {SIDES[0]} to {SIDES[1]} pixels along a side, not {self.size}")


@dataclass(frozen=True)
class Data:
    """Examples to learn from and others to be tested on."""

    inputs: np.ndarray  # (N, C, H, W) or (N, 2) float32
    labels: np.ndarray  # (N,) int64
    test_inputs: np.ndarray  # (M, C, H, W) or (M, 2) float32
    test_labels: np.ndarray  # (M,) int64
    classes: tuple[str, ...]
    kind: str  # "pictures" or "points"

@dataclass(frozen=True)
class Source:
    """Where data come from: `make` gives (inputs, labels) for so many examples, the tests last."""

    about: str
    classes: tuple[str, ...]
    kind: str
    shape: Callable[[Choice], tuple[int, ...]]  # of one example
    settings: tuple[str, ...]  # of a Choice, besides examples and seed
    make: Callable[[Choice, int, np.random.Generator], tuple[np.ndarray, np.ndarray]]
    most: int = MOST_EXAMPLES


def shape(choice: Choice) -> tuple[int, ...]:
    """Of one example, without loading any: (C, H, W) or (2,)."""
    return SOURCES[choice.name].shape(choice)


def load(choice: Choice) -> Data:
    """The data of a choice, the same each time; with more examples the first ones and the tests stay what they were."""
    source = SOURCES[choice.name]
    inputs, labels = source.make(choice, TESTS + source.most, np.random.default_rng((choice.seed, 0)))
    noise = np.random.default_rng((choice.seed, 1)).standard_normal(inputs.shape)
    inputs, labels = (inputs + choice.noise * noise).astype(np.float32), labels.astype(np.int64)
    train = slice(TESTS, TESTS + choice.examples)
    arrays = (inputs[train], labels[train], inputs[:TESTS], labels[:TESTS])
    for array in arrays:
        array.flags.writeable = False  # many runs may share them
    return Data(*arrays, source.classes, source.kind)


def _digits(choice: Choice, count: int, dice: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Read from scikit-learn's own file; to import all of it would take as long as to import torch."""
    package = importlib.util.find_spec("sklearn").submodule_search_locations[0]
    rows = np.loadtxt(Path(package) / "datasets" / "data" / "digits.csv.gz", delimiter=",")
    rows = dice.permutation(rows)[:count]
    return rows[:, :-1].reshape(-1, 1, 8, 8) / 16, rows[:, -1]


def _box(x: np.ndarray, y: np.ndarray, half_width: float, half_height: float) -> np.ndarray:
    return np.maximum(np.abs(x) - half_width, np.abs(y) - half_height)


SHAPES: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    # how far a place (x, y) is outside of the shape, negative inside; 1 is about the shape's radius
    "circle": lambda x, y: np.hypot(x, y) - 0.9,
    "square": lambda x, y: _box(x, y, 0.75, 0.75),
    "triangle": lambda x, y: np.maximum(np.sqrt(3) / 2 * np.abs(x) - y / 2, y) - 0.5,
    "cross": lambda x, y: np.minimum(_box(x, y, 0.25, 0.9), _box(x, y, 0.9, 0.25)),
    "ring": lambda x, y: np.abs(np.hypot(x, y) - 0.7) - 0.2,
}


def _shapes(choice: Choice, count: int, dice: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """White on black, each at its own place, size and turn; low separation blends every outline with the circle's."""
    labels = dice.integers(len(SHAPES), size=count)
    place = dice.uniform(-0.2, 0.2, (2, count, 1, 1))
    radius = dice.uniform(0.5, 0.8, (count, 1, 1))  # 1 would be half the picture
    turn = dice.uniform(-0.35, 0.35, (count, 1, 1))  # radians, 20 degrees
    row = (np.arange(choice.size) + 0.5) / choice.size * 2 - 1
    y, x = np.meshgrid(row, row, indexing="ij")
    x, y = (x - place[0]) / radius, (y - place[1]) / radius
    x, y = np.cos(turn) * x - np.sin(turn) * y, np.sin(turn) * x + np.cos(turn) * y
    outside = np.empty_like(x)
    for label, shape in enumerate(SHAPES.values()):
        outside[labels == label] = shape(x[labels == label], y[labels == label])
    outside = choice.separation * outside + (1 - choice.separation) * SHAPES["circle"](x, y)
    pixel = 2 / choice.size / radius
    return np.clip(0.5 - outside / pixel, 0, 1)[:, None], labels  # an edge pixel is as grey as it is covered


def _plane(choice: Choice) -> tuple[int, ...]:
    return (2,)


def _spiral(choice: Choice, count: int, dice: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Three arms, one and a half half-turns each."""
    labels = dice.integers(3, size=count)
    radius = np.sqrt(dice.uniform(0.01, 1, count))
    angle = 1.5 * np.pi * radius + 2 * np.pi / 3 * labels
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1), labels


def _circles(choice: Choice, count: int, dice: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    labels, angle = dice.integers(2, size=count), dice.uniform(0, 2 * np.pi, count)
    radius = np.where(labels == 0, 1, 1 - 0.6 * choice.separation)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1), labels


def _moons(choice: Choice, count: int, dice: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    labels, angle = dice.integers(2, size=count), dice.uniform(0, np.pi, count)
    upper, lower = [np.cos(angle), np.sin(angle)], [1 - np.cos(angle), 0.5 - np.sin(angle)]
    points = np.where(labels == 0, upper, lower).T  # as scikit-learn's make_moons
    return (points - [0.5, 0.25]) / 1.5, labels


SOURCES: dict[str, Source] = {
    "digits": Source(
        "1,797 handwritten digits of 8 × 8 pixels, from scikit-learn (Alpaydin and Kaynak 1998)",
        tuple("0123456789"),
        "pictures",
        lambda choice: (1, 8, 8),
        ("noise",),
        _digits,
        1797 - TESTS,
    ),
    "shapes": Source(
        "drawn on the spot: each at its own place, size and turn",
        tuple(SHAPES),
        "pictures",
        lambda choice: (1, choice.size, choice.size),
        ("noise", "size", "separation"),
        _shapes,
    ),
    "spiral": Source(
        "three arms wound into each other", ("arm 1", "arm 2", "arm 3"), "points", _plane, ("noise",), _spiral
    ),
    "circles": Source(
        "one circle inside another", ("outside", "inside"), "points", _plane, ("noise", "separation"), _circles
    ),
    "moons": Source(
        "two half-moons that reach into each other", ("upper", "lower"), "points", _plane, ("noise",), _moons
    ),
}
