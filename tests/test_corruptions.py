"""Damage: how much of it, that it repeats, and the blur against scipy."""
import numpy as np
import pytest
import torch
from scipy.ndimage import gaussian_filter

from core import corruptions
from core.corruptions import CORRUPTIONS, corrupt

KINDS = list(CORRUPTIONS)
GREY = torch.full((2, 1, 200, 200), 0.5)
PICTURES = torch.rand(4, 3, 28, 28, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("kind", KINDS)
def test_no_strength_changes_nothing_and_any_strength_stays_between_black_and_white(kind):
    assert torch.equal(corrupt(PICTURES, kind, 0.0), PICTURES)
    damaged = corrupt(PICTURES, kind, 1.0)
    assert damaged.shape == PICTURES.shape
    assert damaged.min() >= 0
    assert damaged.max() <= 1
    assert not torch.equal(damaged, PICTURES)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_gives_the_same_damage_and_the_picture_is_left_alone(kind):
    before = PICTURES.clone()
    assert torch.equal(corrupt(PICTURES, kind, 0.5, 7), corrupt(PICTURES, kind, 0.5, 7))
    assert torch.equal(PICTURES, before)
    if kind != "blur":
        assert not torch.equal(corrupt(PICTURES, kind, 0.5, 7), corrupt(PICTURES, kind, 0.5, 8))


def test_the_noise_has_the_standard_deviation_that_is_asked_for():
    assert (corrupt(GREY, "Gaussian noise", 0.1) - GREY).std().item() == pytest.approx(0.1, rel=0.02)


def test_salt_and_pepper_hits_that_share_of_the_pixels_half_of_them_white():
    damaged = corrupt(GREY, "salt and pepper", 0.3)
    assert (damaged != 0.5).float().mean().item() == pytest.approx(0.3, abs=0.01)
    assert (damaged == 1).float().mean().item() == pytest.approx(0.15, abs=0.01)


def test_blur_is_scipys_gaussian_filter():
    strength = 0.5
    width = 3 * strength
    expected = gaussian_filter(PICTURES.numpy(), (0, 0, width, width), mode="nearest", radius=(0, 0, 9, 9))
    np.testing.assert_allclose(corrupt(PICTURES, "blur", strength).numpy(), expected, atol=1e-5)


def test_missing_squares_are_grey_and_a_quarter_wide():
    damaged = corrupt(torch.zeros(1, 1, 28, 28), "missing squares", 1 / 8)  # one of at most eight
    assert (damaged == 0.5).sum() == 49
    rows, columns = (damaged[0, 0] == 0.5).nonzero().T
    assert rows.max() - rows.min() == columns.max() - columns.min() == 6


def test_in_a_mixture_every_way_occurs_and_strengths_differ():
    images = torch.full((400, 1, 28, 28), 0.25)
    damaged = corruptions.mixed(images, 0.7, torch.Generator().manual_seed(0))
    changed = (damaged - images).abs().flatten(1).mean(dim=1)
    assert (changed < 1e-6).float().mean() > 0.15  # a flat picture is not changed by blur
    assert ((damaged == 0.5).flatten(1).any(dim=1)).float().mean() > 0.15  # squares
    assert ((damaged == 1).flatten(1).any(dim=1)).float().mean() > 0.15  # salt, or strong noise
    assert changed.unique().numel() > 200


@pytest.mark.parametrize(("kind", "strength"), [("rain", 0.5), ("blur", 1.1), ("blur", -0.1), ("blur", float("nan"))])
def test_what_does_not_exist_is_refused(kind, strength):
    with pytest.raises(ValueError, match=r"choose one of|from 0 to 1"):
        corrupt(PICTURES, kind, strength)
