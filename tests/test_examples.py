"""The worked numbers of the curriculum, and the same sums by hand and by torch."""
import re

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from core.examples import CONVOLUTIONS, DIGIT_LABELS, DIGIT_LOGITS, DIGIT_SHARES, POOLING, output_size_formula
from core.kernels import PRESETS
from core.ops import Window, conv2d, max_pool2d, softmax

dice = np.random.default_rng(0)


def result(name):
    example = CONVOLUTIONS[name]
    return conv2d(example.maps, example.kernels, example.window, example.bias)


@pytest.mark.parametrize("name", CONVOLUTIONS)
def test_every_example_fits_together_as_torch_sees_it(name):
    example = CONVOLUTIONS[name]
    maps = dice.uniform(size=example.shape) if example.maps is None else example.maps
    assert maps.shape == example.shape
    arrays = [torch.tensor(array) for array in (maps[None], example.kernels, example.bias)]
    expected = F.conv2d(*arrays, example.window.stride, example.window.padding)[0]
    assert example.output == tuple(expected.shape)
    assert example.positions == expected[0].numel()
    assert example.multiplications == arrays[1][0].numel()
    np.testing.assert_allclose(conv2d(maps, example.kernels, example.window, example.bias), expected, atol=1e-12)


def counts(name):
    example = CONVOLUTIONS[name]
    return example.positions, example.multiplications, example.output


def test_counts_of_the_curriculum():
    assert counts("5x5") == (9, 9, (1, 3, 3))
    assert counts("5x5-padded") == (25, 9, (1, 5, 5))
    assert counts("32x32x3") == (784, 75, (1, 28, 28))
    assert counts("two-filters") == (784, 75, (2, 28, 28))
    assert counts("curve") == (2, 49, (1, 1, 2))


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("5x5", ["3", "3", "5", "5", "3", "3", "9", "9"]),
        ("5x5-padded", ["5", "5", "7", "7", "25", "5", "5"]),
        ("32x32x3", ["3", "5", "5", "3", "75", "784"]),
        ("two-filters", ["2", "2", "28", "28", "2"]),
        ("curve", ["30", "6,600", "0"]),
    ],
)
def test_the_text_names_the_numbers_of_the_example(name, numbers):
    assert re.findall(r"\d[\d,]*\d|\d", CONVOLUTIONS[name].about) == numbers


def test_small_sums_by_hand():
    maps = result("5x5")[0]
    assert maps[0, 0] == 1 * 1 + 0 * -1 + 1 * 2 + 2 * -1 + 1 * 1 + 1  # the last 1 is the bias
    assert maps[1, 0] == 0 * 1 + 2 * -1 + 0 * 2 + 1 * -1 + 0 * 1 + 1
    assert maps[2, 2] == 1 * 1 + 3 * -1 + 2 * 2 + 2 * -1 + 2 * 1 + 1
    np.testing.assert_array_equal(maps, [[3, 4, 4], [-2, 2, 4], [10, 0, 3]])


def test_zeros_around_the_picture_leave_the_middle_as_it_was():
    padded, plain = result("5x5-padded")[0], result("5x5")[0]
    np.testing.assert_array_equal(padded[1:-1, 1:-1], plain)
    assert padded[0, 0] == 2 * 1 + 1 * 1 + 1  # five of the nine lie on zeros, two meet a weight of zero
    assert padded[4, 4] == 2 * 1 + 2 * 2 + 1
    wide = np.pad(CONVOLUTIONS["5x5"].maps, ((0, 0), (1, 1), (1, 1)))
    assert wide.shape == (1, 7, 7)
    np.testing.assert_array_equal(conv2d(wide, CONVOLUTIONS["5x5"].kernels, Window(3))[0] + 1, padded)


def test_the_curve_is_found_on_the_left_and_not_on_the_right():
    np.testing.assert_array_equal(result("curve"), [[[6600, 0]]])
    left, right = np.split(CONVOLUTIONS["curve"].maps[0], 2, axis=1)
    under = PRESETS["curve detector"] > 0
    assert sorted(left[under]) == [0, 20, 50, 50, 50, 50]
    assert left[~under].any()
    assert not right[under].any()
    assert np.count_nonzero(right) >= 6


def test_the_first_of_two_filters_is_the_one_before_and_they_see_different_things():
    edge, colour = CONVOLUTIONS["two-filters"].kernels
    np.testing.assert_array_equal(edge, CONVOLUTIONS["32x32x3"].kernels[0])
    left = np.zeros((3, 5, 5))
    left[:, :, :2] = 1
    red, blue = np.zeros((2, 3, 5, 5))
    red[0], blue[2] = 1, 1
    answers = [[float((one * filter).sum()) for filter in (edge, colour)] for one in (left, red, blue)]
    assert answers == [[30, 0], [0, 25], [0, -25]]


def test_pooling_keeps_the_largest_of_each_four():
    np.testing.assert_array_equal(max_pool2d(POOLING.maps, POOLING.window).values, [[[12, 14], [15, 13]]])
    assert POOLING.maps.shape == (1, 4, 4)
    assert len(set(POOLING.maps.ravel())) == 16
    assert re.findall(r"\d+", POOLING.about) == ["4", "4", "2", "2", "2", "2", "12", "14", "15", "13", "12"]
    winners = max_pool2d(POOLING.maps, POOLING.window).winners
    assert set(winners.ravel()) == {0, 1, 2, 3}  # in each tile another corner wins


def test_three_quarters_say_that_it_is_a_three():
    shares = softmax(DIGIT_LOGITS)
    assert "".join(DIGIT_LABELS) == "0123456789"
    np.testing.assert_allclose(shares, DIGIT_SHARES, atol=1e-5)
    np.testing.assert_allclose(DIGIT_SHARES, [0, 0.1, 0.1, 0.75, 0, 0, 0, 0, 0, 0.05])
    assert np.exp(DIGIT_LOGITS).sum() == pytest.approx(100, abs=1e-4)


@pytest.mark.parametrize(
    ("length", "window", "formula"),
    [
        (5, Window(3), "floor((5 + 2 × 0 − 3) / 1) + 1 = 3"),
        (5, Window(3, 2, 1), "floor((5 + 2 × 1 − 3) / 2) + 1 = 3"),
        (7, Window(3, 1, 0, 2), "reach 2 × (3 − 1) + 1 = 5; floor((7 + 2 × 0 − 5) / 1) + 1 = 3"),
        (32, Window(5), "floor((32 + 2 × 0 − 5) / 1) + 1 = 28"),
        (8, Window(3, 2), "floor((8 + 2 × 0 − 3) / 2) + 1 = 3"),
    ],
)
def test_the_size_is_written_out(length, window, formula):
    assert output_size_formula(length, window) == formula
    sum_of_it = formula.split("; ")[-1].split(" = ")[0].replace("×", "*").replace("−", "-").replace("/", "//")
    assert eval(sum_of_it.replace("floor", "")) == window.out(length)


def test_a_window_that_does_not_fit_has_no_formula():
    with pytest.raises(ValueError, match="does not fit"):
        output_size_formula(2, Window(3))
