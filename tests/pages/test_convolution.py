"""Convolution: filters over the picture, over worked examples, and those of the networks."""
import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from core import examples
from tests.pages.apptest import choose, controls, happens, is_drawn, opened, sent, words_of
from tests.pages.calculated import corners, inputs, result_at, results, weights, worked_out
from tests.pages.engine import LARGE, READ, maps_of, ran
from tests.pages.reading import bold, numbers, table

EXAMPLES = {  # what is in it: its positions, multiplications in each, and the shape of what comes out
    "5x5": (9, 9, (1, 3, 3)),
    "5x5-padded": (25, 9, (1, 5, 5)),
    "32x32x3": (784, 75, (1, 28, 28)),
    "two-filters": (784, 75, (2, 28, 28)),
    "curve": (2, 49, (1, 1, 2)),
}


def picture(colour: bool) -> np.ndarray:
    """(C, H, W) of the cat."""
    cat = READ("cat")
    return np.asarray(cat).transpose(2, 0, 1) if colour else np.asarray(cat.convert("L"))[None]


def as_torch_does(shown: dict, stride: int = 1, padding: int = 0, dilation: int = 1) -> np.ndarray:
    """The output map, from the inputs and the weights that were sent."""
    maps, kernel = (torch.tensor(array.astype(float))[None] for array in (inputs(shown), weights(shown)))
    return F.conv2d(maps, kernel, torch.tensor([shown["bias"]]).double(), stride, padding, dilation)[0, 0].numpy()


def counted(at) -> list[float]:
    """Positions, multiply-adds and parameters, as the page says them."""
    return bold(next(text for text in words_of(at) if "Multiply-adds" in text))


def side(at) -> float:
    """How many positions there are along a side, by the formula on the page."""
    return numbers(next(text for text in words_of(at) if "Multiply-adds" in text).partition(",")[0])[-1]


# ---- a picture --------------------------------------------------------------------------------


@pytest.mark.parametrize("colour", [False, True])
@pytest.mark.parametrize("window", [(3, 1, 0, 1), (2, 3, 1, 1), (5, 2, 8, 4), (11, 8, 3, 2), (1, 1, 1, 1)])
def test_a_filter_makes_what_torch_makes(colour, window):
    names = (f"picture_{name}" for name in ("size", "stride", "padding", "dilation"))
    at = opened("convolution", part="64", colour=str(colour), **dict(zip(names, map(str, window), strict=True)))
    size, shown = window[0], sent(at)
    expected = as_torch_does(shown, *window[1:])
    np.testing.assert_allclose(results(shown), expected, rtol=1e-6, atol=1e-4)
    for cell in corners(shown):
        assert worked_out(shown, *cell) == pytest.approx(expected[cell], rel=1e-9, abs=1e-9)
    channels, rows = 3 if colour else 1, len(expected)
    each = channels * size * size
    assert counted(at) == [rows * rows, rows * rows * each, each + 1]
    assert side(at) == rows


@pytest.mark.parametrize("colour", [False, True])
@pytest.mark.parametrize(("x", "y"), [(0.5, 0.5), (0, 0), (1, 1), (0.25, 0.9), (0.7013, 0.0431)])
def test_a_part_of_the_picture_is_cut_where_the_frame_is(x, y, colour):
    at = opened("convolution", part="64", colour=str(colour))
    shown = sent(happens(at, "calculation", "frame", x=x, y=y))
    whole = picture(colour)
    high, wide = whole.shape[1:]
    top, left = (int(np.clip(round(at * side - 32), 0, side - 64)) for at, side in ((y, high), (x, wide)))
    np.testing.assert_array_equal(inputs(shown), whole[:, top : top + 64, left : left + 64])
    edges = left / wide, top / high, (left + 64) / wide, (top + 64) / high
    assert shown["overview"]["frame"] == pytest.approx(edges)
    assert (shown["overview"]["rows"], shown["overview"]["columns"]) == (high, wide)


@pytest.mark.parametrize("side", ["8", "16", "32", "128", "whole"])
def test_as_much_of_the_picture_as_was_asked_for(side):
    shown = sent(opened("convolution", part=side))
    assert inputs(shown).shape == ((1, int(side), int(side)) if side != "whole" else (1, 149, 224))
    assert shown["values"].dtype == np.uint8
    assert (shown["input"]["low"], shown["input"]["high"]) == (0, 255)
    if side == "whole":
        small = READ("cat").convert("L").resize((224, 149))
        assert np.abs(inputs(shown)[0] - np.asarray(small).astype(float)).mean() < 3


