"""A drawn digit: placed, scaled and counted as scikit-learn's digits are, and read by a network that learnt those."""
import numpy as np
import pytest

from core import drawing, review, toy_data, training
from core.run_config import Config

TURN = np.linspace(0, 2 * np.pi, 40)
ARC = np.linspace(-0.75 * np.pi, 0.5 * np.pi, 30)
HALF = np.linspace(-0.5 * np.pi, 0.75 * np.pi, 30)
DRAWN = {  # as people draw them
    0: [[(0.5 + 0.2 * np.cos(a), 0.5 + 0.35 * np.sin(a)) for a in TURN]],
    1: [[(0.4, 0.3), (0.52, 0.15), (0.52, 0.85)]],
    3: [
        [(0.45 + 0.18 * np.cos(a), 0.33 + 0.17 * np.sin(a)) for a in ARC]
        + [(0.45 + 0.2 * np.cos(a), 0.67 + 0.18 * np.sin(a)) for a in HALF]
    ],
    4: [[(0.5, 0.1), (0.25, 0.6), (0.75, 0.6)], [(0.6, 0.4), (0.55, 0.9)]],
    7: [[(0.25, 0.15), (0.75, 0.15), (0.45, 0.9)], [(0.35, 0.5), (0.7, 0.5)]],
}


def test_ink_is_counted_in_sixteenths_and_fills_the_height():
    found = drawing.digit(DRAWN[0])
    assert found.shape == (1, 8, 8)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found * 16, np.round(found * 16))
    assert found[0, 0].max() > 0.5
    assert found[0, -1].max() > 0.5
    assert found.max() > 0.9
    assert found[0, 3:5, 3:5].max() == 0  # the hole


@pytest.mark.parametrize("number", DRAWN)
def test_place_and_size_on_the_paper_do_not_matter(number):
    moved = [[(0.1 + 0.3 * x, 0.6 + 0.3 * y) for x, y in stroke] for stroke in DRAWN[number]]
    assert np.abs(drawing.digit(moved) - drawing.digit(DRAWN[number])).max() <= 1 / 16


def test_a_dot_stays_a_dot():
    found = drawing.digit([[(0.9, 0.1)]])
    assert 0 < found.sum() < 2
    np.testing.assert_array_equal(found[0], found[0, ::-1, ::-1])


def test_a_network_that_learnt_the_data_reads_drawings():
    config = Config()
    state, _ = training.advance(training.begin(config), 800, toy_data.load(config.data))
    answers = review.answers(state, np.stack([drawing.digit(strokes) for strokes in DRAWN.values()]))
    assert answers.argmax(axis=1).tolist() == list(DRAWN)


@pytest.mark.parametrize("strokes", [[], [[]], [[(0.5, 0.5)] * 5001], [[(np.nan, 0.2)]]], ids=len)
def test_what_is_no_drawing_is_said(strokes):
    with pytest.raises(ValueError, match=r"draw one digit|begin again"):
        drawing.digit(strokes)


def test_what_a_browser_sends_is_read_and_what_has_no_room_is_left_out_from_the_first():
    assert drawing.read([[], [[0, 1], [0.5, 1]], [[1, 0]]]) == (((0.0, 1.0), (0.5, 1.0)), ((1.0, 0.0),))
    assert drawing.read([]) == ()
    many = [[[0.1, 0.1]] * 3, [[0.2, 0.2]] * drawing.MOST_POINTS, [[0.3, 0.3]] * 2]
    found = drawing.read(many)
    assert [stroke[0][0] for stroke in found] == [0.2, 0.3]
    assert sum(map(len, found)) == drawing.MOST_POINTS
    assert drawing.digit(found).shape == (1, 8, 8)
