"""Predict, then reveal, on the way back: what slope arrives, and what a wrong answer may have come from."""
from collections.abc import Mapping

import numpy as np

from core.backwards import Backward
from core.numerals import added, equals, listed, read, shown, slack, sum_of_shown, tidy
from core.quiz import Question, Trap, posed, ratio, tolerance

FEW = 6  # so many terms are listed in a question, more are summed up
GATES = ("ReLU", "ReLU6")
MINUS = "Minus signs have got lost."


def about_slope(found: Backward, value: float, kinds: Mapping[str, str]) -> Question:
    """Which slope comes back to a number with that value; `kinds` has the kind of each step that it may feed."""
    consumers = list(dict.fromkeys(found.consumers))
    if not consumers:
        text = "No window of the next layer sees this number. Which slope comes back to it?"
        return posed(text, 0.0, [Trap(1.0, "1 would pass a slope on; nothing is there to pass one.")], _nobody(), 1e-9)
    if len(consumers) > 1:
        return _about_ways(found, consumers)
    kind = kinds.get(consumers[0])
    if kind is None:
        return _about_aim(found, consumers[0], value)
    if kind in GATES:
        return _about_gate(found, value, 6.0 if kind == "ReLU6" else np.inf)
    if kind == "MaxPool2d":
        return _about_winner(found)
    return _about_product(found) if len(found.products) == 1 else _about_sum(found)


def _nobody() -> str:
    return "What nobody uses changes nothing: its slope is 0."


def _about_gate(found: Backward, value: float, top: float) -> Question:
    upstream, answer = found.upstream.item(), found.sum
    name, limits = ("ReLU", "above 0") if top == np.inf else ("ReLU6", "between 0 and 6")
    is_open = 0 < value < top
    text = (
        f"x = {shown(value)} goes into {name}, and the slope behind {name} is {shown(upstream)}. "
        "Which slope comes back to x?"
    )
    traps = [
        Trap(upstream, f"x is not {limits}, so the gate is shut: the slope behind it does not come through."),
        Trap(0.0, f"x is {limits}, so the gate is open."),
        Trap(value, "This is x itself."),
        Trap(value * upstream, "The local slope of an open gate is 1, not x."),
        Trap(-upstream, "A gate turns no signs."),
    ]
    gate = "open: the slope passes as it is" if is_open else "shut: nothing comes back"
    calculation = f"The gate is {gate}. {shown(upstream)} × {int(is_open)} = {shown(answer)}."
    return posed(text, answer, traps, calculation, tolerance(answer, slack([upstream])))


def _about_winner(found: Backward) -> Question:
    won = found.upstream[found.slopes == 1].tolist()
    lost = found.upstream[found.slopes == 0].tolist()
    answer = tidy(found.sum, found.products.tolist())
    count = "One window" if len(found.upstream) == 1 else f"{len(found.upstream)} windows"
    told = [f"It is the largest where the slope behind is {listed(won)}." if won else "It is the largest in none."]
    told += [f"It is not where the slope behind is {listed(lost)}."] if lost else []
    text = f"{count} of max pooling saw this number. {' '.join(told)} Which slope comes back to it?"
    every = sum(won) + sum(lost)
    traps = [
        Trap(every, "Only the winner of a window gets its slope; this number lost some."),
        Trap(every / 4, "Max pooling does not share a slope out as an average would."),
        Trap(0.0, "It won a window, so it gets the slope of that window."),
        Trap(float(sum(map(abs, won))), MINUS),
    ]
    calculation = f"{added(won)} = {shown(answer)}: what it won." if won else "It won nothing: nothing comes back, 0."
    return posed(text, answer, traps, calculation, tolerance(answer, slack(won or [0.0])))


