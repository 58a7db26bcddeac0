"""The Activation page: a map before and after a function, and what two filters are without one between them."""
import inspect
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd
import streamlit as st

from core import arithmetic, experiments, kernels, ops
from core.numerals import shown as written
from core.ops import ACTIVATIONS, SLOPES, Window
from pages.shared import cached, calculation, link, predict, tables, unit, words
from pages.shared.calculation import Shown
from pages.shared.scenes import Telling
from pages.shared.shell import Hand

PICTURE = "picture"
OWN = "the layer's own"
LARGEST_SIDE = 112  # of the picture that is filtered, in pixels
FLAT = 0.01  # a smooth function with less slope lets hardly any change through
SAME = 1e-9  # what differs by less differs by rounding
KINKED = ("none", "ReLU", "leaky ReLU", "ReLU6")  # functions made of straight pieces


def choose_source() -> str:
    """A layer of the network, or the picture through a filter."""
    titles = {unit.LAYER: "A layer", PICTURE: "Your picture, filtered"}
    return link.choose(
        st.pills,
        "Look at",
        list(titles),
        key="act_on",
        begin=unit.LAYER,
        forgets=("cell", "map"),
        required=True,
        format_func=titles.get,
        label_visibility="collapsed",
        help="A layer of the network in hand, or the picture in hand through a filter made by people.",
    )


def code_of(name: str) -> list[Callable]:
    """A function and its slope, as far as they are written in Python (np.tanh is not)."""
    return [function for function in (ACTIVATIONS[name], SLOPES[name]) if inspect.isfunction(function)]


def _choose_function(begin: str, key: str, disabled: bool = False) -> str:
    own = [begin] if begin == OWN else []
    help = "An addition has two inputs, and a function takes one." if disabled else "What every number goes through."
    more = dict(required=True, disabled=disabled, help=help, wrap=True)
    return link.choose(st.pills, "Function", [*own, *ACTIVATIONS], key=key, begin=begin, **more)


# ---- what goes through --------------------------------------------------------------------------


def layer(hand: Hand) -> Shown:
    """A map of a layer of the network in hand, through the layer's own function or through another one."""
    drawing = st.container(key="drawing")
    with st.container(horizontal=True, vertical_alignment="bottom", key="controls"):
        chosen = unit.choose(hand, "activation")
        adds = cached.layers(hand.chosen.network)[chosen.step].kind == "add"
        name = _choose_function(OWN, "act_instead", disabled=adds)
    with drawing:
        if name == OWN or adds:
            place = hand.photo, hand.chosen, chosen.step, chosen.map
            return calculation.opened(hand, chosen, partial(cached.closeup, *place))
        return calculation.opened(hand, chosen, partial(_through, hand, chosen, name), name)


def _before(hand: Hand, step: str) -> tuple[str, np.ndarray]:
    """The step that feeds this one, and all its maps; what comes from nowhere feeds itself."""
    source = (*cached.layers(hand.chosen.network)[step].sources, step)[0]
    return source, cached.layer(hand.photo, hand.chosen, source).output


def _through(hand: Hand, chosen: unit.Unit, name: str, cell: unit.Cell) -> cached.Closeup:
    """What the layer gets, through another function than its own."""
    source, maps = _before(hand, chosen.step)
    whole = replace(arithmetic.activation(maps, chosen.map, name), step=chosen.step, feeders=(source,))
    vector = ACTIVATIONS[name](maps.ravel()) if maps[0].size == 1 else None
    return cached.Closeup(arithmetic.part(whole, *cell, most=cached.CURVED), whole.output, vector)


def picture(hand: Hand) -> Shown | None:
    """The picture in hand through a filter, and what comes out through a function; None if it is too small."""
    drawing = st.container(key="drawing")
    with st.container(horizontal=True, vertical_alignment="bottom", key="controls"):
        kernel = _choose_kernel("Filter", "act_kernel", "outline")
        name = _choose_function("ReLU", "act_function")
    filter = kernels.PRESETS[kernel]
    try:
        maps = ops.conv2d(_grey(hand), filter[None, None], Window(len(filter)))
    except ValueError as error:
        drawing.error(f"This does not work: {error}. Choose a smaller filter, or a larger picture.")
        return None
    of = arithmetic.activation(maps, 0, name)
    sides = words.times(of.output.shape)
    titles = f"Input: your picture, {kernel}", calculation.middle(of), f"Output: {sides}", "This number"
    telling = Telling(titles, had="The engine has", names=[kernel], input_words="this map")
    with drawing:
        key = f"{hand.photo.digest}/{PICTURE}/{kernel}/{name}"
        return calculation.draw(of, unit.cell(of.output.shape), telling, key)


def _grey(hand: Hand) -> np.ndarray:
    return calculation.grey(hand, LARGEST_SIDE) / 255


def _choose_kernel(label: str, key: str, begin: str) -> str:
    help = "Numbers that people have designed; the Convolution page shows each at work."
    return link.choose(st.selectbox, label, list(kernels.PRESETS), key=key, begin=begin, width=165, help=help)


# ---- what it comes to ---------------------------------------------------------------------------


def tell(hand: Hand, shown: Shown) -> None:
    """The question, what has become of the numbers, and what there would be without the function."""
    with shown.card:
        predict.ask({predict.NUMBER: predict.about_number(shown.of, shown.cell, shown.about, shown.facts)})
    st.markdown(_in_numbers(hand, shown))
    tables.terms(shown.of.at(*shown.cell), hidden=predict.is_open(shown.about))
    _without(hand, shown)


