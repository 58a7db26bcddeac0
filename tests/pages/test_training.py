"""Training lab: what is drawn is what the engine has; every run can be stepped back, repaired, repeated and saved."""
import json
import time

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core import drawing, presets, review, service, toy_data, training
from core.run_config import Config, layers_of
from core.training import State
from pages.shared import cached, lab_choices, lab_views
from tests.pages.apptest import (
    choose,
    component,
    controls,
    copied,
    gone,
    happens,
    is_drawn,
    opened,
    press,
    sent,
    turn,
    words_of,
)

pytestmark = pytest.mark.slow

KEY = "lab"
NAMES = list(presets.PRESETS)
LARGE = {"data": "shapes", "size": "32", "modules": "4", "filters1": "32", "filters2": "32"}
SEVEN = [[[0.3, 0.2], [0.7, 0.2], [0.45, 0.85]]]


def rested(at: AppTest, seconds: float = 60) -> AppTest:
    """The page when nothing is computed for it any more; each run is a tick."""
    end = time.monotonic() + seconds
    while at.session_state["run"].busy:
        assert time.monotonic() < end
        time.sleep(0.02)
        at.run()
    return at.run()


def lab(at: AppTest, **link: str) -> State:
    return at.session_state["run"].state


def reached(config: Config, steps: int) -> State:
    """What the engine has there, without any page."""
    return training.advance(training.begin(config), steps, toy_data.load(config.data))[0]


def table(at: AppTest, column: str):
    """The table that has such a column."""
    return next(one.value for one in at.dataframe if column in one.value.columns)


def row(shown: dict, run: int = 0, at: int = -1) -> np.ndarray:
    """Step, training loss and accuracy, test loss and accuracy."""
    return shown[f"scores{run}"].reshape(-1, 5)[at]


# ---- the first view and every preset ------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_a_preset_is_the_run_it_says_and_shows_its_layers_before_it_begins(name):
    at, config = opened("training", preset=name), presets.PRESETS[name].config
    assert lab(at) == training.begin(config)
    assert presets.PRESETS[name].lesson in " ".join(words_of(at))
    shapes, layers = table(at, "gives"), layers_of(config)
    assert shapes["layer"].tolist() == [layer.name for layer in layers]
    assert shapes["learns"].tolist() == [f"{layer.parameters:,}" for layer in layers]
    shown = sent(at, KEY)
    assert row(shown)[4] == pytest.approx(training.evaluate(lab(at)).test.accuracy, abs=1e-6)
    assert not at.button(key="start").disabled


def test_start_trains_until_its_step_pauses_there_and_goes_on():
    at = opened("training", until="60", pace="as fast as it can")
    press(at, "start")
    rested(at)
    assert lab(at) == reached(Config(), 60)
    assert at.query_params["at"] == "60"
    press(at, "start")
    rested(at)
    assert lab(at).step == 120
    assert row(sent(at, KEY))[0] == 120


def test_while_it_trains_the_time_to_go_and_the_place_in_the_queue_are_shown():
    at = opened("training", until="5000")
    press(at, "start")
    run = at.session_state["run"]
    end = time.monotonic() + 20
    while not run.state.step:
        assert time.monotonic() < end
        at.run()
    run.before = 2
    assert any("to go" in text for text in words_of(at.run()))
    press(at, "pause")
    assert not run.busy
    assert at.query_params["at"] == str(run.state.step)


def test_who_waits_sees_how_many_come_before(monkeypatch):
    at = opened("training")
    monkeypatch.setattr(service.Service, "_next", lambda self: None)  # nobody's turn comes
    for _ in range(2):
        cached.service().start(training.begin(Config()), 10)
    press(at, "start")
    assert any("2 students before you" in text for text in words_of(at))


def test_who_is_next_is_told_so(monkeypatch):
    at = opened("training")
    monkeypatch.setattr(service.Service, "_next", lambda self: None)  # nobody's turn comes
    press(at, "start")
    assert any("others are training, you are next" in text for text in words_of(at))