# ---- worked examples --------------------------------------------------------------------------


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_has_the_numbers_of_the_curriculum(name):
    at, (positions, multiplications, shape) = opened("convolution", conv_on=name), EXAMPLES[name]
    filters, shown = shape[0], sent(at)
    assert (results(shown).shape, shown.get("filters", 1)) == (shape[1:], filters)
    assert shown["weights"].size == multiplications
    assert counted(at) == [positions, filters * positions * multiplications, filters * (multiplications + 1)]
    assert numbers(shown["titles"][2])[-3:] == [*shape]
    assert examples.CONVOLUTIONS[name].about in words_of(at)
    expected = as_torch_does(shown, *(shown["window"]["stride"][0], -shown["window"]["start"][0]))
    np.testing.assert_allclose(results(shown), expected, atol=1e-9)


def test_nine_places_each_worked_out_by_hand():
    shown = sent(opened("convolution", conv_on="5x5"))
    assert results(shown).tolist() == [[3, 4, 4], [-2, 2, 4], [10, 0, 3]]
    assert [[worked_out(shown, row, column) for column in range(3)] for row in range(3)] == results(shown).tolist()
    assert (shown["at"], shown["bias"]) == ([0, 0], 1)


def test_with_a_ring_of_zeros_seven_by_seven_cells_are_drawn():
    shown = sent(opened("convolution", conv_on="5x5-padded"))
    assert shown["input"]["view"] == [-1, -1, 7, 7]
    np.testing.assert_array_equal(results(shown)[1:-1, 1:-1], [[3, 4, 4], [-2, 2, 4], [10, 0, 3]])


def test_the_curve_is_found_on_the_left_only():
    at = opened("convolution", conv_on="curve")
    assert results(sent(at)).tolist() == [[6600, 0]]
    assert {6600, 0} <= set(numbers(examples.CONVOLUTIONS["curve"].about))
    assert table(at, "gives")["gives"].sum() == 6600
    happens(at, "calculation", "choose", row=0, column=1)
    assert table(at, "gives")["gives"].sum() == 0


def test_what_does_not_fit_is_said_in_a_sentence_and_can_be_undone():
    at = opened("convolution", conv_on="5x5", cell="2,1")
    before, there = sent(at)["results"].tolist(), controls(at)
    choose(at, "5x5_size", 8)
    assert not is_drawn(at, "calculation")
    assert {8, 5} <= set(numbers(at.error[0].value))
    assert set(there) - set(controls(at)) == {"predict"}
    choose(at, "5x5_padding", 2)
    assert results(sent(at)).shape == (2, 2)
    choose(choose(at, "5x5_padding", 0), "5x5_size", 3)
    assert sent(at)["results"].tolist() == before


def test_a_window_that_dilation_makes_too_large_says_so():
    at = opened("convolution", conv_on="5x5", **{"5x5_dilation": "3"})
    assert {3, 7, 5} <= set(numbers(at.error[0].value))
    assert "less dilation" in at.error[0].value
    assert "dilation" not in choose(choose(at, "5x5_dilation", 1), "5x5_size", 8).error[0].value


# ---- layers -----------------------------------------------------------------------------------

LAYERS = [
    *[("tiny_vgg", layer, channel) for layer, channel in (("module1_conv1", 5), ("module3_conv2", 63))],
    *[("lenet", "module2_conv", 15), (LARGE, "stem_pad", 2), (LARGE, "stem_conv", 31)],
    *[(LARGE, layer, 7) for layer in ("blocks_0_depthwise_conv", "blocks_1_depthwise_pad", "blocks_3_expand_conv")],
    *[(LARGE, "blocks_3_depthwise_pad", 1), (LARGE, "head_conv", 1279)],
]


@pytest.mark.parametrize(("name", "layer", "channel"), LAYERS)
def test_a_layer_is_told_in_its_own_numbers(name, layer, channel):
    at = opened("convolution", network=name, conv_on="layer", layer=layer, map=str(channel))
    step, shown = ran(name)[layer], sent(at)
    learned, outputs = sum(tensor.numel() for tensor in step.layer.parameters()), maps_of(step)
    if isinstance(step.layer, nn.Conv2d):
        np.testing.assert_array_equal(weights(shown), step.layer.weight[channel].numpy())
        assert shown["bias"] == pytest.approx(0 if step.layer.bias is None else step.layer.bias[channel].item())
    cost = outputs.size * step.layer.weight[0].numel() if learned else 0
    assert counted(at) == [outputs[0].size, cost, learned]
    assert side(at) == outputs.shape[1]
    row, column = shown["at"]
    assert result_at(shown, row, column) == outputs[channel, row, column]
    assert table(at, "gives")["gives"].sum() + shown["bias"] == pytest.approx(outputs[channel, row, column], abs=1e-4)
