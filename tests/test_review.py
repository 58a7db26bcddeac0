"""What a small network knows: answers and mistakes by scikit-learn's count, regions and maps by torch's numbers."""
from itertools import pairwise

import numpy as np
import pytest
import torch
from sklearn.metrics import confusion_matrix
from torch.nn import functional as F

from core import review, toy_data, training
from core.architectures import Architecture, Block
from core.run_config import Config
from core.toy_data import Choice

DIGITS = Config(Choice("digits", 300), Architecture((Block(4, 5), Block(6)), (12,)))
CIRCLES = Config(Choice("circles", 300, 0.05), Architecture((), (16,)), rate=0.02)


@pytest.fixture(scope="module")
def digits():
    """A network after few steps, so that it still makes mistakes, and its data."""
    data = toy_data.load(DIGITS.data)
    return training.advance(training.begin(DIGITS), 60, data)[0], data


@pytest.fixture(scope="module")
def circles():
    data = toy_data.load(CIRCLES.data)
    return training.advance(training.begin(CIRCLES), 300, data)[0], data


def test_answers_are_probabilities_and_as_right_as_the_evaluation_says(digits):
    state, data = digits
    found = review.answers(state, data.test_inputs)
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-5)
    accuracy = (found.argmax(axis=1) == data.test_labels).mean()
    assert accuracy == pytest.approx(training.evaluate(state, data).test.accuracy)
    assert 0.3 < accuracy < 0.95


def test_with_squared_error_the_outputs_themselves_are_the_answers():
    config = Config(CIRCLES.data, CIRCLES.architecture, loss="squared error")
    state, data = training.begin(config), toy_data.load(config.data)
    with torch.no_grad():
        outputs = training.network_of(state)(torch.tensor(data.inputs))
    np.testing.assert_array_equal(review.answers(state, data.inputs), outputs.numpy())


def test_confusion_is_that_of_scikit_learn(digits):
    state, data = digits
    found = review.answers(state, data.test_inputs)
    theirs = confusion_matrix(data.test_labels, found.argmax(axis=1), labels=range(10))
    np.testing.assert_array_equal(review.confusion(data.test_labels, found), theirs)


def test_the_worst_mistakes_come_first(digits):
    state, data = digits
    found = review.answers(state, data.test_inputs)
    mistakes = review.worst_mistakes(data.test_labels, found, 1000)
    wrong = found.argmax(axis=1) != data.test_labels
    assert {mistake.index for mistake in mistakes} == set(np.flatnonzero(wrong))
    assert all(before.certainty >= after.certainty for before, after in pairwise(mistakes))
    for mistake in mistakes:
        assert mistake.label == data.test_labels[mistake.index] != mistake.answer
        assert mistake.certainty == pytest.approx(found[mistake.index, mistake.answer])
    assert review.worst_mistakes(data.test_labels, found, 3) == mistakes[:3]
    assert review.worst_mistakes(np.array([1]), np.array([[0.1, 0.9]])) == ()


def test_the_plane_is_divided_as_the_network_answers(circles):
    state, data = circles
    region = review.decision_region(state, 41)
    assert region.classes.shape == region.certainty.shape == (41, 41)
    for row, column in ((0, 0), (20, 20), (7, 30)):
        (found,) = review.answers(state, np.array([[region.x[column], region.y[row]]], dtype=np.float32))
        assert region.classes[row, column] == found.argmax()
        assert region.certainty[row, column] == pytest.approx(found.max(), abs=1e-6)
    assert region.classes[20, 20] == data.classes.index("inside")
    assert region.classes[0, 0] == data.classes.index("outside")
    assert np.abs(data.inputs).max() < review.REACH


def test_pictures_have_no_plane(digits):
    with pytest.raises(ValueError, match="choose spiral, circles or moons"):
        review.decision_region(digits[0])


def test_maps_and_filters_are_those_that_ran(digits):
    state, data = digits
    maps, kernels = review.feature_maps(state, data.inputs[0]), review.filters(state)
    assert kernels.shape == (4, 1, 5, 5)
    assert list(maps)[:4] == ["conv1", "conv1_act", "conv1_pool", "conv2"]
    assert maps["conv2_pool"].shape == (6, 2, 2)
    bias = training.network_of(state).conv1.bias.detach()
    by_torch = F.conv2d(torch.tensor(data.inputs[:1]), torch.tensor(kernels), bias, padding=2)[0]
    np.testing.assert_allclose(maps["conv1"], by_torch.numpy(), atol=1e-6)
    (found,) = review.answers(state, data.inputs[:1])
    np.testing.assert_allclose(np.exp(maps["output"]) / np.exp(maps["output"]).sum(), found, rtol=1e-4)
    with pytest.raises(ValueError, match="no convolution 'dense1'; this network has conv1, conv2"):
        review.filters(state, "dense1")


def test_a_network_of_points_has_no_filters(circles):
    with pytest.raises(ValueError, match="this network has none"):
        review.filters(circles[0])
