"""Softmax: from logits to shares of one, and what a temperature or a constant does to them."""
import numpy as np
import pytest
import torch

from core import examples
from pages.shared.softmax_page import TEMPERATURES
from tests.pages.apptest import choose, happens, is_drawn, opened, sent, turn, words_of
from tests.pages.calculated import corners, worked_out
from tests.pages.engine import LARGE, ran
from tests.pages.reading import bold, numbers, table

DIGIT = {"dense_on": "digit"}


def logits_of(name: str) -> torch.Tensor:
    """What is shared out, by torch."""
    return torch.tensor(examples.DIGIT_LOGITS) if name == "digit" else list(ran(name).values())[-1].output.double()


def on(name: str, **more: str):
    return opened("dense", **(DIGIT if name == "digit" else {"network": name}), **more)


def test_a_digit_whose_shares_are_round_numbers():
    at = opened("dense", **DIGIT)
    shown = sent(at, "softmax")
    assert not is_drawn(at, "calculation")
    np.testing.assert_allclose(100 * shown["siblingValues"][[1, 2, 3, 9]], [10, 10, 75, 5], atol=0.01)
    assert shown["siblingValues"].sum() == pytest.approx(1)
    assert (shown["channel"], shown["siblings"]["share"]) == (3, True)
    for unit, share in ((1, 0.1), (9, 0.05), (0, 6.14e-8), (3, 0.75)):
        shown = sent(happens(at, "softmax", "unit", channel=unit), "softmax")
        assert (shown["channel"], shown["results"][0]) == (unit, pytest.approx(share, rel=1e-3))
        assert worked_out(shown, 0, 0) == pytest.approx(share, rel=1e-3)
        assert bold(next(text for text in words_of(at) if "classes)" in text))[-1] == pytest.approx(share, rel=1e-3)


@pytest.mark.parametrize("name", ["digit", "lenet", LARGE])
def test_every_temperature_and_every_constant_is_what_torch_says(name):
    at, logits = on(name), logits_of(name)
    for way, temperature in list(enumerate(TEMPERATURES))[:: 1 if name == "digit" else 4]:
        for more in (0, -20, 7):
            turn(choose(at, "add", more), "temperature", way)
            shown, expected = sent(at, "softmax"), (logits / temperature).softmax(dim=0)
            np.testing.assert_allclose(shown["siblingValues"], expected, rtol=1e-5, atol=1e-9)
            np.testing.assert_allclose(shown["values"], (logits + more) / temperature, rtol=1e-6, atol=1e-5)
            assert corners(shown)[0] == (0, 0)
            assert worked_out(shown, 0, 0) == pytest.approx(expected[shown["channel"]].item(), rel=1e-5)


@pytest.mark.parametrize("name", ["digit", "tiny_vgg", LARGE])
def test_the_sentences_say_the_same(name):
    at, logits = on(name), logits_of(name)
    best = int(logits.argmax())
    fraction = next(text for text in words_of(at) if "sum of such exp" in text)
    share = logits.softmax(dim=0)[best].item()
    assert bold(fraction)[-1] == pytest.approx(share, rel=1e-3)
    assert logits[best].exp().item() / logits.exp().sum().item() == pytest.approx(share)
    total = (logits - logits.max()).exp().sum().item()
    assert any(number == pytest.approx(total, rel=1e-3) for number in numbers(fraction))
    told = bold(next(text for text in words_of(at) if "at T = 0.5" in text))
    expected = [100 * (logits / temperature).softmax(dim=0)[best].item() for temperature in (0.5, 1, 2)]
    assert told == pytest.approx(expected, abs=0.051)


def test_the_classes_that_are_not_listed_share_the_rest():
    at = on(LARGE, map="3")
    listed = sent(at, "softmax")["siblings"]["order"]
    rest = 100 * (1 - logits_of(LARGE).softmax(dim=0)[listed].sum().item())
    text = next(text for text in words_of(at) if "sum of such exp" in text)
    assert 1000 - len(listed) in numbers(text)
    assert any(number == pytest.approx(rest, abs=0.051) for number in numbers(text))


def test_a_constant_on_all_logits_changes_no_probability():
    at = on("tiny_vgg")
    before = sent(at, "softmax")["siblingValues"]
    for more in (-20, 20):
        choose(at, "add", more)
        np.testing.assert_allclose(sent(at, "softmax")["siblingValues"], before, rtol=1e-6)
        text = next(text for text in words_of(at) if text.startswith("**Add to all logits**"))
        assert more in numbers(text)
        assert more == pytest.approx(numbers(text.partition("exp(")[2])[0])


@pytest.mark.parametrize("name", ["digit", "lenet", LARGE])
def test_the_table_goes_from_logits_to_probabilities_as_torch_does(name):
    at, logits = on(name, temperature="2", add="3"), logits_of(name)
    found, scaled = table(at, "class", "probability"), (logits + 3) / 2
    np.testing.assert_allclose(found["(logit + 3) / 2"], scaled, rtol=1e-6)
    np.testing.assert_allclose(found["exp(z − largest z)"], (scaled - scaled.max()).exp(), rtol=1e-4, atol=1e-30)
    np.testing.assert_allclose(found["probability"], scaled.softmax(dim=0), rtol=1e-4, atol=1e-30)
    assert ("expected at T = 1" in found) == (name == "digit")


def test_what_is_expected_of_the_digit_stands_beside_what_came_out():
    found = table(on("digit"), "class", "probability")
    assert found["expected at T = 1"].tolist() == [0, 0.1, 0.1, 0.75, 0, 0, 0, 0, 0, 0.05]
    np.testing.assert_allclose(found["probability"], found["expected at T = 1"], atol=1e-6)


@pytest.mark.parametrize("more", [-20, 20])
def test_large_logits_are_made_smaller_before_they_are_raised(more):
    at = on("lenet", temperature="0.1", add=str(more))
    text = next(text for text in words_of(at) if "sum of such exp" in text)
    assert all(np.isfinite(numbers(text)))
    assert bold(text)[-1] == pytest.approx((logits_of("lenet") / 0.1).softmax(dim=0).max().item(), rel=1e-3)
