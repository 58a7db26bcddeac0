"""Six side by side in a browser: pointing asks nobody, a unit is chosen with keys, a digit is drawn."""
import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.checks import fits
from tests.tools.shots import drawn

BARS = ".six canvas.bars"
DIGIT = "six?picture=digit-3"


def section(page: Page, title: str):
    """The card of that title."""
    return page.locator(".six section").filter(has_text=re.compile(f"^{title}")).first


def test_pointing_reads_a_bar_without_asking_and_enter_puts_it_into_the_formula(visitor):
    page = visitor(DIGIT)
    drawn(page)
    card = section(page, "Variational")
    sent = len(visitor.frames)
    card.locator("canvas.bars").focus()
    for _ in range(16):
        page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowRight")
    expect(card.locator(".told")).to_have_text(re.compile("^unit 1: .* nats$"))
    assert len(visitor.frames) == sent
    page.keyboard.press("Enter")
    expect(card.locator(".formula")).to_contain_text("Unit 1:")
    expect(page).to_have_url(re.compile("six_variational=1"))
    told = card.locator(".told").inner_text()
    value = re.search(r"unit 1: (\S+)", told)[1]
    expect(card.locator(".formula")).to_contain_text(f"= {value} nats")


def test_a_digit_is_drawn_with_the_mouse(visitor):
    page = visitor("six?six_on=draw+one")
    drawn(page)
    paper = page.locator("canvas.paper").first
    page.get_by_role("button", name="Clear", exact=True).click()
    expect(page.locator('.six[data-shows*="draw one//"]').first).to_be_attached()  # an empty paper
    for at in (0.2, 0.35, 0.5, 0.65, 0.8):  # faster than the server answers
        stroke(page, paper, at)
    expect(page).to_have_url(re.compile(r"six_ink=(\.[^.&]+){5}$"))
    expect(page.locator('.six[data-shows*="draw one//"]')).to_have_count(0)
    reds = "c => Array.from(c.getContext('2d').getImageData(0, 0, c.width, c.height).data).filter((_, i) => i % 4 == 0)"
    assert max(section(page, "Sparse").locator("figure canvas").first.evaluate(reds)) > 200


def stroke(page: Page, paper, at: float) -> None:
    """A line down the paper."""
    box = paper.bounding_box()
    page.mouse.move(box["x"] + at * box["width"], box["y"] + 0.2 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + at * box["width"], box["y"] + 0.9 * box["height"], steps=4)
    page.mouse.up()


@pytest.mark.parametrize("width", [390, 1366])
def test_whoever_draws_sees_what_comes_of_it(visitor, width):
    page = visitor("six?six_on=draw+one", width=width, has_touch=width == 390, height=844 if width == 390 else 768)
    drawn(page)
    paper, out = page.locator("canvas.paper").first.bounding_box(), page.locator(".six figure canvas")
    shown = [out.nth(3 * card + 1).bounding_box() for card in range(6 if width == 1366 else 1)]
    assert all(box["y"] + box["height"] <= (844 if width == 390 else 768) for box in shown)
    assert all(box["x"] > paper["x"] + paper["width"] for box in shown) == (width == 1366)


@pytest.mark.parametrize("width", [390, 1366])
def test_nothing_is_wider_than_the_screen(visitor, width):
    page = visitor(DIGIT, width=width, has_touch=width == 390)
    drawn(page)
    assert page.locator(BARS).count() == 8
    fits(page, page.locator(".six canvas"), slack=0.5)
