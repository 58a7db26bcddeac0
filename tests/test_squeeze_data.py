"""A photo as tiles to learn from: whole, none twice, tests apart; and what can't be cut."""
import numpy as np
import pytest
from PIL import Image

from core import squeeze_data
from core.squeeze_data import Tiles

DICE = np.random.default_rng(0)
PHOTO = Image.fromarray(DICE.integers(0, 256, (60, 90, 3), dtype=np.uint8)).resize((360, 240), Image.Resampling.BICUBIC)


@pytest.mark.parametrize("side", squeeze_data.SIDES)
@pytest.mark.parametrize("colour", [True, False])
def test_tiles_are_the_photo_and_make_it_up_again(side, colour):
    tiles = squeeze_data.of_photo(PHOTO, "p", side, colour)
    cut, photo = squeeze_data.cut(tiles), squeeze_data.pixels(tiles)
    assert cut.shape == (tiles.count, 3 if colour else 1, side, side)
    np.testing.assert_array_equal(squeeze_data.joined(cut, tiles), photo)
    second = photo[:side, side : 2 * side].transpose(2, 0, 1)
    np.testing.assert_allclose(cut[1], second / 255, atol=1e-6)
    assert abs(tiles.height * tiles.width / squeeze_data.AREA - 1) < 0.05
    assert tiles.width / tiles.height == pytest.approx(1.5, rel=0.03)


def test_every_tile_is_learnt_from_or_tested_and_none_both():
    tiles = squeeze_data.of_photo(PHOTO, "p", 16)
    data, again = squeeze_data.load(tiles), squeeze_data.load(tiles)
    assert (len(data.inputs), len(data.test_inputs)) == (tiles.examples, tiles.tests)
    assert tiles.tests == tiles.count // 4
    whole = np.concatenate([data.inputs, data.test_inputs]).reshape(tiles.count, -1)
    cut = squeeze_data.cut(tiles).reshape(tiles.count, -1)
    assert sorted(map(bytes, whole)) == sorted(map(bytes, cut))
    np.testing.assert_array_equal(data.inputs, again.inputs)


@pytest.mark.parametrize("size", [(1, 1), (3, 2000), (2000, 3), (16, 16)])
def test_photos_of_any_shape_can_be_cut(size):
    tiles = squeeze_data.of_photo(Image.new("RGB", size, "red"), "p")
    data = squeeze_data.load(tiles)
    assert data.inputs.shape[1:] == (3, 8, 8)
    assert len(data.test_inputs)
    assert data.inputs[:, 0].min() == 1


def test_a_photo_is_not_told_in_words():
    tiles = squeeze_data.of_photo(PHOTO, "p")
    assert len(f"{tiles}") < 100


@pytest.mark.parametrize(
    ("change", "said"), [(dict(side=7), "8 or 16 pixels"), (dict(height=9), "whole tiles"), (dict(photo=b""), "whole")]
)
def test_what_is_no_cut_photo_is_refused(change, said):
    plain = dict(photo=bytes(8 * 16 * 3), height=8, width=16, digest="p")
    assert Tiles(**plain).count == 2
    with pytest.raises(ValueError, match=said):
        Tiles(**(plain | change))