def test_steps_lead_forward_and_back_to_the_bit():
    at = rested(opened("training", at="20"))
    before = lab(at)
    assert before == reached(Config(), 20)
    rested(press(at, "step"))
    after = lab(at)
    assert after == reached(Config(), 21)
    rested(press(at, "back"))
    assert lab(at) == before
    rested(press(at, "step"))
    assert lab(at) == after
    rested(happens(at, KEY, "go", step=7))
    assert lab(at) == reached(Config(), 7)
    assert [event.step for event in at.session_state["run"].events if hasattr(event, "loss")] == list(range(7))
    press(at, "reset")
    assert lab(at) == training.begin(Config())
    assert at.button(key="back").disabled


# ---- links --------------------------------------------------------------------------------------


def test_a_link_is_the_run_and_its_step():
    at = rested(opened("training", preset="spiral", at="15", seed="3", rate="0.03", view="Gradients"))
    other = rested(copied(at))
    assert lab(other) == lab(at)
    assert (lab(at).step, lab(at).config.seed, lab(at).config.rate) == (15, 3, 0.03)
    assert sent(other, KEY)["views"] == ["gradients"]


def test_a_visitor_who_comes_back_finds_the_run():
    at = rested(opened("training", at="12"))
    rested(press(at, "step"))
    assert lab(gone(gone(at, "neuron"), "training")).step == 13


@pytest.mark.parametrize("word", ["nan", "-5", "1e9", "x" * 500, "999999", "", "1,2", "\0", "auto"])
def test_nonsense_is_the_beginning_or_the_nearest_that_can_be(word):
    keys = ["preset", "data", "examples", "noise", "modules", "filters1", "kernel1", "dense", "units", "rate", "batch"]
    keys += ["first", "decay", "seed", "until", "pace", "view", "example", "cell", "quiz", "size", "separation"]
    for some in (keys[::2], keys[1::2], keys):
        at = opened("training", **dict.fromkeys(some, word))
        assert is_drawn(at, KEY) or at.error


def test_a_step_too_far_is_cut(monkeypatch):
    monkeypatch.setattr("pages.shared.lab_player.PATIENCE", 0)
    at = opened("training", at="999999")
    assert at.session_state["run"].goal == 5000
    press(at, "pause")
    assert at.query_params["at"] == str(lab(at).step)


# ---- building -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["digits", "shapes", "circles"])
def test_every_control_works_at_both_ends(name):
    link = {"data": name, **({"modules": "0"} if name == "circles" else {})}
    keys = set(controls(opened("training", **link))) & {
        *lab_choices.DATA, *lab_choices.NETWORK, *lab_choices.TRAINING, "pace", "view"
    }  # fmt: skip
    assert len(keys) > 15
    for key in sorted(keys):
        at = opened("training", **link)
        widget = at.get_by_key(key)
        ends = [0, len(widget.options) - 1] if getattr(widget, "options", None) else [widget.min, widget.max] \
            if hasattr(widget, "min") else [True, False]
        for way in ends:
            turn(at, key, way)
            assert is_drawn(at, KEY) or at.error, (key, way)
        assert key in at.query_params


def test_what_does_not_fit_is_explained_and_can_be_mended():
    at = opened("training", modules="4")
    assert "block 4 does not fit a map of 1 × 1: take fewer blocks, or no pooling" in at.error[0].value
    assert not is_drawn(at, KEY)
    other = copied(at)
    press(at, "fewer-blocks")
    assert len(lab(at).config.architecture.blocks) == 3
    press(other, "no-pooling")
    assert [block.pooling for block in lab(other).config.architecture.blocks] == ["max", "max", "max", "none"]
    assert "batch norm compares" in opened("training", norm="True", batch="1").error[0].value
    many = opened("training", data="shapes", size="32", modules="1", pooling1="none", filters1="32", units="256")
    assert "parameters are too many" in many.error[0].value


