"""Arithmetic without a network: every cell of every map against the plain operations, and a few numbers by hand."""
from dataclasses import fields
from itertools import product

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from core import ops
from core.arithmetic import activation, convolution, part, pooling, softmax
from core.ops import ACTIVATIONS, Window

WINDOWS = [Window(1), Window(2, 2), Window(3), Window(3, 2, 1), Window(4, 1, 2), Window(3, 1, 0, 2), Window(2, 3, 1, 3)]
dice = np.random.default_rng(0)
maps = dice.normal(size=(3, 6, 8)) * 4 - 3  # a maximum may be below zero, ReLU6 stops a few
kernels, bias = dice.normal(size=(2, 3, 4, 4)), dice.normal(size=2)
ramp = np.arange(25.0).reshape(1, 5, 5)


def cells(arithmetic, maps=maps):
    """Every cell taken apart, in rows; nothing may get lost on the way."""
    rows, columns = arithmetic.output.shape
    for row, column in product(range(rows), range(columns)):
        found = arithmetic.at(row, column)
        assert found.unit == (arithmetic.channel, row, column)
        assert found.output == arithmetic.output[row, column]
        assert found.sum == pytest.approx(found.products.sum() + found.bias, rel=1e-12, abs=1e-12)
        for (channel, *cell), inside, value in zip(found.sources, found.inside, found.values, strict=True):
            assert value == (maps[channel, *cell] if inside else 0)
        yield found


def results(arithmetic):
    return np.array([found.result for found in cells(arithmetic)]).reshape(arithmetic.output.shape)


@pytest.mark.parametrize("filter", [0, 1])
@pytest.mark.parametrize("window", WINDOWS, ids=str)
def test_every_cell_of_a_convolution_is_what_torch_gives(window, filter):
    chosen = kernels[:, :, : window.size, : window.size]
    made = convolution(maps, chosen, bias, window, filter)
    tensors = map(torch.tensor, (maps[None], chosen, bias))
    expected = F.conv2d(*tensors, window.stride, window.padding, window.dilation)[0, filter]
    np.testing.assert_allclose(results(made), expected, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(made.output, ops.conv2d(maps, chosen, window, bias)[filter], rtol=1e-12)
    one = made.at(0, 0)
    assert (one.kind, one.rule, one.bias, set(one.feeders)) == ("Conv2d", "sum", bias[filter], {"picture"})
    np.testing.assert_array_equal(one.weights, chosen[filter].ravel())


@pytest.mark.parametrize("channel", [0, 2])
@pytest.mark.parametrize("window", [window for window in WINDOWS if window.padding <= window.size / 2], ids=str)
def test_every_cell_of_max_pooling_is_what_torch_gives(window, channel):
    made = pooling(maps, channel, window, "max")
    given = torch.tensor(maps)[channel, None]
    expected, winners = F.max_pool2d(
        given, window.size, window.stride, window.padding, window.dilation, return_indices=True
    )
    np.testing.assert_array_equal(results(made), expected[0])
    for found, winner in zip(cells(made), winners.ravel().tolist(), strict=True):
        assert found.inside.all()  # padding never takes part
        assert found.weights.sum() == 1
        (won,) = found.sources[found.weights == 1].tolist()
        assert won == [channel, *divmod(winner, maps.shape[2])]


@pytest.mark.parametrize("window", [window for window in WINDOWS if window.dilation == 1], ids=str)
def test_every_cell_of_average_pooling_is_what_torch_gives(window):
    made = pooling(maps, 1, window, "average")
    expected = F.avg_pool2d(torch.tensor(maps)[1, None], window.size, window.stride, window.padding)[0]
    np.testing.assert_allclose(results(made), expected, rtol=1e-12)
    assert {found.values.size for found in cells(made)} == {window.size**2}  # zeros of the padding count too


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_cell_of_an_activation_is_what_the_operation_gives(name):
    made = activation(maps, 2, name)
    np.testing.assert_array_equal(results(made), ACTIVATIONS[name](maps[2]))
    weighted = [found.weights is not None for found in cells(made)]
    assert weighted == [name in ("none", "ReLU", "leaky ReLU", "ReLU6")] * maps[2].size
    for found in cells(made):
        assert found.sources.tolist() == [[2, *found.unit[1:]]]


@pytest.mark.parametrize(
    ("name", "x", "weight", "product", "constant", "result"),
    [
        ("ReLU", -2.0, 0, 0, 0, 0),
        ("ReLU", 3.0, 1, 3, 0, 3),
        ("leaky ReLU", -2.0, 0.01, -0.02, 0, -0.02),
        ("ReLU6", 5.0, 1, 5, 0, 5),
        ("ReLU6", 8.0, 0, 0, 6, 6),
        ("none", -2.0, 1, -2, 0, -2),
    ],
)
def test_a_straight_piece_is_a_slope_and_a_constant(name, x, weight, product, constant, result):
    found = activation(np.full((1, 1, 1), x), 0, name).at(0, 0)
    assert (found.weights, found.products, found.bias, found.result) == (weight, product, constant, result)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 20.0])
