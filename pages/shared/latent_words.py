"""What LeNet makes of the walk and of the rebuilt picture on the Latent space page, in sentences."""
import numpy as np

from core import latent, quality, strange
from core.latent import Decoded
from pages.shared import words
from pages.shared.latent_place import DRAWN, ENDS, End


def empty(title: str) -> str:
    """A picture of that title has no ink, so that there is nothing to encode."""
    if title == ENDS[DRAWN]:
        return "**The paper is empty**: draw a digit on it."
    return "**No ink is found** in this picture: choose a digit in the row at the top, or draw one."


def no_walk(ends: tuple[End, End]) -> str:
    """Why there is no walk; "" if there is one."""
    missing = [end.title for end in ends if end.code is None]
    if ENDS[DRAWN] in missing:
        return "The paper is empty: draw a digit on it, and the walk begins."
    return "No ink is found in the picture in hand: choose another one, and the walk begins." if missing else ""


def reading(found: Decoded) -> str:
    """What LeNet takes the first of the pictures for."""
    return f"LeNet takes it for {words.a_digit(found.labels[0])}, {words.percent(float(found.chances[0]))}."


def story(ends: tuple[End, End], found: Decoded) -> str:
    """Which digits the walk passes, and whether its ends are still the digits that they were."""
    told = [_lost(*end, found.codes.shape[1]) for end in zip("AB", ends, found.labels[[0, -1]], strict=True)]
    others, unsure = latent.passed(found), int((~found.sure).sum())
    if others:
        told.append(f"On the way it passes what LeNet reads as {_listed(others)}.")
    else:
        verb = "reads" if np.isin(found.labels, found.labels[[0, -1]]).all() else "is sure of"
        told.append(f"On the way LeNet {verb} no other digit.")
    if unsure:
        told.append(f"It is unsure (?, below {100 * latent.SURE:.0f} %) of {unsure} of {len(found.sure)} pictures.")
    return " ".join(filter(None, told))


def _lost(letter: str, end: End, label: int, count: int) -> str:
    if end.digit in (None, label):
        return ""
    return f"Rebuilt, the {end.digit} at {letter} is read as {words.a_digit(label)}: {_why(count)}."


def _why(count: int) -> str:
    return "two numbers are too few for every digit" if count == 2 else "its code has not kept enough"


def _listed(digits: list[int]) -> str:
    *most, last = map(words.a_digit, digits)
    return f"{', '.join(most)} and {last}" if most else last


def rebuilt(read: Decoded, errors: np.ndarray) -> str:
    """Whether LeNet reads in what comes out what went in; `read`: both; `errors`: those of the test digits, (N,)."""
    (before, after), chances = map(words.a_digit, read.labels), [words.percent(float(p)) for p in read.chances]
    if not read.sure[0]:
        told = f"LeNet is sure of no digit in what goes in, but takes what comes out for {after}, {chances[1]}"
    elif read.labels[0] == read.labels[1]:
        told = f"LeNet reads {before} in what goes in ({chances[0]}) and in what comes out ({chances[1]})"
    else:
        told = f"LeNet reads {before} in what goes in ({chances[0]}), but {after} in what comes out ({chances[1]})"
    beyond = strange.below(errors, quality.mse(*read.images))
    ranked = f"The error is larger than on {words.percent(beyond)} of the {len(errors):,} test digits"
    if beyond > strange.UNUSUAL:
        return f"{told}. {ranked}: to this network it is no digit. Choose one in the row at the top, or draw one."
    kept = not read.sure[0] or read.labels[0] == read.labels[1]
    return f"{told}. {ranked}." if kept else f"{told}: {_why(read.codes.shape[1])}. {ranked}."
