"""What suits each kind of autoencoder to begin with, and runs that show something."""
from dataclasses import dataclass, field, replace
from math import prod

from core.squeeze_config import Config
from core.squeeze_data import Tiles, shape
from core.toy_data import Choice

DIGITS, TILES = "digits", "tiles of your photo"


@dataclass(frozen=True)
class Preset:
    """A run with its lesson; on tiles, the photo in hand decides the rest."""

    kind: str
    steps: int  # until the lesson can be seen
    lesson: str
    on: str = DIGITS
    changes: dict[str, float | str] = field(default_factory=dict)  # of what suits the kind


PRESETS: dict[str, Preset] = {
    "digits through 8 numbers": Preset(
        "undercomplete", 600, "64 pixels through 8 numbers and back: first all digits look alike, then each its own."
    ),
    "digits through 2 numbers": Preset(
        "undercomplete", 1000, "Two numbers are few: it keeps what most digits share, and mixes up the rest.",
        changes=dict(code=2),
    ),
    "your photo, tile by tile": Preset(
        "undercomplete", 600, "Your photo is cut into tiles; each goes through a few numbers. Watch it come back.",
        TILES,
    ),
    "sparse": Preset(
        "sparse", 600, "As many units as pixels, but each that is active costs: most stay at zero."
    ),
    "contractive": Preset(
        "contractive", 600, "The code must not react to small changes: the Jacobian's norm is made small, too."
    ),
    "convolutional": Preset("convolutional", 600, "Filters instead of dense layers: far fewer numbers to learn."),
    "denoising": Preset(
        "denoising", 800, "It is given damaged digits and compared with the clean ones: it learns to repair."
    ),
    "variational": Preset(
        "variational", 800, "Each code is a cloud, kept close to the standard Gaussian by the KL divergence."
    ),
    "too fast": Preset(
        "undercomplete", 60, "A learning rate that is far too large: every pixel is driven to black or white.",
        changes=dict(optimiser="SGD", rate=50.0),
    ),
    "too heavy a penalty": Preset(
        "sparse", 400, "The penalty outweighs the picture: switching everything off is cheapest.",
        changes=dict(penalty=10.0),
    ),
}  # fmt: skip


def begun(preset: Preset, config: Config) -> Config:
    """The preset's run on the pictures of `config`, with its seed: these may differ, and it teaches the same."""
    return replace(beginning(preset.kind, config.data, **preset.changes), seed=config.seed)


def beginning(kind: str, data: Choice | Tiles, **changes: float | str) -> Config:
    """What suits a kind on pictures of that size, with changes."""
    pixels = prod(shape(data))
    small = 8 if pixels <= 64 else 16
    wide = 64 if pixels <= 64 else 128
    suits = {
        "undercomplete": dict(code=small, nodes=wide),
        "sparse": dict(code=pixels, layers=0, penalty=0.01),
        "contractive": dict(code=4 * small, layers=0, penalty=0.001),
        "convolutional": dict(code=small, layers=2, nodes=8),
        "denoising": dict(code=2 * small, nodes=128, noise=0.5),
        "variational": dict(code=small, nodes=wide, loss="binary cross-entropy", penalty=1.0),
    }
    return Config(data, kind, **(suits[kind] | changes))
