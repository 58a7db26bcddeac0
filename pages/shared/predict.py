"""Predict, then reveal: a question about the cell at hand, marked at once."""
import random
from collections.abc import Callable

import streamlit as st

from core import questions
from core.arithmetic import Arithmetic
from core.questions import Question
from pages.shared import unit

ON, ANSWERED, TALLY = "predict", "predicted", "tally"


def is_open(about: str) -> bool:
    """Is a question about this waiting for its answer? Then its number stays hidden."""
    return bool(st.session_state.get(ON)) and st.session_state.get(ANSWERED, (None,))[0] != about


def ask(kinds: dict[str, Callable[[], Question]], about: str, another: Callable[[], None]) -> None:
    """The question card; `kinds` are the questions there are, and `another` finds the next cell."""
    with st.container(border=True, key="quiz"):
        with st.container(horizontal=True, vertical_alignment="center", key="quiz-head"):
            hidden = "The number is hidden until you have said what it will be."
            st.toggle("**Predict, then reveal**", key=ON, help=hidden)
            if not st.session_state[ON]:
                return
            kind = next(iter(kinds))
            if len(kinds) > 1:
                kind = st.segmented_control(
                    "Ask about", list(kinds), default=kind, required=True, key="quiz-kind", label_visibility="collapsed"
                )
            right, asked = st.session_state.get(TALLY, (0, 0))
            st.markdown(f"{right} of {asked} right so far" if asked else "")
            st.button("Another", icon=":material/casino:", key="quiz-next", on_click=another)
        _answer(kinds[kind](), about if kind == next(iter(kinds)) else f"{about}/{kind}")


def _answer(question: Question, about: str) -> None:
    st.markdown(question.text)
    answered, given = st.session_state.get(ANSWERED, (None, None))
    if answered == about:
        mark = questions.mark(question, given)
        (st.success if mark.right else st.error)(("Right. " if mark.right else "Not quite. ") + mark.reason)
        return
    if question.choices:
        st.pills("Your answer", list(question.choices), key="quiz-choice", label_visibility="collapsed",
                 on_change=_choose, args=(question, about))  # fmt: skip
        return
    with st.form("quiz-form", border=False, enter_to_submit=True), st.container(horizontal=True, key="quiz-line"):
        more = dict(placeholder="a number", label_visibility="collapsed", width=220)
        st.number_input("Your answer", value=None, key="quiz-number", format="%g", **more)
        st.form_submit_button("Check", key="quiz-check", on_click=_type, args=(question, about))


def _choose(question: Question, about: str) -> None:
    chosen = st.session_state["quiz-choice"]
    if chosen is not None:
        _note(question, about, question.choices.index(chosen))


def _type(question: Question, about: str) -> None:
    given = st.session_state["quiz-number"]
    if given is not None:
        _note(question, about, given)
        st.session_state["quiz-number"] = None  # the next question begins empty


def _note(question: Question, about: str, given: float) -> None:
    right, asked = st.session_state.get(TALLY, (0, 0))
    st.session_state[TALLY] = right + questions.mark(question, given).right, asked + 1
    st.session_state[ANSWERED] = about, given


def another_cell(of: Arithmetic, now: unit.Cell) -> None:
    """Some other cell of the map, from what is on the screen."""
    (top, left), (rows, columns) = of.output_corner, of.output.shape
    st.session_state.pop(ANSWERED, None)
    cells = [(top + at // columns, left + at % columns) for at in range(rows * columns)]
    unit.chose(random.choice([cell for cell in cells if cell != now] or cells))
