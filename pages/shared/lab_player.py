"""Start, pause, step and step back: how a run is played on any page that trains, and its place in the link."""
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.shared import cached, lab, link, words
from pages.shared.lab import MOST_STEPS, Lab

TICK = 0.5  # seconds from one look to the next while it trains
PATIENCE = 1.0  # seconds that a click may wait for its few steps
PACES = {"to watch": 50, "slowly": 5, "as fast as it can": MOST_STEPS}  # steps from one look to the next


Preset = TypeVar("Preset")  # has a lesson and steps
Shown = TypeVar("Shown")


@dataclass(frozen=True)
class Frame(Generic[Preset]):
    """A page that trains before its run is known: what it begins with, how it is played, and where its parts go."""

    preset: Preset
    seed: int
    until: int  # steps from one pause to the next
    pace: str
    buttons: DeltaGenerator  # above all
    lesson: DeltaGenerator
    left: DeltaGenerator  # the run
    right: DeltaGenerator  # the controls that describe it


def frame(preset: Callable[[], Preset], forgets: tuple[str, ...]) -> Frame[Preset]:
    """The parts of the page, and the controls of its first row; another seed forgets what the link has of a place."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="player"):
        chosen = preset()
        buttons = st.container(horizontal=True, vertical_alignment="bottom", key="play-buttons", width="content")
        seed, until, pace = _settings(chosen.steps, forgets)
    lesson = st.container(key="lesson")
    return Frame(chosen, seed, until, pace, buttons, lesson, *st.columns([2.7, 1], gap="medium"))


def _settings(steps: int, forgets: tuple[str, ...]) -> tuple[int, int, str]:
    help = "Other first weights, and another order of the examples."
    seed = link.count("Seed", 0, 999, key="seed", begin=0, forgets=forgets, width=100, help=help)
    help = "Steps from one pause to the next. It can be paused anywhere between, too."
    until = link.count("Pause every", 10, MOST_STEPS, key="until", begin=steps, width=120, help=help)
    help = "The page looks twice a second; to watch, it is 50 steps from one look to the next, slowly 5."
    more = dict(key="pace", begin=next(iter(PACES)), width=170, help=help)
    return seed, until, link.choose(st.selectbox, "Speed", list(PACES), **more)


def tell(page: Frame, run: Lab, changed: str) -> None:
    """The preset's lesson or, where the run no longer teaches it, how it differs; and what Start does."""
    lesson = f"Changed: {changed}." if changed else f"*{page.preset.lesson}*"
    page.lesson.markdown(f"{lesson} {_start(page, run)}")


def _start(page: Frame, run: Lab) -> str:
    """What the button of this moment does, or has done."""
    step, goal = run.state.step, next_pause(run, page.until)
    if run.busy or _is_over(run):
        return f"It trains up to step {run.goal:,}." if run.busy else "It goes no further."
    pace = f"at most {int(PACES[page.pace] / TICK):,} steps a second" if PACES[page.pace] < MOST_STEPS else page.pace
    if not step:
        return f"Start trains for {goal:,} steps, {pace}."
    left = goal - step
    return f"Go on trains for {left:,} more step{'s' * (left > 1)}, to step {goal:,}, {pace}."


def live(draw: Callable[[Shown], None], run: Lab, shown: Shown) -> None:
    """The part of the page that is drawn again as long as the run is computed."""
    st.fragment(draw, run_every=TICK if run.busy else None)(shown)


def follow(config: object, key: str) -> Lab:
    """The run of this link, where the link says; an earlier run where it was left. The session has it as `key`."""
    run, at = st.session_state.get(key), link.whole("at", 0, MOST_STEPS, 0)
    if run is None or run.state.config != config:
        if run and run.busy:
            lab.pause(run, cached.service())
        run = st.session_state[key] = lab.begin(config, run)
        if st.query_params.get("at", link.UNSET) == link.UNSET:
            run.linked = at  # the settings came back, with the browser's way back or by hand: it stays where it was
    if at != run.linked:
        run.linked = at
        if at != run.state.step:
            _travel(run, at)
    return run


def _travel(run: Lab, step: int) -> None:
    lab.go_to(run, cached.service(), step)
    lab.wait(run, cached.service(), PATIENCE)


