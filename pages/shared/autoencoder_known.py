"""Data-specific and lossy: the error of this picture and of strangers among the errors of 10,000 test digits."""
import numpy as np
import pandas as pd
import streamlit as st

from core import strange
from pages.shared import cached_codes, figures, gate, tables, words
from pages.shared.code_view import Shown

THIS = "this picture"


def show(shown: Shown) -> None:
    """Where the picture stands, the histogram, and the table of strangers; for networks of digits."""
    st.subheader("Does it know such pictures?", anchor=False)
    if shown.chosen.tiled:
        _about_tiles(shown)
        return
    errors = cached_codes.on_test_digits(shown.chosen.name)["errors"]
    own, which = (shown.passage.mse, "") if shown.own_mse is None else (shown.own_mse, ", by its own code,")
    net = cached_codes.autoencoder(shown.chosen.name)
    found = {THIS: own} | gate.through(strange.errors, net.model, shown.passage.image)
    st.markdown(_sentence(errors, own, which))
    st.plotly_chart(figures.errors(errors, found), key="errors", config=figures.PLAIN)
    table = pd.DataFrame(
        {
            "picture": list(found),
            "MSE": list(found.values()),
            "test digits that do better": [strange.below(errors, error) for error in found.values()],
        }
    )
    columns = {"test digits that do better": tables.PERCENT, "MSE": st.column_config.NumberColumn(format="%.5f")}
    empty = found.get("an empty page")
    if empty is not None and strange.below(errors, empty) < strange.UNUSUAL:
        st.markdown(
            f"Not every stranger is caught: an empty page is so simple that it comes back with an error of only "
            f"{empty:.5f}."
        )
    tables.show(table, "strangers", column_config=columns)


def _sentence(errors: np.ndarray, mse: float, own: str) -> str:
    beyond, limit = strange.below(errors, mse), strange.threshold(errors)
    odd = (
        f"That is beyond {words.number(limit)}, which 99 % of the test digits stay below: an **anomaly**. The error "
        f"says that this is nothing like what it learned from, without any label."
        if mse > limit
        else f"99 % of the test digits stay below {words.number(limit)}; beyond that it would count as an anomaly."
    )
    return (
        f"The network learned from digits alone. Its error on this picture{own} is **{words.number(mse)}**, larger "
        f"than on **{words.percent(beyond)}** of 10,000 test digits (their median is "
        f"{words.number(float(np.median(errors)))}). {odd} And it is **lossy**: even the best of all "
        f"test digits comes out with an error of {words.number(float(errors.min()))}, none with 0."
    )


def _about_tiles(shown: Shown) -> None:
    tiles = cached_codes.photo_tile_errors(shown.chosen.photo, shown.chosen.name)
    st.markdown(
        f"The network for photos learned from 50,000 small pictures of animals and vehicles, and knows edges, "
        f"colours and textures. Of the {len(tiles)} tiles of this photo the best comes out with an error of "
        f"**{words.number(float(tiles.min()))}**, the worst with **{words.number(float(tiles.max()))}**, and none with "
        f"0: it is **lossy**. To see it meet strangers, choose a kind for digits above and feed it this photo."
    )
