"""Slopes taken apart: by hand, against torch's own gradients, and against the slope of every single local step."""
from copy import deepcopy
from dataclasses import FrozenInstanceError
from functools import cache
from itertools import product

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from core import zoo
from core.backwards import explain_backward
from core.gradients import AIMS, backtrace
from core.trace import graph_of
from core.weight_slopes import explain_weight, weight_gradient
from tests.test_explain import NETWORKS, Calls, chosen, exact

# torch says that this is slow; it is here because left and right get a different number of zeros
pytestmark = pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths:UserWarning")

# where all cells are equal, max pooling has to choose; where two paths meet, both count
MORE = {
    "max of equals": (lambda: nn.Sequential(nn.ReLU(), nn.MaxPool2d(3, 2, 1)), (2, 6, 5)),
    "two ways": (lambda: Calls(lambda self, x: F.relu(x) + self.conv(F.relu(x)), conv=nn.Conv2d(2, 2, 1)), (2, 3, 2)),
    "many kinds": (
        lambda: nn.Sequential(
            *(nn.ZeroPad2d((0, 1, 0, 1)), nn.Conv2d(2, 4, 3, 2, bias=False), nn.BatchNorm2d(4), nn.ReLU6()),
            *(nn.Conv2d(4, 4, 3, padding=1, groups=4), nn.Tanh(), nn.MaxPool2d(3, 1, 1), nn.AvgPool2d(2)),
        ),
        (2, 8, 8),
    ),
}


@cache
def headed(name):
    """A network of NETWORKS or MORE in float64 with a fully connected layer behind it, and a picture for it."""
    build, shape = (NETWORKS | MORE)[name]
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        body = build().double().eval()
        for layer in body.modules():
            if isinstance(layer, nn.BatchNorm2d):
                for tensor in [layer.running_mean, layer.running_var, *layer.parameters()]:
                    nn.init.uniform_(tensor, 0.5, 2)
        picture = torch.randn(shape).double() * 4 - 20 * name.startswith("max")
        made = body(picture[None])
        model = nn.Sequential(body, nn.Flatten(), nn.Linear(made.numel(), 3).double())
    return model.requires_grad_(False), picture


def units_of(back):
    return [(step, unit) for step in back.steps for unit in product(*map(range, back.steps[step].output.shape))]


@pytest.mark.parametrize("name", [*NETWORKS, *MORE])
def test_every_unit_of_a_small_network_adds_up_to_the_slope_of_torch(name):
    model, picture = headed(name)
    for aim, every in zip(AIMS, (1, 3, 3), strict=True):
        back = backtrace(graph_of(model), picture, 1, aim=aim)
        for step, unit in units_of(back)[::-every]:
            found = explain_backward(back, step, unit)
            slope = back.slopes[step][unit].item()
            assert found.gradient == slope
            assert found.sum == pytest.approx(found.products.sum(), rel=1e-12, abs=1e-15)
            assert abs(found.sum - slope) <= 1e-9 * np.abs(found.products).sum(), (step, unit)
            np.testing.assert_allclose(found.products, found.upstream * found.slopes)
            assert found.unit == (*unit, 0, 0)[:3]


