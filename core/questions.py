"""Predict, then reveal: questions made of today's numbers, and what a wrong answer may have come from."""
import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from core.arithmetic import Explanation
from core.examples import output_size_formula
from core.explain import CURVES
from core.numerals import added, equals, listed, read, shown, slack, sum_of_shown, tidy
from core.ops import ACTIVATIONS, Window

FEW = 9  # so many numbers are listed in a question, more are summed up
AVERAGES = ("AvgPool2d", "AdaptiveAvgPool2d")  # kinds of steps
CURVE_RULES = {  # of ops.ACTIVATIONS, in words
    "none": "nothing is done to it",
    "ReLU": "what is above 0 stays, the rest becomes 0",
    "leaky ReLU": "what is above 0 stays, of the rest a hundredth is left",
    "ReLU6": "what lies between 0 and 6 stays, less becomes 0 and more becomes 6",
    "sigmoid": "1 / (1 + exp(−x))",
    "tanh": "(exp(x) − exp(−x)) / (exp(x) + exp(−x))",
    "GELU": "x times the share of a bell curve below x, 0.5 × x × (1 + erf(x / √2))",
}


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


def mark(question: Question, given: float) -> Mark:
    """The reason is the calculation; if the answer walked into a trap, what went wrong stands before it."""
    if _off(question, given, question.answer) <= question.tolerance:
        return Mark(True, question.calculation)
    blur = 0.01 if question.tolerance else 0.0  # rounded numbers lead into a trap, too; counts are exact
    near = [t for t in question.traps if _off(question, given, t.value) <= max(question.tolerance, blur * abs(t.value))]
    reasons = [min(near, key=lambda trap: _off(question, given, trap.value)).reason] if near else []
    return Mark(False, " ".join([*reasons, question.calculation]))


def about_output(explanation: Explanation) -> Question:
    """What comes out, or which cell wins; ValueError if the numbers are not finite."""
    if not np.isfinite([*explanation.values, *explanation.products, explanation.result]).all():
        raise ValueError(f"not all numbers of {explanation.step} are finite there, so nothing can be predicted")
    passes = explanation.rule == "sum" and explanation.weights.tolist() == [1] and explanation.bias == 0
    rule = "curve" if passes else "mean" if explanation.kind in AVERAGES else explanation.rule
    return MAKERS[rule](explanation)


