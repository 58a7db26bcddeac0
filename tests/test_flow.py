"""Gradient flow in deep stacks: each preset shows what it claims, and every size is what torch gives."""
from collections import OrderedDict
from itertools import pairwise

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from core import flow, toy_data, training
from core.flow import PRESETS, Stack


@pytest.fixture(scope="module")
def data():
    return toy_data.load(flow.config_of(Stack()).data)


@pytest.fixture(scope="module")
def measured(data):
    """measured(stack, steps=0): the flow after so many steps."""

    def measure(stack, steps=0):
        state, _ = training.advance(training.begin(flow.config_of(stack)), steps, data)
        return flow.measure(state, data)

    return measure


@pytest.fixture(scope="module")
def shown(measured):
    return {name: measured(preset.stack) for name, preset in PRESETS.items()}


def test_vanishing_leaves_less_than_a_millionth(shown):
    assert shown["vanishing"].ratio <= 1e-6
    sizes = [layer.gradient for layer in shown["vanishing"].layers]
    assert sizes == sorted(sizes)
    for before, after in pairwise(sizes[:-1]):
        assert before < after / 2


def test_healthy_keeps_the_gradient(shown):
    assert shown["healthy"].ratio >= 1e-2
    assert all(0.1 < layer.activation < 10 for layer in shown["healthy"].layers)


def test_exploding_grows_tenfold_in_every_layer(shown):
    found, healthy = shown["exploding"].layers, shown["healthy"].layers
    factors = [after.activation / before.activation for before, after in pairwise(found[:-1])]
    assert np.exp(np.mean(np.log(factors))) == pytest.approx(10, rel=0.2)
    assert min(layer.gradient for layer in found) > 1e15 * max(layer.gradient for layer in healthy)


def test_dead_relus_let_nothing_through(shown):
    layers = shown["dead ReLUs"].layers
    wall = [layer.dead for layer in layers].index(1.0)
    for layer in layers[: wall + 1]:
        assert layer.gradient == 0
        assert layer.zeros == 1
        assert layer.gradients.counts.sum() == 0


@pytest.mark.parametrize("name", ["rescued by batch norm", "rescued by shortcuts"])
def test_a_rescued_stack_is_the_vanishing_one_with_one_thing_added_and_keeps_the_gradient(name, shown):
    added = {
        field for field, value in vars(PRESETS[name].stack).items() if value != vars(PRESETS["vanishing"].stack)[field]
    }
    assert len(added) == 1
    assert shown[name].ratio >= 1e-2


def test_every_size_is_that_of_torch(data):
    stack = Stack(depth=3, width=8, activation="tanh", initialisation="Xavier", batch_norm=True)
    state, _ = training.advance(training.begin(flow.config_of(stack)), 5, data)
    found = flow.measure(state, data)
    mine = training.network_of(state)
    layers = OrderedDict((name, layer) for name, layer in mine.named_children())
    theirs = nn.Sequential(layers).train()
    rows = training.batch(state.config, 5, 1000)
    outputs, values = {}, torch.tensor(data.inputs)[rows]
    for name, layer in layers.items():
        values = outputs[name] = layer(values)
        if values.requires_grad:  # not yet after the flattening of the pixels
            values.retain_grad()
    loss = F.cross_entropy(values, torch.tensor(data.labels)[rows])
    loss.backward()
    assert found.step == 5
    assert found.loss == pytest.approx(loss.item())
    assert [layer.name for layer in found.layers] == ["dense1", "dense2", "dense3", "output"]
    for layer in found.layers:
        output = outputs.get(f"{layer.name}_act", outputs[layer.name])
        weights = theirs.get_submodule(layer.name).weight.grad
        assert layer.activation == pytest.approx(output.square().mean().sqrt().item(), rel=1e-5)
        assert layer.upstream == pytest.approx(output.grad.square().mean().sqrt().item(), rel=1e-5)
        assert layer.gradient == pytest.approx(weights.norm().item(), rel=1e-5)
        assert layer.activations.counts.sum() == output.numel()
        assert layer.gradients.counts.sum() == (weights != 0).sum()
        centres = (layer.gradients.edges[1:] + layer.gradients.edges[:-1]) / 2
        median = np.repeat(centres, layer.gradients.counts)[layer.gradients.counts.sum() // 2]
        width = layer.gradients.edges[1] - layer.gradients.edges[0]
        assert median == pytest.approx(weights[weights != 0].abs().log10().median().item(), abs=width)


def test_all_layers_share_one_scale_for_their_gradients(shown):
    for found in shown.values():
        for layer in found.layers:
            assert np.array_equal(layer.gradients.edges, found.layers[0].gradients.edges)


def test_measuring_leaves_the_run_as_it_was(data):
    state = training.begin(flow.config_of(Stack(depth=2, batch_norm=True)))
    first = flow.measure(state, data)
    assert flow.measure(state, data).loss == first.loss
    _, events = training.advance(state, 1, data)
    assert events[0].loss == pytest.approx(first.loss)


def test_a_healthy_stack_learns_and_a_vanishing_one_does_not(measured):
    assert measured(Stack(depth=5, rate=0.1), 150).loss < 1
    assert measured(Stack(depth=10, rate=0.1, activation="sigmoid", initialisation="Xavier"), 150).loss > 2.2


@pytest.mark.parametrize(
    "stack",
    [Stack(1, 4), Stack(1, 64, initialisation="zeros"), Stack(50, 64, "none"), Stack(50, 4, "sigmoid", "too small")],
    ids=str,
)
def test_the_ends_of_every_control_can_be_shown(stack, measured):
    found = measured(stack)
    assert len(found.layers) == stack.depth + 1
    assert np.isfinite(found.ratio)


def test_numbers_that_are_none_are_told(measured):
    with pytest.raises(ValueError, match="too large to be numbers; take fewer layers"):
        measured(Stack(depth=50, initialisation="too large"))


@pytest.mark.parametrize("change", [dict(depth=0), dict(depth=51), dict(width=3), dict(width=65)], ids=str)
def test_a_stack_out_of_range_is_told(change):
    (name,) = change
    with pytest.raises(ValueError, match=f"the {name} goes from"):
        Stack(**change)
