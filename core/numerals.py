"""Numbers as a sentence shows them: four digits, a real minus sign, and how much the rounding hides."""
import math
from collections.abc import Sequence


def shown(value: float) -> str:
    """Four significant digits, whole numbers from 1,000 to a million in full: "−0.1235", "12,345", "1.235e+06"."""
    size = abs(value)
    text = f"{value:,.0f}" if 999.95 <= size < 1e6 else f"{value + 0.0:.4g}"  # no minus zero
    return text.replace("-", "−")


def read(text: str) -> float:
    """The number that a reader of `shown` takes it for."""
    return float(text.replace("−", "-").replace(",", ""))


def rounding(value: float) -> float:
    """How far what is shown may be from the value: half a unit of its last digit, or 0 if all of it is shown."""
    if math.isclose(read(shown(value)), value, rel_tol=1e-12):
        return 0.0
    last = 0 if 999.95 <= abs(value) < 1e6 else math.floor(math.log10(abs(value))) - 3
    return 0.5 * 10.0**last


def equals(left: float, right: float) -> str:
    """ "=" if `left`, worked out from what is shown, is what is shown of `right`; else "≈"."""
    return "=" if math.isclose(left, read(shown(right)), rel_tol=1e-12, abs_tol=1e-15) else "≈"


def listed(values: Sequence[float]) -> str:
    """ "0.5, −1.2 and 3"."""
    *most, last = map(shown, values)
    return f"{', '.join(most)} and {last}" if most else last


def added(values: Sequence[float]) -> str:
    """ "−1.2 + 0.5 + (−3)"."""
    first, *rest = values
    return " + ".join([shown(first), *(f"({shown(value)})" if value < 0 else shown(value) for value in rest)])


def tidy(total: float, terms: Sequence[float]) -> float:
    """A sum of terms, or 0 where nothing but rounding is left of them: 0.1 + 0.2 - 0.3 is not 5.6e-17."""
    return 0.0 if abs(total) < 1e-12 * sum(map(abs, terms)) else total


def sum_of_shown(values: Sequence[float]) -> float:
    """What a reader gets who adds them up."""
    return sum(read(shown(value)) for value in values)


def slack(values: Sequence[float]) -> float:
    """How far, at most, `sum_of_shown` is from their sum."""
    return sum(map(rounding, values))
