"""Training an autoencoder as a pure step: to the bit back and forth, judged by plain torch; trouble by its name."""
import pickle
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load as unpack
from sklearn.decomposition import PCA
from torch import nn
from torch.nn import functional as F

from core import corruptions, squeeze_data, squeeze_review, squeeze_training, toy_data, training
from core.checkup import Evaluation, Trouble
from core.service import Service, engine, piece
from core.squeeze_config import KINDS, LOSSES, Config
from core.squeeze_layers import layers_of
from core.squeeze_presets import PRESETS, beginning
from core.toy_data import Choice
from core.training import Loss
from tests.test_service import ByHand
from tests.test_squeeze_data import PHOTO

DIGITS = Choice("digits", 120)
RUNS = {kind: beginning(kind, DIGITS) for kind in KINDS}
RUNS["deep"] = Config(DIGITS, code=4, layers=3, nodes=40, optimiser="momentum", rate=0.05)
RUNS["deep contractive"] = Config(DIGITS, "contractive", 8, 2, 24, penalty=0.01)
RUNS["tiles"] = beginning("undercomplete", squeeze_data.of_photo(PHOTO, "p"))


@pytest.fixture(scope="module")
def data():
    """data(config): loaded once."""
    loaded = {}
    return lambda config: loaded.setdefault(config.data, squeeze_data.load(config.data))


def ran(config, steps, data):
    return squeeze_training.advance(squeeze_training.begin(config), steps, data(config))


def kinds(events):
    return [event.kind for event in events if isinstance(event, Trouble)]


@pytest.mark.parametrize("name", RUNS)
def test_two_hundred_forward_a_hundred_back_and_forward_again_is_equal_to_the_bit(name, data):
    config = RUNS[name]
    older, _ = ran(config, 100, data)
    kept = pickle.dumps(older)
    newer, events = squeeze_training.advance(older, 100, data(config))
    assert newer.step == 200
    assert newer.weights != older.weights
    assert pickle.dumps(older) == kept
    assert squeeze_training.advance(pickle.loads(kept), 100, data(config)) == (newer, events)
    whole, _ = ran(config, 200, data)
    assert whole == newer


def test_a_run_draws_nothing_from_the_generator_that_all_share_and_loads_its_own_pictures(data):
    before = torch.get_rng_state()
    for name in ("variational", "denoising", "tiles"):
        state, _ = squeeze_training.advance(squeeze_training.begin(RUNS[name]), 3)
        assert state == ran(RUNS[name], 3, data)[0]
    assert torch.equal(torch.get_rng_state(), before)


def judge(config, start):
    """Encoder and decoder of one layer each with nn alone, from the same first weights."""
    pixels = 64
    bend = {"sparse": nn.ReLU, "contractive": nn.Sigmoid}.get(config.kind, nn.Identity)
    wide = 2 * config.code if config.kind == "variational" else config.code
    first, last = nn.Linear(pixels, config.nodes), nn.Linear(config.nodes, wide)
    encoder = nn.Sequential(nn.Flatten(), first, nn.ReLU(), last, bend())
    decoder = nn.Sequential(
        nn.Linear(config.code, config.nodes), nn.ReLU(), nn.Linear(config.nodes, pixels), nn.Sigmoid()
    )
    names = [("encoder1", encoder[1]), ("code", encoder[3]), ("decoder1", decoder[0]), ("output", decoder[2])]
    for name, layer in names:
        layer.load_state_dict({kind: start[f"{name}.{kind}"].clone() for kind in ("weight", "bias")})
    return encoder, decoder, names


