"""Six side by side: every card shows what the engine computes; a drawn digit, chosen units, questions and the link."""
import re

import numpy as np
import pytest

from core import autoencoders, images, ink, samples, side_by_side
from core.side_by_side import FREE, NEIGHBOURS, SIX
from tests.pages.apptest import choose, component, copied, happens, opened, press, sent, upload, words_of
from tests.pages.engine import photo

KEY = "six"
DIGIT = {"picture": "digit-3"}
STROKES = [[[0.5, 0.1], [0.5, 0.9]], [[0.2, 0.5], [0.8, 0.5]]]


def digit(name="digit-3") -> np.ndarray:
    return images.to_tensor(images.fit(samples.load(name), autoencoders.DIGIT), autoencoders.DIGIT).numpy()


def passages(picture, noise=0.5, seed=0):
    return [side_by_side.passage(name, autoencoders.load(name).model, picture, noise, seed) for name in SIX.values()]


def card(at, kind: str) -> dict:
    return next(one for one in sent(at, KEY)["cards"] if one["id"] == kind)


def bars(at, kind: str) -> np.ndarray:
    return sent(at, KEY)[f"bars{list(SIX).index(kind)}"]


def number(text: str) -> float:
    return float(text.replace("−", "-").replace(",", ""))


def test_every_card_shows_what_the_engine_computes():
    at = opened("six", **DIGIT)
    shown = sent(at, KEY)
    for place, (found, one) in enumerate(zip(passages(digit()), shown["cards"], strict=True)):
        assert one["id"] == found.kind
        assert one["about"].lower() == f"{autoencoders.KINDS[found.kind]}.".lower()
        given, rebuilt, error = (shown[f"picture{place}_{which}"].reshape(1, 28, 28) for which in range(3))
        np.testing.assert_array_equal(given, found.given)
        np.testing.assert_allclose(rebuilt, found.rebuilt, atol=1e-6)
        np.testing.assert_allclose(error, np.abs(found.rebuilt - digit()), atol=1e-6)
        np.testing.assert_allclose(shown[f"code{place}_0"], found.code, rtol=1e-4, atol=1e-5)
        assert number(one["lines"][0].split()[1]) == pytest.approx(found.mse, rel=1e-3)
    assert len(component(at, KEY).bytes) < 200_000


def test_the_bars_are_what_each_kind_adds():
    at = opened("six", **DIGIT)
    for found in passages(digit()):
        if found.kind in ("contractive", "variational"):
            np.testing.assert_allclose(bars(at, found.kind), found.parts, rtol=1e-3, atol=1e-6)
    zeros, *active = bars(at, "sparse")
    assert zeros + sum(active) == 784
    assert f"{784 - int(zeros)} of 784 units are active" in card(at, "sparse")["own"]["lines"][1]
    assert bars(at, "undercomplete").sum() > bars(at, "convolutional").sum()
    before, after = bars(at, "denoising")
    assert before == pytest.approx(np.mean((passages(digit())[4].given - digit()) ** 2), rel=1e-4)
    assert after == pytest.approx(passages(digit())[4].mse, rel=1e-4)


@pytest.mark.parametrize("kind", SIX)
def test_no_line_ends_between_a_number_and_what_belongs_to_it(kind):
    for line in card(opened("six", **DIGIT), kind)["own"]["lines"]:
        assert not re.search("[=+−/·×Σ] | (%|nats)|ln ", line), line


@pytest.mark.parametrize("kind", ["contractive", "variational"])
def test_a_chosen_unit_stands_in_the_formula_and_in_the_link(kind):
    at = happens(opened("six", **DIGIT), KEY, "unit", card=kind, unit=5)
    lines = card(at, kind)["own"]["lines"]
    assert lines[0].startswith("Unit 5: ")
    result = number(re.search(r"=\s(\S+)(\snats)?$", lines[1])[1])
    assert result == pytest.approx(bars(at, kind)[5], rel=1e-3)
    terms = [number(text) for text in re.findall(r"−?\d[\d.]*(?:e[−-]\d+)?", lines[1].rsplit("=", 1)[0])]
    if kind == "contractive":
        height, rest, weights = (terms[0], terms[1], terms[-1])
        assert (height * rest) ** 2 * weights == pytest.approx(result, rel=0.01, abs=1e-6)
    assert card(copied(at), kind)["own"] == card(at, kind)["own"]


def test_a_drawn_digit_goes_through_all_of_them_and_stays_in_the_link():
    at = opened("six", six_on="draw one", six_ink="auto")
    assert sent(at, KEY)["pad"]
    happens(at, KEY, "draw", strokes=STROKES)
    expected = ink.digit(ink.from_text(at.query_params["six_ink"][0] if isinstance(at.query_params["six_ink"], list)
                                       else at.query_params["six_ink"]))  # fmt: skip
    np.testing.assert_array_equal(sent(at, KEY)["picture0_0"].reshape(1, 28, 28), expected)
    assert expected.max() > 0.9
    np.testing.assert_array_equal(sent(copied(at), KEY)["picture0_0"], sent(at, KEY)["picture0_0"])
    happens(at, KEY, "draw", strokes=[])
    assert sent(at, KEY)["picture0_0"].max() == 0


