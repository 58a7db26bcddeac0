"""Checkups: sizes and dead units by hand, and trouble only where there is some."""
import pytest
import torch

from core import checkup
from core.architectures import Architecture, build, initialise, table
from core.checkup import Evaluation, LayerSize, Score

FINE = LayerSize("dense1", 0.5, 1.0, 0.0)
OUTPUT = LayerSize("output", 1.0, 2.0, 0.0)


def kinds(*layers):
    return [found.kind for found in checkup.troubles(Evaluation(0, Score(1, 0), Score(1, 0), layers))]


def test_a_unit_is_dead_when_no_example_gets_a_gradient_through():
    relu = torch.tensor([[0.0, 0.0, 3.0, 0.0], [0.0, 1.0, 2.0, 0.0]])
    assert checkup.dead_share(relu, "ReLU") == 0.5
    assert checkup.dead_share(relu, "leaky ReLU") == 0
    assert checkup.dead_share(torch.tensor([[0.9999999, 0.5], [1.0, 0.6]]), "sigmoid") == 0.5
    assert checkup.dead_share(torch.tensor([[-1.0, 1.0, 0.9]]), "tanh") == pytest.approx(2 / 3)


def test_a_map_is_dead_when_all_of_its_places_are():
    maps = torch.zeros(2, 3, 4, 4)
    maps[1, 0, 2, 2] = 1
    assert checkup.dead_share(maps, "ReLU") == pytest.approx(2 / 3)


def test_trouble_is_found_where_it_is_and_nowhere_else():
    assert kinds(FINE, OUTPUT) == []
    assert kinds(OUTPUT) == []
    assert kinds(LayerSize("dense1", 0.5, 0.0, 0.99), OUTPUT) == []
    assert kinds(LayerSize("dense1", 0.0, 0.0, 1.0), OUTPUT) == ["dead layer"]
    assert kinds(LayerSize("dense1", 1e-7, 1.0, 0.0), FINE, OUTPUT) == ["vanishing gradients"]
    assert kinds(LayerSize("dense1", 1e-5, 1.0, 0.0), FINE, OUTPUT) == []


def test_looking_at_a_network_leaves_its_mode():
    network = build(table(Architecture((), (4,), batch_norm=True), (2,), 3))
    initialise(network, "He", torch.Generator())
    for mode in (True, False):
        network.train(mode)
        seen = checkup.outputs(network, torch.rand(5, 2))
        assert network.training is network.dense1_norm.training is mode
    assert list(seen) == ["dense1", "dense1_norm", "dense1_act", "output"]
    assert network.dense1_norm.num_batches_tracked == 0


def test_the_place_of_infinite_numbers_is_the_first_layer_that_gives_them():
    network = build(table(Architecture((), (4,)), (2,), 3))
    initialise(network, "He", torch.Generator())
    inputs, gradients = torch.rand(5, 2), {"dense1": 1.0, "output": float("nan")}
    assert checkup.worst(network, inputs, gradients) == "output"
    with torch.no_grad():
        network.dense1.weight.fill_(3e38)
    assert checkup.worst(network, inputs * 100, gradients) == "dense1"


def test_trouble_names_the_learning_rate_it_came_with():
    assert "after" in checkup.not_finite(7, "conv1", 0.5).text.lower()
    assert "learning rate of 0.5" in checkup.not_finite(7, "conv1", 0.5).text
    assert "learning rate of 0.5" in checkup.divergence(7, 99.0, 2.3, 0.5).text
    assert "it began at 2.3" in checkup.divergence(7, 99.0, 2.3, 0.5).text
    assert checkup.exploding(7, 200.0, {"conv1": 1.0, "dense1": 199.0}).layer == "dense1"
