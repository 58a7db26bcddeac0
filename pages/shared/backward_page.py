"""The Backward page from above: the maps of a layer with what comes back to each number, one of them taken apart."""
import pandas as pd
import streamlit as st

from core.backwards import Backward
from pages.shared import backward_drawing, cached, components, link, tables, words
from pages.shared.backward_place import Shown, go
from pages.shared.backward_words import named, told
from pages.shared.tell import fold


def _hear(event: str, sent: dict) -> None:
    if event == "walk":
        go(str(sent["step"]))
        return
    link.go(map=int(sent["map"]), cell=f"{int(sent['row'])},{int(sent['column'])}")


def show(shown: Shown, asked: bool = False) -> None:
    """The layer, drawn; `asked`: the open slope is still to be guessed."""
    found = shown.sum()
    sizes = cached.slope(*shown.key, "way", shown.aim)
    components.backward(backward_drawing.maps(shown, found, sizes, told(found, shown.places), asked), _hear)


def table(shown: Shown, asked: bool = False) -> None:
    """All terms of the open slope as a table; not while it is being guessed."""
    with fold("This slope as a table", "fold-slope", asked) as is_open:
        if is_open:
            _table(shown, shown.sum())


def _table(shown: Shown, found: Backward) -> None:
    channel, row, column = found.targets.T
    table = pd.DataFrame(
        {
            "comes back from": [words.full_name(name) if name in shown.places else name for name in found.consumers],
            "map or unit": channel, "row": row, "column": column,
            "upstream slope": found.upstream, "local slope": found.slopes, "product": found.products,
        }
    )  # fmt: skip
    st.dataframe(table, hide_index=True, height=min(38 * len(table) + 38, 260), key="slope-terms")
    vector = shown.layer.values[0].size == 1
    labels = shown.hand.network.labels if shown.facts.name == shown.last else None
    st.markdown(
        f"{words.plain(named(found.step, shown.at, vector, labels))}: the products make **{found.sum:.9g}**, "
        f"the network's own gradient is **{found.gradient:.9g}**."
    )
    tables.save(table, f"{found.step}-slope-{'-'.join(map(str, shown.at))}", "save-slope")
