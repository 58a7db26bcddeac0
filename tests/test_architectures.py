"""The table of layers tells the truth about the network that is built, and says why a network can't be."""
from math import sqrt

import pytest
import torch

from core import architectures
from core.architectures import ACTIVATIONS, INITIALISATIONS, Architecture, Block

PICTURE = (1, 8, 8)
DESIGNS = {
    "plain": (Architecture(), PICTURE),
    "all of it": (Architecture((Block(4, 5, "average"), Block(6, 1, "none")), (20, 9), "tanh", True, 0.3), PICTURE),
    "nothing hidden": (Architecture((), ()), PICTURE),
    "dropout only": (Architecture((Block(3),), (), dropout=0.5), (3, 9, 9)),
    "shortcuts": (Architecture((Block(1, 3, "none"), Block(4)), (16, 16, 9), residual=True), PICTURE),
    "points": (Architecture((), (16, 8), "sigmoid", True, 0.1), (2,)),
}


@pytest.mark.parametrize("design", DESIGNS)
def test_every_row_has_the_shape_and_the_parameters_of_its_layer(design):
    architecture, shape = DESIGNS[design]
    table = architectures.table(architecture, shape, 7)
    network = architectures.build(table)
    architectures.initialise(network, "He", torch.Generator().manual_seed(0))
    values = torch.zeros(5, *shape)
    for row, (name, layer) in zip(table, network.named_children(), strict=True):
        values = layer(values, values) if isinstance(layer, architectures.Shortcut) else layer(values)
        assert row.name == name
        assert row.shape == tuple(values.shape[1:])
        assert row.parameters == sum(parameter.numel() for parameter in layer.parameters())
    assert table[-1].shape == (7,)


def test_a_shortcut_adds_what_entered_its_layer_where_the_shapes_are_equal():
    table = architectures.table(Architecture((), (6, 6, 4), residual=True), (6,), 4)
    assert [layer.name for layer in table if layer.kind == "Shortcut"] == ["dense1_add", "dense2_add"]
    network = architectures.build(table)
    architectures.initialise(network, "He", torch.Generator().manual_seed(0))
    values = torch.rand(5, 6)
    first = values + torch.relu(network.dense1(values))
    second = first + torch.relu(network.dense2(first))
    torch.testing.assert_close(network(values), network.output(torch.relu(network.dense3(second))))
    torch.testing.assert_close(dict(network.steps(values))["dense2_add"], second)


def test_layers_come_in_the_order_they_are_taught_in():
    names = [layer.name for layer in architectures.table(Architecture((Block(),), (9,), "ReLU", True, 0.5), PICTURE, 2)]
    conv = ["conv1", "conv1_norm", "conv1_act", "conv1_pool", "flatten"]
    assert names == [*conv, "dense1", "dense1_norm", "dense1_act", "dense1_dropout", "output"]


@pytest.mark.parametrize(
    ("architecture", "shape", "message"),
    [
        (Architecture((Block(),) * 4), PICTURE, "pooling 2 × 2 of block 4 does not fit a map of 1 × 1: remove"),
        (Architecture((Block(),)), (2,), "points have no neighbours .* remove the blocks"),
        (Architecture((), (2000, 2000)), PICTURE, "parameters are too many, .* most are in dense2"),
    ],
)
def test_layers_that_do_not_fit_are_told_with_what_would(architecture, shape, message):
    with pytest.raises(ValueError, match=message):
        architectures.table(architecture, shape, 10)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (dict(activation="step"), "no activation 'step'; choose one of ReLU"),
        (dict(blocks=(Block(pooling="min"),)), "no pooling 'min'"),
        (dict(blocks=(Block(size=4),)), "odd size"),
        (dict(blocks=(Block(filters=0),)), "at least one filter"),
        (dict(dense=(0,)), "at least one unit"),
        (dict(dropout=1.0), "not 1"),
    ],
)
def test_choices_that_do_not_exist_are_told(change, message):
    with pytest.raises(ValueError, match=message):
        Architecture(**change)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_slopes_told_from_the_output_are_those_of_autograd(name):
    inputs = torch.linspace(-3, 3, 40).requires_grad_()  # 40 points: none is 0
    output = ACTIVATIONS[name].make()(inputs)
    (slope,) = torch.autograd.grad(output.sum(), inputs)
    torch.testing.assert_close(ACTIVATIONS[name].slope(output.detach()), slope)


@pytest.mark.parametrize("name", INITIALISATIONS)
def test_first_weights_are_as_wide_as_their_formula_and_biases_zero(name):
    network = architectures.build(architectures.table(Architecture((Block(32),), (64,)), (16, 8, 8), 10))
    architectures.initialise(network, name, torch.Generator().manual_seed(0))
    for layer, fan_in, fan_out in ((network.conv1, 16 * 9, 32 * 9), (network.dense1, 32 * 16, 64)):
        expected = INITIALISATIONS[name](fan_in, fan_out)
        assert layer.weight.std().item() == pytest.approx(expected, rel=0.03)
        assert not layer.bias.any()
    assert INITIALISATIONS["He"](50, 0) == 0.2
    assert INITIALISATIONS["Xavier"](30, 20) == sqrt(0.04)


def test_building_draws_nothing_from_the_generator_that_all_share():
    before = torch.get_rng_state()
    network = architectures.build(architectures.table(DESIGNS["all of it"][0], PICTURE, 3))
    architectures.initialise(network, "He", torch.Generator().manual_seed(1))
    assert torch.equal(torch.get_rng_state(), before)


def test_dropout_leaves_out_its_share_keeps_the_mean_and_follows_its_generator():
    dropout, ones = architectures.Dropout(0.3), torch.ones(100, 1000)
    first = dropout(ones)
    assert (first == 0).float().mean().item() == pytest.approx(0.3, abs=0.01)
    assert first.mean().item() == pytest.approx(1, abs=0.01)
    dropout.dice.manual_seed(5)
    again = dropout(ones)
    dropout.dice.manual_seed(5)
    assert torch.equal(dropout(ones), again)
    assert torch.equal(dropout.eval()(ones), ones)
