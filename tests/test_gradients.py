"""Slopes and heat maps: by hand, against captum, against differences in every direction, and eight threads at once."""
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from itertools import product

import pytest
import torch
from captum.attr import LayerGradCam
from torch import fx, nn

from core import zoo
from core.gradients import AIMS, backtrace, class_index, evidence, grad_cam, last_maps, reading, saliency, sizes
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


@pytest.mark.parametrize(
    ("name", "aim"), [("efficientnet_lite0", "score"), *product(("tiny_vgg", "lenet"), AIMS)]
)
def test_slopes_say_how_the_aim_changes_in_a_random_direction(network, name, aim):
    graph, image = graph_of(deepcopy(network(name).model).double()), noise(network(name), 1).double()
    back, dice = backtrace(graph, image[0], 7, aim=aim), torch.Generator().manual_seed(1)
    nodes = [node for node in graph.graph.nodes if node.name in back.slopes]
    for node in nodes[:: 1 if len(nodes) < 40 else 29]:
        value, slope = back.steps[node.name].output, back.slopes[node.name]
        change = 1e-7 * torch.randn(value.shape, generator=dice, dtype=value.dtype) * (value != 0)  # not at an edge
        more, less = (
            AIMS[aim](fx.Interpreter(graph).run(image, initial_env={node: moved[None]})[-1][0], 7)
            for moved in (value + change, value - change)
        )
        rounding = 1e-14 * max(1, abs(back.value))
        torch.testing.assert_close((slope * change).sum(), (more - less) / 2, rtol=1e-3, atol=rounding)


def test_a_backtrace_begins_where_it_is_told(tiny_cnn, ramp):
    back = backtrace(graph_of(tiny_cnn), ramp, 1, "_1")
    assert list(back.slopes) == ["_1", "_2", "_3"]
    assert back.slopes["_3"].tolist() == [0, 1]
    assert back.slopes["_1"].tolist() == [[[1, 1], [1, 1]], [[-1, -1], [-1, -1]]]
    assert list(back.steps) == ["image", "_0", "_1", "_2", "_3"]


@pytest.mark.parametrize("name", zoo.SPECS)
def test_a_loss_is_the_one_that_torch_has(network, seen, name):
    net, image = network(name), seen(name, "cat")
    logits = net.model(image[None])
    backs = {aim: backtrace(net.graph, image, 4, aim=aim) for aim in AIMS}
    target = nn.functional.one_hot(torch.tensor([4]), len(net.labels)).float()
    assert backs["score"].value == pytest.approx(logits[0, 4].item(), rel=1e-4)
    loss = nn.functional.cross_entropy(logits, torch.tensor([4])).item()
    assert backs["cross-entropy"].value == pytest.approx(loss, rel=1e-4)
    squares = nn.functional.mse_loss(logits, target, reduction="sum").item()
    assert backs["squared error"].value == pytest.approx(squares / 2, rel=1e-4)
    for aim, back in backs.items():
        assert (back.aim, back.index, list(back.slopes)) == (aim, 4, list(back.steps))
        assert all(slope.shape == back.steps[step].output.shape for step, slope in back.slopes.items())


def test_sizes_and_saliency_by_hand(tiny_cnn, ramp):
    back = backtrace(graph_of(tiny_cnn), ramp, 1)
    found = {size.name: size for size in sizes(back)}
    assert list(found) == ["image", "_0", "_1", "_2", "_3"]
    # the ReLU is open at three cells of the first map and at two of the second
    assert (found["_0"].kind, found["_0"].norm, found["_0"].mean_abs) == ("Conv2d", pytest.approx(5**0.5), 5 / 8)
    assert (found["_0"].share_zero, found["_1"].share_zero, found["_3"].share_zero) == (3 / 8, 0, 1 / 2)
    assert saliency(torch.tensor([[[1.0, -3]], [[-2, 2]]])).tolist() == [[2, 3]]
    # what the second map takes away at (1, 0) and (1, 1) leaves the window at (0, 1) alone
    assert back.slopes["image"].tolist() == [[[0, 1, 1, 1], [0, 1, 1, 1], [0, 1, 1, 1], [0, 0, 0, 0]]]


def test_a_step_that_feeds_nothing_has_slopes_of_zero():
    class Idle(nn.Module):
        def __init__(self):
            super().__init__()
            self.used, self.idle = nn.Flatten(), nn.ReLU()

        def forward(self, maps):
            return (self.idle(maps), self.used(maps))[1]

    assert backtrace(graph_of(Idle()), torch.ones(1, 1, 2), 0).slopes["idle"].tolist() == [[[0, 0]]]


LABELS = ("cat", "crane", "Dog", "crane", "7")


@pytest.mark.parametrize(("asked", "index"), [("cat", 0), ("CAT", 0), ("dog", 2), ("1", 1), ("3", 3), ("7", 4)])
def test_a_class_is_found_by_its_label_or_its_number(asked, index):
    assert class_index(LABELS, asked) == index


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ("bird", "there is no class 'bird'; give a label such as 'cat' or 0 to 4"),
        ("5", "there is no class '5'"),
        ("-1", "there is no class '-1'"),
        ("crane", "the classes 1 and 3 are called 'crane'; give one of the numbers"),
        ("Crane", "the classes 1 and 3 are called 'Crane'"),
    ],
)
def test_a_class_that_is_not_there_or_there_twice_says_so(asked, sentence):
    with pytest.raises(ValueError, match=f"^{sentence}"):
        class_index(LABELS, asked)


def test_an_aim_that_is_not_known_is_named(tiny_cnn, ramp):
    with pytest.raises(ValueError, match="no slopes of 'hinge'; choose one of score, cross-entropy, squared error"):
        backtrace(graph_of(tiny_cnn), ramp, 0, aim="hinge")


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
