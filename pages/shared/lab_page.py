"""The Training lab: controls, the run they describe, and the part of the page that is drawn again while it trains."""
import re
from dataclasses import dataclass, replace

import streamlit as st

from core import drawing
from core.run_config import Config, layers_of
from core.toy_data import SOURCES, Data
from pages.shared import (
    cached,
    components,
    lab,
    lab_choices,
    lab_curves,
    lab_player,
    lab_quiz,
    lab_trouble,
    lab_views,
    link,
    tables,
    words,
)
from pages.shared.lab import Lab
from pages.shared.lab_views import Choices


@dataclass(frozen=True)
class Shown:
    """What the page is about: a run, its data, and the step where it will pause."""

    run: Lab | None
    data: Data | None
    until: int = 0


def choose() -> Shown:
    """The controls in two places: above all to play, on the right to build."""
    page = lab_player.frame(lab_choices.preset, lab_choices.PLACE)
    with page.right:
        above = st.container(key="layers-of-run")
        built = lab_choices.build(page.preset.config, page.seed)
        with above:
            problem = built.problem or _table(built.config)
    with page.left:
        if problem:
            _impossible(problem, built.config)
            return Shown(None, None)
        run = lab_player.follow(built.config, "run")
        with page.buttons:
            lab_player.buttons(run, page.until, page.pace)
        lab_player.tell(page, run, _changed(built.config, page.preset.config))
        shown = Shown(run, cached.toy(built.config.data), page.until)
        lab_player.live(_live, run, shown)
    cached.service()  # all is drawn: its processes warm up while the visitor looks around
    return shown


def _changed(config: Config, preset: Config) -> str:
    """How a run differs from the preset's, in words; "" as long as its lesson holds. Another seed teaches the same."""
    begun = replace(preset, seed=config.seed)
    return lab_curves.changes(lab_curves.settings(begun), lab_curves.settings(config))


def _impossible(problem: str, config: Config | None) -> None:
    """Why this can't be built, and a way out."""
    small = re.match(r"pooling 2 × 2 of block (\d) does not fit a map of [^:]*", problem)
    fixed = config is not None and "size" not in SOURCES[config.data.name].settings  # no larger pictures can be taken
    with st.container(key="impossible"):
        st.error(f"This can't be: {f'{small[0]}: take fewer blocks, or no pooling' if small and fixed else problem}.")
        if small:
            at = int(small[1])
            with st.container(horizontal=True, key="ways-out"):
                fewer = f"Take {at - 1} block{'s' * (at > 2)}"
                st.button(fewer, key="fewer-blocks", on_click=link.go, kwargs=dict(modules=at - 1))
                late = range(at, len(config.architecture.blocks) + 1)
                more = {f"pooling{one}": "none" for one in late}
                st.button(f"No pooling from block {at} on", key="no-pooling", on_click=link.go, kwargs=more)


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
    tables.shapes(layers, hidden)
    return ""


# ---- the live part ----------------------------------------------------------------------------


def _live(shown: Shown) -> None:
    """Drawn again twice a second while it trains; the whole page follows when it rests."""
    run, data = shown.run, shown.data
    lab_player.keep_up(run)
    _status(run, data)
    lab_trouble.tell(run, lab_player.move)
    with st.container(horizontal=True, vertical_alignment="center", key="view-row"):
        known = lab_views.views(data, run.state.config.data.name)
        view = link.choose(
            st.segmented_control, "View", known, key="view", begin=known[0], required=True, label_visibility="collapsed"
        )
        lab_player.clear_runs(run)
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


def _hear(run: Lab, event: str, sent: dict) -> None:
    if event == "go":
        lab_player.move(run, int(sent["step"]))
    elif event == "see":
        link.go(example=int(sent["index"]))
    elif event == "cell":
        link.go(cell=f"{int(sent['row'])},{int(sent['column'])}")
    else:
        st.session_state["strokes"] = drawing.read(sent["strokes"])


def _status(run: Lab, data: Data) -> None:
    score, told = lab.look(run, data).evaluation, lab_player.place(run)
    told.append(f"test accuracy **{words.percent(score.test.accuracy)}**")
    told.append(f"training {words.percent(score.train.accuracy)}")
    told.append(f"loss {words.number(score.test.loss)} and {words.number(score.train.loss)}")
    gap = score.train.accuracy - score.test.accuracy
    if gap > 0.1 and score.train.accuracy > 0.9:
        told.append(f"it knows its {len(data.labels):,} training examples by heart, not the rule")
    st.markdown(" · ".join(told))
    lab_player.failure(run)
