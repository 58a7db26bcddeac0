"""Training as a pure step: the same run to the bit however it is cut, back and forth, and trouble told by its name."""
import pickle
import re
from dataclasses import FrozenInstanceError, replace

import pytest
import torch
from safetensors.torch import load as unpack
from torch import nn
from torch.nn import functional as F

from core import toy_data, training
from core.architectures import Architecture, Block
from core.checkup import Evaluation, Trouble
from core.run_config import Config
from core.toy_data import Choice
from core.training import Loss, State

POINTS = Config(Choice("moons", 200, 0.1), Architecture((), (16,)), seed=3)
RUNS = {
    "points": POINTS,
    "momentum": replace(POINTS, optimiser="momentum", weight_decay=0.01),
    "everything": Config(
        Choice("digits", 101), Architecture((Block(4),), (12,), "leaky ReLU", True, 0.4), batch=16, weight_decay=1e-3
    ),
}


@pytest.fixture(scope="module")
def data():
    """data(config): loaded once."""
    loaded = {}
    return lambda config: loaded.setdefault(config.data, toy_data.load(config.data))


def kinds(events):
    return [event.kind for event in events if isinstance(event, Trouble)]


def parted(events):
    """Losses and evaluations by step."""
    losses = {event.step: event.loss for event in events if isinstance(event, Loss)}
    return losses, {event.step: event for event in events if isinstance(event, Evaluation)}


@pytest.mark.parametrize("name", RUNS)
def test_two_hundred_forward_a_hundred_back_and_forward_again_is_equal_to_the_bit(name, data):
    config = RUNS[name]
    older, _ = training.advance(training.begin(config), 100, data(config))
    kept = pickle.dumps(older)
    newer, events = training.advance(older, 100, data(config))
    assert newer.step == 200
    assert newer.weights != older.weights
    assert pickle.dumps(older) == kept
    again, same_events = training.advance(pickle.loads(kept), 100, data(config))
    assert again == newer
    assert same_events == events


@pytest.mark.parametrize("name", RUNS)
def test_pieces_of_any_size_make_the_same_run(name, data):
    config = RUNS[name]
    whole, events = training.advance(training.begin(config), 60, data(config))
    state, collected = training.begin(config), []
    for steps in (1,) * 10 + (0, 7, 13, 30):
        state, happened = training.advance(state, steps)
        collected += happened
    assert state == whole
    assert tuple(collected) == events


def test_a_run_follows_its_seed_alone(data):
    torch.manual_seed(1)
    first = training.advance(training.begin(POINTS), 30, data(POINTS))
    torch.manual_seed(2)
    assert training.advance(training.begin(POINTS), 30, data(POINTS)) == first
    other = replace(POINTS, seed=4)
    assert training.begin(other).weights != training.begin(POINTS).weights
    assert training.advance(training.begin(other), 30, data(POINTS))[0].weights != first[0].weights


def test_training_draws_nothing_from_the_generator_that_all_share(data):
    before = torch.get_rng_state()
    training.advance(training.begin(RUNS["everything"]), 3, data(RUNS["everything"]))
    assert torch.equal(torch.get_rng_state(), before)


def test_a_state_is_plain_data_that_cannot_be_changed(data):
    state, _ = training.advance(training.begin(POINTS), 3, data(POINTS))
    with pytest.raises(FrozenInstanceError):
        state.step = 0
    assert {type(value) for value in vars(state).values()} == {Config, int, bytes, float, frozenset, bool}
    assert hash(state) == hash(replace(state))


