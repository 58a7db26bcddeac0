"""Predict, then reveal: a question about the number at hand, marked at once."""
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import streamlit as st

from core import questions, quiz, sizes
from core.anatomy import Layer
from core.arithmetic import Arithmetic
from core.ops import Window
from core.quiz import Question
from pages.shared import link, unit

ON, ANSWERED, MISSED, TALLY, TURN = "predict", "predicted", "missed", "tally", "turn"
WINDOW = "asked-window"  # that the question about a size is about
NUMBER, SIZE = "this number", "the size"


@dataclass(frozen=True)
class Kind:
    """A kind of question: the one that is asked now, and where else it can be asked."""

    about: str  # what its answer is remembered by
    question: Callable[[], Question]
    of: str  # what the places are places of
    now: Hashable
    places: Callable[[], Sequence]
    go: Callable[[Hashable], None]


def about_number(of: Arithmetic, cell: unit.Cell, about: str, facts: Layer | None) -> Kind:
    """A cell of a map or, where each map of a layer is one number, one of its units."""
    question = partial(_number, of, cell)
    if facts and of.output.size == 1:
        units = range(facts.shape[0])
        return Kind(about, question, of.step, of.channel, lambda: units, lambda at: link.go(map=at))
    return Kind(about, question, f"{of.step}/{of.channel}", cell, partial(_cells, of), unit.chose)


def _number(of: Arithmetic, cell: unit.Cell) -> Question:
    question = questions.about_output(of.at(*cell))
    if of.output.size == 1:
        return question
    return replace(question, text=f"Row {cell[0]}, column {cell[1]}: {question.text}")


def _cells(of: Arithmetic) -> list[unit.Cell]:
    """Those that are drawn of the map."""
    (top, left), (rows, columns) = of.output_corner, of.output.shape
    return [(top + at // columns, left + at % columns) for at in range(rows * columns)]


def about_size(of: Arithmetic) -> Kind:
    """How many positions a window has; another one than today's, whose answer stands on the page."""
    length, today = of.extent[0], Window(of.size[0], of.stride[0], -of.start[0], of.dilation[0])
    windows, held = sizes.other_windows(length, today), st.session_state.get(WINDOW)
    window = held if held in windows else windows[0]
    return Kind(
        f"{SIZE}/{length}/{window}", lambda: sizes.about_size(length, window),
        SIZE, window, lambda: windows, lambda chosen: st.session_state.update({WINDOW: chosen}),
    )  # fmt: skip


def is_open(about: str) -> bool:
    """Is a question about this waiting for its answer? Then its number stays hidden."""
    return bool(st.session_state.get(ON)) and about not in st.session_state.get(ANSWERED, {})


def chosen(names: Sequence[str]) -> str:
    """Which of these kinds of questions the visitor has chosen."""
    kind = st.session_state.get("quiz-kind")
    return kind if kind in names else names[0]


def ask(kinds: dict[str, Kind]) -> None:
    """The question card, with what kinds of questions there are."""
    with st.container(border=True, key="quiz"):
        with st.container(horizontal=True, vertical_alignment="center", key="quiz-head"):
            hidden = "The number is hidden until you have said what it will be. What went wrong comes again later."
            st.toggle("Predict, then reveal", key=ON, help=hidden)
            if not st.session_state[ON]:
                return
            if len(kinds) > 1:
                names = list(kinds)
                more = dict(default=names[0], required=True, label_visibility="collapsed")
                st.segmented_control("Ask about", names, key="quiz-kind", **more)
            kind = kinds[chosen(list(kinds))]
            right, asked = st.session_state.get(TALLY, (0, 0))
            st.markdown(f"{right} of {asked} right so far" if asked else "")
            st.button("Another", icon=":material/casino:", key="quiz-next", on_click=_another, args=(kind,))
        _answer(kind)


def _answer(kind: Kind) -> None:
    question, answers = kind.question(), st.session_state.get(ANSWERED, {})
    st.markdown(question.text)
    if kind.about in answers:
        mark = quiz.mark(question, answers[kind.about][1])
        (st.success if mark.right else st.error)(("Right. " if mark.right else "Not quite. ") + mark.reason)
        return
    if question.choices:
        st.pills("Your answer", list(question.choices), key="quiz-choice", label_visibility="collapsed",
                 on_change=_choose, args=(question, kind))  # fmt: skip
        return
    with st.form("quiz-form", border=False, enter_to_submit=True), st.container(horizontal=True, key="quiz-line"):
        step = 0.05 if question.percent else 1.0
        more = dict(placeholder="a number", label_visibility="collapsed", width=220, step=step, format="%g")
        st.number_input("Your answer", value=None, key="quiz-number", **more)
        st.form_submit_button("Check", key="quiz-check", on_click=_type, args=(question, kind))


def _choose(question: Question, kind: Kind) -> None:
    chosen = st.session_state["quiz-choice"]
    if chosen is not None:
        _note(question, kind, question.choices.index(chosen))


def _type(question: Question, kind: Kind) -> None:
    given = st.session_state["quiz-number"]
    if given is not None:
        _note(question, kind, given)
        st.session_state["quiz-number"] = None  # the next question begins empty


def _note(question: Question, kind: Kind, given: float) -> None:
    right, asked = st.session_state.get(TALLY, (0, 0))
    is_right = quiz.mark(question, given).right
    st.session_state[TALLY] = right + is_right, asked + 1
    st.session_state.setdefault(ANSWERED, {})[kind.about] = kind.of, given
    missed = st.session_state.setdefault(MISSED, {}).setdefault(kind.of, set())
    (missed.discard if is_right else missed.add)(kind.now)


def _another(kind: Kind) -> None:
    """The same kind of question somewhere else, now and then where the answer was wrong; its marks are wiped off."""
    turn = st.session_state[TURN] = st.session_state.get(TURN, 0) + 1
    missed = st.session_state.get(MISSED, {}).get(kind.of, ())
    answers = st.session_state.get(ANSWERED, {})
    st.session_state[ANSWERED] = {about: one for about, one in answers.items() if one[0] != kind.of}
    kind.go(quiz.another(kind.places(), kind.now, missed, turn))
