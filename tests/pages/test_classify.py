"""Classify: what the network says, where it looked, and what is in the tables."""
import io

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from core import answers, gradients, images, samples, zoo
from pages.shared import words
from tests.pages.apptest import HOME, choose, opened, scene, sent, situations, upload
from tests.pages.engine import LARGE, READ, fitted, network, photo
from tests.pages.reading import all_differ, saved, table


@pytest.mark.parametrize("name", zoo.SPECS)
def test_classify_says_what_the_engine_says(name):
    for at, (_, training, fit) in situations(HOME, name):
        shown, net, square = sent(at, "answer"), network(name, training), fitted(name, fit)
        best = answers.best(net, answers.probabilities(net, square))
        got = [(p["label"], p["index"], pytest.approx(p["probability"], abs=1e-6)) for p in shown["predictions"]]
        assert got == [(p.label, p.index, p.probability) for p in best]
        chance = best[0].probability
        assert shown["heading"].startswith(f"{best[0].label} – {answers.certainty(chance)}, ")
        assert shown["heading"].endswith(f"{100 * chance:.1f} %")
        heat = gradients.grad_cam(net.graph, images.to_tensor(square, net.preprocessing), best[0].index)
        np.testing.assert_allclose(shown["cam"], heat.ravel(), rtol=1e-4, atol=1e-6)
        assert shown["heat"]["most"] == shown["cam"].max()
        assert (shown["heat"]["rows"], shown["heat"]["columns"]) == heat.shape


@pytest.mark.parametrize("name", zoo.SPECS)
def test_classify_shows_exactly_what_the_network_gets(name):
    width, height = READ("cat").size
    for at, (_, _, fit) in situations(HOME, name):
        shown, square = sent(at, "answer"), fitted(name, fit)
        with Image.open(io.BytesIO(shown["input"].tobytes())) as got:
            np.testing.assert_array_equal(got.convert("RGB"), square.picture.convert("RGB"))
        assert f"{square.picture.width} × {square.picture.height} pixels" in shown["got"]
        scale = [shown["photo"]["width"] / width, shown["photo"]["height"] / height] * 2
        assert shown["box"] == pytest.approx([edge * by for edge, by in zip(square.box, scale, strict=True)])


@pytest.mark.parametrize("name", zoo.SPECS)
def test_all_answers_are_in_the_table(name):
    net, shown = network(name), table(opened(network=name), "label")
    chances = answers.probabilities(net, fitted(name, "centre")).numpy()
    assert sorted(shown["label"]) == sorted(net.labels)
    assert list(shown["label"]) == [net.labels[index] for index in shown["index"]]
    np.testing.assert_allclose(shown["probability"], chances[shown["index"]], atol=1e-6)
    assert shown["probability"].is_monotonic_decreasing
    assert shown["probability"].sum() == pytest.approx(1, abs=1e-5)


def test_every_built_in_picture_opens():
    at = opened(network="lenet")
    seen = []
    for name in samples.SAMPLES:
        seen.append(scene(choose(at, "picture", name)))
        assert samples.SAMPLES[name].title in sent(at, "answer")["alt"]
    assert all_differ(seen)


def test_the_row_of_pictures_marks_the_one_of_the_link():
    assert sent(opened(picture="coffee"), "filmstrip")["selected"] == "coffee"


def test_the_label_search_finds_or_says_no():
    at = opened()
    choose(at, "search", "TERRIER")
    terriers = [label for label in zoo.spec(LARGE).labels if "terrier" in label.lower()]
    assert sorted(at.dataframe[0].value["label"]) == sorted(terriers)
    choose(at, "search", "*unicorn* <b>")
    assert f"“{words.plain('*unicorn* <b>')}”" in at.info[0].value
    assert not any("label" in table.value for table in at.dataframe)
    choose(at, "search", "")
    assert len(at.dataframe[0].value) == 1000


def test_what_is_saved_is_what_is_shown(monkeypatch):
    at = upload(opened(network="tiny_vgg"), ("cup, “mine”.jpg", photo("coffee")), ("bloom.jpg", photo("flower")))
    files = saved(monkeypatch, at)
    shown = {"photos.csv": "photo", "answers.csv": "index"}
    assert set(files) == set(shown)
    for name, column in shown.items():
        seen = table(at, column)
        pd.testing.assert_frame_equal(files[name], seen.drop(columns="picture", errors="ignore"))
