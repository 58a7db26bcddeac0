"""Small data: seeded, as hard as they are asked to be, and no example both learned from and tested on."""
from dataclasses import replace

import numpy as np
import pytest
from sklearn.datasets import load_digits, make_circles, make_moons
from sklearn.neighbors import KNeighborsClassifier

from core import toy_data
from core.toy_data import SOURCES, TESTS, Choice


def judged(choice):
    """Test accuracy of an independent judge: the three nearest neighbours of scikit-learn."""
    data = toy_data.load(choice)
    judge = KNeighborsClassifier(3).fit(data.inputs.reshape(len(data.inputs), -1), data.labels)
    return judge.score(data.test_inputs.reshape(TESTS, -1), data.test_labels)


@pytest.mark.parametrize("name", SOURCES)
def test_data_have_the_shape_they_announce_and_every_class(name):
    choice = Choice(name, examples=300)
    data = toy_data.load(choice)
    assert data.inputs.shape == (300, *toy_data.shape(choice))
    assert data.test_inputs.shape == (TESTS, *toy_data.shape(choice))
    assert data.inputs.dtype == np.float32
    assert set(data.labels) == set(data.test_labels) == set(range(len(data.classes)))
    assert data.kind == ("pictures" if data.inputs.ndim == 4 else "points")
    assert np.abs(data.inputs).max() <= 1


@pytest.mark.parametrize("name", SOURCES)
def test_the_seed_decides_and_more_examples_leave_the_others_as_they_are(name):
    few, many, other = (toy_data.load(Choice(name, examples, 0.1, seed=s)) for examples, s in ((9, 0), (99, 0), (9, 1)))
    assert np.array_equal(few.inputs, many.inputs[:9])
    assert np.array_equal(few.test_inputs, many.test_inputs)
    assert not np.array_equal(few.inputs, other.inputs)


@pytest.mark.parametrize("name", SOURCES)
def test_no_example_is_both_learned_from_and_tested_on(name):
    data = toy_data.load(Choice(name, SOURCES[name].most))
    if name == "digits":  # all of them are there once, with their own answer
        pixels, labels = load_digits(return_X_y=True)
        both = [np.concatenate(pair) for pair in ((data.inputs, data.test_inputs), (data.labels, data.test_labels))]
        mine = sorted((tuple(x), y) for x, y in zip(both[0].reshape(-1, 64) * 16, both[1], strict=True))
        assert mine == sorted((tuple(x), y) for x, y in zip(pixels, labels, strict=True))
    else:
        seen = {example.tobytes() for example in data.inputs}
        assert seen.isdisjoint(example.tobytes() for example in data.test_inputs)


@pytest.mark.parametrize("name", SOURCES)
def test_noise_makes_them_harder_and_is_as_large_as_asked(name):
    clean, noisy = Choice(name, 600), Choice(name, 600, noise=0.6)
    assert judged(clean) > 0.8
    assert judged(noisy) < judged(clean) - 0.03
    added = toy_data.load(noisy).inputs - toy_data.load(clean).inputs
    assert added.std() == pytest.approx(0.6, rel=0.05)


@pytest.mark.parametrize("name", [name for name in SOURCES if "separation" in SOURCES[name].settings])
def test_without_separation_the_classes_are_alike(name):
    chance = 1 / len(SOURCES[name].classes)
    assert judged(Choice(name, 600, noise=0.02)) > 0.8
    assert judged(Choice(name, 600, noise=0.02, separation=0)) < chance + 0.1


def test_shapes_are_drawn_in_grey_at_the_size_asked_for():
    data = toy_data.load(Choice("shapes", 200, size=24))
    assert data.inputs.shape[2:] == (24, 24)
    assert data.inputs.min() == 0
    assert data.inputs.max() == 1
    ring, disc = (data.inputs[data.labels == data.classes.index(name)] for name in ("ring", "circle"))
    assert ring.sum((1, 2, 3)).max() < disc.sum((1, 2, 3)).max()
    covered = disc.sum((1, 2, 3)) / 24**2  # pi (0.9 r)^2 / 4 of the picture, with r from 0.5 to 0.8
    assert np.pi * 0.45**2 / 4 - 0.01 < covered.min() < covered.max() < np.pi * 0.72**2 / 4 + 0.01


def test_circles_and_moons_lie_where_scikit_learn_puts_them():
    for name, theirs in (("moons", make_moons(5000)), ("circles", make_circles(5000, factor=0.4))):
        data = toy_data.load(Choice(name))
        points = data.inputs * 1.5 + [0.5, 0.25] if name == "moons" else data.inputs
        judge = KNeighborsClassifier(1).fit(*theirs)
        assert judge.score(points, data.labels) == 1
        assert judge.kneighbors(points)[0].max() < 0.01


def test_data_cannot_be_changed_by_those_who_share_them():
    with pytest.raises(ValueError, match="read-only"):
        toy_data.load(Choice("moons")).inputs[0] = 0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (dict(name="cats"), "no data 'cats'; choose one of digits, shapes"),
        (dict(examples=0), "digits offer 1 to 1,347 examples"),
        (dict(examples=1348), "digits offer 1 to 1,347 examples"),
        (dict(noise=-0.1), "noise goes from 0 to 2"),
        (dict(separation=1.1), "separation from 0 to 1"),
        (dict(size=8), "12 to 32 pixels"),
        (dict(seed=-1), "seed must be 0 or above"),
    ],
)
def test_what_cannot_be_is_answered_with_what_can(change, message):
    with pytest.raises(ValueError, match=message):
        replace(Choice(), **change)
