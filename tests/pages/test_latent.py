"""Latent space: what is sent is what the engine gives; the link has it all; the numbers in sentences are right."""
import re

import numpy as np
import pytest
import torch
from PIL import Image

from core import autoencoders, images, ink, latent, rivals, zoo
from tests.pages.apptest import (
    choose,
    component,
    copied,
    happens,
    is_drawn,
    opened,
    press,
    sent,
    table_columns,
    upload,
    words_of,
)

KEY = "latent"
SPACES = {
    "plain, 2": "digits_2",
    "variational, 2": "digits_variational_2",
    "plain, 8": "digits_8",
    "plain, 32": "digits_32",
    "variational, 16": "digits_variational_16",
}
STROKE = [[[0.3, 0.2], [0.6, 0.2], [0.4, 0.8]]]


def layers_of(landscape: dict, which: int) -> list[tuple[np.ndarray, np.ndarray, str]]:
    """Weights, biases and activations as a browser takes them from the bytes."""
    numbers, found, at = landscape[f"weights{which}"].tobytes(), [], 0
    values = np.frombuffer(numbers, "<f2").astype(np.float64)
    for shape in landscape["decoders"][which]:
        rows, columns = shape["outputs"], shape["inputs"]
        weights = values[at : at + rows * columns].reshape(rows, columns)
        bias = values[at + rows * columns : at + rows * (columns + 1)]
        found.append((weights, bias, shape["activation"]))
        at += rows * (columns + 1)
    assert at == len(values)
    return found


@pytest.mark.parametrize("space", SPACES)
def test_the_weights_that_are_sent_are_the_decoders(space):
    at = opened("latent", latent_on=space)
    name, landscape = SPACES[space], sent(at, "latent_decoder")
    stored = zoo.own_weights(name)
    layers = layers_of(landscape, 0)
    for number, (weights, bias, activation) in enumerate(layers, start=1):
        np.testing.assert_array_equal(weights, stored[f"decoder.dense{number}.weight"].double().numpy())
        np.testing.assert_array_equal(bias, stored[f"decoder.dense{number}.bias"].double().numpy())
        assert activation == ("sigmoid" if number == len(layers) else "ReLU")
    assert landscape["told"].endswith(f"{sum(w.size + b.size for w, b, _ in layers):,} weights and biases.")


def test_the_maps_show_the_same_test_digits():
    landscape = sent(opened("latent"), "latent_decoder")
    for which, name in enumerate(("digits_2", "pca_digits")):
        found = zoo.own_weights(f"{name}_tests")
        points = np.frombuffer(landscape[f"points{which}"].tobytes(), "<f2").reshape(-1, 2)
        np.testing.assert_array_equal(points, found["codes"].numpy()[::5])
        np.testing.assert_array_equal(landscape["labels"], found["labels"].numpy()[::5])
    mean, components = rivals.components("mnist")
    (weights, bias, activation), *others = layers_of(landscape, 1)
    np.testing.assert_array_equal(weights, components[:2].T.double().numpy())
    np.testing.assert_array_equal(bias, mean.double().numpy())
    assert (activation, others) == ("none", [])


def test_what_stays_as_it_is_is_not_sent_again():
    at = opened("latent")
    before = component(at, "latent_decoder").bytes
    assert len(before) + len(component(at, KEY).bytes) < 520_000  # once; the weights alone are 470 kB
    happens(at, KEY, "look", code=[1, 2], other=[0, 0], share=0, ends=[None, None])
    assert component(at, "latent_decoder").bytes == before  # the same bytes: Streamlit sends their hash
    assert len(component(at, KEY).bytes) < 20_000


@pytest.mark.parametrize("space", SPACES)
def test_the_walk_is_the_engines(space):
    shown = sent(opened("latent", latent_on=space), KEY)
    model = autoencoders.load(SPACES[space]).model
    one, other = (torch.tensor(end["code"]) for end in shown["ends"])
    with torch.inference_mode():
        pictures = autoencoders.interpolate(model, one, other, len(shown["labels"]))
    assert np.abs(shown["walk"].reshape(-1, 784) - 255 * pictures.numpy().reshape(-1, 784)).max() <= 0.51
    assert len(one) == autoencoders.spec(SPACES[space]).code


def test_the_link_says_where_the_visitor_is():
    at = opened("latent")
    happens(at, KEY, "look", code=[1.25, -2], other=[0.5, 0.25], share=40, ends=[[1, 2], None])
    for shown in (sent(at, KEY), sent(copied(at), KEY)):
        assert (shown["at"], shown["other"], shown["share"]) == ([1.25, -2], [0.5, 0.25], 40)
        assert [end["moved"] for end in shown["ends"]] == [True, False]
        assert shown["ends"][0]["code"] == [1, 2]
    press(at, "latent_reset")
    first, now = sent(opened("latent"), KEY), sent(at, KEY)
    assert all(now[name] == first[name] for name in ("at", "other", "share", "ends"))


