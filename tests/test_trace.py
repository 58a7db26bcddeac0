"""The trace against numbers worked out by hand, plain torch, another implementation, and eight threads at once."""
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from core import zoo
from core.trace import graph_of, places, trace


def normalised(layer, x):
    mean, variance = layer.running_mean[:, None, None], layer.running_var[:, None, None]
    return (x - mean) / (variance + layer.eps).sqrt() * layer.weight[:, None, None] + layer.bias[:, None, None]


# kind of step -> the same, said with plain functions
PLAIN = {
    "Conv2d": lambda layer, x: F.conv2d(x, layer.weight, layer.bias, layer.stride, layer.padding, 1, layer.groups),
    "BatchNorm2d": lambda layer, x: normalised(layer, x),
    "ReLU": lambda layer, x: x.clamp(min=0),
    "ReLU6": lambda layer, x: x.clamp(0, 6),
    "MaxPool2d": lambda layer, x: x.unfold(2, 2, 2).unfold(3, 2, 2).amax((4, 5)),
    "ZeroPad2d": lambda layer, x: F.pad(x, layer.padding),
    "AdaptiveAvgPool2d": lambda layer, x: x.mean((2, 3), keepdim=True),
    "Flatten": lambda layer, x: x.reshape(1, -1),
    "Linear": lambda layer, x: x @ layer.weight.T + layer.bias,
    "add": lambda layer, x, y: x + y,
}


def test_every_step_of_a_tiny_network_by_hand(tiny_cnn, ramp):
    image, conv, relu, flat, dense = trace(graph_of(tiny_cnn), ramp).values()
    assert torch.equal(image.output, ramp)
    assert conv.output.tolist() == [[[-5, 4], [31, 40]], [[-30, -21], [6, 15]]]
    assert relu.output.tolist() == [[[0, 4], [31, 40]], [[0, 0], [6, 15]]]
    assert flat.output.tolist() == [0, 4, 31, 40, 0, 0, 6, 15]
    assert dense.output.tolist() == [96, 54]


def test_steps_are_named_and_know_who_fed_them(tiny_cnn, ramp):
    steps = trace(graph_of(tiny_cnn), ramp)
    assert [(name, step.name, step.kind, step.sources) for name, step in steps.items()] == [
        ("image", "image", "Input", ()),
        ("_0", "_0", "Conv2d", ("image",)),
        ("_1", "_1", "ReLU", ("_0",)),
        ("_2", "_2", "Flatten", ("_1",)),
        ("_3", "_3", "Linear", ("_2",)),
    ]


@pytest.mark.parametrize(
    ("name", "step", "kind", "sources"),
    [
        ("tiny_vgg", "module1_conv1", "Conv2d", ("image",)),
        ("tiny_vgg", "module2_pool", "MaxPool2d", ("module2_relu2",)),
        ("lenet", "dense1", "Linear", ("flatten",)),
        ("efficientnet_lite0", "stem_pad", "ZeroPad2d", ("image",)),
        ("efficientnet_lite0", "blocks_0_depthwise_conv", "Conv2d", ("stem_relu",)),
        ("efficientnet_lite0", "blocks_2_add", "add", ("blocks_1_project_norm", "blocks_2_project_norm")),
        ("efficientnet_lite0", "blocks_3_expand_conv", "Conv2d", ("blocks_2_add",)),
    ],
)
def test_names_of_the_zoo_say_where_in_the_network_a_step_is(network, seen, name, step, kind, sources):
    found = trace(network(name).graph, seen(name, "cat"))[step]
    assert (found.name, found.kind, found.sources) == (step, kind, sources)


@pytest.mark.parametrize("name", zoo.SPECS)
def test_every_step_is_what_plain_torch_makes_of_its_sources(network, seen, name):
    steps = trace(network(name).graph, seen(name, "cat"))
    image, *others = steps.values()
    assert torch.equal(image.output, seen(name, "cat"))
    for step in others:
        expected = PLAIN[step.kind](step.layer, *(steps[source].output[None] for source in step.sources))[0]
        assert torch.allclose(step.output, expected, rtol=1e-4, atol=1e-4), step.name


@pytest.mark.parametrize("name", zoo.SPECS)
def test_the_last_step_gives_the_logits_of_the_module(network, seen, name):
    model = zoo.spec(name).build().eval()
    model.load_state_dict(zoo.spec(name).weights())
    *_, last = trace(network(name).graph, seen(name, "coffee")).values()
    with torch.no_grad():
        torch.testing.assert_close(last.output, model(seen(name, "coffee")[None])[0], rtol=1e-4, atol=1e-4)


def test_every_block_of_efficientnet_gives_what_the_package_gives(network, seen, package):
    steps = trace(network("efficientnet_lite0").graph, seen("efficientnet_lite0", "motorcycle"))
    maps = package._swish(package._bn0(package._conv_stem(seen("efficientnet_lite0", "motorcycle")[None])))
    torch.testing.assert_close(steps["stem_relu"].output, maps[0], rtol=1e-4, atol=1e-4)
    for index, block in enumerate(package._blocks):
        maps = block(maps)
        *_, last = (step for name, step in steps.items() if name.startswith(f"blocks_{index}_"))
        torch.testing.assert_close(last.output, maps[0], rtol=1e-4, atol=1e-4)


def test_an_image_that_does_not_fit_is_told_how_far_it_came(tiny_cnn):
    with pytest.raises(ValueError, match=r"shape \(1, 6, 6\) does not fit .* stops after _2 gave \(32,\)"):
        trace(graph_of(tiny_cnn), torch.zeros(1, 6, 6).double())


@pytest.mark.parametrize("name", ["lenet", "efficientnet_lite0"])
def test_eight_threads_on_one_network_never_see_each_others_numbers(network, name):
    graph, size = network(name).graph, zoo.spec(name).preprocessing.size
    dice = torch.Generator().manual_seed(0)
    pictures = torch.randn(24, zoo.spec(name).preprocessing.channels, size, size, generator=dice)

    def summary(image):  # the traces themselves would fill gigabytes
        return torch.stack([step.output.flatten()[:10].double().abs().sum() for step in trace(graph, image).values()])

    alone = torch.stack([summary(image) for image in pictures])
    with ThreadPoolExecutor(8) as pool:
        together = torch.stack(list(pool.map(summary, pictures)))
    assert torch.pdist(alone).min() > 1e-2  # or a mix-up would not show
    torch.testing.assert_close(together, alone, rtol=1e-4, atol=1e-4)


def test_weights_are_shared_not_copied(tiny_cnn, ramp):
    steps = trace(graph_of(tiny_cnn), ramp)
    assert steps["_0"].layer.weight is tiny_cnn[0].weight


@pytest.mark.parametrize("side", [4, 6], ids=["success", "failure"])
def test_the_model_never_notices_that_it_was_traced(tiny_cnn, unnoticed, side):
    graph = graph_of(tiny_cnn)
    with unnoticed(graph):
        try:
            steps = trace(graph, torch.ones(1, side, side).double())
            assert not any(step.output.requires_grad for step in steps.values())
        except ValueError:
            assert side == 6


def test_the_places_of_a_network_are_known_without_an_image(network, seen):
    known = places(network("tiny_vgg").graph)
    steps = trace(network("tiny_vgg").graph, seen("tiny_vgg", "cat"))
    assert list(known) == list(steps)
    for place, step in zip(known.values(), steps.values(), strict=True):
        assert (place.name, place.kind, place.sources, place.layer) == (step.name, step.kind, step.sources, step.layer)
    assert isinstance(known["module2_conv1"].layer, nn.Conv2d)
    assert known["image"].layer is None
