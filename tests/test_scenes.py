"""What the calculation is sent: areas, views, curves, overviews and siblings, by hand."""
import numpy as np
import pytest

from core import arithmetic
from core.ops import Window
from pages.shared.scenes import CURVES, Overview, Telling, Vector, scene
from tests.pages.calculated import corners, inputs, result_at, terms, worked_out
from tests.test_components import unpack

TELLING = Telling(("in", "between", "out", "number"))
dice = np.random.default_rng(0)


def made(of: arithmetic.Arithmetic, at: tuple[int, int] = (0, 0), telling: Telling = TELLING, **more) -> dict:
    return unpack(scene(of, at, telling, "key", "shows", **more))


def slid(side: int = 6, filters: int = 1, **window: int) -> arithmetic.Arithmetic:
    """A filter of 3 x 3 over two maps."""
    maps, kernels = dice.integers(-9, 9, (2, side, side)).astype(float), dice.normal(size=(filters, 2, 3, 3))
    return arithmetic.convolution(maps, kernels, dice.normal(size=filters), Window(3, **window), filters - 1)


@pytest.mark.parametrize(("window", "view", "sides"), [
    ({}, [0, 0, 6, 6], 4), ({"padding": 1}, [-1, -1, 8, 8], 6), ({"padding": 2, "stride": 3}, [-2, -2, 9, 9], 3),
    ({"dilation": 2}, [0, 0, 6, 6], 2), ({"stride": 4}, [0, 0, 6, 6], 1),
])  # fmt: skip
def test_all_that_the_windows_see_is_in_view(window, view, sides):
    shown = made(slid(**window))
    assert shown["input"]["view"] == view
    area = {key: shown["output"][key] for key in ("rows", "columns", "top", "left", "whole")}
    assert area == {"rows": sides, "columns": sides, "top": 0, "left": 0, "whole": [sides, sides]}
    for row, column in np.ndindex(sides, sides):
        assert worked_out(shown, row, column) == pytest.approx(result_at(shown, row, column))


