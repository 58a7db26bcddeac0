"""An autoencoder beside PCA and JPEG, judged by scikit-learn and by counting."""
import io

import numpy as np
import pytest
import torch
from PIL import Image
from sklearn.decomposition import PCA

from core import autoencoders, rivalry, samples, whole_photo
from core.tiles import cut


@pytest.fixture(scope="module")
def tiles_net() -> autoencoders.Autoencoder:
    return autoencoders.ready("tiles_64", autoencoders.untrained("tiles_64"))


def basis(size: int, count: int) -> tuple[rivalry.Basis, PCA]:
    """Principal components of random pictures, and scikit-learn's judge of them."""
    dice = np.random.default_rng(0)
    found = PCA(count).fit(dice.random((count + 20, size)))
    return (torch.tensor(found.mean_).float(), torch.tensor(found.components_).float()), found


def test_pca_is_that_of_scikit_learn_and_has_no_more_components_than_are_known():
    net = autoencoders.ready("digits_32", autoencoders.untrained("digits_32"))
    image = np.random.default_rng(1).random((1, 28, 28), dtype=np.float32)
    for count, used in ((40, 32), (10, 10)):
        known, judge = basis(784, count)
        _, _, pca, _ = rivalry.of_digit(net, image, known)
        components = judge.components_[:used]
        rebuilt = (image.ravel() - judge.mean_) @ components.T @ components + judge.mean_
        np.testing.assert_allclose(pca.picture.ravel(), rebuilt.clip(0, 1), atol=1e-5)
        assert (pca.numbers, pca.bytes) == (used, 4 * used)


def test_a_byte_a_number_costs_a_byte_a_number_and_next_to_nothing_in_the_picture():
    dice = torch.Generator().manual_seed(0)
    for codes in (torch.randn(1, 32, generator=dice), torch.randn(50, 8, generator=dice)):
        rounded = rivalry.rounded(codes)
        spread = (codes.max() - codes.min()).item()
        assert (rounded - codes).abs().max() <= spread / 255 / 2 + 1e-6
        columns = rounded.T if len(codes) > 1 else rounded
        assert max(len(column.unique()) for column in columns) <= 256
    assert torch.equal(rivalry.rounded(torch.full((3, 2), 0.7)), torch.full((3, 2), 0.7))


def test_jpeg_has_no_more_bytes_than_the_code_if_it_can(tiles_net):
    photo = whole_photo.working(samples.load("cat").resize((160, 120)))
    whole = whole_photo.squeeze(photo, tiles_net.model.encoder, tiles_net.model.decoder)
    ours, in_bytes, pca, jpeg = rivalry.of_photo(tiles_net, whole, basis(3072, 70)[0])
    count = len(cut(photo, whole.grid)) * 64
    assert (ours.numbers, ours.bytes, in_bytes.bytes, pca.numbers) == (count, 4 * count, count + 8 * 64, count)
    assert jpeg.bytes <= in_bytes.bytes
    np.testing.assert_allclose(ours.picture, whole.rebuilt, atol=1e-5)
    for entry in (ours, in_bytes, pca, jpeg):
        assert entry.mse == pytest.approx(((entry.picture - photo.numpy()) ** 2).mean(), rel=1e-4)
        assert entry.psnr == pytest.approx(-10 * np.log10(entry.mse))


def test_a_tiny_jpeg_is_as_small_as_jpeg_can_be():
    net = autoencoders.ready("digits_2", autoencoders.untrained("digits_2"))
    image = np.random.default_rng(1).random((1, 28, 28), dtype=np.float32)
    *_, jpeg = rivalry.of_digit(net, image, basis(784, 10)[0])
    file = io.BytesIO()
    Image.fromarray(np.round(image[0] * 255).astype(np.uint8)).save(file, "JPEG", quality=1, optimize=True)
    assert jpeg.bytes == len(file.getvalue()) > 2 + 8
