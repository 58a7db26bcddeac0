"""Train one: controls, the run they describe, and the part of the page that is drawn again while it trains."""
from dataclasses import dataclass

import streamlit as st

from core import drawing
from core.checkup import Evaluation
from core.squeeze_config import PENALISED, Config
from core.squeeze_data import Tiles, shape
from core.squeeze_layers import layers_of
from core.toy_data import Data
from pages.shared import (
    cached_codes,
    components,
    lab,
    lab_player,
    lab_trouble,
    link,
    tables,
    train_one_choices,
    train_one_quiz,
    train_one_views,
    words,
)
from pages.shared.lab import Lab
from pages.shared.photos import Photo
from pages.shared.shell import Hand

RUN = "squeeze-run"  # in the session


@dataclass(frozen=True)
class Shown:
    """What the page is about: a run, its pictures, the photo in hand, and the step where it will pause."""

    run: Lab | None
    data: Data | None
    photo: Photo
    until: int = 0


def choose(hand: Hand) -> Shown:
    """The controls in two places: above all to play, on the right to build."""
    page = lab_player.frame(train_one_choices.preset, train_one_choices.PLACE)
    with page.right:
        above = st.container(key="layers-of-run")
        built = train_one_choices.build(page.preset, page.seed, hand.photo)
        with above:
            problem = built.problem or _table(built.config)
    with page.left:
        if problem:
            _impossible(problem)
            return Shown(None, None, hand.photo)
        run = lab_player.follow(built.config, RUN)
        with page.buttons:
            lab_player.buttons(run, page.until, page.pace)
        lab_player.tell(page, run, train_one_choices.changed(page.preset, built.config))
        shown = Shown(run, built.data, hand.photo, page.until)
        lab_player.live(_live, run, shown)
    return shown


def _impossible(problem: str) -> None:
    """Why this can't be built, and a way out."""
    with st.container(key="impossible"):
        st.error(f"This can't be: {problem}.")
        back = dict.fromkeys((name for name in train_one_choices.NETWORK if name in st.query_params), link.UNSET)
        st.button("Take what suits this kind", key="suits", on_click=link.go, kwargs=back)


def _table(config: Config) -> str:
    """Every layer with what it gives and learns; or the sentence that says why there can't be so many."""
    try:
        layers = layers_of(config)
    except ValueError as error:
        return str(error)
    total, hidden = sum(layer.parameters for layer in layers), train_one_quiz.hidden(config)
    entered = shape(config.data)
    pixels = entered[0] * entered[1] * entered[2]
    said = f"{pixels} → **{config.code}** → {pixels} numbers, **{'?' if hidden else f'{total:,}'} parameters**"
    st.markdown(f"{said}  \n{config.optimiser}, rate {config.rate:g}, batches of {config.batch}")
    tables.shapes(layers, hidden)
    return ""


# ---- the live part ----------------------------------------------------------------------------


def _live(shown: Shown) -> None:
    """Drawn again twice a second while it trains; the whole page follows when it rests."""
    run, data = shown.run, shown.data
    lab_player.keep_up(run)
    _status(shown)
    lab_trouble.tell(run, lab_player.move)
    with st.container(horizontal=True, vertical_alignment="center", key="view-row"):
        known = train_one_views.views(run.state.config.data)
        view = link.choose(
            st.segmented_control, "View", known, key="view", begin=known[0], required=True, label_visibility="collapsed"
        )
        lab_player.clear_runs(run)
    most = run.goal if run.busy else max(shown.until, run.state.step)
    hand, strokes = cached_codes.small_digit(shown.photo), st.session_state.get("strokes", ())
    sent = train_one_views.message(run, data, view, most, hand, strokes)
    components.squeeze(sent, lambda event, sent: _hear(run, event, sent))


def _hear(run: Lab, event: str, sent: dict) -> None:
    if event == "go":
        lab_player.move(run, int(sent["step"]))
    else:
        st.session_state["strokes"] = drawing.read(sent["strokes"])


def _status(shown: Shown) -> None:
    run = shown.run
    config, found = run.state.config, lab.look(run, shown.data).evaluation
    told = lab_player.place(run)
    told.append(f"test MSE **{words.number(found.test.squared_error)}**{_beside_pca(shown, config)}")
    told.append(f"training {words.number(found.train.squared_error)}")
    if config.loss != "MSE" or config.penalty:
        told.append(_loss(config, found))
    st.markdown(" · ".join(told))
    lab_player.failure(run)


def _beside_pca(shown: Shown, config: Config) -> str:
    """What the best straight way through as many numbers leaves."""
    data, pixels = config.data, shown.data.inputs[0].size
    if config.code >= min(pixels, len(shown.data.inputs)):
        return ""
    if isinstance(data, Tiles):
        error = cached_codes.pca_on_tiles(shown.photo, data.side, data.colour, config.code, config.noise, config.seed)
    else:
        error = cached_codes.pca_on_digits(data, config.code, config.noise, config.seed)
    better = lab.look(shown.run, shown.data).evaluation.test.squared_error > error
    return f" (PCA with {config.code} number{'s' * (config.code > 1)}{' still better' * better}: {words.number(error)})"


def _loss(config: Config, found: Evaluation) -> str:
    """The loss on test pictures as a sum in today's numbers."""
    score = found.test
    if not config.penalty:
        return f"test loss {words.number(score.loss)}"
    error = score.loss - config.penalty * score.penalty
    return (
        f"test loss **{words.number(score.loss)}** = {config.loss} {words.number(error)} + {config.penalty:g} × "
        f"{PENALISED[config.kind]} {words.number(score.penalty)}"
    )
