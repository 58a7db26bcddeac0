"""Tiles: cut and joined again a photo is the same, whatever its size."""
import pytest
import torch

from core.tiles import Grid, cut, joined


@pytest.mark.parametrize(("height", "width"), [(32, 32), (33, 100), (200, 31), (7, 9), (128, 130)])
@pytest.mark.parametrize("stride", [8, 16, 24, 32])
def test_cut_and_joined_is_the_photo(height, width, stride):
    photo, grid = torch.rand(3, height, width), Grid(height, width, stride=stride)
    tiles = cut(photo, grid)
    assert tiles.shape == (grid.rows * grid.columns, 3, 32, 32)
    torch.testing.assert_close(joined(tiles, grid), photo)


def test_tiles_stand_where_the_grid_says():
    photo, grid = torch.rand(1, 80, 56), Grid(80, 56)
    tiles = cut(photo, grid)
    assert (grid.rows, grid.columns) == (3, 2)
    assert torch.equal(tiles[3], photo[:, 24:56, 24:56])  # second row, second column


def test_where_tiles_differ_one_fades_into_the_other():
    grid = Grid(32, 56)
    black, white = torch.zeros(1, 1, 32, 32), torch.ones(1, 1, 32, 32)
    row = joined(torch.cat([black, white]), grid)[0, 16]
    assert row[:24].eq(0).all()
    assert row[32:].eq(1).all()
    steps = row[23:33].diff()
    assert (steps > 0).all()
    assert steps.max() < 0.15


@pytest.mark.parametrize("stride", [0, 33])
def test_a_stride_that_leaves_gaps_is_refused(stride):
    with pytest.raises(ValueError, match="1 to 32"):
        Grid(64, 64, stride=stride)
