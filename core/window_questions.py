"""Questions about a window: what its products add up to, what their mean is, and which number is the largest."""
import math

import numpy as np

from core.arithmetic import Explanation
from core.numerals import added, equals, listed, read, shown, slack, sum_of_shown, tidy
from core.quiz import Question, Trap, posed, ratio, tolerance

FEW = 9  # so many numbers are listed in a question, more are summed up


def about_sum(explanation: Explanation) -> Question:
    """The products and the bias of a window, added up; one product is multiplied, too."""
    terms, bias, count = explanation.products.tolist(), explanation.bias, len(explanation.products)
    if count == 1:
        return _about_product(explanation)
    total, answer = tidy(sum(terms), terms), tidy(explanation.result, [*terms, bias])
    few, told = _in_few(terms, total, bias)
    parts, text = [*few, bias], f"{told}, and the bias is {shown(bias)}."
    traps = [
        *_bias_traps(total, bias, "bias"),
        Trap(sum(explanation.values.tolist()) + bias, "The values went in without their weights."),
        Trap(sum(map(abs, parts)), "Minus signs have got lost."),
    ]
    if explanation.kind == "add":
        parts, text = terms, f"These {count} numbers are added: {listed(terms)}."
        traps = [Trap(math.prod(terms), "The numbers were multiplied; they are added."), traps[-1]]
    calculation = f"{added(parts)} {equals(sum_of_shown(parts), answer)} {shown(answer)}"
    return posed(f"{text} What comes out?", answer, traps, calculation, tolerance(answer, slack(parts)))


def _in_few(terms: list[float], total: float, bias: float) -> tuple[list[float], str]:
    """Some numbers that are to be added, and what they are; never the answer itself."""
    count = len(terms)
    if count <= FEW:
        return terms, f"The {count} products are {listed(terms)}"
    if shown(total + bias) != shown(total):
        return [total], f"The {count:,} products add up to {shown(total)}"
    gains, losses = (sum(term for term in terms if sign * term > 0) for sign in (1, -1))
    if gains and losses:
        told = f"Of the {count:,} products, those above 0 add up to {shown(gains)}, those below 0 to {shown(losses)}"
        return [gains, losses], told
    halves = [sum(terms[: count // 2]), sum(terms[count // 2 :])]
    return halves, f"The {count:,} products, added up in two halves, make {listed(halves)}"


def _about_product(explanation: Explanation) -> Question:
    value, weight, bias = explanation.values.item(), explanation.weights.item(), explanation.bias
    product, answer = explanation.products.item(), tidy(explanation.result, [explanation.products.item(), bias])
    name = "constant" if explanation.kind == "BatchNorm2d" else "bias"
    traps = [
        *_bias_traps(product, bias, name),
        Trap(value + bias, "The value went in without its weight."),
        Trap(value + weight + bias, "The weight was added; it is multiplied."),
        Trap(abs(product) + abs(bias), "Minus signs have got lost."),
    ]
    by_hand, factors = read(shown(value)) * read(shown(weight)), " × ".join(map(_factor, (value, weight)))
    calculation = f"{factors} + {_factor(bias)} {equals(by_hand + read(shown(bias)), answer)} {shown(answer)}"
    text = f"x = {shown(value)} has the weight {shown(weight)}, and the {name} is {shown(bias)}. What comes out?"
    return posed(text, answer, traps, calculation, tolerance(answer, abs(by_hand - product) + slack([bias])))


def _bias_traps(total: float, bias: float, name: str) -> list[Trap]:
    return [
        Trap(total, f"The {name} is missing."),
        Trap(total - bias, f"The {name} was subtracted; it is added."),
        Trap(total * bias, f"The {name} was multiplied; it is added."),
    ]


def about_mean(explanation: Explanation) -> Question:
    """The mean of a window."""
    terms, count, inside = explanation.values.tolist(), explanation.values.size, explanation.inside.sum().item()
    total, answer = tidy(sum(terms), terms), tidy(explanation.result, terms)
    text, parts, left = f"The window sees {listed(terms)}.", terms, f"({added(terms)})"
    if count > FEW:
        text, parts, left = f"The {count:,} numbers in the window add up to {shown(total)}.", [total], shown(total)
    traps = [
        Trap(total, f"This is the sum; it has still to be divided by {count:,}."),
        Trap(max(terms), "This is the largest; max pooling would give it."),
        Trap(ratio(total, inside), f"The zeros of the padding count, too: divide by {count:,}."),
    ]
    calculation = f"{left} / {count:,} {equals(sum_of_shown(parts) / count, answer)} {shown(answer)}"
    text = f"{text} What comes out of average pooling?"
    return posed(text, answer, traps, calculation, tolerance(answer, slack(parts) / count))


def about_max(explanation: Explanation) -> Question:
    """The largest of a window: which one it is, or what it is."""
    values, texts = explanation.values.tolist(), [shown(value) for value in explanation.values]
    if len(values) > FEW:
        return _about_largest_of_rows(explanation)
    least, most, calculation = min(values), max(values), f"max({', '.join(texts)}) = {shown(max(values))}"
    flipped = -least > abs(most)
    low = "Its size is the largest, but below zero that makes it the smallest." if flipped else "This is the smallest."
    if texts.count(shown(most)) == 1:
        choices = tuple(f"{name}: {text}" for name, text in zip(_names(explanation.sources), texts, strict=True))
        traps = [Trap(float(index), low) for index, value in enumerate(values) if value == least]
        text = f"Max pooling looks at these {len(values)} numbers. Which one wins?"
        return posed(text, values.index(most), traps, calculation, 0.0, choices)
    traps = [Trap(least, low), *_other_than_max(values)]
    text = f"The window sees {listed(values)}. What comes out of max pooling?"
    return posed(text, most, traps, calculation, tolerance(most))


def _about_largest_of_rows(explanation: Explanation) -> Question:
    values, rows, answer = explanation.values, explanation.sources[:, 1], float(explanation.values.max())
    best = [float(values[rows == row].max()) for row in np.unique(rows)]
    traps = [
        Trap(min(best), "This is the smallest of them; the largest goes on."),
        Trap(float(values.min()), "This is the smallest of all."),
        *_other_than_max(values.tolist()),
    ]
    text = (
        f"The window sees {len(values):,} numbers, in {len(best)} rows; the largest of each row are {listed(best)}. "
        "What comes out of max pooling?"
    )
    return posed(text, answer, traps, f"max({', '.join(map(shown, best))}) = {shown(answer)}", tolerance(answer))


def _other_than_max(values: list[float]) -> list[Trap]:
    return [
        Trap(sum(values) / len(values), "This is the mean; average pooling would give it."),
        Trap(sum(values), "This is the sum; nothing is added here."),
        Trap(abs(min(values)), "Only the size is left, without the minus sign."),
    ]


def _names(sources: np.ndarray) -> list[str]:
    """Where each cell lies in its window; sources are (T, 3) channel, row, column."""
    rows, columns = (sorted(set(sources[:, axis].tolist())) for axis in (1, 2))
    places = [(rows.index(row), columns.index(column)) for _, row, column in sources.tolist()]
    if len(rows) == len(columns) == 2:
        return [f"{('top', 'bottom')[row]} {('left', 'right')[column]}" for row, column in places]
    return [f"row {row + 1}, column {column + 1}" for row, column in places]


def _factor(value: float) -> str:
    return f"({shown(value)})" if value < 0 else shown(value)
