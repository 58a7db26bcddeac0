"""What every layer costs: counted by torch, and by the formula that is shown beside the number."""
import re

import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from core import zoo
from core.anatomy import describe, multiply_adds, parameters
from core.trace import graph_of, trace

# layer, parameters and multiply-adds for three maps of 8 x 8
LAYERS = [
    (nn.Conv2d(3, 16, 3, 1, 1), "16 × 3 × 3 × 3 weights + 16 biases", "16 × 8 × 8 outputs × 3 × 3 × 3 in the window"),
    (nn.Conv2d(3, 6, 8, groups=3), "6 × 1 × 8 × 8 weights + 6 biases", "6 × 1 × 1 outputs × 1 × 8 × 8 in the window"),
    (nn.Conv2d(3, 2, 2, 2, bias=False), "2 × 3 × 2 × 2 weights", "2 × 4 × 4 outputs × 3 × 2 × 2 in the window"),
    (nn.BatchNorm2d(3), "3 scales + 3 shifts", "3 × 8 × 8 outputs × 1"),
    (nn.MaxPool2d(2), "nothing to learn", "nothing is multiplied"),
]
TOTALS = [("tiny_vgg", 0, 200_000), ("lenet", 0, 100_000), ("efficientnet_lite0", 4_652_008, 4_652_008)]  # as published


def value(formula):
    """What a formula comes to when its words are left out."""
    sums = re.sub(r"[^\d×+]", "", formula)
    return eval(sums.replace("×", "*")) if sums else 0


@pytest.fixture(scope="module")
def steps_of():
    """steps_of(name): a trace of the untrained twin; what it costs does not depend on the weights."""

    def make(name):
        preprocessing = zoo.spec(name).preprocessing
        image = torch.zeros(preprocessing.channels, preprocessing.size, preprocessing.size)
        return trace(graph_of(zoo.untrained(name)), image)

    return make


@pytest.mark.parametrize(("layer", "learned", "work"), LAYERS, ids=lambda x: type(x).__name__)
def test_formulas_say_how_the_numbers_come_about(layer, learned, work):
    step = trace(graph_of(nn.Sequential(layer)), torch.zeros(3, 8, 8))["_0"]
    assert (parameters(step).formula, multiply_adds(step).formula) == (learned, work)


@pytest.mark.parametrize("name", zoo.SPECS)
def test_formulas_come_to_the_numbers_beside_them(steps_of, name):
    for layer in describe(steps_of(name)):
        assert value(layer.parameters.formula) == layer.parameters.value, layer.name
        assert value(layer.multiply_adds.formula) == layer.multiply_adds.value, layer.name


@pytest.mark.parametrize("name", zoo.SPECS)
def test_parameters_are_those_that_torch_finds_in_each_layer(steps_of, name):
    steps = steps_of(name)
    for layer in describe(steps):
        module = steps[layer.name].layer
        assert layer.parameters.value == sum(p.numel() for p in (module.parameters() if module else [])), layer.name


@pytest.mark.parametrize("name", zoo.SPECS)
def test_multiply_adds_are_half_the_operations_that_torch_counts(steps_of, name):
    steps = steps_of(name)
    for layer in describe(steps):
        if layer.kind in ("Conv2d", "Linear"):
            with FlopCounterMode(display=False) as counter, torch.no_grad():
                steps[layer.name].layer(steps[layer.sources[0]].output[None].clone())
            assert layer.multiply_adds.value == counter.get_total_flops() / 2, layer.name


@pytest.mark.parametrize(("name", "least", "most"), TOTALS)
def test_parameters_of_the_zoo_add_up(steps_of, name, least, most):
    total = sum(layer.parameters.value for layer in describe(steps_of(name)))
    assert total == sum(p.numel() for p in zoo.spec(name).build().parameters())
    assert least <= total <= most


def test_layers_are_described_as_they_ran(steps_of):
    described = {layer.name: layer for layer in describe(steps_of("efficientnet_lite0"))}
    assert list(described)[:3] == ["image", "stem_pad", "stem_conv"]
    assert described["blocks_2_add"].sources == ("blocks_1_project_norm", "blocks_2_project_norm")
    assert described["blocks_2_add"].shape == (24, 56, 56)
    assert described["dense"].shape == (1000,)
    assert described["stem_conv"].receptive_field.size == 3
