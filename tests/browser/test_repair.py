"""Repair in a browser: the brush wipes with mouse and keys, filters follow a pause, and all look closer together."""
import re

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.checks import fits
from tests.tools.shots import drawn

BOARD = "canvas.board"
DIGIT = "repair?repair_on=As+a+digit&picture=digit-3&repair_noise=0"


def grey(page: Page, x: float, y: float, canvas: str = BOARD) -> int:
    """The red channel of a canvas at a place, given as shares of its sides."""
    return page.locator(canvas).first.evaluate(
        "(c, [x, y]) => c.getContext('2d').getImageData(x * c.width, y * c.height, 1, 1).data[0]", [x, y]
    )


def stroke(page: Page, *places: tuple[float, float]) -> None:
    """The mouse goes over the damaged picture with its button down."""
    box = page.locator(BOARD).bounding_box()
    to = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in places]
    page.mouse.move(*to[0])
    page.mouse.down()
    for place in to[1:]:
        page.mouse.move(*place, steps=6)
    page.mouse.up()


def test_the_brush_wipes_and_undo_takes_it_back(visitor):
    page = visitor(DIGIT)
    drawn(page, "strokes=()")
    assert grey(page, 0.1, 0.1) == 0
    stroke(page, (0.1, 0.1), (0.9, 0.1))
    expect(page).to_have_url(re.compile("repair_wiped="))
    drawn(page, "Stroke")
    page.mouse.move(5, 5)
    page.wait_for_timeout(200)
    assert np.allclose([grey(page, x, 0.1) for x in (0.1, 0.5, 0.9)], 128, atol=2)
    expect(page.locator(".repairs figure").nth(1).locator(".note")).not_to_contain_text("∞")
    page.locator(BOARD).press("Control+z")
    drawn(page, "strokes=()")
    expect(page.locator(".repairs figure").nth(1).locator(".note")).to_contain_text("∞")


def test_the_keyboard_wipes_too(visitor):
    page = visitor(DIGIT)
    drawn(page, "strokes=()")
    page.locator(BOARD).focus()
    for key in (" ", "ArrowRight", "ArrowRight", "ArrowRight", " "):
        page.keyboard.press(key)
    drawn(page, "Stroke")
    assert abs(grey(page, 0.55, 0.5) - 128) < 3


def test_the_filters_of_a_photo_follow_a_pause(visitor):
    page = visitor("repair")
    drawn(page, "/4/")
    expect(page.locator(".repairs .best")).to_have_count(1)
    expect(page.locator(".repairs figure")).to_have_count(7)


def test_a_tap_looks_closer_at_all_pictures_and_escape_shows_the_whole(visitor):
    page = visitor(DIGIT)
    drawn(page, "strokes=()")
    before = page.locator(BOARD).evaluate("c => c.toDataURL()")
    sent = len(visitor.frames)
    page.locator(".repairs canvas").first.click(position={"x": 90, "y": 90})
    expect(page.get_by_role("button", name="Whole picture")).to_be_visible()
    page.mouse.move(5, 5)
    assert page.locator(BOARD).evaluate("c => c.toDataURL()") != before
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Whole picture")).to_be_hidden()
    page.wait_for_timeout(300)
    assert page.locator(BOARD).evaluate("c => c.toDataURL()") == before
    assert len(visitor.frames) == sent


@pytest.mark.parametrize("width", [390, 1366])
def test_nothing_is_wider_than_the_screen(visitor, width):
    page = visitor("repair", width=width, has_touch=width == 390)
    drawn(page, "/4/")
    fits(page, page.locator(".repairs canvas"))
