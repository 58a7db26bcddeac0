"""One visitor's run: forward through the service, piece by piece; back through its history; the runs before it."""
import threading
import time
from dataclasses import dataclass, field

import numpy as np

from core import history, review
from core.checkup import Evaluation, Trouble
from core.history import History
from core.run_config import Config
from core.service import LEASE, Job, Service, engine
from core.toy_data import Data
from core.training import Event, Loss, State
from pages.shared import gate

MOST_STEPS = 5_000
STOPS = ("not finite", "divergence", "saturation")  # troubles that pause a run
EARLIER = 3  # runs that stay on the chart beside this one
ROOM = 16_000_000  # bytes of older states for each visitor; a class of thirty must fit into memory
SOME = 50  # losses of batches that are averaged


@dataclass(frozen=True)
class Curves:
    """A run as lines on a chart."""

    state: State  # that they lead to
    steps: np.ndarray  # (P,) of the batches' losses
    losses: np.ndarray  # (P,) each the mean of a few batches
    scores: np.ndarray  # (E, 1 + 2 S) step, then all scores on training examples, then those on tests


@dataclass(frozen=True)
class Look:
    """What a state's network does, right now."""

    state: State
    evaluation: Evaluation
    answers: np.ndarray | None  # (M, K) for the tests, of a classifier


@dataclass(eq=False)
class Lab:
    """A run, where it is and where it is going."""

    state: State
    history: History
    events: list[Event] = field(default_factory=list)  # of all steps before the state's
    colour: int = 0  # on the chart; a run keeps its own
    earlier: tuple["Lab", ...] = ()  # at rest, where they were left; the latest last
    job: Job | None = None
    goal: int = 0  # the step where it will pause by itself
    pace: int = MOST_STEPS  # steps from one look to the next, at most
    playing: bool = False
    before: int = 0  # students whose turn comes first
    waits: bool = False  # it is not its turn
    failure: str = ""
    began: int = 0  # the step where playing began
    spent: float = 0.0  # seconds since then, without those when nobody looked
    heard: float = 0.0  # when it was last looked after
    linked: int = 0  # the step that the page's link had last
    look: Look | None = None  # at the state it was last asked for
    drawn: Curves | None = None  # of the state it was last drawn for
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)  # a visitor's reruns may overlap

    @property
    def busy(self) -> bool:
        """Something is being computed for it."""
        return self.job is not None

    @property
    def seconds_to_go(self) -> float | None:
        """By the pace so far; None as long as there is none."""
        done = self.state.step - self.began
        return (self.goal - self.state.step) * self.spent / done if self.playing and done > 0 else None

    @property
    def troubles(self) -> list[Trouble]:
        """What has gone wrong on the way here, the latest last."""
        return [event for event in self.events if isinstance(event, Trouble)]


