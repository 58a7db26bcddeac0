"""Predict, then reveal: the number is hidden while its question waits, and every answer is marked with a reason."""
import re

import pytest
from streamlit.testing.v1 import AppTest

from core.numerals import shown as written
from tests.pages.apptest import choose, controls, gone, happens, is_drawn, opened, press, sent, table_columns, turn
from tests.pages.calculated import terms, worked_out
from tests.pages.reading import numbers

WEIGHTED = {"conv_on": "layer", "network": "tiny_vgg", "layer": "module1_conv1"}
ASKED = [  # page, link, what is asked
    *[("convolution", {"part": "16"}, "this number"), ("convolution", {"conv_on": "5x5"}, "the size")],
    *[("convolution", WEIGHTED, "this number"), ("convolution", WEIGHTED, "the size")],
    *[("activation", {"act_instead": "sigmoid"}, ""), ("activation", {"layer": "blocks_2_add"}, "")],
    *[("pooling", {}, "this number"), ("pooling", {"pool_by-hand_kind": "average"}, "this number")],
    *[("pooling", {"pool_by-hand_size": "3"}, "the size"), ("pooling", {"pool_on": "layer"}, "")],
    *[("dense", {"network": "tiny_vgg"}, "the sum"), ("dense", {"network": "tiny_vgg"}, "the probability")],
    *[("dense", {"network": "lenet", "layer": "dense1"}, "the sum"), ("dense", {"dense_on": "digit"}, "")],
]
EVERY = pytest.mark.parametrize(("page", "link", "kind"), ASKED)


def asked(page: str, link: dict[str, str], kind: str = "") -> AppTest:
    """The page with that question on it."""
    at = choose(opened(page, **link), "predict", True)
    return choose(at, "quiz-kind", kind) if kind else at


def drawn(at: AppTest, kind: str) -> str:
    """Which of the drawings the question is about."""
    return "softmax" if kind == "the probability" or not is_drawn(at, "calculation") else "calculation"


def answer(at: AppTest, kind: str) -> float:
    """What is right, worked out from what was sent."""
    shown = sent(at, drawn(at, kind))
    if kind == "the size":
        size, length, stride, padding, dilation = asked_for(at)
        return (length + 2 * padding - dilation * (size - 1) - 1) // stride + 1
    return worked_out(shown, *(shown["ask"] or shown["at"]))


def asked_for(at: AppTest) -> list[float]:
    """Size, length, stride, padding and dilation, of a question about how many positions there are."""
    size, length, *dilation, stride, padding = numbers(question(at))
    return [size, length, stride, padding, *(dilation or [1])]


def question(at: AppTest) -> str:
    return next(text.value for text in at.markdown if text.value.rstrip().endswith("?") or "in %" in text.value)


def give(at: AppTest, value: float) -> AppTest:
    """Choose the answer, or type it."""
    if "quiz-choice" in controls(at):
        options = at.button_group(key="quiz-choice").options
        return turn(at, "quiz-choice", next(at for at, text in enumerate(options) if numbers(text)[-1] == value))
    at.number_input(key="quiz-number").set_value(value)
    return press(at, "quiz-check")


def marked(at: AppTest) -> str:
    """What was said about the answer."""
    return next(text.value for kind in (at.success, at.error) for text in kind)


@EVERY
def test_the_right_answer_is_right_and_reveals_the_number(page, link, kind):
    at = asked(page, link, kind)
    right = answer(at, kind)
    if kind != "the size":
        assert sent(at, drawn(at, kind))["ask"] == sent(at, drawn(at, kind))["at"]
        assert not any("gives" in columns for columns in table_columns(at))
    give(at, right)
    assert len(at.success) == 1
    assert not at.error
    assert (at.session_state["tally"]) == (1, 1)
    if kind != "the size":
        assert sent(at, drawn(at, kind))["ask"] is None
        assert any(number == pytest.approx(right, rel=1e-3, abs=1e-3) for number in numbers(marked(at)))


@EVERY
def test_a_wrong_answer_gets_the_calculation(page, link, kind):
    at = asked(page, link, kind)
    right = answer(at, kind)
    wrong = right + 1000 if "quiz-choice" not in controls(at) else terms(sent(at), 0, 0).values.min()
    give(at, wrong)
    assert len(at.error) == 1
    assert not at.success
    assert at.session_state["tally"] == (0, 1)
    assert any(number == pytest.approx(right, rel=1e-3, abs=1e-3) for number in numbers(marked(at)))


TRAPS = [
    ("convolution", WEIGHTED, lambda shown: worked_out(shown, *shown["at"]) - shown["bias"], "bias"),
    ("activation", {"act_instead": "sigmoid"}, lambda shown: terms(shown, *shown["at"]).values[0], "unchanged"),
    ("pooling", {"pool_by-hand_kind": "average"}, lambda shown: terms(shown, 0, 0).values.max(), "largest"),
    ("pooling", {"pool_by-hand_kind": "average"}, lambda shown: terms(shown, 0, 0).values.sum(), "divided"),
    ("pooling", {}, lambda shown: terms(shown, 0, 0).values.min(), "smallest"),
    ("dense", {"network": "tiny_vgg"}, lambda shown: worked_out(shown, 0, 0) - shown["bias"], "bias"),
]


