"""Questions about codes: the engine's number is right, and each slip is told from it."""
import itertools

import numpy as np
import pytest
import torch
from torch.distributions import Normal, kl_divergence

from core.latent_questions import about_cost, about_sample, about_walk
from core.quiz import mark


def test_a_walk_by_hand():
    question = about_walk(2.0, -4.0, 0.25)
    assert question.answer == 0.5
    assert "0.75 × 2 + 0.25 × (−4) = 0.5" in question.calculation
    assert "other end" in mark(question, -2.5).reason
    assert "halfway" in mark(question, -1).reason


def test_a_sample_by_hand():
    question = about_sample(1.0, 0.5, -1.2)
    assert question.answer == pytest.approx(0.4)
    assert "1 + 0.5 × (−1.2) = 0.4" in question.calculation
    assert "stretched" in mark(question, -0.2).reason
    assert "variance" in mark(question, 0.7).reason


@pytest.mark.parametrize(("mean", "deviation"), [(0.0, 1.0), (1.5, 0.2), (-2.0, 0.05), (0.3, 1.4)])
def test_a_cost_is_the_divergence_of_the_two_gaussians(mean, deviation):
    found = about_cost(mean, deviation, 1)
    judge = kl_divergence(Normal(mean, deviation), Normal(torch.tensor(0.0), 1.0))
    assert found.answer == pytest.approx(judge.item(), abs=1e-6)
    assert mark(found, judge.item()).right


def test_forgetting_the_logarithm_of_the_square_is_noticed():
    question = about_cost(1.0, 0.5, 2)
    assert "logarithm of the variance" in mark(question, (1 + 0.25 - 1 - np.log(0.5)) / 2).reason


VALUES = (-3.217, -0.4, 0.0, 1.25, 7.9)


@pytest.mark.parametrize("share", [0.1, 0.3, 0.6, 0.8])
def test_every_question_can_be_answered_and_no_slip_is_right(share):
    asked = [about_walk(one, other, share) for one, other in itertools.permutations(VALUES, 2)]
    asked += [about_sample(mean, share, noise) for mean in VALUES for noise in (-1.4, 0.3, 2.1)]
    asked += [about_cost(mean, share, 1) for mean in VALUES]
    for question in asked:
        assert mark(question, question.answer).right
        assert not any(mark(question, trap.value).right for trap in question.traps)
        assert question.traps
