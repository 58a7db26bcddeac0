"""What pooling does to the change that a small shift of the picture makes: an experiment, as numbers."""
import math

import pandas as pd
import streamlit as st

from core import experiments
from core.arithmetic import Arithmetic
from core.experiments import Shift, change
from core.ops import Window
from pages.shared import cached, link, tables, words
from pages.shared.shell import Hand
from pages.shared.tell import fold

FARTHEST = 8  # that a picture is moved, in pixels
ALIKE = 0.01  # two changes that differ by less than this share of themselves are about the same


def tell(hand: Hand, of: Arithmetic, what: str, in_network: bool) -> None:
    """Moves the picture (for a layer of the network in hand), or moves `what` is pooled by itself."""
    st.session_state.setdefault("fold-shift", "pool_shift" in st.query_params)  # a link to it opens it
    with fold(f"Move the {what}: how much changes before and after pooling?", "fold-shift") as is_open:
        if not is_open:
            return
        label = f"Move the {what} to the right"
        by, help = "pixels" if what == "picture" else "cells", "The column at the left edge is repeated."
        wanted = link.slide(f"{label}, in {by}", 1, FARTHEST, 1, key="pool_shift", begin=1, width=400, help=help)
        shifts = cached.shifts(hand.photo, hand.chosen, of.step, FARTHEST) if in_network else _by_itself(of)
        if not shifts:
            st.info(f"A {what} that is one cell wide has nowhere to go.")
            return
        st.markdown(_in_words(shifts, wanted, by))
        rows = [(one.pixels, one.before_pooling, one.after_pooling) for one in shifts]
        table = pd.DataFrame(rows, columns=[by, "change before", "change after"])
        formats = {name: st.column_config.NumberColumn(format="percent") for name in table.columns[1:]}
        st.dataframe(table, column_config=formats, hide_index=True, key="shifts", width=380)
        tables.save(table, "shift", "save-shift")


def _by_itself(of: Arithmetic) -> list[Shift]:
    """One map when it moves itself, as far as it is wide; none if it is one cell wide."""
    one, most = of.inputs[0], min(FARTHEST, of.inputs.shape[2] - 1)
    if of.kind == "AdaptiveAvgPool2d" or most < 1:  # the mean of the whole map
        moved = [experiments.shifted(one, by) for by in range(1, most + 1)]
        return [Shift(by, change(one, map), change(one.mean(), map.mean())) for by, map in enumerate(moved, 1)]
    window = Window(of.size[0], of.stride[0], -of.start[0], of.dilation[0])
    return experiments.shift_map(one, window, most, "max" if of.rule == "max" else "average")


def _in_words(shifts: list[Shift], wanted: int, unit_name: str) -> str:
    """One shift, and an honest word on all of them."""
    at = min(wanted, len(shifts))
    before, after = shifts[at - 1].before_pooling, shifts[at - 1].after_pooling
    by = f"{at} {unit_name if at > 1 else unit_name[:-1]}"
    end = " (as far as there is room)" if wanted > at else ""
    smaller = sum(shift.after_pooling < shift.before_pooling * (1 - ALIKE) for shift in shifts)
    if before == after == 0:
        return f"Moved by **{by}**{end}, **nothing changes**, neither before pooling nor after it."
    return (
        f"Moved by **{by}**{end}, the numbers that go into pooling {_changed(before)} of their mean size, and those "
        f"that come out {_changed(after)}. {_verdict(before, after)} In the table, {smaller} of {len(shifts)} changes "
        "are smaller after pooling."
    )


def _changed(share: float) -> str:
    return "change **from 0**, by any share" if math.isinf(share) else f"change by **{words.percent(share)}**"


def _verdict(before: float, after: float) -> str:
    if before == after or abs(after - before) <= ALIKE * max(before, after):
        return "Here pooling makes **no difference** to the change."
    if after < before:
        return "Here pooling makes the change **smaller**."
    return "Here pooling makes the change **larger**, not smaller."
