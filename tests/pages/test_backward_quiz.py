"""The question about a slope: hidden until it is answered, and the network's own gradient is right."""
import pytest

from tests.pages.apptest import choose, copied, opened, press, sent, words_of

KEY = "backward"


@pytest.mark.parametrize("layer", ["module1_pool", "module2_conv1", "module1_relu2", "dense", "flatten"])
def test_the_slope_is_hidden_until_it_is_predicted(layer):
    at = opened("backward", network="tiny_vgg", layer=layer)
    assert not sent(at, KEY)["asked"]
    choose(at, "predict", True)
    shown = sent(at, KEY)
    assert shown["asked"]
    assert any("the table would give it away" in text for text in words_of(at))
    assert layer == "dense" or not any(f"{shown['open']['sum']:.9g}" in text for text in words_of(at))
    at.number_input(key="quiz-number").set_value(shown["open"]["gradient"])
    press(at, next(button.key for button in at.button if "quiz-check" in str(button.key)))
    assert not sent(at, KEY)["asked"]
    assert at.success


def test_another_question_is_about_another_cell():
    at = opened("backward", network="lenet", layer="module1_relu")
    choose(at, "predict", True)
    before = sent(at, KEY)["open"]["at"]
    press(at, "quiz-next")
    after = sent(at, KEY)
    assert after["open"]["at"] != before
    assert after["asked"]
    assert sent(copied(at), KEY)["open"]["at"] == after["open"]["at"]
