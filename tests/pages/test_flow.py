"""Gradient flow: what the meter shows is what torch computes, before and during training, and for a photo."""
import copy
import re
import time

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from core import flow, flow_questions, gradients, images, samples, toy_data, training
from core.flow import PRESETS, Stack
from pages.shared.flow_run import EVERY, MOST
from tests.pages.apptest import (
    choose,
    component,
    copied,
    gone,
    happens,
    is_drawn,
    opened,
    page_of,
    press,
    sent,
    table_columns,
    turn,
    ways,
    whole,
    words_of,
)
from tests.pages.engine import LOAD

KEY = "meter"
CONTROLS = {
    "stack_depth": "depth", "stack_width": "width", "stack_activation": "activation", "stack_init": "initialisation",
    "stack_norm": "batch_norm", "stack_shortcuts": "residual", "stack_seed": "seed", "stack_rate": "rate",
}  # fmt: skip
SMALL = {"stack_depth": "3", "stack_width": "8", "stack_activation": "tanh"}


def row(at, name: str, time: int = 0) -> np.ndarray:
    """One value for every layer, at one of the times."""
    shown = sent(at, KEY)
    return shown[name].reshape(len(shown["steps"]), -1)[time]


def trained(at, step: int):
    """The page once its run has got there."""
    for _ in range(400):
        if sent(at, KEY)["steps"][-1] >= step or at.warning or at.error:
            return at
        time.sleep(0.05)
        whole(at.run())
    raise AssertionError(f"step {step} has not come")


def by_torch(stack: Stack, steps: int = 0) -> list[float]:
    """The L2 norm of each layer's gradient by torch's own backward, on a copy."""
    config = flow.config_of(stack)
    data = toy_data.load(config.data)
    state, _ = training.advance(training.begin(config), steps, data)
    network = copy.deepcopy(training.network_of(state)).train()
    rows = training.batch(config, steps, len(data.labels))
    F.cross_entropy(network(torch.tensor(data.inputs)[rows]), torch.tensor(data.labels)[rows]).backward()
    return [layer.weight.grad.double().norm().item() for layer in network if isinstance(layer, torch.nn.Linear)]


# ---- stacks -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_shows_the_gradients_of_torch_and_its_claim(name):
    at = choose(opened("flow", stack_depth="7"), "preset", name)
    np.testing.assert_allclose(row(at, "gradient"), by_torch(PRESETS[name].stack), rtol=1e-4)
    assert any(PRESETS[name].claim in text for text in words_of(at))
    np.testing.assert_array_equal(row(copied(at), "gradient"), row(at, "gradient"))


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [
        ("vanishing", 0, 1e-6),
        *((name, 1e-2, 1e2) for name in ("healthy", "rescued by batch norm", "rescued by shortcuts")),
    ],
)
def test_first_against_last_layer(name, least, most):
    at = choose(opened("flow"), "preset", name)
    shown = row(at, "gradient")
    assert least <= shown[0] / shown[-2] <= most
    told = next(text for text in words_of(at) if "the first layer's gradient is" in text)
    ratio = float(re.search(r"\*\*([\d.e−+]+) times", told)[1].replace("−", "-"))
    assert ratio == pytest.approx(shown[0] / shown[-2], rel=1e-3)
    assert ("vanishes" in told) == (name == "vanishing")


def test_what_explodes_and_what_is_dead_is_named():
    at = choose(opened("flow"), "preset", "exploding")
    assert row(at, "gradient").min() > 1e15
    assert any("**explodes**" in text for text in words_of(at))
    choose(at, "preset", "dead ReLUs")
    assert not row(at, "gradient").any()
    wall = int(re.search(r"all units of dense(\d+) are dead", "".join(words_of(at)))[1])
    shown = sent(at, KEY)
    dead = shown[f"more{shown['more'].index('dead units')}"]
    assert list(dead).index(1) == wall - 1
    assert not row(at, "activation")[wall - 1 : -1].any()


def test_each_layer_of_sigmoids_multiplies_by_less_than_a_quarter():
    at = opened("flow", stack_init="Xavier")
    told = next(text for text in words_of(at) if "Each layer multiplies" in text)
    each = float(re.search(r"by \*\*([\d.]+)\*\*", told)[1])
    shown = sent(at, KEY)
    arrives = shown[f"more{shown['more'].index('arrives')}"]
    assert each == pytest.approx((arrives[0] / arrives[-2]) ** (1 / 19), rel=1e-3)
    assert each < 0.25
    assert "the slope of sigmoid is at most 0.25" in told


@pytest.mark.parametrize("key", CONTROLS)
def test_every_control_at_both_ends_keeps_the_rest(key):
    for way in (0, -1):
        at = opened("flow", **SMALL)
        before = {name: at.get_by_key(name).value for name in CONTROLS}
        turn(at, key, ways(at.get_by_key(key))[way])
        after = {name: at.get_by_key(name).value for name in CONTROLS}
        assert {name for name in CONTROLS if before[name] != after[name]} <= {key}
        stack = Stack(**{field: after[name] for name, field in CONTROLS.items()})
        np.testing.assert_allclose(row(at, "gradient"), by_torch(stack), rtol=1e-3)
        assert len(sent(at, KEY)["names"]) == stack.depth + 1


