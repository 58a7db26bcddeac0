"""Network: the whole of it, every block and every layer, and the way through them."""
import numpy as np
import pytest

from core import answers, overview, zoo
from core.networks import efficientnet_lite0
from tests.pages.apptest import choose, opened, press, sent, situations
from tests.pages.engine import LARGE, fitted, network, step_names, traced
from tests.pages.reading import table


@pytest.mark.parametrize("name", zoo.SPECS)
def test_the_network_map_shows_what_the_engine_traced(name):
    for at, situation in situations("network", name):
        shown, steps = sent(at, "network_map"), traced(*situation)
        columns = overview.whole(steps)
        assert [column["name"] for column in shown["columns"]] == [column.name for column in columns]
        for i, column in enumerate(columns):
            output = overview.as_maps(steps[column.step].output).numpy()[column.chosen]
            low, high = shown[f"ranges{i}"].reshape(-1, 2).T
            np.testing.assert_allclose(low, output.min(axis=(1, 2)), rtol=1e-4, atol=1e-5)
            np.testing.assert_allclose(high, output.max(axis=(1, 2)), rtol=1e-4, atol=1e-5)
            spread = (high - low)[:, None, None]
            values = low[:, None, None] + spread * shown[f"maps{i}"].reshape(column.maps.shape) / 255
            assert (np.abs(values - column.maps) <= spread / 500 + 1e-5).all()  # half a step of 255


@pytest.mark.parametrize("name", zoo.SPECS)
def test_the_map_ends_in_the_answer_and_knows_the_extremes(name):
    shown, steps = sent(opened("network", network=name), "network_map"), traced(name, "trained", "centre")
    net, outputs = network(name), [step.output for step in steps.values() if step.kind != "Input"]
    best = answers.best(net, answers.probabilities(net, fitted(name, "centre")), 10)
    assert [one["label"] for one in shown["classes"]] == [one.label for one in best]
    assert [one["probability"] for one in shown["classes"]] == pytest.approx([p.probability for p in best], abs=1e-5)
    low, high = shown["whole"]
    if name != LARGE:  # of which only the last step of each block is drawn
        assert low == pytest.approx(min(output.min().item() for output in outputs), rel=1e-5)
        assert high == pytest.approx(max(output.max().item() for output in outputs), rel=1e-5)
    assert low == min(column["low"] for column in shown["columns"][1:])
    assert high == max(column["high"] for column in shown["columns"][1:])


@pytest.mark.parametrize("name", zoo.SPECS)
def test_whole_network_blocks_and_layers_can_be_chosen(name):
    at, names = opened("network", network=name), step_names(name)
    options = at.selectbox(key="layer").options
    blocks = list(dict.fromkeys(overview.block_of(layer) for layer in names)) if name == LARGE else []
    groups = ["whole", *(block for block in blocks if block not in names)]
    assert options == [*groups, *names]
    for group in groups:
        shown = sent(choose(at, "layer", group), "network_map")
        assert {overview.block_of(column["name"]) for column in shown["columns"][1:]} >= {group} - {"whole"}


def test_the_layer_table_adds_up():
    shown = table(opened("network"), "multiply-adds")
    learned = sum(tensor.numel() for tensor in efficientnet_lite0.EfficientNetLite0().parameters())
    assert list(shown["layer"]) == step_names(LARGE)
    assert shown["parameters"].sum() == learned
    assert any(f"**{learned:,}** learned numbers" in text.value for text in opened("network").markdown)


def test_the_buttons_of_a_layer_lead_along_and_out():
    at = opened("network", network=LARGE, layer="blocks_3_expand_conv", map="7")
    names = step_names(LARGE)
    where = lambda: at.session_state["layer"]  # noqa: E731
    at.button(key="next").click().run()
    assert where() == names[names.index("blocks_3_expand_conv") + 1]
    press(at, "previous")
    assert (where(), at.session_state["map"]) == ("blocks_3_expand_conv", 7)
    press(at, "up")
    assert where() == "blocks_3"
    press(at, "next")
    assert where() == "blocks_4"
    press(at, "up")
    assert where() == "whole"
    assert [button.key for button in at.button] == []


def test_changing_the_network_leaves_no_foreign_layer():
    at = opened("network", network="tiny_vgg", layer="module2_conv1", map="31")
    choose(at, "network", LARGE)
    assert at.session_state["layer"] == "whole"
    assert sent(at, "network_map")["columns"][1]["name"] == "stem"


def test_a_layer_both_networks_have_stays_and_its_map_fits():
    at = opened("network", network="tiny_vgg", layer="module2_pool", map="31")
    choose(at, "network", "lenet")
    assert (at.session_state["layer"], at.session_state["map"]) == ("module2_pool", 15)
    assert sent(at, "layer_view")["map"] == 15


def test_a_link_says_everything():
    link = {"network": "lenet", "training": "untrained", "fit": "whole", "picture": "digit-5"}
    at = opened("network", **link, layer="module2_conv", map="9", range="layer")
    shown = sent(at, "layer_view")
    assert (shown["step"], shown["map"], shown["range"]) == ("module2_conv", 9, "layer")
    output = traced("lenet", "untrained", "whole", "digit-5")["module2_conv"].output.numpy()
    np.testing.assert_allclose(shown["maps"], output.ravel(), rtol=1e-4, atol=1e-5)
