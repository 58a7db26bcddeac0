"""Receptive fields, judged by the slopes: a unit sees the input cells whose change would change it."""
from copy import deepcopy

import pytest
import torch
from PIL import Image
from torch import nn

from core import images, zoo
from core.receptive import ReceptiveField, on_photo, receptive_fields
from core.trace import graph_of, places, run, trace


class Branches(nn.Module):
    """Two ways from the input that meet in a sum."""

    def __init__(self, left: nn.Module, right: nn.Module):
        super().__init__()
        self.left, self.right = left, right

    def forward(self, maps):
        return self.left(maps) + self.right(maps)


# name -> network and the side of its input, so that its windows reach every cell of it
NETWORKS = {
    "a window": (nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.Conv2d(2, 2, 2)), 7),
    "padding": (nn.Sequential(nn.Conv2d(1, 2, 3, padding=1), nn.Conv2d(2, 2, 5, padding=2)), 8),
    "stride": (nn.Sequential(nn.Conv2d(1, 2, 3, 2), nn.Conv2d(2, 2, 3, 2, 1), nn.Conv2d(2, 1, 2)), 11),
    "dilation": (nn.Sequential(nn.Conv2d(1, 2, 3, padding=2, dilation=2), nn.Conv2d(2, 1, 2, dilation=2)), 9),
    "pooling": (nn.Sequential(nn.Conv2d(1, 2, 3), nn.MaxPool2d(2), nn.Conv2d(2, 1, 2), nn.AvgPool2d(3, 1)), 12),
    "pooling with padding": (nn.Sequential(nn.MaxPool2d(3, 2, 1), nn.AvgPool2d(2), nn.BatchNorm2d(1)), 8),
    "zeros right and below": (nn.Sequential(nn.ZeroPad2d((0, 1, 0, 1)), nn.Conv2d(1, 1, 3, 2), nn.ReLU6()), 8),
    "the wider branch second": (Branches(nn.Conv2d(1, 1, 1), nn.Conv2d(1, 1, 5, padding=2)), 9),
    "the wider branch first": (Branches(nn.Conv2d(1, 1, 5, padding=2), nn.Conv2d(1, 1, 1)), 9),
    "branches that look apart": (
        Branches(
            nn.Sequential(nn.ZeroPad2d((2, 0, 2, 0)), nn.Conv2d(1, 1, 3)),
            nn.Sequential(nn.ZeroPad2d((0, 2, 0, 2)), nn.Conv2d(1, 1, 3)),
        ),
        9,
    ),
    "into maps and up again": (
        nn.Sequential(
            *(nn.Conv2d(1, 2, 3), nn.Flatten(), nn.Linear(18, 8), nn.Unflatten(1, (2, 2, 2))),
            *(nn.Upsample(scale_factor=2), nn.Conv2d(2, 1, 3, padding=1), nn.Sigmoid()),
        ),
        5,
    ),
    "global pooling": (nn.Sequential(nn.Conv2d(1, 2, 3, 2), nn.AdaptiveAvgPool2d(1)), 9),
}


def judge(model):
    """A copy in float64 in which every way from the input has a positive slope: small weights, pooling by averages."""
    dice, copy = torch.Generator().manual_seed(0), deepcopy(model).double().eval().requires_grad_(False)
    for module in list(copy.modules()):
        if isinstance(module, nn.Conv2d | nn.Linear):
            module.weight.uniform_(0.5, 1.5, generator=dice).div_(module.weight[0].numel())
            if module.bias is not None:
                module.bias.zero_()
        for name, child in module.named_children():
            if isinstance(child, nn.MaxPool2d):
                setattr(module, name, nn.AvgPool2d(child.kernel_size, child.stride, child.padding))
    return graph_of(copy)


def reached(slope):
    """Left, top, right, bottom of the cells with a slope; nothing at all where a unit sees only padding."""
    _, rows, columns = slope.nonzero().T
    return (*map(int, (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)),) if slope.any() else None