@pytest.mark.parametrize("way", NEIGHBOURS)
def test_two_similar_pictures_and_the_distances_of_their_codes(way):
    at = choose(opened("six", **DIGIT), "six_pair", way)
    shown, other = sent(at, "six_pairs"), NEIGHBOURS[way](digit(), 0)
    for place, name in enumerate(("digits_contractive", FREE)):
        found = side_by_side.pair(autoencoders.load(name).model, digit(), other)
        np.testing.assert_array_equal(shown[f"picture{place}_1"], other.ravel())
        for which in range(2):
            np.testing.assert_allclose(shown[f"code{place}_{which}"], found.codes[which], rtol=1e-4, atol=1e-5)
        told = [number(line.split("= ")[1].split()[0]) for line in shown["cards"][place]["lines"]]
        assert told == pytest.approx([found.pictures_apart, found.codes_apart, found.ratio], rel=1e-3)
        np.testing.assert_allclose(shown[f"bars{place}"], np.abs(np.diff(found.codes, axis=0))[0], atol=1e-5)


def test_more_grain_reaches_only_the_denoising_one():
    at = opened("six", **DIGIT)
    before = sent(at, KEY)
    after = sent(choose(at, "six_noise", 0.9), KEY)
    given = [f"picture{place}_0" for place in range(len(SIX))]
    changed = [kind for kind, one in zip(SIX, given, strict=True) if not np.array_equal(before[one], after[one])]
    assert changed == ["denoising"]


def test_the_table_has_all_six():
    at = opened("six", **DIGIT)
    table = next(one.value for one in at.dataframe if "learned numbers" in one.value.columns)
    assert list(table["kind"]) == list(SIX)
    for row, found in zip(table.itertuples(), passages(digit()), strict=True):
        assert row.code == len(found.code)
        assert pytest.approx(found.mse, rel=1e-4) == row.MSE
        assert row.penalty == pytest.approx(found.penalty, rel=1e-3)


def test_every_unit_stands_in_a_table_with_what_it_adds():
    at = opened("six", **DIGIT)
    table = next(one.value for one in at.dataframe if "adds" in one.value.columns)
    for found in passages(digit()):
        rows = table[table["kind"] == found.kind]
        np.testing.assert_allclose(rows["code"], found.code, rtol=1e-4, atol=1e-5)
        assert rows["adds"].isna().all() == (not found.parts.size)
        if found.parts.size:
            np.testing.assert_allclose(rows["adds"], found.parts, rtol=1e-3, atol=1e-6)


@pytest.mark.parametrize(("kind", "name"), [("variational", "KL divergence"), ("contractive", "Jacobian")])
def test_an_open_question_hides_what_it_asks(kind, name):
    at = choose(opened("six", **DIGIT), "predict", True)
    at = choose(at, "quiz-kind", name)
    assert np.isnan(bars(at, kind)).all()
    own = card(at, kind)["own"]
    assert own["lines"][1].endswith("=\u00a0?")
    assert not any("adds" in one.value.columns for one in at.dataframe)
    press(at, "quiz-next")
    assert card(at, kind)["own"]["chosen"] != own["chosen"]


def test_nonsense_in_the_link_is_named():
    at = opened("six", six_on="draw one", six_ink="!!!")
    assert any("draw it again" in text.lower() for text in words_of(at))
    assert sent(at, KEY)["picture0_0"].max() == 0


def test_an_empty_paper_is_called_one():
    said = "Nothing is drawn yet"
    assert any(said in text for text in words_of(opened("six", six_on="draw one", six_ink="auto")))
    assert not any(said in text for text in words_of(opened("six", picture="digit-3")))


def test_the_page_begins_with_a_drawn_digit_until_a_picture_is_chosen():
    first = opened("six")
    assert sent(first, KEY)["pad"]
    assert sent(first, KEY)["picture0_0"].max() > 0.9
    assert any("A 3 is drawn already" in text for text in words_of(first))
    happens(first, KEY, "draw", strokes=[])
    assert sent(first, KEY)["picture0_0"].max() == 0
    assert not sent(opened("six", picture="coffee"), KEY)["pad"]
    cat = opened("six", six_on="picture in hand")
    assert not sent(cat, KEY)["pad"]
    assert any("have only ever seen digits" in text for text in words_of(cat))
    assert sent(upload(opened("six"), ("mine.jpg", photo("coffee"))), KEY)["pad"] is False


def test_every_bar_has_a_name_and_stands_in_a_table():
    at = opened("six", **DIGIT)
    table = next(one.value for one in at.dataframe if "height" in one.value.columns)
    shown, pairs = sent(at, KEY), sent(at, "six_pairs")
    drawn = [(card, shown[f"bars{place}"]) for place, card in enumerate(shown["cards"])]
    drawn += [(card, pairs[f"bars{place}"]) for place, card in enumerate(pairs["cards"])]
    for card, heights in drawn:
        rows = table[(table["network"] == card["id"]) & (table["chart"] == card["own"]["title"])]
        rows = rows if len(rows) else table[(table["network"] == card["title"])]
        assert rows["bar"].tolist() == card["own"]["names"]
        np.testing.assert_allclose(rows["height"], heights, rtol=1e-6)
        assert all(card["own"]["ends"])
    assert len(table) == sum(len(heights) for _, heights in drawn)
