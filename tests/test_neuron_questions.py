"""Questions about an iteration: the engine's number is right, and each slip is told from it."""
import pytest

from core.iterations import iterate, train
from core.neuron_questions import about_error, about_update
from core.neurons import EXAMPLE, TRANSFERS, begin
from core.quiz import mark

NOW = iterate(EXAMPLE)


def test_an_error_by_hand():
    one = iterate(begin((2, 1), (1.0, 0.5), (0.9,), "sigmoid", 0.5).changed({"w1.1.1": 0, "w1.1.2": 0}))
    question = about_error(one, 0)  # sigmoid(0) = 0.5 with slope 0.25
    assert question.answer == pytest.approx((0.9 - 0.5) * 0.25)
    assert "(0.9 − 0.5) × 0.25 = 0.1" in question.calculation
    assert "other sign" in mark(question, -0.1).reason
    assert "missing" in mark(question, 0.4).reason


def test_an_update_by_hand():
    question = about_update(NOW, "w2.1.2")
    slope = NOW.values["dw2.1.2"]
    assert question.answer == pytest.approx(EXAMPLE.parameters["w2.1.2"] - 0.3 * slope)
    assert mark(question, question.answer).right
    assert "uphill" in mark(question, EXAMPLE.parameters["w2.1.2"] + 0.3 * slope).reason


@pytest.mark.parametrize("transfer", TRANSFERS)
def test_every_question_of_a_run_can_be_answered_and_no_slip_is_right(transfer):
    config = begin((3, 4, 2), (1.0, 0.5, -1.0), (0.9, 0.1), transfer, 0.3, 4)
    for now in train(config, 20):
        asked = [about_error(now, at) for at in range(2)] + [about_update(now, name) for name in config.parameters]
        for question in asked:
            assert mark(question, question.answer).right
            assert not any(mark(question, trap.value).right for trap in question.traps)
