"""Two convolutions in one against torch and scipy; shifts by hand, and on the networks that we ship."""
import numpy as np
import pytest
import torch
from scipy.signal import convolve2d
from torch import nn
from torch.nn import functional as F

from core.experiments import Shift, change, collapse, shift_experiment, shift_map, shifted, without_activation
from core.kernels import PRESETS
from core.ops import Window
from core.trace import graph_of, trace

dice = np.random.default_rng(0)
image = dice.normal(size=(9, 11))
SIZES = [(3, 3), (3, 5), (5, 3), (2, 3), (3, 2), (1, 3), (4, 1)]
row_of_steps = np.array([[8.0, 0.0, 0.0, 4.0]] * 2)


def torched(maps, kernel):
    return F.conv2d(torch.as_tensor(maps)[None, None], torch.tensor(kernel)[None, None])[0, 0]


@pytest.mark.parametrize("sizes", SIZES)
def test_two_convolutions_are_one(sizes):
    first, second = (dice.normal(size=(size, size)) for size in sizes)
    kernel = collapse(first, second)
    assert kernel.shape == (sum(sizes) - 1,) * 2
    twice = torched(torched(image, first), second)
    np.testing.assert_allclose(torched(image, kernel), twice, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(kernel, convolve2d(first, second), rtol=1e-12, atol=1e-12)


def test_identity_changes_nothing_and_two_slopes_make_a_second_slope():
    for name in ("Sobel left", "curve detector"):
        np.testing.assert_array_equal(collapse(np.ones((1, 1)), PRESETS[name]), PRESETS[name])
    np.testing.assert_array_equal(
        collapse(np.array([[0, 0], [-1, 1]]), np.array([[0, 0], [-1, 1]])), [[0, 0, 0], [0, 0, 0], [1, -2, 1]]
    )


@pytest.mark.parametrize("cell", [(0, 0), (4, 6), (2, 3), (0, 6)])
def test_one_cell_three_ways_as_torch_gives_it(cell):
    first, second = dice.normal(size=(2, 3, 3))
    found = without_activation(image, first, second, *cell)
    between = torched(image, first)
    assert found.two_steps == pytest.approx(torched(between, second)[cell].item(), abs=1e-12)
    assert found.one_step == pytest.approx(found.two_steps, abs=1e-12)
    assert found.with_relu == pytest.approx(torched(between.relu(), second)[cell].item(), abs=1e-12)
    assert found.with_relu != pytest.approx(found.two_steps, abs=1e-3)
    np.testing.assert_array_equal(found.kernel, collapse(first, second))


@pytest.mark.parametrize("cell", [(5, 0), (0, 7), (-1, 0), (0, -1)])
def test_a_cell_that_is_not_there_says_so(cell):
    with pytest.raises(ValueError, match=f"row {cell[0]}, column {cell[1]} is not on a map of 5 × 7, numbered from 0"):
        without_activation(image, np.ones((3, 3)), np.ones((3, 3)), *cell)


def test_a_picture_too_small_for_two_convolutions_says_so():
    with pytest.raises(ValueError, match="a window of 5 does not fit in 4"):
        without_activation(image[:4], np.ones((3, 3)), np.ones((3, 3)), 0, 0)


@pytest.mark.parametrize("kind", [np.asarray, torch.tensor])
def test_what_moves_leaves_its_edge_behind(kind):
    maps = kind([[[1, 2, 3, 4], [5, 6, 7, 8]]])
    for pixels, expected in {
        **{0: [[1, 2, 3, 4], [5, 6, 7, 8]], 1: [[1, 1, 2, 3], [5, 5, 6, 7]], 3: [[1, 1, 1, 1], [5, 5, 5, 5]]},
        **{-1: [[2, 3, 4, 4], [6, 7, 8, 8]], 9: [[1, 1, 1, 1], [5, 5, 5, 5]], -9: [[4, 4, 4, 4], [8, 8, 8, 8]]},
    }.items():
        moved = shifted(maps, pixels)
        assert type(moved) is type(maps)
        assert moved.tolist() == [expected]
    assert maps.tolist() == [[[1, 2, 3, 4], [5, 6, 7, 8]]]


def test_torch_pads_and_cuts_to_the_same():
    maps = torch.rand(3, 5, 6, generator=torch.Generator().manual_seed(0))
    assert torch.equal(shifted(maps, 2), F.pad(maps[None], (2, 0, 0, 0), mode="replicate")[0, :, :, :6])
    assert torch.equal(shifted(maps, -2), F.pad(maps[None], (0, 2, 0, 0), mode="replicate")[0, :, :, 2:])


def test_change_by_hand():
    before, after = np.array([1.0, -3.0]), np.array([2.0, -2.0])
    assert change(before, after) == change(torch.tensor(before), torch.tensor(after)) == 0.5
    assert change(np.zeros(2), np.zeros(2)) == 0
    assert change(np.zeros(2), after) == float("inf")
    assert isinstance(change(torch.tensor(before), torch.tensor(after)), float)


def test_a_map_that_moves_by_hand():
    # 8 0 0 4 -> 8 8 0 0 -> 8 8 8 0: 12 of 12 change, then 20. The larger of two, 8 4 -> 8 0 -> 8 8: 4 of 12, twice
    assert shift_map(row_of_steps, Window(2, 2), 2, "max") == [Shift(1, 1.0, 4 / 12), Shift(2, 20 / 12, 4 / 12)]
    # the means 4 2 -> 8 0 -> 8 4: 6 of 6, then 6 of 6
    assert shift_map(row_of_steps, Window(2, 2), 2, "average") == [Shift(1, 1.0, 1.0), Shift(2, 20 / 12, 1.0)]


def test_a_map_that_is_flat_does_not_notice():
    assert shift_map(np.full((4, 4), 3.0), Window(2, 2), 3, "max") == [Shift(n, 0.0, 0.0) for n in (1, 2, 3)]
    assert shift_map(np.zeros((4, 4)), Window(2, 2), 1, "average") == [Shift(1, 0.0, 0.0)]


@pytest.mark.parametrize("layer", [nn.MaxPool2d(2), nn.AvgPool2d(2), nn.MaxPool2d(3, 1, 1), nn.AdaptiveAvgPool2d(1)])
def test_a_network_that_only_pools_is_the_same_experiment(layer):
    window, kind = Window(4 if isinstance(layer, nn.AdaptiveAvgPool2d) else layer.kernel_size, 2), "average"
    if isinstance(layer, nn.MaxPool2d):
        window, kind = Window(layer.kernel_size, layer.stride, layer.padding), "max"
    maps = dice.normal(size=(4, 4))
    found = shift_experiment(graph_of(nn.Sequential(layer)), torch.tensor(maps)[None], "_0", 3)
    for one, other in zip(found, shift_map(maps, window, 3, kind), strict=True):
        assert one.pixels == other.pixels
        assert one.before_pooling == pytest.approx(other.before_pooling, rel=1e-12)
        assert one.after_pooling == pytest.approx(other.after_pooling, rel=1e-12)


@pytest.mark.parametrize(
    ("name", "sample", "step", "before"),
    [
        ("lenet", "digit-3", "module1_pool", "module1_relu"),
        ("lenet", "digit-8", "module2_pool", "module2_relu"),
        ("tiny_vgg", "cat", "module1_pool", "module1_relu2"),
        ("tiny_vgg", "motorcycle", "module3_pool", "module3_relu2"),
    ],
)
def test_pooled_maps_of_our_networks_change_less(network, seen, unnoticed, name, sample, step, before):
    net, picture = network(name), seen(name, sample)
    with unnoticed(net.graph):
        found = shift_experiment(net.graph, picture, step, 3)
    assert [one.pixels for one in found] == [1, 2, 3]
    assert all(0 < one.after_pooling < one.before_pooling for one in found)
    moved = F.pad(picture[None], (2, 0, 0, 0), mode="replicate")[0, :, :, :-2]
    still, other = trace(net.graph, picture)[before].output, trace(net.graph, moved)[before].output
    assert found[1].before_pooling == pytest.approx(((other - still).abs().sum() / still.abs().sum()).item(), rel=1e-5)
    pooled = [F.max_pool2d(maps[None], 2)[0] for maps in (still, other)]
    expected = (pooled[1] - pooled[0]).abs().sum() / pooled[0].abs().sum()
    assert found[1].after_pooling == pytest.approx(expected.item(), rel=1e-5)


@pytest.mark.parametrize("step", ["module1_relu", "flatten", "nowhere"])
def test_a_step_that_does_not_pool_says_so(network, seen, step):
    with pytest.raises(ValueError, match=f"'{step}' is no pooling step; those of .* are module1_pool, module2_pool$"):
        shift_experiment(network("lenet").graph, seen("lenet", "digit-3"), step, 1)


def test_a_network_without_pooling_says_so(tiny_cnn, ramp):
    with pytest.raises(ValueError, match="those of this network are none"):
        shift_experiment(graph_of(tiny_cnn), ramp, "_0", 1)


@pytest.mark.parametrize("most", [0, -1, 4])
def test_a_shift_out_of_the_picture_says_so(most):
    with pytest.raises(ValueError, match=f"4 pixels wide can move by 1 to 3, not by {most}"):
        shift_map(row_of_steps, Window(2, 2), most, "max")


def test_an_unknown_way_of_pooling_says_so():
    with pytest.raises(ValueError, match="pooling is by max or average, not 'median'"):
        shift_map(row_of_steps, Window(2, 2), 1, "median")
