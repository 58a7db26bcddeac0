"""Runs that show something: what to choose, how long to train, and what can be seen then."""
from dataclasses import dataclass, replace

from core.architectures import Architecture, Block
from core.run_config import Config
from core.toy_data import Choice


@dataclass(frozen=True)
class Preset:
    """A run with its lesson."""

    config: Config
    steps: int  # until the lesson can be seen
    lesson: str


_DIGITS = Config()
_SPIRAL = Config(Choice("spiral", 600, noise=0.05), Architecture((), (24, 24)), rate=0.01)
_SHAPES = Config(Choice("shapes", 1000, noise=0.1))

PRESETS: dict[str, Preset] = {
    "digits": Preset(_DIGITS, 400, "A small network reads digits it has never seen: more than nine in ten are right."),
    "shapes": Preset(_SHAPES, 300, "Circles, squares, triangles, crosses and rings, told apart within seconds."),
    "spiral": Preset(_SPIRAL, 400, "Two hidden layers bend the borders along three wound arms."),
    "no bend": Preset(
        replace(_SPIRAL, architecture=replace(_SPIRAL.architecture, activation="none")),
        400,
        "The same layers without activation: only straight borders, however long it trains.",
    ),
    "by heart": Preset(
        replace(_DIGITS, data=Choice("digits", 30)),
        300,
        "Thirty digits to learn from: it knows them all by heart, and misses many of those it has never seen.",
    ),
    "too fast": Preset(
        replace(_DIGITS, optimiser="SGD", rate=50.0), 60, "A learning rate that is far too large: the loss jumps up."
    ),
    "too slow": Preset(
        replace(_DIGITS, optimiser="SGD", rate=0.0001), 300, "A learning rate that is far too small: nothing happens."
    ),
    "all zeros": Preset(
        replace(_DIGITS, initialisation="zeros"), 200, "All weights zero: every unit is like every other, and stays so."
    ),
    "too deep for sigmoids": Preset(
        replace(_DIGITS, architecture=Architecture((Block(8),), (32,) * 12, "sigmoid"), initialisation="Xavier"),
        200,
        "Twelve sigmoids in a row: the gradient fades before it reaches the first layers.",
    ),
}
