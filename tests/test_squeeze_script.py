"""An autoencoder's run to take home: a script that makes the same network again, from digits or from a photo."""
import subprocess
import sys
from dataclasses import replace

import pytest
import torch
from PIL import Image
from safetensors.torch import load as unpack

from core import squeeze_data, squeeze_training
from core.optimisers import OPTIMISERS
from core.squeeze_config import KINDS, Config
from core.squeeze_presets import beginning
from core.squeeze_script import script
from core.toy_data import Choice
from tests.test_squeeze_data import PHOTO

DIGITS = Choice("digits", 120)
TILES = squeeze_data.of_photo(PHOTO, "p")
RUNS = {kind: beginning(kind, DIGITS, optimiser=optimiser, batch=8, seed=3) for kind, optimiser in
        zip(KINDS, [*OPTIMISERS] * 2, strict=True)}  # fmt: skip
RUNS["cross-entropy"] = replace(RUNS["sparse"], loss="binary cross-entropy", penalty=0.0)
RUNS["deep contractive"] = Config(DIGITS, "contractive", 6, 2, 24, penalty=0.01, weight_decay=0.01)
RUNS["blind to noise"] = beginning("denoising", DIGITS, code=4, layers=3, nodes=40, noise=1.0)


def equal(config, steps, path):
    """The engine's state after so many steps, once the script's weights are seen to be the same to the bit."""
    state, _ = squeeze_training.advance(squeeze_training.begin(config), steps)
    mine, theirs = unpack(state.weights), torch.load(path, weights_only=True)
    assert mine.keys() == theirs.keys()
    assert all(torch.equal(theirs[key], mine[key]) for key in mine)
    return state


@pytest.mark.parametrize("name", RUNS)
def test_the_script_of_every_kind_makes_the_same_weights_to_the_bit(name, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    exec(compile(script(RUNS[name], 3), "run.py", "exec"), {})
    error = squeeze_training.evaluate(equal(RUNS[name], 3, "weights.pt")).test.squared_error
    assert f"mean squared error on 450 test pictures: {error:.6f}" in capsys.readouterr().out


@pytest.mark.parametrize(("side", "colour", "kind"), [(8, True, "denoising"), (16, False, "convolutional")])
def test_the_script_of_a_photo_takes_its_path_and_nothing_of_torchlight(side, colour, kind, tmp_path):
    tiles = squeeze_data.of_photo(PHOTO, "p", side, colour)
    config = beginning(kind, tiles)
    (tmp_path / "train.py").write_text(script(config, 3), encoding="utf-8")
    (tmp_path / "photo.png").write_bytes(squeeze_data.png(tiles))
    command = [sys.executable, "-I", "-W", "error", "train.py", "photo.png"]  # -I: without anything of Torchlight
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    error = squeeze_training.evaluate(equal(config, 3, tmp_path / "weights.pt")).test.squared_error
    assert f"{tiles.tests} test pictures: {error:.6f}" in done.stdout


def test_a_photo_of_another_size_is_brought_to_size(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    config = beginning("undercomplete", TILES)
    PHOTO.save("large.png")
    monkeypatch.setattr(sys, "argv", ["train.py", "large.png"])
    exec(compile(script(config, 2), "run.py", "exec"), {})
    equal(config, 2, "weights.pt")
    monkeypatch.setattr(sys, "argv", ["train.py"])
    with pytest.raises(SystemExit, match="Which photo"):
        exec(compile(script(config, 2), "run.py", "exec"), {})


def test_a_photo_is_saved_pixel_by_pixel(tmp_path):
    for colour in (True, False):
        tiles = squeeze_data.of_photo(PHOTO, "p", 8, colour)
        (tmp_path / "photo.png").write_bytes(squeeze_data.png(tiles))
        with Image.open(tmp_path / "photo.png") as saved:
            assert squeeze_data.of_photo(saved.convert("RGB"), "p", 8, colour) == tiles
