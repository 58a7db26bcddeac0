"""Who trains next: students share the few slots piece by piece, in turn, and whoever stops looking leaves the queue."""
import threading
import time
from collections import deque
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future
from dataclasses import dataclass, field, replace
from types import ModuleType

import torch

from core import run_config, squeeze_config, squeeze_data, squeeze_training, toy_data, training
from core.toy_data import Choice, Data
from core.training import Event, State

PIECE = 0.25  # seconds of training before the next student's turn
LEASE = 5.0  # seconds; a page asks twice a second, a hidden or closed one seldom or never
TRIES = 3  # processes that may be lost at one piece before the run is given up
RECENT = 4  # data that a process keeps for the pieces to come

ENGINES: dict[type, ModuleType] = {run_config.Config: training, squeeze_config.Config: squeeze_training}

_recent: dict[Choice, Data] = {}  # filled only where pieces are computed; without it each would load its data anew


def piece(state: State, steps: int, seconds: float = PIECE) -> tuple[State, tuple[Event, ...]]:
    """`advance` as a worker runs it: on one thread, with data at hand if they were used lately."""
    if torch.get_num_threads() != 1:
        torch.set_num_threads(1)  # sums in one order wherever it runs
    return engine(state.config).advance(state, steps, _data(state.config.data), seconds)


def engine(config: object) -> ModuleType:
    """Who trains what a description is of: a module with begin, advance, evaluate and network_of."""
    return ENGINES[type(config)]


def _data(choice: Choice | squeeze_data.Tiles) -> Data:
    if isinstance(choice, squeeze_data.Tiles):
        return squeeze_data.load(choice)  # a visitor's photo is kept nowhere
    data = _recent.pop(choice, None) or toy_data.load(choice)
    _recent[choice] = data
    while len(_recent) > RECENT:
        _recent.pop(next(iter(_recent)), None)
    return data


@dataclass(eq=False)
class Job:
    """One student's run; the page keeps it and shows it to the service, and nobody else holds on to it."""

    state: State
    until: int  # the step to train to
    events: list[Event] = field(default_factory=list)  # since the page asked last
    asked: float = 0.0
    future: Future | None = None
    lost: int = 0
    failure: str = ""
    cancelled: bool = False

    @property
    def done(self) -> bool:
        """Nothing is left to do."""
        return self.cancelled or bool(self.failure) or self.state.stopped or self.state.step >= self.until


@dataclass(frozen=True)
class News:
    """What the page is told when it asks."""

    state: State
    events: tuple[Event, ...]  # since it asked last
    before: int  # how many students' turns come first, besides those whose turn it is now
    done: bool
    failure: str  # a sentence, if the run could not go on
    waits: bool = False  # it is not your turn; with nobody before you, you are next


class Service:
    """Runs jobs on an executor, at most `slots` pieces at once; every student's next piece waits for its turn."""

    def __init__(self, executor: Executor, slots: int):
        self.executor, self.slots = executor, slots
        self._waiting: deque[Job] = deque()
        self._running: set[Job] = set()
        self._lock = threading.RLock()  # a piece may be done before submit returns

    def start(self, state: State, until: int) -> Job:
        """A job that trains from `state` up to step `until` for as long as somebody asks for it."""
        job = Job(state, until)
        self._join(job)
        return job

    def ask(self, job: Job) -> News:
        """What has happened since the last time; a job that has left the queue joins it again."""
        with self._lock:
            self._join(job)
            events, job.events = tuple(job.events), []
            waits = job in self._waiting
            before = self._waiting.index(job) if waits else 0
            return News(job.state, events, before, job.done, job.failure, waits)

    def cancel(self, job: Job) -> None:
        """The job leaves at once; a piece that is being computed is not waited for."""
        with self._lock:
            job.cancelled = True
            if job in self._waiting:
                self._waiting.remove(job)
            if job.future:
                job.future.cancel()

    def _join(self, job: Job) -> None:
        with self._lock:
            job.asked = time.monotonic()
            if not job.done and job not in self._running and job not in self._waiting:
                self._waiting.append(job)
            self._next()

    def _next(self) -> None:
        """Give free slots to those who wait longest, passing over those who have stopped asking."""
        while self._waiting and len(self._running) < self.slots:
            job = self._waiting.popleft()
            if time.monotonic() - job.asked > LEASE:
                continue
            self._running.add(job)
            try:
                job.future = self.executor.submit(piece, job.state, job.until - job.state.step)
            except RuntimeError as error:  # the executor was closed: the server is about to end
                self._running.discard(job)
                job.failure = str(error)
                continue
            job.future.add_done_callback(lambda future, job=job: self._finished(job, future))

    def _finished(self, job: Job, future: Future) -> None:
        with self._lock:
            self._running.discard(job)
            failure = CancelledError("training was ended") if future.cancelled() else future.exception()
            if job.cancelled:
                pass  # whatever came of the piece, nobody waits for it
            elif isinstance(failure, BrokenExecutor) and job.lost + 1 < TRIES:
                job.lost += 1  # nothing was lost but time: the state it began from is still here
            elif failure:
                job.failure = str(failure) or type(failure).__name__
            else:
                state, events = future.result()
                job.state = replace(state, config=job.state.config)  # not a copy for each state: a photo may be in it
                job.events += events
                job.lost = 0
            if not job.done:
                self._waiting.append(job)
            self._next()
