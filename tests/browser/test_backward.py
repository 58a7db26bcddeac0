"""The way back in a browser: pointing never asks, a click takes a slope apart, and what is told is the engine's."""
import re

import pytest
from playwright.sync_api import Locator, Page, expect

from core import backwards, gradients, images, samples, zoo
from tests.browser.test_everyone import serious, too_wide
from tests.tools.shots import FRAMES, drawn

LAYER = "module2_conv1"
PLACE = f"backward?network=tiny_vgg&layer={LAYER}&map=3&cell=4,5"


def traced() -> gradients.Backtrace:
    net = zoo.load("tiny_vgg")
    image = images.to_tensor(images.fit(samples.load("cat"), net.preprocessing), net.preprocessing)
    return gradients.backtrace(net.graph, image, None)


def point(page: Page, canvas: Locator, x: float, y: float, click: bool = False) -> None:
    """To a place of a canvas, as shares of its width and height."""
    box = canvas.bounding_box()
    do = page.mouse.click if click else page.mouse.move
    do(box["x"] + x * box["width"], box["y"] + y * box["height"])
    page.evaluate(FRAMES)


def opened(page: Page, *unit: int) -> None:
    """The sum that is shown is that of this number."""
    wanted = backwards.explain_backward(traced(), LAYER, unit)
    title = page.locator(".apart h2")
    expect(title).to_have_text(f"Slope along map {unit[0]}, row {unit[1]}, column {unit[2]}")
    expect(page.locator(".apart[aria-busy]")).to_have_count(0)
    assert float(page.locator(".apart .total").get_attribute("data-sum")) == pytest.approx(wanted.sum, rel=1e-4)
    expect(page.locator(".apart .terms li")).to_have_count(min(len(wanted.products), 25))


def test_pointing_tells_value_and_slope_without_asking(visitor):
    page, back = visitor(PLACE), traced()
    drawn(page)
    asked = len(visitor.frames)
    value = page.locator(".backward .value")
    for canvas in (page.locator("canvas.large").first, page.locator("canvas.large.slope")):
        for row, column in ((0, 0), (7, 9), (15, 15)):
            point(page, canvas, (column + 0.5) / 16, (row + 0.5) / 16)
            expect(value).to_contain_text(f"map 3, row {row}, column {column}: value ")
            values, slopes = back.steps[LAYER].output, back.slopes[LAYER]
            told = [float(value.get_attribute(f"data-{name}")) for name in ("value", "slope")]
            assert told == pytest.approx([one[3, row, column].item() for one in (values, slopes)], rel=1e-3, abs=1e-7)
    point(page, page.locator("canvas.gallery"), 0.02, 0.02)
    expect(value).to_contain_text("map 0, ")
    assert len(visitor.frames) == asked


def test_a_click_opens_the_sum_and_the_address_has_it(visitor):
    page = visitor(PLACE)
    drawn(page)
    opened(page, 3, 4, 5)
    point(page, page.locator("canvas.large.slope"), 9.5 / 16, 2.5 / 16, click=True)
    opened(page, 3, 2, 9)
    expect(page).to_have_url(re.compile(r"cell=2(,|%2C)9"))
    page.go_back()
    opened(page, 3, 4, 5)


def test_keys_do_it_too(visitor):
    page = visitor(PLACE)
    drawn(page)
    page.locator("canvas.large").first.focus()
    for key in ("ArrowDown", "ArrowRight", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    opened(page, 3, 5, 7)
    page.locator("canvas.gallery").focus()
    for key in ("ArrowRight", "Enter"):
        page.keyboard.press(key)
    opened(page, 4, 5, 7)
    page.locator("canvas.way").focus()
    for key in ("ArrowRight", "Enter"):
        page.keyboard.press(key)
    drawn(page, "module2_relu1")


def test_a_finger_opens_as_a_mouse_does(visitor):
    page = visitor(PLACE, width=390, height=844, has_touch=True)
    drawn(page)
    canvas = page.locator("canvas.large").first
    canvas.scroll_into_view_if_needed()
    side = canvas.bounding_box()["width"]
    canvas.tap(position={"x": side * 1.5 / 16, "y": side * 3.5 / 16})
    opened(page, 3, 3, 1)


def test_the_same_pixel_is_marked_in_all_pictures_and_a_click_nudges_it(visitor):
    page, back = visitor("backward?network=tiny_vgg&methods=occlusion&nudging=True"), traced()
    drawn(page)
    pictures = page.locator(".st-key-heats canvas.panel")
    expect(pictures).to_have_count(3)
    asked = len(visitor.frames)
    pictures.nth(1).scroll_into_view_if_needed()
    point(page, pictures.nth(0), 20.5 / 32, 9.5 / 32)
    expect(page.locator(".st-key-heats .where")).to_have_text("At row 9, column 20:")
    here = page.locator(".st-key-heats .here").nth(1)
    slope = back.slopes["image"][:, 9, 20].abs().max().item()
    assert float(here.get_attribute("data-value")) == pytest.approx(slope, rel=1e-3)
    assert len(visitor.frames) == asked
    point(page, pictures.nth(2), 20.5 / 32, 9.5 / 32, click=True)
    expect(page.get_by_text("pixel in row 9, column 20")).to_be_visible()
    expect(page).to_have_url(re.compile(r"pixel=9(,|%2C)20"))


def test_a_weight_is_chosen_with_keys(visitor):
    page = visitor(f"{PLACE}&weight=0,0,0")
    drawn(page)
    page.locator(".st-key-kernels canvas.panel").first.focus()
    for key in ("ArrowDown", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    expect(page.get_by_text("The weight for channel 0, row 1, column 1", exact=True)).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The weight for channel 0, row 2, column 1", exact=True)).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_accessible_and_fits_a_phone(visitor, scheme):
    page = visitor(f"{PLACE}&twin=True", scheme=scheme)
    drawn(page)
    assert serious(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    page.evaluate(FRAMES)
    assert serious(page) + too_wide(page) == []
