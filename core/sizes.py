"""Questions about sizes: how many positions a window has along one side."""
import random
from itertools import product

from core.examples import output_size_formula
from core.ops import Window
from core.quiz import Question, Trap, posed

SIZES, STRIDES, PADDINGS = range(2, 8), range(1, 5), range(4)
DILATED = 3  # a window of this size comes with dilation, too


def other_windows(length: int, today: Window) -> list[Window]:
    """Windows that fit on a side of `length` cells with another answer than today's, shuffled, always the same way."""
    windows = [
        Window(size, stride, padding, dilation)
        for size, stride, padding, dilation in product(SIZES, STRIDES, PADDINGS, (1, 2))
        if padding < size and (dilation == 1 or size == DILATED)
    ]
    answer = today.out(length)
    others = [one for one in windows if one.reach <= length + 2 * one.padding and one.out(length) != answer]
    random.Random(length).shuffle(others)
    return others


def about_size(length: int, window: Window) -> Question:
    """How many positions a window has along one side; ValueError if it does not fit."""
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
        "These are the positions on the whole map; along one side there are fewer.": count**2,
    }
    cells, dilation = "cell" if length == 1 else "cells", f"dilation {window.dilation}, " if window.dilation > 1 else ""
    text = (
        f"A window {window.size} cell{'s'[: window.size != 1]} wide slides along one side of a map, {length} {cells} "
        f"long, with {dilation}stride {stride} and padding {padding}. How many positions are there along that side?"
    )
    traps = [Trap(float(value), reason) for reason, value in slips.items() if value >= 0]
    return posed(text, count, traps, output_size_formula(length, window), tolerance=0.0)