@pytest.mark.parametrize("name", [*NETWORKS, *MORE])
def test_every_term_has_the_place_and_the_slope_that_torch_has_there(name):
    """The local slope of each consumer unit is what a small change of the number alone does to it."""
    model, picture = headed(name)
    back = backtrace(graph_of(model), picture, 1)
    steps = back.steps
    for step, unit in units_of(back)[:: max(1, len(units_of(back)) // 25)]:
        found = explain_backward(back, step, unit)
        expected = local_slopes(steps, step, unit)
        told = {}
        for consumer, target, slope in zip(found.consumers, found.targets.tolist(), found.slopes, strict=True):
            if consumer != "score":
                told[consumer, *target] = told.get((consumer, *target), 0) + slope
                assert found.upstream[len(told) - 1] == as_maps(back.slopes[consumer])[tuple(target)]
        for place in told | expected:
            assert told.get(place, 0) == pytest.approx(expected.get(place, 0), rel=1e-9, abs=1e-12), place


def as_maps(values):
    return values if values.ndim == 3 else values.reshape(-1, 1, 1)


FUNCTIONS = {
    **{"add": lambda x, y: x + y, "relu": F.relu, "relu6": F.relu6},
    **{"sigmoid": torch.sigmoid, "tanh": torch.tanh, "softmax": lambda x: x.softmax(1)},
}


def local_slopes(steps, step, unit):
    """{(consumer, channel, row, column): slope} of all that a unit feeds, as torch's forward mode finds them."""
    found = {}
    for consumer in steps.values():
        if step in consumer.sources:
            given = [steps[name].output[None] for name in consumer.sources]
            sources = tuple(one.clone(memory_format=torch.contiguous_format) for one in given)
            little = tuple(torch.zeros_like(source) for source in sources)
            little[consumer.sources.index(step)][0][unit] = 1
            call = consumer.layer or FUNCTIONS[consumer.kind]
            _, change = torch.autograd.functional.jvp(call, sources, little)
            maps = as_maps(change[0])
            found |= {(consumer.name, *place): maps[tuple(place)].item() for place in maps.nonzero().tolist()}
    return found


def test_a_tiny_network_by_hand(tiny_cnn, ramp):
    back = backtrace(graph_of(tiny_cnn), ramp, 1)
    score, flat, relu, conv, image = (explain_backward(back, *asked) for asked in [
        ("_3", (1,)), ("_2", (6,)), ("_1", (1, 1, 0)), ("_0", (1, 0, 0)), ("image", (0, 1, 1)),
    ])  # fmt: skip
    assert (score.consumers, score.targets.tolist(), score.sum, score.gradient) == (("score",), [[0, 0, 0]], 1, 1)
    assert flat.consumers == ("_3", "_3")
    assert flat.targets.tolist() == [[0, 0, 0], [1, 0, 0]]
    assert (flat.upstream.tolist(), flat.slopes.tolist(), flat.products.tolist()) == ([0, 1], [1, -1], [0, -1])
    assert (relu.consumers, relu.targets.tolist(), relu.slopes.tolist(), relu.sum) == (("_2",), [[6, 0, 0]], [1], -1)
    assert (conv.slopes.tolist(), conv.upstream.tolist(), conv.sum) == ([0], [-1], 0)  # -30 is shut off
    # 2 kernels, 4 positions each; open are three of the first (+1 each) and two of the second (-1 each)
    assert image.targets.tolist() == [[k, row, column] for k in (0, 1) for row in (0, 1) for column in (0, 1)]
    assert sorted(image.products.tolist()) == [-1, -1, 0, 0, 0, 1, 1, 1]
    assert (image.step, image.kind, image.sum, image.gradient, image.difference) == ("image", "Input", 1, 1, 0)


def test_the_slope_along_an_output_says_what_is_missing(tiny_cnn, ramp):
    graph = graph_of(tiny_cnn)  # logits 96 and 54
    back = backtrace(graph, ramp, 1, aim="squared error")
    assert back.value == (96**2 + 53**2) / 2
    assert [explain_backward(back, "_3", (at,)).sum for at in (0, 1)] == [96, 53]  # output less target
    back = backtrace(graph, ramp / 100, 1, aim="cross-entropy")
    shares = back.steps["_3"].output.softmax(0).tolist()
    assert back.value == pytest.approx(-np.log(shares[1]))
    found = [explain_backward(back, "_3", (at,)) for at in (0, 1)]
    assert [one.sum for one in found] == pytest.approx([shares[0], shares[1] - 1])
    assert found[0].consumers == ("cross-entropy",)


def test_of_equals_the_first_gets_it_all():
    model, picture = headed("max of equals")
    back = backtrace(graph_of(model), picture, 1)
    first, second = (explain_backward(back, "_0_0", (0, 0, column)) for column in (0, 1))
    assert (first.slopes.tolist(), second.slopes.tolist()) == ([1], [0, 1])  # the second is the first of its own window
    assert second.gradient == second.upstream[1] == back.slopes["_0_1"][0, 0, 1]


# ---- the networks of the zoo ---------------------------------------------------------------------------------------


def close(found, allowed):
    """The sum is torch's number; where the terms cancel, compared with what was added."""
    error, size = abs(found.sum - found.gradient), np.abs(found.products).sum()
    assert error <= allowed * size, (found.step, found.unit)
    return size == 0 or (abs(found.gradient) > 0.03 * size and error <= allowed * abs(found.gradient))


@pytest.mark.parametrize("trained", [True, False], ids=["trained", "untrained"])
@pytest.mark.parametrize("precision", [torch.float32, torch.float64], ids=["float32", "float64"])
@pytest.mark.parametrize("name", zoo.SPECS)
def test_the_terms_of_any_unit_add_up_to_its_slope(network, seen, name, precision, trained):
    graph = network(name, trained).graph if precision == torch.float32 else exact(name, trained)
    allowed, strictly, count = (1e-4 if precision == torch.float32 else 1e-9), 0, 0
    aim, dice = ("score" if trained else "cross-entropy"), np.random.default_rng(0)
    back = backtrace(graph, seen(name, "cat").to(precision), 3, aim=aim)
    for step in back.steps.values():
        units = chosen(step, dice, 6)
        for at in dice.choice(len(units), 2 if name == "efficientnet_lite0" else len(units) // 2, replace=False):
            strictly += close(explain_backward(back, step.name, units[at]), allowed)
            count += 1
    assert strictly > 0.5 * count


@pytest.mark.parametrize("name", zoo.SPECS)
def test_a_unit_is_heard_where_it_belongs(network, seen, name):
    back = backtrace(network(name).graph, seen(name, "cat"), None)
    asked = {
        "tiny_vgg": ("module1_relu1", (2, 5, 31), ("module1_conv2",), 16 * 3 * 2),
        "lenet": ("flatten", (7,), ("dense1",), 64),
        "efficientnet_lite0": ("blocks_1_project_norm", (5, 3, 4), ("blocks_2_add", "blocks_2_expand_conv"), 1 + 144),
    }
    step, unit, consumers, count = asked[name]
    found = explain_backward(back, step, unit)
    assert (tuple(sorted(set(found.consumers))), len(found.products)) == (consumers, count)


# ---- weights -------------------------------------------------------------------------------------------------------


def judged(model, picture, aim):
    """Gradients of all parameters by name, as torch finds them on a copy."""
    copy = deepcopy(model).requires_grad_(True)
    value = AIMS[aim](copy(picture[None])[0], 1)
    return dict(zip(dict(copy.named_parameters()), torch.autograd.grad(value, list(copy.parameters())), strict=True))


@pytest.mark.parametrize("name", [*NETWORKS, *MORE])
def test_every_weight_of_a_small_network_adds_up_to_the_slope_of_torch(name):
    model, picture = headed(name)
    back = backtrace(graph_of(model), picture, 1, aim="cross-entropy")
    slopes = judged(model, picture, "cross-entropy")
    for parameter, slope in slopes.items():
        layer, _, leaf = parameter.rpartition(".")
        step = next(step.name for step in back.steps.values() if step.layer is model.get_submodule(layer))
        torch.testing.assert_close(weight_gradient(back, step, leaf), slope, rtol=1e-9, atol=1e-12)
        for index in product(*map(range, slope.shape)):
            found = explain_weight(back, step, index, leaf)
            assert abs(found.sum - slope[index]) <= 1e-9 * np.abs(found.products).sum() + 1e-15
            assert len(found.products) == back.steps[step].output[0].numel()
            assert (found.targets[:, 0] == index[0]).all()


@pytest.mark.parametrize("name", zoo.SPECS)
def test_weights_of_the_zoo_add_up_to_the_slopes_of_torch(network, seen, name):
    net, dice = network(name), np.random.default_rng(2)
    back, slopes = backtrace(net.graph, seen(name, "cat"), 1), judged(net.model, seen(name, "cat"), "score")
    some = list(slopes)[:6] + list(slopes)[-2:] + dice.choice(list(slopes), 8).tolist()
    for parameter in some:
        layer, _, leaf = parameter.rpartition(".")
        step = layer.replace(".", "_")
        slope = slopes[parameter]
        torch.testing.assert_close(weight_gradient(back, step, leaf), slope, rtol=1e-3, atol=1e-4 * slope.abs().max())
        index = tuple(int(dice.integers(size)) for size in slope.shape)
        close(explain_weight(back, step, index, leaf), 1e-4)


def test_a_weight_by_hand(tiny_cnn, ramp):
    back = backtrace(graph_of(tiny_cnn), ramp, 1)
    found = explain_weight(back, "_0", (0, 0, 1, 2))
    # under the kernel's row 1, column 2 lie 6, 7, 10 and 11; the first position is shut off by the ReLU
    assert (found.upstream.tolist(), found.slopes.tolist()) == ([0, 1, 1, 1], [6, 7, 10, 11])
    assert (found.sum, found.kind, found.unit, found.consumers) == (28, "Conv2d", (0, 0, 1, 2), ("_0",) * 4)
    assert found.targets.tolist() == [[0, 0, 0], [0, 0, 1], [0, 1, 0], [0, 1, 1]]
    assert explain_weight(back, "_0", (1,), "bias").sum == -2
    assert explain_weight(back, "_3", (1, 3)).products.tolist() == [40]


# ---- what is wrong, and what is left alone -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (("conv", (0, 0, 0)), "there is no step called 'conv'; there are image, _0, _1, _2, _3"),
        (("image", (0, 0, 0)), "there is no slope at image; they begin at _0"),
        (("_0", (2, 0, 0)), "_0 has 2 × 2 × 2 numbers, counted from 0, and none at 2, 0, 0"),
        (("_0", (0, -1, 0)), "and none at 0, -1, 0"),
        (("_3", (2,)), "_3 has 2 numbers, counted from 0, and none at 2"),
        (("_0", (1,)), "a unit of _0 is channel, row, column, not 1"),
        (("_3", (0, 1)), "a unit of _3 is channel alone, not 0, 1"),
        (("_3", ()), "a unit of _3 is channel alone, not nothing"),
    ],
    ids=str,
)
def test_a_step_or_a_unit_that_is_not_there_is_named(tiny_cnn, ramp, asked, sentence):
    with pytest.raises(ValueError, match=f"{sentence}$"):
        explain_backward(backtrace(graph_of(tiny_cnn), ramp, 0, "_0"), *asked)


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (("_1", (0,)), "_1, a ReLU, has no weight"),
        (("_3", (0,), "bias"), "_3, a Linear, has no bias"),
        (("_3", (0,), "training"), "_3, a Linear, has no training"),
        (("_0", (0, 0, 3, 0)), "the weight of _0 is 2 × 1 × 3 × 3 numbers, counted from 0, and has none at 0, 0, 3, 0"),
        (("_0", (0, 0)), "and has none at 0, 0"),
        (("_0", (2,), "bias"), "the bias of _0 is 2 numbers, counted from 0, and has none at 2"),
    ],
    ids=str,
)
def test_a_weight_that_is_not_there_is_named(tiny_cnn, ramp, asked, sentence):
    with pytest.raises(ValueError, match=sentence):
        explain_weight(backtrace(graph_of(tiny_cnn), ramp, 0), *asked)


