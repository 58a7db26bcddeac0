"""Explanations against what the network gave, and against the slopes that torch finds for every term."""
import operator
from copy import deepcopy
from dataclasses import FrozenInstanceError, fields
from functools import cache
from itertools import product

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from core import zoo
from core.explain import arithmetic, explain
from core.trace import graph_of, trace

# torch says that this is slow; it is here because left and right get a different number of zeros
pytestmark = pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths:UserWarning")

FUNCTIONS = {
    **{"Input": lambda x: x, "add": operator.add, "relu": F.relu, "relu6": F.relu6},
    **{"sigmoid": torch.sigmoid, "tanh": torch.tanh, "softmax": lambda x: x.softmax(1)},
}


class Calls(nn.Module):
    """A network that is one function of its input, with the modules that it names."""

    def __init__(self, call, **modules):
        super().__init__()
        self.call = call
        for name, module in modules.items():
            self.add_module(name, module)

    def forward(self, maps):
        return self.call(self, maps)


def add_two(self, maps):
    return self.left(maps) + self.right(maps)


# name -> network and the shape of its input; every unit of every step is taken apart
NETWORKS = {
    "one cell": (lambda: nn.Conv2d(2, 3, 1), (2, 3, 4)),
    "rectangular kernel": (lambda: nn.Conv2d(2, 3, (3, 2)), (2, 5, 4)),
    "rectangular everything": (lambda: nn.Conv2d(2, 2, (2, 3), (2, 1), (1, 2), (1, 2)), (2, 5, 6)),
    "stride": (lambda: nn.Conv2d(2, 2, 3, 2, 1), (2, 6, 7)),
    "dilation": (lambda: nn.Conv2d(2, 2, 3, padding=2, dilation=2), (2, 6, 5)),
    "groups": (lambda: nn.Conv2d(4, 6, 2, groups=2), (4, 4, 3)),
    "depthwise": (lambda: nn.Conv2d(3, 3, 3, padding=1, groups=3), (3, 4, 4)),
    "depthwise, two filters a map": (lambda: nn.Conv2d(3, 6, 2, groups=3), (3, 3, 4)),
    "the same size": (lambda: nn.Conv2d(1, 2, 3, padding="same"), (1, 4, 5)),
    "the same size, even kernel": (lambda: nn.Conv2d(1, 2, (4, 2), padding="same"), (1, 5, 4)),
    "the same size, even and dilated": (lambda: nn.Conv2d(1, 1, (2, 4), padding="same", dilation=3), (1, 7, 8)),
    "no padding": (lambda: nn.Conv2d(1, 2, 3, padding="valid"), (1, 4, 5)),
    "no bias": (lambda: nn.Conv2d(2, 2, 3, bias=False), (2, 4, 4)),
    "batch norm": (lambda: nn.BatchNorm2d(3), (3, 3, 2)),
    "batch norm without scale": (lambda: nn.BatchNorm2d(3, eps=0.1, affine=False), (3, 3, 2)),
    "linear": (lambda: nn.Linear(5, 3), (5,)),
    "linear without bias": (lambda: nn.Linear(5, 3, bias=False), (5,)),
    "flatten and linear": (lambda: nn.Sequential(nn.Flatten(), nn.Linear(12, 2)), (2, 3, 2)),
    "max": (lambda: nn.MaxPool2d(2), (2, 4, 6)),
    "max, rectangular": (lambda: nn.MaxPool2d((3, 2), (1, 2)), (2, 5, 6)),
    "max, overlapping, padding": (lambda: nn.MaxPool2d(3, 2, 1), (2, 5, 6)),
    "max, dilation": (lambda: nn.MaxPool2d(2, 1, 1, dilation=2), (1, 5, 4)),
    "max, over the edge": (lambda: nn.MaxPool2d(2, ceil_mode=True), (2, 5, 3)),
    "max, over the edge, padding": (lambda: nn.MaxPool2d(3, 2, 1, ceil_mode=True), (1, 6, 4)),
    "average": (lambda: nn.AvgPool2d(2), (2, 4, 5)),
    "average, padding": (lambda: nn.AvgPool2d((3, 2), 2, 1), (2, 5, 4)),
    "average without padding to count": (lambda: nn.AvgPool2d(3, 1, count_include_pad=False), (1, 4, 4)),
    "global average": (lambda: nn.AdaptiveAvgPool2d(1), (2, 3, 5)),
    "average to 2 × 3": (lambda: nn.AdaptiveAvgPool2d((2, 3)), (2, 4, 9)),
    "average of rows": (lambda: nn.AdaptiveAvgPool2d((None, 1)), (2, 3, 4)),
    "zeros around": (lambda: nn.ZeroPad2d((1, 2, 3, 0)), (2, 2, 3)),
    "zeros that cut off": (lambda: nn.ZeroPad2d((-1, 1, 0, -1)), (2, 3, 4)),
    **{kind.__name__: (kind, (2, 3, 4)) for kind in (nn.ReLU, nn.ReLU6, nn.LeakyReLU, nn.Sigmoid, nn.Tanh, nn.GELU)},
    **{kind.__name__: (kind, (2, 3, 4)) for kind in (nn.Dropout, nn.Identity)},
    "ReLU of a vector": (nn.ReLU, (6,)),
    "Softmax of a vector": (lambda: nn.Softmax(1), (5,)),
    "Softmax of a vector, last axis": (lambda: nn.Softmax(-1), (5,)),
    "Softmax over channels": (lambda: nn.Softmax(1), (3, 2, 2)),
    "Softmax over channels from behind": (lambda: nn.Softmax(-3), (3, 2, 2)),
    "upsampling": (lambda: nn.Upsample(scale_factor=2), (2, 2, 3)),
    "upsampling, rectangular": (lambda: nn.Upsample(scale_factor=(3, 2)), (1, 2, 2)),
    "a vector into maps": (lambda: nn.Unflatten(1, (2, 3, 2)), (12,)),
    "a decoder": (
        lambda: nn.Sequential(
            *(nn.Linear(3, 12), nn.Unflatten(1, (3, 2, 2)), nn.Upsample(scale_factor=2), nn.Conv2d(3, 2, 3, padding=1)),
        ),
        (3,),
    ),
    "relu": (lambda: Calls(lambda _, x: F.relu(x)), (2, 2, 3)),
    "relu6": (lambda: Calls(lambda _, x: F.relu6(x)), (2, 2, 3)),
    "sigmoid": (lambda: Calls(lambda _, x: torch.sigmoid(x)), (2, 2, 3)),
    "tanh": (lambda: Calls(lambda _, x: torch.tanh(x)), (2, 2, 3)),
    "softmax": (lambda: Calls(lambda _, x: F.softmax(x, dim=1)), (3, 2, 2)),
    "softmax of a vector": (lambda: Calls(lambda _, x: torch.softmax(x, -1)), (4,)),
    "a sum": (lambda: Calls(add_two, left=nn.Conv2d(2, 2, 1), right=nn.ReLU()), (2, 2, 3)),
    "a sum of vectors": (lambda: Calls(add_two, left=nn.Linear(4, 4), right=nn.Tanh()), (4,)),
    "a sum with its own source": (lambda: Calls(lambda self, x: x + self.conv(x), conv=nn.Conv2d(2, 2, 1)), (2, 2, 3)),
    "a sum of three": (lambda: Calls(lambda self, x: add_two(self, x) + x, left=nn.ReLU(), right=nn.Tanh()), (2, 2, 2)),
}


