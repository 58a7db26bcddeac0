"""Neuron: a few neurons learn, and every number of every iteration is torch's."""
import re

import numpy as np
import pytest
import torch

from core.neurons import TRANSFERS
from tests.pages.apptest import choose, copied, happens, opened, press, sent, words_of

KEY = "neurons"
SHAPES = ["One neuron", "Two layers", "Three layers", "your own"]
TORCH = {"sigmoid": torch.sigmoid, "tanh": torch.tanh, "ReLU": torch.relu}


def value(shown: dict, name: str, iteration: int = 0) -> float:
    """A number by its name."""
    table = shown["values"].reshape(-1, len(shown["names"]))
    return float(table[iteration, shown["names"].index(name)])


def bold(told: str) -> list[float]:
    """The numbers that a text shows in bold."""
    return [float(found.replace("−", "-")) for found in re.findall(r"\*\*(−?[\d.]+(?:e−?\d+)?)\*\*", told)]


def weights(shown: dict, iteration: int) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """Layer by layer, ready for autograd."""
    found = []
    for layer, (heard, size) in enumerate(zip(shown["sizes"], shown["sizes"][1:], strict=False), start=1):
        row = range(1, size + 1)
        bank = [[value(shown, f"w{layer}.{n}.{at}", iteration) for at in range(1, heard + 1)] for n in row]
        bias = [value(shown, f"b{layer}.{n}", iteration) for n in row]
        found.append(tuple(torch.tensor(one, dtype=torch.float64, requires_grad=True) for one in (bank, bias)))
    return found


@pytest.mark.parametrize("transfer", TRANSFERS)
@pytest.mark.parametrize("shape", SHAPES)
def test_what_is_drawn_is_what_torch_computes(shape, transfer):
    shown = sent(opened("neuron", shape=shape, transfer=transfer), KEY)
    for iteration in (0, 7):
        layers = weights(shown, iteration)
        y = torch.tensor([value(shown, f"x{at}") for at in range(1, shown["sizes"][0] + 1)], dtype=torch.float64)
        for bank, bias in layers:
            y = TORCH[transfer](bank @ y + bias)
        target = torch.tensor([value(shown, f"t{at}") for at in range(1, len(y) + 1)], dtype=torch.float64)
        loss = (0.5 * (target - y) ** 2).sum()
        assert value(shown, "L", iteration) == pytest.approx(loss.item())
        loss.backward()
        for at, (bank, bias) in enumerate(layers, start=1):
            assert value(shown, f"dw{at}.1.1", iteration) == pytest.approx(bank.grad[0, 0].item(), abs=1e-15)
            assert value(shown, f"db{at}.1", iteration) == pytest.approx(bias.grad[0].item(), abs=1e-15)
            after = bank[0, 0].item() - value(shown, "rate") * bank.grad[0, 0].item()
            assert value(shown, f"w{at}.1.1 new", iteration) == pytest.approx(after)
            assert value(shown, f"w{at}.1.1", iteration + 1) == pytest.approx(after)


def test_a_typed_number_begins_anew_from_there():
    at = opened("neuron")
    before = sent(at, KEY)
    happens(at, KEY, "typed", name="w1.1.1", value=0.5, iteration=3)
    after = sent(at, KEY)
    assert value(after, "w1.1.1") == 0.5
    assert value(after, "w1.2.1") == value(before, "w1.2.1", 3)
    happens(at, KEY, "typed", name="t1", value=-0.25, iteration=0)
    happens(at, KEY, "typed", name="x2", value=2, iteration=0)
    shown = sent(at, KEY)
    assert [value(shown, name) for name in ("w1.1.1", "t1", "x2")] == [0.5, -0.25, 2]
    np.testing.assert_array_equal(sent(copied(at), KEY)["values"], shown["values"])
    press(at, "reset")
    np.testing.assert_array_equal(sent(at, KEY)["values"], before["values"])


def test_the_link_says_where_the_visitor_is():
    at = opened("neuron")
    happens(at, KEY, "look", iteration=12, stage=2, chosen="b2.1")
    look = sent(copied(at), KEY)["look"]
    assert look == {"iteration": 12, "stage": 2, "chosen": "b2.1"}
    assert any("dL/db2.1" in text for text in words_of(at))