def test_lenet_reads_the_place_of_the_visitor():
    shown = sent(opened("latent", latent_at="2,1"), KEY)
    found = latent.decoded(autoencoders.load("digits_2").model, zoo.load("lenet"), np.array([[2, 1]]))
    assert re.match(rf"LeNet takes it for an? {found.labels[0]},", shown["reading"])
    assert f"{100 * found.chances[0]:.1f}" in shown["reading"] or "99.9" in shown["reading"]


@pytest.mark.parametrize("nonsense", ["1", "a,b", "1,2,3", "nan,1", "1e9,0"])
def test_a_place_that_is_none_is_left_alone(nonsense):
    at = opened("latent", latent_at=nonsense, latent_from=nonsense)
    assert sent(at, KEY)["at"] == sent(opened("latent"), KEY)["at"]


@pytest.mark.parametrize("share", ["0", "37", "500"])
@pytest.mark.parametrize("space", SPACES)
def test_a_link_that_says_only_how_far_leads_to_that_place_of_the_walk(space, share):
    shown = sent(opened("latent", latent_on=space, latent_share=share, latent_at="1"), KEY)
    assert shown["share"] == min(int(share), 100)
    one, other = (np.array(end["code"]) for end in shown["ends"])
    way = shown["share"] / 100
    np.testing.assert_allclose(shown["at"], (1 - way) * one + way * other, atol=6e-4)


def is_on(box: list[float], place: list[float]) -> bool:
    *middle, half = box
    return bool(np.abs(np.subtract(place, middle)).max() <= half + 6e-4)  # places are rounded


@pytest.mark.parametrize("place", ["99999,-99999", "-1e5,0"])
@pytest.mark.parametrize("space", ["plain, 2", "variational, 2"])
def test_a_link_that_leads_off_the_map_leads_to_its_edge(space, place):
    beyond = dict.fromkeys(("latent_at", "latent_from", "latent_pca"), place)
    shown, first = (sent(opened("latent", latent_on=space, **link), KEY) for link in (beyond, {}))
    assert shown["boxes"] == first["boxes"]
    assert is_on(shown["boxes"][0], shown["at"])
    assert is_on(shown["boxes"][0], shown["ends"][0]["code"])
    assert is_on(shown["boxes"][1], shown["other"])


def test_a_place_of_its_own_on_pcas_map_is_given_up_when_it_follows_again():
    at = opened("latent", latent_pca="1.5,-2")
    assert sent(at, KEY)["other"] == [1.5, -2]
    happens(at, KEY, "look", code=[1, 2], other=None, share=0, ends=[None, None])
    assert sent(at, KEY)["other"] is None
    assert sent(copied(at), KEY)["other"] is None


@pytest.mark.parametrize("walk", [{}, {"latent_from": "1,1"}, {"latent_from": "hand"}, {"latent_on": "variational, 2"}])
def test_pca_follows_until_it_is_given_a_place_of_its_own(walk):
    assert sent(opened("latent", **walk), KEY)["other"] is None


@pytest.mark.parametrize("name", ["rocket", "coins", "digit-2"])
@pytest.mark.parametrize("space", ["plain, 2", "variational, 2"])
def test_every_picture_has_its_place_on_the_map(space, name):
    shown = sent(opened("latent", latent_on=space, picture=name, latent_from="hand"), KEY)
    assert shown["ends"][0]["code"] == shown["hand"]
    assert is_on(shown["boxes"][0], shown["hand"])


def test_bars_do_not_grow_under_the_finger():
    most = sent(opened("latent", latent_on="plain, 8"), KEY)["most"]
    for value in (most, 10 * most):
        shown = sent(opened("latent", latent_on="plain, 8", latent_at=",".join([f"{value:g}"] * 8)), KEY)
        assert (shown["most"], shown["at"]) == (most, [most] * 8)


@pytest.mark.parametrize("digit", range(10))
def test_a_digit_of_the_map_is_a_test_digit(digit):
    shown, tests = sent(opened("latent", latent_from=f"digit-{digit}"), KEY), zoo.own_weights("digits_2_tests")
    known = (tests["codes"].float() == torch.tensor(shown["ends"][0]["code"])).all(dim=1)
    assert digit in tests["labels"][known]


WALKS = [{}, {"latent_to": "digit-5"}, {"latent_to": "0.5,-0.5"}, {"latent_from": "hand", "picture": "digit-5"}]


