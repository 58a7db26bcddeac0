"""How the shipped autoencoders learned: each kind gets better, repeatably; losses by hand; the commands around it."""
import json

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from core import autoencoder_recipes, autoencoder_scores, autoencoders, penalties, squeezing
from core.__main__ import main
from core.datasets import Split
from core.squeezing import LOSSES, Recipe

DIGITS = torch.zeros(64, 1, 28, 28)
for number in range(64):  # a bar that moves
    DIGITS[number, 0, 4:24, 3 + number % 20 : 6 + number % 20] = 1.0
NAMED = {
    "undercomplete": "digits_8",
    "sparse": "digits_sparse",
    "contractive": "digits_contractive",
    "convolutional": "digits_convolutional",
    "denoising": "digits_denoising",
    "variational": "digits_variational_2",
}


def trained(name, recipe):
    model = autoencoders.untrained(name)
    return model, list(squeezing.fit(autoencoders.spec(name).kind, model, DIGITS, recipe))


@pytest.mark.parametrize("kind", autoencoders.KINDS)
def test_each_kind_learns_and_the_same_recipe_gives_the_same_weights(kind):
    recipe = Recipe(epochs=8, batch=16, penalty=1e-3, noise=0.3)
    model, epochs = trained(NAMED[kind], recipe)
    assert epochs[-1].loss < 0.9 * epochs[0].loss
    again, _ = trained(NAMED[kind], recipe)
    assert all(torch.equal(one, other) for one, other in zip(model.parameters(), again.parameters(), strict=True))


@pytest.mark.parametrize("kind", ["sparse", "contractive"])
def test_the_penalty_does_what_it_is_for(kind):
    found = []
    for penalty in (0.0, 1.0):
        model, _ = trained(NAMED[kind], Recipe(epochs=8, batch=16, penalty=penalty))
        found.append(penalties.penalty(NAMED[kind], model.eval(), DIGITS).mean().item())
    assert found[1] < 0.5 * found[0]


def test_what_is_minimised_is_error_plus_weighted_penalty():
    model, recipe = autoencoders.untrained("digits_sparse"), Recipe(epochs=1, penalty=0.5)
    expected = F.mse_loss(model(DIGITS), DIGITS) + 0.5 * model.encoder(DIGITS).abs().mean()
    torch.testing.assert_close(LOSSES["sparse"](model, DIGITS, recipe, torch.Generator()), expected)


def test_a_denoising_one_sees_damage_and_is_compared_with_the_clean_picture():
    model, recipe = autoencoders.untrained("digits_denoising"), Recipe(epochs=1, noise=0.7)
    found = LOSSES["denoising"](model, DIGITS, recipe, torch.Generator().manual_seed(0))
    clean = LOSSES["convolutional"](model, DIGITS, recipe, torch.Generator())
    assert found != clean
    torch.testing.assert_close(LOSSES["denoising"](model, DIGITS, Recipe(epochs=1), torch.Generator()), clean)


# ---- the commands -----------------------------------------------------------------------------


@pytest.fixture
def data(tmp_path):
    images = (255 * DIGITS[:, 0]).to(torch.uint8).numpy()
    labels = np.arange(64) % 10
    np.savez(tmp_path / "mnist.npz", **{f"{part}_{what}": values for part in ("train", "test")
                                        for what, values in (("images", images), ("labels", labels))})
    return tmp_path


def test_train_writes_weights_results_and_card(data, monkeypatch, capsys):
    monkeypatch.setitem(autoencoder_recipes.RECIPES, "digits_2", Recipe(epochs=1, batch=16))
    out = data / "out"
    assert main(["train", "digits_2", "--data", str(data), "--out", str(out)]) == 0
    assert "epoch 1 of 1" in capsys.readouterr().out
    assert {path.name for path in out.iterdir()} == {
        *("digits_2.safetensors", "digits_2.md", "digits_2_tests.safetensors", "SHA256SUMS")
    }
    card = (out / "digits_2.md").read_text()
    assert "python -m core train digits_2 --data DIR" in card
    sums = (out / "SHA256SUMS").read_text()
    assert sums.count("\n") == 2


def test_every_autoencoder_has_a_recipe_and_the_components_too():
    assert set(autoencoder_recipes.RECIPES) == set(autoencoders.SPECS)


def test_evaluate_prints_a_row_for_each_score(monkeypatch, capsys, tmp_path):
    def small(channels, side):
        images = torch.rand(8, channels, side, side, generator=torch.Generator().manual_seed(0)) * 255
        return Split(images.to(torch.uint8), torch.arange(8))

    sets = {"mnist": lambda *_: small(1, 28), "cifar10": lambda *_: small(3, 32)}
    monkeypatch.setattr(autoencoder_scores, "DATASETS", sets)
    monkeypatch.setattr(autoencoder_scores, "FILTERED", 2)
    monkeypatch.setattr(autoencoder_scores, "SAMPLES", 20)
    assert main(["evaluate", "autoencoders", "--data", str(tmp_path), "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert all(set(row) == {"name", "metric", "value", "reference", "reference_value"} for row in rows)
    assert {row["name"] for row in rows} == set(autoencoders.SPECS) - {"digits_not_contractive"}
