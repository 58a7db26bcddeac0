"""The Dense and softmax page: from the last maps to one number for each class, and the shares of all of them."""
from dataclasses import replace
from functools import partial

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core import contributions, examples, questions
from core.numerals import shown
from core.quiz import Question
from pages.shared import cached, components, link, predict, softmax_page, unit, words
from pages.shared.contributions_page import Dense
from pages.shared.logits import Logits, Share, extent, likely, listed
from pages.shared.predict import Kind
from pages.shared.scenes import Telling, Vector, scene
from pages.shared.shell import Hand

DIGIT = "digit"
SUM, PROBABILITY = "the sum", "the probability"  # what may be asked


def choose_source() -> str:
    """The network in hand, or ten logits to check by hand."""
    titles = {unit.LAYER: "The network in hand", DIGIT: "A digit by hand"}
    return link.choose(
        st.pills,
        "Look at",
        list(titles),
        key="dense_on",
        begin=unit.LAYER,
        forgets=("layer", "map", "cell"),
        required=True,
        format_func=titles.get,
        label_visibility="collapsed",
        help="A fully connected layer of the network in hand, or a small example of softmax to check by hand.",
    )


# ---- the layer --------------------------------------------------------------------------------


def network(hand: Hand) -> tuple[Dense, Logits, DeltaGenerator]:
    """A unit of a layer of the network in hand, drawn, with its controls below; the logits; a place for a question."""
    layers = cached.layers(hand.chosen.network)
    last = list(layers)[-1]
    best = cached.look(hand.photo, hand.chosen, None).best[0].index
    drawing, card = st.container(key="drawing"), st.container()
    with st.container(horizontal=True, vertical_alignment="bottom", key="controls"):
        chosen = unit.choose(hand, "dense", begin=last, first=best)
    closeup = partial(cached.closeup, hand.photo, hand.chosen)
    at, name = best, f"unit {chosen.map}"
    if chosen.step == last:
        at, name = chosen.map, hand.network.labels[chosen.map]
    logits = closeup(last, at, (0, 0)).vector.astype(float)
    found, came = closeup(chosen.step, chosen.map, (0, 0)), contributions.origin(layers, chosen.step)
    of, facts, key = found.part, layers[chosen.step], f"{hand.photo.digest}/{hand.chosen}"
    if facts.kind == "Linear":
        of = contributions.unflattened(of, came.feeder, came.shape)
    dense = Dense(of, found.vector, facts, came, name, f"{key}/{chosen.step}/{chosen.map}")
    with drawing:
        _draw(hand, dense, last)
    return dense, Logits(logits, hand.network.labels, at, key, last), card


def _draw(hand: Hand, dense: Dense, last: str) -> None:
    """The inputs as the maps they were, the weights of the unit, and all units to choose from."""
    of, is_last = dense.of, dense.facts.name == last
    count, labels = len(dense.vector), hand.network.labels
    names = list(labels) if is_last else [f"unit {at}" for at in range(count)]
    order = listed(dense.vector, of.channel) if is_last else list(range(count))
    single = of.inputs[0].size == 1
    telling = Telling(
        _titles(dense, is_last, extent(order, count)),
        unit="input" if single else "map",
        input_words="these numbers" if single else "these maps",
        output_words="the logits" if is_last else "this layer",
        asked=(0, 0) if hides_sum(dense) else None,
        unit_name=dense.name,
    )
    vector, shows = Vector(dense.vector, names, order), f"{dense.about}/{telling.asked}"
    components.calculation(scene(of, (0, 0), telling, dense.about, shows, vector=vector), "calculation", _hear)


