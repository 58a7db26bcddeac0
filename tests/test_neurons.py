"""Small networks of neurons: by hand, against torch, and against rise over run."""
from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest
import torch

from core import neurons
from core.iterations import LADDER, in_numbers, iterate, losses_of, train, trials
from core.neurons import EXAMPLE, TRANSFERS, Config, begin, curve, expression, gradients, loss, updated

# inputs 1 and 2, one hidden neuron, one output; all numbers below were worked out by hand
BY_HAND = Config((1.0, 2.0), (1.0,), (((0.5, 0.25),), ((2.0,),)), ((-0.5,), (0.0,)), "ReLU", 0.1)
SHAPES = [(2, 1), (3, 4), (2, 2, 2), (4, 3, 2), (2, 4, 4, 3), (3, 1, 2, 1)]
CASES = [(sizes, transfer, seed) for sizes in SHAPES for transfer in TRANSFERS for seed in (0, 1)]


def made(sizes, transfer, seed):
    """A network with biases and surroundings made by chance."""
    dice = np.random.default_rng(seed)
    inputs, targets = dice.uniform(-1, 2, sizes[0]), dice.uniform(0, 1, sizes[-1])
    config = begin(sizes, tuple(inputs.tolist()), tuple(targets.tolist()), transfer, 0.7, seed)
    biases = tuple(tuple(dice.uniform(-0.2, 0.5, size).tolist()) for size in sizes[1:])
    return replace(config, biases=biases)


def judged(config):
    """Loss, and gradients by our names, from torch."""
    transfer = {"sigmoid": torch.sigmoid, "tanh": torch.tanh, "ReLU": torch.relu}[config.transfer]
    banks = [torch.tensor(rows, dtype=torch.float64, requires_grad=True) for rows in config.weights]
    shifts = [torch.tensor(row, dtype=torch.float64, requires_grad=True) for row in config.biases]
    values = torch.tensor(config.inputs, dtype=torch.float64)
    for bank, shift in zip(banks, shifts, strict=True):
        values = transfer(bank @ values + shift)
    total = 0.5 * ((torch.tensor(config.targets, dtype=torch.float64) - values) ** 2).sum()
    slopes = torch.autograd.grad(total, banks + shifts)
    pairs = zip(slopes[: len(banks)], slopes[len(banks) :], strict=True)
    rows = [torch.cat([bank, shift[:, None]], 1).flatten() for bank, shift in pairs]
    return total.item(), dict(zip(config.parameters, torch.cat(rows).tolist(), strict=True))


def test_one_iteration_by_hand():
    done = iterate(BY_HAND)
    (hidden,), (output,) = done.forward
    assert [line.value for line in hidden.products] == [0.5, 0.5]
    assert (hidden.activation.formula, hidden.activation.value) == ("w1.1.1 × x1 + w1.1.2 × x2 + b1.1", 0.5)
    assert (hidden.output.formula, hidden.output.value) == ("ReLU(a1.1)", 0.5)
    assert (output.activation.value, output.output.value, done.loss.total.value) == (1.0, 1.0, 0.0)
    done = iterate(replace(BY_HAND, targets=(3.0,)))
    (hidden,), (output,) = done.backward
    assert (done.loss.parts[0].formula, done.loss.total.value) == ("1/2 × (t1 − y2.1)²", 2.0)
    assert (output.error.formula, output.error.value) == ("(t1 − y2.1) × s2.1", 2.0)
    assert (output.upstream.value, output.chain.formula, output.chain.value) == (-2.0, "dy2.1 × s2.1", -2.0)
    assert (hidden.error.formula, hidden.error.value) == ("(w2.1.1 × e2.1) × s1.1", 4.0)
    assert (hidden.upstream.formula, hidden.chain.value) == ("w2.1.1 × da2.1", -4.0)
    changes = {change.after.name: (change.gradient.value, change.after.value) for change in done.update}
    expected = {"w1.1.1": (-4, 0.9), "w1.1.2": (-8, 1.05), "b1.1": (-4, -0.1), "w2.1.1": (-1, 2.1), "b2.1": (-2, 0.2)}
    assert {name: pytest.approx(numbers) for name, numbers in expected.items()} == changes
    assert done.update[1].gradient.formula == "da1.1 × x2"
    assert done.update[1].after.formula == "w1.1.2 − rate × dw1.1.2"
    assert done.after.parameters == {name: after for name, (_, after) in changes.items()}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_loss_and_gradients_are_those_of_torch(case):
    config = made(*case)
    value, slopes = judged(config)
    assert loss(config) == pytest.approx(value, rel=1e-12)
    assert gradients(config) == pytest.approx(slopes, rel=1e-9, abs=1e-14)
    done = iterate(config)
    assert done.loss.total.value == loss(config)
    assert {change.gradient.name[1:]: change.gradient.value for change in done.update} == gradients(config)
    assert done.after == updated(config)


