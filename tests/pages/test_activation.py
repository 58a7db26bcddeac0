"""Activation: what a function makes of every number, its slope, and what two filters are without it."""
import numpy as np
import pytest
import torch
from PIL import Image
from scipy.signal import convolve2d
from torch.nn import functional as F

from core import kernels
from tests.hostile import save
from tests.pages.apptest import choose, controls, is_drawn, opened, sent, upload, words_of
from tests.pages.calculated import CURVES, inputs, result_at, results, worked_out
from tests.pages.engine import LARGE, READ, maps_of, ran
from tests.pages.reading import bold, numbers, table

OWN = "the layer's own"
RELU = {"network": "tiny_vgg", "layer": "module2_relu1", "map": "3"}


def slope_of(name: str, values: np.ndarray) -> np.ndarray:
    """By torch, without a formula."""
    x = torch.tensor(values, dtype=torch.float64, requires_grad=True)
    y = CURVES[name](x)
    return torch.autograd.grad(y.sum(), x)[0].numpy() if name != "none" else np.ones(values.shape)


def through(name: str, values: np.ndarray) -> np.ndarray:
    return CURVES[name](torch.tensor(values, dtype=torch.float64)).numpy()


def told(at) -> str:
    """The sentence on what has become of the numbers."""
    return next(text for text in words_of(at) if "Range**" in text)


@pytest.mark.parametrize("name", CURVES)
@pytest.mark.parametrize("link", [{"act_on": "picture", "act_function": "{}"}, RELU | {"act_instead": "{}"}], ids=str)
def test_every_function_and_its_slope_are_what_torch_says(name, link):
    shown = sent(opened("activation", **{key: value.format(name) for key, value in link.items()}))
    before = inputs(shown)[0].astype(float)
    np.testing.assert_allclose(results(shown), through(name, before), atol=1e-6)
    np.testing.assert_allclose(shown["slopes"].reshape(before.shape), slope_of(name, before), atol=1e-6)
    x = shown["curveX"]
    np.testing.assert_allclose(shown["curveY"], through(name, x), atol=1e-12)
    np.testing.assert_allclose(shown["curveSlope"], slope_of(name, x), atol=1e-12)
    assert (x[0], x[-1]) == (shown["curve"]["low"], shown["curve"]["high"])
    assert x[0] < min(before.min(), 0) <= max(before.max(), 0) < x[-1]
    assert shown["curve"]["bottom"] <= shown["curveY"].min() <= shown["curveY"].max() <= shown["curve"]["top"]


@pytest.mark.parametrize("name", CURVES)
def test_zeros_flat_places_and_ranges_are_counted(name):
    at = opened("activation", **RELU, act_instead=name)
    before = maps_of(ran("tiny_vgg")["module2_conv1"])[3].astype(float)
    after, slope = through(name, before), np.abs(slope_of(name, before))
    flat = int((slope == 0).sum() if name in ("none", "ReLU", "leaky ReLU", "ReLU6") else (slope < 0.01).sum())
    found, counts = numbers(told(at)), bold(told(at))
    assert before.size in found
    edges = [after.min(), after.max()]
    if name == "none":
        assert found[1:3] == pytest.approx(edges, rel=1e-3)
    else:
        assert counts[0] == pytest.approx(100 * (after == 0).mean(), abs=0.051)
        assert counts[1:3] == pytest.approx(edges, rel=1e-3, abs=1e-6)
        assert counts[-1] == flat


def test_another_function_takes_the_place_of_the_layers_own_and_gives_it_back():
    at = opened("activation", **RELU)
    own = sent(at)
    np.testing.assert_array_equal(results(own), maps_of(ran("tiny_vgg")["module2_relu1"])[3])
    other = sent(choose(at, "act_instead", "sigmoid"))
    assert (other["curve"]["name"], own["curve"]["name"]) == ("sigmoid", "ReLU")
    np.testing.assert_array_equal(inputs(other), inputs(own))
    assert other["had"] != own["had"]  # it is no longer what the network had
    assert sent(choose(at, "act_instead", OWN))["results"].tolist() == own["results"].tolist()


