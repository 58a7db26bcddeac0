"""Questions about slopes: the answer is the network's gradient, and no trap is as good as right."""
import numpy as np
import pytest

from core import gradients, images, quiz, samples, slope_questions, zoo
from core.backwards import Backward, explain_backward, slopes_at


def asked(found: Backward, value: float = 1.0, **kinds: str) -> quiz.Question:
    return slope_questions.about_slope(found, value, kinds)


def fed(upstream: list[float], slopes: list[float], consumers: str | list[str] = "next") -> Backward:
    products, count = np.multiply(upstream, slopes), len(upstream)
    names = tuple([consumers] * count if isinstance(consumers, str) else consumers)
    total = float(products.sum())
    here = "here", "ReLU", (0, 0, 0), names, np.zeros((count, 3), int)
    return Backward(*here, np.array(upstream), np.array(slopes), products, total, total)


@pytest.mark.parametrize("name", ["lenet", "tiny_vgg", "efficientnet_lite0"])
def test_every_answer_is_the_gradient_and_every_trap_is_wrong(name):
    net, dice = zoo.load(name), np.random.default_rng(1)
    image = images.to_tensor(images.fit(samples.load("cat"), net.preprocessing, "centre"), net.preprocessing)
    start = "blocks_14_project_conv" if name == "efficientnet_lite0" else "image"
    for aim in gradients.AIMS:
        back = gradients.backtrace(net.graph, image, 3, start, aim)
        kinds = {step.name: step.kind for step in back.steps.values()}
        for step in back.slopes:
            maps = slopes_at(back, step)
            for _ in range(4):
                place = tuple(int(dice.integers(size)) for size in maps.shape)
                unit = place if back.steps[step].output.ndim == 3 else (int(dice.integers(maps.size)),)
                found = explain_backward(back, step, unit)
                value = back.steps[step].output[unit].item()
                question = slope_questions.about_slope(found, value, kinds)
                assert quiz.mark(question, found.gradient).right, (step, unit)
                assert all(not quiz.mark(question, trap.value).right for trap in question.traps)


def test_gates():
    shut = asked(fed([0.25], [0.0]), -2.0, next="ReLU")
    assert quiz.mark(shut, 0).right
    assert "shut" in quiz.mark(shut, 0.25).reason
    assert "open" in quiz.mark(asked(fed([0.25], [1.0]), 2.0, next="ReLU"), 0).reason
    assert "between 0 and 6" in quiz.mark(asked(fed([0.25], [0.0]), 7.0, next="ReLU6"), 0.25).reason


def test_winners():
    question = asked(fed([0.5, -0.25, 2.0], [1, 1, 0]), next="MaxPool2d")
    assert quiz.mark(question, 0.25).right
    assert "Only the winner" in quiz.mark(question, 2.25).reason
    assert "3 windows" in question.text


def test_sums_and_ways():
    question = asked(fed([1.0, 3.0], [3.0, -0.5]), next="Conv2d")
    assert quiz.mark(question, 1.5).right
    assert "without their weights" in quiz.mark(question, 4.0).reason
    ways = asked(fed([1.0, 2.0], [3.0, 1.0], ["one", "other"]), one="Conv2d", other="add")
    assert quiz.mark(ways, 5.0).right
    assert "multiplied" in quiz.mark(ways, 6.0).reason
    assert quiz.mark(asked(fed([], [])), 0.0).right


def test_at_the_end():
    assert "less target" in quiz.mark(asked(fed([1.0], [-0.3], "cross-entropy")), 0.3).reason
    loss = asked(fed([1.0], [1.5], "squared error"), 2.5)
    assert quiz.mark(loss, 1.5).right
    assert "taken away" in quiz.mark(loss, 2.5).reason
