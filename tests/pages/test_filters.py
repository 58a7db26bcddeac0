"""Filters: designed by people, learned by networks, typed by visitors."""
import re

import numpy as np
import pytest

from core import kernels
from tests.pages.apptest import choose, copied, happens, opened, sent
from tests.pages.calculated import corners, inputs, result_at, results, weights, worked_out
from tests.pages.engine import network
from tests.pages.test_convolution import as_torch_does

PART = {"part": "16"}
HOSTILE = "![x](//evil.example/x.png)"


def typed(at, values: list[float], bias: float):
    """A visitor has typed a kernel into the drawing."""
    return happens(at, "calculation", "kernel", weights=values, bias=bias)


def filters(shown: dict) -> np.ndarray:
    """(K, C, k, k), all of them."""
    return shown["bank"].reshape(shown["filters"], shown["input"]["channels"], *shown["window"]["size"])


# ---- designed, and learned --------------------------------------------------------------------


def test_every_designed_kernel_is_what_its_name_says():
    at = opened("convolution", **PART)
    for name, kernel in kernels.PRESETS.items():
        choose(choose(at, "picture_kernel", name), "picture_size", len(kernel))
        shown = sent(at)
        np.testing.assert_array_equal(weights(shown), kernel[None])
        np.testing.assert_allclose(results(shown), as_torch_does(shown), atol=1e-6)
        assert shown["bias"] == 0


def test_the_filters_after_the_first_are_the_next_ones_and_any_opens():
    at = opened("convolution", **PART, colour="True", picture_filters="8", picture_kernel="sharpen")
    names, first = list(kernels.PRESETS), list(kernels.PRESETS).index("sharpen")
    for number in (7, 0, 3):
        shown = sent(happens(at, "calculation", "unit", channel=number))
        expected = kernels.resized(kernels.PRESETS[names[(first + number) % len(names)]], 3)
        assert (shown["channel"], shown["filters"], at.query_params["map"]) == (number, 8, str(number))
        np.testing.assert_array_equal(weights(shown), np.stack([expected] * 3))
        np.testing.assert_array_equal(filters(shown)[number], weights(shown))
        assert shown["biases"] == [0.0] * 8
        np.testing.assert_allclose(results(shown), as_torch_does(shown), atol=1e-6)


def test_fewer_filters_than_the_one_that_was_open_is_no_mistake():
    at = opened("convolution", **PART, picture_filters="8", map="7")
    assert sent(choose(at, "picture_filters", 2))["channel"] == 1
    assert "bank" not in sent(choose(at, "picture_filters", 1))


@pytest.mark.parametrize("training", ["trained", "untrained"])
@pytest.mark.parametrize(("name", "layer", "first"), [("tiny_vgg", "module1_conv1", 14), ("lenet", "module1_conv", 5)])
def test_learned_kernels_slide_over_the_picture(name, layer, first, training):
    link = dict(picture_kernel="trained", trained_of=layer, trained_map=str(first), picture_filters="3")
    size, colour = (5, "False") if name == "lenet" else (3, "True")
    at = opened("convolution", **PART, **link, picture_size=str(size), colour=colour, network=name, training=training)
    learned = network(name, training).graph.get_submodule(layer.replace("_", ".")).weight.numpy()
    expected = [learned[(first + at) % len(learned)] for at in range(3)]
    np.testing.assert_allclose(filters(sent(at)), expected)
    np.testing.assert_allclose(results(sent(at)), as_torch_does(sent(at)), rtol=1e-5, atol=1e-5)


def test_a_kernel_that_heard_other_channels_lends_its_first_square_to_each():
    at = opened("convolution", **PART, picture_kernel="trained", trained_of="module2_conv1", network="tiny_vgg")
    learned = network("tiny_vgg").graph.get_submodule("module2.conv1").weight.numpy()
    np.testing.assert_allclose(weights(sent(at)), learned[0, :1])


# ---- typed ------------------------------------------------------------------------------------


@pytest.mark.parametrize("colour", ["True", "False"])
def test_a_typed_kernel_stands_in_the_link_and_makes_the_map(colour):
    at = opened("convolution", **PART, colour=colour, picture_filters="2", map="1")
    before = filters(sent(at))
    values = [round(value, 3) for value in np.random.default_rng(0).normal(size=before[0].size)]
    shown = sent(typed(at, values, bias=-2.5))
    assert at.query_params["own"].startswith("1:-2.5,")
    assert (shown["weights"].tolist(), shown["bias"], shown["biases"]) == (values, -2.5, [0, -2.5])
    np.testing.assert_array_equal(filters(shown)[0], before[0])
    np.testing.assert_allclose(results(shown), as_torch_does(shown), rtol=1e-6)
    assert worked_out(shown, *corners(shown)[-1]) == pytest.approx(result_at(shown, *corners(shown)[-1]), rel=1e-6)
    assert sent(copied(at))["weights"].tolist() == values


@pytest.mark.parametrize("kernel", [[0.1, -1e6, 1 / 3], [1e-300, 0, -0.0], [123456.789, 2, 1]])
def test_a_typed_kernel_comes_back_to_the_last_digit(kernel):
    at = typed(opened("convolution", **PART, picture_size="1", colour="True"), kernel, bias=1e-7)
    assert (sent(copied(at))["weights"].tolist(), sent(copied(at))["bias"]) == (kernel, 1e-7)