def lines(done):
    for neuron in sum(done.forward, ()):
        yield from (*neuron.products, neuron.activation, neuron.output)
    yield from (*done.loss.parts, done.loss.total)
    for error in sum(done.backward, ()):
        yield from (error.slope, error.error, error.upstream, error.chain)
    for change in done.update:
        yield from (change.gradient, change.after)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_formula_gives_its_number(case):
    done = iterate(made(*case))
    known = {"sigmoid": lambda x: 1 / (1 + np.exp(-x)), "tanh": np.tanh, "ReLU": lambda x: max(x, 0.0)}
    for line in lines(done):
        text = in_numbers(line.formula, done.values | {"L": 0.0}, digits=17)
        found = eval(text.translate({ord("×"): "*", ord("−"): "-", ord("²"): "**2"}), {"__builtins__": {}}, known)
        assert found == pytest.approx(line.value, rel=1e-9, abs=1e-15), line
        if line.name in done.values and "rate" not in line.formula:  # not a product, and not after the update
            assert line.value == done.values[line.name]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_error_is_minus_the_slope_of_the_chain_rule(case):
    for error in sum(iterate(made(*case)).backward, ()):
        assert error.error.value == pytest.approx(-error.chain.value, rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_rise_over_run_finds_the_same_slopes(case):
    config = made(*case)
    slopes = gradients(config)
    for name, slope in slopes.items():
        assert neurons.rise_over_run(config, name) == pytest.approx(slope, rel=1e-6, abs=1e-9), name


def test_in_numbers_puts_brackets_around_what_is_below_zero():
    values = {"w1.1.1": -0.25, "x1": 2.0, "da1.1": 1 / 3, "rate": 0.5, "L1": 1.0}
    assert in_numbers("w1.1.1 × x1 + tanh(da1.1) − rate", values) == "(−0.25) × 2 + tanh(0.3333) − 0.5"
    assert in_numbers("tanh(w1.1.1) × (x1 − w1.1.1)", values) == "tanh(−0.25) × (2 − (−0.25))"


def test_the_curve_of_a_weight_touches_its_tangent_and_shows_where_the_update_lands():
    found = curve(EXAMPLE, "w2.1.2", -3, 3, 61)
    value = EXAMPLE.parameters["w2.1.2"]
    assert (found.weight, found.loss, found.slope) == (value, loss(EXAMPLE), gradients(EXAMPLE)["w2.1.2"])
    assert (found.weights[0], found.weights[-1], len(found.losses), len(found.tangent)) == (-3, 3, 61, 61)
    assert found.losses[10] == loss(EXAMPLE.changed({"w2.1.2": -2.0}))
    np.testing.assert_allclose(found.tangent, found.loss + found.slope * (found.weights - value))
    assert found.landed == updated(EXAMPLE).parameters["w2.1.2"]
    assert found.landed_loss == loss(EXAMPLE.changed({"w2.1.2": found.landed})) < found.loss
    assert found.promised_loss == pytest.approx(found.loss - EXAMPLE.rate * found.slope**2)
    near = curve(EXAMPLE, "w2.1.2", value - 1e-4, value + 1e-4, 3)
    np.testing.assert_allclose(near.losses, near.tangent, atol=1e-7)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_losses_of_many_rates_are_those_of_their_iterations(case):
    config, rates = made(*case), np.array([0.01, 0.3, 2.0])
    for rate, found in zip(rates, losses_of(config, rates, 12), strict=True):
        expected = [done.loss.total.value for done in train(replace(config, rate=float(rate)), 13)]
        np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-12)


def test_on_the_example_rates_are_slow_go_down_all_the_way_and_jump_too_far():
    low, right, high = trials(EXAMPLE, 60)
    assert [trial.name for trial in (low, right, high)] == ["too low", "right", "too high"]
    assert (low.rate, right.rate, high.rate) == (0.003, 0.3, 3.0)
    assert (np.diff(low.losses) < 0).all()
    assert (np.diff(right.losses) < 0).all()
    assert low.losses[20] > 0.5 * low.losses[0] > 500 * right.losses[20]
    assert (np.diff(high.losses) > 0).sum() > 10


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_rate_is_called_what_it_is(case):
    config = made(*case)
    low, middle, high = trials(config, 60)
    assert middle.rate in LADDER
    assert middle.losses[-1] == np.nanmin(losses_of(config, np.array(LADDER), 60)[:, -1])
    assert low.rate < middle.rate < high.rate
    gained = middle.losses[0] - middle.losses[-1]
    assert (middle.name == "right") == (gained > 0.001 * middle.losses[0])
    if low.name == "too low":
        assert low.losses[-1] - middle.losses[-1] >= 0.25 * gained > 0
    if high.name == "too high":
        assert not high.losses[-1] - middle.losses[-1] < 0.01 * gained


def test_where_no_rate_is_right_none_is_called_so():
    dead = BY_HAND.changed({"b1.1": -5.0, "b2.1": -5.0})
    solved = BY_HAND
    wild = replace(BY_HAND.changed({"w1.1.1": 1e200, "w2.1.1": 1e200}), targets=(0.0,))
    for config in (dead, solved, wild):
        assert [trial.name for trial in trials(config, 20)] == ["lower", "middle", "higher"]