def test_points_take_the_blocks_away_and_pictures_bring_them_back():
    at = opened("training", modules="1", filters1="5")
    choose(at, "data", "moons")
    assert not at.error
    assert lab(at).config.architecture.blocks == ()
    assert "regions" in sent(at, KEY)
    choose(at, "data", "shapes")
    assert [block.filters for block in lab(at).config.architecture.blocks] == [5]


def test_a_lesson_is_told_as_long_as_it_is_true():
    lesson = presets.PRESETS["too fast"].lesson
    at = opened("training", preset="too fast", seed="3")
    assert lesson in " ".join(words_of(at))
    choose(at, "rate", 3.0)
    assert lesson not in " ".join(words_of(at))
    told = "Changed: rate 3 instead of 50. Start trains for 60 steps"
    assert any(text.startswith(told) for text in words_of(at))


def test_another_preset_forgets_what_was_built():
    at = rested(opened("training", at="10", rate="0.1", modules="1", data="shapes"))
    choose(at, "preset", "by heart")
    assert lab(at) == training.begin(presets.PRESETS["by heart"].config)


# ---- trouble ------------------------------------------------------------------------------------


def test_a_loss_that_jumps_up_pauses_the_run_and_one_click_leads_back():
    at = opened("training", preset="too fast")
    press(at, "start")
    rested(at)
    run = at.session_state["run"]
    assert {"divergence", "exploding gradients"} <= {trouble.kind for trouble in run.troubles}
    assert "Take a smaller learning rate: 0.1, which is usual for SGD." in at.warning[0].value
    first = min(trouble.step for trouble in run.troubles)
    rested(press(at, "before"))
    assert lab(at).step <= first
    assert lab(at) == reached(presets.PRESETS["too fast"].config, lab(at).step)
    assert not [trouble for trouble in at.session_state["run"].troubles if trouble.kind == "divergence"]


def test_one_click_begins_again_with_smaller_steps_beside_the_run_that_failed():
    at = opened("training", preset="too fast")
    press(at, "start")
    rested(at)
    press(at, "cure")
    assert lab(at).config.rate == 0.1
    assert lab(at).step == 0
    shown = sent(at, KEY)
    assert shown["names"] == ["rate 0.1", "rate 50"]
    assert shown["colours"] == [1, 0]
    assert shown["steps1"].max() > 0
    press(at, "clear-runs")
    assert sent(at, KEY)["names"] == ["this run"]


def test_numbers_that_are_none_any_more_stop_the_run():
    at = opened("training", preset="too fast", data="shapes", optimiser="momentum", modules="4", first="too large")
    press(at, "start")
    rested(at)
    if lab(at).stopped:
        assert "too large to be numbers" in at.warning[0].value
        assert at.button(key="start").disabled
    assert json.dumps({key: value for key, value in sent(at, KEY).items() if isinstance(value, str)}, allow_nan=False)


def test_a_loss_that_does_not_move_is_named_too():
    at = rested(opened("training", preset="too slow", at="220"))
    assert "each step is tiny" in at.warning[0].value
    press(at, "cure")
    assert lab(at).config.rate == 0.1


def test_zeros_are_told_to_take_other_first_weights():
    at = rested(opened("training", preset="all zeros", at="2"))
    assert "Take He initialisation" in at.warning[0].value
    press(at, "cure")
    assert lab(at).config.initialisation == "He"


def test_straight_borders_that_can_do_no_better_are_told_so():
    link = dict(data="spiral", dense="0", rate="10.0", optimiser="SGD")
    at = rested(opened("training", at="300", **link))
    assert "it can do no better" in at.warning[0].value
    press(at, "cure")
    assert lab(at).config.architecture.dense == (24, 24)
    assert lab(at).config.rate == 0.1


