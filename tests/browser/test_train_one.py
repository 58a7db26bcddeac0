"""Train one in a browser: the error falls while one looks, one goes back where one points, and lifts a curtain."""
import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.checks import rest
from tests.tools.shots import drawn


def status(page: Page) -> Locator:
    return page.get_by_text(re.compile(r"^Step \d.*test MSE"))


def error(page: Page) -> float:
    return float(re.search(r"test MSE ([\d.]+)", status(page).inner_text())[1])


def test_digits_are_rebuilt_better_while_one_looks_and_the_way_back_is_open(visitor):
    page = visitor("train_one?until=200")
    drawn(page)
    before = error(page)
    page.locator(".st-key-start button").click()
    expect(status(page)).to_have_text(re.compile("^Step 200 "), timeout=90_000)
    rest(page)
    assert error(page) < before / 3
    expect(page).to_have_url(re.compile(r"at=200\b"))
    chart = page.locator("canvas.loss")
    box = chart.bounding_box()
    chart.click(position={"x": 46 + 0.2 * (box["width"] - 56), "y": 60})
    page.get_by_role("button", name="Go back to step").click()
    expect(status(page)).not_to_have_text(re.compile("^Step 200 "), timeout=30_000)
    rest(page)
    expect(page).to_have_url(re.compile(r"at=(3\d|4\d)\b"))


@pytest.mark.slow
def test_a_curtain_parts_the_photo_from_what_is_rebuilt(visitor):
    page = visitor("train_one?preset=your+photo%2C+tile+by+tile&at=20")
    drawn(page)
    rest(page)
    curtain = page.locator("canvas.wipe")
    expect(curtain).to_have_attribute("aria-valuenow", "50")
    box = curtain.bounding_box()
    page.mouse.move(box["x"] + 0.2 * box["width"], box["y"] + 40)
    expect(curtain).to_have_attribute("aria-valuenow", re.compile("^(19|20|21)$"))
    curtain.focus()
    page.keyboard.press("ArrowRight")
    expect(curtain).to_have_attribute("aria-valuenow", re.compile("^(24|25|26)$"))


@pytest.mark.slow
def test_a_cell_of_the_grid_is_told_by_mouse_and_keys(visitor):
    page = visitor("train_one?at=30&preset=denoising")
    drawn(page)
    rest(page)
    grid = page.locator("canvas.grid")
    grid.focus()
    for _ in range(2):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    expect(grid).to_have_attribute("aria-label", re.compile("^0, code: 16 numbers, all that is kept"))


@pytest.mark.slow
def test_on_a_phone_every_picture_has_its_place(visitor):
    page = visitor("train_one?at=30", width=390, has_touch=True)
    drawn(page)
    rest(page)
    grid = page.locator("canvas.grid")
    box, told = grid.bounding_box(), set()
    for y in range(24, int(box["height"]), 24):
        for x in range(64, int(box["width"]), 24):
            grid.dispatch_event("click", dict(clientX=box["x"] + x, clientY=box["y"] + y))
            told.add(grid.get_attribute("aria-label").split(", ")[0])
    assert {"in hand", *"0123456789"} <= told
    assert box["x"] + box["width"] <= 390


@pytest.mark.slow
def test_the_colours_of_the_key_are_those_of_the_curves(visitor):
    page = visitor("train_one?at=30")
    drawn(page)
    rest(page)
    middle = "c => Array.from(c.getContext('2d').getImageData(3, c.height / 2, 1, 1).data).slice(0, 3).join()"
    one = page.locator(".keys canvas").first.evaluate(middle)
    drawing = "c => Array.from(c.getContext('2d').getImageData(0, 0, c.width, c.height).data)"
    pixels = page.locator("canvas.loss").evaluate(drawing)
    curve = tuple(map(int, one.split(",")))
    assert curve in {tuple(pixels[at : at + 3]) for at in range(0, len(pixels), 4) if pixels[at + 3] == 255}
    assert max(curve) - min(curve) > 60


@pytest.mark.slow
@pytest.mark.parametrize("width", [390, 1366])
def test_whoever_draws_sees_what_comes_of_it_beside_the_paper(visitor, width):
    page = visitor("train_one?at=30&view=Draw&preset=denoising", width=width, has_touch=width == 390)
    drawn(page)
    rest(page)
    paper, grid = page.locator("canvas.paper").bounding_box(), page.locator("canvas.grid").bounding_box()
    assert grid["x"] > paper["x"] + paper["width"]
    assert paper["y"] - 10 < grid["y"] < paper["y"] + paper["height"]
    assert grid["x"] + grid["width"] <= width
    if width == 1366:
        assert grid["y"] + grid["height"] <= 768
