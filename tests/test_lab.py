"""A visitor's run without any page: overlapping looks, older states within their room, names of runs."""
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from core import training
from core.architectures import Architecture
from core.run_config import Config
from core.service import Service
from core.toy_data import Choice
from pages.shared import lab

CONFIG = Config(Choice("moons", 50), Architecture((), (4,)))


@pytest.fixture
def service():
    with ThreadPoolExecutor(1) as pool:
        yield Service(pool, 1)


def finished(run: lab.Lab, service: Service) -> lab.Lab:
    lab.wait(run, service, 30)
    assert not run.busy
    return run


def test_only_the_look_that_finds_the_end_says_so(service):
    run = lab.begin(CONFIG)
    lab.go_to(run, service, 30)
    said = []
    while run.busy:
        said.append(lab.hear(run, service))
    assert said[-1]
    assert not any(said[:-1])
    assert not lab.hear(run, service)
    lab.play(run, service, 100, 10)
    lab.pause(run, service)
    assert not lab.hear(run, service)


def test_playing_at_a_pace_is_the_same_run_as_in_one_go(service):
    run = lab.begin(CONFIG)
    lab.play(run, service, 47, 5)
    finished(run, service)
    assert run.state == training.advance(training.begin(CONFIG), 47)[0]
    assert tuple(run.events) == training.advance(training.begin(CONFIG), 47)[1]


def test_every_older_step_can_be_reached_again_with_its_events(service):
    run = lab.begin(CONFIG)
    lab.play(run, service, 60, 7)
    finished(run, service)
    for step in (59, 33, 33, 7, 0):
        lab.go_to(run, service, step)
        finished(run, service)
        state, events = training.advance(training.begin(CONFIG), step)
        assert run.state == state
        assert tuple(run.events) == events


def test_older_states_keep_within_their_room_and_never_lose_the_first(service, monkeypatch):
    size = len(training.begin(CONFIG).weights) * 4
    monkeypatch.setattr(lab, "ROOM", 6 * size)
    run = lab.begin(CONFIG)
    lab.play(run, service, 100, 5)
    finished(run, service)
    assert sum(len(state.weights) + len(state.slots) for state in run.history) <= lab.ROOM
    assert run.history[0].step == 0
    assert run.history[-1] == run.state


def test_runs_are_named_by_what_tells_them_apart(service):
    first = lab.begin(CONFIG)
    lab.go_to(first, service, 3)
    second = lab.begin(replace(CONFIG, rate=0.1, optimiser="SGD"), finished(first, service))
    runs = [lab.curves(second), *second.earlier]
    assert lab.named(runs, lab.settings) == ["optimiser SGD, rate 0.1", "optimiser Adam, rate 0.005"]
    assert lab.named(runs[:1], lab.settings) == ["this run"]
    assert lab.begin(CONFIG, second).earlier == ()  # the same run again