def their_loss(config, encoder, decoder, clean, step):
    """The loss of a batch, written from the definitions."""
    given = clean
    if config.noise:
        given = corruptions.mixed(clean, config.noise, training._dice(config.seed, 3, step))
    code, extra = encoder(given), 0.0
    if config.kind == "variational":
        mean, log_variance = code.chunk(2, dim=1)
        place = next(at for at, layer in enumerate(layers_of(config)) if layer.name == "sample")
        noise = torch.randn(mean.shape, generator=training._dice(config.seed, 2, step, place))
        normal = torch.distributions.Normal
        cloud = normal(mean, (0.5 * log_variance).exp())
        code = mean + noise * cloud.stddev
        extra = torch.distributions.kl_divergence(cloud, normal(0.0, 1.0)).sum() / clean.numel()
    elif config.kind == "sparse":
        extra = code.abs().mean()
    elif config.kind == "contractive":
        one = torch.func.jacrev(lambda picture: encoder(picture[None])[0])
        extra = sum(one(picture).square().sum() for picture in given) / len(given)
    out = decoder(code).view_as(clean)
    error = F.mse_loss(out, clean) if config.loss == "MSE" else F.binary_cross_entropy(out, clean)
    return error + config.penalty * extra


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize(
    "change",
    [
        dict(kind="undercomplete", code=5),
        dict(kind="sparse", code=64, penalty=0.03, nodes=64),
        dict(kind="contractive", code=6, penalty=0.01),
        dict(kind="denoising", code=6, noise=0.6),
        dict(kind="variational", code=3, penalty=0.5),
    ],
    ids=lambda change: change["kind"],
)
def test_the_steps_are_those_of_torch(change, loss, data):
    """A few steps again with nn, F, torch.func and torch.optim alone, in the order that was drawn."""
    config = Config(DIGITS, **(dict(nodes=12) | change), loss=loss, rate=0.01, batch=16, seed=4)
    state, events = ran(config, 5, data)
    encoder, decoder, names = judge(config, unpack(squeeze_training.begin(config).weights))
    optimiser = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], 0.01)
    pictures = torch.tensor(data(config).inputs)
    losses = [event.loss for event in events if isinstance(event, Loss)]
    for step in range(5):
        clean = pictures[training.batch(config, step, len(pictures))]
        theirs = their_loss(config, encoder, decoder, clean, step)
        assert losses[step] == pytest.approx(theirs.item(), rel=1e-4)
        optimiser.zero_grad()
        theirs.backward()
        optimiser.step()
    mine = unpack(state.weights)
    for name, layer in names:
        torch.testing.assert_close(mine[f"{name}.weight"], layer.weight.detach(), rtol=0, atol=2e-4)


def test_the_convolutional_one_is_that_of_torch(data):
    config = replace(RUNS["convolutional"], optimiser="SGD", rate=0.1, batch=16)
    state, _ = ran(config, 4, data)
    down = [nn.Conv2d(1, 8, 3, 2, 1), nn.ReLU(), nn.Conv2d(8, 16, 3, 2, 1), nn.ReLU(), nn.Flatten(), nn.Linear(64, 8)]
    up = [nn.Linear(8, 64), nn.ReLU(), nn.Unflatten(1, (16, 2, 2))]
    for before, after, bend in ((16, 8, nn.ReLU), (8, 1, nn.Sigmoid)):
        up += [nn.Upsample(scale_factor=2), nn.Conv2d(before, after, 3, padding=1), bend()]
    theirs = nn.Sequential(*down, *up)
    start = unpack(squeeze_training.begin(config).weights)
    order = [f"{name}.{kind}" for name in ("encoder1", "encoder2", "code", "decoder1", "decoder2", "output")
             for kind in ("weight", "bias")]  # fmt: skip
    theirs.load_state_dict(dict(zip(theirs.state_dict(), (start[name] for name in order), strict=True)))
    optimiser, pictures = torch.optim.SGD(theirs.parameters(), 0.1), torch.tensor(data(config).inputs)
    for step in range(4):
        clean = pictures[training.batch(config, step, len(pictures))]
        loss = F.mse_loss(theirs(clean), clean)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    mine = unpack(state.weights)
    for name, values in zip(order, theirs.state_dict().values(), strict=True):
        torch.testing.assert_close(mine[name], values, rtol=0, atol=1e-6)


def test_an_evaluation_is_what_the_pictures_show(data):
    config = RUNS["sparse"]
    state, _ = ran(config, 25, data)
    look = squeeze_training.evaluate(state, data(config))
    tests = data(config).test_inputs
    codes, out = squeeze_review.rebuilt(state, tests)
    assert look.test.squared_error == pytest.approx(np.mean((out - tests) ** 2), rel=1e-5)
    assert look.test.penalty == pytest.approx(np.abs(codes).mean(), rel=1e-5)
    assert look.test.loss == pytest.approx(look.test.squared_error + 0.01 * look.test.penalty, rel=1e-6)
    assert [layer.name for layer in look.layers] == ["code", "output"]
    assert look in squeeze_training.advance(state, 1, data(config))[1]


@pytest.mark.parametrize("name", ["undercomplete", "tiles"])
@pytest.mark.parametrize("noise", [0.0, 0.5])
def test_the_straight_way_is_scikit_learns_pca(name, noise, data):
    pictures = data(RUNS[name])
    pca = PCA(5, svd_solver="full").fit(pictures.inputs.reshape(len(pictures.inputs), -1))
    tests = torch.tensor(pictures.test_inputs)
    given = squeeze_training.damaged(tests, noise, 3).flatten(1)
    error = np.mean((pca.inverse_transform(pca.transform(given)) - tests.flatten(1).numpy()) ** 2)
    assert squeeze_review.pca_error(pictures, 5, noise, 3) == pytest.approx(error, rel=1e-3)
    with pytest.raises(ValueError, match="PCA finds at most"):
        squeeze_review.pca_error(pictures, 1000)