@cache
def small(name):
    """A network of NETWORKS in float64, seeded, traced on numbers from -12 to 12, or below zero where a maximum is."""
    build, shape = NETWORKS[name]
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = nn.Sequential(build()).double()
        for layer in model.modules():
            if isinstance(layer, nn.BatchNorm2d):
                for tensor in [layer.running_mean, layer.running_var, *layer.parameters()]:
                    nn.init.uniform_(tensor, 0.5, 2)
        return trace(graph_of(model), torch.randn(shape).double() * 4 - 20 * name.startswith("max"))


def all_units(step):
    return list(product(*map(range, step.output.shape)))


def slopes_of_torch(steps, step, units):
    """For each unit, the slope of it along every number of every source: {source: (C, H, W)}, as torch finds them."""
    names = step.sources or (step.name,)
    # in plain order, since torch takes one picture with channels last for another order on the way back
    sources = [steps[name].output.clone(memory_format=torch.contiguous_format)[None].requires_grad_() for name in names]
    output = (step.layer or FUNCTIONS[step.kind])(*sources)[0]
    for unit in units:
        slopes = torch.autograd.grad(output[unit], sources, retain_graph=True)
        yield {name: slope[0].reshape(maps(slope[0])).numpy() for name, slope in zip(names, slopes, strict=True)}


