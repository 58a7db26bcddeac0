"""Questions about penalties: answers as torch has them, and every slip is named."""
import math

import pytest
import torch
from torch.distributions import Normal, kl_divergence

from core import kind_questions
from core.quiz import mark


@pytest.mark.parametrize(("mean", "variance"), [(0.5, 0.04), (-1.25, 0.1), (0.0, 1.5), (2.0, 0.9)])
def test_a_units_divergence_is_that_of_torch(mean, variance):
    right = kl_divergence(Normal(torch.tensor(mean), math.sqrt(variance)), Normal(0.0, 1.0)).item()
    question = kind_questions.about_divergence(mean, variance, 3)
    assert mark(question, right).right
    assert not any(mark(question, trap.value).right for trap in question.traps)
    assert "half before the bracket" in mark(question, 2 * right).reason
    assert ("(−1.25)²" in question.calculation) == (mean < 0)


@pytest.mark.parametrize(("before", "weights"), [(0.3, 12.0), (-2.0, 5.5)])
def test_a_sigmoid_unit_adds_its_squared_slope_times_its_squared_weights(before, weights):
    activation = torch.tensor(before, requires_grad=True)
    height = activation.sigmoid()
    (slope,) = torch.autograd.grad(height, activation)
    question = kind_questions.about_jacobian(height.item(), weights, 7)
    assert mark(question, slope.item() ** 2 * weights).right
    assert "enters squared" in mark(question, slope.item() * weights).reason
    assert not any(mark(question, trap.value).right for trap in question.traps)
