"""What every input adds to a unit of a fully connected layer: in a sentence, drawn back on the maps, and as a table."""
import io
from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st
from PIL import Image

from core import contributions
from core.anatomy import Layer
from core.arithmetic import Arithmetic
from core.contributions import Contributions, Origin
from core.numerals import added, equals, read, shown, sum_of_shown
from pages.shared import cached, tables, words
from pages.shared.shell import Hand
from pages.shared.tell import fold

STRONGEST = 5  # of them in a sentence
SIDE = 168  # of a picture, in pixels of the page: two stand side by side on a phone
SIGNED = ("08488e", "3a87c8", "a6cbe6", "f4f4f2", "f6bf85", "e07b1a", "8f3d00")  # as in assets/components/shared.js


@dataclass(frozen=True)
class Dense:
    """One unit of a layer, the row of numbers that it hears, and what it is called."""

    of: Arithmetic
    vector: np.ndarray  # (K,) all outputs of the layer
    facts: Layer
    origin: Origin
    name: str
    about: str  # what a question about it is remembered by


def tell(hand: Hand, dense: Dense, asked: bool) -> None:
    """What speaks for the unit and what against it; `asked`: its number is not told yet."""
    if dense.facts.kind == "Flatten":
        st.markdown(_moved(dense))
        return
    facts, found = dense.facts, contributions.contributions(dense.of)
    st.subheader(f"What speaks for {words.plain(dense.name)}, and what against", anchor=False)
    st.markdown(_sum(dense, found, asked))
    cells, (strongest, least, rest) = _drawn_back(hand, dense), st.columns(3, gap="medium")
    count = len(found.products)
    strongest.markdown(_strongest(dense, found, "for", range(found.speak_for)))
    least.markdown(_strongest(dense, found, "against", range(count - 1, count - 1 - found.speak_against, -1)))
    with rest:
        if cells is None:
            st.markdown(_nowhere(hand, dense))
        else:
            _pictures(hand, dense, cells)
    st.markdown(
        f"{'' if cells is None else _where(dense, cells)}**Multiply-adds** "
        f"{facts.multiply_adds.formula} = **{facts.multiply_adds.value:,}** · **Parameters** "
        f"{facts.parameters.formula} = **{facts.parameters.value:,}**"
    )
    _table(dense, found)


def _moved(dense: Dense) -> str:
    """Flattening, in today's numbers."""
    (_, rows, columns), (channel,), (row, column) = dense.origin.shape, dense.of.channels, dense.of.start
    return (
        f"Nothing is computed here: the {words.times(dense.origin.shape)} numbers of "
        f"{words.full_name(dense.origin.feeder)} are laid out in one row of {len(dense.vector):,}. Number "
        f"{dense.of.channel} of the row is row {row}, column {column} of map {channel}: "
        f"{channel} × {rows} × {columns} + {row} × {columns} + {column} = {dense.of.channel}."
    )


# ---- in a sentence ----------------------------------------------------------------------------


def _sum(dense: Dense, found: Contributions, asked: bool) -> str:
    """How many speak for it and against it, and what they add up to."""
    count, name = len(found.products), words.plain(dense.name)
    silent = count - found.speak_for - found.speak_against
    terms = [found.total_for, found.total_against, found.bias]
    total = "= **?**" if asked else f"{equals(sum_of_shown(terms), found.result)} **{shown(found.result)}**"
    return (
        f"Of {count:,} numbers, **{found.speak_for:,}** speak for {name}, **{found.speak_against:,}** against it, and "
        f"{silent:,} add nothing.  \n**For + against + bias** {added(terms)} {total}"
    )


def _strongest(dense: Dense, found: Contributions, side: str, some: range) -> str:
    """The strongest on one side, each as value times weight."""
    head = f"| Strongest {side} | value × weight |"
    return "\n".join([head, "|:--|:--|", *(_term(dense, found, at) for at in some[:STRONGEST])])


def _term(dense: Dense, found: Contributions, at: int) -> str:
    value, weight, product = (float(numbers[at]) for numbers in (found.values, found.weights, found.products))
    channel, row, column = found.sources[at]
    place = f"{'map' if dense.origin.maps else 'unit'} {channel}"
    if dense.origin.maps == dense.origin.feeder:
        place += f" ({row}, {column})"
    sign = equals(read(shown(value)) * read(shown(weight)), product)
    return f"| {place} | {shown(value)} × {shown(weight)} {sign} **{shown(product)}** |"


# ---- on the maps ------------------------------------------------------------------------------


def _drawn_back(hand: Hand, dense: Dense) -> np.ndarray | None:
    """What each place of the maps adds, (H, W); None where the inputs have no place."""
    if dense.origin.averaged:
        maps = cached.layer(hand.photo, hand.chosen, dense.origin.maps).output
        return contributions.class_activation(maps, dense.of.weights.ravel())
    return contributions.on_maps(dense.of) if dense.origin.maps else None