def _about_product(found: Backward) -> Question:
    upstream, local, answer = found.upstream.item(), found.slopes.item(), found.sum
    text = f"The slope behind is {shown(upstream)}, the local slope {shown(local)}. Which slope comes back?"
    traps = [
        Trap(upstream, "The local slope still multiplies it."),
        Trap(local, "This is the local slope alone."),
        Trap(upstream + local, "They were added; the chain rule multiplies."),
        Trap(ratio(upstream, local), "It was divided by the local slope; the chain rule multiplies."),
        Trap(-answer, MINUS),
    ]
    by_hand = read(shown(upstream)) * read(shown(local))
    calculation = f"{shown(upstream)} × {_factor(local)} {equals(by_hand, answer)} {shown(answer)}"
    return posed(text, answer, traps, calculation, tolerance(answer, abs(by_hand - answer)))


def _about_sum(found: Backward) -> Question:
    """Upstream × weight, added up over all that the number feeds."""
    products, answer = found.products.tolist(), tidy(found.sum, found.products.tolist())
    count = len(products)
    if count <= FEW:
        parts, told = products, f"upstream × weight is {listed(products)}"
    else:
        parts = [sum(product for product in products if sign * product > 0) for sign in (1, -1)]
        gains, losses = map(shown, parts)
        told = f"those of the products upstream × weight above 0 add up to {gains}, those below 0 to {losses}"
    traps = [
        Trap(sum(map(abs, parts)), MINUS),
        Trap(answer / count, "This is the mean; slopes of all ways add up."),
        Trap(max(parts, key=abs), "The other ways count, too: all slopes add up."),
        Trap(found.upstream.sum().item(), "The slopes came back without their weights."),
    ]
    text = f"This number was used {count:,} times: {told}. Which slope comes back to it?"
    calculation = f"{added(parts)} {equals(sum_of_shown(parts), answer)} {shown(answer)}"
    return posed(text, answer, traps, calculation, tolerance(answer, slack(parts)))


def _about_ways(found: Backward, consumers: list[str]) -> Question:
    names = np.array(found.consumers)
    parts = [found.products[names == name].sum().item() for name in consumers]
    answer = tidy(found.sum, parts)
    text = f"This number goes {len(consumers)} ways, and {listed(parts)} come back. What is its slope?"
    traps = [
        Trap(float(np.prod(parts)), "They were multiplied; slopes of several ways add up."),
        Trap(sum(parts) / len(parts), "This is the mean; slopes of several ways add up."),
        Trap(max(parts, key=abs), "The other way counts, too."),
        Trap(sum(map(abs, parts)), MINUS),
    ]
    calculation = f"{added(parts)} {equals(sum_of_shown(parts), answer)} {shown(answer)}"
    return posed(text, answer, traps, calculation, tolerance(answer, slack(parts)))


def _about_aim(found: Backward, aim: str, value: float) -> Question:
    """At the end of the network: the slope along one of its outputs."""
    answer = found.sum
    if aim == "score":
        chosen = answer == 1
        text = f"These are slopes of {'this very' if chosen else 'another'} score. What is the slope along this one?"
        traps = [Trap(value, "This is the output itself."), Trap(1.0 - answer, "A score changes with itself alone.")]
        return posed(text, answer, traps, f"d score / d output = {shown(answer)}.", 1e-9)
    target = float(answer < 0) if aim == "cross-entropy" else float(round(value - answer))
    is_share = aim == "cross-entropy"
    known, name = (answer + target, "softmax gives it the probability") if is_share else (value, "it is")
    text = f"This class {'is the' if target else 'is not the'} target ({target:g}), and {name} {shown(known)}. "
    traps = [
        Trap(known, "The target has still to be taken away."),
        Trap(-answer, "It is the other way round: output less target."),
        Trap(1 - known, "It is the other way round: output less target."),
        Trap(known + target, "The target is taken away, not added."),
    ]
    calculation = f"{shown(known)} − {target:g} {equals(read(shown(known)) - target, answer)} {shown(answer)}"
    question = f"{text}Which slope has the {'cross-entropy' if is_share else '½ squared error'} along it?"
    return posed(question, answer, traps, calculation, tolerance(answer, slack([known])))


def _factor(value: float) -> str:
    return f"({shown(value)})" if value < 0 else shown(value)
