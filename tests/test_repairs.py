"""Repair: damage adds up in order, the brush wipes what it says, links keep it, and the judge is scikit-image."""
import numpy as np
import pytest
import torch
from PIL import Image
from skimage.metrics import mean_squared_error, peak_signal_noise_ratio, structural_similarity
from torch.nn import functional as F

from core import autoencoders, corruptions, repairs, rivals
from core.networks.tile_denoiser import TileDenoiser
from core.repairs import Damage, Stroke

DICE = torch.Generator().manual_seed(0)
DIGIT, PHOTO = torch.rand(1, 28, 28, generator=DICE), torch.rand(3, 50, 70, generator=DICE)
STROKES = (Stroke(0.2, ((0.1, 0.1), (0.5, 0.9))), Stroke(0.04, ((1.0, 0.0),)))


def test_no_damage_changes_nothing():
    assert torch.equal(repairs.damaged(DIGIT, Damage()), DIGIT)
    assert torch.equal(repairs.damaged(PHOTO, Damage()), PHOTO)


@pytest.mark.parametrize(("field", "kind"), repairs.KINDS.items())
def test_one_damage_alone_is_that_of_corruptions(field, kind):
    got = repairs.damaged(DIGIT, Damage(**{field: 0.4}, seed=7))
    assert torch.equal(got, corruptions.corrupt(DIGIT[None], kind, 0.4, 7)[0])


def test_blur_comes_before_grain_and_grain_before_holes():
    both = repairs.damaged(DIGIT, Damage(blur=0.5, noise=0.3, squares=0.5, seed=3))
    by_hand = DIGIT[None]
    for kind, strength in (("blur", 0.5), ("Gaussian noise", 0.3), ("missing squares", 0.5)):
        by_hand = corruptions.corrupt(by_hand, kind, strength, 3)
    assert torch.equal(both, by_hand[0])


def test_holes_in_a_photo_have_the_size_that_the_network_learnt_from():
    broken = repairs.damaged(PHOTO, Damage(squares=0.3, seed=1))
    holes = (broken == 0.5).all(dim=0)
    assert 0.05 < holes.float().mean() < 0.3
    assert torch.equal(broken[:, ~holes], PHOTO[:, ~holes])