@pytest.mark.parametrize("window", [{}, {"padding": 1}, {"stride": 2}, {"padding": 2, "stride": 3, "dilation": 2}])
def test_a_part_puts_each_value_where_it_was(window):
    whole = slid(side=20, **window)
    high, wide = whole.output.shape
    for row, column in ((0, 0), (high // 2, wide // 3), (high - 1, wide - 1)):
        part = arithmetic.part(whole, row, column, most=120)
        shown = made(part, (row, column))
        area = shown["input"]
        assert (area["whole"], shown["output"]["whole"]) == ([20, 20], [high, wide])
        there = whole.inputs[:, area["top"] :, area["left"] :][:, : area["rows"], : area["columns"]]
        np.testing.assert_array_equal(inputs(shown), there)
        for cell in [(row, column), *corners(shown)]:
            assert worked_out(shown, *cell) == pytest.approx(whole.output[cell])
            assert result_at(shown, *cell) == pytest.approx(whole.output[cell])


@pytest.mark.parametrize("name", CURVES)
def test_a_curve_runs_beyond_the_values_on_both_sides_and_through_zero(name):
    for maps in (dice.normal(size=(2, 3, 4)) * 8, np.full((2, 1, 1), 5.0), np.zeros((2, 2, 2))):
        of = arithmetic.activation(maps, 1, name)
        shown = made(of)
        x, y, slope = shown["curveX"], shown["curveY"], shown["curveSlope"]
        assert x[0] == -x[-1] == shown["curve"]["low"] < maps[1].min() <= maps[1].max() < shown["curve"]["high"]
        assert (np.diff(x) > 0).all()
        assert shown["curve"]["bottom"] <= min(y.min(), slope.min())
        assert max(y.max(), slope.max()) <= shown["curve"]["top"]
        assert len(shown["slopes"]) == maps[1].size
        assert worked_out(shown, 0, 0) == pytest.approx(of.output[0, 0], abs=1e-6)


@pytest.mark.parametrize(("values", "scale", "levels"), [
    ([[0, 1], [2, 4]], "magnitude", [0, 64, 128, 255]), ([[-4, 0], [2, 4]], "signed", [0, 128, 191, 255]),
    ([[-1, 0], [0, 0]], "signed", [0, 128, 128, 128]), ([[0, 0], [0, 0]], "magnitude", [0, 0, 0, 0]),
])  # fmt: skip
def test_a_whole_map_in_small_keeps_its_zero_in_place(values, scale, levels):
    frame = (0.0, 0.25, 0.5, 0.75)
    shown = made(slid(), overview=Overview("key", frame, (2, 2), values=np.array(values, dtype=float)))
    assert (shown["overview"]["kind"], shown["overview"]["scale"]) == ("map", scale)
    assert shown["overview"]["frame"] == list(frame)
    assert np.abs(shown["overviewValues"].astype(int) - levels).max() <= 1


def test_a_photo_in_small_is_sent_as_it_is():
    shown = made(slid(), overview=Overview("key", (0, 0, 1, 1), (30, 40), jpeg=b"\xff\xd8photo"))
    assert shown["overviewValues"].tobytes() == b"\xff\xd8photo"
    assert (shown["overview"]["kind"], shown["overview"]["rows"], shown["overview"]["columns"]) == ("photo", 30, 40)


def test_a_cell_that_is_asked_for_is_named():
    asked = Telling(TELLING.titles, asked=(2, 3), editable=True, names=["red", "green"])
    shown = made(slid(), (2, 3), asked)
    assert (shown["ask"], shown["at"], shown["editable"], shown["names"]) == ([2, 3], [2, 3], True, ["red", "green"])
    assert made(slid())["ask"] is None


def test_all_filters_come_along_where_there_are_several():
    of = slid(filters=3)
    kernels, biases = dice.normal(size=(3, 2, 3, 3)), np.array([0.5, 0, -1])
    shown = made(of, bank=(kernels, biases))
    assert (shown["filters"], shown["biases"], shown["channel"]) == (3, [0.5, 0, -1], 2)
    np.testing.assert_array_equal(shown["bank"], kernels.ravel())
    assert "bank" not in made(slid(), bank=(kernels[:1], biases[:1]))


@pytest.mark.parametrize(("low", "scale"), [(-3.0, "signed"), (0.0, "magnitude")])
def test_siblings_keep_their_order_and_their_scale(low, scale):
    shown = made(slid(), vector=Vector(np.array([low, 4, 1]), ["a", "b", "c"], [1, 2, 0]))
    assert shown["siblings"] == dict(order=[1, 2, 0], names=["a", "b", "c"], low=low, high=4, scale=scale, share=False)
    assert shown["siblingValues"].tolist() == [low, 4, 1]


def test_bars_of_probabilities_end_at_all_of_it():
    shown = made(slid(), vector=Vector(np.array([0.1, 0.3, 0.2]), ["a", "b", "c"], [0, 1, 2], share=True))["siblings"]
    assert (shown["low"], shown["high"], shown["scale"], shown["share"]) == (0, 1, "magnitude", True)


@pytest.mark.parametrize(("name", "low", "high"), [("ReLU", -4, 2), ("sigmoid", -4, 2), ("leaky ReLU", -4, 2)])
def test_what_goes_into_a_function_and_what_comes_out_share_their_colours(name, low, high):
    shown = made(arithmetic.activation(np.array([[[-4.0, 0.5], [1, 2]]]), 0, name))["input"]
    assert (shown["low"], shown["high"], shown["scale"]) == (low, high, "signed")
    above = made(arithmetic.activation(np.array([[[0.0, 0.25]]]), 0, "sigmoid"))["input"]
    assert (above["low"], above["high"]) == (0, pytest.approx(1 / (1 + np.exp(-0.25))))


def test_a_typed_kernel_and_another_beginning_are_told():
    shown = made(slid(), telling=Telling(TELLING.titles, editable=True, own=True, again=3))
    assert (shown["own"], shown["again"]) == (True, 3)
    assert (made(slid())["own"], made(slid())["again"]) == (False, 0)


def test_softmax_is_worked_out_from_what_was_sent():
    logits = dice.normal(size=7) * 5
    for temperature in (0.1, 1, 10):
        of = arithmetic.softmax(logits, 3, temperature)
        shown = made(of)
        assert worked_out(shown, 0, 0) == pytest.approx(of.output[0, 0])
        np.testing.assert_allclose(terms(shown, 0, 0).values, logits / temperature)


@pytest.mark.parametrize("kind", [np.uint8, np.float32, np.float64, np.int64])
def test_values_arrive_as_they_were(kind):
    maps = dice.integers(0, 255, (1, 5, 5)).astype(kind)
    of = arithmetic.convolution(maps, np.ones((1, 1, 3, 3)), np.zeros(1), Window(3), 0)
    np.testing.assert_array_equal(inputs(made(of)), maps)
    assert worked_out(made(of), 1, 2) == maps[0, 1:4, 2:5].astype(float).sum()


def test_pixels_have_the_range_of_pixels():
    of = arithmetic.convolution(np.full((1, 4, 4), 100.0), np.ones((1, 1, 3, 3)), np.zeros(1), Window(3), 0)
    shown = made(of, telling=Telling(TELLING.titles, grey=True))
    assert {key: shown["input"][key] for key in ("low", "high", "scale")} == {"low": 0, "high": 255, "scale": "grey"}
    assert made(of)["input"]["low"] == made(of)["input"]["high"] == 100