def _titles(dense: Dense, is_last: bool, which: str) -> tuple[str, str, str, str]:
    """What stands above input, weights, output and number."""
    of, feeder = dense.of, words.full_name(dense.origin.feeder)
    shape = words.times(of.inputs.shape if of.inputs[0].size > 1 else of.inputs.shape[:1])
    inputs, middle = f"In: {shape} numbers of {feeder}", f"Weights of {dense.name}: {shape}"
    if dense.origin.averaged:
        inputs = f"In: the means of {shape} maps"
    if dense.facts.kind == "Flatten":
        inputs, middle = f"In: map {of.channels[0]} of {feeder}", "Weight: 1, it is only moved"
    output = f"{'Logits' if is_last else 'Out'}: {which}"
    return inputs, middle, output, f"The {'logit' if is_last else 'number'} of {dense.name}"


def _hear(event: str, sent: dict) -> None:
    if event == "unit":
        link.go(map=int(sent["channel"]))


def digit() -> Logits:
    """Ten logits whose exp are round numbers."""
    values = examples.DIGIT_LOGITS
    at = link.index("map", len(values), int(values.argmax()))
    return Logits(values, examples.DIGIT_LABELS, at, DIGIT, expected=examples.DIGIT_SHARES)


def _about(logits: Logits, dense: Dense | None) -> str:
    """What is shared out here; the example in its own numbers."""
    if dense:
        return (
            f"The last layer, {words.full_name(logits.layer)}, gives {len(logits.values):,} logits: numbers of any "
            "size. Softmax turns them into shares of 100 %."
        )
    powers = np.exp(logits.values - logits.values.max())
    large = [f"{shown(powers[at].item())} for the {logits.labels[at]}" for at in np.argsort(-powers, kind="stable")[:4]]
    return (
        f"A network has seen a digit and given these {len(powers)} logits z. Then exp(z − largest z) is "
        f"{', '.join(large)} and next to nothing for the others, {shown(powers.sum().item())} in all. Each class gets "
        "its share of that."
    )


def shares(logits: Logits, dense: Dense | None, card: DeltaGenerator | None) -> Share:
    """The softmax of the logits, drawn, with its controls below; `card`: where the question goes, or else here."""
    if dense:  # else it is all there is
        st.subheader("From logits to probabilities", anchor=False)
    st.markdown(_about(logits, dense))
    drawing, here = st.container(key="softmax-drawing"), st.container()
    with st.container(horizontal=True, vertical_alignment="bottom", key="softmax-controls"):
        share = softmax_page.choose(logits)
    with card or here:
        predict.ask(_kinds(dense, share))
    if dense and hides_sum(dense):
        drawing.info("Hidden until you have answered the question above: the logits would give the sum away.")
        softmax_page.table(share, hidden=True)
        return share
    asked = _chosen(dense) == PROBABILITY and predict.is_open(share.about)
    with drawing:
        softmax_page.draw(share, asked)
    softmax_page.tell(share, asked)
    return share


# ---- the question -----------------------------------------------------------------------------


def _chosen(dense: Dense | None) -> str:
    """What is asked; what is only moved is no question."""
    return predict.chosen([SUM, PROBABILITY] if dense and dense.facts.kind == "Linear" else [PROBABILITY])


def hides_sum(dense: Dense) -> bool:
    """Is the question about the sum chosen, and still open?"""
    return _chosen(dense) == SUM and predict.is_open(dense.about)


def _kinds(dense: Dense | None, share: Share) -> dict[str, Kind]:
    """About the sum of a unit, and about the share of a class."""
    logits, name = share.logits, words.plain(share.logits.labels[share.logits.at])

    def about_share() -> Question:
        question = questions.about_output(share.explanation)
        return replace(question, text=f"Class **{name}**: {question.text}")

    kinds = {PROBABILITY: Kind(share.about, about_share, logits.key, logits.at, partial(likely, share), logits.go)}
    if dense is None or dense.facts.kind != "Linear":
        return kinds
    places, go = range(len(dense.vector)), lambda at: link.go(map=at)
    if dense.facts.name == logits.layer:
        places, go = logits.listed, logits.go

    def about_sum() -> Question:
        return questions.about_output(dense.of.at(0, 0))

    return {SUM: Kind(dense.about, about_sum, dense.facts.name, dense.of.channel, lambda: places, go)} | kinds
