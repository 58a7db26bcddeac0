"""From a picture to words: the right answer for pictures that a network knows, in order, adding up to 1."""
import pytest
import torch

from core import answers, images, samples, zoo


def chances_of(network, sample):
    return answers.probabilities(network, images.fit(samples.load(sample), network.preprocessing))


@pytest.mark.parametrize(
    ("name", "sample", "label"),
    [
        ("efficientnet_lite0", "cat", "cat"),
        ("efficientnet_lite0", "coffee", "espresso"),
        ("efficientnet_lite0", "camera", "tripod"),
        ("tiny_vgg", "cat", "cat"),
        *[("lenet", f"digit-{digit}", str(digit)) for digit in (0, 2, 3, 5, 8)],
    ],
)
def test_a_picture_is_taken_for_what_it_shows(network, name, sample, label):
    (first,) = answers.best(network(name), chances_of(network(name), sample), 1)
    assert label in first.label


@pytest.mark.parametrize("name", zoo.SPECS)
def test_probabilities_are_the_softmax_of_the_logits(network, seen, name):
    chances = chances_of(network(name), "motorcycle").double()
    powers = network(name).model(seen(name, "motorcycle")[None])[0].double().exp()
    torch.testing.assert_close(chances, powers / powers.sum(), rtol=1e-3, atol=1e-6)
    assert chances.sum().item() == pytest.approx(1, abs=1e-5)


def test_the_best_come_first_with_their_labels(network):
    chances = torch.tensor([0.02, 0.03, 0.4, 0.0, 0.0, 0.05, 0.0, 0.5, 0.0, 0.0])
    found = answers.best(network("lenet"), chances, 3)
    assert [(one.label, one.index) for one in found] == [("7", 7), ("2", 2), ("5", 5)]
    assert [one.probability for one in found] == pytest.approx([0.5, 0.4, 0.05])


def test_no_more_answers_are_given_than_there_are_classes(network):
    assert len(answers.best(network("lenet"), torch.full((10,), 0.1), 1000)) == 10


@pytest.mark.parametrize(
    ("word", "probabilities"),
    {"sure": (1.0, 0.9), "fairly sure": (0.89, 0.6), "unsure": (0.59, 0.3), "guessing": (0.29, 0.0)}.items(),
)
def test_a_plain_word_says_how_sure_it_is(word, probabilities):
    assert [answers.certainty(probability) for probability in probabilities] == [word, word]
