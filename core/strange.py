"""Does a network know such pictures? Its error on a picture among its errors on pictures it was tested with."""
from collections.abc import Callable

import numpy as np
import torch
from torch import nn

from core import autoencoders, ink, quality

LETTERS = {name: ink.letter(name) for name in "AW"}
STRANGERS: dict[str, Callable[[np.ndarray], np.ndarray]] = {  # the picture in hand (1, 28, 28) -> another one
    "upside down": ink.TURNS["upside down"],
    "inverted": ink.TURNS["inverted"],
    "the letter A": lambda _: LETTERS["A"],
    "the letter W": lambda _: LETTERS["W"],
    "noise": lambda image: np.random.default_rng(0).random(image.shape, dtype=np.float32),
    "an empty page": np.zeros_like,
}
UNUSUAL = 0.99  # worse than this share of the test pictures: an anomaly


def errors(model: nn.Module, image: np.ndarray) -> dict[str, float]:
    """Mean squared error of each stranger made of a picture (1, 28, 28), but for those that are the picture itself."""
    fed = {name: make(image) for name, make in STRANGERS.items()}
    others = {name: one for name, one in fed.items() if not np.array_equal(one, image)}
    with torch.inference_mode():
        rebuilt = autoencoders.reconstruct(model, torch.from_numpy(np.stack(list(others.values())))).numpy()
    return {name: quality.mse(one, out) for (name, one), out in zip(others.items(), rebuilt, strict=True)}


def below(errors: np.ndarray, error: float) -> float:
    """Share of the errors (N,) that are smaller than `error`: 1 if the picture is worse than all of them."""
    return float(np.mean(errors < error))


def threshold(errors: np.ndarray, share: float = UNUSUAL) -> float:
    """The error that this share of the pictures stays below."""
    return float(np.quantile(errors, share))
