"""The space of codes: decoders taken apart, walks, clouds and holes, held against numpy, scipy and torch."""
from functools import cache

import numpy as np
import pytest
import torch
from scipy.stats import norm
from torch.distributions import Normal, kl_divergence

from core import autoencoders, latent, rivals

PLAIN, CLOUDY = "digits_2", "digits_variational_2"
ACTIVATIONS = {"ReLU": lambda x: np.maximum(x, 0), "sigmoid": lambda x: 1 / (1 + np.exp(-x)), "none": lambda x: x}
DICE = np.random.default_rng(0)
IMAGE = DICE.random((1, 28, 28), dtype=np.float32)
load = cache(autoencoders.load)


@pytest.fixture(scope="module")
def lenet(network):
    return network("lenet")


def by_hand(layers: tuple[latent.Dense, ...], code: np.ndarray) -> np.ndarray:
    values = code.astype(float)
    for layer in layers:
        values = ACTIVATIONS[layer.activation](layer.weights.astype(float) @ values + layer.bias.astype(float))
    return values.clip(0, 1)


@pytest.mark.parametrize("name", ["digits_2", "digits_8", "digits_32", "digits_variational_2", "digits_variational_16"])
def test_a_decoder_taken_apart_gives_the_same_pictures(name):
    model = load(name).model
    taken = latent.layers(model.decoder)
    assert [len(layer.bias) for layer in taken][-1] == 784
    code = DICE.normal(size=load(name).spec.code).astype(np.float32)
    picture = autoencoders.decode(model, torch.from_numpy(code)[None])[0].numpy()
    np.testing.assert_allclose(by_hand(taken, code), picture.ravel(), atol=1e-5)


def test_a_decoder_with_filters_cannot_be_taken_apart():
    with pytest.raises(ValueError, match="only fully connected layers"):
        latent.layers(autoencoders.untrained("digits_convolutional").decoder)


def test_the_way_back_from_principal_components_is_one_layer():
    mean, components = rivals.components("mnist")
    codes, rebuilt = rivals.pca(torch.from_numpy(IMAGE)[None], "mnist", 2)
    (layer,) = latent.linear(mean, components[:2])
    assert layer.weights.dtype == np.float16
    np.testing.assert_allclose(by_hand((layer,), codes[0].numpy()), rebuilt.numpy().ravel(), atol=1e-3)


def decoded_as(labels: list[int], sure: list[bool]) -> latent.Decoded:
    chances = np.where(sure, latent.SURE, latent.SURE - 0.01)
    return latent.Decoded(np.zeros((len(labels), 2)), np.zeros((len(labels), 1, 28, 28)), np.array(labels), chances)


def test_a_walk_passes_what_is_surely_read_between_its_ends_and_at_neither():
    labels = [3, 5, 6, 3, 6, 8, 0, 7, 0]
    assert latent.passed(decoded_as(labels, [True] * 9)) == [5, 6, 8, 7]
    assert latent.passed(decoded_as(labels, [label != 6 for label in labels])) == [5, 8, 7]
    assert latent.passed(decoded_as(labels[:1] * 9, [True] * 9)) == []


@pytest.mark.parametrize("name", [PLAIN, "digits_32"])
def test_what_is_left_of_a_picture_is_its_code_decoded(lenet, name):
    model = load(name).model
    found = latent.rebuilt(model, lenet, IMAGE)
    alone = latent.decoded(model, lenet, latent.code(model, IMAGE)[None])
    np.testing.assert_array_equal(found.images[0], IMAGE)
    np.testing.assert_allclose(found.images[1], alone.images[0], atol=1e-6)
    assert found.labels[1] == alone.labels[0]
    np.testing.assert_allclose(found.codes, [alone.codes[0]] * 2, atol=1e-6)


def test_the_typical_digit_is_the_one_in_the_middle_of_its_kind():
    codes, labels = DICE.normal(size=(200, 2)), DICE.integers(0, 3, 200)
    for digit in range(3):
        middle = np.median(codes[labels == digit], axis=0)
        at = latent.typical(codes, labels, digit)
        assert labels[at] == digit
        assert all(np.hypot(*(codes[at] - middle)) <= np.hypot(*(code - middle)) for code in codes[labels == digit])
    with pytest.raises(ValueError, match="there is no 7"):
        latent.typical(codes, labels, 7)


@pytest.mark.parametrize("other", [[0.0, 0.0], [30, 1], [0, -40]])
def test_a_map_has_room_for_what_is_shown_on_it(other):
    codes = DICE.normal(size=(500, 2))
    x, y, half = latent.box(codes, [np.array(other)])
    assert (x, y) == latent.box(codes)[:2]
    assert max(abs(other[0] - x), abs(other[1] - y)) < half
    assert half >= latent.box(codes)[2]
    assert (half == latent.box(codes)[2]) == (other == [0, 0])


