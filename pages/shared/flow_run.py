"""A stack in training: forward through the service, a few steps at a time, and what was measured on the way."""
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from core import flow, training
from core.checkup import Trouble
from core.flow import Flow, Stack
from core.service import Job, Service
from core.training import State
from pages.shared import cached, gate

EVERY, MOST = 50, 1000  # steps from one measurement to the next, and in all


@dataclass(eq=False)
class Run:
    """One visitor's stack: the state it has reached, and one measurement for every EVERY steps on the way."""

    stack: Stack
    state: State
    flows: list[Flow]
    job: Job | None = None
    reached: int = 0  # the step that training has got to; the next measurement is to come
    before: int = 0  # students whose turn comes first
    failure: str = ""  # a sentence, if the run could not go on
    troubles: list[Trouble] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)  # a visitor's reruns may overlap

    @property
    def step(self) -> int:
        """The last one that was measured."""
        return self.flows[-1].step

    @property
    def ended(self) -> bool:
        """It can go no further."""
        return bool(self.failure) or self.state.stopped or self.step >= MOST


def begin(stack: Stack) -> Run:
    """A stack before its first step; ValueError if what flows through it is no number."""
    state = training.begin(flow.config_of(stack))
    return Run(stack, state, [_measured(state)])


def go_on(run: Run, service: Callable[[], Service], goal: int) -> bool:
    """Take in what has been computed and ask for more, up to step `goal`; whether there is more to come.

    Where the goal is behind, the run rests: what is being computed is not waited for.
    """
    with run.lock:
        if run.job and goal <= run.step:
            service().cancel(run.job)
            run.job, run.reached = None, run.step
        elif run.job:
            _hear(run, service())
        if run.ended or goal <= run.step:
            return False
        if run.job is None:
            run.job = service().start(run.state, run.step + EVERY)
            _hear(run, service())  # it may be done at once
        return not (run.ended or goal <= run.step)


def _hear(run: Run, service: Service) -> None:
    news = service.ask(run.job)
    run.before, run.failure, run.reached = news.before, news.failure, news.state.step
    run.troubles += [event for event in news.events if isinstance(event, Trouble)]
    if not news.done:
        return
    run.job = None
    run.state = news.state
    if not news.failure and not news.state.stopped:
        try:
            run.flows.append(_measured(news.state))
        except ValueError as error:
            run.failure = str(error)


def _measured(state: State) -> Flow:
    return gate.through(flow.measure, state, cached.toy(state.config.data))
