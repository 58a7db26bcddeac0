"""A classifier on codes against one on pixels: fair draws, scikit-learn's numbers, and an honest verdict."""
import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from core import autoencoders, code_features, toy_data
from core.code_features import Accuracy, Features
from core.toy_data import Choice

DATA = toy_data.load(Choice("digits", 300))


@pytest.mark.parametrize("count", [10, 25, 100, 300])
def test_labels_are_drawn_evenly_and_by_chance(count):
    rows = code_features.draw(DATA.labels, count, 0)
    assert len(set(rows)) == count
    found = np.bincount(DATA.labels[rows], minlength=10)
    there = np.bincount(DATA.labels, minlength=10)
    assert (found >= np.minimum(there, count // 10)).all()
    assert found.max() - found.min() <= 1 or count > 10 * there.min()
    np.testing.assert_array_equal(rows, code_features.draw(DATA.labels, count, 0))
    assert count == 300 or set(rows) != set(code_features.draw(DATA.labels, count, 1))


@pytest.mark.parametrize("count", [9, 301])
def test_too_few_or_too_many_labels_are_refused(count):
    with pytest.raises(ValueError, match=f"take 10 to 300 labels, at least one of each class, not {count}"):
        code_features.draw(DATA.labels, count, 0)


def test_an_accuracy_is_what_scikit_learn_says_step_by_step():
    features = code_features.pixels(DATA)
    found = code_features.accuracy(features, DATA, 50, draws=2)
    for seed, share in enumerate(found.shares):
        rows = code_features.draw(DATA.labels, 50, seed)
        scale = StandardScaler().fit(features.known[rows])
        model = LogisticRegression(max_iter=1000).fit(scale.transform(features.known[rows]), DATA.labels[rows])
        assert share == np.mean(model.predict(scale.transform(features.tests)) == DATA.test_labels)
    assert found.mean == pytest.approx(sum(found.shares) / 2)
    assert found.spread == pytest.approx(abs(found.shares[0] - found.shares[1]) / 2**0.5)
    assert 0.6 < found.mean < 1


def test_a_code_that_says_everything_wins_and_one_that_says_nothing_loses():
    pixels = code_features.accuracy(code_features.pixels(DATA), DATA, 20, draws=3)
    labels = Features(np.eye(10)[DATA.labels], np.eye(10)[DATA.test_labels])
    best = code_features.accuracy(labels, DATA, 20, draws=3)
    assert best.mean == 1
    assert code_features.verdict(best, pixels) == "code"
    dice = np.random.default_rng(0)
    noise = Features(dice.normal(size=(300, 4)), dice.normal(size=(450, 4)))
    assert code_features.verdict(code_features.accuracy(noise, DATA, 20, draws=3), pixels) == "pixels"
    assert code_features.verdict(pixels, pixels) == "neither"
    assert code_features.verdict(Accuracy(10, (0.5, 0.7)), Accuracy(10, (0.6, 0.6))) == "neither"


def test_digits_are_enlarged_as_mnist_has_them():
    large = code_features.enlarged(DATA.inputs[:3])
    assert large.shape == (3, 1, 28, 28)
    assert not large[:, :, :4].any()
    assert not large[..., 24:].any()
    small = torch.nn.functional.adaptive_avg_pool2d(torch.tensor(large[:, :, 4:24, 4:24]), 8).numpy()
    assert np.corrcoef(small.ravel(), DATA.inputs[:3].ravel())[0, 1] > 0.9


def test_codes_are_those_of_the_encoder():
    model = autoencoders.load("digits_8").model
    found = code_features.codes(model, DATA)
    assert (found.known.shape, found.tests.shape) == ((300, 8), (450, 8))
    with torch.inference_mode():
        expected = model.encoder(torch.tensor(code_features.enlarged(DATA.inputs[:5])))
    np.testing.assert_allclose(found.known[:5], expected, rtol=1e-4, atol=1e-5)
