"""Logits and the shares that softmax makes of them: what is at hand, what is listed, and what is worth a question."""
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core import arithmetic, ops
from core.arithmetic import Explanation
from pages.shared import link

BEST = 12  # classes that are listed where there are more
LIKELY, FEW = 0.001, 4  # questions are about classes with more than that, or about the best few


@dataclass(frozen=True)
class Logits:
    """The numbers that are shared out, and the class at hand."""

    values: np.ndarray  # (K,) float64
    labels: Sequence[str]
    at: int
    key: str  # what they are the logits of
    layer: str = ""  # the layer of the network in hand that gives them
    expected: np.ndarray | None = None  # (K,) what should come out

    def go(self, at: int) -> None:
        """Another class is at hand."""
        link.go(**({"layer": self.layer} if self.layer else {}), map=at)

    @property
    def listed(self) -> list[int]:
        """The classes that are listed: all, or the best and the one at hand."""
        return listed(self.values, self.at)


@dataclass(frozen=True)
class Share:
    """The probability of the class at hand, and the settings that it was computed with."""

    logits: Logits
    temperature: float
    more: int  # added to all logits

    @property
    def values(self) -> np.ndarray:
        """(K,) all logits as they are shared out."""
        return self.logits.values + self.more

    @property
    def explanation(self) -> Explanation:
        """The probability, taken apart."""
        return arithmetic.softmax(self.values, self.logits.at, self.temperature).at(0, 0)

    @property
    def about(self) -> str:
        """What a question about it is remembered by."""
        return f"{self.logits.key}/{self.logits.at}/{self.temperature}/{self.more}"


def listed(values: np.ndarray, at: int) -> list[int]:
    """All of some values in their order, or the largest and the one at hand where there are many."""
    if len(values) <= BEST:
        return list(range(len(values)))
    best = np.argsort(-values, kind="stable").tolist()
    return [one for place, one in enumerate(best) if place < BEST or one == at]


def likely(share: Share) -> list[int]:
    """The classes that can be told from nothing, the best first."""
    probabilities = ops.softmax(share.values, share.temperature)
    count = max(FEW, np.count_nonzero(probabilities > LIKELY))
    return np.argsort(-probabilities, kind="stable")[: min(count, BEST)].tolist()


def extent(listed: list[int], count: int) -> str:
    """How many are listed, in words."""
    return f"all {count:,}" if len(listed) == count else f"the best {BEST} of {count:,}"
