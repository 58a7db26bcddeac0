"""Questions about what the kinds of autoencoders add to the loss: one unit's share, from numbers that are shown."""
import math

from core.numerals import equals, read, shown
from core.quiz import Question, Trap, posed


def about_divergence(mean: float, variance: float, unit: int) -> Question:
    """KL divergence in nats of a unit's Gaussian, variance above 0, from the standard one; as the numbers are shown."""
    mean, variance = read(shown(mean)), read(shown(variance))
    whole = mean**2 + variance - 1 - math.log(variance)
    answer = whole / 2
    slips = {
        "The half before the bracket is missing.": whole,
        "The mean enters squared.": (mean + variance - 1 - math.log(variance)) / 2,
        "The −1 is missing: without it a standard Gaussian would cost, too.": (whole + 1) / 2,
        "The logarithm is subtracted.": (mean**2 + variance - 1 + math.log(variance)) / 2,
        "The logarithm is the natural one.": (mean**2 + variance - 1 - math.log10(variance)) / 2,
    }
    squared = f"({shown(mean)})²" if mean < 0 else f"{shown(mean)}²"
    numbers = f"½ · ({squared} + {shown(variance)} − 1 − ln {shown(variance)})"
    calculation = f"{numbers} {equals(answer, answer)} {shown(answer)} nats."
    text = (
        f"Unit {unit} of the variational code has the mean μ = {shown(mean)} and the variance σ² = {shown(variance)}. "
        "How much does it add: ½ · (μ² + σ² − 1 − ln σ²), in nats?"
    )
    return posed(text, answer, [Trap(value, why) for why, value in slips.items()], calculation, 0.01 * answer + 1e-3)


def about_jacobian(height: float, weights: float, unit: int) -> Question:
    """What a sigmoid unit adds to the squared Jacobian norm; `weights` is the sum of its squared weights."""
    height, weights = read(shown(height)), read(shown(weights))
    slope = height * (1 - height)
    answer = slope**2 * weights
    slips = {
        "The slope h · (1 − h) enters squared.": slope * weights,
        "The slope of a sigmoid is h · (1 − h), not h.": height**2 * weights,
        "Its squared weights are still to be multiplied with.": slope**2,
        "The sum of squared weights is squared already.": slope**2 * weights**2,
    }
    product = f"({shown(height)} · {shown(1 - height)})² · {shown(weights)}"
    calculation = f"{product} {equals(answer, answer)} {shown(answer)}."
    text = (
        f"Unit {unit} of the contractive code is h = {shown(height)}, and its squared weights add up to "
        f"{shown(weights)}. How much does it add to the squared Jacobian norm: (h · (1 − h))² · Σ W²?"
    )
    return posed(text, answer, [Trap(value, why) for why, value in slips.items()], calculation, 0.02 * answer + 1e-7)
