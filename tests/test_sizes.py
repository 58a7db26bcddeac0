"""Questions about sizes: counted one by one, another one each time, and always one that can be answered."""
import numpy as np
import pytest

from core.ops import Window
from core.quiz import mark
from core.sizes import about_size, other_windows
from tests.test_questions import check, reasons


def counted(length, window):
    """Positions one by one: the first cell of the window, its last, and no more than there is."""
    end = length + 2 * window.padding
    return sum(1 for first in range(0, end, window.stride) if first + window.reach <= end)


def test_sizes_are_counted_one_by_one():
    for seed in range(300):
        dice = np.random.default_rng(seed)
        window = Window(*map(int, dice.integers([1, 1, 0, 1], [6, 4, 4, 4])))
        length = int(dice.integers(max(1, window.reach - 2 * window.padding), 40))
        question = about_size(length, window)
        check(question)
        assert question.answer == counted(length, window)
        assert not mark(question, question.answer + 1).right
        assert ("dilation" in question.text) == (window.dilation > 1)


def test_a_size_by_hand():
    question = about_size(8, Window(3, 2, 1))
    window = "A window 3 cells wide slides along one side of a map, 8 cells long, with stride 2 and padding 1."
    assert question.text == f"{window} How many positions are there along that side?"
    assert (question.answer, question.calculation) == (4, "floor((8 + 2 × 1 − 3) / 2) + 1 = 4")
    assert reasons(question) == {
        3: "The + 1 is missing: the first position counts, too.",
        8: "The stride is missing.",
        4.5: "Only whole positions count: round down.",
        5: "The last position has to fit as a whole: round down.",
        16: "These are the positions on the whole map; along one side there are fewer.",
    }
    one = about_size(1, Window(1))
    assert one.text.startswith("A window 1 cell wide slides along one side of a map, 1 cell long, with stride 1 and")
    assert reasons(one) == {0: "The + 1 is missing: the first position counts, too."}


@pytest.mark.parametrize(
    ("length", "window", "wrong", "reason"),
    [
        (32, Window(5, 1, 2), 28, "The padding is missing."),
        (32, Window(5, 1, 2), 30, "The padding is on both sides, so it counts twice."),
        (32, Window(5), 32, "This is as long as the input."),
        (9, Window(3, 1, 0, 2), 7, "The dilation is missing: the window reaches over 5 cells."),
    ],
)
def test_traps_of_sizes_by_hand(length, window, wrong, reason):
    question = about_size(length, window)
    assert mark(question, wrong).reason == f"{reason} {question.calculation}"


def test_a_count_near_a_trap_has_not_walked_into_it():
    question = about_size(224, Window(3))
    assert mark(question, 224).reason.startswith("This is as long as the input.")
    assert mark(question, 223).reason == question.calculation


def test_a_window_that_does_not_fit_is_not_asked_about():
    with pytest.raises(ValueError, match="does not fit"):
        about_size(2, Window(3))


def test_there_are_always_other_windows_and_each_can_be_answered():
    for length in (1, 2, 4, 5, 28, 149, 224):
        for today in (Window(1), Window(3, 1, 1)):
            windows = other_windows(length, today)
            assert windows == other_windows(length, today)
            assert len(set(windows)) == len(windows) >= 10
            for window in windows:
                question = about_size(length, window)
                check(question)
                assert question.answer == counted(length, window) != today.out(length)
            if length > 4:
                assert len({about_size(length, window).answer for window in windows[:20]}) >= 5
                assert {window.dilation for window in windows} == {1, 2}
                assert {window.padding for window in windows} == {0, 1, 2, 3}