@pytest.mark.parametrize(("key", "value"), [("picture_size", 5), ("picture_kernel", "identity"), ("colour", True)])
def test_another_kernel_or_another_shape_takes_the_typed_one_away(key, value):
    at = typed(opened("convolution", **PART), [1.0] * 9, bias=1.0)
    choose(at, key, value)
    assert sent(at)["bias"] == 0
    assert not at.warning


def test_what_is_typed_into_an_example_is_computed_by_the_engine():
    shown = sent(typed(opened("convolution", conv_on="5x5"), [1.0] * 9, bias=0.0))
    expected = [[inputs(shown)[0, y : y + 3, x : x + 3].sum() for x in range(3)] for y in range(3)]
    assert results(shown).tolist() == expected


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1)])
def test_what_is_typed_into_one_filter_stays_when_another_is_typed(order):
    at = opened("convolution", **PART, picture_filters="3")
    plain = filters(sent(at)).reshape(3, 9)
    for number in order[:2]:
        happens(at, "calculation", "unit", channel=number)
        typed(at, [float(number)] * 9, bias=10.0 + number)
    shown = sent(at)
    expected = plain.copy()
    for number in order[:2]:
        expected[number] = number
    np.testing.assert_array_equal(filters(shown).reshape(3, 9), expected)
    assert shown["biases"] == [10.0 + number if number in order[:2] else 0.0 for number in range(3)]
    assert {part[:2] for part in at.query_params["own"].split("|")} == {f"{number}:" for number in order[:2]}
    typed(at, [7.0] * 9, bias=0.0)  # the same one again
    assert at.query_params["own"].count(":") == 2
    np.testing.assert_array_equal(filters(sent(copied(at)))[order[0]], filters(shown)[order[0]])


def test_what_fits_of_a_link_is_taken():
    ones, twos = ",".join("1" * 10), ",".join("2" * 10)
    at = opened("convolution", **PART, picture_filters="3", own=f"0:1,2|7:{ones}|1:{ones}||x|2:{twos}")
    shown = sent(at)
    assert shown["biases"] == [0, 1, 2]
    np.testing.assert_array_equal(filters(shown).reshape(3, 9)[1:], [[1] * 9, [2] * 9])
    np.testing.assert_array_equal(filters(shown)[0, 0], kernels.PRESETS["outline"])
    assert len(at.warning) == 1
    assert "2 others" in at.warning[0].value


@pytest.mark.parametrize("own", ["|" * 3000, "|" * 3000 + "0:1" + ",1" * 9, "x|" * 3000])
def test_many_empty_filters_in_a_link_do_no_harm(own):
    at = opened("convolution", **PART, own=own)
    assert sent(at)["bias"] == (1 if "0:" in own else 0)
    assert len(at.warning) == ("x" in own)
    assert all(len(warning.value) < 300 for warning in at.warning)
    typed(at, [2.0] * 9, bias=3.0)
    assert sent(at)["bias"] == 3


def test_the_select_says_typed_until_another_kernel_is_chosen():
    at = opened("convolution", **PART, picture_filters="2", picture_kernel="sharpen")
    box = lambda: at.selectbox(key="picture_kernel")  # noqa: E731
    happens(at, "calculation", "unit", channel=1)
    typed(at, [1.0] * 9, bias=0.0)
    assert (box().value, "typed" in box().options) == ("sharpen", False)  # the first one is as it was
    happens(at, "calculation", "unit", channel=0)
    typed(at, [1.0] * 9, bias=2.0)
    assert (box().value, box().options[0]) == ("typed", "typed")
    np.testing.assert_array_equal(sent(at)["biases"], [2, 0])
    choose(at, "picture_kernel", "sharpen")
    assert (box().value, "typed" in box().options, sent(at)["biases"]) == ("sharpen", False, [0, 0])
    np.testing.assert_array_equal(weights(sent(at))[0], kernels.PRESETS["sharpen"])


def test_a_blur_stays_a_blur_and_what_is_cut_is_called_so():
    at = opened("convolution", **PART, picture_kernel="box blur", picture_size="5")
    np.testing.assert_allclose(sent(at)["weights"], 1 / 25)
    assert "curve detector, cut to 5 × 5" in at.selectbox(key="picture_kernel").options
    assert "curve detector" in choose(at, "picture_size", 7).selectbox(key="picture_kernel").options


NINE = ",1,2,3,4,5,6,7,8,9"
WRONG = ["", "x", "0:", "0:1,2,3", "0:" + ",".join("1" * 11), "0:nan" + NINE, "0:1e9" + NINE, "0:inf" + NINE]
WRONG += ["9:1" + NINE, "-1:1" + NINE, "x:1" + NINE, "0.5:1" + NINE, ":1" + NINE, "9" * 5000 + ":1" + NINE]
WRONG += ["0:x" + NINE, "0:" + "9," * 30000, f"{HOSTILE}:1{NINE}", "0:![](//evil.ex/a)" + NINE]


@pytest.mark.parametrize("own", WRONG, ids=lambda own: own[:20])
def test_a_typed_kernel_that_does_not_fit_is_refused_in_a_sentence(own):
    at, plain = opened("convolution", **PART, own=own), sent(opened("convolution", **PART))
    assert sent(at)["weights"].tolist() == plain["weights"].tolist()
    assert sent(at)["bias"] == 0
    assert len(at.warning) == bool(own)
    for warning in at.warning:
        assert not re.search(r"literal|index|sys\.|axis", warning.value)  # Python's words
        assert "](//" not in warning.value  # nothing in it is left for Markdown to act on
        assert len(warning.value) < 300
