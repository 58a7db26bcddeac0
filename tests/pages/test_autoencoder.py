"""Autoencoder: what is shown is what the network does, and the code is the visitor's to move."""
import io

import numpy as np
import pytest
import torch
from PIL import Image

from core import autoencoders, drawing, ink, strange, whole_photo
from pages.shared import code_choices, words
from tests.hostile import save
from tests.pages.apptest import choose, copied, happens, is_drawn, opened, press, sent, turn, upload, words_of
from tests.pages.calculated import corners, result_at, worked_out
from tests.pages.engine import photo

KEY = "autoencoder"
DIGIT = {"picture": "digit-3"}
SEVEN = [[[0.3, 0.2], [0.7, 0.2], [0.5, 0.8]]]
NAMES = [(kind, code, name) for kind, sizes in code_choices.KNOWN.items() for code, name in sizes.items()]
OF_DIGITS = [one for one in NAMES if one[0] != code_choices.PHOTO]
OF_PHOTOS = [one for one in NAMES if one[0] == code_choices.PHOTO]


def picture(shown: dict, name: str = "input") -> torch.Tensor:
    return torch.from_numpy(shown[name].copy()).view(1, 1, shown["rows"], shown["columns"])


def decoded(name: str, code: np.ndarray) -> np.ndarray:
    with torch.inference_mode():
        return autoencoders.decode(autoencoders.load(name).model, torch.from_numpy(code)[None])[0].numpy().ravel()


@pytest.mark.parametrize(("kind", "code", "name"), OF_DIGITS)
def test_input_code_and_output_are_those_of_the_network(kind, code, name):
    shown = sent(opened("autoencoder", **DIGIT, ae_kind=kind, ae_code=str(code)), KEY)
    model = autoencoders.load(name).model
    with torch.inference_mode():
        expected = autoencoders.encode(model, picture(shown))[0].numpy()
    np.testing.assert_allclose(shown["own"], expected, atol=1e-4)
    np.testing.assert_allclose(shown["output"], decoded(name, expected), atol=1e-5)
    assert len(shown["own"]) == code
    assert (shown["lows"] <= shown["own"]).all()
    assert (shown["highs"] >= shown["own"]).all()
    off = np.abs(shown["output"] - shown["input"])
    assert shown["most"] == pytest.approx(off.max(), rel=1e-5)
    assert f"MSE {(off**2).mean():.4g}"[:8] in shown["below"]["output"]


def test_a_photo_begins_with_tiles_and_a_digit_with_the_network_for_digits():
    assert "codes" in sent(opened("autoencoder"), KEY)
    assert "codes" not in sent(opened("autoencoder", **DIGIT), KEY)


def test_a_moved_code_is_decoded_and_stands_in_the_link():
    at = opened("autoencoder", **DIGIT)
    before = sent(at, KEY)
    happens(at, KEY, "live", moved={"3": 2.5}, turn=1)
    moved = before["own"].copy()
    moved[3] = 2.5
    np.testing.assert_allclose(sent(at, KEY)["output"], decoded("digits_32", moved), atol=1e-5)
    assert "moved" not in at.query_params  # not before the finger is lifted
    happens(at, KEY, "drop", moved={"3": 2.5, "7": -1.25}, turn=2)
    moved[7] = -1.25
    for visit in (at, copied(at)):
        shown = sent(visit, KEY)
        assert shown["moves"] == {"3": 2.5, "7": -1.25}
        np.testing.assert_allclose(shown["output"], decoded("digits_32", moved), atol=1e-5)
        np.testing.assert_array_equal(shown["own"], before["own"])
    happens(at, KEY, "drop", moved={}, turn=3)
    np.testing.assert_array_equal(sent(at, KEY)["output"], before["output"])


def test_another_network_begins_with_its_own_code():
    at = opened("autoencoder", **DIGIT)
    happens(at, KEY, "drop", moved={"3": 2.5}, turn=1)
    choose(at, "ae_code", 8)
    assert sent(at, KEY)["moves"] == {}


def test_every_question_is_answered_with_its_number():
    at = opened("autoencoder", **DIGIT)
    for turned in (4, 5):
        happens(at, KEY, "live", moved={"3": 2.5}, turn=turned)
        assert sent(at, KEY)["turn"] == turned


def test_a_drawing_is_made_a_digit_and_the_link_keeps_it():
    at = opened("autoencoder", ae_on="draw one")
    assert sent(at, KEY)["pad"]
    assert not sent(at, KEY)["input"].any()
    happens(at, KEY, "live", strokes=SEVEN, turn=1)
    np.testing.assert_allclose(sent(at, KEY)["input"], ink.digit(SEVEN).ravel(), atol=1e-6)
    happens(at, KEY, "draw", strokes=SEVEN, turn=2)
    shown = sent(copied(at), KEY)
    assert np.abs(shown["input"] - ink.digit(SEVEN).ravel()).mean() < 0.02
    np.testing.assert_allclose(shown["strokes"], SEVEN, atol=0.01)
    happens(at, KEY, "draw", strokes=[], turn=3)
    assert not sent(at, KEY)["input"].any()


