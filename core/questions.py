"""Predict, then reveal: questions made of today's numbers, and what a wrong answer may have come from."""
import numpy as np

from core.arithmetic import Explanation
from core.explain import CURVES
from core.numerals import equals, read, shown
from core.ops import ACTIVATIONS
from core.quiz import Question, Trap, posed, ratio, tolerance
from core.window_questions import about_max, about_mean, about_sum

THIRD_DECIMAL = 0.0005  # three decimals are enough
NEVER_ZERO = "Nothing becomes exactly 0 here."
SMOOTH = ("sigmoid", "tanh", "GELU")  # their formula stands in the question
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


def about_output(explanation: Explanation) -> Question:
    """What comes out, or which cell wins; ValueError if the numbers are not finite."""
    if not np.isfinite([*explanation.values, *explanation.products, explanation.result]).all():
        raise ValueError(f"not all numbers of {explanation.step} are finite there, so nothing can be predicted")
    if _only_passes(explanation):
        return _about_nothing(explanation)
    return MAKERS["mean" if explanation.kind in AVERAGES else explanation.rule](explanation)


def _only_passes(explanation: Explanation) -> bool:
    """Does the only number that goes in come out as it was?"""
    if explanation.rule == "curve":
        return CURVES.get(explanation.kind, explanation.kind) == "none"
    alone = len(explanation.values) == 1 and explanation.rule in ("sum", "max")
    return alone and explanation.weights.tolist() == [1] and explanation.bias == 0


# ---- one maker for each rule -----------------------------------------------------------------------------------------


def _about_nothing(explanation: Explanation) -> Question:
    x, reasons = explanation.values.item(), {}
    for value, reason in ((x, ""), (-x, _turned(x)), (0, NEVER_ZERO), (1, "Nothing is counted here."), (-1, "")):
        reasons.setdefault(shown(value), reason)
    choices = tuple(sorted(list(reasons)[:3], key=read))
    traps = [Trap(float(at), reasons[choice]) for at, choice in enumerate(choices) if reasons[choice]]
    text = f"x = {shown(x)} goes in. Nothing is multiplied, added or cut off here. What comes out?"
    calculation = f"x = {shown(x)}: {CURVE_RULES['none']}."
    return posed(text, choices.index(shown(x)), traps, calculation, 0.0, choices)


def _about_curve(explanation: Explanation) -> Question:
    name, x, y = CURVES.get(explanation.kind, explanation.kind), explanation.values.item(), explanation.result
    rule = CURVE_RULES[name]
    text = f"x = {shown(x)} goes into {name}{f': {rule}' if name in SMOOTH else ''}"
    others = [other for other in ACTIVATIONS if "none" not in (other, name)]
    traps = [
        Trap(x, "This is x unchanged."),
        Trap(-x, _turned(x)),
        *[Trap(_through(other, x), f"This is what {other} would give.") for other in others],
        Trap(_through(name, -x), f"This is what comes out for {shown(-x)}: the sign of x has got lost."),
        Trap(0.0, NEVER_ZERO),
    ]
    if name == "ReLU6":
        traps.append(Trap(6.0, "6 is only where ReLU6 stops."))
    calculation = f"{name}({shown(x)}) {equals(_through(name, read(shown(x))), y)} {shown(y)}: {rule}."
    # x to four digits gives every curve to 1 %
    return posed(f"{text}. What comes out?", y, traps, calculation, tolerance(y, THIRD_DECIMAL))


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
        Trap(ratio(logit, logits.sum().item()), "This is the share of the logits; exp comes first."),
        Trap(ratio(power, total - power), "The sum is over all classes, this one included."),
        Trap(ratio(total, power), "This is the sum divided by exp: upside down."),
        Trap(1 / logits.size, "The classes get equal shares only if their logits are equal."),
    ]
    calculation = f"{shown(power)} / {shown(total)} "
    calculation += f"{equals(read(shown(power)) / read(shown(total)), answer)} {shown(answer)}"
    return posed(text, answer, traps, calculation, tolerance(answer, THIRD_DECIMAL), percent=True)


MAKERS = {"sum": about_sum, "mean": about_mean, "max": about_max, "curve": _about_curve, "softmax": _about_share}


def _turned(x: float) -> str:
    return "This is x with its sign turned." if x > 0 else "This is the size of x, without its minus sign."


def _through(name: str, x: float) -> float:
    return float(ACTIVATIONS[name](np.float64(x)))
