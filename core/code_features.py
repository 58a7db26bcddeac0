"""Is the code good for something else? A classifier on the code against one on the raw pixels, with few labels."""
from dataclasses import dataclass

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from core import autoencoders
from core.toy_data import Data

threadpool_limits(1)  # as for torch: on busy cores threads that wait for each other take ten times as long
LABELS = (10, 20, 50, 100, 200, 500)  # how many training digits have a label
DRAWS = 5  # how often they are drawn anew
STEPS = 1000  # of the classifier, at most
LARGE = 20  # pixels across of a digit in MNIST, in the middle of 28


@dataclass(frozen=True)
class Accuracy:
    """Shares of the test digits that were read right, one for each draw of the labelled ones."""

    labels: int
    shares: tuple[float, ...]

    @property
    def mean(self) -> float:
        return float(np.mean(self.shares))

    @property
    def spread(self) -> float:
        """Standard deviation over the draws."""
        return float(np.std(self.shares, ddof=1)) if len(self.shares) > 1 else 0.0


@dataclass(frozen=True)
class Features:
    """What a classifier is given of each digit: its pixels, or its code."""

    known: np.ndarray  # (N, D) of the training digits
    tests: np.ndarray  # (M, D)


def pixels(data: Data) -> Features:
    """The raw pixels."""
    return Features(data.inputs.reshape(len(data.inputs), -1), data.test_inputs.reshape(len(data.test_inputs), -1))


def draw(labels: np.ndarray, count: int, seed: int) -> np.ndarray:
    """Rows of `count` examples, (count,): as many of each class as possible, which ones by chance.

    ValueError if there are not so many, or fewer than classes.
    """
    classes = np.unique(labels)
    if not len(classes) <= count <= len(labels):
        raise ValueError(f"take {len(classes)} to {len(labels)} labels, at least one of each class, not {count}")
    dice = np.random.default_rng((seed, count))
    mixed = dice.permutation(len(labels))
    turn = np.empty(len(labels), int)  # the how manieth of its class each one is
    for label in classes:
        rows = mixed[labels[mixed] == label]
        turn[rows] = np.arange(len(rows))
    return mixed[np.argsort(turn[mixed], kind="stable")][:count]


def accuracy(features: Features, data: Data, count: int, draws: int = DRAWS) -> Accuracy:
    """Logistic regression that is told `count` labels, judged on all tests; each input is scaled to spread 1 first."""
    shares = []
    for seed in range(draws):
        rows = draw(data.labels, count, seed)
        model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=STEPS))
        model.fit(features.known[rows], data.labels[rows])
        shares.append(float(model.score(features.tests, data.test_labels)))
    return Accuracy(count, tuple(shares))


def enlarged(digits: np.ndarray) -> np.ndarray:
    """Small digits as MNIST has them, 20 pixels high in the middle of 28: (N, 1, 8, 8) -> (N, 1, 28, 28)."""
    large = torch.nn.functional.interpolate(torch.tensor(digits), (LARGE, LARGE), mode="bilinear")
    edge = (28 - LARGE) // 2
    return torch.nn.functional.pad(large, (edge,) * 4).numpy()


def codes(model: torch.nn.Module, data: Data) -> Features:
    """The codes that an autoencoder for 28 × 28 pixels gives for small digits."""
    with torch.inference_mode():
        known, tests = (
            autoencoders.encode(model, torch.from_numpy(enlarged(digits))).flatten(1).numpy()
            for digits in (data.inputs, data.test_inputs)
        )
    return Features(known, tests)


def verdict(code: Accuracy, pixels: Accuracy) -> str:
    """Who wins with as many labels: "code" or "pixels" if it is ahead in every draw, else "neither"."""
    ahead = [one - other for one, other in zip(code.shares, pixels.shares, strict=True)]
    if min(ahead) > 0:
        return "code"
    return "pixels" if max(ahead) < 0 else "neither"
