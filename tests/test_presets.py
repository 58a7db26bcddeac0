"""Every preset shows what it says."""
import pytest

from core import presets, toy_data, training
from core.checkup import Trouble


@pytest.fixture(scope="module")
def shown():
    """shown(name): the first evaluation, the last one, and the kinds of trouble on the way."""
    seen = {}

    def run(name):
        if name not in seen:
            preset = presets.PRESETS[name]
            data = toy_data.load(preset.config.data)
            begun = training.begin(preset.config)
            state, events = training.advance(begun, preset.steps, data)
            kinds = {event.kind for event in events if isinstance(event, Trouble)}
            seen[name] = training.evaluate(begun, data), training.evaluate(state, data), kinds
        return seen[name]

    return run


@pytest.mark.parametrize(("name", "least"), [("digits", 0.92), ("shapes", 0.92), ("spiral", 0.92)])
def test_what_is_learned_is_learned_without_trouble(name, least, shown):
    first, last, kinds = shown(name)
    assert first.test.accuracy < 0.6
    assert last.test.accuracy > least
    assert not kinds


def test_without_a_bend_borders_stay_straight(shown):
    assert shown("no bend")[1].train.accuracy < 0.75


def test_few_digits_are_learned_by_heart(shown):
    _, last, _ = shown("by heart")
    assert last.train.accuracy == 1
    assert last.test.accuracy < 0.85


def test_too_fast_diverges(shown):
    _, last, kinds = shown("too fast")
    assert kinds & {"divergence", "not finite"}
    assert last.test.accuracy < 0.5


@pytest.mark.parametrize("name", ["too slow", "all zeros", "too deep for sigmoids"])
def test_what_learns_nothing_learns_nothing(name, shown):
    first, last, _ = shown(name)
    assert abs(last.test.loss - first.test.loss) < 0.3
    assert last.test.accuracy < 0.3


def test_what_stays_where_it_was_has_its_name(shown):
    assert shown("all zeros")[2] == {"dead layer"}
    assert shown("too deep for sigmoids")[2] == {"vanishing gradients"}
    assert shown("too slow")[2] == set()
    assert shown("by heart")[2] == set()