def about_size(length: int, window: Window) -> Question:
    """How many positions a window has along a side; ValueError if it does not fit."""
    count, stride, padding = window.out(length), window.stride, window.padding
    room = length + 2 * padding - window.reach
    slips = {
        "The + 1 is missing: the first position counts, too.": count - 1,
        "The padding is missing.": (length - window.reach) // stride + 1,
        "The padding is on both sides, so it counts twice.": (room - padding) // stride + 1,
        "The stride is missing.": room + 1,
        f"The dilation is missing: the window reaches over {window.reach} cells.": (
            (length + 2 * padding - window.size) // stride + 1
        ),
        "Only whole positions count: round down.": room / stride + 1,
        "The last position has to fit as a whole: round down.": -(-room // stride) + 1,
        "This is as long as the input.": length,
    }
    cells, dilation = "cell" if length == 1 else "cells", f"dilation {window.dilation}, " if window.dilation > 1 else ""
    steps = f"with {dilation}stride {stride} and padding {padding}"
    text = f"A window of {window.size} slides over {length} {cells} {steps}. How many positions are there?"
    traps = [Trap(float(value), reason) for reason, value in slips.items() if value >= 0]
    return _question(text, count, traps, output_size_formula(length, window), tolerance=0.0)


# ---- one maker for each rule -----------------------------------------------------------------------------------------


def _about_sum(explanation: Explanation) -> Question:
    terms, bias, count = explanation.products.tolist(), explanation.bias, len(explanation.products)
    total, answer = tidy(sum(terms), terms), tidy(explanation.result, [*terms, bias])
    name = "constant" if explanation.kind == "BatchNorm2d" else "bias"
    parts, text = [*(terms if count <= FEW else [total]), bias], f"The product is {shown(total)} and"
    if count > 1:
        text = f"The {count} products are {listed(terms)}, and"
    if count > FEW:
        text = f"The {count:,} products add up to {shown(total)} and"
    text = f"{text} the {name} is {shown(bias)}."
    bare = "The value went in without its weight." if count == 1 else "The values went in without their weights."
    traps = [
        Trap(total, f"The {name} is missing."),
        Trap(total - bias, f"The {name} was subtracted; it is added."),
        Trap(total * bias, f"The {name} was multiplied; it is added."),
        Trap(sum(explanation.values.tolist()) + bias, bare),
        Trap(sum(map(abs, parts)), "Minus signs have got lost."),
    ]
    if explanation.kind == "add":
        parts, text = terms, f"These {count} numbers are added: {listed(terms)}."
        traps = [Trap(math.prod(terms), "The numbers were multiplied; they are added."), traps[-1]]
    calculation = f"{added(parts)} {equals(sum_of_shown(parts), answer)} {shown(answer)}"
    return _question(f"{text} What comes out?", answer, traps, calculation, _tolerance(answer, slack(parts)))


def _about_mean(explanation: Explanation) -> Question:
    terms, count, inside = explanation.values.tolist(), explanation.values.size, explanation.inside.sum().item()
    total, answer = tidy(sum(terms), terms), tidy(explanation.result, terms)
    text, parts, left = f"The window sees {listed(terms)}.", terms, f"({added(terms)})"
    if count > FEW:
        text, parts, left = f"The {count:,} numbers in the window add up to {shown(total)}.", [total], shown(total)
    traps = [
        Trap(total, f"This is the sum; it has still to be divided by {count:,}."),
        Trap(max(terms), "This is the largest; max pooling would give it."),
        Trap(_ratio(total, inside), f"The zeros of the padding count, too: divide by {count:,}."),
    ]
    calculation = f"{left} / {count:,} {equals(sum_of_shown(parts) / count, answer)} {shown(answer)}"
    text = f"{text} What comes out of average pooling?"
    return _question(text, answer, traps, calculation, _tolerance(answer, slack(parts) / count))


def _about_max(explanation: Explanation) -> Question:
    values, texts = explanation.values.tolist(), [shown(value) for value in explanation.values]
    least, most, count = min(values), max(values), len(values)
    flipped = -least > abs(most)
    low = "Its size is the largest, but below zero that makes it the smallest." if flipped else "This is the smallest."
    calculation = f"max({', '.join(texts)}) = {shown(most)}" if count <= FEW else f"The largest is {shown(most)}."
    if 1 < count <= FEW and texts.count(shown(most)) == 1:
        choices = tuple(f"{name}: {text}" for name, text in zip(_names(explanation.sources), texts, strict=True))
        traps = [Trap(float(index), low) for index, value in enumerate(values) if value == least]
        text = f"Max pooling looks at these {count} numbers. Which one wins?"
        return _question(text, values.index(most), traps, calculation, 0.0, choices)
    text, mean = f"The window sees {listed(values)}.", sum(values) / count
    if count > FEW:
        seen = f"the smallest is {shown(least)}, the largest {shown(most)} and the mean {shown(mean)}"
        text = f"Of the {count:,} numbers in the window {seen}."
    traps = [
        Trap(least, low),
        Trap(mean, "This is the mean; average pooling would give it."),
        Trap(sum(values), "This is the sum; nothing is added here."),
        Trap(abs(least), "Only the size is left, without the minus sign."),
    ]
    text = f"{text} What comes out of max pooling?"
    return _question(text, most, traps, calculation, _tolerance(most))


def _about_curve(explanation: Explanation) -> Question:
    name = CURVES.get(explanation.kind, explanation.kind) if explanation.rule == "curve" else "none"
    x, y = explanation.values.item(), explanation.result
    text, left, rule = f"x = {shown(x)} goes into {name}", f"{name}({shown(x)})", CURVE_RULES[name]
    if name == "none":
        text, left = f"x = {shown(x)} comes to a step that changes nothing", "x"
    elif name in ("sigmoid", "tanh", "GELU"):
        text = f"{text}: {rule}"
    others = [other for other in ACTIVATIONS if "none" not in (other, name)]
    traps = [
        Trap(x, "This is x unchanged."),
        Trap(-x, "This is x with its sign turned." if x > 0 else "This is the size of x, without its minus sign."),
        *[Trap(_through(other, x), f"This is what {other} would give.") for other in others],
        Trap(_through(name, -x), f"This is what comes out for {shown(-x)}: the sign of x has got lost."),
        Trap(0.0, "Nothing becomes exactly 0 here."),
    ]
    if name == "ReLU6":
        traps.append(Trap(6.0, "6 is only where ReLU6 stops."))
    calculation = f"{left} {equals(_through(name, read(shown(x))), y)} {shown(y)}: {rule}."
    # x to four digits gives every curve to 1 %
    return _question(f"{text}. What comes out?", y, traps, calculation, _tolerance(y))


def _about_share(explanation: Explanation) -> Question:
    own, total, answer = explanation.unit[0], explanation.sum, explanation.result
    power, logit, logits = explanation.products[own].item(), explanation.values[own].item(), explanation.values
    text = (
        f"exp(z − largest z) is {shown(power)} for this class and {shown(total)} for all classes together. "
        "Which share does this class get, from 0 to 1 (or in %)? Three decimals are enough."
    )
    traps = [
        Trap(power, "This is exp itself; it has still to be divided by the sum over all classes."),
        Trap(logit, "This is the logit z itself; exp comes first, then the share."),
        Trap(_ratio(logit, logits.sum().item()), "This is the share of the logits; exp comes first."),
        Trap(_ratio(power, total - power), "The sum is over all classes, this one included."),
        Trap(_ratio(total, power), "This is the sum divided by exp: upside down."),
        Trap(1 / logits.size, "The classes get equal shares only if their logits are equal."),
    ]
    calculation = f"{shown(power)} / {shown(total)} "
    calculation += f"{equals(read(shown(power)) / read(shown(total)), answer)} {shown(answer)}"
    return _question(text, answer, traps, calculation, max(0.01 * answer, 0.0005), percent=True)


MAKERS = {"sum": _about_sum, "mean": _about_mean, "max": _about_max, "curve": _about_curve, "softmax": _about_share}


def _question(text, answer, traps: Iterable[Trap], calculation, tolerance, choices=(), percent=False) -> Question:
    """Without the traps that are as good as right, or that cannot be told from one before."""
    plain = Question(text, float(answer), choices, (), calculation, tolerance, percent)
    kept = []
    for trap in traps:
        others = [plain.answer, *(other.value for other in kept)]
        nearest = min(min(_off(plain, trap.value, other), _off(plain, other, trap.value)) for other in others)
        if math.isfinite(trap.value) and nearest > tolerance:
            kept.append(trap)
    return replace(plain, traps=tuple(kept))


def _off(question: Question, given: float, value: float) -> float:
    """How far from a value; where percent are allowed, in the nearer of both readings."""
    return min(abs(given - value), abs(given / 100 - value)) if question.percent else abs(given - value)


def _names(sources: np.ndarray) -> list[str]:
    """Where each cell lies in its window; sources are (T, 3) channel, row, column."""
    rows, columns = (sorted(set(sources[:, axis].tolist())) for axis in (1, 2))
    places = [(rows.index(row), columns.index(column)) for _, row, column in sources.tolist()]
    if len(rows) == len(columns) == 2:
        return [f"{('top', 'bottom')[row]} {('left', 'right')[column]}" for row, column in places]
    return [f"row {row + 1}, column {column + 1}" for row, column in places]


def _tolerance(answer: float, rounded: float = 0.0) -> float:
    """One percent, or as far off as the shown numbers lead; never quite nothing, as computers round, too."""
    return max(0.01 * abs(answer), rounded, 1e-9)


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else math.nan


def _through(name: str, x: float) -> float:
    return float(ACTIVATIONS[name](np.float64(x)))
