"""The way from the Network page to what takes a number apart, and back: the same layer, map and cell."""
import numpy as np
import pytest

from core import zoo
from pages.shared import unit
from tests.pages.apptest import choose, gone, happens, opened, page_of, press, sent
from tests.pages.calculated import result_at
from tests.pages.engine import LARGE, maps_of, network, ran

EVERY = pytest.mark.parametrize("kind", [kind for kinds in unit.PAGES.values() for kind in kinds])


def places(kind: str) -> list[tuple[str, str, int, int, int]]:
    """Network, step, map, row and column: of each network the first and the last step of that kind."""
    found = []
    for name in zoo.SPECS:
        steps = [step for step in ran(name).values() if step.kind == kind]
        for step in {step.name: step for step in (steps[:1] + steps[-1:])}.values():
            count, high, wide = maps_of(step).shape
            found.append((name, step.name, count // 3, min(1, high - 1), min(2, wide - 1)))
    return found


@EVERY
def test_a_number_of_the_network_page_opens_on_the_page_for_its_kind(kind):
    for name, step, channel, row, column in places(kind):
        at = opened("network", network=name, layer=step)
        happens(at, "layer_view", "open", map=channel, row=row, column=column)
        shown = sent(at)
        assert page_of(at) == unit.page_of(kind)
        assert (shown["step"], shown["channel"], shown["at"]) == (step, channel, [row, column])
        assert result_at(shown, row, column) == maps_of(ran(name)[step])[channel, row, column]
        assert at.session_state["network"] == name


@EVERY
def test_back_in_the_network_it_is_the_same_number(kind):
    for name, step, channel, row, column in places(kind)[-2:]:
        at = opened("network", network=name, layer=step)
        for _ in (1, 2):
            happens(at, "layer_view", "open", map=channel, row=row, column=column)
            assert (sent(at)["step"], sent(at)["channel"], sent(at)["at"]) == (step, channel, [row, column])
            shown = sent(press(at, "to-network"), "layer_view")
            assert (shown["step"], shown["map"], shown["cell"]) == (step, channel, [row, column])
            assert page_of(at) == "network"


def test_every_kind_of_every_network_has_one_page():
    for kind in {step.kind for name in zoo.SPECS for step in ran(name).values()}:
        assert [kind in page for page in unit.PAGES.values()].count(True) == 1


@pytest.mark.parametrize("frame", [{"training": "untrained"}, {"fit": "whole"}, {"picture": "digit-5"}])
def test_the_way_keeps_what_the_visitor_has_chosen(frame):
    at = opened("network", network="tiny_vgg", layer="module2_conv1", **frame)
    before = sent(at, "layer_view")["maps"].reshape(-1, 16, 16)[5]
    happens(at, "layer_view", "open", map=5, row=3, column=4)
    np.testing.assert_allclose(sent(at)["results"].reshape(16, 16), before, rtol=1e-6)
    press(at, "to-network")
    np.testing.assert_array_equal(sent(at, "layer_view")["maps"].reshape(-1, 16, 16)[5], before)
    assert frame.items() <= {key: at.session_state[key] for key in frame}.items()


def test_where_the_visitor_has_gone_on_the_way_back_leads_from_there():
    at = opened("network", network="tiny_vgg", layer="module2_conv1")
    happens(at, "layer_view", "open", map=5, row=3, column=4)
    choose(choose(at, "step", "module3_conv2"), "unit", 40)
    happens(at, "calculation", "choose", row=6, column=2)
    shown = sent(press(at, "to-network"), "layer_view")
    assert (shown["step"], shown["map"], shown["cell"]) == ("module3_conv2", 40, [6, 2])


def test_any_map_of_the_pooling_page_lies_on_the_network_page_too():
    at = opened("pooling", pool_on="any-map", network="lenet", layer="module1_conv", map="4")
    shown = sent(press(at, "to-network"), "layer_view")
    assert (shown["step"], shown["map"]) == ("module1_conv", 4)


def test_a_map_of_the_whole_network_opens_its_layer_and_from_there_its_numbers():
    at = opened("network", network="lenet")
    happens(at, "network_map", "open", name="module2_conv", map=11)
    assert (sent(at, "layer_view")["step"], sent(at, "layer_view")["map"]) == ("module2_conv", 11)
    happens(at, "layer_view", "choose", map=2)
    happens(at, "layer_view", "open", map=2, row=9, column=0)
    assert (page_of(at), sent(at)["channel"], sent(at)["at"]) == ("convolution", 2, [9, 0])


def test_a_block_opens_and_so_do_its_steps():
    at = opened("network", network=LARGE)
    happens(at, "network_map", "open", name="blocks_3", map=0)
    happens(at, "network_map", "open", name="blocks_3_depthwise_conv", map=100)
    assert (sent(at, "layer_view")["step"], sent(at, "layer_view")["map"]) == ("blocks_3_depthwise_conv", 100)


def test_a_visitor_who_comes_back_finds_what_was_left_and_the_page_itself_begins_anew():
    at = opened("convolution", conv_on="5x5", **{"5x5_size": "2"})
    before = sent(at)["results"].tolist()
    gone(gone(at, "dense"), "convolution")
    assert sent(at)["results"].tolist() == before
    gone(at, "convolution")
    assert sent(at)["results"].size > 25


def test_names_of_the_last_layer_stand_beside_its_numbers():
    shown = sent(opened("network", network="tiny_vgg", layer="dense"), "layer_view")
    assert shown["labels"] == list(network("tiny_vgg").labels)
    assert sent(opened("network", network="lenet", layer="dense1"), "layer_view")["labels"] is None