def test_more_iterations_come_before_they_run_out():
    at = opened("neuron")
    first = sent(at, KEY)["values"].reshape(-1, len(sent(at, KEY)["names"]))
    happens(at, KEY, "look", iteration=len(first) - 1, stage=0, chosen="w1.1.1")
    more = sent(at, KEY)["values"].reshape(-1, len(sent(at, KEY)["names"]))
    assert len(more) > len(first)
    np.testing.assert_array_equal(more[: len(first)], first)


def test_the_slope_is_checked_without_the_chain_rule():
    told = next(text for text in words_of(opened("neuron")) if "Check it" in text)
    chain, rise = bold(told)[:2]
    assert chain == pytest.approx(rise, rel=1e-6)
    assert chain != 0


def test_both_rules_are_one_number():
    told = next(text for text in words_of(opened("neuron")) if "Two ways" in text)
    error, slope = bold(told)
    assert error == -slope != 0
    assert "-" not in told  # a real minus sign


def test_trouble_is_named():
    at = opened("neuron", transfer="ReLU", rate="100")
    happens(at, KEY, "look", iteration=20, stage=0, chosen="w1.1.1")
    assert at.warning or at.info
    dead = opened("neuron", transfer="ReLU", shape="One neuron", own="1,1,-5,1,1,1")
    assert "nothing flows back" in dead.info[0].value


def test_numbers_that_do_not_fit_are_named_and_lose_nothing():
    at = opened("neuron", own="1,2,3")
    assert "has 3 numbers, but this network needs 16:" in at.warning[0].value
    assert value(sent(at, KEY), "L") == value(sent(opened("neuron"), KEY), "L")


def test_another_network_forgets_what_was_typed():
    at = opened("neuron")
    happens(at, KEY, "typed", name="w1.1.1", value=9, iteration=0)
    choose(at, "shape", "One neuron")
    assert value(sent(at, KEY), "w1.1.1") != 9
    assert not at.warning


def test_later_stages_are_hidden_until_the_question_is_answered():
    at = choose(opened("neuron", stage="3"), "predict", True)
    assert sent(at, KEY)["until"] == 1
    assert not any("Check it" in text for text in words_of(at))
    at.number_input(key="quiz-number").set_value(value(sent(at, KEY), "e2.1"))
    press(at, "quiz-check")
    assert "Right" in at.success[0].value
    assert sent(at, KEY)["until"] == 3
    assert any("Check it" in text for text in words_of(at))


@pytest.mark.parametrize("shape", SHAPES)
def test_one_click_on_relu_gives_a_network_that_learns(shape):
    shown = sent(choose(opened("neuron", shape=shape), "transfer", "ReLU"), KEY)
    assert value(shown, "y1.1") > 0
    assert value(shown, "dw1.1.1") != 0
    assert value(shown, "L", 20) < 0.8 * value(shown, "L")


@pytest.mark.parametrize("transfer", TRANSFERS)
def test_learning_rates_are_called_what_they_are_on_this_network(transfer):
    told = next(text for text in words_of(opened("neuron", transfer=transfer)) if "learning rate **" in text)
    pattern = r"\*\*(too low|right|too high): ([\d.]+)\*\* ([\d.]+) → ([\de.−]+)"
    ends = {name: float(end.rstrip(".").replace("−", "-")) for name, _, _, end in re.findall(pattern, told)}
    assert min(ends, key=ends.get) == "right"
    assert set(ends) == {"too low", "right", "too high"}


def test_where_no_rate_helps_the_page_says_so():
    dead = opened("neuron", transfer="ReLU", shape="One neuron", own="1,1,-5,1,1,1")
    told = next(text for text in words_of(dead) if "None of the 13 rates" in text)
    assert "**right" not in told


def test_the_last_iteration_is_the_last():
    for at in ("2000", "99999"):
        shown = sent(opened("neuron", at=at), KEY)
        assert shown["look"]["iteration"] == shown["most"] == 2000
        assert len(shown["values"].reshape(-1, len(shown["names"]))) == 2001


def test_a_cleared_rate_is_the_one_to_begin_with():
    at = opened("neuron", rate="5")
    at.number_input(key="rate").set_value(None).run()
    assert at.number_input(key="rate").value == 0.3
    assert value(sent(at, KEY), "rate") == 0.3