def test_a_run_whose_settings_come_back_is_where_it_was_left():
    at = opened("training", until="5000")
    press(at, "start")
    first = at.session_state["run"]
    end = time.monotonic() + 20
    while first.state.step < 20:
        assert time.monotonic() < end
        at.run()
    choose(at, "rate", 0.01)
    assert lab(at).step == 0
    assert any(f"the run before is kept at step {first.state.step:,}" in text for text in words_of(at))
    assert not first.busy
    left = first.state
    rested(press(at, "step"))
    choose(at, "rate", 0.005)
    assert lab(at) == left
    assert sent(at, KEY)["names"] == ["rate 0.005", "rate 0.01"]
    assert sent(at, KEY)["colours"] == [0, 1]
    rested(press(at, "step"))
    assert lab(at) == reached(Config(), left.step + 1)


def test_learnt_by_heart_is_said():
    at = rested(opened("training", preset="by heart", at="200"))
    assert any("by heart" in text and "30 training examples" in text for text in words_of(at))


def test_the_last_three_runs_stay_on_the_chart():
    at = rested(opened("training", preset="spiral", at="5"))
    for seed in range(1, 6):
        choose(at, "seed", seed)
        rested(press(at, "step"))
    assert sent(at, KEY)["names"] == ["seed 5", "seed 4", "seed 3", "seed 2"]
    assert [int(row(sent(at, KEY), run)[0]) for run in range(4)] == [1, 1, 1, 1]


# ---- views --------------------------------------------------------------------------------------