def test_numbers_that_are_none_are_told_with_what_would_be_right():
    at = opened("flow", stack_depth="50", stack_activation="ReLU", stack_init="too large")
    assert re.match("This does not work: .*too large to be numbers; take fewer layers", at.error[0].value)
    assert not is_drawn(at, KEY)
    choose(at, "stack_init", "He")
    assert not at.error
    assert row(at, "gradient").all()


def test_a_link_with_nonsense_shows_a_stack_all_the_same():
    for word in ("nan", "-1", "1e9", "99999", "", "True", "x" * 3000):
        keys = [*CONTROLS, "flow_layer", "flow_on", "preset"]
        at = opened("flow", **dict.fromkeys(keys, word))
        assert len(sent(at, KEY)["names"]) > 1
    assert sent(opened("flow", flow_layer="99"), KEY)["look"] == {"time": 0, "layer": 20}


# ---- training ---------------------------------------------------------------------------------


def test_a_step_is_that_of_torch_and_the_link_leads_back_to_it():
    at = press(opened("flow", **SMALL, stack_rate="0.1"), "further")
    trained(at, EVERY)
    shown = sent(at, KEY)
    assert (shown["steps"], shown["look"]["time"]) == ([0, EVERY], 1)
    stack = Stack(3, 8, "tanh", "Xavier", rate=0.1)
    np.testing.assert_allclose(row(at, "gradient", 1), by_torch(stack, EVERY), rtol=1e-3)
    assert shown["losses"][1] < shown["losses"][0]
    assert at.query_params["flow_step"] == str(EVERY)
    other = trained(copied(at), EVERY)
    np.testing.assert_array_equal(row(other, "gradient", 1), row(at, "gradient", 1))


def test_training_goes_on_until_it_is_paused_and_can_be_looked_back_at():
    at = press(opened("flow", **SMALL), "train")
    assert at.button(key="train").label == "Pause"
    trained(at, 2 * EVERY)
    press(at, "train")
    reached = sent(at, KEY)["steps"][-1]
    assert at.button(key="train").label == "Train"
    assert 2 * EVERY <= reached < MOST
    whole(at.run())
    assert sent(at, KEY)["steps"][-1] == reached
    happens(at, KEY, "time", time=1)
    assert sent(at, KEY)["look"]["time"] == 1
    assert any(f"**After {EVERY} steps**" in text for text in words_of(at))
    assert sent(at, KEY)["steps"][-1] == reached
    assert any(f"**After {EVERY} steps**" in text for text in words_of(gone(gone(at, "neuron"), "flow")))


def test_another_stack_begins_before_training():
    at = trained(press(opened("flow", **SMALL), "further"), EVERY)
    choose(at, "stack_activation", "ReLU")
    assert sent(at, KEY)["steps"] == [0]
    assert any("Before training" in text for text in words_of(at))


def test_a_run_that_breaks_says_why_and_stops():
    at = press(choose(opened("flow"), "preset", "exploding"), "train")
    trained(at, MOST)
    assert "became too large to be numbers" in at.warning[0].value
    assert at.button(key="train").disabled
    assert at.button(key="further").disabled
    assert sent(at, KEY)["steps"] == [0]


# ---- tables and histograms --------------------------------------------------------------------


def test_the_table_has_what_the_meter_shows():
    at = opened("flow", **SMALL)
    table = next(one.value for one in at.dataframe if "layer" in one.value.columns)
    np.testing.assert_array_equal(table["gradient (L2 norm)"], row(at, "gradient"))
    np.testing.assert_array_equal(table["activation (rms)"], row(at, "activation"))
    assert list(table["layer"]) == sent(at, KEY)["names"]


def test_the_share_of_zeros_counts_every_weight_alike():
    at = opened("flow", stack_depth="3", stack_width="8", stack_activation="ReLU")
    hidden = flow.measure(training.begin(flow.config_of(Stack(3, 8, "ReLU")))).layers[:-1]
    zeros, weights = (sum(numbers) for numbers in zip(*((w.zeros * w.weights, w.weights) for w in hidden), strict=True))
    assert weights == 64 * 8 + 2 * 8 * 8
    assert f"Exactly 0 are {zeros / weights:.1%}".replace("%", " %") in " ".join(words_of(at))