def maps(values):
    return values.shape if values.ndim == 3 else (len(values), 1, 1)


def check(steps, step, unit, slopes):
    """The places, the values and the weights of one unit; a cell of the padding is no place at all."""
    found, laid = explain(steps, step.name, unit), {name: np.zeros(slope.shape) for name, slope in slopes.items()}
    weights = found.products * 0 + np.nan if found.weights is None else found.weights
    for index, (feeder, source, inside) in enumerate(zip(found.feeders, found.sources, found.inside, strict=True)):
        shape = laid[feeder].shape
        assert inside == all(0 <= at < length for at, length in zip(source, shape, strict=True))
        if inside:
            laid[feeder][tuple(source)] += weights[index]
            assert found.values[index] == steps[feeder].output.reshape(shape)[tuple(source)].item()
        else:
            assert found.values[index] == 0
    for name, slope in slopes.items():
        known = ~np.isnan(laid[name])  # elsewhere nothing is multiplied; the number may depend on that cell alone
        np.testing.assert_allclose(laid[name][known], slope[known], rtol=1e-9, atol=1e-12)
    assert found.unit == (*unit, 0, 0)[:3]
    return found


@pytest.mark.parametrize("name", NETWORKS)
def test_every_unit_of_a_small_network_is_taken_apart_as_torch_does(name):
    steps = small(name)
    for step in steps.values():
        units = all_units(step)
        for unit, slopes in zip(units, slopes_of_torch(steps, step, units), strict=True):
            found = check(steps, step, unit, slopes)
            added = found.products.sum() + found.bias
            assert found.sum == pytest.approx(added, rel=1e-12, abs=1e-12)
            assert found.result == (found.sum if found.rule != "softmax" else found.products[unit[0]] / found.sum)
            assert found.output == step.output[unit].item()
            assert abs(found.difference) < 1e-12 * max(1, np.abs(found.products).sum())


def test_the_rules_are_told_apart():
    rules = {name: explain(small(name), list(small(name))[-1], (0, 0, 0)) for name in NETWORKS}
    assert {found.rule for found in rules.values()} == {"sum", "max", "curve", "softmax"}
    unweighted = {name for name, found in rules.items() if found.weights is None}
    assert unweighted == {name for name in NETWORKS if name.lower()[:4] in ("sigm", "tanh", "gelu", "soft")}
    assert {name for name, found in rules.items() if found.rule == "max"} == {n for n in NETWORKS if n[:3] == "max"}


def test_a_tiny_network_by_hand(tiny_cnn, ramp):
    steps = trace(graph_of(tiny_cnn), ramp)
    conv, relu, flat, dense = (explain(steps, *asked) for asked in [
        ("_0", (1, 1, 0)), ("_1", (1, 1, 0)), ("_2", (6,)), ("_3", (1,)),
    ])  # fmt: skip
    assert (conv.kind, conv.rule, conv.unit, set(conv.feeders)) == ("Conv2d", "sum", (1, 1, 0), {"image"})
    assert conv.sources.tolist() == [[0, row, column] for row in (1, 2, 3) for column in (0, 1, 2)]
    assert conv.products.tolist() == conv.values.tolist() == [4, 5, 6, 8, 9, 10, 12, 13, 14]
    assert (conv.bias, conv.sum, conv.result, conv.output, conv.difference) == (-75, 6, 6, 6, 0)
    assert (relu.values, relu.weights, relu.products, relu.output) == ([6], [1], [6], 6)
    assert (flat.feeders, flat.sources.tolist(), flat.output) == (("_1",), [[1, 1, 0]], 6)
    assert dense.values.tolist() == [0, 4, 31, 40, 0, 0, 6, 15]
    assert dense.products.tolist() == [0, 4, 31, 40, 0, 0, -6, -15]
    assert (dense.bias, dense.output, dense.unit) == (0, 54, (1, 0, 0))


# ---- the networks of the zoo ---------------------------------------------------------------------------------------