@pytest.mark.parametrize("size", [(28, 28), (37, 50), (41, 43)])
def test_the_network_gets_sides_that_it_can_halve_twice(size):
    model = TileDenoiser()
    torch.nn.init.normal_(model.decoder.conv3.weight, std=0.1, generator=torch.Generator().manual_seed(1))
    model.eval().requires_grad_(False)
    photo = torch.rand(3, *size, generator=torch.Generator().manual_seed(2))
    repaired = repairs.denoised(model, photo)
    assert repaired.shape == photo.shape
    high, wide = -(-size[0] // 4) * 4, -(-size[1] // 4) * 4
    whole = F.pad(photo[None], (0, wide - size[1], 0, high - size[0]), "replicate")
    torch.testing.assert_close(repaired, model(whole)[0, :, : size[0], : size[1]].clamp(0, 1))


# ---- the brush --------------------------------------------------------------------------------


def test_the_brush_wipes_what_is_near_its_path_and_nothing_else():
    height, width, thick = 60, 80, 0.2
    mask = repairs.wiped([Stroke(thick, ((0.25, 0.5), (0.75, 0.5)))], height, width)
    rows, columns = np.mgrid[:height, :width] + 0.5
    nearest = np.clip(columns, 0.25 * width, 0.75 * width)
    distance = np.hypot(rows - height / 2, columns - nearest)
    radius = thick * height / 2
    assert mask[distance < radius - 1.5].all()
    assert not mask[distance > radius + 1.5].any()


def test_a_dot_is_round_and_no_stroke_wipes_nothing():
    assert not repairs.wiped([], 28, 28).any()
    mask = repairs.wiped([Stroke(0.25, ((0.5, 0.5),))], 28, 28)
    assert abs(mask.sum() - np.pi * 3.5**2) < 12
    broken = repairs.damaged(DIGIT, Damage(strokes=(Stroke(0.25, ((0.5, 0.5),)),)))
    assert (broken[0][torch.from_numpy(mask)] == 0.5).all()
    assert torch.equal(broken[0][torch.from_numpy(~mask)], DIGIT[0][torch.from_numpy(~mask)])


def test_strokes_travel_in_a_link():
    back = repairs.from_text(repairs.as_text(STROKES))
    assert back == STROKES
    assert repairs.from_text("") == ()
    assert set(repairs.as_text(STROKES)) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")


@pytest.mark.parametrize("text", ["x", "AA", "AAA", "!!!!", "____", "ÄÖ", "AAAA" * 900, "a" * 3001])
def test_a_link_with_damaged_strokes_is_refused_in_a_sentence(text):
    with pytest.raises(ValueError, match=r"^(the strokes of this link|the brush takes up to 600)"):
        repairs.from_text(text)


# ---- the judge --------------------------------------------------------------------------------


def test_the_judge_is_that_of_scikit_image():
    clean, other = DIGIT.numpy(), repairs.damaged(DIGIT, Damage(noise=0.3)).numpy()
    found = repairs.judged("x", other, clean)
    assert found.mse == pytest.approx(mean_squared_error(clean, other), rel=1e-5)
    assert found.psnr == pytest.approx(peak_signal_noise_ratio(clean, other, data_range=1), rel=1e-5)
    assert found.ssim == pytest.approx(structural_similarity(clean[0], other[0], data_range=1), rel=1e-5)


def test_a_photo_keeps_its_shape_and_a_sliver_is_refused_in_a_sentence():
    small = repairs.working(Image.new("RGB", (1000, 500), (255, 0, 51)))
    assert small.shape == (3, 128, 256)
    assert small[:, 5, 5] == pytest.approx([1.0, 0.0, 0.2])
    with pytest.raises(ValueError, match="becomes 256 × 1 pixels; both sides must have at least 7"):
        repairs.working(Image.new("RGB", (3000, 10)))


@pytest.mark.parametrize("sigma", [0.05, 0.2])
def test_the_grain_of_a_picture_is_found(sigma):
    smooth = np.linspace(0, 1, 200)[None, :, None] * np.ones((3, 1, 200))
    noisy = smooth + np.random.default_rng(0).normal(0, sigma, smooth.shape)
    assert rivals.noise(noisy) == pytest.approx(sigma, rel=0.03)


@pytest.mark.parametrize("name", rivals.FILTERS)
def test_a_filter_gives_grey_as_it_gives_three_equal_colours(name):
    broken = repairs.damaged(DIGIT[:, :, :20], Damage(noise=0.2)).numpy()
    setting = rivals.FILTERS[name][1][1]
    once = rivals.filtered(name, broken, setting)
    assert once.shape == broken.shape
    np.testing.assert_allclose(rivals.filtered(name, np.repeat(broken, 3, axis=0), setting)[1:2], once, atol=0.02)


def test_before_after_and_the_best_of_each_filter():
    model = autoencoders.ready("digits_denoising", autoencoders.untrained("digits_denoising")).model
    before, after = repairs.by_network(model, DIGIT.numpy(), Damage(noise=0.5, seed=2))
    assert torch.equal(torch.from_numpy(before.picture), repairs.damaged(DIGIT, Damage(noise=0.5, seed=2)))
    torch.testing.assert_close(torch.from_numpy(after.picture), model(torch.from_numpy(before.picture)[None])[0])
    for found in repairs.by_filters(before.picture, DIGIT.numpy()):
        _, choices = rivals.FILTERS[found.name]
        every = [rivals.filtered(found.name, before.picture, setting) for setting in choices]
        assert found.mse == pytest.approx(min(mean_squared_error(DIGIT.numpy(), one) for one in every), rel=1e-5)
        assert found.setting in choices


def test_the_network_for_photos_sees_15_pixels_to_each_side_and_no_further():
    model = autoencoders.ready("tiles_denoising", autoencoders.untrained("tiles_denoising")).model
    photo = torch.full((1, 3, 96, 96), 0.5, requires_grad=True)
    furthest = 0
    for row in range(48, 52):  # all places in a cell of the code
        (slope,) = torch.autograd.grad(model(photo)[0, 0, row, 48], photo)
        rows = slope[0].abs().sum(dim=(0, 2)).nonzero()[:, 0]
        furthest = max(furthest, row - int(rows.min()), int(rows.max()) - row)
    assert 10 <= furthest <= 15
