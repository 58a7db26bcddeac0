"""A whole photo in tiles: nothing shows where they meet, and each stands where it was."""
import numpy as np
import pytest
import torch
from PIL import Image

from core import autoencoders, quality, samples, whole_photo
from core.tiles import Grid

SAME = lambda tiles: tiles  # noqa: E731


@pytest.fixture(scope="module")
def net() -> autoencoders.Autoencoder:
    return autoencoders.ready("tiles_64", autoencoders.untrained("tiles_64"))


@pytest.fixture(scope="module")
def squeezed(net) -> whole_photo.Squeezed:
    return whole_photo.squeeze(torch.rand(3, 70, 100), net.model.encoder, net.model.decoder)


@pytest.mark.parametrize("size", [(384, 255), (33, 300), (32, 32)])
@pytest.mark.parametrize("stride", [16, 24, 32])
def test_tiles_that_are_kept_as_they_are_give_the_photo_back(size, stride):
    photo = torch.rand(3, *size)
    whole = whole_photo.squeeze(photo, SAME, SAME, stride)
    torch.testing.assert_close(whole.rebuilt, photo, atol=1e-6, rtol=0)


def test_a_photo_of_one_colour_has_no_seams():
    photo = torch.full((3, 100, 130), 0.4)
    darker = whole_photo.squeeze(photo, SAME, lambda tiles: 0.5 * tiles)
    torch.testing.assert_close(darker.rebuilt, torch.full_like(photo, 0.2), atol=1e-6, rtol=0)
    assert whole_photo.errors(darker) == pytest.approx(np.full((100, 130), 0.2), abs=1e-6)


def test_tiles_that_disagree_fade_into_each_other():
    levels = torch.linspace(0, 1, 6)[:, None, None, None].expand(-1, 3, 32, 32)  # six tiles in a row
    whole = whole_photo.squeeze(torch.zeros(3, 32, 152), lambda _: levels, lambda codes: codes)
    steps = whole.rebuilt[0, 16].diff().abs()
    assert steps.max() < 0.2 / 6  # a seam would be a step of 0.2


@pytest.mark.parametrize("name", ["cat", "temple", "digit-3"])
def test_the_working_size_keeps_the_sides(name):
    picture = samples.load(name)
    photo = whole_photo.working(picture)
    assert photo.shape[0] == 3
    assert max(photo.shape) == min(whole_photo.WORKING, max(picture.size))
    assert photo.shape[2] / photo.shape[1] == pytest.approx(picture.width / picture.height, rel=0.01)
    assert photo.min() >= 0
    assert photo.max() <= 1


@pytest.mark.parametrize("size", [(1, 1), (5_000, 2), (3, 900)])
def test_a_sliver_becomes_as_broad_as_a_tile(size):
    photo = whole_photo.working(Image.new("RGB", size, "red"))
    assert min(photo.shape[1:]) >= 32
    assert max(photo.shape[1:]) <= whole_photo.WORKING


def test_it_goes_in_chunks_and_tells_how_far_it_is(net):
    told, ran = [], []
    run = lambda function, *arguments: ran.append(len(arguments[0])) or function(*arguments)  # noqa: E731
    encode, decode = net.model.encoder, net.model.decoder
    whole = whole_photo.squeeze(torch.rand(3, 200, 260), encode, decode, run=run, told=told.append)
    assert sum(ran) == len(whole.codes) == whole.grid.rows * whole.grid.columns
    assert max(ran) <= whole_photo.CHUNK
    assert told == sorted(told)
    assert told[-1] == 1


def test_a_tile_by_itself_is_the_tile_of_the_photo(net, squeezed):
    for tile in (0, len(squeezed.codes) - 1):
        piece = whole_photo.piece(net, squeezed, tile)
        np.testing.assert_allclose(piece.own, squeezed.codes[tile], atol=1e-4)
        left, top, right, bottom = squeezed.box(tile)
        seen = squeezed.photo[:, top:bottom, left:right].numpy()
        np.testing.assert_array_equal(piece.image[:, : bottom - top, : right - left], seen)


def test_another_tile_changes_nothing_beyond_its_box(squeezed):
    changed = whole_photo.with_tile(squeezed, 4, np.ones((3, 32, 32), np.float32))
    left, top, right, bottom = squeezed.box(4)
    same = (changed.rebuilt == squeezed.rebuilt).all(dim=0)
    same[top:bottom, left:right] = True
    assert same.all()
    assert not torch.equal(changed.rebuilt, squeezed.rebuilt)
    assert torch.equal(squeezed.tiles, whole_photo.with_tile(changed, 4, squeezed.tiles[4].numpy()).tiles)


def test_every_place_belongs_to_the_tile_whose_middle_is_nearest():
    grid = Grid(70, 100)
    whole = whole_photo.Squeezed(torch.rand(3, 70, 100), grid, torch.zeros(12, 1), torch.zeros(12, 3, 32, 32), None)
    middles = {tile: (tile // grid.columns * 24 + 16, tile % grid.columns * 24 + 16) for tile in range(12)}
    for y, x in [(0, 0), (35, 50), (69, 99), (20, 61)]:
        nearest = min(middles, key=lambda tile: (middles[tile][0] - y) ** 2 + (middles[tile][1] - x) ** 2)
        assert whole.tile_at(x / 100, y / 70) == nearest


def test_scores_are_those_of_the_whole_photo(squeezed):
    photo, rebuilt = squeezed.photo.numpy(), squeezed.rebuilt.numpy()
    mse, psnr, ssim = whole_photo.scores(squeezed)
    assert mse == pytest.approx(((photo - rebuilt) ** 2).mean(), rel=1e-5)
    assert psnr == pytest.approx(-10 * np.log10(mse))
    assert ssim == quality.ssim(photo, rebuilt)
    assert (whole_photo.errors(squeezed) ** 2).mean() == pytest.approx(mse, rel=1e-5)
    assert whole_photo.tile_errors(squeezed).shape == (len(squeezed.codes),)
