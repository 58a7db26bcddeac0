"""The Training lab: controls, the run they describe, and the part of the page that is drawn again while it trains."""
import re
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from core import presets
from core.run_config import Config, layers_of
from core.toy_data import Data
from pages.shared import cached, components, lab, lab_choices, lab_quiz, lab_trouble, lab_views, link, words
from pages.shared.lab import MOST_STEPS, Lab
from pages.shared.lab_views import Choices

TICK = 0.5  # seconds from one look to the next while it trains
PATIENCE = 1.0  # seconds that a click may wait for its few steps
PACES = {"to watch": 50, "slowly": 5, "as fast as it can": MOST_STEPS}  # steps from one look to the next


@dataclass(frozen=True)
class Shown:
    """What the page is about: a run, its data, and whether it still is what the controls say."""

    run: Lab | None
    data: Data | None
    preset: presets.Preset
    until: int


def choose() -> Shown:
    """The controls in two places: above all to play, on the right to build."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="player"):
        chosen = lab_choices.preset()
        buttons = st.container(horizontal=True, vertical_alignment="bottom", key="play-buttons", width="content")
        help = "Other first weights, and another order of the examples."
        seed = link.count(
            "Seed", 0, 999, key="seed", begin=chosen.config.seed, forgets=lab_choices.PLACE, width=100, help=help
        )
        help = "Where it pauses by itself; Start then goes on for as many steps again."
        until = link.count("Pause at step", 10, MOST_STEPS, key="until", begin=chosen.steps, width=120, help=help)
        help = "The page looks twice a second; to watch, it is 50 steps from one look to the next, slowly 5."
        more = dict(key="pace", begin=next(iter(PACES)), width=170, help=help)
        pace = link.choose(st.selectbox, "Speed", list(PACES), **more)
    swift = f"at most {int(PACES[pace] / TICK):,} steps a second" if PACES[pace] < MOST_STEPS else pace
    st.markdown(f"*{chosen.lesson}* Start trains for {until:,} steps, {swift}.")
    left, right = st.columns([2.7, 1], gap="medium")
    with right:
        above = st.container(key="layers-of-run")
        built = lab_choices.build(chosen.config, seed)
        with above:
            problem = built.problem or _table(built.config)
    with left:
        if problem:
            _impossible(problem)
            return Shown(None, None, chosen, until)
        run = _follow(built.config)
        with buttons:
            _buttons(run, until, PACES[pace])
        data = cached.toy(built.config.data)
        shown = Shown(run, data, chosen, until)
        st.fragment(_live, run_every=TICK if run.busy else None)(shown)
    cached.service()  # all is drawn: its processes warm up while the visitor looks around
    return shown


def _impossible(problem: str) -> None:
    """Why this can't be built, and a way out."""
    with st.container(key="impossible"):
        st.error(f"This can't be: {problem}.")
        if "points" in problem:
            st.button("Remove the modules", key="no-modules", on_click=link.go, kwargs=dict(modules=0))


def _table(config: Config) -> str:
    """Every layer with what it gives and learns; or the sentence that says why they do not fit."""
    try:
        layers = layers_of(config)
    except ValueError as error:
        return str(error)
    total, hidden = sum(layer.parameters for layer in layers), lab_quiz.hidden(config)
    st.markdown(f"**{'?' if hidden else f'{total:,}'} parameters** in {len(layers)} layers")
    decay = f", weight decay {config.weight_decay:g}" if config.weight_decay else ""
    st.markdown(f"{config.optimiser}, rate {config.rate:g}, batches of {config.batch}, {config.loss}{decay}")
    table = pd.DataFrame(
        {
            "layer": [layer.name for layer in layers],
            "gives": [words.times(layer.shape) for layer in layers],
            "learns": ["?" if layer.name == hidden else f"{layer.parameters:,}" for layer in layers],
            "kind": [layer.kind for layer in layers],
        }
    )
    st.dataframe(table, hide_index=True, key="shapes", height=min(26 * len(table) + 38, 300), row_height=26)
    return ""


# ---- the run and its link ---------------------------------------------------------------------


def _follow(config: Config) -> Lab:
    """The run of this link, where the link says; the same link begins the same run."""
    run, at = st.session_state.get("run"), link.whole("at", 0, MOST_STEPS, 0)
    if run is None or run.state.config != config:
        if run and run.busy:
            lab.pause(run, cached.service())
        run = st.session_state["run"] = lab.begin(config, run)
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
        run.linked = run.state.step
        link.go(at=run.linked)


def _play(run: Lab, until: int, pace: int) -> None:
    goal = until if run.state.step < until else run.state.step + until
    lab.play(run, cached.service(), goal, pace)


def _pause(run: Lab) -> None:
    lab.pause(run, cached.service())
    _tell_link(run)


def _go(run: Lab, step: int) -> None:
    _travel(run, max(0, min(step, MOST_STEPS)))
    _tell_link(run)


