"""Numbers in a sentence: short, readable back, and never further from the truth than they admit."""
import numpy as np
import pytest

from core.numerals import added, equals, listed, read, rounding, shown, slack, sum_of_shown, tidy

dice = np.random.default_rng(0)
VALUES = (dice.normal(size=400) * 10.0 ** dice.uniform(-12, 12, size=400)).tolist()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        *[(0.0, "0"), (-0.0, "0"), (3.0, "3"), (-1.3, "−1.3"), (0.123456, "0.1235"), (-0.00001234567, "−1.235e−05")],
        *[(784.0, "784"), (999.94, "999.9"), (999.96, "1,000"), (6600.0, "6,600"), (12345.6, "12,346")],
        *[(-45900.0, "−45,900"), (999999.4, "999,999"), (1234567.0, "1.235e+06")],
    ],
)
def test_numbers_by_hand(value, text):
    assert shown(value) == text


def test_what_is_shown_is_as_near_as_it_says():
    for value in [*VALUES, 999.949, 999.95, 999.96, 9999.5, 999999.4, 999999.7]:
        assert abs(read(shown(value)) - value) <= rounding(value) * (1 + 1e-9)
        assert rounding(value) <= 0.000501 * abs(value)
        assert rounding(read(shown(value))) == 0


def test_rounding_by_hand():
    given = [0.0, 0.25, 0.1 + 0.2, 784.0, 45900.0, 0.123456, -12.3456, 12345.6, 999.96]
    assert [rounding(value) for value in given] == pytest.approx([0, 0, 0, 0, 0, 0.00005, 0.005, 0.5, 0.5])


def test_a_sum_of_what_is_shown_is_off_by_no_more_than_the_slack():
    for start in range(0, 400, 8):
        values = VALUES[start : start + 8]
        assert abs(sum_of_shown(values) - sum(values)) <= slack(values) * (1 + 1e-9)
    assert sum_of_shown([0.123456, -1.0]) == pytest.approx(-0.8765)
    assert slack([0.123456, -1.0, 12345.6]) == pytest.approx(0.50005)


def test_lists_and_sums_read_well():
    assert [listed(values) for values in ([1.0], [1.0, -2.0], [1.0, -2.0, 0.5])] == ["1", "1 and −2", "1, −2 and 0.5"]
    assert [added(values) for values in ([-1.0], [-1.0, -2.0], [0.0, 2.0])] == ["−1", "−1 + (−2)", "0 + 2"]


def test_equals_is_said_only_of_what_is_shown():
    assert equals(0.1 + 0.2, 0.3) == "="
    assert equals(0.1 + 0.2 - 0.3, 0.0) == "="
    assert equals(2.5, 2.5) == equals(0.1235, 0.123456) == "="
    assert equals(1 / 3, 1 / 3) == equals(0.333, 1 / 3) == "≈"


def test_nothing_is_left_of_what_only_rounding_made():
    assert tidy(0.1 + 0.2 - 0.3, [0.1, 0.2, -0.3]) == 0
    assert tidy(1e-17, [1e-17]) == 1e-17
    assert tidy(1e-9, [1.0, -1.0]) == 1e-9
    assert tidy(0.0, []) == 0