def chosen(step, dice, count):
    """The corners and some of the borders of the first, the middle and the last map, and `count` units at random."""
    shape, rolled = step.output.shape, dice.integers(0, step.output.shape, (count, step.output.ndim)).tolist()
    ends = [sorted({0, length - 1}) for length in shape]
    if len(shape) == 1:
        return sorted({*map(tuple, rolled), (0,), (shape[0] - 1,)})
    channels, (rows, columns) = {0, shape[0] // 2, shape[0] - 1}, dice.integers(0, shape[1:], (3, 2)).T.tolist()
    borders = [*product(channels, ends[1], ends[2] + columns), *product(channels, rows, ends[2])]
    return sorted({*map(tuple, rolled), *borders})


def size_of(found, layer):
    """How large the numbers were that were added; the bias of a batch norm is itself a sum of two."""
    bias = abs(found.bias)
    if isinstance(layer, nn.BatchNorm2d):
        mean, shift = layer.running_mean[found.unit[0]].item(), layer.bias[found.unit[0]].item()
        bias = abs(shift) + abs(found.weights[0] * mean)
    return max(abs(found.output), np.abs(found.products).sum() + bias)


@cache
def exact(name, trained):
    """A network of the zoo in float64."""
    return graph_of(deepcopy(zoo.load(name, trained).model).double())


@pytest.mark.parametrize("trained", [True, False], ids=["trained", "untrained"])
@pytest.mark.parametrize("precision", [torch.float32, torch.float64], ids=["float32", "float64"])
@pytest.mark.parametrize("name", zoo.SPECS)
def test_the_terms_of_any_unit_add_up_to_what_the_network_gave(network, seen, name, precision, trained):
    graph = network(name, trained).graph if precision == torch.float32 else exact(name, trained)
    steps, dice = trace(graph, seen(name, "cat").to(precision)), np.random.default_rng(0)
    allowed, strictly, count = (1e-5 if precision == torch.float32 else 1e-9), 0, 0
    for step in steps.values():
        for unit in chosen(step, dice, 20):
            found = explain(steps, step.name, unit)
            error, size = abs(found.products.sum() + found.bias - step.output[unit].item()), size_of(found, step.layer)
            assert error <= allowed * size, (step.name, unit)
            assert found.difference == pytest.approx(found.products.sum() + found.bias - found.output, abs=1e-9 * size)
            count += 1
            if abs(found.output) > 0.03 * size:  # not nearly all of it cancels: then it is exact in itself
                strictly += 1
                assert error <= allowed * abs(found.output), (step.name, unit)
    assert strictly > 0.4 * count


@pytest.mark.parametrize("name", zoo.SPECS)
def test_the_terms_of_any_step_are_the_slopes_of_torch(seen, name):
    steps, dice = trace(exact(name, True), seen(name, "cat").double()), np.random.default_rng(1)
    for step in steps.values():
        units = chosen(step, dice, 2)
        picked = [units[at] for at in {0, len(units) - 1, *dice.integers(0, len(units), 2).tolist()}]
        for unit, slopes in zip(picked, slopes_of_torch(steps, step, picked), strict=True):
            check(steps, step, unit, slopes)


def test_the_two_ways_into_a_sum_are_told_apart(network, seen):
    steps = trace(network("efficientnet_lite0").graph, seen("efficientnet_lite0", "cat"))
    found = explain(steps, "blocks_2_add", (5, 3, 4))
    assert found.feeders == ("blocks_1_project_norm", "blocks_2_project_norm")
    assert found.sources.tolist() == [[5, 3, 4], [5, 3, 4]]
    assert found.weights.tolist() == [1, 1]


# ---- what is wrong, and what is left alone -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (("conv", (0, 0, 0)), "there is no step called 'conv'; there are image, _0, _1, _2, _3"),
        (("_0", (2, 0, 0)), "_0 has 2 outputs, numbered from 0 to 1, and no 2"),
        (("_3", (-1,)), "_3 has 2 outputs, numbered from 0 to 1, and no -1"),
        (("_0", (0, 2, 1)), "row 2, column 1 is not on a map of 2 × 2"),
        (("image", (0, 0, -1)), "row 0, column -1 is not on a map of 4 × 4"),
        (("_3", (0, 0, 1)), "row 0, column 1 is not on a map of 1 × 1"),
        (("_0", (0, 1)), r"a unit is channel, row, column \(or channel alone on a vector\), not \(0, 1\)"),
        (("_1", (1,)), "_1 has maps of 2 × 2; a unit there is channel, row, column, not 1 alone"),
    ],
    ids=str,
)
def test_a_step_or_a_unit_that_is_not_there_is_named(tiny_cnn, ramp, asked, sentence):
    with pytest.raises(ValueError, match=f"^{sentence}"):
        explain(trace(graph_of(tiny_cnn), ramp), *asked)


