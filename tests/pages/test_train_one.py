"""Train one: what is drawn is what the engine has; runs can be stepped back, repaired, saved, and their code used."""
import csv
import io
import json
import re
import time

import numpy as np
import pytest
import safetensors.torch
from streamlit.testing.v1 import AppTest

from core import (
    code_features,
    drawing,
    saving,
    squeeze_config,
    squeeze_data,
    squeeze_review,
    squeeze_script,
    squeeze_training,
    toy_data,
    zoo,
)
from core.code_features import Accuracy
from core.squeeze_config import KINDS, Config
from core.squeeze_layers import layers_of
from core.squeeze_presets import DIGITS, PRESETS, beginning
from core.squeeze_presets import TILES as TILES_OF
from core.toy_data import Choice
from core.training import State
from pages.shared import cached, cached_codes, lab, lab_home, train_one_choices
from tests.pages.apptest import (
    choose,
    controls,
    copied,
    gone,
    happens,
    is_drawn,
    opened,
    press,
    sent,
    turn,
    upload,
    whole,
    words_of,
)
from tests.pages.engine import photo

pytestmark = pytest.mark.slow

KEY, RUN, TILES = "squeeze", "squeeze-run", "your photo, tile by tile"
ON_DIGITS = [name for name, preset in PRESETS.items() if preset.on == DIGITS]


def state(at: AppTest) -> State:
    return at.session_state[RUN].state


def rested(at: AppTest, seconds: float = 60) -> AppTest:
    """The page when nothing is computed for it any more; each run is a tick."""
    end = time.monotonic() + seconds
    while at.session_state[RUN].busy:
        assert time.monotonic() < end
        time.sleep(0.02)
        at.run()
    return at.run()


def reached(config: Config, steps: int) -> State:
    """What the engine has there, without any page."""
    return squeeze_training.advance(squeeze_training.begin(config), steps)[0]


def table(at: AppTest, column: str):
    """The table that has such a column."""
    return next(one.value for one in at.dataframe if column in one.value.columns)


def last_row(shown: dict) -> np.ndarray:
    """Step; loss, squared error and penalty on training pictures, then on tests."""
    return shown["scores0"].reshape(-1, 7)[-1]


# ---- the first view, presets, kinds -------------------------------------------------------------


@pytest.mark.parametrize("name", ON_DIGITS)
def test_a_preset_is_the_run_it_says_and_shows_its_layers_before_it_begins(name):
    at, preset = opened("train_one", preset=name), PRESETS[name]
    config = beginning(preset.kind, Choice(), **preset.changes)
    assert state(at) == squeeze_training.begin(config)
    assert any(text.startswith(f"*{preset.lesson}* Start trains for {preset.steps:,} steps") for text in words_of(at))
    shapes, layers = table(at, "gives"), layers_of(config)
    assert shapes["layer"].tolist() == [layer.name for layer in layers]
    assert shapes["learns"].tolist() == [f"{layer.parameters:,}" for layer in layers]
    found = squeeze_training.evaluate(state(at)).test
    np.testing.assert_allclose(last_row(sent(at, KEY))[4:], list(vars(found).values()), rtol=1e-5)
    assert not at.button(key="start").disabled


