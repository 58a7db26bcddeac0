"""What speaks for a class: against torch, against the network's own logits, and by hand."""
from functools import cache

import numpy as np
import pytest
import torch

from core import anatomy, images, ops, samples, zoo
from core.arithmetic import Arithmetic
from core.contributions import Origin, class_activation, contributions, on_maps, origin, unflattened
from core.explain import arithmetic
from core.trace import trace

DENSE = [  # network, fully connected layer, what its inputs were
    ("efficientnet_lite0", "dense", Origin("pool", (1280, 1, 1), "head_relu", True)),
    ("tiny_vgg", "dense", Origin("module3_pool", (64, 4, 4), "module3_pool", False)),
    ("lenet", "dense1", Origin("module2_pool", (16, 5, 5), "module2_pool", False)),
    ("lenet", "dense2", Origin("relu", (64, 1, 1), None, False)),
]


@cache
def ran(name, trained=True, sample="cat"):
    net = zoo.load(name, trained)
    fitted = images.fit(samples.load(sample), net.preprocessing)
    return trace(net.graph, images.to_tensor(fitted, net.preprocessing))


def units(steps, step):
    """The strongest, the weakest and some unit between."""
    order = steps[step].output.argsort().tolist()
    return order[-1], order[0], order[len(order) // 2]


def small(values, weights, bias=0.0):
    """One unit that hears a row of numbers."""
    inputs, weights = (np.array(numbers, dtype=np.float32).reshape(-1, 1, 1) for numbers in (values, weights))
    output = np.array([[(inputs * weights).sum() + bias]], dtype=np.float32)
    place = dict(step="dense", kind="Linear", rule="sum", channel=0, feeders=("flatten",), size=(1, 1), output=output)
    return Arithmetic(channels=np.arange(len(inputs)), inputs=inputs, weights=weights, bias=bias, **place)


@pytest.mark.parametrize(("name", "step", "expected"), DENSE)
def test_the_way_back_to_the_maps_is_found(name, step, expected):
    layers = {layer.name: layer for layer in anatomy.describe(ran(name))}
    assert origin(layers, step) == expected
    if expected.maps:
        assert len(layers[expected.maps].shape) == 3


@pytest.mark.parametrize("trained", [True, False])
@pytest.mark.parametrize(("name", "step", "came"), DENSE)
def test_on_maps_or_in_a_row_the_sum_is_the_same(name, step, came, trained):
    steps = ran(name, trained)
    for unit in units(steps, step):
        row = arithmetic(steps, step, unit)
        maps = unflattened(row, came.feeder, came.shape)
        was = steps[came.feeder].output.numpy().reshape(came.shape)
        np.testing.assert_array_equal(maps.inputs, was)
        one, other = row.at(0, 0), maps.at(0, 0)
        for field in ("values", "weights", "products", "sum", "result", "output", "bias"):
            np.testing.assert_array_equal(getattr(one, field), getattr(other, field))
        assert other.inside.all()
        assert set(other.feeders) == {came.feeder}
        for at in (0, len(other.values) // 3, len(other.values) - 1):
            assert was[tuple(other.sources[at])] == other.values[at]


@pytest.mark.parametrize("trained", [True, False])
@pytest.mark.parametrize(("name", "step", "came"), DENSE)
def test_contributions_are_slope_times_input_and_make_the_logit(name, step, came, trained):
    steps = ran(name, trained)
    heard = steps[steps[step].sources[0]].output.double()
    for unit in units(steps, step):
        row = heard.clone().requires_grad_(True)
        layer = steps[step].layer
        logit = row @ layer.weight[unit].double() + layer.bias[unit].double()
        (slope,) = torch.autograd.grad(logit, row)
        found = contributions(unflattened(arithmetic(steps, step, unit), came.feeder, came.shape))
        np.testing.assert_allclose(found.products, (slope * heard).numpy()[found.index], rtol=1e-12)
        assert (np.diff(found.products) <= 0).all()
        assert sorted(found.index) == list(range(len(heard)))
        np.testing.assert_array_equal(np.ravel_multi_index(found.sources.T, came.shape), found.index)
        assert found.total_for + found.total_against + found.bias == pytest.approx(logit.item(), rel=1e-9, abs=1e-12)
        assert found.result == pytest.approx(steps[step].output[unit].item(), rel=1e-5, abs=1e-5)
        assert np.abs(found.shares).sum() == pytest.approx(1)


@pytest.mark.parametrize("trained", [True, False])
@pytest.mark.parametrize("sample", ["cat", "digit-5", "rocket"])
@pytest.mark.parametrize(("name", "step", "came"), [one for one in DENSE if one[2].maps])
def test_drawn_back_on_the_maps_it_is_the_logit_again(name, step, came, sample, trained):
    steps = ran(name, trained, sample)
    maps = steps[came.maps].output.numpy()
    for unit in units(steps, step):
        made = unflattened(arithmetic(steps, step, unit), came.feeder, came.shape)
        drawn = class_activation(maps, made.weights.ravel()) if came.averaged else on_maps(made)
        assert drawn.shape == maps.shape[1:]
        size = np.abs(drawn).sum() + abs(made.bias)
        assert drawn.sum() + made.bias == pytest.approx(steps[step].output[unit].item(), rel=1e-5, abs=1e-6 * size)


def test_the_map_is_what_torch_finds_with_einsum():
    maps, weights = torch.randn(5, 3, 4, dtype=torch.float64), torch.randn(5, dtype=torch.float64)
    expected = (weights[:, None, None] * maps).sum(0) / 12
    np.testing.assert_allclose(class_activation(maps.numpy(), weights.numpy()), expected.numpy(), rtol=1e-12)


def test_a_small_one_by_hand():
    found = contributions(small([1, 2, 0, -1, 4], [3, -1, 9, 2, 0.5], bias=0.5))
    assert found.products.tolist() == [3, 2, 0, -2, -2]
    assert found.index.tolist() == [0, 4, 2, 1, 3]  # equal ones stay in their order
    assert (found.speak_for, found.speak_against) == (2, 2)
    assert (found.total_for, found.total_against, found.result) == (5, -4, 1.5)
    np.testing.assert_allclose(found.shares, [3 / 9, 2 / 9, 0, -2 / 9, -2 / 9])


def test_cells_add_up_over_channels():
    made = unflattened(small([1, 2, 3, 4, 10, 20, 30, 40], [1, 1, 1, 1, -1, 0, 0.5, 2]), "pool", (2, 2, 2))
    assert on_maps(made).tolist() == [[1 - 10, 2], [3 + 15, 4 + 80]]
    assert contributions(made).sources[0].tolist() == [1, 1, 1]


def test_where_nothing_comes_in_nothing_speaks():
    found = contributions(small([0, 0], [5, -5], bias=-1.0))
    assert (found.speak_for, found.speak_against, found.result, found.shares.tolist()) == (0, 0, -1, [0, 0])


def test_averaged_maps_make_the_features():
    """The class activation map is the contributions before the average, cell by cell."""
    maps = np.arange(24.0).reshape(2, 3, 4)
    row, weights = ops.global_avg_pool(maps), np.array([2.0, -1.0])
    assert class_activation(maps, weights).sum() == pytest.approx(ops.dense(row, weights[None])[0])