def _in_numbers(hand: Hand, shown: Shown) -> str:
    """Zeros, flat places and ranges, in today's numbers."""
    of, where = shown.of, "part of the map" if shown.of.whole else "map"
    if of.rule != "curve":
        return f"{_rule(shown)}  \n**Range** {_range(*of.inputs)} before, {_range(of.output)} after, in this {where}"
    before, after = of.inputs[0], of.output
    if before.size == 1 and shown.facts:  # a layer of single numbers
        before, where = _before(hand, of.step)[1], "layer"
        after = ACTIVATIONS[of.curve](before)
    zeros, then = (words.percent(np.mean(values == 0)) for values in (before, after))
    if of.curve == "none":
        start = f"**Nothing is done** to the {before.size:,} numbers of this {where}"
        return f"{start}  \n**Range** {_range(before)} · **Zeros** {zeros}, before and after"
    return (
        f"**Zeros** {zeros} of the {before.size:,} numbers of this {where} before, **{then}** after · **Range** "
        f"{_range(before)} before, **{_range(after)}** after  \n{_flat(of.curve, before.astype(float))}"
    )


def _flat(name: str, before: np.ndarray) -> str:
    """How many numbers lie where the function is flat, and what that means."""
    slopes, kinked = np.abs(SLOPES[name](before)), name in KINKED
    flat = np.count_nonzero(slopes == 0 if kinked else slopes < FLAT)
    word = "Clipped (slope 0)" if kinked else f"Nearly flat (slope below {FLAT})"
    through = "nothing" if kinked else "hardly anything"
    share = f"**{word}** **{flat:,}** of {before.size:,}"
    if not flat:
        return share
    end = f"where the input changes a little there, {through} changes behind it"
    return f"{share}, {words.percent(flat / before.size)}: {end}"


def _rule(shown: Shown) -> str:
    """What a layer does to each number that is no activation function, but opens here, too."""
    of = shown.of
    if of.kind != "BatchNorm2d":
        return f"**Add** {' + '.join(map(words.full_name, of.feeders))}, cell by cell"
    slope, constant = written(of.weights.item()), written(abs(of.bias))
    sign = "−" if of.bias < 0 else "+"
    return (
        f"**Batch norm** {slope} × x {sign} {constant} for every x of this map: so training has set it, by the map's "
        "mean and spread and two learned numbers"
    )


def _range(*maps: np.ndarray) -> str:
    return " and ".join(f"{written(float(one.min()))} to {written(float(one.max()))}" for one in maps)


def _without(hand: Hand, shown: Shown) -> None:
    """Two filters with nothing between them, for the place of the cell at hand."""
    with st.container(border=True, key="without"):
        st.markdown("**Without it, two filters are no more than one**")
        with st.container(horizontal=True, key="without-filters"):
            first = _choose_kernel("First", "act_first", "Laplacian")
            second = _choose_kernel("Then", "act_second", "box blur")
        image = _grey(hand)[0]
        try:
            reach = Window(len(kernels.PRESETS[first]) + len(kernels.PRESETS[second]) - 1)
            row, column = (
                int((at + 0.5) / side * reach.out(length))
                for at, side, length in zip(shown.cell, shown.of.extent, image.shape, strict=True)
            )
            found = experiments.without_activation(image, kernels.PRESETS[first], kernels.PRESETS[second], row, column)
        except ValueError as error:
            st.info(f"This picture is too small for that: {error}.")
            return
        says, numbers = st.columns(2)
        says.markdown(_collapsed(found, first, second, (row, column)) + _everywhere(image, first, second))
        table, narrow = pd.DataFrame(found.kernel), st.column_config.NumberColumn(width=58)
        columns = dict.fromkeys(table.columns, narrow)
        numbers.dataframe(table.style.format("{:.3g}"), column_config=columns, hide_index=True, key="collapsed")


def _collapsed(found: experiments.Collapse, first: str, second: str, cell: unit.Cell) -> str:
    two, one, between = map(written, (found.two_steps, found.one_step, found.with_relu))
    size = words.times(found.kernel.shape)
    same = f"**{between}**, too, as nothing below 0 came between here" if between == two else f"**{between}**"
    row, column = (at + len(found.kernel) // 2 for at in cell)
    return (
        f"Around row {row}, column {column} of your picture in grey (from 0 to 1), **{first}** and then **{second}** "
        f"give **{two}**.\n\nThe one filter of {size} in the table gives **{one}** in a single step. It is made of the "
        f"numbers of both, and does the work of both at every place.\n\nWith ReLU between the two it is {same}. "
    )


def _everywhere(image: np.ndarray, first: str, second: str) -> str:
    """At how many places ReLU between the two filters makes another number."""
    kernel, then = kernels.PRESETS[first][None, None], kernels.PRESETS[second][None, None]
    between = ops.conv2d(image[None], kernel, Window(kernel.shape[-1]))
    plain, bent = (ops.conv2d(maps, then, Window(then.shape[-1])) for maps in (between, ACTIVATIONS["ReLU"](between)))
    share = np.mean(np.abs(plain - bent) > SAME)
    if not share:
        return "Nothing below 0 comes out of the first filter anywhere, so ReLU changes nothing. Take another one."
    return (
        f"It makes another number at {words.percent(share)} of all places, and no single filter can do that: only with "
        "a bend in between do two layers say more than one."
    )
