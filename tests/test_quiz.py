"""Where the next question is asked: somewhere else, and now and then where an answer was wrong."""
from collections import Counter

from core.quiz import AGAIN, Trap, another, mark, posed

PLACES = [(row, column) for row in range(3) for column in range(4)]


def test_the_next_place_is_another_one_and_the_same_for_everybody():
    chosen = [another(PLACES, (1, 1), [], turn) for turn in range(200)]
    assert chosen == [another(PLACES, (1, 1), [], turn) for turn in range(200)]
    assert set(chosen) == set(PLACES) - {(1, 1)}
    assert max(Counter(chosen).values()) < 50


def test_every_third_time_it_is_one_that_went_wrong():
    missed = [(2, 3), (0, 2), (1, 1), (9, 9)]  # where we are, and one that is no longer there
    for turn in range(0, 60):
        chosen = another(PLACES, (1, 1), missed, turn)
        assert chosen in PLACES
        if turn % AGAIN == 0:
            assert chosen in ((2, 3), (0, 2))
    assert {another(PLACES, (1, 1), missed, turn) for turn in range(60) if turn % AGAIN} > {(2, 3), (0, 0)}
    assert another(PLACES, (2, 3), [(2, 3)], AGAIN) != (2, 3)


def test_where_there_is_only_one_place_it_is_asked_again():
    assert another([(0, 0)], (0, 0), [(0, 0)], 1) == (0, 0)


def test_a_trap_that_is_as_good_as_right_or_as_another_one_is_none():
    traps = [Trap(value, str(value)) for value in (10.05, 7, 7.05, 3, float("nan"), float("inf"))]
    question = posed("?", 10, traps, "5 + 5", tolerance=0.1)
    assert [trap.value for trap in question.traps] == [7, 3]
    assert mark(question, 10.05).right
    assert mark(question, 7.02).reason == "7 5 + 5"
