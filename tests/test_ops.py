"""Every numpy operation against torch on a table of shapes, and a few numbers worked out by hand."""
import numpy as np
import pytest
import torch
from torch.nn import functional as F

from core.ops import (
    ACTIVATIONS,
    SLOPES,
    Window,
    avg_pool2d,
    batch_norm,
    conv2d,
    dense,
    global_avg_pool,
    max_pool2d,
    patches,
    softmax,
)

WINDOWS = [Window(1), Window(2, 2), Window(3), Window(3, 2, 1), Window(2, 3), Window(4, 1, 2), Window(5, 2, 2)]
DILATED = [Window(3, 1, 0, 2), Window(3, 2, 2, 2), Window(2, 1, 1, 3)]
dice = np.random.default_rng(0)
maps = dice.normal(size=(4, 7, 9))
dark = maps - 10  # all negative: zero padding must not win


def torched(*arrays):
    return [torch.tensor(array) for array in arrays]


@pytest.mark.parametrize("groups", [1, 2, 4])
@pytest.mark.parametrize("window", WINDOWS + DILATED, ids=str)
def test_conv2d_agrees_with_torch(window, groups):
    kernels, bias = dice.normal(size=(8, 4 // groups, window.size, window.size)), dice.normal(size=8)
    image, weight, shift = torched(maps, kernels, bias)
    expected = F.conv2d(image[None], weight, shift, window.stride, window.padding, window.dilation, groups)[0]
    np.testing.assert_allclose(conv2d(maps, kernels, window, bias, groups), expected, rtol=1e-12, atol=1e-12)


def test_conv2d_without_bias_adds_none():
    kernels = dice.normal(size=(2, 4, 3, 3))
    expected = F.conv2d(*torched(maps[None], kernels))[0]
    np.testing.assert_allclose(conv2d(maps, kernels, Window(3)), expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("window", [w for w in WINDOWS + DILATED if w.padding <= w.size / 2], ids=str)
def test_max_pool2d_agrees_with_torch(window):
    expected, where = F.max_pool2d(
        torch.tensor(dark)[None], window.size, window.stride, window.padding, window.dilation, return_indices=True
    )
    pooled = max_pool2d(dark, window)
    np.testing.assert_array_equal(pooled.values, expected[0])
    np.testing.assert_array_equal(dark.reshape(4, -1)[np.arange(4)[:, None, None], where[0]], pooled.values)


@pytest.mark.parametrize("window", [w for w in WINDOWS if w.padding <= w.size / 2], ids=str)
def test_avg_pool2d_agrees_with_torch(window):
    expected = F.avg_pool2d(torch.tensor(maps)[None], window.size, window.stride, window.padding)[0]
    np.testing.assert_allclose(avg_pool2d(maps, window), expected, rtol=1e-12)


def test_winners_point_at_the_values():
    pooled = max_pool2d(maps, Window(3, 2))
    cells = patches(maps, Window(3, 2)).reshape(*pooled.values.shape, -1)
    np.testing.assert_array_equal(np.take_along_axis(cells, pooled.winners[..., None], -1)[..., 0], pooled.values)


TORCH_ACTIVATIONS = {
    "none": lambda x: x,
    "ReLU": F.relu,
    "leaky ReLU": F.leaky_relu,
    "ReLU6": F.relu6,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "GELU": F.gelu,
}


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations_agree_with_torch(name):
    x = np.concatenate([dice.normal(size=50) * 5, [0.0, 6.0, -800.0, 800.0]])
    np.testing.assert_allclose(ACTIVATIONS[name](x), TORCH_ACTIVATIONS[name](torch.tensor(x)), rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_slopes_agree_with_torch_also_at_the_kinks(name):
    x = np.concatenate([dice.normal(size=50) * 5, [0.0, -0.0, 6.0, -800.0, 800.0]])
    at = torch.tensor(x, requires_grad=True)
    (expected,) = torch.autograd.grad(TORCH_ACTIVATIONS[name](at).sum(), at)
    slopes = SLOPES[name](x)
    np.testing.assert_allclose(slopes, expected, rtol=1e-10, atol=1e-15)
    assert slopes.dtype == float


def test_every_activation_has_a_slope():
    assert list(SLOPES) == list(ACTIVATIONS)
    assert {name: float(SLOPES[name](np.zeros(1))[0]) for name in SLOPES} == {
        **{"none": 1.0, "ReLU": 0.0, "leaky ReLU": 0.01, "ReLU6": 0.0},
        **{"sigmoid": 0.25, "tanh": 1.0, "GELU": 0.5},
    }


def test_dense_and_global_average_agree_with_torch():
    features, weights, bias = global_avg_pool(maps), dice.normal(size=(3, 4)), dice.normal(size=3)
    expected = F.linear(F.adaptive_avg_pool2d(torch.tensor(maps), 1).flatten(), *torched(weights, bias))
    np.testing.assert_allclose(dense(features, weights, bias), expected, rtol=1e-12)
    np.testing.assert_allclose(dense(features, weights) + bias, expected, rtol=1e-12)


def test_batch_norm_agrees_with_torch():
    mean, scale, shift = dice.normal(size=(3, 4))
    variance = dice.uniform(0.1, 2, size=4)
    expected = F.batch_norm(*torched(maps[None], mean, variance, scale, shift), eps=1e-3)[0]
    mine = batch_norm(maps, mean, variance, scale, shift, eps=1e-3)
    np.testing.assert_allclose(mine, expected, rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 10.0])
def test_softmax_agrees_with_torch_also_for_huge_logits(temperature):
    logits = np.array([1000.0, 999.0, -1000.0, 0.0])
    expected = F.softmax(torch.tensor(logits) / temperature, dim=0)
    np.testing.assert_allclose(softmax(logits, temperature), expected, rtol=1e-12, atol=1e-300)


@pytest.mark.parametrize(
    ("window", "length", "positions"),
    [(Window(3), 5, 3), (Window(3), 7, 5), (Window(5), 32, 28), (Window(3, 1, 1), 5, 5), (Window(2, 2), 4, 2)],
)
def test_positions_of_the_worked_examples(window, length, positions):
    assert window.out(length) == positions


def test_a_window_that_does_not_fit_says_so():
    with pytest.raises(ValueError, match="a window of 8 does not fit in 7"):
        max_pool2d(maps, Window(8))


@pytest.mark.parametrize("wrong", [dict(size=0), dict(size=3, stride=0), dict(size=3, padding=-1)])
def test_an_impossible_window_says_so(wrong):
    with pytest.raises(ValueError, match="at least"):
        Window(**wrong)


def test_kernels_for_other_channels_say_so():
    with pytest.raises(ValueError, match="2 kernels of 3 channels do not fit 4 maps"):
        conv2d(maps, np.ones((2, 3, 3, 3)), Window(3))


def test_temperature_zero_says_so():
    with pytest.raises(ValueError, match="above 0"):
        softmax(np.ones(3), 0)


def test_inputs_are_left_alone():
    before = maps.copy()
    max_pool2d(maps, Window(2, 2, 1))
    conv2d(maps, np.ones((1, 4, 3, 3)), Window(3, padding=1))
    np.testing.assert_array_equal(maps, before)