def test_of_a_scribble_without_end_the_last_part_is_kept():
    at = opened("autoencoder", ae_on="draw one")
    endless = [[[share, 1 - share] for share in np.random.default_rng(0).random(2 * drawing.MOST_POINTS).tolist()]]
    for turned, event in enumerate(("live", "draw"), start=1):
        happens(at, KEY, event, strokes=endless, turn=turned)
        assert sent(at, KEY)["input"].any()
    assert sent(copied(at), KEY)["input"].any()


@pytest.mark.parametrize("turned", ink.TURNS)
def test_letters_and_what_is_turned_are_fed_as_they_are(turned):
    shown = sent(opened("autoencoder", ae_on="a letter", ae_letter="K", ae_turn=turned), KEY)
    np.testing.assert_allclose(shown["input"], ink.TURNS[turned](ink.letter("K")).ravel(), atol=1e-6)


# ---- photos -----------------------------------------------------------------------------------


def decoded_picture(data: np.ndarray) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(data.tobytes()))) / 255


@pytest.mark.parametrize(("kind", "code", "name"), OF_PHOTOS)
def test_a_photo_goes_through_tile_by_tile(kind, code, name):
    shown = sent(opened("autoencoder", picture="coffee", ae_kind=kind, ae_code=str(code)), KEY)
    count = shown["grid"]["across"] * shown["grid"]["down"]
    codes = shown["codes"].reshape(count, code)
    np.testing.assert_allclose(shown["own"], codes[shown["tile"]["index"]], atol=1e-3)
    before, after = decoded_picture(shown["photo"]), decoded_picture(shown["rebuilt"])
    assert before.shape == after.shape == (shown["rows"], shown["columns"], 3)
    off = np.sqrt(((before - after) ** 2).mean(axis=2))
    told = shown["error"].reshape(off.shape) / 255 * shown["most"]
    assert np.abs(told - off.clip(0, shown["most"])).mean() < 0.02  # browsers get compressed pictures, but exact errors
    assert len(shown["tileErrors"]) == count
    assert sum(len(value.tobytes()) for value in shown.values() if isinstance(value, np.ndarray)) < 500_000


@pytest.mark.parametrize("link", [DIGIT, DIGIT | {"ae_kind": "sparse"}, {"picture": "coffee"}], ids=str)
@pytest.mark.parametrize("value", ["1e6", "-1e6"])
def test_a_link_moves_a_unit_no_further_than_its_bar_goes(link, value):
    shown = sent(opened("autoencoder", **link, moved=f"1:{value}"), KEY)
    edge = shown["highs" if float(value) > 0 else "lows"][1]
    assert shown["moves"].get("1", shown["own"][1]) == pytest.approx(edge, rel=1e-6)
    other = sent(opened("autoencoder", **link, moved=f"1:{edge:.9g}"), KEY)
    assert other["shows"] == shown["shows"]


def test_a_tile_is_chosen_and_its_code_moved():
    at = opened("autoencoder", picture="coffee")
    happens(at, KEY, "tile", index=20, turn=1)
    before = sent(at, KEY)
    assert before["tile"]["index"] == sent(copied(at), KEY)["tile"]["index"] == 20
    np.testing.assert_allclose(before["own"], before["codes"].reshape(-1, 64)[20], atol=1e-3)
    unit = int(before["highs"].argmax())
    moved = {str(unit): float(before["highs"][unit])}  # as far as its bar goes
    happens(at, KEY, "live", moved=moved, turn=2)
    patch = sent(at, KEY)
    assert patch["turn"] == 2
    assert "codes" not in patch  # only what changes is sent while a finger moves
    left, top, width, height = patch["patch"]
    assert len(patch["patchPixels"]) == 3 * width * height
    happens(at, KEY, "drop", moved=moved, turn=3)
    after = sent(at, KEY)
    was, now = decoded_picture(before["rebuilt"]), decoded_picture(after["rebuilt"])
    changed = np.abs(now - was).max(axis=2) > 0.1
    rows, columns = np.nonzero(changed)
    assert changed.any()
    assert rows.min() >= top
    assert rows.max() < top + height
    assert columns.min() >= left
    assert columns.max() < left + width
    pixels = patch["patchPixels"].reshape(height, width, 3) / 255
    assert np.abs(pixels - now[top : top + height, left : left + width]).mean() < 0.03