@pytest.mark.parametrize(
    ("model", "sentence"),
    [
        (nn.Sequential(nn.Conv2d(1, 1, 1), nn.ELU(), nn.Flatten()), "no explanation is known for _1, a ELU"),
        (Calls(lambda self, x: self.flat(self.conv(x) * 2), conv=nn.Conv2d(1, 1, 1), flat=nn.Flatten()), "mul, a mul"),
        (nn.Sequential(nn.Conv2d(1, 1, 1), nn.Softmax(2), nn.Flatten()), "shares out along axis 2"),
        (nn.Sequential(nn.Conv2d(1, 1, 1), nn.ReLU(inplace=True), nn.Flatten()), "step wrote over what _0 gave"),
    ],
    ids=["ELU", "mul", "softmax of rows", "written over"],
)
def test_what_is_not_explained_says_so(model, sentence):
    back = backtrace(graph_of(model), torch.rand(1, 3, 3), 1)
    conv = next(name for name, step in back.steps.items() if step.kind == "Conv2d")
    with pytest.raises(ValueError, match=sentence):
        explain_backward(back, conv, (0, 1, 1))


def test_terms_that_do_not_make_the_slope_are_no_explanation(tiny_cnn, ramp):
    back = backtrace(graph_of(tiny_cnn), ramp, 0)
    back.slopes["_0"][0, 0, 1] += 1
    with pytest.raises(ValueError, match="_0, a Conv2d, has the slope 2 where its terms make 1"):
        explain_backward(back, "_0", (0, 0, 1))