def test_maps_filters_and_answer_of_the_chosen_picture_are_the_engines():
    at = rested(opened("training", at="30"))
    happens(at, KEY, "see", index=5)
    shown, state = sent(at, KEY), lab(at)
    data = toy_data.load(Config().data)
    maps = review.feature_maps(state, data.test_inputs[5])
    ends = [stack["start"] for stack in shown["stacks"]][1:]
    filters, conv1, conv2 = np.split(shown["maps"], ends)
    np.testing.assert_allclose(filters, review.filters(state).ravel(), rtol=1e-6)
    np.testing.assert_allclose(conv1, maps["conv1_act"].ravel(), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(conv2, maps["conv2_act"].ravel(), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(shown["chances"], review.answers(state, data.test_inputs[5:6])[0], atol=1e-6)
    assert shown["examples"]["labels"] == data.test_labels[: lab_views.EXAMPLES].tolist()
    assert sent(rested(copied(at)), KEY)["examples"]["chosen"] == 5


def test_a_cell_of_the_confusion_matrix_opens_its_pictures():
    at = rested(opened("training", at="60", view="Mistakes"))
    data, state = toy_data.load(Config().data), lab(at)
    found = review.answers(state, data.test_inputs)
    shown = sent(at, KEY)
    matrix = review.confusion(data.test_labels, found)
    np.testing.assert_array_equal(shown["confusion"].reshape(10, 10), matrix)
    worst = review.worst_mistakes(data.test_labels, found, lab_views.ALBUM)
    assert [(one["label"], one["answer"]) for one in shown["album"]] == [(one.label, one.answer) for one in worst]
    off = matrix - np.diag(np.diag(matrix))
    cell = [int(place) for place in np.unravel_index(off.argmax(), off.shape)]
    happens(at, KEY, "cell", row=cell[0], column=cell[1])
    shown = sent(at, KEY)
    assert len(shown["album"]) == min(off.max(), lab_views.ALBUM)
    assert {(one["label"], one["answer"]) for one in shown["album"]} == {tuple(cell)}
    rows = np.flatnonzero((data.test_labels == cell[0]) & (found.argmax(axis=1) == cell[1]))
    pictures = shown["albumPictures"].reshape(len(shown["album"]), -1)
    known = {np.round(data.test_inputs[at] * 255).astype(np.uint8).tobytes() for at in rows}
    assert {picture.tobytes() for picture in pictures} <= known
    press(at, "worst")
    assert sent(at, KEY)["album"][0]["certainty"] == pytest.approx(worst[0].certainty)


def test_the_plane_is_the_engines_and_a_cell_frames_its_points():
    at = rested(opened("training", preset="spiral", at="40"))
    shown, state = sent(at, KEY), lab(at)
    region = review.decision_region(state, shown["grid"])
    np.testing.assert_array_equal(shown["regions"].reshape(region.classes.shape), region.classes)
    happens(at, KEY, "cell", row=0, column=0)
    assert sent(at, KEY)["ringed"].any()


def test_gradients_of_each_layer_are_the_evaluations():
    at = rested(opened("training", at="25", view="Gradients"))
    shown, found = sent(at, KEY), training.evaluate(lab(at)).layers
    assert shown["layerNames"] == [layer.name for layer in found]
    np.testing.assert_allclose(shown["gradients"], [layer.gradient for layer in found], rtol=1e-6)


def test_a_drawn_digit_is_read_by_the_network_as_it_is():
    at = rested(opened("training", at="1000", view="Draw"))
    assert sent(at, KEY)["drawn"].size == 0
    happens(at, KEY, "draw", strokes=SEVEN)
    shown, seen = sent(at, KEY), drawing.digit(SEVEN)
    np.testing.assert_array_equal(shown["drawn"], seen.ravel())
    np.testing.assert_allclose(shown["drawnChances"], review.answers(lab(at), seen[None])[0], atol=1e-6)
    assert shown["drawnChances"].argmax() == 7
    assert shown["say"].startswith("The network reads a 7, ")
    happens(at, KEY, "draw", strokes=[])
    assert sent(at, KEY)["drawn"].size == 0


@pytest.mark.parametrize("link", [{}, LARGE], ids=["small", "large"])
def test_a_message_stays_small(link):
    for view in ("Inside", "Mistakes", "Gradients"):
        assert len(component(opened("training", view=view, **link), KEY).bytes) < 100_000


# ---- the service, the numbers, the files ----------------------------------------------------------


def test_nothing_trains_when_nobody_looks(monkeypatch):
    monkeypatch.setattr(service, "LEASE", 0.2)
    at = opened("training", until="5000", pace="as fast as it can", modules="2", filters1="32", filters2="32")
    press(at, "start")
    job = at.session_state["run"].job
    gone(at, "neuron")
    time.sleep(1.2)
    left = job.state.step
    assert left < 5000
    time.sleep(0.6)
    assert job.state.step == left
    gone(at, "training")
    end = time.monotonic() + 10
    while lab(at).step <= left:
        assert time.monotonic() < end
        at.run()
    press(at, "pause")


def test_numbers_and_files_belong_to_the_step_that_is_shown():
    at = rested(opened("training", at="10"))
    scores = table(at, "training loss")
    assert scores["step"].tolist() == [0, 10]
    assert scores["test accuracy"].iloc[-1] == pytest.approx(training.evaluate(lab(at)).test.accuracy)
    labels = [button.label for button in at.get("download_button")]
    assert {"Weights (safetensors)", "PyTorch script", "Curves (CSV)"} <= set(labels)


def test_a_question_hides_layers_that_learn_as_many_numbers():
    at = opened("training", dense="3", quiz="3")
    choose(at, "predict", True)
    shapes, layers = table(at, "gives"), layers_of(lab(at).config)
    asked = [layer for layer in layers if layer.parameters][3]
    equal = [layer.name for layer in layers if layer.parameters == asked.parameters]
    assert len(equal) > 1
    assert shapes["layer"][shapes["learns"] == "?"].tolist() == equal


def test_a_question_keeps_its_number_until_it_is_answered():
    at = opened("training")
    choose(at, "predict", True)
    assert table(at, "gives")["learns"].iloc[0] == "?"
    at.number_input(key="quiz-number").set_value(72)
    press(at, "quiz-check")
    assert any("biases are learnt" in text and "= 80" in text for text in words_of(at))
    assert table(at, "gives")["learns"].iloc[0] == "80"
    press(at, "quiz-next")
    assert any("conv2" in text and "How many" in text for text in words_of(at))