def test_a_photo_of_ones_own_is_squeezed():
    at = upload(opened("autoencoder"), ("mine.jpg", photo("flower")))
    shown = sent(at, KEY)
    assert max(shown["rows"], shown["columns"]) == whole_photo.WORKING
    assert any("lossy" in text for text in words_of(at))


# ---- below the row ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("link", "step"),
    [
        (DIGIT, "decoder_picture"),
        (DIGIT | {"ae_kind": "convolutional", "moved": "2:1.5"}, "decoder_up1"),
        (DIGIT | {"ae_kind": "convolutional"}, "encoder_conv2"),
        (DIGIT | {"ae_kind": "sparse"}, "encoder_act1"),
        ({"picture": "coffee"}, "decoder_picture"),
    ],
)
def test_any_map_opens_down_to_its_sum(link, step):
    at = opened("autoencoder", **link)
    columns = {column["name"]: column for column in sent(at, "network_map")["columns"]}
    assert step in columns
    happens(at, "network_map", "open", name=step, map=0)
    shown = sent(at)
    assert shown["step"] == step
    for row, column in corners(shown):
        assert worked_out(shown, row, column) == pytest.approx(result_at(shown, row, column), abs=1e-4)
    press(at, "close-layer")
    assert not is_drawn(at, "calculation")


def test_the_table_beside_has_ours_pca_and_jpeg():
    at = opened("autoencoder", **DIGIT)
    table = next(one.value for one in at.dataframe if "way" in one.value.columns)
    assert list(table["way"]) == ["this network", "the same, a byte each", "PCA", "JPEG"]
    shown = sent(at, KEY)
    assert table["MSE"][0] == pytest.approx(((shown["output"] - shown["input"]) ** 2).mean(), rel=1e-4)
    assert list(table["numbers kept"]) == ["32", "32", "32", "not counted"]


def test_a_code_that_was_moved_is_told_from_the_networks_own():
    at = opened("autoencoder", **DIGIT)
    mse = words.number(((sent(at, KEY)["output"] - sent(at, KEY)["input"]) ** 2).mean())
    happens(at, KEY, "drop", moved={"3": 2.5}, turn=1)
    said = [text for text in words_of(at) if f"with its own code it would be {mse}" in text]
    assert len(said) == 1
    assert any(f"Its error on this picture, by its own code, is **{mse}**" in text for text in words_of(at))


def test_a_picture_is_no_stranger_to_itself():
    at = opened("autoencoder", ae_on="a letter", ae_letter="A")
    table = next(one.value for one in at.dataframe if "test digits that do better" in one.value.columns)
    assert "the letter A" not in set(table["picture"])
    assert "the letter W" in set(table["picture"])


@pytest.mark.parametrize("shade", ["black", "white"])
def test_a_blank_photo_is_not_called_a_drawing(shade):
    at = upload(opened("autoencoder"), ("blank.png", save(Image.new("RGB", (300, 200), shade), "PNG")))
    assert not any("drawn yet" in text or "No ink" in text for text in words_of(at))
    choose(at, "ae_kind", "sparse")
    assert any("No ink is found in this picture" in text for text in words_of(at))


def test_strangers_are_compared_with_ten_thousand_test_digits():
    at = opened("autoencoder", **DIGIT)
    table = next(one.value for one in at.dataframe if "test digits that do better" in one.value.columns)
    assert list(table["picture"]) == ["this picture", *strange.STRANGERS]
    shares = dict(zip(table["picture"], table["test digits that do better"], strict=True))
    assert shares["noise"] == 1  # no digit looks like noise
    turned = opened("autoencoder", **DIGIT, ae_turn="inverted")
    shown = sent(turned, KEY)
    error = ((shown["output"] - shown["input"]) ** 2).mean()
    again = next(one.value for one in at.dataframe if "test digits that do better" in one.value.columns)
    inverted = dict(zip(again["picture"], again["MSE"], strict=True))["inverted"]
    assert inverted == pytest.approx(error, rel=1e-4)


def test_what_is_asked_for_is_hidden_until_it_is_answered():
    at = choose(opened("autoencoder", **DIGIT), "predict", True)
    assert not any("one number for every" in text for text in words_of(at))
    assert "%" not in sent(at, KEY)["titles"]["code"][1]
    at.number_input(key="quiz-number").set_value(4.1)
    press(at, "quiz-check")
    assert any(text.startswith("Right.") for text in words_of(at))
    assert any("one number for every" in text for text in words_of(at))
    turn(at, "quiz-kind", 1)
    assert "PSNR ?" in sent(at, KEY)["below"]["output"]
    assert not any(text.startswith("The network's mean") for text in words_of(at))
