"""Where an error stands among many, and what is fed to a network that knows digits only."""
import numpy as np
import pytest
from scipy import stats

from core import autoencoders, bottleneck, ink, strange


def test_the_share_below_is_a_percentile():
    errors = np.random.default_rng(0).random(500)
    for error in (-1, 0.2, 0.77, 2):
        assert strange.below(errors, error) == pytest.approx(stats.percentileofscore(errors, error, "strict") / 100)


def test_one_in_a_hundred_is_beyond_the_threshold():
    errors = np.random.default_rng(0).random(10_000)
    assert np.mean(errors > strange.threshold(errors)) == pytest.approx(0.01, abs=1e-4)
    assert strange.below(errors, strange.threshold(errors)) == pytest.approx(strange.UNUSUAL, abs=1e-3)


@pytest.mark.parametrize("name", strange.STRANGERS)
def test_every_stranger_is_a_picture_and_another_one(name):
    picture = ink.digit((((0.3, 0.2), (0.7, 0.2), (0.5, 0.8)),))
    made = strange.STRANGERS[name](picture)
    assert made.shape == picture.shape
    assert made.dtype == np.float32
    assert made.min() >= 0
    assert made.max() <= 1
    assert np.abs(made - picture).mean() > 0.02


@pytest.mark.parametrize("name", ["digits_32", "digits_variational_16"])
def test_strangers_are_judged_as_one_picture_is(name):
    net, picture = autoencoders.load(name), ink.letter("A")
    found = strange.errors(net.model, picture)
    assert [*found] == [one for one in strange.STRANGERS if one != "the letter A"]
    for one, error in found.items():
        assert error == pytest.approx(bottleneck.through(net, strange.STRANGERS[one](picture)).mse, rel=1e-4)