def _where(dense: Dense, cells: np.ndarray) -> str:
    """How the map comes about, and where it is strongest."""
    row, column = np.unravel_index(cells.argmax(), cells.shape)
    count, sides = dense.origin.shape[0], words.times(cells.shape)
    how = f"The {count:,} contributions of each place (row and column stand in brackets) are added up"
    if dense.origin.averaged:
        how = f"Each of these numbers is the mean of one map of {sides}. Before the mean, each place has its own share"
    last = f"the strongest is row {row}, column {column} with **{shown(float(cells.max()))}**"
    if cells.max() <= 0:
        last = "here none of them speaks for it"
    return (
        f"**On the picture** {how}: {sides} cells, which together are the {shown(float(cells.sum()))} without the "
        f"bias; {last}.  \n"
    )


def _nowhere(hand: Hand, dense: Dense) -> str:
    """Why the inputs can't be drawn back on the picture."""
    layers, feeder = cached.layers(hand.chosen.network), dense.origin.feeder
    while layers[feeder].kind != "Linear":
        feeder = layers[feeder].sources[0]
    before = contributions.origin(layers, feeder).shape
    return (
        f"**On the picture** There is no map to draw: the {dense.origin.shape[0]:,} numbers that come in are units of "
        f"{words.full_name(feeder)}. Each of them has already added up {words.times(before)} cells from everywhere, so "
        "it has no place of its own. Choose that layer and one of its units to see what it listens to."
    )


def _pictures(hand: Hand, dense: Dense, cells: np.ndarray) -> None:
    """What the network got, the map beside it, and what its colours mean."""
    with Image.open(io.BytesIO(cached.look(hand.photo, hand.chosen, None).input)) as got:
        photo, pixels = _enlarged(got.convert("RGB")), words.times(got.size)
    low, high, most = (shown(float(edge)) for edge in (cells.min(), cells.max(), np.abs(cells).max()))
    row, column = np.unravel_index(cells.argmax(), cells.shape)
    sides = words.times(cells.shape)
    alt = f"What each of {sides} places adds, from {low} to {high}; the most in row {row}, column {column}."
    with st.container(horizontal=True, key="drawn-back"):
        st.image(photo, f"What it got: {pixels}", SIDE, alt=f"What the network got, {pixels} pixels.")
        st.image(_enlarged(_coloured(cells)), f"What each place adds: {sides}", SIDE, alt=alt)
    colours = ", ".join(f"#{colour}" for colour in SIGNED)
    bar = f"display: inline-block; width: 120px; height: 10px; background: linear-gradient(to right, {colours})"
    st.html(
        f'<div style="font-size: 0.85rem"><span style="{bar}; margin-right: 8px"></span>−{most} … 0 … {most} · lowest '
        f"{low}, highest {high}. Blue speaks against it, orange for it.</div>"
    )


def _coloured(values: np.ndarray) -> Image.Image:
    """(H, W) on the signed scale, zero neutral: a pixel for each."""
    most = float(np.abs(values).max()) or 1.0
    stops = np.array([list(bytes.fromhex(colour)) for colour in SIGNED])
    place = (values / most + 1) / 2 * (len(stops) - 1)
    channels = [np.interp(place, np.arange(len(stops)), stops[:, channel]) for channel in range(3)]
    return Image.fromarray(np.stack(channels, axis=-1).round().astype(np.uint8))


def _enlarged(picture: Image.Image) -> Image.Image:
    """Every pixel a square, for screens with two or three dots to a pixel."""
    scale = -(-3 * SIDE // max(picture.size))
    return picture.resize((picture.width * scale, picture.height * scale), Image.Resampling.NEAREST)


# ---- as a table -------------------------------------------------------------------------------


def _table(dense: Dense, found: Contributions) -> None:
    with fold(f"All {len(found.products):,} contributions in numbers", "fold-contributions") as is_open:
        if not is_open:
            return
        channel, row, column = found.sources.T
        places = {"unit": channel}
        if dense.origin.maps:
            places = {"map": channel} if dense.origin.averaged else {"map": channel, "row": row, "column": column}
        numbers = {"value": found.values, "weight": found.weights, "contribution": found.products}
        table = pd.DataFrame({"input": found.index, **places, **numbers, "share": found.shares})
        st.markdown("Value × weight = contribution; its share is that of all contributions, minus signs left aside.")
        share = st.column_config.NumberColumn("share", format="percent")
        st.dataframe(table, column_config={"share": share}, hide_index=True, height=300, key="contributions")
        tables.save(table, f"{dense.facts.name}-{dense.of.channel}-contributions", "save-contributions")
