"""The drawing of a network: which maps stand in a column, what feeds them, and how strongly, worked out by hand."""
import numpy as np
import pytest
import torch
from torch import nn

from core import overview, zoo
from core.trace import graph_of, trace

RAMP = torch.arange(64.0 * 64).view(1, 64, 64)


@pytest.fixture
def small():
    """Three maps that are 1, -2 and 0.5 times the input, then two that mix them, averaged and weighed."""
    model = nn.Sequential(
        *[nn.Conv2d(1, 3, 1, bias=False), nn.ReLU(), nn.Conv2d(3, 2, 1, bias=False), nn.MaxPool2d(2)],
        *[nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2, 2)],
    ).requires_grad_(False)
    model[0].weight.copy_(torch.tensor([1, -2, 0.5]).view(3, 1, 1, 1))
    model[2].weight.copy_(torch.tensor([[1.0, 2, 3], [4, 0, -8]]).view(2, 3, 1, 1))
    return trace(graph_of(model), RAMP)


@pytest.fixture
def efficientnet(network, seen):
    return trace(network("efficientnet_lite0").graph, seen("efficientnet_lite0", "cat"))


def test_each_column_says_what_it_shows(small):
    columns = overview.whole(small)
    assert [column.name for column in columns] == ["image", "_0", "_1", "_2", "_3", "_4", "_5", "_6"]
    assert [column.kind for column in columns][:4] == ["Input", "Conv2d", "ReLU", "Conv2d"]
    assert [column.total for column in columns] == [1, 3, 3, 2, 2, 1, 1, 1]  # a vector is one map
    assert [column.side for column in columns] == [64, 64, 64, 64, 32, 2, 2, 2]
    assert [column.chosen.tolist() for column in columns][:4] == [[0], [0, 1, 2], [0, 1, 2], [0, 1]]


def test_each_column_knows_what_feeds_it(small):
    columns = overview.whole(small)
    assert [column.sources for column in columns] == [(), (0,), (1,), (2,), (3,), (4,), (5,), (6,)]
    assert [column.wiring for column in columns] == ["all", "all", "same", "all", "same", "all", "all", "all"]


def test_strengths_are_the_weights_between_two_maps_by_hand(small):
    _, first, relu, second, *others = overview.whole(small)
    np.testing.assert_allclose(first.strengths, [[0.5], [1], [0.25]])
    np.testing.assert_allclose(second.strengths, [[1 / 8, 2 / 8, 3 / 8], [4 / 8, 0, 1]])
    assert all(column.strengths is None for column in (relu, *others))


def test_maps_are_averaged_down_but_ranges_are_not(small):
    image, conv, *_ = overview.whole(small)
    assert image.maps.shape == (1, 32, 32)
    assert image.maps[0, 0, :2].tolist() == [(0 + 1 + 64 + 65) / 4, (2 + 3 + 66 + 67) / 4]
    assert image.ranges.tolist() == [[0, 4095]]
    assert conv.ranges.tolist() == [[0, 4095], [-8190, 0], [0, 2047.5]]
    assert (conv.low, conv.high) == (-8190, 4095)


def test_the_strongest_maps_are_chosen_and_followed(small):
    groups = {name: [name] for name in small}
    _, conv, relu, second, *_ = overview.columns(small, groups, most=2)
    assert conv.chosen.tolist() == [1, 0]  # -2 is further from zero than 1
    assert relu.chosen.tolist() == [1, 0]  # the same maps, though one has become zero
    assert relu.ranges.tolist() == [[0, 0], [0, 4095]]
    np.testing.assert_allclose(second.strengths, [[2 / 4, 1 / 4], [0, 4 / 4]])  # only between those that are shown


def test_every_map_of_our_own_networks_is_shown(network, seen):
    for name in ("tiny_vgg", "lenet"):
        steps = trace(network(name).graph, seen(name, "cat"))
        for column in overview.whole(steps):
            if steps[column.step].output.ndim == 3:
                assert column.chosen.tolist() == list(range(len(steps[column.step].output))), (name, column.name)


def test_a_network_of_blocks_is_shown_block_by_block(efficientnet):
    columns = overview.whole(efficientnet, most=8)
    blocks = [f"blocks_{index}" for index in range(16)]
    assert [column.name for column in columns] == ["image", "stem", *blocks, "head", "pool", "flatten", "dense"]
    assert [column.sources for column in columns[1:]] == [(index,) for index in range(len(columns) - 1)]
    assert columns[4].members[-1] == columns[4].step == "blocks_2_add"
    assert {member for column in columns for member in column.members} == set(efficientnet)
    assert all(len(column.chosen) <= 8 and max(column.maps.shape[2:]) <= 32 for column in columns)


def test_a_block_shows_its_strongest_maps(efficientnet):
    column, output = overview.whole(efficientnet, most=2)[4], efficientnet["blocks_2_add"].output
    assert column.chosen.tolist() == np.argsort(-output.abs().mean((1, 2)).numpy())[:2].tolist()
    assert (column.low, column.high) == (output.min(), output.max())
    assert column.low < column.ranges.min()  # of all maps, not only of those shown


def test_a_block_opens_with_what_feeds_it(efficientnet):
    first, *inside = overview.inside(efficientnet, "blocks_2", most=4)
    assert (first.name, first.sources) == ("blocks_1_project_norm", ())
    assert [column.name for column in inside] == overview.members_of(efficientnet, "blocks_2")
    assert inside[-1].sources == (0, len(inside) - 1)  # the shortcut, and the step before
    wiring = {column.name: column.wiring for column in inside}
    assert wiring["blocks_2_expand_conv"] == wiring["blocks_2_project_conv"] == "all"
    assert wiring["blocks_2_depthwise_conv"] == wiring["blocks_2_add"] == "same"


def test_strengths_are_between_the_maps_that_are_shown(efficientnet):
    columns = {column.name: column for column in overview.inside(efficientnet, "blocks_2", most=4)}
    project, heard = columns["blocks_2_project_conv"], columns["blocks_2_depthwise_relu"].chosen
    weights = efficientnet["blocks_2_project_conv"].layer.weight.abs()[:, :, 0, 0].numpy()
    expected = [[weights[to, start] for start in heard] for to in project.chosen]
    np.testing.assert_allclose(project.strengths, np.array(expected) / np.max(expected))


@pytest.mark.parametrize("name", zoo.SPECS)
def test_the_same_wiring_never_joins_different_maps(network, seen, name):
    columns = overview.whole(trace(network(name).graph, seen(name, "cat")))
    for column in columns:
        for source in column.sources if column.wiring == "same" else ():
            assert column.chosen.tolist() == columns[source].chosen.tolist()


def test_a_block_that_is_not_there_is_answered_with_the_known_ones(efficientnet):
    with pytest.raises(ValueError, match="no block 'blocks_16'; choose one of image, stem, blocks_0, "):
        overview.inside(efficientnet, "blocks_16")
