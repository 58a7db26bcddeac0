"""Questions about codes: a place on a walk, a sample from a cloud, and what the cloud of one unit costs."""
import math

from core.numerals import equals, read, shown
from core.quiz import Question, Trap, posed, tolerance


def about_walk(one: float, other: float, share: float) -> Question:
    """The first number of the code a share of the way from A to B: (1 - share) x one + share x other."""
    answer = (1 - share) * one + share * other
    slips = {
        "That is as far from the other end: count from A.": share * one + (1 - share) * other,
        "That is the way alone; it begins at A.": share * (other - one),
        "That is halfway.": (one + other) / 2,
        "A counts too: its part of the mixture is missing.": share * other,
    }
    first, second, part = (read(shown(value)) for value in (one, other, share))
    left = (1 - part) * first + part * second
    calculation = (
        f"{shown(1 - share)} × {_bracketed(one)} + {shown(share)} × {_bracketed(other)} {equals(left, answer)} "
        f"{shown(answer)}"
    )
    text = (
        f"The first number of the code is {shown(one)} at A and {shown(other)} at B. What is it when the walk has done "
        f"{100 * share:.0f} % of the way from A to B?"
    )
    near = max(0.01 * abs(other - one), tolerance(answer, abs(left - answer)))
    return posed(text, answer, [Trap(value, reason) for reason, value in slips.items()], calculation, near)


def about_sample(mean: float, deviation: float, noise: float) -> Question:
    """A code drawn from a cloud: mean + standard deviation x noise."""
    answer = mean + deviation * noise
    slips = {
        "The noise is stretched by the standard deviation first.": mean + noise,
        "That is the distance from the mean; the mean is missing.": deviation * noise,
        "The noise has a sign: below 0 is below the mean.": mean - deviation * noise,
        "That is the variance, the square of the standard deviation.": mean + deviation**2 * noise,
    }
    left = read(shown(mean)) + read(shown(deviation)) * read(shown(noise))
    calculation = f"{shown(mean)} + {shown(deviation)} × {_bracketed(noise)} {equals(left, answer)} {shown(answer)}"
    text = (
        f"The encoder gives the mean {shown(mean)} and the standard deviation {shown(deviation)} for the first number "
        f"of the code. The dice say {shown(noise)}. Which number does the decoder get?"
    )
    near = max(abs(left - answer), min(0.01 * abs(answer), 0.1 * abs(deviation * noise))) or 1e-9
    return posed(text, answer, [Trap(value, reason) for reason, value in slips.items()], calculation, near)


def about_cost(mean: float, deviation: float, unit: int) -> Question:
    """The KL divergence of unit `unit`, counted from 1, from the standard Gaussian, in nats."""
    answer = (mean**2 + deviation**2 - 1) / 2 - math.log(deviation)
    slips = {
        "The whole is halved.": 2 * answer,
        "The 1 is missing: a cloud as wide as the standard one costs nothing.": answer + 0.5,
        "It is the logarithm of the variance, the square of the standard deviation.": answer + math.log(deviation) / 2,
        "The standard deviation is squared, too.": (mean**2 + deviation - 1 - math.log(deviation)) / 2,
        "The mean is squared, too.": (mean + deviation**2 - 1) / 2 - math.log(deviation),
    }
    m, s = read(shown(mean)), read(shown(deviation))
    left = (m**2 + s**2 - 1) / 2 - math.log(s)
    calculation = (
        f"({_bracketed(mean)}² + {shown(deviation)}² − 1 − ln {shown(deviation)}²) / 2 {equals(left, answer)} "
        f"{shown(answer)}"
    )
    text = (
        f"The cloud of unit {unit} has the mean {shown(mean)} and the standard deviation {shown(deviation)}. What does "
        "it cost, in nats? (mean² + variance − 1 − ln variance) / 2"
    )
    near = tolerance(answer, abs(left - answer) + 0.005)
    return posed(text, answer, [Trap(value, reason) for reason, value in slips.items()], calculation, near)


def _bracketed(value: float) -> str:
    return f"({shown(value)})" if value < 0 else shown(value)