def _tell_link(run: Lab) -> None:
    """Where it rests stands in the link."""
    if not run.busy and run.linked != run.state.step:
        link.go(at=run.state.step)
        run.linked = run.state.step  # not before it is told: whoever leaves the page may end this in between


def next_pause(run: Lab, every: int) -> int:
    """The next multiple of so many steps, where it pauses by itself."""
    return min((run.state.step // every + 1) * every, MOST_STEPS)


def _is_over(run: Lab) -> bool:
    return run.state.stopped or run.state.step >= MOST_STEPS


def _play(run: Lab, until: int, pace: str) -> None:
    lab.play(run, cached.service(), next_pause(run, until), PACES[pace])


def _pause(run: Lab) -> None:
    lab.pause(run, cached.service())
    _tell_link(run)


def _go(run: Lab, step: int) -> None:
    _travel(run, max(0, min(step, MOST_STEPS)))
    _tell_link(run)


def move(run: Lab, step: int) -> None:
    """To a step from within the live part: the rest of the page has to follow."""
    _go(run, step)
    st.session_state["moved"] = True


def buttons(run: Lab, until: int, pace: str) -> None:
    """Start or pause, a step back, a step, the beginning."""
    step, more = run.state.step, dict(on_click=_go)
    if run.busy:
        first = dict(type="primary", width=110)
        st.button("Pause", icon=":material/pause:", key="pause", on_click=_pause, args=(run,), **first)
    else:
        st.button(
            "Start" if not step else "Go on", icon=":material/play_arrow:", key="start", type="primary", width=110,
            on_click=_play, args=(run, until, pace), disabled=_is_over(run),
        )  # fmt: skip
    st.button("◀ Step", key="back", help="One step back, to the bit.", args=(run, step - 1),
              disabled=run.busy or not step, **more)  # fmt: skip
    st.button("Step ▶", key="step", help="One step: one batch, one change of all weights.", args=(run, step + 1),
              disabled=run.busy or _is_over(run), **more)  # fmt: skip
    st.button("Reset", icon=":material/restart_alt:", key="reset", help="The first weights again.", args=(run, 0),
              disabled=not (run.busy or step), **more)  # fmt: skip


def keep_up(run: Lab) -> None:
    """First line of the live part: takes in what was computed, and draws the whole page again when it rests.

    Only a look that finds the end itself asks for that: one that was on its way when the visitor pressed Pause still
    has the link from before, and the whole page would go back there.
    """
    if run.busy and lab.hear(run, cached.service()):
        _tell_link(run)
        st.rerun()
    if st.query_params.get("at", link.UNSET) != link.UNSET:
        _tell_link(run)  # it may have come to rest while the visitor was on another page
    if st.session_state.pop("moved", False):
        st.rerun()


def place(run: Lab) -> list[str]:
    """Its step, who comes before it, and the time to go, in words."""
    told = [f"Step **{run.state.step:,}**" + (f" of {run.goal:,}" if run.busy else "")]
    if run.busy and run.before:
        told.append(f"{run.before} student{'s' * (run.before > 1)} before you")
    elif run.busy and run.waits:
        told.append("others are training, you are next")
    if (left := run.seconds_to_go) is not None:
        told.append(to_go(left))
    if run.earlier and not run.busy and not run.state.step:
        told.append(f"the run before is kept at step {run.earlier[-1].state.step:,}: your browser's Back leads there")
    return told


def to_go(seconds: float) -> str:
    """The time that is left, in minutes where there are many seconds."""
    if seconds > 90:
        return f"{seconds / 60:.0f} min to go"
    return f"{seconds:.0f} s to go" if seconds >= 1 else "nearly there"


def failure(run: Lab) -> None:
    """Why it could not go on, if so."""
    if run.failure:
        st.error(f"Training could not go on: {words.plain(run.failure)}. Press Go on to try again.")


def clear_runs(run: Lab) -> None:
    """A button that takes the runs before this one off the chart, if there are any."""
    if run.earlier:
        help = "The last three runs stay on the chart. Take the settings of one again, and it is where it was left."
        st.button("Clear earlier runs", key="clear-runs", on_click=_clear, args=(run,), help=help)


def _clear(run: Lab) -> None:
    run.earlier = ()
