"""What autoencoders are compared with: scikit-learn's PCA, Pillow's JPEG, scikit-image's filters."""
import io

import numpy as np
import pytest
import torch
from PIL import Image

from core import rivals, samples
from core.quality import mse, psnr, ssim


def photo(side=96):
    return np.asarray(samples.load("cat").resize((side, side)))


def as_maps(picture):
    return np.ascontiguousarray(picture.transpose(2, 0, 1) / 255, dtype=np.float32)


@pytest.mark.parametrize(("dataset", "pixels", "most"), [("mnist", (1, 28, 28), 32), ("cifar10", (3, 32, 32), 256)])
def test_components_are_at_right_angles_and_more_of_them_rebuild_better(dataset, pixels, most):
    mean, components = rivals.components(dataset)
    assert components.shape == (most, len(mean))
    torch.testing.assert_close(components @ components.T, torch.eye(most), rtol=0, atol=5e-3)  # stored as halves
    images = torch.rand(5, *pixels, generator=torch.Generator().manual_seed(0))
    errors = [(rivals.pca(images, dataset, code)[1] - images).square().mean().item() for code in (1, 8, 32)]
    assert errors == sorted(errors, reverse=True)


def test_the_code_of_the_mean_is_zero_and_gives_the_mean():
    mean, _ = rivals.components("mnist")
    codes, rebuilt = rivals.pca(mean.view(1, 1, 28, 28), "mnist", 8)
    torch.testing.assert_close(codes, torch.zeros(1, 8))
    torch.testing.assert_close(rebuilt.flatten(), mean.clamp(0, 1))


def test_more_components_than_there_are_is_refused():
    with pytest.raises(ValueError, match="1 to 32"):
        rivals.pca(torch.zeros(1, 1, 28, 28), "mnist", 33)


def test_the_jpeg_is_the_best_that_fits():
    picture = photo()
    shown, size = rivals.jpeg(picture, 2500)
    assert shown.shape == picture.shape
    assert size <= 2500
    better, more = rivals.jpeg(picture, 5000)
    assert size < more <= 5000
    assert mse(as_maps(better), as_maps(picture)) < mse(as_maps(shown), as_maps(picture))


def test_where_no_jpeg_fits_it_is_the_smallest():
    shown, size = rivals.jpeg(photo(), 10)
    file = io.BytesIO()
    Image.fromarray(photo()).save(file, "JPEG", quality=1, optimize=True)
    assert size == len(file.getvalue()) > 10
    assert np.array_equal(shown, np.asarray(Image.open(file)))


@pytest.mark.parametrize("name", rivals.FILTERS)
def test_a_filter_at_its_best_repairs_noise_and_the_setting_is_the_best_of_its_list(name):
    clean = as_maps(photo())
    damaged = (clean + np.random.default_rng(0).normal(0, 0.1, clean.shape)).clip(0, 1)
    repaired, setting = rivals.best_filtered(name, damaged, clean)
    assert psnr(repaired, clean) > psnr(damaged, clean) + 2
    tried = [mse(rivals.filtered(name, damaged, other), clean) for other in rivals.FILTERS[name][1]]
    assert mse(repaired, clean) == min(tried)
    assert np.array_equal(repaired, rivals.filtered(name, damaged, setting))


def test_an_unknown_filter_is_refused():
    with pytest.raises(ValueError, match="choose one of Gaussian"):
        rivals.filtered("magic", as_maps(photo()), 1)


def test_quality_by_hand():
    black, grey = np.zeros((1, 8, 8), np.float32), np.full((1, 8, 8), 0.1, np.float32)
    assert mse(black, grey) == pytest.approx(0.01)
    assert psnr(black, grey) == pytest.approx(20)
    assert psnr(grey, grey) == float("inf")
    assert ssim(grey, grey) == pytest.approx(1)
