"""What is said to help an autoencoder that learns badly is what the button does, and it helps."""
from dataclasses import replace

import numpy as np
import pytest

from core import squeeze_training, toy_data
from core.checkup import Trouble
from core.squeeze_config import KINDS, PENALTIES, Config
from core.squeeze_presets import PRESETS, beginning
from core.toy_data import Choice
from core.training import Loss
from pages.shared import train_one_remedies
from pages.shared.lab_choices import RATES
from pages.shared.train_one_remedies import USUAL

DIGITS = Choice()
TOO_FAST = replace(beginning("undercomplete", DIGITS), optimiser="SGD", rate=50.0)
HEAVY = beginning("sparse", DIGITS, penalty=10.0)
SLOW = beginning("contractive", DIGITS, optimiser="SGD", rate=0.01)


@pytest.fixture(scope="module")
def data():
    return toy_data.load(DIGITS)


def ran(config, data):
    """Kinds of trouble on the way, and the error at the end as a share of the tests' variance."""
    state, events = squeeze_training.advance(squeeze_training.begin(config), 301, data)
    losses = [event.loss for event in events if isinstance(event, Loss)]
    found = [event.kind for event in events if isinstance(event, Trouble)]
    if not found and np.mean(losses[-50:]) > 0.95 * np.mean(losses[:50]):
        found = ["standstill"]
    error = squeeze_training.evaluate(state, data).test.squared_error
    return found, error / data.test_inputs.var(axis=0).mean()


def remedy(config, kind):
    return (
        train_one_remedies.of_standstill(config, 301) if kind == "standstill"
        else train_one_remedies.of_trouble(config, kind)
    )  # fmt: skip


@pytest.mark.parametrize(
    "config",
    [
        TOO_FAST,
        HEAVY,
        SLOW,
        beginning("undercomplete", DIGITS, rate=0.3),
        beginning("contractive", DIGITS, penalty=1.0),
        beginning("convolutional", DIGITS, optimiser="momentum", rate=10.0),
        beginning("denoising", DIGITS, loss="binary cross-entropy", optimiser="SGD", rate=50.0),
        beginning("variational", DIGITS, optimiser="SGD", rate=50.0),
        beginning("variational", DIGITS, penalty=10.0),
    ],
    ids=lambda config: f"{config.kind} {config.optimiser} {config.rate:g} {config.penalty:g}",
)
def test_one_click_mends_a_run_that_learns_badly(config, data):
    kinds, before = ran(config, data)
    assert kinds
    cure = remedy(config, kinds[0])
    after, error = ran(replace(config, **cure.changes), data)
    assert not after
    assert error < 0.9
    assert not error > before


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("trouble", ["not finite", "divergence", "saturation", "exploding gradients", "dead layer",
                                     "collapse", "vanishing gradients", "standstill"])  # fmt: skip
def test_what_is_said_is_what_the_button_does_and_can_be_chosen(kind, trouble):
    for optimiser in USUAL:
        for rate in RATES:
            config = beginning(kind, DIGITS, optimiser=optimiser, rate=rate, layers=2, nodes=128)
            cure = remedy(config, trouble)
            assert set(cure.changes) <= {"rate", "penalty", "layers", "optimiser"}
            assert replace(config, **cure.changes) != config or not cure.changes
            assert cure.changes.get("rate", RATES[0]) in RATES
            assert cure.changes.get("penalty", PENALTIES[0]) in PENALTIES
            for name in set(cure.changes) - {"layers"} - ({"rate"} if "optimiser" in cure.changes else set()):
                value = cure.changes[name]
                said = value if isinstance(value, str) else f"{value:g}"
                assert said in cure.text
                assert cure.label.endswith(said)


def test_the_presets_that_fail_on_purpose_have_their_remedy():
    fast, heavy = (beginning(one.kind, DIGITS, **one.changes) for one in
                   (PRESETS["too fast"], PRESETS["too heavy a penalty"]))  # fmt: skip
    assert remedy(fast, "saturation").changes == dict(rate=1.0)
    assert remedy(heavy, "dead layer").changes == dict(penalty=0.01)
    assert not remedy(Config(rate=0.0001), "divergence").changes
    assert "usual" in remedy(Config(), "standstill").text
