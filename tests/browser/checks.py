"""What browser tests of several pages look for."""
from playwright.sync_api import Locator, Page, expect

from tests.tools.browser import settle


def fits(page: Page, parts: Locator, slack: float = 0.0) -> None:
    """Neither the page nor any of these parts of it reaches beyond the window, but for `slack` pixels."""
    width, boxes = page.viewport_size["width"], [part.bounding_box() for part in parts.all()]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert boxes
    for box in boxes:
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width + slack


def rest(page: Page) -> None:
    """Wait until a training run has paused by itself."""
    expect(page.locator('[data-shows*="busy=False"]')).to_be_attached(timeout=60_000)
    expect(page.locator(".st-key-start button")).to_be_visible(timeout=60_000)
    settle(page)
