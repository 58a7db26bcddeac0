"""Questions about one iteration of a few neurons: the error of an output, and a weight after its update."""
from core.iterations import Iteration
from core.numerals import equals, read, shown
from core.quiz import Question, Trap, posed, tolerance


def about_error(now: Iteration, output: int) -> Question:
    """The error of an output neuron, counted from 0: (expected - actual) × slope."""
    error, neuron = now.backward[-1][output], now.forward[-1][output]
    target, y, slope = now.config.targets[output], neuron.output.value, error.slope.value
    answer = error.error.value
    slips = {
        "That is the slope of the loss: (actual − expected) × slope. The error has the other sign.": -answer,
        "The slope of the transfer function is missing.": target - y,
        "That is the slope alone.": slope,
        "The target alone does not count, only what is missing to it.": target * slope,
    }
    left = (read(shown(target)) - read(shown(y))) * read(shown(slope))
    calculation = f"({shown(target)} − {_bracketed(y)}) × {shown(slope)} {equals(left, answer)} {shown(answer)}"
    text = (
        f"Output {output + 1} gives {shown(y)} and should give {shown(target)}. The slope of {now.config.transfer} is "
        f"{shown(slope)} there. What is the error that goes back?"
    )
    return posed(text, answer, [Trap(value, reason) for reason, value in slips.items()], calculation, tolerance(answer))


def about_update(now: Iteration, weight: str) -> Question:
    """A weight or bias after its update: opposite to its slope, times the learning rate."""
    change = next(change for change in now.update if change.after.name == weight)
    before, slope, rate, answer = change.before, change.gradient.value, now.config.rate, change.after.value
    slips = {
        "That goes uphill: the step is opposite to the slope.": before + rate * slope,
        "The learning rate is missing.": before - slope,
        "That is the step alone; it is taken from where the weight is.": -rate * slope,
        "That is the weight as it was.": before,
    }
    left = read(shown(before)) - read(shown(rate)) * read(shown(slope))
    calculation = f"{shown(before)} − {shown(rate)} × {_bracketed(slope)} {equals(left, answer)} {shown(answer)}"
    text = (
        f"{weight} is {shown(before)}, and the slope of the loss along it is {shown(slope)}. With the learning rate "
        f"{shown(rate)}: what is {weight} after the update?"
    )
    traps = [Trap(value, reason) for reason, value in slips.items()]
    near = min(0.01 * abs(answer), 0.2 * abs(rate * slope)) or 1e-9  # as it was is not right
    return posed(text, answer, traps, calculation, near)


def _bracketed(value: float) -> str:
    return f"({shown(value)})" if value < 0 else shown(value)
