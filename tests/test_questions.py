"""Questions: the right answer is always right, a trap never, and what the sentences say is what the numbers are."""
import re
from dataclasses import replace

import numpy as np
import pytest

from core import arithmetic, explain, ops, trace
from core.examples import CONVOLUTIONS, DIGIT_LOGITS, POOLING
from core.numerals import read, shown
from core.ops import ACTIVATIONS, Window
from core.questions import CURVE_RULES, about_output
from core.quiz import Mark, mark
from core.window_questions import FEW

NUMBER = r"−?\d+(?:,\d{3})*(?:\.\d+)?(?:e[+−]\d+)?"
SCALES = [1e-6, 0.01, 1.0, 40.0, 5000.0]


def numbers(text):
    return [read(found) for found in re.findall(NUMBER, text)]


def some_numbers(dice, shape):
    """Of any scale; some whole, some zero, some the same, some all below zero."""
    values = dice.normal(size=shape) * dice.choice(SCALES)
    kind = dice.integers(6)
    values = [values, np.round(values), np.maximum(values, 0), -abs(values), np.round(values, 1), values * 0][kind]
    return values + 0.0


def convolution(dice):
    channels, size = dice.integers(1, 4), dice.integers(1, 5)
    maps, kernels = some_numbers(dice, (channels, 6, 6)), some_numbers(dice, (1, channels, size, size))
    window = Window(int(size), 1, int(dice.integers(2)))
    return arithmetic.convolution(maps, kernels, some_numbers(dice, 1), window, 0)


