"""What a page shows stands in its link: read, written, and remembered for who comes back to the page.

Not `bind="query-params"`, which puts an entry without the values into the browser's history when the page is left.
"""
import math
import re
from collections.abc import Callable, Sequence
from typing import TypeVar

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

UNSET = "auto"  # what no longer fits, "cell=auto": as if it were not in the link
FRAME = {"network", "training", "picture", "fit"}  # of the frame around all pages
Choice = TypeVar("Choice")


def go(**values: object) -> None:
    """Change the link: one step in the browser's history, which its way back undoes."""
    st.query_params.update({name: str(value) for name, value in values.items()})


def forget(*names: str) -> None:
    """What no longer fits is taken out of the link."""
    for name in names:
        if name in st.query_params:
            del st.query_params[name]


def travel(page: st.Page | str, address: dict[str, str]) -> None:
    """To a page with a whole link, the frame's choices in it too.

    Streamlit lets only a widget write what it is bound to. But the link goes to the browser before the page is drawn,
    and its history would keep it without them: they are let go until their widgets are drawn again.
    """
    with get_script_run_ctx().session_state.query_params() as params:
        for bound in filter(None, map(params.get_binding_for_param, FRAME)):
            params.unbind_widget(bound.widget_id)
    st.switch_page(page, query_params=address)


def frame() -> dict[str, str]:
    """What the frame around all pages has written into the link."""
    return {name: value for name, value in st.query_params.items() if name in FRAME}


def own() -> dict[str, str]:
    """What the page itself has written into the link."""
    return {name: value for name, value in st.query_params.items() if name not in FRAME}


def come_back(page: str) -> None:
    """Who comes back from another page finds what they left."""
    left = st.session_state.setdefault("left", {})
    if st.session_state.get("arrived") and not own() and left.get(page):
        go(**left[page])
    left[page] = own()


def whole(name: str, low: int, high: int, begin: int) -> int:
    """A whole number of the link, kept between low and high; `begin` if there is none."""
    text = st.query_params.get(name, "")
    return min(max(int(text), low), high) if re.fullmatch("-?[0-9]{1,6}", text) else begin


def index(name: str, count: int, begin: int) -> int:
    """A place among `count`, from 0; `begin` if the link has none or, made for something else, one that is not here."""
    place = whole(name, 0, count, begin)
    return place if place < count else begin


def decimal(name: str, low: float, high: float, begin: float) -> float:
    """A number of the link, kept between low and high; `begin` if there is none."""
    text = st.query_params.get(name, "")
    return min(max(float(text), low), high) if re.fullmatch(r"-?[0-9]{1,6}(\.[0-9]{1,6})?", text) else begin


def parts(name: str) -> list[str]:
    """What the link has under a name, "a|b", in pieces."""
    text = st.query_params.get(name, UNSET)
    return [] if text in ("", UNSET) else text.split("|")


def spot() -> tuple[float, float]:
    """The point of the picture that the link has, as shares of its width and height; the middle if there is none."""
    x, _, y = st.query_params.get("spot", "").partition(",")
    shares = [float(text) if re.fullmatch(r"[01](\.\d{1,6})?", text) else math.nan for text in (x, y)]
    return (shares[0], shares[1]) if all(0 <= share <= 1 for share in shares) else (0.5, 0.5)


# ---- widgets whose value stands in the link under their key -----------------------------------


def _write(key: str, begin: object, forgotten: Sequence[str]) -> None:
    """All at once, so that it is one step in the browser's history; what was deleted would be another."""
    value = st.session_state[key]
    go(**{key: begin if value is None else value}, **{name: UNSET for name in forgotten if name in st.query_params})


def choose(
    widget: Callable, label: str, options: Sequence[Choice], *,
    key: str, begin: Choice, forgets: Sequence[str] = (), **more: object,
) -> Choice:  # fmt: skip
    """One of several (st.pills, st.segmented_control, st.selectbox); `forgets` no longer fits after a change."""
    known = {str(option): option for option in options}
    st.session_state[key] = known.get(st.query_params.get(key), begin)
    return widget(label, options, key=key, on_change=_write, args=(key, begin, forgets), **more)


def count(
    label: str, low: int, high: int, *, key: str, begin: int, forgets: Sequence[str] = (), **more: object
) -> int:
    """A whole number to type or to step through."""
    st.session_state[key] = whole(key, low, high, begin)
    return st.number_input(label, low, high, step=1, key=key, on_change=_write, args=(key, begin, forgets), **more)


def slide(
    label: str, low: float, high: float, step: float, *,
    key: str, begin: float, forgets: Sequence[str] = (), **more: object,
) -> float:  # fmt: skip
    """A slider over whole or decimal numbers, as its ends are."""
    read = whole if isinstance(low, int) else decimal
    st.session_state[key] = read(key, low, high, begin)
    return st.slider(label, low, high, step=step, key=key, on_change=_write, args=(key, begin, forgets), **more)


def switch(label: str, *, key: str, forgets: Sequence[str] = (), **more: object) -> bool:
    """On or off; off to begin with."""
    st.session_state[key] = st.query_params.get(key) == "True"
    return st.toggle(label, key=key, on_change=_write, args=(key, False, forgets), **more)