def test_histograms_count_every_value_of_every_layer_at_every_time():
    at = trained(press(opened("flow", **SMALL), "further"), EVERY)
    shown = sent(at, "histograms")
    activations = shown["activations"].reshape(2, 4, -1).sum(axis=2)
    np.testing.assert_array_equal(activations, [[800, 800, 800, 1000]] * 2)
    counts = shown["gradients"].reshape(2, 4, -1).sum(axis=2)
    zeros = shown["zeros"].reshape(2, 4)
    np.testing.assert_allclose(counts, (1 - zeros) * [8 * 64, 64, 64, 80], rtol=1e-5)
    assert shown["look"]["time"] == 1
    happens(at, "histograms", "choose", layer=3)
    bins = next(one.value for one in at.dataframe if "how many" in one.value.columns)
    assert bins["how many"].sum() == 1000 + counts[1, 3]
    assert len(component(at, "histograms").bytes) < 30_000


def test_the_longest_run_of_the_largest_stack_stays_small():
    found = flow.measure(training.begin(flow.config_of(Stack(50, 64))))
    layers, times = len(found.layers), MOST // EVERY + 1
    assert layers * times * (2 * flow.BINS * 4 + 5 * 8) < 500_000


# ---- photos -----------------------------------------------------------------------------------


@pytest.mark.parametrize("training_of", ["trained", "untrained"])
@pytest.mark.parametrize("name", ["tiny_vgg", "lenet"])
def test_a_photo_has_the_slopes_of_torch(name, training_of):
    link = {"network": name, "training": training_of, "aim": "cross-entropy", "class": "4"}
    at = opened("flow", flow_on="Your photo", **link)
    net = LOAD(name, training_of == "trained")
    image = images.to_tensor(images.fit(samples.load("cat"), net.preprocessing, "centre"), net.preprocessing)
    outputs = copy.deepcopy(net.graph)(image[None].requires_grad_(True))
    found = torch.autograd.grad(gradients.AIMS["cross-entropy"](outputs[-1][0], 4), outputs)
    np.testing.assert_allclose(row(at, "gradient"), [one.square().mean().sqrt() for one in found], rtol=1e-4)
    with torch.no_grad():
        sizes = [one.square().mean().sqrt() for one in outputs]
    np.testing.assert_allclose(row(at, "activation"), sizes, rtol=1e-4)
    assert table_columns(at)[-1][-3:] == ["gradient (rms)", "share exactly 0", "activation (rms)"]


def test_a_click_opens_the_layer_on_the_backward_page():
    at = opened("flow", flow_on="Your photo", network="tiny_vgg", **{"class": "4"})
    layer = sent(at, KEY)["names"].index("Module 2 conv 1")
    happens(at, KEY, "open", layer=layer)
    assert page_of(at) == "backward"
    place = {name: at.query_params[name] for name in ("layer", "aim", "class")}
    assert place == {"layer": "module2_conv1", "aim": "score", "class": "4"}


def test_the_link_keeps_the_layer_at_hand():
    at = opened("flow", flow_on="Your photo", network="lenet")
    happens(at, KEY, "choose", layer=5)
    assert sent(copied(at), KEY)["look"]["layer"] == 5


# ---- questions --------------------------------------------------------------------------------


@pytest.mark.parametrize("link", [SMALL, {"flow_on": "Your photo", "network": "lenet"}])
def test_sizes_are_hidden_until_the_question_is_answered(link):
    at = opened("flow", **link)
    sizes, names = row(at, "gradient"), sent(at, KEY)["names"]
    choose(at, "predict", True)
    assert np.isnan(row(at, "gradient")).all()
    assert not sent(at, KEY)["more"]
    assert not is_drawn(at, "histograms")
    assert not any("activation (rms)" in columns for columns in table_columns(at))
    text = next(text for text in words_of(at) if text.startswith("Is the gradient at"))
    one, other = re.search("at (.*) larger or smaller than at (.*)\\?", text).groups()
    mine, theirs = sizes[names.index(one)], sizes[names.index(other)]
    choose(at, "quiz-choice", "larger" if mine > theirs else "smaller")
    assert len(at.success) == 1
    np.testing.assert_array_equal(row(at, "gradient"), sizes)
    press(at, "quiz-next")
    assert next(text for text in words_of(at) if text.startswith("Is the gradient at")) != text


def test_the_slope_and_several_layers_are_asked_for():
    at = choose(opened("flow"), "predict", True)
    choose(at, "quiz-kind", "the slope")
    assert not np.isnan(row(at, "gradient")).any()
    at.number_input(key="quiz-number").set_value(0.25)
    press(at, "quiz-check")
    assert len(at.success) == 1
    choose(at, "quiz-kind", "several layers")
    text = next(text for text in words_of(at) if "together?" in text)
    each, layers = float(re.search("by ([\\d.]+),", text)[1]), int(re.search("do (\\d)", text)[1])
    found = flow.measure(training.begin(flow.config_of(PRESETS["vanishing"].stack)))
    assert each == pytest.approx(flow_questions.factor(found), rel=1e-3)
    at.number_input(key="quiz-number").set_value(each**layers)
    press(at, "quiz-check")
    assert len(at.success) == 1