def _move(run: Lab, step: int) -> None:
    """The same from within the live part: the rest of the page has to follow."""
    _go(run, step)
    st.session_state["moved"] = True


def _buttons(run: Lab, until: int, pace: int) -> None:
    step, more = run.state.step, dict(on_click=_go)
    if run.busy:
        first = dict(type="primary", width=110)
        st.button("Pause", icon=":material/pause:", key="pause", on_click=_pause, args=(run,), **first)
    else:
        over = run.state.stopped or step >= MOST_STEPS
        st.button(
            "Start" if not step else "Go on", icon=":material/play_arrow:", key="start", type="primary", width=110,
            on_click=_play, args=(run, until, pace), disabled=over,
        )  # fmt: skip
    st.button("◀ Step", key="back", help="One step back, to the bit.", args=(run, step - 1),
              disabled=run.busy or not step, **more)  # fmt: skip
    st.button("Step ▶", key="step", help="One step: one batch, one change of all weights.", args=(run, step + 1),
              disabled=run.busy or run.state.stopped or step >= MOST_STEPS, **more)  # fmt: skip
    st.button("Reset", icon=":material/restart_alt:", key="reset", help="The first weights again.", args=(run, 0),
              disabled=not (run.busy or step), **more)  # fmt: skip


# ---- the live part ----------------------------------------------------------------------------


def _live(shown: Shown) -> None:
    """Drawn again twice a second while it trains; the whole page follows when it rests.

    Only a look that finds the end itself asks for that: one that was on its way when the visitor pressed Pause still
    has the link from before, and the whole page would go back there.
    """
    run, data = shown.run, shown.data
    if run.busy and lab.hear(run, cached.service()):
        _tell_link(run)
        st.rerun()
    if st.session_state.pop("moved", False):
        st.rerun()
    _status(run, data)
    lab_trouble.tell(run, _move)
    with st.container(horizontal=True, vertical_alignment="center", key="view-row"):
        known = lab_views.views(data, run.state.config.data.name)
        view = link.choose(
            st.segmented_control, "View", known, key="view", begin=known[0], required=True, label_visibility="collapsed"
        )
        if run.earlier:
            help = "The last three runs stay on the chart, so that runs can be compared."
            st.button("Clear earlier runs", key="clear-runs", on_click=_clear, args=(run,), help=help)
        if "cell" in st.query_params and view == lab_views.MISTAKES and _cell(data):
            st.button("The worst mistakes", key="worst", on_click=link.go, kwargs=dict(cell=link.UNSET))
    choices = Choices(view, _example(data), _cell(data), st.session_state.get("strokes", ()))
    most = run.goal if run.busy else max(shown.until, run.state.step)
    components.lab(lab_views.message(run, data, choices, most), lambda event, sent: _hear(run, event, sent))


def _example(data: Data) -> int:
    return link.whole("example", 0, min(lab_views.EXAMPLES, len(data.test_labels)) - 1, 0)


def _cell(data: Data) -> tuple[int, int] | None:
    text, most = st.query_params.get("cell", ""), len(data.classes) - 1
    if not re.fullmatch("[0-9],[0-9]", text):
        return None
    row, column = (min(int(part), most) for part in text.split(","))
    return row, column


def _clear(run: Lab) -> None:
    run.earlier = ()


def _hear(run: Lab, event: str, sent: dict) -> None:
    if event == "go":
        _move(run, int(sent["step"]))
    elif event == "see":
        link.go(example=int(sent["index"]))
    elif event == "cell":
        link.go(cell=f"{int(sent['row'])},{int(sent['column'])}")
    else:
        strokes = [[(float(x), float(y)) for x, y in stroke] for stroke in sent["strokes"]]
        st.session_state["strokes"] = tuple(tuple(stroke) for stroke in strokes if stroke)


def _status(run: Lab, data: Data) -> None:
    score, step = lab.look(run, data).evaluation, run.state.step
    told = [f"Step **{step:,}**" + (f" of {run.goal:,}" if run.busy else "")]
    if run.busy and run.before:
        told.append(f"{run.before} student{'s' * (run.before > 1)} before you")
    if (left := run.seconds_to_go) is not None:
        told.append(f"{left:.0f} s to go" if left >= 1 else "nearly there")
    told.append(f"test accuracy **{words.percent(score.test.accuracy)}**")
    told.append(f"training {words.percent(score.train.accuracy)}")
    told.append(f"loss {words.number(score.test.loss)} and {words.number(score.train.loss)}")
    gap = score.train.accuracy - score.test.accuracy
    if gap > 0.1 and score.train.accuracy > 0.9:
        told.append(f"it knows its {len(data.labels):,} training examples by heart, not the rule")
    st.markdown(" · ".join(told))
    if run.failure:
        st.error(f"Training could not go on: {words.plain(run.failure)}. Press Go on to try again.")