def check(model, channels, side, names=None):
    """Corners and middle of every step with maps: the field must be where the slopes are."""
    fields = receptive_fields(trace(graph_of(deepcopy(model)), torch.ones(channels, side, side)))
    image = torch.full((1, channels, side, side), 1e-3, dtype=torch.float64, requires_grad=True)  # ReLU6 lets all pass
    graph = judge(model)
    for name, output in zip(places(graph), run(graph, image), strict=True):
        if output.ndim == 4 and (names is None or name in names):
            last = output.shape[2] - 1
            for row, column in {(0, 0), (0, last), (last, 0), (last, last), (last // 2, (last + 1) // 3)}:
                (slope,) = torch.autograd.grad(output[0, 0, row, column], image, retain_graph=True)
                seen = tuple(min(max(edge, 0), side) for edge in fields[name].cells(row, column))
                empty = seen[0] == seen[2] or seen[1] == seen[3]
                assert reached(slope[0]) == (None if empty else seen), (name, row, column)


@pytest.mark.parametrize("name", NETWORKS)
def test_a_unit_sees_the_cells_that_can_change_it(name):
    model, side = NETWORKS[name]
    check(model, 1, side)


@pytest.mark.parametrize("name", ["tiny_vgg", "lenet"])
def test_every_map_of_our_networks_sees_the_cells_that_can_change_it(name):
    preprocessing = zoo.spec(name).preprocessing
    check(zoo.untrained(name), preprocessing.channels, preprocessing.size)


def test_strides_and_shortcuts_of_efficientnet_see_the_cells_that_can_change_them():
    names = ["stem_relu", "blocks_1_depthwise_conv", "blocks_2_add", "blocks_4_add", "blocks_7_add"]
    check(zoo.untrained("efficientnet_lite0"), 3, 224, names)


def fields_of(name):
    preprocessing = zoo.spec(name).preprocessing
    image = torch.zeros(preprocessing.channels, preprocessing.size, preprocessing.size)
    steps = trace(graph_of(zoo.untrained(name)), image)
    return steps, receptive_fields(steps)


def test_fields_of_tiny_vgg_by_hand():
    _, fields = fields_of("tiny_vgg")
    named = [field for name, field in fields.items() if "conv" in name or "pool" in name]
    assert [(field.size, field.stride, field.start) for field in named] == [
        *[(3, 1, -1), (5, 1, -2), (6, 2, -2)],
        *[(10, 2, -4), (14, 2, -6), (16, 4, -6)],
        *[(24, 4, -10), (32, 4, -14), (36, 8, -14)],
    ]


@pytest.mark.parametrize("name", zoo.SPECS)
def test_every_step_sees_at_least_what_its_sources_see(name):
    steps, fields = fields_of(name)
    assert fields["image"] == ReceptiveField(size=1, stride=1, start=0)
    for step in list(steps.values())[1:]:
        assert fields[step.name].size >= max(fields[source].size for source in step.sources)


@pytest.mark.parametrize(
    ("name", "step"), [("tiny_vgg", "dense"), ("lenet", "relu"), ("lenet", "dense2"), ("efficientnet_lite0", "dense")]
)
def test_a_fully_connected_unit_sees_the_whole_input(name, step):
    side = zoo.spec(name).preprocessing.size
    left, top, right, bottom = fields_of(name)[1][step].cells(0, 0)
    assert max(left, top) <= 0
    assert min(right, bottom) >= side


def test_a_dilated_pooling_window_reaches_further():
    steps = trace(graph_of(nn.Sequential(nn.MaxPool2d(2, 1, dilation=3))), torch.zeros(1, 8, 8))
    assert receptive_fields(steps)["_0"] == ReceptiveField(size=4, stride=1, start=0)


def test_a_step_of_unknown_kind_says_so():
    steps = trace(graph_of(nn.Sequential(nn.Softmax(dim=1))), torch.zeros(2, 4, 4))
    with pytest.raises(ValueError, match="no receptive field is known for _0, a Softmax"):
        receptive_fields(steps)


@pytest.mark.parametrize(
    ("fit", "cells", "pixels"),
    [
        ("centre", (0, 0, 224, 224), (110, 30, 530, 450)),  # 87.5 % of 480 is 420 pixels, 1.875 a cell
        ("centre", (112, 56, 168, 112), (320, 135, 425, 240)),
        ("centre", (-16, -8, 16, 232), (110, 30, 140, 450)),  # padding shows nothing of the photo
        ("square", (0, 0, 224, 112), (80, 0, 560, 240)),
        ("whole", (0, 0, 224, 224), (0, -80, 640, 560)),  # the square is padded above and below the photo
        ("whole", (112, 112, 147, 182), (320, 240, 420, 440)),
    ],
)
def test_cells_of_the_input_are_found_again_on_the_photo(fit, cells, pixels):
    photo = Image.new("RGB", (640, 480))
    box = images.fit(photo, zoo.spec("efficientnet_lite0").preprocessing, fit).box
    assert on_photo(cells, 224, box) == pytest.approx(pixels)


def test_width_and_height_of_the_photo_are_kept_apart():
    assert on_photo((0, 1, 2, 3), 4, (10, 20, 50, 100)) == (10, 40, 30, 80)