def test_what_is_drawn_is_what_the_network_makes_of_it():
    at = rested(opened("train_one", at="40", preset="denoising"))
    shown, config = sent(at, KEY), beginning("denoising", Choice())
    assert [row["name"] for row in shown["grid"]["rows"]] == ["picture", "damaged", "code", "rebuilt", "error"]
    clean, given = (shown[name].reshape(-1, 1, 8, 8) for name in ("clean", "given"))
    codes, out = squeeze_review.rebuilt(state(at), given)
    np.testing.assert_allclose(shown["codes"].reshape(len(clean), -1)[:, : config.code], codes, atol=1e-5)
    np.testing.assert_allclose(shown["out"].reshape(out.shape), out, atol=1e-6)
    np.testing.assert_allclose(shown["off"].reshape(out.shape), np.abs(out - clean), atol=1e-6)
    np.testing.assert_allclose(shown["grid"]["errors"], np.square(out - clean).mean(axis=(1, 2, 3)), rtol=1e-5)
    assert np.abs(given - clean).max() > 0.1
    tests = toy_data.load(Choice()).test_inputs
    assert all(any(np.array_equal(one, test) for test in tests) for one in clean[1:])
    assert shown["grid"]["captions"] == ["in hand", *"0123456789"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_trains_on_digits_and_on_tiles_of_the_photo(kind):
    for link in ({}, {"train_on": "tiles of your photo"}):
        at = rested(opened("train_one", kind=kind, at="2", **link))
        assert (state(at).step, state(at).config.kind) == (2, kind)
        assert isinstance(state(at).config.data, squeeze_data.Tiles) == bool(link)
        assert state(at) == reached(state(at).config, 2)
        assert len(json.dumps(sent(at, KEY)["grid" if not link else "photo"], allow_nan=False)) < 20_000


def test_the_photo_is_rebuilt_tile_by_tile_and_another_photo_is_another_run():
    at = rested(opened("train_one", preset=TILES, at="30"))
    shown, first = sent(at, KEY), state(at)
    _, out = squeeze_review.photo(first)
    assert shown["photo"]["height"] * shown["photo"]["width"] == out.shape[0] * out.shape[1]
    assert out.shape[0] % 8 == out.shape[1] % 8 == 0
    assert shown["photoRebuilt"].tobytes()[:2] == b"\xff\xd8"
    assert len(shown["photoGiven"]) + len(shown["photoRebuilt"]) < 300_000
    upload(at, ("mine.jpg", photo("coffee")))
    rested(at)
    assert state(at).config.data.digest != first.config.data.digest
    assert state(at) == reached(state(at).config, 30)
    assert sent(at, KEY)["names"][1] == "pictures photo cat"


# ---- forward and back ---------------------------------------------------------------------------


def test_start_trains_until_its_step_and_steps_lead_forward_and_back_to_the_bit():
    at = opened("train_one", until="40", pace="as fast as it can")
    press(at, "start")
    rested(at)
    config = beginning("undercomplete", Choice())
    assert state(at) == reached(config, 40)
    assert at.query_params["at"] == "40"
    rested(press(at, "step"))
    assert state(at) == reached(config, 41)
    rested(press(at, "back"))
    assert state(at) == reached(config, 40)
    rested(happens(at, KEY, "go", step=7))
    assert state(at) == reached(config, 7)
    press(at, "reset")
    assert state(at) == squeeze_training.begin(config)


@pytest.mark.parametrize("begun", ["0", "1", "39", "40", "95"])
def test_it_says_how_far_it_will_train_and_does_so(begun):
    at = rested(opened("train_one", at=begun, until="40", pace="as fast as it can"))
    button = at.button(key="start").label
    told = next(text for text in words_of(at) if f"{button} trains" in text)
    steps = int(re.search(r"trains for (\d+)", told)[1])
    rested(press(at, "start"))
    assert state(at).step == int(begun) + steps
    assert state(at).step % 40 == 0
    assert int((re.search(r"to step (\d+)", told) or [0, steps])[1]) == state(at).step


def test_the_link_names_the_step_of_a_run_that_came_to_rest_unseen():
    at = rested(opened("train_one", at="7"))
    run = at.session_state[RUN]
    lab.go_to(run, cached.service(), 9)
    lab.wait(run, cached.service(), 60)
    gone(at, "neuron")
    at.query_params = {**at.query_params, "at": "7"}  # the way back of a browser
    at.switch_page("pages/train_one.py").run()
    assert (state(at).step, at.query_params["at"]) == (9, "9")


@pytest.mark.parametrize(
    ("link", "told"),
    [
        (dict(code="0", layers="-1"), "code 1 instead of 8, layers 0 instead of 1"),
        (dict(rate="0.01"), "rate 0.01 instead of 0.005"),
        (dict(preset=TILES, train_on=DIGITS), f"pictures digits instead of {TILES_OF}"),
        (dict(seed="5", examples="500"), ""),
    ],
)
def test_a_run_that_is_not_what_it_began_with_says_so(link, told):
    at = opened("train_one", **link)
    lesson = PRESETS[link.get("preset", next(iter(PRESETS)))].lesson
    assert any(f"Changed: {told}. " in text for text in words_of(at)) == bool(told)
    assert any(lesson in text for text in words_of(at)) == (not told)


def test_a_link_is_the_run_and_who_comes_back_finds_it():
    link = dict(kind="contractive", code="10", penalty="0.01", at="9", seed="3", rate="0.03", view="Gradients")
    at = rested(opened("train_one", **link))
    other = rested(copied(at))
    assert state(other) == state(at)
    config = state(at).config
    assert (state(at).step, config.code, config.penalty, config.seed, config.rate) == (9, 10, 0.01, 3, 0.03)
    assert sent(other, KEY)["layerNames"] == ["code", "output"]
    rested(press(at, "step"))
    assert state(gone(gone(at, "neuron"), "train_one")).step == 10


def test_the_training_lab_and_this_page_keep_their_own_runs():
    at = rested(opened("train_one", at="5"))
    gone(at, "training")
    assert at.session_state["run"].state.step == 0
    assert state(gone(at, "train_one")).step == 5


@pytest.mark.parametrize("word", ["nan", "-5", "1e9", "x" * 500, "999999", "", "1,2", "\0", "auto"])
def test_nonsense_is_the_beginning_or_the_nearest_that_can_be(word, monkeypatch):
    monkeypatch.setattr("pages.shared.lab_player.PATIENCE", 0)
    keys = ["preset", "train_on", "examples", "tile", "grey", "kind", "code", "layers", "nodes", "loss", "penalty"]
    keys += ["noise", "optimiser", "rate", "batch", "seed", "until", "pace", "view", "quiz", "code-of"]
    for some in (keys[::2], keys[1::2], keys):
        at = opened("train_one", **dict.fromkeys(some, word))
        assert is_drawn(at, KEY) or at.error


@pytest.mark.parametrize("link", [{}, {"train_on": "tiles of your photo"}, {"kind": "denoising"}, {"kind": "sparse"}])
def test_every_control_works_at_both_ends(link):
    known = {*train_one_choices.PICTURES, "kind", *train_one_choices.NETWORK, *train_one_choices.TRAINING, "view"}
    keys = set(controls(opened("train_one", **link))) & known
    assert len(keys) > 10
    for key in sorted(keys):
        widget = opened("train_one", **link).get_by_key(key)
        options = getattr(widget, "options", None)
        ends = [0, len(options) - 1] if options else [widget.min, widget.max] if hasattr(widget, "min") else [True]
        for way in ends:
            at = turn(opened("train_one", **link), key, way)
            assert is_drawn(at, KEY) or at.error, (key, way)


def test_what_cannot_be_is_explained_and_can_be_mended():
    at = opened("train_one", code="64")
    assert "64 pixels through a code of 64 units is no squeeze" in at.error[0].value
    assert not is_drawn(at, KEY)
    press(at, "suits")
    assert not at.error
    assert state(at).config.code == 8
    assert "can't be halved 4 times" in opened("train_one", kind="convolutional", layers="4").error[0].value
    large = opened("train_one", kind="sparse", train_on="tiles of your photo", tile="16")
    assert "parameters are too many" in large.error[0].value
    assert "set the noise above 0" in opened("train_one", kind="denoising", noise="0").error[0].value


# ---- trouble ------------------------------------------------------------------------------------


def test_a_rate_that_is_too_large_pauses_the_run_and_one_click_begins_again():
    at = opened("train_one", preset="too fast")
    press(at, "start")
    rested(at)
    assert "every pixel is rebuilt as 0 or as 1" in at.warning[0].value
    stopped = state(at).step
    rested(press(at, "before"))
    assert state(at).step < stopped
    rested(press(at, "start"))
    assert "Take a smaller learning rate: 1," in at.warning[0].value
    assert at.button(key="cure").label == "Begin again with rate 1"
    press(at, "cure")
    assert (state(at).config.rate, state(at).step) == (1, 0)
    assert sent(at, KEY)["names"] == ["rate 1", "rate 50"]
    rested(press(at, "start"))
    assert not at.warning


def test_a_penalty_that_is_too_heavy_is_named_and_made_lighter():
    at = rested(opened("train_one", preset="too heavy a penalty", at="101"))
    assert "All units of code are dead for every test picture" in at.warning[0].value
    codes, _ = squeeze_review.rebuilt(state(at), toy_data.load(Choice()).test_inputs)
    assert not codes.any()
    press(at, "cure")
    assert state(at).config.penalty == 0.01
    assert not at.warning


# ---- drawing, numbers, files --------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_a_code_looks_alike_whatever_it_is_of(kind):
    rows = []
    for link in (dict(view="Draw"), dict(view="Draw", at="3"), dict(at="3")):
        shown = sent(rested(opened("train_one", kind=kind, **link)), KEY)
        row = next(one for one in shown["grid"]["rows"] if one["name"] == "code")
        assert row["scale"] == "signed" or shown["codes"].min() >= 0
        rows.append([row[key] for key in ("scale", "units", "down", "across")])
    assert rows[0] == rows[1] == rows[2]


def test_a_drawn_digit_goes_through():
    at = rested(opened("train_one", at="60", view="Draw"))
    strokes = [[[0.3, 0.2], [0.7, 0.2], [0.45, 0.85]]]
    happens(at, KEY, "draw", strokes=strokes)
    shown, seen = sent(at, KEY), drawing.digit(strokes)
    np.testing.assert_allclose(shown["clean"].reshape(1, 8, 8), seen, atol=1e-6)
    np.testing.assert_allclose(shown["out"], squeeze_review.rebuilt(state(at), seen[None])[1].ravel(), atol=1e-6)


def test_the_tables_have_the_numbers_that_are_drawn():
    at = rested(opened("train_one", at="30", preset="sparse"))
    scores = table(at, "test penalty").iloc[-1]
    found = squeeze_training.evaluate(state(at))
    assert scores["test loss"] == found.test.loss
    assert scores["test mean squared error"] == found.test.squared_error
    assert scores["training penalty"] == found.train.penalty
    sizes = table(at, "length of the gradient")
    assert sizes["length of the gradient"].tolist() == [layer.gradient for layer in found.layers]
    codes = table(at, "code 63")
    np.testing.assert_allclose(codes["mean squared error"], sent(at, KEY)["grid"]["errors"], rtol=1e-6)
    assert table(at, "why it can't be")["choice"].tolist()[:2] == ["code size", "layers"]


def test_a_run_can_be_taken_home_without_the_photo():
    config = beginning("undercomplete", squeeze_data.of_photo(cached.sample("cat").picture, "cat"))
    begun = squeeze_training.begin(config)
    later, events = squeeze_training.advance(begun, 11)
    file = saving.weights_file(later, squeeze_config.to_json)
    header = json.loads(file[8 : 8 + int.from_bytes(file[:8], "little")])
    assert json.loads(header["__metadata__"]["config"])["code"] == 16
    assert len(file) < len(config.data.photo)
    assert {"encoder1.weight", "code.bias", "output.weight"} <= set(header)
    rows = list(csv.DictReader(io.StringIO(saving.curves(events))))
    assert len(rows) == 11
    assert float(rows[0]["test squared error"]) > 0
    assert list(rows[0]) == ["step", "loss", *(f"{part} {name}" for part in ("train", "test")
                                               for name in ("loss", "squared error", "penalty"))]  # fmt: skip


@pytest.mark.parametrize("preset", ["denoising", TILES])
def test_the_files_end_with_the_step_that_is_shown(preset, monkeypatch):
    at, files = rested(opened("train_one", preset=preset, at="12")), {}
    monkeypatch.setattr(
        lab_home.st, "download_button", lambda label, data, name, *rest, **more: files.update({name: data()})
    )
    whole(at.run())
    *_, before, last = csv.DictReader(io.StringIO(files["curves.csv"]))
    assert (before["step"], last["step"], last["loss"]) == ("11", "12", "")
    assert float(last["test squared error"]) == squeeze_training.evaluate(state(at)).test.squared_error
    assert files["train.py"] == squeeze_script.script(state(at).config, 12)
    assert safetensors.torch.load(files["weights-12.safetensors"]).keys() == saving.unpack(state(at).weights).keys()
    assert files.get("photo.png") == (squeeze_data.png(state(at).config.data) if preset == TILES else None)


@pytest.mark.parametrize("page", ["train_one", "training", "neuron", "latent", "repair", "six", "autoencoder"])
def test_a_page_that_shows_no_classifier_cites_none(page):
    cited = " ".join(words_of(opened(page)))
    assert "\n- " in cited
    for name in zoo.SPECS:
        title = re.search("^# (.*)$", zoo.model_card(name), re.MULTILINE)[1]
        assert f"## {title}" not in cited


# ---- the question, and the code put to use ------------------------------------------------------


def test_the_question_hides_its_number_and_whatever_tells_it():
    at = opened("train_one")
    choose(at, "predict", True)
    layers = layers_of(beginning("undercomplete", Choice()))
    asked, total = layers[1].parameters, sum(layer.parameters for layer in layers)
    hidden = [layer.name for layer in layers if layer.parameters == asked]
    shapes = table(at, "gives")
    assert hidden == ["encoder1", "output"]
    assert shapes["layer"][shapes["learns"] == "?"].tolist() == hidden
    everything = " ".join([*words_of(at), *(one.value.to_csv() for one in at.dataframe)]).replace(",", "")
    assert not re.search(rf"\b({asked}|{total})\b", everything)


def test_the_code_is_compared_with_the_pixels_when_asked(monkeypatch):
    monkeypatch.setattr("pages.shared.train_one_features.LABELS", (10, 20))
    at = rested(opened("train_one", at="50"))
    assert "who wins" not in {name for one in at.dataframe for name in one.value.columns}
    press(at, "compare")
    found, data = table(at, "who wins"), toy_data.load(cached_codes.DIGITS)
    assert found["labels"].tolist() == [10, 20]
    codes = [squeeze_review.rebuilt(state(at), some)[0] for some in (data.inputs, data.test_inputs)]
    mine = code_features.accuracy(code_features.Features(*codes), data, 20)
    theirs = code_features.accuracy(code_features.pixels(data), data, 20)
    assert found["code"].iloc[1] == pytest.approx(mine.mean)
    assert found["pixels"].iloc[1] == pytest.approx(theirs.mean)
    assert found["pixels, spread"].iloc[1] == pytest.approx(theirs.spread)
    rested(press(at, "step"))
    assert at.button(key="compare")  # another state is another code


def test_a_shipped_network_can_be_compared_too_and_each_verdict_is_said(monkeypatch):
    monkeypatch.setattr("pages.shared.train_one_features.LABELS", (10, 20, 50))
    shares = {10: (0.9, 0.8), 20: (0.5, 0.9), 50: (0.1, 0.2)}

    def made(features, data, count):
        return Accuracy(count, shares[count] if features.known.shape[1] == 8 else (0.6, 0.6))

    monkeypatch.setattr(code_features, "accuracy", made)
    at = opened("train_one", train_on="tiles of your photo")
    press(at, "compare")
    assert table(at, "who wins")["who wins"].tolist() == ["the code", "neither in every draw", "the raw pixels"]
    said = " ".join(words_of(at))
    assert "The **code** wins with 10 labels; the **raw pixels** win with 50 labels" in said
    assert "neither is ahead in every draw with 20" in said