def test_softmax_is_a_share_of_powers(temperature):
    logits = np.array([1000.0, 999.0, -1000.0, 0.0])
    expected = F.softmax(torch.tensor(logits) / temperature, dim=0)
    for index, share in enumerate(expected.tolist()):
        found = softmax(logits, index, temperature).at(0, 0)
        assert found.result == pytest.approx(share, rel=1e-12, abs=1e-300)
        assert found.result == found.products[index] / found.products.sum()
        np.testing.assert_array_equal(found.values, logits / temperature)
        assert (found.weights, found.bias, found.sources[:, 0].tolist()) == (None, 0, [0, 1, 2, 3])


def test_three_by_three_over_five_by_five_by_hand():
    edges = np.array([[[[1.0, 0, -1], [2, 0, -2], [1, 0, -1]]]])
    made = convolution(ramp, edges, np.array([0.5]), Window(3, padding=1), 0)
    middle, corner = made.at(2, 2), made.at(0, 4)
    assert middle.values.tolist() == [6, 7, 8, 11, 12, 13, 16, 17, 18]
    assert middle.products.tolist() == [6, 0, -8, 22, 0, -26, 16, 0, -18]
    assert (middle.bias, middle.sum, middle.output, middle.difference) == (0.5, -7.5, -7.5, 0)
    assert corner.sources.tolist() == [[0, row, column] for row in (-1, 0, 1) for column in (3, 4, 5)]
    assert corner.inside.tolist() == [False, False, False, True, True, False, True, True, False]
    assert corner.values.tolist() == [0, 0, 0, 3, 4, 0, 8, 9, 0]
    assert (corner.products.sum(), corner.sum) == (2 * 3 + 8, 14.5)
    assert [found.result for found in cells(pooling(ramp, 0, Window(2, 2), "max"), ramp)] == [6, 8, 16, 18]
    assert [found.result for found in cells(pooling(ramp, 0, Window(2, 2), "average"), ramp)] == [3, 5, 13, 15]


def test_of_equal_cells_the_first_one_wins():
    found = pooling(np.zeros((1, 2, 2)), 0, Window(2), "max").at(0, 0)
    assert (found.weights.tolist(), found.sum) == ([1, 0, 0, 0], 0)


@pytest.mark.parametrize(("row", "column"), [(3, 0), (0, 3), (-1, 0), (0, -1), (40, 40)])
def test_a_cell_that_is_not_there_says_so(row, column):
    made = convolution(ramp, np.ones((1, 1, 3, 3)), np.zeros(1), Window(3), 0)
    with pytest.raises(ValueError, match=f"^row {row}, column {column} is not on a map of 3 × 3$"):
        made.at(row, column)


def test_a_window_over_nothing_but_padding_says_so():
    made = pooling(ramp, 0, Window(1, padding=1), "max")
    assert made.at(1, 1).result == 0
    with pytest.raises(ValueError, match="the window at row 0, column 6 covers nothing but padding"):
        made.at(0, 6)


large = np.tile(maps, (1, 3, 3))
PARTS = {
    "convolution": convolution(large, kernels, bias, Window(4, 1, 2), 1),
    "stride and dilation": convolution(large, kernels[..., :3, :3], bias, Window(3, 2, 3, 2), 0),
    "far apart": pooling(large, 1, Window(2, 5, 1), "max"),
    "wide padding": pooling(large, 1, Window(2, 1, 4), "average"),
    "one cell": activation(large, 0, "ReLU"),
}


def spread(shape):
    """The corners, the middles of the edges and the middle."""
    return product(*({0, length // 2, length - 1} for length in shape))


@pytest.mark.parametrize("most", [1, 40, 100, 300, 10_000])
@pytest.mark.parametrize("name", PARTS)
def test_a_part_of_a_map_is_the_map_around_a_cell(name, most):
    whole = PARTS[name]
    for cell in spread(whole.output.shape):
        some = part(whole, *cell, most)
        assert some.inputs.size <= max(most, len(whole.inputs) * np.prod(whole.reach))
        same(some.at(*cell), whole.at(*cell))
        for row, column in spread(some.output.shape):
            place = some.output_corner[0] + row, some.output_corner[1] + column
            same(some.at(*place), whole.at(*place))


def same(one, other):
    for field in fields(one):
        np.testing.assert_array_equal(getattr(one, field.name), getattr(other, field.name), strict=True)


def test_pictures_and_kernels_are_left_alone():
    before = maps.copy(), kernels.copy()
    for made in (convolution(maps, kernels, bias, Window(4), 0), pooling(maps, 0, Window(2), "average")):
        for numbers in (made.at(0, 0).values, made.at(0, 0).weights, made.at(0, 0).products):
            numbers[...] = 0
    np.testing.assert_array_equal(maps, before[0])
    np.testing.assert_array_equal(kernels, before[1])
