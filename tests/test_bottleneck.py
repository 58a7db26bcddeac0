"""One picture through a bottleneck: what the network itself does, and a trace through encoder and decoder."""
from functools import cache

import numpy as np
import pytest
import torch
from skimage import metrics

from core import anatomy, autoencoders, bottleneck, explain, overview

NAMES = ["digits_32", "digits_convolutional", "digits_sparse", "digits_contractive", "digits_variational_2", "tiles_64"]


@cache
def net(name: str) -> autoencoders.Autoencoder:
    return autoencoders.ready(name, autoencoders.untrained(name))


def image(name: str) -> np.ndarray:
    side, channels = (32, 3) if name.startswith("tiles") else (28, 1)
    return np.random.default_rng(1).random((channels, side, side), dtype=np.float32)


@pytest.mark.parametrize("name", NAMES)
def test_it_is_what_the_network_does(name):
    passage = bottleneck.through(net(name), image(name))
    with torch.inference_mode():
        expected = net(name).model(torch.from_numpy(image(name))[None])[0].clamp(0, 1)
    np.testing.assert_allclose(passage.output, expected, atol=1e-6)
    assert passage.own.shape == (net(name).spec.code,)
    np.testing.assert_array_equal(passage.own, passage.code)
    assert passage.kept == net(name).spec.code / image(name).size


def test_the_scores_are_those_of_others():
    passage = bottleneck.through(net("digits_32"), image("digits_32"))
    one, other = passage.image, passage.output
    assert passage.mse == pytest.approx(metrics.mean_squared_error(one, other))
    assert passage.psnr == pytest.approx(metrics.peak_signal_noise_ratio(one, other, data_range=1))
    assert passage.ssim == pytest.approx(metrics.structural_similarity(one[0], other[0], data_range=1), abs=1e-6)
    np.testing.assert_array_equal(passage.error, other - one)


def test_a_unit_that_is_set_is_decoded_and_the_others_stay():
    passage = bottleneck.through(net("digits_32"), image("digits_32"), {3: 2.5, 31: -1.0})
    assert (passage.code[3], passage.code[31]) == (2.5, -1)
    same = np.ones(32, bool)
    same[[3, 31]] = False
    np.testing.assert_array_equal(passage.code[same], passage.own[same])
    with torch.inference_mode():
        expected = net("digits_32").model.decoder(torch.from_numpy(passage.code)[None])[0]
    np.testing.assert_allclose(passage.output, expected, atol=1e-6)


@pytest.mark.parametrize("unit", [-1, 32])
def test_a_unit_that_is_not_there_is_named(unit):
    with pytest.raises(ValueError, match=f"no {unit}"):
        bottleneck.through(net("digits_32"), image("digits_32"), {unit: 0.0})


@pytest.mark.parametrize("moves", [{}, {0: 1.5}], ids=["own code", "moved"])
@pytest.mark.parametrize("name", NAMES)
def test_the_trace_leads_from_the_picture_to_the_output(name, moves):
    passage = bottleneck.through(net(name), image(name), moves)
    steps = bottleneck.steps(net(name), passage)
    *_, last = steps.values()
    np.testing.assert_allclose(last.output.clamp(0, 1), passage.output, atol=1e-6)
    assert all(source in steps for step in steps.values() for source in step.sources)
    assert all(name == step.name for name, step in steps.items())
    fed = {source for step in steps.values() for source in step.sources}
    alone = [name for name in steps if name not in fed]
    own_end = [name for name in steps if name.startswith("encoder")][-1]
    assert alone == ([own_end, last.name] if moves else [last.name])  # a moved code is not the encoder's any more
    assert ("code" in steps) == bool(moves)


@pytest.mark.parametrize("name", NAMES)
def test_every_step_is_described_and_its_numbers_add_up(name):
    steps = bottleneck.steps(net(name), bottleneck.through(net(name), image(name), {0: 1.5}))
    described = anatomy.describe(steps)
    assert [layer.name for layer in described] == list(steps)
    parts = net(name).encoder, net(name).decoder
    weights = sum(parameter.numel() for part in parts for parameter in part.parameters())
    assert sum(layer.parameters.value for layer in described) == weights
    assert len(overview.whole(steps)) == len(steps)
    dice = np.random.default_rng(0)
    for step in steps.values():
        unit = tuple(int(dice.integers(length)) for length in step.output.shape)
        found = explain.explain(steps, step.name, unit)
        assert found.result == pytest.approx(step.output[unit].item(), abs=1e-4)


def test_every_cell_of_the_output_sees_all_of_the_picture():
    steps = bottleneck.steps(net("digits_convolutional"), bottleneck.through(net("digits_convolutional"), image("d")))
    field = anatomy.describe(steps)[-1].receptive_field
    assert field.cells(0, 0) == field.cells(27, 27)
    left, top, right, bottom = field.cells(13, 5)
    assert max(left, top) <= 0
    assert min(right, bottom) >= 27  # the last row of padding has no cell of its own