@pytest.mark.parametrize("sizes", [(2, 1), (2, 2, 2), (3, 4, 3, 2), (2, 3, 2), (4, 4, 4, 4)], ids=str)
def test_no_neuron_is_dead_before_the_first_iteration(sizes):
    inputs, targets = (1.0, 0.5, -1.0, 0.3)[: sizes[0]], (0.9, 0.1, 0.5, 0.2)[: sizes[-1]]
    for seed in range(60):
        done = iterate(begin(sizes, inputs, targets, "ReLU", seed=seed))
        assert all(neuron.output.value > 0 for layer in done.forward for neuron in layer), seed
        assert loss(done.config) > 0
        assert all(done.values[f"d{name}"] for name in done.config.parameters if name.startswith(f"b{len(sizes) - 1}"))


def test_where_only_zeros_arrive_a_relu_can_not_live_and_is_made_all_the_same():
    config = begin((2, 2), (0.0, 0.0), (0.5, 0.5), "ReLU")
    assert not any(slope for name, slope in gradients(config).items() if name[0] == "w")


def test_training_goes_on_from_the_weights_before():
    first, second = train(EXAMPLE, 2)
    assert (first.config, second.config) == (EXAMPLE, first.after)
    assert second.loss.total.value < first.loss.total.value


def test_weights_are_seeded_have_two_digits_and_are_spread_for_their_transfer_function():
    assert begin((2, 2), (0.0, 1.0), (0.0, 1.0), seed=1) == begin((2, 2), (0.0, 1.0), (0.0, 1.0), seed=1)
    asked = [(transfer, seed) for transfer in TRANSFERS for seed in range(40)]
    some = [begin((4, 4, 4, 4), (1.0,) * 4, (0.0,) * 4, transfer, seed=seed) for transfer, seed in asked]
    values = np.array([[*config.parameters.values()] for config in some]).reshape(3, 40, 3, 4, 5)
    assert (values == values.round(2)).all()
    assert not values[..., 4].any()
    spread = (values[..., :4] ** 2).mean((1, 2, 3, 4)) ** 0.5  # cast again, the weights of ReLU keep theirs
    np.testing.assert_allclose(spread, [0.5, 0.5, 0.5**0.5], rtol=0.05)


def test_a_huge_step_leaves_dead_relus_that_pass_nothing_back():
    *_, last = train(replace(BY_HAND, targets=(3.0,), rate=1e6), 3)
    assert last.loss.total.value == 4.5
    assert not any(change.gradient.value for change in last.update)


def test_numbers_too_large_for_a_float_are_infinite_or_nan_and_no_crash():
    done = iterate(BY_HAND.changed({"w1.1.1": 1e200, "w2.1.1": 1e200}))
    assert done.loss.total.value == np.inf
    assert not np.isfinite([change.after.value for change in done.update]).all()


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (dict(sizes=(1, 2)), "a network here has 2 to 4 inputs, not 1"),
        (dict(sizes=(2, 5)), r"1 to 3 layers of 1 to 4 neurons, not \[5\]"),
        (dict(sizes=(2,)), r"1 to 3 layers of 1 to 4 neurons, not \[\]"),
        (dict(sizes=(2, 1, 1, 1, 1)), r"not \[1, 1, 1, 1\]"),
        (dict(transfer="GELU"), "no transfer function 'GELU'; choose one of sigmoid, tanh, ReLU"),
        (dict(rate=0.0), "the learning rate must be above 0, not 0"),
        (dict(rate=float("nan")), "the learning rate must be above 0, not nan"),
        (dict(inputs=(1.0,)), "2 inputs need as many numbers, not 1"),
        (dict(targets=(1.0,)), "2 outputs need as many targets, not 1"),
    ],
    ids=str,
)
def test_a_network_that_can_not_be_says_why(asked, sentence):
    with pytest.raises(ValueError, match=sentence):
        begin(**dict(sizes=(2, 2), inputs=(0.0, 1.0), targets=(0.0, 1.0)) | asked)


def test_weights_that_do_not_fit_are_named():
    with pytest.raises(ValueError, match="in layer 2 every neuron needs 1 weights and a bias"):
        replace(BY_HAND, weights=(((0.5, 0.25),), ((2.0, 1.0),)))
    with pytest.raises(ValueError, match="in layer 1 every neuron needs 2 weights and a bias"):
        replace(BY_HAND, biases=((-0.5, 1.0), (0.0,)))
    for look in (lambda: BY_HAND.changed({"w9": 1.0}), lambda: neurons.rise_over_run(BY_HAND, "w9")):
        with pytest.raises(ValueError, match=r"there is no weight 'w9'; there are w1.1.1, w1.1.2, b1.1, w2.1.1, b2.1"):
            look()
    with pytest.raises(ValueError, match="a curve runs from a lower to a higher weight"):
        curve(BY_HAND, "b1.1", 1, 1)


def test_records_stay_as_they_are():
    for record, field in ((BY_HAND, "rate"), (iterate(BY_HAND), "after"), (curve(BY_HAND, "b1.1", 0, 1), "loss")):
        with pytest.raises(FrozenInstanceError):
            setattr(record, field, None)
    assert set(BY_HAND.parameters) < set(expression(BY_HAND))
