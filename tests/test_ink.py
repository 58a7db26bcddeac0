"""Ink: what is drawn looks as MNIST's digits do, and a link keeps it."""
import numpy as np
import pytest

from core import drawing, ink

SEVEN = (((0.3, 0.2), (0.7, 0.2), (0.5, 0.8)),)


def middle(picture: np.ndarray) -> tuple[float, float]:
    rows, columns = np.indices(picture.shape[1:])
    return (picture[0] * rows).sum() / picture.sum(), (picture[0] * columns).sum() / picture.sum()


@pytest.mark.parametrize("make", [lambda: ink.digit(SEVEN), *(lambda name=name: ink.letter(name) for name in "AIMQ")])
def test_it_fills_twenty_cells_around_its_centre_of_mass(make):
    picture = make()
    assert picture.shape == (1, 28, 28)
    assert picture.dtype == np.float32
    assert (picture.min(), picture.max()) == (0, 1)
    sides = [np.flatnonzero(picture[0].max(axis=axis)) for axis in (0, 1)]
    assert max(side[-1] - side[0] + 1 for side in sides) in (20, 21, 22)  # a part of a cell at each end
    assert middle(picture) == pytest.approx((13.5, 13.5), abs=1)


def test_where_and_how_large_it_is_drawn_makes_no_difference():
    small = tuple(tuple((0.1 + 0.3 * x, 0.6 + 0.3 * y) for x, y in stroke) for stroke in SEVEN)
    assert np.abs(ink.digit(small) - ink.digit(SEVEN)).max() < 0.2


def test_an_empty_paper_is_black_and_a_dot_is_no_blot():
    assert not ink.digit(()).any()
    assert 3 < ink.digit((((0.2, 0.9),),)).sum() < 12


def test_a_scribble_without_end_is_refused():
    with pytest.raises(ValueError, match="5,000"):
        ink.digit((((0.5, 0.5),) * 5_001,))


@pytest.mark.parametrize("name", ["", "a", "AB", "7"])
def test_what_is_no_capital_letter_is_refused(name):
    with pytest.raises(ValueError, match="choose one of ABC"):
        ink.letter(name)


def test_all_letters_differ():
    pictures = [ink.letter(name) for name in ink.LETTERS]
    for at, one in enumerate(pictures):
        assert min(np.abs(one - other).sum() for other in pictures[:at]) > 5 if at else True


def test_turned_twice_or_inverted_twice_it_is_as_before():
    picture = ink.digit(SEVEN)
    for name in ("upside down", "inverted"):
        assert not np.array_equal(ink.TURNS[name](picture), picture)
        np.testing.assert_allclose(ink.TURNS[name](ink.TURNS[name](picture)), picture, atol=1e-6)


def test_a_link_keeps_a_drawing():
    back = ink.from_text(ink.as_text(SEVEN))
    np.testing.assert_allclose(back, SEVEN, atol=1e-3)
    assert ink.as_text(back) == ink.as_text(SEVEN)
    assert ink.from_text("") == ink.from_text(ink.as_text(())) == ()
    two = (*SEVEN, ((0.5, 0.5),))
    assert [len(stroke) for stroke in ink.from_text(ink.as_text(two))] == [3, 1]


def test_a_slow_hand_makes_no_longer_link():
    slow = (tuple((0.2 + 0.0001 * at, 0.5) for at in range(3_000)),)
    back = ink.from_text(ink.as_text(slow))
    assert len(ink.as_text(slow)) < 200
    assert np.abs(ink.digit(back) - ink.digit(slow)).max() < 0.05


@pytest.mark.parametrize("text", ["AAAA", ".", ".ABC", ".AAA%", ".AAAÄ", "." + "AB" * 12_000])
def test_a_broken_link_is_refused(text):
    with pytest.raises(ValueError, match="draw it again"):
        ink.from_text(text)


def test_the_longest_drawing_comes_back_from_its_link():
    across = [(at % 2, at / 2000) for at in range(1000)]
    strokes = drawing.read([across] * 6)
    assert sum(map(len, strokes)) == drawing.MOST_POINTS
    assert len(ink.from_text(ink.as_text(strokes))) == len(strokes)
