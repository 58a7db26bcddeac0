"""A run's description: known choices only, and the same after it was text."""
import json
from dataclasses import replace

import pytest

from core import run_config
from core.architectures import Architecture, Block
from core.run_config import Config
from core.toy_data import Choice

RICH = Config(
    Choice("shapes", 50, 0.1, 20, 0.7, 3), Architecture((Block(4, 5, "none"),), (9, 8), "tanh", True, 0.2), seed=7
)


@pytest.mark.parametrize("config", [Config(), RICH], ids=["default", "rich"])
def test_text_and_back_gives_the_same_config(config):
    again = run_config.from_json(run_config.to_json(config))
    assert again == config
    assert hash(again) == hash(config)


@pytest.mark.parametrize("text", ["", "[]", "7", "{}", '{"architecture": {}}', '{"rate": 1'])
def test_text_that_describes_no_run_is_refused(text):
    with pytest.raises(ValueError, match="not the description of a run"):
        run_config.from_json(text)


def test_text_with_an_unknown_field_or_an_impossible_value_is_refused():
    fields = json.loads(run_config.to_json(RICH))
    with pytest.raises(ValueError, match="not the description"):
        run_config.from_json(json.dumps({**fields, "speed": 3}))
    with pytest.raises(ValueError, match="not the description"):
        run_config.from_json(json.dumps({**fields, "rate": "high"}))
    for change in (dict(batch=2.5), dict(seed=True), dict(data={"examples": 9.0})):
        with pytest.raises(ValueError, match="not the description"):
            run_config.from_json(json.dumps({**fields, **change}))
    for change in (dict(dense=[4.5]), dict(blocks=[{"filters": 1.0}]), dict(batch_norm=1)):
        design = {**fields["architecture"], **change}
        with pytest.raises(ValueError, match="not the description"):
            run_config.from_json(json.dumps({**fields, "architecture": design}))
    assert run_config.from_json(json.dumps({**fields, "rate": 1})).rate == 1
    with pytest.raises(ValueError, match="choose one of SGD"):
        run_config.from_json(json.dumps({**fields, "optimiser": "luck"}))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (dict(initialisation="ones"), "no initialisation 'ones'; choose one of zeros"),
        (dict(loss="hinge"), "no loss 'hinge'; choose one of cross-entropy"),
        (dict(rate=0.0), "learning rate must be above 0"),
        (dict(rate=float("nan")), "learning rate must be above 0"),
        (dict(weight_decay=-1.0), "weight decay 0 or above"),
        (dict(batch=0), "1 to 512 examples, not 0"),
        (dict(seed=-1), "the seed must be 0 or above"),
        (dict(architecture=Architecture(batch_norm=True), batch=1), "batch norm compares .* at least two"),
    ],
)
def test_what_cannot_be_is_answered_with_what_can(change, message):
    with pytest.raises(ValueError, match=message):
        replace(Config(), **change)


def test_layers_fit_the_data_that_were_chosen():
    assert run_config.layers_of(Config())[-1].shape == (10,)
    assert run_config.layers_of(RICH)[0].shape == (4, 20, 20)
    with pytest.raises(ValueError, match="points have no neighbours"):
        run_config.layers_of(Config(Choice("moons")))
