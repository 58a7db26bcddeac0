"""Slopes and heat maps: by hand, against captum, against differences in every direction, and eight threads at once."""
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy

import pytest
import torch
from captum.attr import LayerGradCam
from torch import fx, nn

from core import zoo
from core.gradients import backtrace, evidence, grad_cam, last_maps, reading
from core.trace import graph_of

# the layer that Grad-CAM weighs if not told otherwise
LAST = {"tiny_vgg": "module3.relu2", "lenet": "module2.relu", "efficientnet_lite0": "head.relu"}
OTHER = {"tiny_vgg": "module2.conv1", "lenet": "module1.pool", "efficientnet_lite0": "blocks.4.project.norm"}


@pytest.mark.parametrize("frozen", [False, True])
def test_grad_cam_by_hand(tiny_cnn, ramp, frozen):
    graph = graph_of(tiny_cnn.requires_grad_(not frozen))
    # for class 1 the linear layer weighs map 0 by +1 and map 1 by -1: [[0,4],[31,40]] - [[0,0],[6,15]]
    assert grad_cam(graph, ramp, 1).tolist() == [[0, 4], [25, 25]]
    assert grad_cam(graph, ramp, 0).tolist() == [[0, 4], [37, 55]]
    # before the ReLU the slope is 1 where it is open: 3/4 on map 0, -2/4 on map 1
    assert grad_cam(graph, ramp, 1, "_0").tolist() == [[11.25, 13.5], [20.25, 22.5]]


@pytest.mark.parametrize("name", zoo.SPECS)
def test_grad_cam_takes_the_last_maps_before_they_are_averaged_or_flattened(network, name):
    assert last_maps(network(name).graph) == LAST[name].replace(".", "_")


@pytest.mark.parametrize("index", [3, 8])
@pytest.mark.parametrize("layers", [LAST, OTHER], ids=["last", "other"])
@pytest.mark.parametrize("name", zoo.SPECS)
def test_grad_cam_agrees_with_captum(network, seen, name, layers, index):
    model, image = deepcopy(network(name).model), seen(name, "cat")  # captum hooks what it is given
    judge = LayerGradCam(model, model.get_submodule(layers[name]))
    expected = judge.attribute(image[None].clone().requires_grad_(), index, relu_attributions=True)[0, 0].detach()
    layer = None if layers is LAST else layers[name].replace(".", "_")
    assert expected.any()
    torch.testing.assert_close(grad_cam(network(name).graph, image, index, layer), expected, rtol=1e-3, atol=1e-6)


def noise(network, count):
    """Pictures (N, C, H, W) without two equal cells, between which max pooling could not choose."""
    size, channels = network.preprocessing.size, network.preprocessing.channels
    return torch.randn(count, channels, size, size, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("name", zoo.SPECS)
def test_slopes_say_how_the_logit_changes_in_a_random_direction(network, name):
    graph, image = graph_of(deepcopy(network(name).model).double()), noise(network(name), 1).double()
    back, dice = backtrace(graph, image[0], 7, "image"), torch.Generator().manual_seed(1)
    nodes = [node for node in graph.graph.nodes if node.name in back.slopes]
    for node in nodes[:: 1 if len(nodes) < 40 else 29]:
        value, slope = back.steps[node.name].output, back.slopes[node.name]
        change = 1e-7 * torch.randn(value.shape, generator=dice, dtype=value.dtype) * (value != 0)  # not at an edge
        more, less = (
            fx.Interpreter(graph).run(image, initial_env={node: moved[None]})[-1][0, 7]
            for moved in (value + change, value - change)
        )
        torch.testing.assert_close((slope * change).sum(), (more - less) / 2, rtol=1e-3, atol=1e-14)


def test_a_backtrace_begins_where_it_is_told(tiny_cnn, ramp):
    back = backtrace(graph_of(tiny_cnn), ramp, 1, "_1")
    assert list(back.slopes) == ["_1", "_2", "_3"]
    assert back.slopes["_3"].tolist() == [0, 1]
    assert back.slopes["_1"].tolist() == [[[1, 1], [1, 1]], [[-1, -1], [-1, -1]]]
    assert list(back.steps) == ["image", "_0", "_1", "_2", "_3"]


def test_without_a_class_the_largest_logit_is_looked_at(tiny_cnn, ramp):
    back = backtrace(graph_of(tiny_cnn), ramp, None, "_1")  # logits by hand: 96 and 54
    assert back.index == 0
    assert torch.equal(evidence(back, "_1"), grad_cam(graph_of(tiny_cnn), ramp, 0))


@pytest.mark.parametrize(
    ("index", "layer", "sentence"),
    [
        (2, "_1", "there is no class 2; the network knows 0 to 1"),
        (-1, "_1", "there is no class -1; the network knows 0 to 1"),
        (0, "conv9", "no step is named 'conv9'; the last ones are image, _0, _1, _2, _3"),
        (0, "_2", "_2 has no maps to weigh"),
    ],
)
def test_a_class_or_layer_that_is_not_there_says_so(tiny_cnn, ramp, index, layer, sentence):
    with pytest.raises(ValueError, match=sentence):
        grad_cam(graph_of(tiny_cnn), ramp, index, layer)


@pytest.mark.parametrize("frozen", [False, True])
@pytest.mark.parametrize(("index", "side"), [(0, 4), (99, 4), (0, 7)], ids=["success", "bad class", "bad image"])
def test_the_network_never_notices_a_backtrace(tiny_cnn, unnoticed, frozen, index, side):
    graph, image = graph_of(tiny_cnn.requires_grad_(not frozen)), torch.ones(1, side, side).double()
    with unnoticed(graph):
        try:
            grad_cam(graph, image, index)
        except ValueError:
            assert (index, side) != (0, 4)
    assert not image.requires_grad


@pytest.mark.parametrize("name", ["lenet", "efficientnet_lite0"])
def test_eight_threads_get_their_own_heat_maps_and_leave_nothing_behind(network, unnoticed, name):
    graph, pictures, layer = network(name).graph, noise(network(name), 16), LAST[name].replace(".", "_")

    def heat(image):
        return evidence(backtrace(graph, image, None, layer), layer)

    alone = torch.stack([heat(image) for image in pictures])
    with unnoticed(graph), ThreadPoolExecutor(8) as pool:
        together = torch.stack(list(pool.map(heat, pictures)))
    assert torch.pdist(alone.flatten(1)).min() > 1e-2  # or a mix-up would not show
    torch.testing.assert_close(together, alone, rtol=1e-3, atol=1e-5)


def test_a_blank_map_is_explained_and_another_is_read():
    assert "blank" in reading(torch.zeros(7, 7), "tiger cat")
    sentence = reading(torch.eye(7), "tiger cat")
    assert "Bright cells speak for tiger cat" in sentence
    assert "7 × 7" in sentence


def test_a_network_that_hears_nothing_in_favour_gives_a_blank_map(tiny_cnn, ramp):
    nn.init.constant_(tiny_cnn[3].weight, -1.0)
    heat = grad_cam(graph_of(tiny_cnn), ramp, 0)
    assert not heat.any()
    assert "That is an answer too" in reading(heat, "zero")
