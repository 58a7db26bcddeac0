"""One figure of the benchmark, and the table of them."""
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """What was measured, and the most it may be."""

    what: str
    value: float
    unit: str
    at_most: float
    detail: str = ""

    @property
    def holds(self) -> bool:
        """Whether the figure keeps its promise."""
        return self.value <= self.at_most


def medians(runs: int, **tasks: Callable[[], object]) -> dict[str, float]:
    """Median seconds of each task; they take turns, so that the machine's moods hit all alike."""
    times: dict[str, list[float]] = {name: [] for name in tasks}
    for _ in range(runs + 1):  # the first round is not counted
        for name, task in tasks.items():
            began = time.perf_counter()
            task()
            times[name].append(time.perf_counter() - began)
    return {name: statistics.median(taken[1:]) for name, taken in times.items()}


def table(rows: list[Row]) -> str:
    """For people."""
    lines = [f"{'what':64} {'measured':>12} {'at most':>10}"]
    for row in rows:
        mark = "" if row.holds else "  <- too much"
        lines.append(f"{row.what:64} {row.value:8.2f} {row.unit:3} {row.at_most:10g}{mark}")
        if row.detail:
            lines.append(f"    {row.detail}")
    return "\n".join(lines)