@pytest.mark.parametrize(("page", "link", "slip", "reason"), TRAPS)
def test_a_slip_is_called_by_its_name(page, link, slip, reason):
    at = asked(page, link)
    give(at, slip(sent(at)))
    assert reason in marked(at)
    assert len(at.error) == 1


@EVERY
def test_another_one_is_hidden_again(page, link, kind):
    at = asked(page, link, kind)
    name = drawn(at, kind)
    give(at, answer(at, kind))
    before = at.query_params, question(at)
    press(at, "quiz-next")
    assert (at.query_params, question(at)) != before
    assert not at.success
    assert sent(at, name)["ask"] is not None
    give(at, answer(at, kind))
    assert (len(at.success), at.session_state["tally"]) == (1, (2, 2))


def test_each_question_about_the_size_is_another_one_and_the_same_for_everybody():
    seen = []
    for _ in range(2):
        at = asked("convolution", {"conv_on": "5x5"}, "the size")
        windows = []
        for _ in range(6):
            windows.append(tuple(asked_for(at)))
            assert "along that side" in question(at)
            give(at, answer(at, "the size"))
            assert len(at.success) == 1
            press(at, "quiz-next")
        seen.append(windows)
    assert seen[0] == seen[1]
    assert len(set(seen[0])) > 4
    assert len({window[2:] for window in seen[0]}) > 3


def test_a_mark_is_still_there_after_a_look_at_another_kind():
    at = asked("convolution", WEIGHTED, "the size")
    give(at, answer(at, "the size") + 1)
    mistake = marked(at)
    choose(at, "quiz-kind", "this number")
    assert not at.error
    give(at, answer(at, ""))
    choose(at, "quiz-kind", "the size")
    assert marked(at) == mistake
    choose(at, "quiz-kind", "this number")
    assert marked(at).startswith("Right.")
    press(at, "quiz-next")  # which wipes off the mark of this kind only
    assert not at.success
    assert marked(choose(at, "quiz-kind", "the size")) == mistake


def test_what_went_wrong_comes_again():
    at = asked("convolution", {"conv_on": "5x5", "cell": "1,1"})
    give(at, 1000)
    for _ in range(3):
        press(at, "quiz-next")
        again = sent(at)["ask"] == [1, 1]
        if not again:
            give(at, answer(at, ""))
    assert again  # at the third question
    give(at, answer(at, ""))
    assert len(at.success) == 1


@pytest.mark.parametrize("link", [{"dense_on": "digit"}, {"network": "tiny_vgg"}, {"network": "efficientnet_lite0"}])
def test_classes_that_are_asked_about_can_be_told_from_nothing(link):
    at = asked("dense", link, "" if "dense_on" in link else "the probability")
    values = sent(at, "softmax")["siblingValues"]
    likely = max(4, int((values > 0.001).sum()))
    for _ in range(5):
        press(at, "quiz-next")
        assert sent(at, "softmax")["channel"] in values.argsort()[::-1][:likely]


# ---- what is hidden ---------------------------------------------------------------------------

GELU, TANH = {"act_instead": "GELU"}, {"act_on": "picture", "act_function": "tanh"}
SECRETS = [asked for asked in ASKED if asked[2] != "the size" and asked[1] not in ({}, {"part": "16"})]
SECRETS += [("convolution", {"conv_on": "curve"}, ""), ("activation", GELU, ""), ("activation", TANH, "")]


@pytest.mark.parametrize(("page", "link", "kind"), SECRETS)
def test_no_sentence_tells_what_is_asked(page, link, kind):
    at = asked(page, link, kind)
    texts = [text.value for text in at.markdown if text.value not in (question(at), at.markdown[-1].value)]
    secret = re.escape(written(answer(at, kind)))
    assert [text for text in texts if re.search(rf"(?<![\d.,]){secret}(?![\d.,]*\d)", text)] == []


def test_without_a_question_nothing_is_hidden():
    at = opened("convolution", **WEIGHTED)
    assert sent(at)["ask"] is None
    assert sent(choose(at, "predict", True))["ask"] == sent(at)["at"]
    assert sent(choose(at, "predict", False))["ask"] is None
    assert "quiz-next" not in [button.key for button in at.button]


def test_another_cell_and_another_kernel_are_another_question():
    at = asked("convolution", {"part": "16"})
    give(at, answer(at, ""))
    assert sent(happens(at, "calculation", "choose", row=1, column=1))["ask"] == [1, 1]
    give(at, answer(at, ""))
    choose(at, "picture_kernel", "identity")
    assert not at.error  # the answer was right when it was given
    assert sent(at)["ask"] == [1, 1]


@pytest.mark.parametrize("event", [("frame", {"x": 0.1, "y": 0.1}), ("kernel", {"weights": [1.0] * 9, "bias": 3.0})])
def test_another_part_and_a_typed_kernel_are_another_question(event):
    at = asked("convolution", {"part": "16"})
    give(at, answer(at, ""))
    happens(at, "calculation", event[0], **event[1])
    assert not at.error
    assert sent(at)["ask"] == sent(at)["at"]


def test_an_empty_answer_is_no_answer():
    at = asked("convolution", WEIGHTED)
    press(at, "quiz-check")
    assert not at.success
    assert not at.error
    assert "tally" not in at.session_state


def test_questions_are_asked_where_the_visitor_wants_them_only():
    at = asked("pooling", {})
    gone(at, "activation")
    assert at.toggle(key="predict").value == (sent(at)["ask"] is not None)