def begin(config: object, before: Lab | None = None) -> Lab:
    """The run of a description: at its first step or, if it is an earlier one, where it was left.

    The run before it has to rest; it stays on the chart if it got anywhere, and can be taken up again.
    """
    runs = [*before.earlier, before] if before else []
    others = tuple(run for run in runs if run.state.step and run.state.config != config)[-EARLIER:]
    for run in others:
        run.earlier, run.history = (), _within_room(run.history, ROOM // (2 * EARLIER))
    if found := [run for run in runs if run.state.config == config]:
        found[-1].earlier = others
        return found[-1]
    state = engine(config).begin(config)
    free = set(range(EARLIER + 1)) - {run.colour for run in others}
    return Lab(state, (state,), colour=min(free), earlier=others)


def play(lab: Lab, service: Service, goal: int, pace: int) -> None:
    """Train up to step `goal`, `pace` steps at a time, for as long as somebody looks."""
    with lab.lock:
        lab.goal, lab.pace, lab.playing, lab.failure = min(goal, MOST_STEPS), pace, True, ""
        lab.began, lab.spent, lab.heard = lab.state.step, 0.0, time.monotonic()
        _go_on(lab, service)


def pause(lab: Lab, service: Service) -> None:
    """Stay where it is; the piece that is being computed is not waited for."""
    with lab.lock:
        if lab.job:
            _hear(lab, service)
        _rest(lab, service)


def hear(lab: Lab, service: Service) -> bool:
    """Take in what has been computed, and ask for more if it is playing; whether this was the end of it."""
    with lab.lock:
        if lab.job is None:
            return False
        known = len(lab.events)
        if _hear(lab, service):
            lab.job = None
        fresh = {event.kind for event in lab.events[known:] if isinstance(event, Trouble)}
        if lab.failure or lab.state.stopped or fresh & set(STOPS):
            _rest(lab, service)
        elif lab.playing and lab.job is None:
            _go_on(lab, service)
        return lab.job is None


def go_to(lab: Lab, service: Service, step: int) -> None:
    """To any step up to MOST_STEPS, back or forward; what comes after it is dropped, and can be made again."""
    with lab.lock:
        _rest(lab, service)
        if step < lab.state.step:
            lab.state, _ = history.back_to(lab.history, step)
            lab.history = tuple(older for older in lab.history if older.step <= lab.state.step)
            lab.events = [event for event in lab.events if event.step < lab.state.step]
        lab.goal = min(step, MOST_STEPS)
        if lab.state.step < lab.goal and not lab.state.stopped:
            lab.job = service.start(lab.state, lab.goal)


def wait(lab: Lab, service: Service, seconds: float) -> None:
    """Give a few steps the time they need, so that one click is one answer; what takes longer is shown live."""
    end = time.monotonic() + seconds
    while lab.busy and time.monotonic() < end:
        time.sleep(0.005)
        hear(lab, service)


def look(lab: Lab, data: Data) -> Look:
    """Scores and answers of the state it has reached; computed once for each."""
    state = lab.state
    if lab.look is None or lab.look.state is not state:
        lab.look = gate.through(_look, state, data)
    return lab.look


def _look(state: State, data: Data) -> Look:
    answers = review.answers(state, data.test_inputs) if isinstance(state.config, Config) else None
    return Look(state, engine(state.config).evaluate(state, data), answers)


def step_before(lab: Lab, trouble: Trouble) -> int:
    """The step before a trouble where the loss was lowest."""
    found = [event for event in lab.events if isinstance(event, Loss) and event.step <= trouble.step]
    return min(found, key=lambda event: event.loss).step if found else 0


def is_stuck(lab: Lab) -> bool:
    """After many steps the loss has hardly become less."""
    losses = [event.loss for event in lab.events if isinstance(event, Loss)]
    return len(losses) >= 200 and np.mean(losses[-SOME:]) > 0.95 * np.mean(losses[:SOME])


def _hear(lab: Lab, service: Service) -> bool:
    """The job's news; whether it is done."""
    now, news = time.monotonic(), service.ask(lab.job)
    lab.spent, lab.heard = lab.spent + min(now - lab.heard, LEASE), now  # after that nobody trained for it
    lab.events += news.events
    lab.state, lab.before, lab.waits, lab.failure = news.state, news.before, news.waits, news.failure
    lab.history = _within_room(history.remember(lab.history, news.state), ROOM)
    return news.done


def _go_on(lab: Lab, service: Service) -> None:
    lab.playing = lab.state.step < lab.goal and not lab.state.stopped
    if lab.playing and lab.job is None:
        lab.job = service.start(lab.state, min(lab.goal, lab.state.step + lab.pace))


def _rest(lab: Lab, service: Service) -> None:
    if lab.job:
        service.cancel(lab.job)
    lab.job, lab.playing, lab.before, lab.waits = None, False, 0, False


def _within_room(kept: History, room: int) -> History:
    """Fewer of them where the states are large; never without the first and the last."""
    while len(kept) > 2 and sum(len(state.weights) + len(state.slots) for state in kept) > room:
        kept = kept[::2] if len(kept) % 2 else (*kept[:-1:2], kept[-1])
    return kept


def row(evaluation: Evaluation) -> tuple[float, ...]:
    """Step, all scores on training examples, all scores on tests."""
    return evaluation.step, *vars(evaluation.train).values(), *vars(evaluation.test).values()
