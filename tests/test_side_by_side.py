"""Six kinds side by side: penalties term by term against torch's own Jacobians and distributions, and distances."""
import numpy as np
import pytest
import torch
from torch.distributions import Normal, kl_divergence

from core import autoencoders, corruptions, side_by_side
from core.side_by_side import FREE, NEIGHBOURS, SIX

PICTURE = torch.rand(1, 28, 28, generator=torch.Generator().manual_seed(0)).numpy()
IMAGES = torch.from_numpy(PICTURE)[None]


def ready(name):
    return autoencoders.ready(name, autoencoders.untrained(name, seed=3)).model


def through(kind, **more):
    model = ready(SIX[kind])
    return model, side_by_side.passage(SIX[kind], model, PICTURE, **more)


@pytest.mark.parametrize("kind", SIX)
def test_each_kind_has_its_own_network_and_counts_its_numbers(kind):
    model, found = through(kind)
    assert found.kind == kind
    assert found.parameters == sum(values.numel() for values in model.parameters())
    np.testing.assert_allclose(found.code, autoencoders.encode(model, IMAGES)[0], atol=1e-6)
    np.testing.assert_allclose(found.rebuilt, model(IMAGES)[0].clamp(0, 1), atol=1e-6)
    assert found.mse == pytest.approx(np.mean((found.rebuilt - PICTURE) ** 2, dtype=float), rel=1e-5)


def test_the_kinds_are_the_six_of_the_engine():
    assert set(SIX) == set(autoencoders.KINDS)


def test_the_sparse_penalty_is_the_mean_of_its_parts():
    _, found = through("sparse")
    assert found.parts.shape == (784,)
    assert found.penalty == pytest.approx(np.abs(found.code).mean(), rel=1e-5)
    assert found.active == np.sum(found.code > 0)
    assert 0 < found.active < 784


def test_the_contractive_penalty_is_the_sum_of_its_parts_and_that_of_jacrev():
    model, found = through("contractive")
    jacobian = torch.func.jacrev(model.encoder)(IMAGES)[0].reshape(128, 784)
    np.testing.assert_allclose(found.parts, jacobian.square().sum(dim=1).detach(), rtol=1e-4, atol=1e-7)
    assert found.penalty == pytest.approx(found.parts.sum(), rel=1e-4)
    height, weights = found.terms["h"], found.terms["weights"]
    np.testing.assert_allclose((height * (1 - height)) ** 2 * weights, found.parts, rtol=1e-4)


def test_the_variational_penalty_is_the_divergence_from_a_standard_normal():
    _, found = through("variational")
    mean, variance = (torch.from_numpy(found.terms[name]) for name in ("mean", "variance"))
    expected = kl_divergence(Normal(mean, variance.sqrt()), Normal(0.0, 1.0))
    np.testing.assert_allclose(found.parts, expected, rtol=1e-3, atol=1e-6)
    assert found.penalty == pytest.approx(expected.sum().item(), rel=1e-3)
    np.testing.assert_array_equal(found.code, found.terms["mean"])
    assert found.weight == 1


@pytest.mark.parametrize("kind", ["undercomplete", "convolutional", "denoising"])
def test_the_others_add_nothing(kind):
    _, found = through(kind)
    assert found.penalty == 0
    assert found.parts.size == 0


def test_only_the_denoising_one_gets_a_damaged_picture_and_is_judged_by_the_clean_one():
    for kind in SIX:
        model, found = through(kind, noise=0.5, seed=4)
        damaged = corruptions.corrupt(IMAGES, "Gaussian noise", 0.5, 4)[0]
        np.testing.assert_array_equal(found.given, damaged if kind == "denoising" else PICTURE)
        np.testing.assert_array_equal(found.clean, PICTURE)
        np.testing.assert_allclose(found.rebuilt, model(torch.from_numpy(found.given)[None])[0].clamp(0, 1), atol=1e-6)


@pytest.mark.parametrize("way", NEIGHBOURS)
def test_neighbours_are_near_and_not_the_same(way):
    digit = np.zeros((1, 28, 28), np.float32)
    digit[0, 5:20, 10:14] = 0.7
    other = NEIGHBOURS[way](digit, 1)
    assert other.shape == digit.shape
    assert 0 < np.linalg.norm(other - digit) < np.linalg.norm(digit)
    if way == "one pixel to the right":
        np.testing.assert_array_equal(other[0, :, 1:], digit[0, :, :-1])
    if way == "one pixel down":
        np.testing.assert_array_equal(other[0, 1:], digit[0, :-1])


def test_distances_are_euclidean_and_equal_pictures_have_no_ratio():
    model, other = ready(FREE), NEIGHBOURS["a little grain"](PICTURE, 2)
    found = side_by_side.pair(model, PICTURE, other)
    codes = autoencoders.encode(model, torch.from_numpy(np.stack([PICTURE, other])))
    assert found.pictures_apart == pytest.approx(np.sqrt(((PICTURE - other) ** 2).sum()), rel=1e-5)
    assert found.codes_apart == pytest.approx(torch.dist(*codes).item(), rel=1e-4)
    assert found.ratio == pytest.approx(found.codes_apart / found.pictures_apart)
    assert np.isnan(side_by_side.pair(model, PICTURE, PICTURE).ratio)


def test_for_a_tiny_step_the_code_moves_no_further_than_the_jacobian_allows():
    model, found = through("contractive")
    step = 1e-3 * np.random.default_rng(0).normal(size=PICTURE.shape).astype(np.float32)
    assert side_by_side.pair(model, PICTURE, PICTURE + step).ratio <= np.sqrt(found.penalty) * 1.01