# network, shape of its input, the step that is asked about (the last where there is none), what is said of it
UNEXPLAINED = {
    "a layer nobody explains": (nn.ELU(), (2, 3, 3), "", "no explanation is known for _0, a ELU"),
    "a function nobody explains": (Calls(lambda _, x: x * 2), (2, 3, 3), "", "is known for _0_mul, a mul"),
    "gelu, whichever it is": (Calls(lambda _, x: F.gelu(x, approximate="tanh")), (2,), "", "known for _0_gelu, a gelu"),
    "mirrors": (nn.Conv2d(1, 1, 3, padding=1, padding_mode="reflect"), (1, 4, 4), "", "not with zeros but by 'refl"),
    "uneven": (nn.AdaptiveAvgPool2d(3), (1, 4, 6), "", "_0 has windows of different sizes"),
    "edges": (nn.AvgPool2d(3, 1, 1, count_include_pad=False), (1, 4, 4), "", "not divide by the size of its window"),
    "half a window": (nn.AvgPool2d(2, ceil_mode=True), (1, 3, 3), "", "does not divide by the size of its window"),
    "divisor": (nn.AvgPool2d(2, divisor_override=3), (1, 4, 4), "", "does not divide by the size of its window"),
    "nothing but padding": (nn.MaxPool2d(2, 1, 1, dilation=5), (1, 4, 4), "", "covers nothing but padding"),
    "own mean": (nn.BatchNorm2d(1, track_running_stats=False), (1, 3, 3), "", "the picture's own mean and variance"),
    "smooth": (nn.Upsample(scale_factor=2, mode="bilinear"), (1, 2, 2), "", "does not repeat whole cells"),
    "half as large again": (nn.Upsample(scale_factor=1.5), (1, 2, 2), "", "does not repeat whole cells"),
    "steep": (nn.LeakyReLU(0.2), (1, 3, 3), "", "has the slope 0.2 and not 0.01"),
    "nearly GELU": (nn.GELU(approximate="tanh"), (1, 3, 3), "", "is approximated by tanh"),
    "rows": (nn.Softmax(2), (2, 3, 3), "", "shares out along axis 2 and not over channels"),
    "columns": (nn.Softmax(-1), (2, 3, 3), "", "shares out along axis -1 and not over channels"),
    "pictures": (nn.Softmax(0), (3,), "", "shares out along axis 0 and not over channels"),
    "rows of a function": (Calls(lambda _, x: F.softmax(x, 2)), (2, 3, 3), "", "where its terms make"),
    "pictures of a function": (Calls(lambda _, x: F.softmax(x, 0)), (3,), "", "gave 1 where its terms make"),
    "x + x": (Calls(lambda _, x: x + x), (2, 3, 3), "", "adds something other than two steps of the same shape"),
    "x + 1": (Calls(lambda _, x: x + 1), (2, 3, 3), "", "adds something other than two steps of the same shape"),
    "everywhere": (Calls(add_two, left=nn.ReLU(), right=nn.AvgPool2d(3)), (2, 3, 3), "", "steps of the same shape"),
    "twice": (Calls(lambda _, x: torch.add(x, torch.tanh(x), alpha=2)), (2, 3, 3), "", "where its terms make"),
    "linear in rows": (nn.Linear(3, 2), (2, 3, 3), "", "no explanation is known for _0, a Linear"),
    "flat rows": (nn.Flatten(2), (2, 3, 3), "", "takes or gives neither maps nor a vector"),
    "flat rows, flattened": (nn.Sequential(nn.Flatten(2), nn.Flatten()), (2, 3, 3), "", "takes or gives neither maps"),
    "nothing to flatten": (nn.Flatten(3), (2, 3, 3), "", "no explanation is known for _0, a Flatten"),
    "written over": (nn.Sequential(nn.Conv2d(1, 1, 1), nn.ReLU(True)), (1, 3, 3), "_0_0", "wrote over what _0_0 gave"),
    "writes over": (nn.Sequential(nn.Conv2d(1, 1, 1), nn.ReLU(True)), (1, 3, 3), "_0_1", "wrote over what _0_0 gave"),
    "relu_": (Calls(lambda self, x: F.relu_(self.conv(x)), conv=nn.Conv2d(1, 1, 1)), (1, 3, 3), "_0_conv", "over what"),
    "ELU": (nn.Sequential(nn.Conv2d(1, 1, 1), nn.ELU(inplace=True)), (1, 3, 3), "_0_0", "wrote over what _0_0 gave"),
}