def test_what_feeds_nothing_has_no_terms_and_no_slope():
    model = Calls(lambda self, x: (self.left(x), self.right(x))[1], left=nn.ReLU(), right=nn.Flatten())
    back = backtrace(graph_of(model), torch.rand(1, 1, 2), 0)
    found = explain_backward(back, "left", (0, 0, 0))
    assert (found.consumers, found.products.size, found.sum, found.gradient) == ((), 0, 0, 0)


@pytest.mark.parametrize("name", ["tiny_vgg", "lenet"])
def test_neither_the_network_nor_the_backtrace_notices(network, seen, unnoticed, name):
    graph = network(name).graph
    with unnoticed(graph):
        back = backtrace(graph, seen(name, "cat"), None, aim="cross-entropy")
        before = {step: slope.clone() for step, slope in back.slopes.items()}
        for step in back.steps.values():
            found = explain_backward(back, step.name, (1,) if step.output.ndim == 1 else (0, 2, 3))
            if step.kind in ("Conv2d", "Linear"):
                explain_weight(back, step.name, (1,), "bias").upstream[...] = 0
            for numbers in (found.upstream, found.slopes, found.products, found.targets):
                numbers[...] = 0  # what is done to an explanation stays there
            with pytest.raises(FrozenInstanceError):
                found.sum = 0
    assert all(torch.equal(slope, before[step]) for step, slope in back.slopes.items())