def test_the_steps_are_those_of_torch(data):
    """The first epoch again with nn, F and torch.optim alone, in the order that was drawn."""
    config = replace(RUNS["everything"], architecture=Architecture((Block(4),), (12,)), optimiser="momentum", rate=0.05)
    state, events = training.advance(training.begin(config), 6, data(config))
    layers = [nn.Conv2d(1, 4, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten()]
    theirs = nn.Sequential(*layers, nn.Linear(64, 12), nn.ReLU(), nn.Linear(12, 10))
    start = unpack(training.begin(config).weights)
    names = [f"{layer}.{kind}" for layer in ("conv1", "dense1", "output") for kind in ("weight", "bias")]
    theirs.load_state_dict(dict(zip(theirs.state_dict(), (start[name] for name in names), strict=True)))
    judge = torch.optim.SGD(theirs.parameters(), 0.05, momentum=0.9, weight_decay=1e-3)
    order = torch.cat([training.batch(config, step, 101) for step in range(6)])
    inputs, labels = torch.tensor(data(config).inputs), torch.tensor(data(config).labels)
    for step, rows in enumerate(order.split(16)):
        loss = F.cross_entropy(theirs(inputs[rows]), labels[rows])
        assert parted(events)[0][step] == pytest.approx(loss.item(), abs=1e-6)
        judge.zero_grad()
        loss.backward()
        judge.step()
    mine = unpack(state.weights)
    for name, values in zip(names, theirs.state_dict().values(), strict=True):
        torch.testing.assert_close(mine[name], values, rtol=0, atol=1e-6)


def test_every_epoch_shows_every_example_once_in_a_new_order():
    config = replace(POINTS, batch=50)
    first, second = (torch.cat([training.batch(config, 4 * epoch + i, 200) for i in range(4)]) for epoch in range(2))
    assert torch.equal(first.sort()[0], torch.arange(200))
    assert torch.equal(second.sort()[0], torch.arange(200))
    assert not torch.equal(first, second)
    assert not torch.equal(first, torch.cat([training.batch(replace(config, seed=4), i, 200) for i in range(4)]))


def test_every_step_leaves_out_other_units(data):
    config = Config(Choice("moons", 50), Architecture((), (64, 64), dropout=0.5), optimiser="SGD", rate=1e-9)
    run = training._stand(training.begin(config), data(config))
    masks = []
    for _ in range(2):
        run.step()
        layers = [run.network.dense1_dropout, run.network.dense2_dropout]
        for layer in layers:
            layer.dice.manual_seed(layer.dice.initial_seed())  # as it was before the step
            masks.append(layer(torch.ones(50, 64)) > 0)
    for i, mask in enumerate(masks):
        assert 0.4 < mask.float().mean() < 0.6
        assert not any(torch.equal(mask, other) for other in masks[:i])


def test_digits_are_learned_and_looked_at_now_and_then(data):
    config = Config()
    state, events = training.advance(training.begin(config), 401, data(config))
    losses, looks = parted(events)
    assert sorted(losses) == list(range(401))
    assert sorted(looks) == [0, 10, 25, 50, 100, 200, 300, 400]
    assert looks[0].test.accuracy < 0.3
    assert looks[400].test.accuracy > 0.93
    assert looks[400].train.loss < 0.3 < looks[0].train.loss
    assert [layer.name for layer in looks[0].layers] == ["conv1", "conv2", "dense1", "output"]
    assert not kinds(events)
    assert not state.stopped


def test_an_evaluation_tells_what_torch_measures(data):
    state, _ = training.advance(training.begin(POINTS), 50, data(POINTS))
    look = training.evaluate(state, data(POINTS))
    _, events = training.advance(state, 1, data(POINTS))
    assert look in events
    network, rows = training.network_of(state), training.batch(POINTS, 50, 200).numpy()
    batch = torch.tensor(data(POINTS).inputs[rows]), torch.tensor(data(POINTS).labels[rows])
    tests, answers = torch.tensor(data(POINTS).test_inputs), torch.tensor(data(POINTS).test_labels)
    assert look.test.loss == pytest.approx(F.cross_entropy(network(tests), answers).item())
    assert look.test.accuracy == pytest.approx((network(tests).argmax(1) == answers).double().mean().item())
    F.cross_entropy(network(batch[0]), batch[1]).backward()
    dense = torch.cat([network.dense1.weight.grad.flatten(), network.dense1.bias.grad])
    assert look.layers[0].gradient == pytest.approx(dense.norm().item(), rel=1e-5)
    hidden = torch.relu(network.dense1(tests))
    assert look.layers[0].activation == pytest.approx(hidden.square().mean().sqrt().item(), rel=1e-5)
    assert look.layers[0].dead == pytest.approx((hidden <= 0).all(dim=0).double().mean().item())


def test_evaluating_does_not_change_a_run(data):
    config = RUNS["everything"]
    state, _ = training.advance(training.begin(config), 5, data(config))
    after, _ = training.advance(state, 50, data(config))
    training.evaluate(state, data(config))
    assert training.advance(state, 50, data(config))[0] == after


@pytest.mark.parametrize(
    ("change", "kind", "advice"),
    [
        (dict(rate=50.0, optimiser="SGD"), "divergence", "rate of 50 each step jumps too far"),
        (dict(initialisation="too large"), "exploding gradients", "first weights are too large"),
        (dict(initialisation="zeros"), "dead layer", "All units of conv1 are dead"),
        (dict(rate=1e30, optimiser="SGD"), "not finite", "training stopped there"),
        (
            dict(architecture=Architecture((), (8,) * 12, "sigmoid"), initialisation="too small"),
            "vanishing gradients",
            "The gradient of dense1 .* hardly learns",
        ),
    ],
)
def test_trouble_has_a_name_a_place_and_an_answer_and_is_told_once(change, kind, advice, data):
    config = replace(Config(Choice("digits", 200)), **change)
    _, events = training.advance(training.begin(config), 120, data(config))
    (found,) = [event for event in events if isinstance(event, Trouble) and event.kind == kind]
    assert found.layer in dict(training.network_of(training.begin(config)).named_children())
    assert re.search(advice, found.text)


@pytest.mark.parametrize("optimiser", ["SGD", "momentum", "Adam"])
@pytest.mark.parametrize("batch_norm", [False, True])
def test_a_run_stops_at_its_last_finite_state(optimiser, batch_norm, data):
    architecture = Architecture((Block(4),), (8,), batch_norm=batch_norm)
    config = Config(Choice("digits", 200), architecture, "too large", "squared error", optimiser, 1e30)
    state, events = training.advance(training.begin(config), 200, data(config))
    assert state.stopped
    assert kinds(events)[-1] == "not finite"
    for packed in (state.weights, state.slots):
        assert all(values.isfinite().all() for values in unpack(packed).values())
    assert all(torch.tensor(event.loss).isfinite() for event in events if isinstance(event, Loss))
    assert training.advance(state, 10, data(config)) == (state, ())
    good, _ = training.advance(training.begin(config), state.step, data(config))
    assert replace(good, stopped=True) == state


def test_time_ends_a_piece_without_changing_the_run(data):
    begun = training.begin(POINTS)
    piece, events = training.advance(begun, 10**6, data(POINTS), seconds=0.02)
    assert 1 <= piece.step < 10**4
    assert training.advance(begun, piece.step, data(POINTS)) == (piece, events)


def test_one_example_and_one_step_are_enough(data):
    config = Config(Choice("spiral", 1), Architecture((), ()), batch=512)
    state, events = training.advance(training.begin(config), 3)
    assert state.step == 3
    assert parted(events)[1][0].train.accuracy in (0, 1)


def test_going_back_by_a_negative_number_is_answered_with_the_way():
    with pytest.raises(ValueError, match="an older state leads back"):
        training.advance(State(POINTS, 0, b""), -1)
