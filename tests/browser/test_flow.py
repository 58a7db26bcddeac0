"""Gradient flow in a browser: pointing asks nobody, keys walk, training moves the meter, and it fits a phone."""
import re

import pytest
from playwright.sync_api import Page, expect

from core import flow, training
from core.flow import PRESETS
from tests.browser.checks import fits
from tests.tools.shots import drawn

METER = "canvas.meter"
SMALL = "flow?stack_depth=3&stack_width=8&stack_activation=tanh&stack_rate=0.1"


def point(page: Page, share: float) -> None:
    """At the meter, so far along its width."""
    box = page.locator(METER).bounding_box()
    page.mouse.move(box["x"] + share * box["width"], box["y"] + box["height"] / 3)


def told(page: Page) -> str:
    """What the meter says of the layer at hand."""
    return page.locator(".foot .status").first.inner_text()


def test_pointing_says_the_numbers_of_the_engine_without_asking(visitor):
    page = visitor("flow")
    drawn(page)
    found = flow.measure(training.begin(flow.config_of(PRESETS["vanishing"].stack)))
    sent = len(visitor.frames)
    for at, share in ((20, 0.98), (0, 0.06), (10, 0.53)):
        point(page, share)
        expect(page.locator(".foot .status")).to_contain_text(found.layers[at].name + ":")
        gradient = float(re.search(r"gradient ([\d.e−]+)", told(page))[1].replace("−", "-"))
        assert gradient == pytest.approx(found.layers[at].gradient, rel=1e-3)
    page.wait_for_timeout(800)
    assert len(visitor.frames) == sent


def test_keys_walk_along_the_layers_and_the_link_follows(visitor):
    page = visitor("flow")
    drawn(page)
    page.locator(METER).focus()
    for key in ("End", "ArrowLeft", "ArrowLeft", "ArrowRight"):
        page.keyboard.press(key)
    expect(page.locator(".foot .status")).to_contain_text("dense20:")
    expect(page).to_have_url(re.compile("flow_layer=19"))
    page.keyboard.press("Home")
    expect(page.locator(".foot .status")).to_contain_text("dense1:")


def test_exact_zeros_are_named_and_not_drawn_as_bars(visitor):
    page = visitor("flow")
    drawn(page)
    page.locator(".st-key-preset").get_by_text("dead ReLUs").click()
    drawn(page, "depth=50")
    point(page, 0.5)
    expect(page.locator(".foot .status")).to_contain_text("gradient 0, nothing arrives")


def test_training_moves_the_meter_and_time_can_be_turned_back(visitor):
    page = visitor("flow?stack_depth=30&stack_width=64&stack_activation=tanh&stack_rate=0.1")  # slow enough to pause
    drawn(page)
    before = told(page)
    page.get_by_role("button", name="Train").click()
    expect(page.locator(METER)).to_have_attribute("data-shows", re.compile(r"/[1-9]\d*/\d+/\d+/\w*$"), timeout=120_000)
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Train")).to_be_visible()
    drawn(page)
    assert told(page) != before
    expect(page).to_have_url(re.compile(r"flow_step=\d+"))
    reached = page.get_by_text(re.compile("Trained .* steps at")).inner_text()
    sent = len(visitor.frames)
    slider = page.get_by_label("Time: training steps")
    slider.focus()
    page.keyboard.press("Home")
    expect(page.locator(".time")).to_contain_text("before training")
    assert told(page) == before
    assert len(visitor.frames) == sent
    expect(page).to_have_url(re.compile("flow_step=0"))
    expect(page.get_by_text(reached)).to_be_visible()
    sent = len(visitor.frames)
    page.wait_for_timeout(1500)
    assert len(visitor.frames) == sent  # no timer is left


def test_a_layer_of_a_network_opens_on_the_backward_page(visitor):
    page = visitor("flow?flow_on=Your+photo&network=tiny_vgg")
    drawn(page)
    point(page, 0.3)
    page.mouse.down()
    page.mouse.up()
    expect(page).to_have_url(re.compile("backward.*layer=module1"))


def test_histograms_tell_each_bin_without_asking(visitor):
    page = visitor("flow?" + SMALL.partition("?")[2])
    drawn(page)
    page.get_by_text("How the values are spread in every layer").click()
    canvas = page.locator(".spread canvas").first
    expect(canvas).to_be_visible()
    drawn(page)
    sent = len(visitor.frames)
    canvas.focus()
    status, said = page.locator(".foot .status").last, set()
    for _ in range(3):
        page.keyboard.press("ArrowUp")
        page.wait_for_timeout(60)
        said.add(status.inner_text())
    assert len(said) == 3
    assert all(re.search(r"of 800 activations \(.*\) from .* to", text) for text in said)
    assert len(visitor.frames) == sent


@pytest.mark.parametrize("link", ["flow?stack_depth=50", "flow?flow_on=Your+photo"])
@pytest.mark.parametrize("width", [390, 1366])
def test_nothing_is_wider_than_the_screen(visitor, width, link):
    page = visitor(link, width=width, has_touch=width == 390)
    drawn(page)
    fits(page, page.locator(METER))
    if width == 390:
        page.locator(METER).tap(position={"x": 300, "y": 60})
        expect(page.locator(".foot .status")).not_to_contain_text(re.compile("^(dense1|image):"))
        expect(page).to_have_url(re.compile("flow_layer="))