def test_a_walk_goes_straight_from_one_code_to_the_other(lenet):
    model = load(PLAIN).model
    one, other = np.float32([1, -2]), np.float32([3, 4])
    found = latent.walk(model, lenet, one, other, 5)
    np.testing.assert_allclose(found.codes, [[1, -2], [1.5, -0.5], [2, 1], [2.5, 2.5], [3, 4]])
    alone = latent.decoded(model, lenet, found.codes)
    np.testing.assert_allclose(found.images, alone.images, atol=1e-6)
    np.testing.assert_array_equal(found.labels, alone.labels)


def test_lenet_reads_what_is_decoded(lenet):
    found = latent.decoded(load(PLAIN).model, lenet, DICE.normal(size=(20, 2)))
    logits = lenet.model(torch.from_numpy(found.images)).detach().numpy()
    chances = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    np.testing.assert_array_equal(found.labels, chances.argmax(axis=1))
    np.testing.assert_allclose(found.chances, chances.max(axis=1), atol=1e-5)
    np.testing.assert_array_equal(found.sure, chances.max(axis=1) >= 0.9)


def test_the_code_of_a_picture_is_the_mean_of_its_cloud():
    model = load(CLOUDY).model
    cloud = latent.cloud(model, IMAGE)
    np.testing.assert_allclose(latent.code(model, IMAGE), cloud.mean, atol=1e-6)
    own = Normal(torch.from_numpy(cloud.mean), torch.from_numpy(cloud.deviation))
    np.testing.assert_allclose(cloud.cost, kl_divergence(own, Normal(0.0, 1.0)).numpy(), rtol=1e-4)


def test_samples_are_spread_as_the_cloud_says(lenet):
    model, count = load(CLOUDY).model, 4000
    cloud, found = latent.cloud(model, IMAGE), latent.around(model, lenet, IMAGE, count, seed=3)
    error = cloud.deviation / count**0.5
    np.testing.assert_array_less(np.abs(found.codes.mean(axis=0) - cloud.mean), 5 * error)
    np.testing.assert_allclose(found.codes.std(axis=0), cloud.deviation, rtol=0.1)
    np.testing.assert_array_equal(found.codes[:9], latent.around(model, lenet, IMAGE, count, seed=3).codes[:9])


def test_new_digits_come_from_the_standard_gaussian_and_their_seed(lenet):
    model = load(CLOUDY).model
    found = latent.fresh(model, lenet, 4000, seed=1)
    assert found.images.shape == (4000, 1, 28, 28)
    assert np.abs(found.codes.mean(axis=0)).max() < 0.1
    np.testing.assert_allclose(found.codes.std(axis=0), 1, rtol=0.05)
    np.testing.assert_array_equal(found.codes, latent.fresh(model, lenet, 4000, seed=1).codes)
    assert (found.codes != latent.fresh(model, lenet, 4000, seed=2).codes).all()


@pytest.mark.parametrize("ask", [latent.cloud, lambda *of: latent.fresh(of[0], None, 3, 0)], ids=["cloud", "fresh"])
def test_a_plain_encoder_has_no_cloud(ask):
    with pytest.raises(ValueError, match="only a variational autoencoder"):
        ask(load(PLAIN).model, IMAGE)


def test_a_survey_visits_all_places_within_reach_and_finds_the_nearest_code(lenet):
    codes = DICE.normal(size=(3000, 2)) * [3, 0.5] + [10, -4]
    codes = codes[np.hypot(*((codes - [10, -4]) / [3, 0.5]).T) > 1]  # nothing within one standard deviation
    model = load(PLAIN).model
    found = latent.survey(model, lenet, codes)
    mean, deviation = codes.mean(axis=0), codes.std(axis=0)
    standard = (found.found.codes - mean) / deviation
    assert np.hypot(*standard.T).max() <= 2.001
    grid = np.linspace(-2, 2, 41)
    assert len(standard) == sum(x * x + y * y <= 4 + 1e-9 for x in grid for y in grid)
    np.testing.assert_allclose(standard[:, 0], grid[found.steps[:, 1]], atol=1e-4)
    np.testing.assert_allclose(standard[:, 1], grid[found.steps[:, 0]], atol=1e-4)
    nearest = np.array([np.hypot(*(((codes - mean) / deviation) - place).T).min() for place in standard])
    np.testing.assert_allclose(found.distances, nearest, atol=1e-4)
    assert found.holes == pytest.approx((nearest > 0.1).mean(), abs=0.01)
    assert found.holes > 0.1  # the hole that was made
    assert found.sure == pytest.approx((found.found.chances >= 0.9).mean())


def test_codes_without_a_hole_have_none(lenet):
    line = norm.ppf(np.linspace(0.001, 0.999, 150))
    gaussian = np.stack(np.meshgrid(line, line), axis=-1).reshape(-1, 2)
    assert latent.survey(load(PLAIN).model, lenet, gaussian).holes == 0


def test_a_map_is_a_square_around_nearly_all_codes():
    codes = DICE.normal(size=(5000, 2)) * [4, 1] + [7, -3]
    x, y, half = latent.box(codes)
    assert (x, y) == pytest.approx((7, -3), abs=0.4)
    assert np.all(np.abs(codes.mean(axis=0) - [x, y]) + 2 * codes.std(axis=0) <= half)
    assert 0.97 < (np.abs(codes - [x, y]) <= half).all(axis=1).mean() < 1
