"""Expressions of numbers: by hand, and against torch on expressions made by chance."""
import operator
from dataclasses import FrozenInstanceError

import numpy as np
import pytest
import torch

from core.scalar import FUNCTIONS, Scalar, exp, flows, gradient, log, number, order, relu, sigmoid, tanh

BOTH = {"+": operator.add, "-": operator.sub, "×": operator.mul, "/": operator.truediv}
TORCH = {"exp": torch.exp, "log": torch.log, "sigmoid": torch.sigmoid, "tanh": torch.tanh, "ReLU": torch.relu}


def test_an_expression_by_hand():
    x, y = Scalar(2.0, "x"), Scalar(-3.0, "y")
    product = x * y
    z = (product + x).named("z")  # 2 × -3 + 2: x is used twice
    assert (z.value, z.name, z.operation, z.inputs, z.slopes) == (-4.0, "z", "+", (product, x), (1.0, 1.0))
    assert (product.operation, product.slopes) == ("×", (-3.0, 2.0))
    assert gradient(z) == {z: 1.0, product: 1.0, x: -2.0, y: 2.0}
    assert [(flow.to, flow.upstream, flow.slope, flow.product) for flow in flows(z)[x]] == [
        (z, 1.0, 1.0, 1.0),
        (product, 1.0, -3.0, -3.0),
    ]
    assert flows(z)[z] == ()


@pytest.mark.parametrize(
    ("made", "value", "slope"),
    [
        (lambda x: 3 + x, 5, 1),
        (lambda x: 3 - x, 1, -1),
        (lambda x: 3 * x, 6, 3),
        (lambda x: 3 / x, 1.5, -0.75),
        (lambda x: -x, -2, -1),
        (lambda x: x**3, 8, 12),
        (lambda x: x**0, 1, 0),
        (lambda x: x**-1, 0.5, -0.25),
        (lambda x: x - x, 0, 0),
        (lambda x: x * x, 4, 4),
        (lambda x: log(exp(x)), 2, 1),
        (lambda x: sigmoid(x - 2), 0.5, 0.25),
        (lambda x: tanh(x - 2), 0, 1),
        (lambda x: relu(x), 2, 1),
        (lambda x: relu(x - 2), 0, 0),  # at the kink torch takes 0
    ],
)
def test_operations_by_hand(made, value, slope):
    x = Scalar(2.0)
    result = made(x)
    assert result.value == pytest.approx(value, abs=1e-15)
    assert gradient(result)[x] == pytest.approx(slope, abs=1e-15)


def chance(dice, count=30):
    """A graph made by chance, once of our numbers and once of torch's; what was made may be used again and again."""
    values = dice.uniform(-2, 2, 4)
    ours, theirs = [Scalar(value) for value in values], [torch.tensor(value, requires_grad=True) for value in values]
    for _ in range(count):
        kind, (a, b) = dice.choice([*BOTH, *FUNCTIONS, "power"]), dice.integers(0, len(ours), 2)
        divides = kind == "/" and abs(ours[b].value) < 0.1
        if divides or (kind == "log" and ours[a].value < 0.1) or (kind == "exp" and ours[a].value > 3):
            continue
        exponent = float(dice.choice([2, 3, 0.5])) if ours[a].value > 0.1 else 2.0
        for row in (ours, theirs):
            known = FUNCTIONS if row is ours else TORCH
            made = row[a] ** exponent if kind == "power" else None
            row.append(made if kind == "power" else BOTH[kind](row[a], row[b]) if kind in BOTH else known[kind](row[a]))
        if abs(ours[-1].value) > 100:
            del ours[-1], theirs[-1]
    return ours, theirs


@pytest.mark.parametrize("seed", range(40))
def test_gradients_are_those_of_torch(seed):
    ours, theirs = chance(np.random.default_rng(seed))
    output = sum(ours[-5:], start=number(0))
    slopes = torch.autograd.grad(sum(theirs[-5:]), theirs, allow_unused=True)
    found, terms = gradient(output), flows(output)
    assert len(found) > 8
    for node, value, slope in zip(ours, theirs, slopes, strict=True):
        assert node.value == pytest.approx(value.item(), rel=1e-12)
        assert (node in found) == (slope is not None)
        if slope is not None:
            assert found[node] == pytest.approx(slope.item(), rel=1e-9, abs=1e-12)
            assert found[node] == pytest.approx(sum(flow.product for flow in terms[node]), rel=1e-12, abs=1e-12)


def test_every_number_comes_after_what_it_was_made_of():
    ours, _ = chance(np.random.default_rng(3))
    rows = order(sum(ours, start=number(0)))
    places = {node: at for at, node in enumerate(rows)}
    assert len(places) == len(rows) >= len(ours)
    assert all(places[source] < places[node] for node in rows for source in node.inputs)


def test_ten_thousand_numbers_in_a_row():
    x = total = Scalar(1.0)
    for _ in range(10_000):
        total = total + x
    assert gradient(total)[x] == 10_001


def test_what_grows_too_large_is_infinite():
    x = Scalar(1e200)
    assert gradient(exp(x))[x] == (x**2).value == np.inf


@pytest.mark.parametrize(
    ("made", "sentence"),
    [
        (lambda: log(Scalar(0.0)), "only a number above 0 has a logarithm, and this is 0"),
        (lambda: log(Scalar(-2.0)), "and this is -2"),
        (lambda: 1 / Scalar(0.0), "nothing can be divided by 0"),
        (lambda: Scalar(-2.0) ** 0.5, "-2 to the power of 0.5 has no value with a slope"),
        (lambda: Scalar(0.0) ** -1, "0 to the power of -1 has no value with a slope"),
        (lambda: Scalar(0.0) ** 0.5, "0 to the power of 0.5 has no value with a slope"),
    ],
)
def test_what_has_no_value_says_so(made, sentence):
    with pytest.raises(ValueError, match=sentence):
        made()


def test_numbers_stay_as_they_are_and_are_told_apart():
    one, same = Scalar(1.0, "x"), Scalar(1.0, "x")
    assert one != same
    with pytest.raises(FrozenInstanceError):
        one.value = 2.0
    assert one.named("y").value == 1.0
    assert one.name == "x"
