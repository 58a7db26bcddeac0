"""Training: the same recipe gives the same weights, pictures are moved as it says, and what is written loads."""
from dataclasses import asdict, replace

import numpy as np
import pytest
import torch
from torch import nn

from core import fitting, recipes, zoo
from core.datasets import Split, mnist
from core.fitting import Recipe
from core.images import Preprocessing

STILL = Recipe(epochs=6, learning_rate=0.1, batch=16)
GREY = Preprocessing(size=8, channels=1, crop=1.0, mean=(128.0,), std=(64.0,))
PICTURE = torch.arange(25.0).view(1, 1, 5, 5)


@pytest.fixture
def sides():
    """64 noisy pictures, bright on the left (0) or on the right (1)."""
    dice = torch.Generator().manual_seed(0)
    labels = torch.randint(2, (64,), generator=dice)
    images = torch.randint(0, 100, (64, 1, 8, 8), generator=dice, dtype=torch.uint8)
    images[labels == 0, :, :, :4] += 100
    images[labels == 1, :, :, 4:] += 100
    return Split(images, labels)


def fitted(split, recipe):
    """A small network after training, and the loss of each epoch."""
    torch.manual_seed(0)
    model = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(144, 2))
    losses = [epoch.loss for epoch in fitting.fit(model, split, GREY, recipe)]
    return model, torch.cat([parameter.detach().flatten() for parameter in model.parameters()]), losses


def test_the_loss_goes_down_and_the_answers_become_right(sides):
    model, _, losses = fitted(sides, STILL)
    assert len(losses) == 6
    assert losses[-1] < 0.1 * losses[0]
    assert fitting.accuracy(model, sides, GREY) == 1
    assert fitting.accuracy(model, Split(sides.images, 1 - sides.labels), GREY) == 0


def test_the_same_recipe_gives_the_same_weights_to_the_bit(sides):
    recipe = replace(STILL, shift=1, turn=10, zoom=0.1, flip=True)
    assert torch.equal(fitted(sides, recipe)[1], fitted(sides, recipe)[1])


@pytest.mark.parametrize("change", [dict(seed=1), dict(shift=1), dict(weight_decay=0.1), dict(momentum=0.5)], ids=str)
def test_another_recipe_gives_other_weights(sides, change):
    assert not torch.equal(fitted(sides, replace(STILL, **change))[1], fitted(sides, STILL)[1])


def test_pixels_are_normalised_by_hand():
    images = torch.tensor([0, 128, 192, 255], dtype=torch.uint8).view(1, 1, 2, 2)
    assert fitting.normalise(images, GREY).flatten().tolist() == [-2, 0, 1, 127 / 64]


def augmented(recipe, count=200):
    return fitting.augment(PICTURE.expand(count, 1, 5, 5), recipe, torch.Generator().manual_seed(0))[:, 0]


def test_a_recipe_without_changes_leaves_pictures_as_they_are():
    torch.testing.assert_close(augmented(STILL), PICTURE[0].expand(200, 5, 5), rtol=0, atol=1e-4)


def test_flip_turns_about_half_of_the_pictures_left_to_right():
    flipped = (augmented(replace(STILL, flip=True)) - PICTURE[0, 0].flip(1)).abs().amax((1, 2)) < 1e-3
    same = (augmented(replace(STILL, flip=True)) - PICTURE[0, 0]).abs().amax((1, 2)) < 1e-3
    assert torch.equal(flipped, ~same)
    assert 70 < flipped.sum() < 130


def test_shift_moves_by_whole_pixels_and_mirrors_the_edge():
    ring = np.pad(PICTURE[0, 0].numpy(), 1, mode="symmetric")
    expected = {tuple(ring[row : row + 5, column : column + 5].ravel()) for row in range(3) for column in range(3)}
    found = augmented(replace(STILL, shift=1)).round().flatten(1)
    assert {tuple(picture.tolist()) for picture in found} == expected


def test_turn_and_zoom_go_around_the_centre_by_what_the_recipe_allows():
    found = augmented(replace(STILL, turn=30, zoom=0.2))
    torch.testing.assert_close(found[:, 2, 2], torch.full((200,), 12.0), rtol=0, atol=1e-4)
    right, down = found[:, 2, 3] - 12, found[:, 3, 2] - 12  # 1 and 5 as it was, on a plane that only turns and scales
    scale, angle = torch.hypot(right, down) / 26**0.5, torch.atan2(down, right) - torch.tensor(5.0).atan()
    assert 0.8 <= scale.min() < 0.82 < 1.18 < scale.max() <= 1.2
    assert -30 <= angle.rad2deg().min() < -27 < 27 < angle.rad2deg().max() <= 30


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Sixteen digits to learn, five to be tested on, and LeNet's recipe made short."""
    digits = np.random.default_rng(0).integers(0, 256, (16, 28, 28), dtype=np.uint8)
    labels = np.arange(16, dtype=np.uint8) % 10
    parts = dict(train_images=digits, train_labels=labels, test_images=digits[:5], test_labels=9 - labels[:5])
    np.savez(tmp_path / "mnist.npz", **parts)
    monkeypatch.setitem(recipes.RECIPES, "lenet", replace(recipes.RECIPES["lenet"], epochs=2, batch=8))
    return tmp_path


def test_reproduced_weights_come_with_hash_and_card_and_load(folder, monkeypatch):
    out, said = folder / "new" / "weights", []
    accuracy = recipes.reproduce("lenet", folder, out, said.append)
    monkeypatch.setattr(zoo, "ASSETS", out.parent)
    test = mnist(folder, "test")
    assert fitting.accuracy(zoo.load("lenet").model, test, zoo.spec("lenet").preprocessing) == accuracy
    card = zoo.model_card("lenet")
    assert f"**{accuracy:.2%}** of the 5 test pictures" in card
    assert "| epochs | 2 |" in card
    assert f"SHA-256 `{zoo.pinned_hashes()['lenet.safetensors']}`" in card
    assert len(said) == 3  # an epoch a line, and the result


def test_reproducing_again_gives_the_same_file_and_leaves_the_other_hashes(folder):
    (folder / "SHA256SUMS").write_text("0123  other.safetensors\n")
    recipes.reproduce("lenet", folder, folder, lambda line: None)
    first = (folder / "SHA256SUMS").read_text()
    recipes.reproduce("lenet", folder, folder, lambda line: None)
    assert (folder / "SHA256SUMS").read_text() == first
    assert sorted(line.split()[1] for line in first.splitlines()) == ["lenet.safetensors", "other.safetensors"]


def test_a_network_without_a_recipe_is_answered_with_those_that_have_one(tmp_path):
    with pytest.raises(ValueError, match="no recipe for 'efficientnet_lite0'; train one of tiny_vgg, lenet"):
        recipes.reproduce("efficientnet_lite0", tmp_path, tmp_path, print)


@pytest.mark.parametrize("name", recipes.RECIPES)
def test_the_card_that_is_shipped_tells_the_recipe_that_is_shipped(name):
    for key, value in asdict(recipes.RECIPES[name]).items():
        assert f"| {key.replace('_', ' ')} | {value} |" in zoo.model_card(name)
