"""Questions about gradients in a stack: answers as torch has them, and what each wrong way leads to."""
import pytest
import torch

from core import flow, flow_questions, training
from core.architectures import ACTIVATIONS
from core.flow import PRESETS, Stack
from core.quiz import mark


@pytest.fixture(scope="module")
def measured():
    """measured(name of a preset)"""
    return {name: flow.measure(training.begin(flow.config_of(preset.stack))) for name, preset in PRESETS.items()}


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_steepest_slope_is_that_of_torch(activation):
    x = torch.linspace(-8, 8, 1601, requires_grad=True)
    (slopes,) = torch.autograd.grad(ACTIVATIONS[activation].make()(x).sum(), x)
    question = flow_questions.about_slope(activation)
    assert question.answer == pytest.approx(slopes.max().item(), abs=1e-6)
    assert mark(question, slopes.max().item() + 1e-12).right
    assert not any(mark(question, trap.value).right for trap in question.traps)
    assert len(question.traps) == 3 or activation != "sigmoid"


def test_several_layers_multiply(measured):
    each = flow_questions.factor(measured["vanishing"])
    layers = measured["vanishing"].layers
    assert each**19 == pytest.approx(layers[0].upstream / layers[-2].upstream)
    assert 0.1 < each < 0.3
    question = flow_questions.about_several_layers(each, 3)
    assert mark(question, each * each * each).right
    assert "adds the factors up" in mark(question, 3 * each).reason
    assert "one layer too few" in mark(question, each * each).reason


def test_a_single_layer_has_no_factor():
    found = flow.measure(training.begin(flow.config_of(Stack(1, 8))))
    assert flow_questions.factor(found) != flow_questions.factor(found)


def test_the_larger_one_of_two_layers(measured):
    first, last = (measured["vanishing"].layers[at].gradient for at in (0, -1))
    question = flow_questions.about_two_layers("dense1", "output", (first, last))
    assert question.choices[int(question.answer)] == "smaller"
    assert "other way round" in mark(question, question.choices.index("larger")).reason
    back = flow_questions.about_two_layers("output", "dense1", (last, first))
    assert back.choices[int(back.answer)] == "larger"


def test_nothing_is_the_same_as_nothing(measured):
    first, second = (layer.gradient for layer in measured["dead ReLUs"].layers[:2])
    question = flow_questions.about_two_layers("dense1", "dense2", (first, second))
    assert question.choices[int(question.answer)] == "the same"
    assert "the slope of a dead unit" in question.calculation
