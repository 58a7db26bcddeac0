"""Repair: what is shown is what the engine computes; sliders, brush, undo and link; and the filters follow a pause."""
import base64
import io
import re

import numpy as np
import pytest
from PIL import Image
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from core import autoencoders, images, repairs, rivals, samples
from core.repairs import Damage, Stroke
from pages.shared import repair_words
from tests.hostile import save
from tests.pages.apptest import choose, component, copied, happens, opened, press, sent, upload, words_of

KEY = "repair"
DIGIT = {"picture": "digit-3", "repair_on": "As a digit"}
PATH = dict(width=0.12, points=[[0.2, 0.5], [0.8, 0.5]])


def digit(name="digit-3") -> np.ndarray:
    return images.to_tensor(images.fit(samples.load(name), autoencoders.DIGIT), autoencoders.DIGIT).numpy()


def pictures(at) -> list[np.ndarray]:
    shown = sent(at, KEY)
    return [shown[f"picture{place}"].reshape(28, 28) for place in range(len(shown["panels"]))]


def test_a_digit_is_shown_with_all_repairs_as_the_engine_makes_them():
    at = opened("repair", **DIGIT)
    names = [panel["name"] for panel in sent(at, KEY)["panels"]]
    filters = ["Gaussian filter", "Median filter", "Total variation", "Non-local means"]
    assert names == ["Clean", "Damaged", "Network", *filters]
    clean, broken, network, *filtered = pictures(at)
    np.testing.assert_array_equal(clean, digit()[0])
    model = autoencoders.load("digits_denoising").model
    before, after = repairs.by_network(model, digit(), Damage(noise=0.3))
    np.testing.assert_array_equal(broken, before.picture[0])
    np.testing.assert_allclose(network, after.picture[0], atol=1e-6)
    for name, shown in zip(rivals.FILTERS, filtered, strict=True):
        np.testing.assert_array_equal(shown, rivals.best_filtered(name, before.picture, digit())[0][0])


def test_the_numbers_under_each_picture_are_those_of_scikit_image():
    at = opened("repair", **DIGIT | {"repair_noise": "0.5"})
    clean, *others = pictures(at)
    for panel, picture in zip(sent(at, KEY)["panels"][1:], others, strict=True):
        psnr, ssim, mse, *_ = panel["note"]
        assert float(re.search(r"PSNR ([\d.]+) dB", psnr)[1]) == pytest.approx(
            peak_signal_noise_ratio(clean, picture, data_range=1), abs=0.051
        )
        assert float(ssim.split()[1].replace("−", "-")) == pytest.approx(
            structural_similarity(clean, picture, data_range=1.0), rel=1e-3
        )
        assert float(mse.split()[1]) == pytest.approx(np.mean((np.float64(clean) - picture) ** 2), rel=1e-3)
    errors = [np.mean((clean - picture) ** 2) for picture in others]
    assert [panel.get("best", False) for panel in sent(at, KEY)["panels"][1:]] == [e == min(errors) for e in errors]


def test_the_brush_wipes_undo_takes_back_and_the_link_keeps():
    at = opened("repair", **DIGIT | {"repair_noise": "0"})
    assert sent(at, KEY)["strokes"] == 0
    happens(at, KEY, "wipe", **PATH)
    _, broken, *_ = pictures(at)
    stroke = Stroke(0.12, ((0.2, 0.5), (0.8, 0.5)))
    mask = repairs.wiped([stroke], 28, 28)
    assert (broken[mask] == 0.5).all()
    np.testing.assert_array_equal(broken[~mask], digit()[0][~mask])
    other = copied(at)
    np.testing.assert_array_equal(pictures(other)[1], broken)
    happens(at, KEY, "wipe", width=0.06, points=[[0.5, 0.1]])
    assert sent(at, KEY)["strokes"] == 2
    happens(at, KEY, "undo", count=2)
    np.testing.assert_array_equal(pictures(at)[1], broken)
    happens(at, KEY, "undo", count=1)
    np.testing.assert_array_equal(pictures(at)[1], digit()[0])


def test_too_many_strokes_are_refused_in_a_sentence_and_change_nothing():
    at = opened("repair", **DIGIT)
    before = sent(at, KEY)["shows"]
    happens(at, KEY, "wipe", width=0.1, points=[[0.5, 0.5]] * 700)
    assert any("undo a stroke first" in text for text in words_of(at))
    assert sent(at, KEY)["shows"] == before


def test_other_noise_is_other_noise_and_reset_goes_back():
    at = opened("repair", **DIGIT)
    first = pictures(at)[1]
    press(at, "repair-other")
    assert not np.array_equal(pictures(at)[1], first)
    assert at.query_params["repair_seed"] == ["1"] or at.query_params["repair_seed"] == "1"
    choose(at, "repair_salt", 0.4)
    press(at, "repair-reset")
    np.testing.assert_array_equal(pictures(at)[1], first)


