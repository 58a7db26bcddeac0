"""Where a slope comes from, in words: one sentence for each step that a number feeds."""
import numpy as np

from core.backwards import Backward
from core.trace import Place
from pages.shared import words

SHAPE = {"score": "the score", "cross-entropy": "the cross-entropy", "squared error": "½ squared error"}
BEGINS = {
    "score": "Here the way back begins: the slope of a score along itself is 1, along every other score 0.",
    "cross-entropy": "Here the way back begins. The slope along a score is its probability, less 1 for the target.",
    "squared error": "Here the way back begins. The slope along an output is the output, less 1 for the target.",
}


def of(shape: str, label: str) -> str:
    """What the slopes are slopes of, "the score of tiger cat"."""
    return f"{SHAPE[shape]} of {label}" if shape == "score" else f"{SHAPE[shape]}, target {label}"


def named(step: str, place: tuple[int, ...], vector: bool, labels: tuple[str, ...] | None) -> str:
    """A number by its place, "Module 2 pool, map 3, row 4, column 5"; a class by its label."""
    if vector:
        label = f" ({labels[place[0]]})" if labels else ""
        return f"{words.full_name(step)}, unit {place[0]}{label}"
    return f"{words.full_name(step)}, map {place[0]}, row {place[1]}, column {place[2]}"


def told(found: Backward, places: dict[str, Place]) -> list[str]:
    """How the slope came here, a sentence for each step that it came through."""
    if not found.consumers:
        fed = [place.kind for place in places.values() if found.step in place.sources]
        why = "No window covers this cell" if fed else "Nothing uses this number"
        return [f"{why}, so nothing comes back: its slope is 0."]
    consumers = np.array(found.consumers)
    sentences = []
    for name in dict.fromkeys(found.consumers):
        slopes = found.slopes[consumers == name]
        if name not in places:
            sentences.append(BEGINS[name])
            continue
        sentences.append(SENTENCES[places[name].kind](_capital(words.full_name(name)), slopes))
    if len(sentences) > 1:
        sentences.append("The number went two ways, so both slopes add up.")
    return sentences


def _capital(name: str) -> str:
    return f"{name[0].upper()}{name[1:]}"


def _pooled(name: str, slopes: np.ndarray) -> str:
    won, seen = int((slopes == 1).sum()), len(slopes)
    if seen == 1:
        result = "won the one window that saw it, so it gets" if won else "lost in the one window that saw it: not"
        return f"{name} takes the largest. This cell {result} its slope."
    if won:
        return f"{name} takes the largest. It won {won} of the {seen} windows that saw it, and gets their slopes."
    return f"{name} takes the largest. This cell won none of the {seen} windows that saw it: nothing comes back."


def _gated(name: str, slopes: np.ndarray) -> str:
    if slopes.item() == 1:
        return f"{name} lets this number through: the gate is open, and the slope passes as it is."
    return f"{name} cut this number off: the gate is shut, and nothing comes back."


def _spread(name: str, slopes: np.ndarray) -> str:
    often = "once" if len(slopes) == 1 else f"{len(slopes):,} times"
    return f"{name} used this number {often}, each time with its own weight: each slope there comes back × that weight."


def _heard(name: str, slopes: np.ndarray) -> str:
    return f"All {len(slopes):,} units of {name} hear this number: each sends its slope back × its weight."


def _scaled(name: str, slopes: np.ndarray) -> str:
    return f"{name} multiplied this map by {words.number(slopes.item())}, so the slope comes back × that."


def _averaged(name: str, slopes: np.ndarray) -> str:
    cells = round(1 / slopes[0])
    return f"{name} takes the mean of {cells} cells: each gets 1/{cells} of the slope, wherever it is."


def _passed(name: str, _: np.ndarray) -> str:
    return f"{name} only hands the number on, so the slope comes back as it is."


def _added(name: str, _: np.ndarray) -> str:
    return f"{name}: a sum passes the slope on unchanged, to both that it adds."


SENTENCES = {
    "Conv2d": _spread,
    "BatchNorm2d": _scaled,
    "ReLU": _gated,
    "ReLU6": _gated,
    "MaxPool2d": _pooled,
    "AdaptiveAvgPool2d": _averaged,
    "ZeroPad2d": _passed,
    "Flatten": _passed,
    "Linear": _heard,
    "add": _added,
}
