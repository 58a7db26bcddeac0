"""Students share the slots in turn; who cancels or looks away leaves; a lost piece is tried again."""
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from time import monotonic, sleep

import pytest

from core import service, training
from core.architectures import Architecture
from core.run_config import Config
from core.service import Service
from core.toy_data import Choice
from core.training import Loss

CONFIG = Config(Choice("moons", 50), Architecture((), (4,)))
BEGUN = training.begin(CONFIG)


class ByHand(Executor):
    """Computes when the test says so: first come, first served."""

    def __init__(self):
        self.calls = []

    def submit(self, function, /, *args, **kwargs):
        future = Future()
        self.calls.append((future, function, args))
        return future

    def finish(self, steps=10):
        """One piece, `steps` long."""
        future, function, (state, most) = self.calls.pop(0)
        if future.set_running_or_notify_cancel():
            future.set_result(function(state, min(most, steps)))

    def lose(self, failure):
        self.calls.pop(0)[0].set_exception(failure)


@pytest.fixture
def hand():
    return ByHand()


@pytest.fixture
def clock(monkeypatch):
    """clock(seconds): time goes by."""
    now = [1000.0]
    monkeypatch.setattr(service.time, "monotonic", lambda: now[0])

    def pass_by(seconds):
        now[0] += seconds

    return pass_by


def test_pieces_are_done_in_turn_and_everyone_sees_their_place(hand, clock):
    shared = Service(hand, 2)
    jobs = [shared.start(BEGUN, 30) for _ in range(5)]
    assert [shared.ask(job).before for job in jobs] == [0, 0, 0, 1, 2]
    assert [shared.ask(job).waits for job in jobs] == [False, False, True, True, True]
    hand.finish()
    assert [shared.ask(job).before for job in jobs] == [2, 0, 0, 0, 1]
    for _ in range(4):
        hand.finish()
    assert [shared.ask(job).state.step for job in jobs] == [10] * 5
    for _ in range(10):
        hand.finish()
    news = [shared.ask(job) for job in jobs]
    assert all(one.done and one.state.step == 30 for one in news)
    assert not hand.calls
    assert not shared._running | set(shared._waiting)


def test_never_more_pieces_at_once_than_slots(hand, clock):
    shared = Service(hand, 2)
    for _ in range(9):
        shared.start(BEGUN, 100)
    for _ in range(20):
        assert len(hand.calls) == 2
        hand.finish()


def test_news_are_told_once_and_make_up_the_whole_run(hand, clock):
    shared = Service(hand, 1)
    job, heard = shared.start(BEGUN, 25), []
    while not (news := shared.ask(job)).done:
        heard += news.events
        hand.finish()
    heard += news.events
    assert (news.state, tuple(heard)) == training.advance(BEGUN, 25)
    assert shared.ask(job).events == ()


def test_who_stops_looking_leaves_the_queue_and_comes_back_where_they_were(hand, clock):
    shared = Service(hand, 1)
    away, here = shared.start(BEGUN, 100), shared.start(BEGUN, 100)
    hand.finish()
    for _ in range(5):
        clock(service.LEASE + 1)
        shared.ask(here)
        hand.finish()
    assert away.state.step == 10
    assert here.state.step == 50
    assert away not in shared._waiting
    news = shared.ask(away)
    assert (news.state.step, news.before, news.done) == (10, 0, False)
    hand.finish()
    hand.finish()
    assert shared.ask(away).state.step == 20


def test_who_cancels_leaves_at_once(hand, clock):
    shared = Service(hand, 1)
    running, waiting, last = (shared.start(BEGUN, 100) for _ in range(3))
    shared.cancel(waiting)
    assert shared.ask(last).before == 0
    shared.cancel(running)
    hand.finish()
    for job in (running, waiting):
        news = shared.ask(job)
        assert (news.state, news.done, news.failure) == (BEGUN, True, "")
    hand.finish()
    assert shared.ask(last).state.step == 10


def test_a_lost_process_costs_time_only_but_not_for_ever(hand, clock):
    shared = Service(hand, 1)
    job = shared.start(BEGUN, 20)
    for _ in range(2):
        hand.lose(BrokenExecutor("gone"))
    hand.finish()
    hand.lose(BrokenExecutor("gone"))
    hand.finish()
    assert shared.ask(job).state == training.advance(BEGUN, 20)[0]
    other = shared.start(BEGUN, 20)
    for _ in range(service.TRIES):
        hand.lose(BrokenExecutor("the process has ended; start again"))
    news = shared.ask(other)
    assert news.done
    assert news.failure == "the process has ended; start again"
    assert not hand.calls


def test_a_closed_executor_is_a_message_to_those_who_wait():
    with ThreadPoolExecutor(1) as pool:
        shared = Service(pool, 1)
    news = shared.ask(shared.start(BEGUN, 10))
    assert news.done
    assert "after shutdown" in news.failure


def test_a_run_that_stops_by_itself_is_done(hand, clock):
    config = Config(Choice("digits", 50), Architecture((), (4,)), optimiser="SGD", rate=1e30)
    shared = Service(hand, 1)
    job = shared.start(training.begin(config), 100)
    hand.finish(100)
    news = shared.ask(job)
    assert news.done
    assert news.state.stopped
    assert news.state.step < 100


def test_threads_that_ask_and_finish_at_the_same_time_lose_nothing():
    with ThreadPoolExecutor(2) as pool:
        shared = Service(pool, 2)
        jobs, end = [shared.start(BEGUN, 400) for _ in range(6)], monotonic() + 30
        heard = {job: [] for job in jobs}
        while not all(job.done for job in jobs) and monotonic() < end:
            for job in jobs:
                heard[job] += shared.ask(job).events
            sleep(0.01)
        for job in jobs:
            heard[job] += shared.ask(job).events
            assert [event.step for event in heard[job] if isinstance(event, Loss)] == list(range(400))
            assert job.state == jobs[0].state


def test_a_piece_keeps_a_few_data_and_is_no_different_for_it(monkeypatch):
    loads = []
    monkeypatch.setattr(service, "_recent", {})
    load = service.toy_data.load
    monkeypatch.setattr(service.toy_data, "load", lambda choice: loads.append(choice) or load(choice))
    first, _ = service.piece(BEGUN, 3)
    assert service.piece(first, 4)[0] == training.advance(BEGUN, 7, service._recent[CONFIG.data])[0]
    assert len(loads) == 1
    for examples in range(60, 60 + service.RECENT):
        service.piece(training.begin(Config(Choice("moons", examples), CONFIG.architecture)), 1)
    assert len(service._recent) == service.RECENT
    service.piece(first, 1)
    assert loads.count(CONFIG.data) == 2