def test_nothing_damaged_is_said():
    at = opened("repair", **DIGIT | {"repair_noise": "0"})
    limit = repairs.by_network(autoencoders.load("digits_denoising").model, digit(), Damage())[1].psnr
    assert any(text.startswith("Nothing is damaged") and f"{limit:.1f} dB" in text for text in words_of(at))
    assert "PSNR ∞: equal" in sent(at, KEY)["panels"][1]["note"]


# ---- a photo ----------------------------------------------------------------------------------


def folded(**link):
    """The page with its parts closed, as a visitor sees it first: then slow filters wait."""
    at = opened("repair", **link)
    at.session_state["fold-repairs"] = False
    at.session_state["repair-rested"] = ""
    return at.run()


def test_filters_of_a_photo_follow_a_pause():
    at = folded()
    shown = sent(at, KEY)
    assert shown["waits"]
    assert [f"picture{place}" in shown for place in range(6)] == [True] * 3 + [False] * 3
    happens(at, KEY, "rest", about=shown["key"])
    shown = sent(at, KEY)
    assert not shown["waits"]
    for place in range(6):
        with Image.open(io.BytesIO(shown[f"picture{place}"].tobytes())) as picture:
            assert picture.size == (shown["width"], shown["height"])
    assert max(shown["width"], shown["height"]) == repairs.WORKING
    assert len(component(at, KEY).bytes) < 500_000
    choose(at, "repair_noise", 0.6)
    assert sent(at, KEY)["waits"]


def test_own_photos_of_odd_shapes_are_repaired_or_refused_in_a_sentence():
    dice = np.random.default_rng(0)
    odd = Image.fromarray(dice.integers(0, 256, (61, 90, 3), dtype=np.uint8))
    at = upload(opened("repair"), ("odd.png", save(odd, "PNG")))
    assert (sent(at, KEY)["width"], sent(at, KEY)["height"]) == (90, 61)
    at = upload(at, ("thin.png", save(Image.new("RGB", (300, 2)), "PNG")))
    assert at.error[0].value.startswith("This does not work: this photo becomes 256 × 2 pixels; both sides must")


# ---- table and question -----------------------------------------------------------------------


def test_the_table_has_every_repair_and_says_whom_it_favours():
    at = opened("repair", **DIGIT)
    found = next(one.value for one in at.dataframe if "gain, dB" in one.value.columns)
    assert list(found["picture"]) == ["damaged", "the network", *rivals.FILTERS]
    assert any("favours the filters" in text for text in words_of(at))


@pytest.mark.parametrize("kind", ["PSNR", "the closest"])
def test_an_open_question_hides_what_it_asks_and_marks_the_answer(kind):
    at = choose(opened("repair", **DIGIT), "predict", True)
    at = choose(at, "quiz-kind", kind)
    notes = [line for panel in sent(at, KEY)["panels"][1:] for line in panel["note"]]
    assert "PSNR ?" in notes
    assert ("MSE ?" in notes) == (kind == "the closest")
    assert not any("gain, dB" in one.value.columns for one in at.dataframe)
    assert not any("The network is closest" in text or "A filter wins" in text for text in words_of(at))
    before = pictures(at)[1]
    press(at, "quiz-next")
    assert not np.array_equal(pictures(at)[1], before)


def test_nonsense_in_the_link_is_named():
    at = opened("repair", **DIGIT | {"repair_wiped": base64.b64encode(b"\xff\xff\xff").decode()})
    assert any("damaged; copy it again" in one.value for one in at.warning)
    assert sent(at, KEY)["strokes"] == 0
    happens(at, KEY, "wipe", **PATH)
    assert sent(at, KEY)["strokes"] == 1
    assert not at.warning


@pytest.mark.parametrize(
    ("errors", "damage", "limit", "said"),
    [
        ((0.1, 0.001, 0.01), Damage(noise=0.5), 30.5, "The network is closest**: 30.0 dB, 10.0 dB more than the best"),
        ((0.1, 0.001, 0.0001), Damage(noise=0.1), 30.5, "more than the network. It paints every pixel anew: even und"),
        ((0.1, 0.01, 0.001), Damage(squares=0.5), 30.5, "in the middle of a large hole it has nothing to go by"),
        ((0.001, 0.01, 0.01), Damage(blur=0.5), 30.5, "**No repair helps here**"),
    ],
)
def test_the_verdict_names_the_closest_and_says_why(errors, damage, limit, said):
    clean = np.full((1, 9, 9), 0.5)
    names = ("damaged", repairs.NETWORK, "Gaussian")
    found = [repairs.judged(name, clean + error**0.5, clean) for name, error in zip(names, errors, strict=True)]
    assert said in repair_words.verdict(found, damage, False, limit)
