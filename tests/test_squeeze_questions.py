"""Questions of Train one: the answer is the network's, and no trap is right."""
import pytest

from core import squeeze_data, squeeze_questions, squeeze_training
from core.quiz import mark
from core.squeeze_config import KINDS, Config
from core.squeeze_presets import beginning
from core.toy_data import Choice
from tests.test_squeeze_data import PHOTO

RUNS = [beginning(kind, data) for kind in KINDS for data in (Choice(), squeeze_data.of_photo(PHOTO, "p"))]
RUNS += [Config(code=1, layers=0), Config(kind="convolutional", nodes=1, layers=1, code=1)]


@pytest.mark.parametrize("config", RUNS, ids=lambda run: f"{run.kind}-{run.data.__class__.__name__}-{run.code}")
def test_a_layer_learns_as_many_numbers_as_torch_counts(config):
    network = squeeze_training.network_of(squeeze_training.begin(config))
    for layer in squeeze_questions.learning(config):
        question = squeeze_questions.parameters(config, layer)
        assert question.answer == sum(p.numel() for p in network.get_submodule(layer.name).parameters())
        assert mark(question, question.answer).right
        assert question.traps
        for trap in question.traps:
            found = mark(question, trap.value)
            assert not found.right
            assert found.reason.startswith(trap.reason)


@pytest.mark.parametrize("config", RUNS, ids=lambda run: f"{run.kind}-{run.data.__class__.__name__}-{run.code}")
def test_the_code_has_a_share_of_the_numbers(config):
    question = squeeze_questions.squeeze(config)
    maps, height, width = squeeze_data.shape(config.data)
    share = config.code / (maps * height * width)
    assert question.answer == share
    assert mark(question, 100 * share).right
    assert mark(question, share).right
    for trap in question.traps:
        assert not mark(question, trap.value).right
