"""Takes one map apart on a page: the drawing, and what the visitor does to it."""
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from math import prod

import numpy as np
import streamlit as st
from PIL import Image
from streamlit.delta_generator import DeltaGenerator

from core import anatomy, kernels
from core.arithmetic import Arithmetic
from pages.shared import cached, components, link, predict, unit, words
from pages.shared.scenes import Overview, Telling, Vector, scene
from pages.shared.shell import Hand


@dataclass(frozen=True)
class Shown:
    """What is taken apart, the cell at hand, and the name under which a question about it is remembered."""

    of: Arithmetic
    cell: unit.Cell
    about: str
    card: DeltaGenerator  # below the drawing, for a question
    facts: anatomy.Layer | None = None  # of the layer that it is a map of
    filters: int = 1  # on a picture


def draw(
    of: Arithmetic, cell: unit.Cell, telling: Telling, key: str,
    overview: Overview | None = None, vector: Vector | None = None, bank: tuple[np.ndarray, np.ndarray] | None = None,
    numbers: str = "",
) -> Shown:  # fmt: skip
    """The calculation of a map; `key` says which map of what, `cell` which of its numbers is at hand."""
    about = f"{key}/{cell}/{numbers}"
    asked = cell if predict.is_open(about) else None
    begin = unit.begun(key, cell)
    own = telling.editable and any(one.startswith(f"{of.channel}:") for one in link.parts("own"))
    telling = replace(telling, asked=asked, own=own, again=st.session_state["again"])
    data = scene(of, begin, telling, key, f"{key}/{begin}/{asked}", overview, vector, bank)
    components.calculation(data, "calculation", partial(_hear, of.channel, overview))
    return Shown(of, cell, about, st.container())


def _hear(channel: int, overview: Overview | None, event: str, sent: dict) -> None:
    if event == "choose":
        unit.chose((int(sent["row"]), int(sent["column"])))
    elif event == "unit":
        link.go(map=int(sent["channel"]))
    elif event == "kernel":
        own = [one for one in link.parts("own") if not one.startswith(f"{channel}:")]
        if not sent.get("reset"):  # back to the preset: nothing of this filter stays in the link
            own.append(f"{channel}:{kernels.as_text(np.array([sent['bias'], *sent['weights']]))}")
        link.go(own="|".join(own)) if own else link.forget("own")
    elif event == "frame" and overview and overview.values is None:
        link.go(spot=f"{sent['x']:.4f},{sent['y']:.4f}")
    elif event == "frame" and overview:
        (rows, columns), y, x = overview.size, sent["y"], sent["x"]
        unit.go_to_cell((min(int(y * rows), rows - 1), min(int(x * columns), columns - 1)))


def layer(hand: Hand, page: str) -> Shown:
    """Any map of any layer of the network in hand that the page takes apart; its controls stand below."""
    drawing = st.container(key="drawing")
    with st.container(horizontal=True, vertical_alignment="bottom", key="controls"):
        chosen = unit.choose(hand, page)
    with drawing:
        return opened(hand, chosen, partial(cached.closeup, hand.photo, hand.chosen, chosen.step, chosen.map))


def opened(
    hand: Hand, chosen: unit.Unit, closeup: Callable[[unit.Cell], cached.Closeup], through: str = ""
) -> Shown:  # fmt: skip
    """The chosen map around a cell; `through`: a function that visitors have put in the place of the network's own."""
    key = f"{hand.photo.digest}/{hand.chosen}/{chosen.step}/{chosen.map}{through and f'/{through}'}"
    found, facts = closeup(unit.begun(key, chosen.cell)), cached.layers(hand.chosen.network)
    telling = told_of(found.part, facts, facts[chosen.step])
    if through:
        telling = replace(telling, had="The engine has")
    if not facts[chosen.step].sources:
        mean, std = (of[chosen.map] for of in (hand.network.preprocessing.mean, hand.network.preprocessing.std))
        telling = replace(telling, last=f"It is the pixel, 0 to 255, as (x − {mean:g}) / {std:g}.")
    overview, vector = unit.frame(hand.photo.digest, found), _vector(hand, found)
    return replace(draw(found.part, chosen.cell, telling, key, overview, vector), facts=facts[chosen.step])


def grey(hand: Hand, most: int) -> np.ndarray:
    """The picture in hand in grey, (1, H, W) from 0 to 255, with at most so many pixels a side."""
    small = hand.photo.picture.copy()
    small.thumbnail((most, most), Image.Resampling.LANCZOS)
    return np.asarray(small.convert("L"))[None]


def told_of(of: Arithmetic, layers: dict[str, anatomy.Layer], facts: anatomy.Layer) -> Telling:
    """What stands above input, window and output."""
    sources = " and ".join(words.full_name(source) for source in facts.sources) or "the picture"
    before = layers[facts.sources[0]].shape[0] if facts.sources else len(of.inputs)
    single = of.inputs[0].size == 1
    what = "numbers" if single else "maps"
    one = f"{'unit' if single else 'map'} {of.channels[0]}"
    heard = f"all {before:,} {what} of" if len(of.inputs) == before > 1 else f"{one} of"
    output = "unit" if of.output.size == 1 and of.whole is None else "map"
    shown, all_cells = words.times(of.output.shape), words.times(facts.shape[1:])
    sides = "" if output == "unit" else f", {shown}{'' if shown == all_cells else f' of {all_cells}'}"
    return Telling(
        (f"Input: {heard} {sources}", middle(of, facts.kind), f"Output: {output} {of.channel}{sides}", "This number"),
        unit="input" if single else "channel",
        input_words=f"these {what}" if len(of.inputs) > 1 else f"this {what[:-1]}",
        output_words="this layer" if output == "unit" else "this map",
        unit_name=f"Unit {of.channel}",
    )


def middle(of: Arithmetic, kind: str = "") -> str:
    """What stands above window or function."""
    window = words.times(of.size)
    if of.rule == "curve":
        return "No function: y = x" if of.curve == "none" else f"{of.curve} and its slope"
    if of.rule == "max":
        return f"Window: {window}"
    if kind == "add":
        return "Each counts once"
    if kind == "BatchNorm2d":
        return "Slope, the same for all cells"
    if kind in ("Unflatten", "Upsample"):
        return "One cell, copied"
    if "Pool" in kind:
        return f"{window} weights of 1/{prod(of.size):,}"
    return f"{'Kernel' if kind == 'Conv2d' else 'Weights'}: {words.times((len(of.inputs), *of.size))}"


def _vector(hand: Hand, closeup: cached.Closeup) -> Vector | None:
    """All outputs of the layer, where each is one number: the best of the classes, or all units."""
    if closeup.vector is None:
        return None
    labels = hand.network.labels
    last = list(cached.layers(hand.chosen.network))[-1] == closeup.part.step
    names = list(labels) if last else [f"unit {at}" for at in range(len(closeup.vector))]
    best = sorted(range(len(names)), key=lambda at: -closeup.vector[at])
    shown = best if not last else sorted({*best[:12], closeup.part.channel}, key=best.index)
    return Vector(closeup.vector, names, shown if last and len(labels) > 12 else list(range(len(names))))