@pytest.mark.parametrize("walk", WALKS, ids=str)
@pytest.mark.parametrize("space", SPACES)
def test_the_page_says_what_the_walk_passes_and_which_end_is_not_kept(space, walk):
    shown = sent(opened("latent", latent_on=space, **walk), KEY)
    labels, sure, story = shown["labels"], shown["chances"] >= shown["sure"], shown["story"]
    others = {label for label in labels[sure] if label not in labels[[0, -1]]}
    passed = re.search("reads as (.+?)\\.", story)
    assert {int(digit) for digit in re.findall(r"\d", passed[1])} == others if others else not passed
    unsure = re.search(r"of (\d) of 9 pictures", story)
    assert (int(unsure[1]) if unsure else 0) == (~sure).sum()
    known = [re.fullmatch(r"an? (\d)", end["title"]) for end in shown["ends"]]
    if "picture" in walk:
        known[0] = re.search(r"(\d)", walk["picture"])
    for letter, digit, label in zip("AB", known, labels[[0, -1]], strict=True):
        lost = re.search(rf"the (\d) at {letter} is read as an? (\d)", story)
        assert bool(lost) == (digit is not None and int(digit[1]) != label)
        assert not lost or (lost[1], int(lost[2])) == (digit[1], label)


@pytest.mark.parametrize("name", ["digit-5", "coins", "cat"])
@pytest.mark.parametrize("space", SPACES)
def test_the_page_says_whether_the_picture_is_still_what_it_was(space, name):
    at = opened("latent", latent_on=space, picture=name)
    lenet = zoo.load("lenet")
    found = latent.rebuilt(autoencoders.load(SPACES[space]).model, lenet, picture(at))
    told = next(text for text in words_of(at) if "goes in" in text)
    digits = re.findall(r"(?:reads|but|for) an? (\d)", told)
    expected = found.labels if found.sure[0] else found.labels[1:]
    assert [int(digit) for digit in digits] == list(dict.fromkeys(expected.tolist()))
    errors = zoo.own_weights(f"{SPACES[space]}_tests")["errors"].float().numpy()
    beyond = np.mean(errors < np.mean((found.images[1] - found.images[0]) ** 2))
    assert ("no digit. Choose" in told) == (beyond > 0.99)


@pytest.mark.parametrize("space", ["plain, 2", "plain, 8", "variational, 16"])
@pytest.mark.parametrize("ends", [{"latent_to": "drawn"}, {"latent_from": "drawn", "latent_to": "drawn"}], ids=str)
def test_empty_paper_has_no_place(space, ends):
    at = opened("latent", latent_on=space, latent_of="drawn", latent_share="60", **ends)
    happens(at, "latent_pad", "draw", strokes=STROKE)
    shown = sent(at, KEY)
    assert shown["hand"] == shown["ends"][1]["code"]
    assert len(shown["labels"]) == 9
    choose(at, "predict", True)
    happens(at, "latent_pad", "draw", strokes=[])
    shown = sent(at, KEY)
    assert (shown["hand"], shown["cloud"], shown["share"]) == (None, None, 0)
    assert [end["code"] is None for end in shown["ends"]] == ["latent_from" in ends, True]
    assert "labels" not in shown
    assert "paper is empty" in shown["story"]
    assert not is_drawn(at, "latent_cloud")
    assert not any("plain encoder turns" in text for text in words_of(at))
    assert sum("paper is empty" in info.value for info in at.info) == 2  # what the encoder gives, and the walk's table


def test_a_drawing_can_be_an_end_and_be_encoded():
    at = choose(opened("latent", latent_on="variational, 2"), "latent_to", "drawn")
    happens(at, "latent_pad", "draw", strokes=STROKE)
    drawn = ink.digit(ink.from_text(at.query_params["ink"]))
    assert np.abs(sent(at, "latent_pad")["seen"] - 255 * drawn.ravel()).max() <= 0.5
    code = latent.code(autoencoders.load("digits_variational_2").model, drawn)
    np.testing.assert_allclose(sent(at, KEY)["ends"][1]["code"], code, atol=1e-5)
    choose(at, "latent_of", "drawn")
    np.testing.assert_allclose(sent(at, KEY)["hand"], code, atol=1e-5)
    np.testing.assert_allclose(sent(copied(at), KEY)["hand"], code, atol=1e-5)
    happens(at, "latent_pad", "draw", strokes=[])
    assert sent(at, "latent_pad")["seen"].size == 0


def test_a_place_on_the_map_becomes_an_end():
    at = choose(opened("latent", latent_at="1.5,2.5"), "latent_from", "place")
    assert sent(at, KEY)["ends"][0]["code"] == [1.5, 2.5]
    choose(at, "latent_on", "plain, 8")
    assert len(sent(at, KEY)["ends"][0]["code"]) == len(sent(at, KEY)["at"]) == 8


