"""Losses and optimisers, against torch's own and by hand."""
import pytest
import torch
from torch import nn

from core.optimisers import LOSSES, OPTIMISERS

JUDGES = {
    "SGD": lambda weights, decay: torch.optim.SGD(weights, 0.05, weight_decay=decay),
    "momentum": lambda weights, decay: torch.optim.SGD(weights, 0.05, momentum=0.9, weight_decay=decay),
    "Adam": lambda weights, decay: torch.optim.Adam(weights, 0.05, weight_decay=decay),
}


@pytest.mark.parametrize("decay", [0.0, 0.1])
@pytest.mark.parametrize("name", OPTIMISERS)
def test_thirty_steps_lead_where_torch_goes(name, decay):
    dice = torch.Generator().manual_seed(0)
    mine = torch.randn(20, generator=dice, dtype=torch.float64)
    theirs = mine.clone().requires_grad_()
    judge, slots = JUDGES[name]([theirs], decay), {}
    for step in range(1, 31):
        gradient = torch.randn(20, generator=dice, dtype=torch.float64) + mine
        change, slots = OPTIMISERS[name](gradient + decay * mine, slots, 0.05, step)
        mine = mine + change
        theirs.grad = gradient
        judge.step()
        torch.testing.assert_close(mine, theirs.detach(), rtol=1e-10, atol=1e-10)


def test_two_steps_by_hand():
    gradient = torch.tensor([2.0])
    assert OPTIMISERS["SGD"](gradient, {}, 0.1, 1)[0].item() == pytest.approx(-0.2)
    first, slots = OPTIMISERS["momentum"](gradient, {}, 0.1, 1)
    second, _ = OPTIMISERS["momentum"](gradient, slots, 0.1, 2)
    assert (first.item(), second.item()) == pytest.approx((-0.2, -0.38))  # 0.9 * 2 + 2 = 3.8
    assert OPTIMISERS["Adam"](gradient, {}, 0.1, 1)[0].item() == pytest.approx(-0.1)  # the first step is the rate


@pytest.mark.parametrize("name", OPTIMISERS)
def test_what_went_in_is_left_as_it_was(name):
    gradient, slots = torch.ones(3), OPTIMISERS[name](torch.ones(3), {}, 0.1, 1)[1]
    before = {key: value.clone() for key, value in slots.items()}
    OPTIMISERS[name](gradient, slots, 0.1, 2)
    assert torch.equal(gradient, torch.ones(3))
    assert all(torch.equal(slots[key], before[key]) for key in before)


def test_losses_by_hand_and_by_torch():
    outputs, labels = torch.tensor([[0.5, 0.0], [1.0, 1.0]]), torch.tensor([0, 1])
    assert LOSSES["squared error"](outputs, labels).item() == (0.25 / 2 + 1 / 2) / 2
    theirs = nn.CrossEntropyLoss()(outputs, labels)
    assert LOSSES["cross-entropy"](outputs, labels).item() == pytest.approx(theirs.item())