@pytest.mark.parametrize("name", UNEXPLAINED)
def test_what_is_not_explained_says_so_and_gives_no_wrong_number(name):
    model, shape, step, sentence = UNEXPLAINED[name]
    steps = trace(graph_of(nn.Sequential(model)), torch.linspace(-1, 3, int(np.prod(shape))).reshape(shape))
    step = step or list(steps)[-1]
    with pytest.raises(ValueError, match=sentence):
        explain(steps, step, (0, 0, 0) if steps[step].output.ndim == 3 else (0,))


def test_layers_after_one_that_writes_in_place_are_explained():
    model = nn.Sequential(nn.Conv2d(1, 2, 1), nn.ReLU(inplace=True), nn.MaxPool2d(2))
    steps = trace(graph_of(model), torch.ones(1, 4, 4))
    assert explain(steps, "_2", (1, 1, 1)).output == steps["_1"].output[1, 2:, 2:].max()


def test_a_network_that_is_still_training_gives_no_wrong_number():
    steps = trace(graph_of(nn.Sequential(nn.Dropout(0.5))).train(), torch.ones(1, 1, 1))
    with pytest.raises(ValueError, match=r"_0, a Dropout, gave [02] where its terms make 1"):
        explain(steps, "_0", (0, 0, 0))


@pytest.mark.parametrize("name", ["tiny_vgg", "lenet"])
def test_neither_the_trace_nor_the_network_notices(network, seen, unnoticed, name):
    graph = network(name).graph
    steps = trace(graph, seen(name, "cat"))
    before = {name: step.output.clone() for name, step in steps.items()}
    with unnoticed(graph):
        for step in steps.values():
            found = explain(steps, step.name, (1,) if step.output.ndim == 1 else (0, 2, 3))
            for numbers in (found.values, found.weights, found.products, found.sources, found.inside):
                numbers[...] = 0  # what is done to an explanation stays there
    assert all(torch.equal(step.output, before[step.name]) for step in steps.values())


def test_an_explanation_stays_as_it_is(tiny_cnn, ramp):
    steps = trace(graph_of(tiny_cnn), ramp)
    for record in (explain(steps, "_0", (0, 0, 0)), arithmetic(steps, "_0", 0)):
        for field in fields(record):
            with pytest.raises(FrozenInstanceError):
                setattr(record, field.name, None)


def test_no_number_is_a_minus_zero():
    model = nn.Sequential(nn.Conv2d(1, 2, 1, bias=False), nn.ReLU(), nn.Identity())
    nn.init.ones_(model[0].weight)
    steps = trace(graph_of(model), torch.full((1, 1, 1), -0.0))
    for step in steps.values():
        found = explain(steps, step.name, (0, 0, 0))
        numbers = np.array([*found.products, found.bias, found.sum, found.difference])
        assert not np.signbit(numbers).any(), step.name


def test_rounding_where_a_batch_norm_all_but_cancels_is_no_wrong_number():
    norm = nn.BatchNorm2d(50)
    norm.running_mean.copy_(torch.linspace(0.1, 9, 50))
    norm.bias.data.copy_(norm.running_mean * (1 + norm.eps) ** -0.5)  # nothing is left but the last digit
    steps = trace(graph_of(nn.Sequential(norm)), torch.zeros(50, 1, 1))
    found = [explain(steps, "_0", (channel, 0, 0)) for channel in range(50)]
    assert max(abs(one.difference) for one in found) < 1e-6
    assert any(abs(one.difference) > 0.1 * abs(one.result) for one in found)  # or nothing is tested


def test_a_share_that_float32_has_no_number_for_is_no_wrong_number():
    steps = trace(graph_of(nn.Sequential(nn.Softmax(1))), torch.tensor([0.0, -95.0, -110.0]))
    assert [explain(steps, "_0", (at,)).result for at in (1, 2)] == pytest.approx(np.exp([-95, -110]), rel=1e-9, abs=0)
    assert explain(steps, "_0", (2,)).output == 0