@pytest.mark.parametrize("kind", KINDS)
def test_a_batch_of_one_picture_is_enough(kind, data):
    config = replace(RUNS[kind], batch=1)
    state, _ = ran(config, 12, data)
    assert state.step == 12


def test_evaluating_does_not_change_a_run(data):
    config = RUNS["variational"]
    state, _ = ran(config, 5, data)
    after, _ = squeeze_training.advance(state, 20, data(config))
    squeeze_training.evaluate(state, data(config))
    assert squeeze_training.advance(state, 20, data(config))[0] == after


def test_digits_are_rebuilt_better_and_better_and_beat_pca():
    config = Config(Choice("digits", 1000))
    data = toy_data.load(config.data)
    _, events = squeeze_training.advance(squeeze_training.begin(config), 401, data)
    errors = [event.test.squared_error for event in events if isinstance(event, Evaluation)]
    assert errors[-1] < 0.25 * errors[0]
    assert errors[-1] < squeeze_review.pca_error(data, config.code)
    assert not kinds(events)


@pytest.mark.parametrize(
    ("change", "kind", "said"),
    [
        (dict(optimiser="SGD", rate=50.0), "saturation", "the last sigmoid is flat"),
        (dict(optimiser="SGD", rate=10.0, loss="binary cross-entropy"), "divergence", "a learning rate of 10"),
        (dict(optimiser="SGD", rate=1e30), "not finite", "training stopped there"),
        (dict(optimiser="SGD", rate=1e30, loss="binary cross-entropy"), "not finite", "training stopped there"),
        (dict(kind="sparse", code=64, layers=0, penalty=10.0, data=Choice()), "dead layer", "All units of code"),
        (dict(kind="variational", penalty=10.0), "collapse", "does not get through the code"),
    ],
)
def test_trouble_has_a_name_and_a_place_and_is_told_once(change, kind, said, data):
    config = Config(**(dict(data=DIGITS) | change))
    state, events = ran(config, 301, data)
    (found,) = [event for event in events if isinstance(event, Trouble) and event.kind == kind]
    assert found.layer in {layer.name for layer in layers_of(config)}
    assert said in found.text
    assert all(values.isfinite().all() for values in unpack(state.weights).values())
    assert state.stopped == (kind == "not finite")


@pytest.mark.parametrize("name", PRESETS)
def test_a_lesson_can_be_seen_on_digits_and_on_tiles(name):
    preset, tiles = PRESETS[name], squeeze_data.of_photo(PHOTO, "p")
    for pictures in (Choice(), tiles):
        config = beginning(preset.kind, pictures, **preset.changes)
        state, events = squeeze_training.advance(squeeze_training.begin(config), 2)
        assert (state.step, len([event for event in events if isinstance(event, Loss)])) == (2, 2)


# ---- through the service ------------------------------------------------------------------------


def test_the_service_trains_autoencoders_and_keeps_one_copy_of_a_photo(data):
    config, hand = RUNS["tiles"], ByHand()
    shared = Service(hand, 1)
    job = shared.start(engine(config).begin(config), 20)
    while hand.calls:
        future, function, (state, most) = hand.calls.pop()
        future.set_running_or_notify_cancel()
        future.set_result(pickle.loads(pickle.dumps(function(state, most))))  # as it comes from another process
    news = shared.ask(job)
    assert news.done
    assert news.state == ran(config, 20, data)[0]
    assert news.state.config is config


def test_a_photo_is_not_kept_where_pieces_are_computed(monkeypatch):
    monkeypatch.setattr("core.service._recent", {})
    piece(squeeze_training.begin(RUNS["tiles"]), 1)
    from core.service import _recent

    assert not _recent
    piece(squeeze_training.begin(RUNS["sparse"]), 1)
    assert list(_recent) == [DIGITS]


# ---- what is no trouble -------------------------------------------------------------------------


@pytest.mark.parametrize("colour", ["white", "black", "#808080"])
def test_an_empty_photo_is_learned_without_any_trouble(colour):
    config = beginning("undercomplete", squeeze_data.of_photo(Image.new("RGB", (300, 200), colour), "p"))
    state, events = squeeze_training.advance(squeeze_training.begin(config), 301)
    assert not kinds(events)
    assert squeeze_training.evaluate(state).test.squared_error < 0.3 * state.first_loss
