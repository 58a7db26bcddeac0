"""The way back: a few older states, and from them every step of the run to the bit."""
from itertools import pairwise

import pytest

from core import history, training
from core.architectures import Architecture
from core.run_config import Config
from core.toy_data import Choice
from core.training import State

CONFIG = Config(Choice("moons", 50), Architecture((), (4,)))


def at(*steps):
    return tuple(State(CONFIG, step, b"") for step in steps)


def test_few_states_are_kept_close_by_and_wide_apart_long_ago():
    kept = ()
    for step in range(0, 5000, 10):
        kept = history.remember(kept, State(CONFIG, step, b""))
    steps = [state.step for state in kept]
    assert len(steps) == history.MOST
    assert steps[0] == 0
    assert steps[-3:] == [4970, 4980, 4990]
    gaps = [after - before for before, after in pairwise(steps)]
    assert max(gaps) < 2000
    assert all(gap <= 0.7 * (4990 - step) + 10 for gap, step in zip(gaps, steps[:-1], strict=True))


def test_going_another_way_forgets_the_later_states():
    kept = history.remember(at(0, 10, 20, 30), State(CONFIG, 15, b"new"))
    assert [state.step for state in kept] == [0, 10, 15]
    assert history.remember(kept, State(CONFIG, 15, b"newer"))[-1].weights == b"newer"


def test_every_step_is_found_again_to_the_bit():
    state = training.begin(CONFIG)
    kept, all_states = history.remember((), state), [state]
    for step in range(1, 120):
        state, _ = training.advance(state, 1)
        all_states.append(state)
        if step % 3 == 0:
            kept = history.remember(kept, state)
    for step in (0, 1, 50, 77, 116):
        older, steps = history.back_to(kept, step)
        assert older.step <= step
        assert training.advance(older, steps)[0] == all_states[step]


def test_there_is_no_way_to_before_the_beginning():
    with pytest.raises(ValueError, match="can go back to step 10 at most, not to 5"):
        history.back_to(at(10, 20), 5)
    with pytest.raises(ValueError, match="at most"):
        history.back_to((), 5)