@pytest.mark.parametrize("key", ["latent_from", "latent_to"])
@pytest.mark.parametrize("link", [{}, {"latent_share": "40"}, {"latent_at": "-1.5,2"}], ids=str)
def test_a_place_on_the_map_begins_where_the_frame_is(key, link):
    at = opened("latent", **link)
    before = sent(at, KEY)["at"]
    choose(at, key, "place")
    after = sent(at, KEY)
    np.testing.assert_allclose(after["ends"][key == "latent_to"]["code"], before, atol=6e-4)
    np.testing.assert_allclose(after["at"], before, atol=6e-4)


@pytest.mark.parametrize("colour", ["black", "white"])
@pytest.mark.parametrize("space", ["plain, 2", "variational, 16"])
def test_a_photo_without_ink_has_no_place_and_the_page_says_so(space, colour):
    at = opened("latent", latent_on=space, latent_to="hand")
    upload(at, (f"{colour}.jpg", images.to_jpeg(Image.new("RGB", (80, 60), colour))))
    shown = sent(at, KEY)
    assert (shown["hand"], shown["cloud"], shown["ends"][1]["code"]) == (None, None, None)
    assert "labels" not in shown
    assert "No ink is found" in shown["story"]
    assert sum("No ink is found" in info.value for info in at.info) == 2  # what the encoder gives, and the walk's table
    assert not any("goes in" in text for text in words_of(at))


@pytest.mark.parametrize("space", ["variational, 2", "variational, 16"])
def test_the_cloud_is_the_encoders(space):
    at = opened("latent", latent_on=space, picture="digit-8")
    cloud = latent.cloud(autoencoders.load(SPACES[space]).model, picture(at))
    table = next(one.value for one in at.dataframe if "KL, nats" in one.value)
    np.testing.assert_allclose(table["mean"], cloud.mean, atol=1e-5)
    np.testing.assert_allclose(table["standard deviation"], cloud.deviation, atol=1e-5)
    np.testing.assert_allclose(sent(at, KEY)["cloud"], cloud.deviation, atol=1e-5)
    assert any(f"**{cloud.cost.sum():.2f}** nats" in text for text in words_of(at))


def picture(at) -> np.ndarray:
    """What goes in, as the page shows it."""
    return sent(at, "latent_cloud")["pixels"][:784].reshape(1, 28, 28).astype(np.float32) / 255


def test_new_digits_are_counted_and_others_come_on_demand():
    at = opened("latent", latent_on="variational, 2")
    shown = sent(at, "latent_digits")
    told = next(text for text in words_of(at) if "Nobody wrote these" in text)
    sure, all = map(int, re.search(r"\*\*(\d+) of (\d+)\*\*", told).groups())
    assert sure == sum(caption["strong"] for caption in shown["captions"])
    assert all == len(shown["captions"])
    press(at, "latent_again")
    assert (sent(at, "latent_digits")["pixels"] != shown["pixels"]).any()
    assert (sent(copied(at), "latent_digits")["pixels"] == sent(at, "latent_digits")["pixels"]).all()


def test_a_plain_code_has_neither_cloud_nor_new_digits():
    at = opened("latent")
    assert sent(at, KEY)["cloud"] is None
    assert not is_drawn(at, "latent_digits")
    press(at, "latent_cloudy")
    assert is_drawn(at, "latent_digits")
    assert sent(at, KEY)["name"] == "digits_variational_2"


def test_the_holes_are_those_of_the_survey():
    at = opened("latent", latent_ground="LeNet's certainty")
    table = next(one.value for one in at.dataframe if "places visited" in set(one.value.iloc[:, 0])).set_index("")
    for space in ("plain, 2", "variational, 2"):
        codes = zoo.own_weights(f"{SPACES[space]}_tests")["codes"].float().numpy()
        found = latent.survey(autoencoders.load(SPACES[space]).model, zoo.load("lenet"), codes)
        assert table[space]["share that are holes"] == f"{100 * found.holes:.1f} %"
        assert table[space]["share where LeNet is sure"] == f"{100 * found.sure:.1f} %"
        if space == "plain, 2":
            np.testing.assert_array_equal(sent(at, KEY)["holes"], found.distances > 0.1)


def test_what_is_asked_is_hidden():
    at = choose(opened("latent", latent_on="variational, 2"), "predict", True)
    assert sent(at, KEY)["asked"]
    assert not any("way" in columns for columns in table_columns(at))
    one, other = (end["code"][0] for end in sent(at, KEY)["ends"])
    at.number_input(key="quiz-number").set_value(0.7 * one + 0.3 * other)
    press(at, "quiz-check")
    assert "Right" in at.success[0].value
    assert not sent(at, KEY)["asked"]
    assert any("way" in columns for columns in table_columns(at))
    choose(at, "quiz-kind", "a cloud's cost")
    assert not any("KL, nats" in columns for columns in table_columns(at))
