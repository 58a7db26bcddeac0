"""Questions about gradients on their way back: the slope of a layer, several layers, which one gets more."""
from core.flow import Flow
from core.numerals import equals, read, shown
from core.quiz import Question, Trap, posed, ratio

MOST_SLOPES = {"sigmoid": 0.25, "tanh": 1.0, "ReLU": 1.0, "leaky ReLU": 1.0, "none": 1.0}
FORMULAS = {
    "sigmoid": "The slope of sigmoid is y · (1 − y), largest at y = 0.5: 0.5 · (1 − 0.5) = 0.25.",
    "tanh": "The slope of tanh is 1 − y², largest at y = 0: 1 − 0 = 1.",
    "ReLU": "The slope of ReLU is 1 above zero and 0 below: at most 1.",
    "leaky ReLU": "The slope of leaky ReLU is 1 above zero and 0.1 below: at most 1.",
    "none": "Without an activation a number goes through as it is: the slope is 1 everywhere.",
}
SEVERAL = range(2, 7)  # layers
NOTHING = " A gradient is a product: where one factor is 0, such as the slope of a dead unit, so is all of it."
ANSWERS = ("larger", "smaller", "the same")


def factor(flow: Flow) -> float:
    """By how much a hidden layer multiplies the gradient that arrives at it, geometric mean; nan for a single layer."""
    first, last = flow.layers[0].upstream, flow.layers[-2].upstream
    return ratio(first, last) ** (1 / (len(flow.layers) - 2)) if len(flow.layers) > 2 else float("nan")


def about_slope(activation: str) -> Question:
    """The most by which an activation multiplies the gradient."""
    answer = MOST_SLOPES[activation]
    slips = {
        "That is what sigmoid gives at 0; its slope there is smaller." if activation == "sigmoid" else
        "Take the slope where it is steepest.": 0.5,
        "Only a curve that rises as steeply as y = x has the slope 1." if activation == "sigmoid" else
        "That is the slope of sigmoid.": 1.0 if activation == "sigmoid" else 0.25,
        "Where the curve is flat the slope is 0, but it is larger elsewhere.": 0.0,
    }  # fmt: skip
    name = "no activation" if activation == "none" else activation
    text = f"On its way back the gradient is multiplied by the slope of {name}. By how much at most?"
    return posed(text, answer, [Trap(value, reason) for reason, value in slips.items()], FORMULAS[activation], 1e-9)


def about_several_layers(each: float, layers: int) -> Question:
    """By how much several layers multiply a gradient together, where one does by `each`, as it is shown."""
    each = read(shown(each))
    answer = each**layers
    slips = {
        "That adds the factors up; each layer multiplies.": each * layers,
        "That is one layer.": each,
        "That divides; each layer multiplies.": each / layers,
        "That is one layer too few.": each ** (layers - 1),
        "That is one layer too many.": each ** (layers + 1),
    }
    product = " × ".join([shown(each)] * layers)
    calculation = f"{product} {equals(answer, answer)} {shown(answer)}"
    text = f"Each layer multiplies the gradient by {shown(each)}, today's mean. By how much do {layers} together?"
    traps = [Trap(value, reason) for reason, value in slips.items()]
    return posed(text, answer, traps, calculation, 0.02 * abs(answer))


def about_two_layers(one: str, other: str, sizes: tuple[float, float]) -> Question:
    """At which of two layers, given by name, the gradient is larger; `sizes` are those of both."""
    mine, theirs = sizes
    answer = ANSWERS.index("the same" if mine == theirs else "larger" if mine > theirs else "smaller")
    compared = f": {shown(mine / theirs)} times as large" if theirs else ""
    calculation = f"At {one} it is {shown(mine)}, at {other} {shown(theirs)}{compared}.{NOTHING if 0 in sizes else ''}"
    traps = [Trap(at, "It is the other way round.") for at in range(2) if at != answer and mine != theirs]
    text = f"Is the gradient at {one} larger or smaller than at {other}?"
    return posed(text, answer, traps, calculation, 0.0, ANSWERS)