def pooling(dice, kind):
    size = int(dice.integers(1, 5))
    window = Window(size, 1, int(dice.integers(size // 2 + 1)))
    return arithmetic.pooling(some_numbers(dice, (1, 6, 6)), 0, window, kind)


def activation(dice):
    name = dice.choice(list(ACTIVATIONS))
    return arithmetic.activation(np.clip(some_numbers(dice, (1, 4, 4)), -600, 600), 0, str(name))


def softmax(dice):
    logits = np.clip(some_numbers(dice, dice.integers(1, 12)), -300, 300)
    return arithmetic.softmax(logits, int(dice.integers(len(logits))))


MAKERS = {
    "sum": convolution,
    "mean": lambda dice: pooling(dice, "average"),
    "max": lambda dice: pooling(dice, "max"),
    "curve": activation,
    "softmax": softmax,
}


def some_explanations(kind, count=150):
    for seed in range(count):
        dice = np.random.default_rng(seed)
        made = MAKERS[kind](dice)
        row, column = (int(dice.integers(side)) for side in made.output.shape)
        yield made.at(row, column)


def check(question):
    """What holds for every question."""
    right = question.answer if question.choices else float(f"{question.answer:.4g}")
    for given in (question.answer, right):
        assert mark(question, given).right, (question, given)
        assert mark(question, given).reason == question.calculation
    for trap in question.traps:
        marked = mark(question, trap.value)
        assert not marked.right, (question, trap)
        assert marked.reason == f"{trap.reason} {question.calculation}"
    assert len({trap.value for trap in question.traps}) == len(question.traps)
    for nonsense in (float("nan"), float("inf"), 1e30):
        assert not mark(question, nonsense).right
        assert mark(question, nonsense).reason == question.calculation
    if question.choices:
        assert question.tolerance == 0
        assert question.answer in range(len(question.choices))
        assert all(trap.value in range(len(question.choices)) for trap in question.traps)
    assert not re.search(r"-|\bnan\b|\binf\b|\b1 (numbers|products|cells)\b", question.text + question.calculation)
    assert question.text.endswith((".", "?"))


@pytest.mark.parametrize("kind", MAKERS)
def test_right_is_right_and_a_trap_is_a_trap_whatever_the_numbers(kind):
    trapped = 0
    for explanation in some_explanations(kind):
        question = about_output(explanation)
        check(question)
        assert question == about_output(explanation)
        trapped += bool(question.traps)
    assert trapped > 75


def by_hand(kind, found, explanation):
    """What somebody works out who has only the numbers of the question, as it shows them."""
    count = explanation.values.size
    if kind == "sum":
        return found[0] * found[1] + found[2] if count == 1 else sum(found[1:])
    if kind == "mean":
        return sum(found) / count if count <= FEW else found[1] / found[0]
    if kind == "curve":
        return float(ACTIVATIONS[explanation.kind](np.float64(found[0])))
    return found[0] / found[1]


@pytest.mark.parametrize("kind", ["sum", "mean", "curve", "softmax"])
def test_whoever_takes_the_shown_numbers_is_right(kind):
    for explanation in some_explanations(kind):
        question = about_output(explanation)
        found = numbers(question.text)
        if question.choices:
            assert question.choices[int(question.answer)] == shown(found[0]) == shown(explanation.result)
        else:
            assert mark(question, by_hand(kind, found, explanation)).right, question


@pytest.mark.parametrize("kind", ["sum", "mean", "curve", "softmax"])
def test_the_answer_is_what_came_out(kind):
    for explanation in some_explanations(kind):
        scale, question = abs(explanation.products).sum() + abs(explanation.bias), about_output(explanation)
        if not question.choices:
            assert question.answer == pytest.approx(explanation.output, rel=1e-9, abs=1e-12 * scale)


def test_a_question_that_lists_nothing_does_not_contain_its_answer():
    said = 0
    for explanation in some_explanations("sum"):
        question = about_output(explanation)
        several = explanation.values.size > FEW and np.count_nonzero(explanation.products) > 20
        if several and shown(explanation.bias) != shown(question.answer):  # else the products hardly count
            assert shown(question.answer) not in re.findall(NUMBER, question.text), question
            said += 1
    assert said > 10


def test_the_winner_is_among_the_choices_or_its_number_is_asked_for():
    chosen = 0
    for explanation in some_explanations("max"):
        question, most, count = about_output(explanation), explanation.values.max(), explanation.values.size
        if question.choices and count > 1:
            chosen += 1
            assert [choice.split(": ")[1] for choice in question.choices] == [shown(v) for v in explanation.values]
            assert len(set(question.choices)) == count <= FEW
            assert explanation.values[int(question.answer)] == most
            assert question.choices[int(question.answer)].endswith(f": {shown(most)}")
        elif count > 1:
            assert question.answer == most
            assert count > FEW or [shown(value) for value in explanation.values].count(shown(most)) > 1
    assert 30 < chosen < 120


def reasons(question):
    return {trap.value: trap.reason for trap in question.traps}


def convolved(name, *cell):
    example = CONVOLUTIONS[name]
    return arithmetic.convolution(example.maps, example.kernels, example.bias, example.window, 0).at(*cell)


def test_a_small_sum_by_hand():
    question = about_output(convolved("5x5", 0, 0))
    assert question.text == "The 9 products are 1, 0, 0, 0, 2, 0, −2, 0 and 1, and the bias is 1. What comes out?"
    assert question.calculation == "1 + 0 + 0 + 0 + 2 + 0 + (−2) + 0 + 1 + 1 = 3"
    assert (question.answer, question.choices) == (3, ())
    assert reasons(question) == {
        2: "The bias is missing.",
        1: "The bias was subtracted; it is added.",
        10: "The values went in without their weights.",
        7: "Minus signs have got lost.",
    }
    assert mark(question, 2).reason == f"The bias is missing. {question.calculation}"
    assert mark(question, 2.01).reason == mark(question, 2).reason
    assert mark(question, 5).reason == question.calculation
    assert [mark(question, given).right for given in (2.97, 2.96, 3.03, 3.04)] == [True, False, True, False]


def test_a_large_sum_by_hand():
    question = about_output(convolved("curve", 0, 0))
    halves = "The 49 products, added up in two halves, make 2,100 and 4,500"
    assert question.text == f"{halves}, and the bias is 0. What comes out?"
    assert question.calculation == "2,100 + 4,500 + 0 = 6,600"
    assert reasons(question)[0] == "The bias was multiplied; it is added."


def test_a_large_sum_is_told_in_parts_that_are_not_the_answer():
    maps, weights = np.ones((1, 4, 4)), np.array([1.0, 2, 3, -1] * 4).reshape(1, 1, 4, 4)
    texts = [
        about_output(arithmetic.convolution(maps, weights, np.array([bias]), Window(4), 0).at(0, 0)).text
        for bias in (0.0, 0.5)
    ]
    assert texts == [
        "Of the 16 products, those above 0 add up to 24, those below 0 to −4, and the bias is 0. What comes out?",
        "The 16 products add up to 20, and the bias is 0.5. What comes out?",
    ]


def test_one_product_and_a_constant():
    explanation = replace(
        convolved("curve", 0, 0), kind="BatchNorm2d", values=np.array([3.0]), weights=np.array([0.5]),
        products=np.array([1.5]), inside=np.array([True]), bias=-2.0, sum=-0.5, result=-0.5,
    )  # fmt: skip
    question = about_output(explanation)
    assert question.text == "x = 3 has the weight 0.5, and the constant is −2. What comes out?"
    assert question.calculation == "3 × 0.5 + (−2) = −0.5"
    assert reasons(question) == {
        1.5: "The constant is missing.",
        3.5: "The constant was subtracted; it is added.",  # and whoever loses minus signs gets there, too
        -3: "The constant was multiplied; it is added.",
        1: "The value went in without its weight.",
    }


def test_a_shortcut_adds_two_numbers():
    explanation = replace(
        convolved("curve", 0, 0), kind="add", values=np.array([2.0, -3.0]), weights=np.ones(2),
        products=np.array([2.0, -3.0]), inside=np.ones(2, dtype=bool), bias=0.0, sum=-1.0, result=-1.0,
    )  # fmt: skip
    question = about_output(explanation)
    assert question.text == "These 2 numbers are added: 2 and −3. What comes out?"
    assert question.calculation == "2 + (−3) = −1"
    assert reasons(question) == {-6: "The numbers were multiplied; they are added.", 5: "Minus signs have got lost."}


def test_what_only_rounding_has_left_is_nothing():
    maps, edge = np.full((1, 3, 3), 0.1), np.array([[[[-1.0, -1, -1], [-1, 8, -1], [-1, -1, -1]]]])
    question = about_output(arithmetic.convolution(maps, edge, np.zeros(1), Window(3), 0).at(0, 0))
    assert question.answer == 0
    assert question.calculation.endswith(" = 0")
    assert mark(question, 0).right


def test_little_is_left_of_large_numbers_and_the_shown_ones_still_lead_to_it():
    maps, weights = np.array([[[1234.56, 0.0], [0.0, 0.0]]]), np.ones((1, 1, 1, 1))
    question = about_output(arithmetic.convolution(maps, weights, np.array([-1234.45]), Window(1), 0).at(0, 0))
    assert question.text == "x = 1,235 has the weight 1, and the bias is −1,234. What comes out?"
    assert question.calculation == "1,235 × 1 + (−1,234) ≈ 0.11"
    assert [mark(question, given).right for given in (0.11, 1, 1.2)] == [True, True, False]
    maps[0, 1, 1] = -1234.45
    mean = pooled("average", maps, Window(2), (0, 0))
    assert mean.calculation == "(1,235 + 0 + 0 + (−1,234)) / 4 ≈ 0.0275"
    assert [mark(mean, given).right for given in (0.0275, 0.25, 0.3)] == [True, True, False]
    steep = curved("sigmoid", -200.04)
    assert steep.text.startswith("x = −200 goes into sigmoid")
    assert mark(steep, ops.sigmoid(np.array(-200.0))).right


def pooled(kind, maps=POOLING.maps, window=POOLING.window, cell=(1, 1)):
    return about_output(arithmetic.pooling(maps, 0, window, kind).at(*cell))


def test_the_winner_of_four_by_hand():
    question = pooled("max")
    assert question.text == "Max pooling looks at these 4 numbers. Which one wins?"
    assert question.choices == ("top left: 6", "top right: 4", "bottom left: 13", "bottom right: 11")
    assert (question.answer, question.calculation) == (2, "max(6, 4, 13, 11) = 13")
    assert reasons(question) == {1: "This is the smallest."}
    assert mark(question, 3) == Mark(False, "max(6, 4, 13, 11) = 13")


def test_a_large_size_below_zero_does_not_win():
    reason = "Its size is the largest, but below zero that makes it the smallest."
    assert reasons(pooled("max", POOLING.maps - 12, cell=(0, 0))) == {3: reason}  # of −9, 0, −4, −12


def test_larger_windows_name_rows_and_columns_and_the_largest_list_nothing():
    nine = pooled("max", window=Window(3))
    assert (nine.choices[2], nine.choices[7], nine.answer) == ("row 1, column 3: 14", "row 3, column 2: 13", 2)
    sixteen = pooled("max", window=Window(4), cell=(0, 0))
    assert sixteen.text == (
        "The window sees 16 numbers, in 4 rows; the largest of each row are 12, 14, 15 and 13. "
        "What comes out of max pooling?"
    )
    assert reasons(sixteen) == {
        12: "This is the smallest of them; the largest goes on.",
        0: "This is the smallest of all.",
        7.5: "This is the mean; average pooling would give it.",
        120: "This is the sum; nothing is added here.",
    }
    assert sixteen.calculation == "max(12, 14, 15, 13) = 15"


def test_at_the_edge_only_cells_of_the_map_are_there_to_choose():
    question = pooled("max", window=Window(3, 1, 1), cell=(0, 0))
    assert question.choices == ("top left: 3", "top right: 12", "bottom left: 8", "bottom right: 0")


def test_equal_winners_are_no_choice():
    assert pooled("max", np.zeros((1, 4, 4))).text == "The window sees 0, 0, 0 and 0. What comes out of max pooling?"
    nearly = np.array([[[1.23456, 1.23457], [-5.0, 0.0]]])
    question = pooled("max", nearly, cell=(0, 0))
    assert (question.choices, question.answer) == ((), 1.23457)
    assert reasons(question)[-5] == "Its size is the largest, but below zero that makes it the smallest."
    assert reasons(question)[5] == "Only the size is left, without the minus sign."


def test_an_average_by_hand():
    question = pooled("average")
    assert question.text == "The window sees 6, 4, 13 and 11. What comes out of average pooling?"
    assert question.calculation == "(6 + 4 + 13 + 11) / 4 = 8.5"
    assert reasons(question) == {
        34: "This is the sum; it has still to be divided by 4.",
        13: "This is the largest; max pooling would give it.",
    }
    corner = pooled("average", window=Window(3, 1, 1), cell=(0, 0))
    assert reasons(corner)[5.75] == "The zeros of the padding count, too: divide by 9."
    assert corner.calculation == "(0 + 0 + 0 + 0 + 3 + 12 + 0 + 8 + 0) / 9 ≈ 2.556"
    sixteen = pooled("average", window=Window(4), cell=(0, 0))
    assert sixteen.text == "The 16 numbers in the window add up to 120. What comes out of average pooling?"
    assert sixteen.calculation == "120 / 16 = 7.5"


def curved(name, x):
    return about_output(arithmetic.activation(np.full((1, 1, 1), x), 0, name).at(0, 0))


def test_a_number_through_relu_by_hand():
    question = curved("ReLU", -1.3)
    assert question.text == "x = −1.3 goes into ReLU. What comes out?"
    assert (question.answer, question.calculation) == (0, "ReLU(−1.3) = 0: what is above 0 stays, the rest becomes 0.")
    assert reasons(question)[-1.3] == "This is x unchanged."
    assert reasons(question)[1.3] == "This is the size of x, without its minus sign."
    assert mark(question, -0.013).reason == f"This is what leaky ReLU would give. {question.calculation}"
    assert reasons(curved("ReLU", 1.3))[0] == "This is what comes out for −1.3: the sign of x has got lost."
    assert reasons(curved("ReLU", 1.3))[-1.3] == "This is x with its sign turned."


@pytest.mark.parametrize(
    ("name", "x", "answer", "wrong", "reason"),
    [
        ("leaky ReLU", -1.3, -0.013, 0, "This is what ReLU would give."),
        ("leaky ReLU", -1.3, -0.013, -1.3, "This is x unchanged."),
        ("ReLU6", 7.5, 6, 7.5, "This is x unchanged."),
        ("ReLU6", 2.5, 2.5, 6, "6 is only where ReLU6 stops."),
        ("ReLU", 7.5, 7.5, 6, "This is what ReLU6 would give."),
        ("sigmoid", 0.0, 0.5, 0, "This is x unchanged."),
        ("sigmoid", 1.0, 0.7311, 0.2689, "This is what comes out for −1: the sign of x has got lost."),
        ("tanh", -1.0, -0.7616, 0.7616, "This is what comes out for 1: the sign of x has got lost."),
        ("GELU", 1.0, 0.8413, 1, "This is x unchanged."),
        ("GELU", -1.0, -0.1587, 0, "This is what ReLU would give."),
        ("ReLU", -1.23456, 0, -0.01235, "This is what leaky ReLU would give."),
    ],
)
def test_curves_and_their_traps_by_hand(name, x, answer, wrong, reason):
    question = curved(name, x)
    assert mark(question, answer).right
    assert mark(question, wrong).reason == f"{reason} {question.calculation}"
    assert CURVE_RULES[name] in question.calculation


def test_the_third_decimal_of_a_curve_need_not_be_right():
    assert [mark(curved("sigmoid", -4.0), given).right for given in (0.018, 0.0184, 0.019)] == [True, True, False]
    assert [mark(curved("ReLU", -0.3), given).right for given in (0, 0.0004, 0.001)] == [True, True, False]


@pytest.mark.parametrize(
    ("x", "choices", "why"),
    [
        (-1.3, ("−1.3", "0", "1.3"), {"1.3": "This is the size of x, without its minus sign."}),
        (2.0, ("−2", "0", "2"), {"−2": "This is x with its sign turned.", "0": "Nothing becomes exactly 0 here."}),
        (0.0, ("−1", "0", "1"), {"1": "Nothing is counted here."}),
        (1.0, ("−1", "0", "1"), {"−1": "This is x with its sign turned."}),
    ],
)
def test_what_nothing_is_done_to_is_chosen(x, choices, why):
    ways = [curved("none", x), pooled("max", np.full((1, 1, 1), x), Window(1), (0, 0))]
    ways.append(pooled("average", np.full((1, 1, 1), x), Window(1), (0, 0)))
    for question in ways:
        check(question)
        assert (question.choices, question.choices[int(question.answer)]) == (choices, shown(x))
        assert "Nothing is multiplied, added or cut off here" in question.text
        for choice, reason in why.items():
            assert mark(question, choices.index(choice)).reason == f"{reason} {question.calculation}"


def test_every_curve_has_its_rule_in_words():
    assert list(CURVE_RULES) == list(ACTIVATIONS)


def test_three_quarters_by_hand():
    question = about_output(arithmetic.softmax(DIGIT_LOGITS, 3).at(0, 0))
    assert question.text.startswith("exp(z − largest z) is 1 for this class and 1.333 for all classes together. Which")
    assert question.calculation == "1 / 1.333 ≈ 0.75"
    for given in (0.75, 75, 0.7502, 75.02, 0.745):
        assert mark(question, given).right
    for given, reason in {
        1: "This is exp itself",
        np.log(75): "This is the logit",
        np.log(75) / DIGIT_LOGITS.sum(): "This is the share of the logits",
        3: "The sum is over all classes",
        4 / 3: "This is the sum divided by exp",
        0.1: "The classes get equal shares",
        10: "The classes get equal shares",  # in percent
    }.items():
        assert mark(question, given).reason.startswith(reason)
    assert [mark(question, given).right for given in (0.7, 70, 7.5, 7500)] == [False] * 4


def test_a_tiny_share_may_be_called_nothing():
    question = about_output(arithmetic.softmax(np.array([0.0, -20.0]), 1).at(0, 0))
    assert mark(question, 0).right
    assert not mark(question, 0.1).right
    check(about_output(arithmetic.softmax(np.array([0.0, -740.0]), 1).at(0, 0)))  # upside down it is infinite


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_is_not_finite_is_not_asked(bad):
    with pytest.raises(ValueError, match="not all numbers of activation are finite"):
        curved("none", bad)


@pytest.mark.parametrize(("name", "sample"), [("lenet", "digit-3"), ("tiny_vgg", "cat"), ("efficientnet_lite0", "cat")])
def test_every_kind_of_step_of_our_networks_can_be_asked_about(network, seen, name, sample):
    steps = trace.trace(network(name).graph, seen(name, sample))
    for step in {(one.kind, one.output.ndim): one for one in steps.values()}.values():
        unit = (0, 0, 0)[: step.output.ndim]
        explanation = explain.explain(steps, step.name, unit)
        question = about_output(explanation)
        check(question)
        if not question.choices:
            assert mark(question, step.output[unit].item()).right


def test_only_what_changes_nothing_is_said_to_do_so(network, seen):
    steps = trace.trace(network("lenet").graph, seen("lenet", "digit-3"))
    for name in ("image", "flatten"):
        assert "Nothing is multiplied" in about_output(explain.explain(steps, name, (0, 0, 0))).text
    for name in ("module1_conv", "module1_relu", "dense2"):
        assert "Nothing is multiplied" not in about_output(explain.explain(steps, name, (0, 0, 0))).text


def test_softmax_agrees_with_the_share_asked_for():
    shares = [about_output(arithmetic.softmax(DIGIT_LOGITS, index).at(0, 0)).answer for index in range(10)]
    np.testing.assert_allclose(shares, ops.softmax(DIGIT_LOGITS), rtol=1e-12)