LAYERS = [(LARGE, "blocks_2_add", "sum"), (LARGE, "head_norm", "sum"), (LARGE, "head_relu", "curve")]
LAYERS += [("lenet", "relu", "curve"), ("tiny_vgg", "image", "curve")]


@pytest.mark.parametrize(("name", "layer", "rule"), LAYERS)
def test_what_is_no_function_opens_too(name, layer, rule):
    at, step = opened("activation", network=name, layer=layer, map="2"), ran(name)[layer]
    shown, output = sent(at), maps_of(step)[2]
    cell = tuple(shown["at"])
    assert (shown["rule"], result_at(shown, *cell)) == (rule, output[cell])
    assert worked_out(shown, *cell) == pytest.approx(output[cell], rel=1e-4, abs=1e-5)
    if step.kind == "BatchNorm2d":
        mean, scale = step.layer.running_mean[2].item(), step.layer.weight[2].item()
        slope = scale / np.sqrt(step.layer.running_var[2].item() + step.layer.eps)
        assert (shown["weights"][0], shown["bias"]) == pytest.approx((slope, step.layer.bias[2].item() - mean * slope))
        assert numbers(told(at))[0] == pytest.approx(slope, rel=1e-3)
    if step.kind == "add":
        assert at.button_group(key="act_instead").proto.disabled
        assert shown["feeders"] == list(step.sources)


def test_a_layer_of_units_shows_all_of_them():
    at = opened("activation", network="lenet", layer="relu", map="5", act_instead="tanh")
    before = maps_of(ran("lenet")["dense1"]).ravel()
    np.testing.assert_allclose(sent(at)["siblingValues"], np.tanh(before), atol=1e-6)
    assert sent(at)["channel"] == 5


# ---- without it -------------------------------------------------------------------------------


@pytest.mark.parametrize("pair", [("Laplacian", "box blur"), ("Sobel left", "outline"), ("identity", "emboss")])
def test_two_filters_without_it_are_one(pair):
    one, other = (kernels.PRESETS[name] for name in pair)
    at = opened("activation", act_on="picture", act_first=pair[0], act_second=pair[1], cell="10,20")
    np.testing.assert_allclose(table(at, 0, 1, 2).to_numpy(), convolve2d(one, other), atol=1e-12)
    text = next(text for text in words_of(at) if all(name in text for name in pair))
    (row, column, *_), told, (plain, bent) = numbers(text), bold(text), in_two_steps(one, other)
    cell = int(row) - 2, int(column) - 2  # of what is left without padding
    assert told[:3] == pytest.approx([plain[cell], plain[cell], bent[cell]], rel=1e-3, abs=1e-4)
    share = 100 * (np.abs(plain - bent) > 1e-9).mean()
    assert any(number == pytest.approx(share, abs=0.051) for number in numbers(text)) or share == 0


def in_two_steps(one: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """All of the cat in grey through both, by torch: with nothing between them, and with ReLU."""
    small = READ("cat").copy()
    small.thumbnail((112, 112), Image.Resampling.LANCZOS)
    grey = torch.tensor(np.asarray(small.convert("L")) / 255)[None]
    first, then = (torch.tensor(kernel.copy())[None, None] for kernel in (one, other))
    between = F.conv2d(grey, first)
    return F.conv2d(between, then)[0].numpy(), F.conv2d(between.relu(), then)[0].numpy()


def test_a_picture_that_is_too_small_is_refused_in_a_sentence_and_a_layer_opens():
    line = save(Image.new("RGB", (30, 1), "red"), "PNG")
    at = upload(opened("activation", act_on="picture"), ("line.png", line))
    assert not is_drawn(at, "calculation")
    assert {3, 1} <= set(numbers(at.error[0].value))
    assert {"act_on", "act_kernel", "act_function"} <= set(controls(at))
    assert is_drawn(choose(at, "act_on", "layer"), "calculation")
    assert not at.error
    assert {5, 1} <= set(numbers(at.info[0].value))  # two filters do not fit either
