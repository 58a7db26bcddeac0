"""What a question is, how an answer is marked, and where to ask the next one."""
import math
import random
from collections.abc import Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

Place = TypeVar("Place", bound=Hashable)
AGAIN = 3  # every third question is one that was answered wrongly


@dataclass(frozen=True)
class Trap:
    """A wrong answer that people often give, and what went wrong."""

    value: float  # for choices, the index of the wrong one
    reason: str


@dataclass(frozen=True)
class Question:
    """What is asked before the number is shown."""

    text: str
    answer: float  # for choices, the index of the right one
    choices: tuple[str, ...]  # empty: a number is typed
    traps: tuple[Trap, ...]
    calculation: str
    tolerance: float  # so far from the answer is still right: what is shown is rounded
    percent: bool = False  # 75 is as right as 0.75


@dataclass(frozen=True)
class Mark:
    """Right or not, and why."""

    right: bool
    reason: str


def posed(
    text: str, answer: float, traps: Iterable[Trap], calculation: str, tolerance: float,
    choices: tuple[str, ...] = (), percent: bool = False,
) -> Question:  # fmt: skip
    """A question without the traps that are as good as right, or that cannot be told from one before."""
    plain = Question(text, float(answer), choices, (), calculation, tolerance, percent)
    kept = []
    for trap in traps:
        others = [plain.answer, *(other.value for other in kept)]
        nearest = min(min(_off(plain, trap.value, other), _off(plain, other, trap.value)) for other in others)
        if math.isfinite(trap.value) and nearest > tolerance:
            kept.append(trap)
    return replace(plain, traps=tuple(kept))


def mark(question: Question, given: float) -> Mark:
    """The reason is the calculation; if the answer walked into a trap, what went wrong stands before it."""
    if _off(question, given, question.answer) <= question.tolerance:
        return Mark(True, question.calculation)
    blur = 0.01 if question.tolerance else 0.0  # rounded numbers lead into a trap, too; counts are exact
    near = [t for t in question.traps if _off(question, given, t.value) <= max(question.tolerance, blur * abs(t.value))]
    reasons = [min(near, key=lambda trap: _off(question, given, trap.value)).reason] if near else []
    return Mark(False, " ".join([*reasons, question.calculation]))


def another(places: Sequence[Place], now: Place, missed: Collection[Place], turn: int) -> Place:
    """Where to ask next: somewhere else by chance, the same in every class; every third time where it went wrong."""
    dice, elsewhere = random.Random(turn), [place for place in places if place != now]
    again = [place for place in elsewhere if place in missed] if turn % AGAIN == 0 else []
    return dice.choice(again or elsewhere or list(places))


def _off(question: Question, given: float, value: float) -> float:
    """How far from a value; where percent are allowed, in the nearer of both readings."""
    return min(abs(given - value), abs(given / 100 - value)) if question.percent else abs(given - value)


def tolerance(answer: float, rounded: float = 0.0) -> float:
    """One percent, or as far off as the shown numbers lead; never quite nothing, as computers round, too."""
    return max(0.01 * abs(answer), rounded, 1e-9)


def ratio(part: float, whole: float) -> float:
    """part / whole; nan, which no trap may be, if there is nothing to divide by."""
    return part / whole if whole else math.nan
