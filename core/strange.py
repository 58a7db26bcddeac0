"""Does a network know such pictures? Its error on a picture among its errors on pictures it was tested with."""
from collections.abc import Callable

import numpy as np

from core import ink

STRANGERS: dict[str, Callable[[np.ndarray], np.ndarray]] = {  # the picture in hand (1, 28, 28) -> another one
    "upside down": ink.TURNS["upside down"],
    "inverted": ink.TURNS["inverted"],
    "the letter A": lambda _: ink.letter("A"),
    "the letter W": lambda _: ink.letter("W"),
    "noise": lambda image: np.random.default_rng(0).random(image.shape, dtype=np.float32),
    "an empty page": np.zeros_like,
}
UNUSUAL = 0.99  # worse than this share of the test pictures: an anomaly


def below(errors: np.ndarray, error: float) -> float:
    """Share of the errors (N,) that are smaller than `error`: 1 if the picture is worse than all of them."""
    return float(np.mean(errors < error))


def threshold(errors: np.ndarray, share: float = UNUSUAL) -> float:
    """The error that this share of the pictures stays below."""
    return float(np.quantile(errors, share))
