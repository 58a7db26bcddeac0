"""The numbers of Six side by side as tables: the kinds, their units, and every bar that is drawn."""
import numpy as np
import pandas as pd
import streamlit as st

from core.side_by_side import Pair
from pages.shared import six_page, tables, tell
from pages.shared.six_page import Shown


def kinds(shown: Shown, apart: dict[str, Pair]) -> None:
    """All six as rows."""
    with tell.fold("All six as a table", "fold-six") as is_open:
        if not is_open:
            return
        rows = [
            (kind, len(one.code), one.active, one.parameters, one.mse, one.psnr, one.ssim, one.penalty, one.weight,
             apart[kind].ratio)
            for kind, one in shown.found.items()
        ]  # fmt: skip
        columns = ["kind", "code", "active units", "learned numbers", "MSE", "PSNR, dB", "SSIM"]
        columns += ["penalty", "its weight", "code moves per picture"]
        st.markdown(
            "A click on a column's name sorts. The penalties are different things: mean |h| (sparse), squared Jacobian "
            "norm (contractive), KL divergence in nats (variational)."
        )
        tables.show(pd.DataFrame(rows, columns=columns), "six")


def units(shown: Shown, asked: str) -> None:
    """Every code, unit by unit, with what each adds to the penalty."""
    with tell.fold("Every unit of every code as a table", "fold-units", asked) as is_open:
        if not is_open:
            return
        parts = []
        for kind, one in shown.found.items():
            adds = one.parts if one.parts.size else np.full(len(one.code), np.nan)
            parts.append(pd.DataFrame({"kind": kind, "unit": range(len(one.code)), "code": one.code, "adds": adds}))
        tables.show(pd.concat(parts, ignore_index=True), "units", height=260)


def bars(shown: Shown, apart: dict[str, Pair], asked: str) -> None:
    """What all bars of the page stand for."""
    with tell.fold("Every bar as a table", "fold-bars", asked) as is_open:
        if not is_open:
            return
        drawn = [(kind, six_page.own_number(shown, kind)) for kind in shown.found]
        drawn += [(title, six_page.moves(apart[kind])) for kind, title in six_page.PAIRS.items()]
        parts = [
            pd.DataFrame({"network": name, "chart": own.title, "bar": own.names, "height": own.values})
            for name, own in drawn
        ]
        tables.show(pd.concat(parts, ignore_index=True), "bars", height=260)
