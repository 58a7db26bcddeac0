"""What each kind of autoencoder adds to the loss: a formula in today's numbers, and the bars behind it."""
import re
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from core.numerals import shown
from core.side_by_side import Passage

PIXELS = 784
BINS = 9  # of the activities above 0
TIES = re.compile("(?<=[=+−/·×Σ]) | (?=%|nats)|(?<=ln) |(?<=weight) ")  # where a line would tear a number from its unit


@dataclass(frozen=True)
class Own:
    """A kind's own number: its title, bars with their names, and the formula."""

    title: str
    lines: list[str]
    names: list[str]
    values: np.ndarray
    unit: str = ""
    across: str = ""  # what grows from the first bar to the last
    ends: tuple[str, str] | None = None  # of the axis below, where the names of the first and last bar are too long
    chosen: int | None = None  # the bar whose numbers stand in the formula
    log: bool = False  # bars by powers of ten
    hint: str = ""


def own(found: Passage, unit: int, hidden: bool, others: dict[str, Passage]) -> Own:
    """For the picture at hand; `unit` is the chosen one where units differ, `hidden` while its value is asked for."""
    made = _own(found, unit, hidden, others)
    return replace(made, lines=[TIES.sub("\u00a0", line) for line in made.lines])


def _own(found: Passage, unit: int, hidden: bool, others: dict[str, Passage]) -> Own:
    match found.kind:
        case "sparse":
            return _sparse(found)
        case "contractive":
            return _contractive(found, unit, hidden)
        case "variational":
            return _variational(found, unit, hidden)
        case "denoising":
            return _denoising(found)
    return _plain(found, others)


def _plain(found: Passage, others: dict[str, Passage]) -> Own:
    """Squared error alone; what differs is how many numbers were learned for it."""
    twin = others["undercomplete" if found.kind == "convolutional" else "convolutional"]
    times = max(found.parameters, twin.parameters) / min(found.parameters, twin.parameters)
    compared = "fewer" if found.parameters < twin.parameters else "more"
    lines = [
        f"(1/{PIXELS}) · Σ (x − x̂)² = {shown(found.mse)}; nothing is added.",
        f"{found.parameters:,} learned numbers, {times:.1f} times {compared} than the {twin.kind} one has.",
    ]
    if found.kind == "convolutional":
        lines.append("A filter's few numbers serve every place.")
    names = [name.replace(".", " ") for name in found.layers]
    counts, ends = np.array([*found.layers.values()], float), ("encoder", "decoder")
    return Own("Learned numbers by layer", lines, names, counts, "numbers", ends=ends)


def _sparse(found: Passage) -> Own:
    high = np.abs(found.code)
    edges = np.linspace(0, float(high.max()) or 1.0, BINS + 1)
    counts, _ = np.histogram(high[high > 0], edges)
    names = ["0", *(f"{low:.2g} to {top:.2g}" for low, top in pairwise(edges))]
    total, units = float(high.sum()), len(high)
    lines = [
        f"Σ |h| / {units} = {shown(total)} / {units} = {shown(found.penalty)}, × penalty weight {found.weight:g}",
        f"{found.active} of {units} units are active: {found.active / units:.1%}".replace("%", " %"),
    ]
    values = np.array([units - found.active, *counts], float)
    hint = "Heights by powers of ten."
    return Own("Units by how active they are", lines, names, values, "units", "activity |h|", log=True, hint=hint)


def _contractive(found: Passage, unit: int, hidden: bool) -> Own:
    height, weights = found.terms["h"][unit], found.terms["weights"][unit]
    result = "?" if hidden else shown(found.parts[unit])
    lines = [
        f"Unit {unit}: (h · (1 − h))² · Σ W²",
        f"= ({shown(height)} · {shown(1 - height)})² · {shown(weights)} = {result}",
        f"All {len(found.parts)} units: ‖∂h/∂x‖² = {shown(found.penalty)}, × penalty weight {found.weight:g}",
    ]
    return _units("‖∂h/∂x‖² of each unit", lines, found, unit, hidden, "")


def _variational(found: Passage, unit: int, hidden: bool) -> Own:
    mean, variance = found.terms["mean"][unit], found.terms["variance"][unit]
    squared = f"({shown(mean)})²" if mean < 0 else f"{shown(mean)}²"
    result = "?" if hidden else f"{shown(found.parts[unit])} nats"
    lines = [
        f"Unit {unit}: ½ · (μ² + σ² − 1 − ln σ²)",
        f"= ½ · ({squared} + {shown(variance)} − 1 − ln {shown(variance)}) = {result}",
        f"All {len(found.parts)} units: {shown(found.penalty)} nats, added to the cross-entropy",
    ]
    return _units("KL divergence in nats", lines, found, unit, hidden, "nats")


def _units(title: str, lines: list[str], found: Passage, unit: int, hidden: bool, name: str) -> Own:
    values = np.full(len(found.parts), np.nan) if hidden else found.parts.astype(float)
    names = [f"unit {at}" for at in range(len(values))]
    return Own(title, lines, names, values, name, chosen=unit, hint="Choose a bar to see its sum.")


def _denoising(found: Passage) -> Own:
    before = float(np.mean((np.float64(found.given) - found.clean) ** 2))
    gain = f"{before / found.mse:.1f} times less" if found.mse < before else "no less"
    lines = [
        f"(1/{PIXELS}) · Σ (clean − out)² = {shown(found.mse)}",
        f"The damaged picture it got is {shown(before)} away: {gain} error comes out than goes in.",
        "Its loss compares with the clean picture, not with what it got.",
    ]
    return Own("MSE, in and out", lines, ["in", "out"], np.array([before, found.mse]))


def apart(contractive: float, free: float) -> str:
    """The ratios of a pair's distances in both codes, compared."""
    if not np.isfinite([contractive, free]).all():
        return "Both pictures are the same, and so are their codes."
    if contractive >= free:
        return "For these two pictures the contractive code moves at least as far as the free one."
    return f"The code without the penalty moves {free / contractive:.1f} times as far."
