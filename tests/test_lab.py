"""A visitor's run without any page: overlapping looks, older states within their room, names of runs."""
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from core import presets, toy_data, training
from core.architectures import Architecture
from core.run_config import Config
from core.service import LEASE, Service
from core.toy_data import Choice
from pages.shared import lab, lab_curves, lab_player, lab_remedies

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
    runs = [second, *second.earlier]
    assert lab_curves.named(runs, lab_curves.settings) == ["optimiser SGD, rate 0.1", "optimiser Adam, rate 0.005"]
    assert lab_curves.named(runs[:1], lab_curves.settings) == ["this run"]


def test_settings_that_come_back_bring_their_run_back_where_it_was_left(service):
    first = lab.begin(CONFIG)
    lab.go_to(first, service, 30)
    left = finished(first, service).state
    second = lab.begin(replace(CONFIG, rate=0.1), first)
    assert second.earlier == (first,)
    lab.go_to(second, service, 4)
    again = lab.begin(CONFIG, finished(second, service))
    assert again is first
    assert again.state == left
    assert again.earlier == (second,)
    assert second.earlier == ()
    lab.go_to(again, service, 33)
    assert finished(again, service).state == training.advance(training.begin(CONFIG), 33)[0]
    lab.go_to(again, service, 12)
    assert finished(again, service).state == training.advance(training.begin(CONFIG), 12)[0]


def test_a_run_that_got_nowhere_is_not_kept(service):
    assert lab.begin(replace(CONFIG, seed=1), lab.begin(CONFIG)).earlier == ()


def test_a_run_keeps_its_colour_and_all_differ(service):
    run, colours = None, {}
    for seed in (0, 1, 2, 3, 4, 5, 4, 2, 6):
        run = lab.begin(replace(CONFIG, seed=seed), run)
        lab.go_to(run, service, 1)
        finished(run, service)
        shown = {one.state.config.seed: one.colour for one in (run, *run.earlier)}
        assert len(set(shown.values())) == len(shown)
        assert all(colours[seed] == colour for seed, colour in shown.items() if seed in colours)
        colours = shown
    assert len(colours) == lab.EARLIER + 1


def test_a_curve_ends_with_the_scores_of_the_last_look(service):
    run, data = lab.begin(CONFIG), toy_data.load(CONFIG.data)
    lab.go_to(run, service, 30)
    finished(run, service)
    assert lab_curves.curves(run).scores[-1, 0] == 25
    seen = lab.look(run, data).evaluation
    (earlier,) = lab.begin(replace(CONFIG, seed=1), run).earlier
    assert tuple(lab_curves.curves(earlier).scores[-1]) == lab.row(seen)
    lab.go_to(run, service, 12)
    assert lab_curves.curves(finished(run, service)).scores[-1, 0] == 10  # the look at a later step is none of its past


def test_time_without_a_visitor_does_not_count(service, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(lab.time, "monotonic", lambda: now[0])
    run = lab.begin(CONFIG)
    lab.play(run, service, 20, 10)
    for away in (1, 600):
        now[0] += away
        run.job.future.result(30)
        lab.hear(run, service)
    assert run.spent == 1 + LEASE
    assert not run.busy or run.seconds_to_go < 20 * (1 + LEASE)


@pytest.mark.parametrize(
    ("seconds", "told"), [(0.4, "nearly there"), (75, "75 s to go"), (91, "2 min to go"), (2872, "48 min to go")]
)
def test_the_time_to_go_is_told_in_minutes_where_it_is_long(seconds, told):
    assert lab_player.to_go(seconds) == told


# ---- what would be right -----------------------------------------------------------------------

DIGITS = Config()
SPIRAL = Config(Choice("spiral", 600, noise=0.05), Architecture((), ()), optimiser="SGD", rate=10.0)


@pytest.mark.parametrize(
    ("config", "kind", "changes"),
    [
        (replace(DIGITS, optimiser="SGD", rate=50.0), "divergence", dict(rate=0.1)),
        (replace(DIGITS, optimiser="SGD", rate=3.0), "dead layer", dict(rate=0.1)),
        (replace(DIGITS, optimiser="SGD", rate=0.1), "divergence", dict(rate=0.01)),
        (replace(DIGITS, initialisation="zeros"), "dead layer", dict(first="He")),
        (replace(DIGITS, initialisation="too large"), "exploding gradients", dict(first="He")),
        (replace(DIGITS, initialisation="Xavier"), "dead layer", dict(first="He")),
        (DIGITS, "dead layer", dict(activation="leaky ReLU")),
        (presets.PRESETS["too deep for sigmoids"].config, "vanishing gradients", dict(activation="ReLU", first="He")),
    ],
)
def test_a_trouble_has_a_remedy_that_differs_from_the_run(config, kind, changes):
    remedy = lab_remedies.of_trouble(config, kind)
    assert remedy.changes == changes
    for value in changes.values():
        assert str(value) in remedy.text
    if "rate" in changes:
        assert remedy.label == f"Begin again with rate {changes['rate']}"  # one number in text and button


@pytest.mark.parametrize(
    ("config", "said", "changes"),
    [
        (presets.PRESETS["too slow"].config, "each step is tiny", {"rate": 0.1}),
        (SPIRAL, "can do no better", {"dense": 2, "units": 24, "rate": 0.1}),
        (presets.PRESETS["no bend"].config, "can do no better", {"activation": "ReLU"}),
        (replace(DIGITS, initialisation="zeros"), "all zero", {"first": "He"}),
        (replace(DIGITS, data=Choice("shapes", 200, separation=0.0)), "nothing can tell them apart", {}),
        (DIGITS, "more units", {}),
    ],
)
def test_a_standstill_has_its_cause(config, said, changes):
    remedy = lab_remedies.of_standstill(config, 300)
    assert said in remedy.text
    assert remedy.changes == changes
