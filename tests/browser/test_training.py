"""The Training lab in a browser: it learns while one looks, goes back where one points, and reads what is drawn."""
import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.checks import fits, rest
from tests.tools.browser import turn_to
from tests.tools.shots import drawn


def start(page: Page) -> None:
    page.locator(".st-key-start button").click()


def status(page: Page) -> Locator:
    return page.get_by_text(re.compile(r"^Step \d.*test accuracy"))


def accuracy(page: Page) -> float:
    return float(re.search(r"test accuracy ([\d.]+)", status(page).inner_text())[1])


def step(page: Page) -> int:
    return int(re.search(r"Step ([\d,]+)", status(page).inner_text())[1].replace(",", ""))


def test_it_learns_the_digits_while_one_looks_and_can_be_paused_and_gone_back(visitor):
    page = visitor("training?until=2000")
    drawn(page)
    assert accuracy(page) < 30
    start(page)
    expect(page.locator(".st-key-pause button")).to_be_visible()
    expect(status(page)).to_have_text(re.compile(r"test accuracy 9[5-9]"), timeout=90_000)
    page.locator(".st-key-pause button").click()
    rest(page)
    reached = step(page)
    expect(page).to_have_url(re.compile(rf"at={reached}\b"))
    page.get_by_role("button", name="◀ Step").click()
    expect(status(page)).to_have_text(re.compile(f"^Step {reached - 1:,} "))
    chart = page.locator("canvas.accuracy")
    box = chart.bounding_box()
    chart.click(position={"x": 46 + 0.02 * (box["width"] - 56), "y": 80})
    page.get_by_role("button", name="Go back to step").click()
    expect(status(page)).to_have_text(re.compile(r"^Step [2-5]\d "))
    expect(page).to_have_url(re.compile(rf"at={step(page)}\b"))


def test_a_drawn_digit_is_read(visitor):
    page = visitor("training?at=900&view=Draw")
    drawn(page)
    rest(page)
    paper = page.locator("canvas.paper")
    expect(page.locator("canvas.reading")).to_be_hidden()
    paper.scroll_into_view_if_needed()
    box = paper.bounding_box()
    for at, (x, y) in enumerate([(0.5, 0.1), (0.5, 0.5), (0.5, 0.9)]):
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=5)
        if not at:
            page.mouse.down()
    page.mouse.up()
    expect(page.locator("canvas.reading")).to_be_visible()
    told = page.locator("canvas.reading").get_attribute("aria-label")
    chances = [float(part.split()[-2]) if "<" not in part else 0.0 for part in told.split(", ")]
    assert len(chances) == 10
    assert sum(chances) == pytest.approx(100, abs=1.5)
    page.get_by_role("button", name="Clear", exact=True).click()
    expect(page.locator("canvas.reading")).to_be_hidden()


def test_the_keyboard_alone_draws_and_opens_a_cell(visitor):
    page = visitor("training?view=Draw")
    drawn(page)
    page.locator("canvas.paper").focus()
    for key in ("ArrowUp", "ArrowUp", "Space", "ArrowDown", "ArrowDown", "ArrowDown", "Space"):
        page.keyboard.press(key)
    expect(page.locator("canvas.seen")).to_be_visible()
    page.get_by_role("radio", name="Mistakes").or_(page.get_by_role("button", name="Mistakes")).first.click()
    confusion = page.locator("canvas.confusion")
    expect(confusion).to_be_visible()
    confusion.focus()
    for key in ("ArrowDown", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    expect(page).to_have_url(re.compile("cell=1%2C1|cell=1,1"))
    expect(page.get_by_text(re.compile("^1 taken for 1"))).to_be_visible()


def test_leaving_the_page_stops_the_work_and_coming_back_takes_it_up(visitor):
    page = visitor("training?until=5000&pace=slowly")
    drawn(page)
    start(page)
    expect(status(page)).to_have_text(re.compile(r"^Step [1-9]"), timeout=60_000)
    left = step(page)
    turn_to(page, "How it learns", "Neuron")
    expect(page.locator(".neurons")).to_be_visible()
    page.wait_for_timeout(15_000)
    turn_to(page, "How it learns", "Training lab")
    expect(status(page)).to_be_visible()
    assert step(page) <= left + 75  # at its pace it would have been 150 steps further, or more
    expect(status(page)).not_to_have_text(re.compile(rf"^Step {step(page)} "), timeout=20_000)
    page.locator(".st-key-pause button").click()
    rest(page)


def test_trouble_is_named_and_one_click_begins_again(visitor):
    page = visitor("training?preset=too+fast")
    drawn(page)
    start(page)
    page.get_by_role("button", name="Begin again with rate 0.1").click(timeout=60_000)
    expect(page.get_by_text("rate 50", exact=True)).to_be_visible()
    expect(status(page)).to_have_text(re.compile("^Step 0 "))


def test_the_way_back_leads_to_the_run_that_was_left(visitor):
    page = visitor("training?until=5000&pace=slowly")
    drawn(page)
    start(page)
    expect(status(page)).to_have_text(re.compile(r"^Step \d{2}"), timeout=60_000)
    page.locator(".st-key-seed input").fill("7")
    page.locator(".st-key-seed input").press("Enter")
    expect(status(page)).to_have_text(re.compile("^Step 0 .*the run before is kept at step"), timeout=30_000)
    kept = int(re.search(r"kept at step ([\d,]+)", status(page).inner_text())[1].replace(",", ""))
    page.go_back()
    expect(status(page)).to_have_text(re.compile(f"^Step {kept:,} "), timeout=30_000)
    expect(page.locator(".st-key-start button")).to_have_text(re.compile("Go on"))


@pytest.mark.parametrize("width", [390, 1366])
@pytest.mark.parametrize("link", ["view=Inside", "view=Mistakes", "view=Draw", "preset=spiral"])
def test_nothing_is_wider_than_the_screen_and_start_is_on_the_first(visitor, width, link):
    page = visitor(f"training?{link}", width=width)
    drawn(page)
    fits(page, page.locator(".lab canvas:visible"))
    expect(page.locator(".st-key-start button")).to_be_in_viewport()
