"""The Autoencoder page in a browser: bars are dragged and the output follows, digits are drawn, tiles are chosen."""
import re

from playwright.sync_api import Page, expect

from tests.browser.checks import fits
from tests.tools.browser import settle
from tests.tools.shots import drawn

OUTPUT = ".squeeze .output .told"


def pixels(page: Page, name: str) -> str:
    """What a canvas shows, as a text."""
    return page.locator(f".squeeze figure.{name} canvas").first.evaluate("canvas => canvas.toDataURL()")


def drag(page: Page, dy: float) -> None:
    """The chosen bar up or down, in steps."""
    box = page.locator(".squeeze .bars").bounding_box()
    x, y = box["x"] + box["width"] * 0.4, box["y"] + box["height"] * 0.25
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(1, 9):
        page.mouse.move(x, y + dy * step / 8)
    page.mouse.up()


def test_a_dragged_bar_changes_the_output_and_comes_back(visitor):
    page = visitor("autoencoder?picture=digit-3")
    drawn(page)
    own, told = pixels(page, "output"), page.locator(OUTPUT).inner_text()
    drag(page, -90)
    expect(page).to_have_url(re.compile("moved=6%3A"))
    expect(page.locator(OUTPUT)).not_to_have_text(told)
    settle(page)
    moved = pixels(page, "output")
    assert moved != own
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(OUTPUT)).to_have_text(told)
    assert pixels(page, "output") == own
    drag(page, -90)
    expect(page.locator(OUTPUT)).not_to_have_text(told)
    page.get_by_role("button", name="Its own code").click()
    expect(page.locator(OUTPUT)).to_have_text(told)


def test_keys_set_a_unit_and_a_field_takes_a_number(visitor):
    page = visitor("autoencoder?picture=digit-3&ae_code=2")
    drawn(page)
    page.locator(".squeeze .bars").focus()
    before = page.locator(".squeeze .unit").inner_text()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowUp")
    expect(page.locator(".squeeze .unit")).not_to_have_text(before)
    expect(page).to_have_url(re.compile("moved=0%3A"))
    settle(page)
    field = page.get_by_label("as a number")
    field.fill("abc")
    field.press("Enter")
    expect(page.locator(".squeeze .problem")).to_contain_text("Write a number")
    field.fill("−1/2")
    field.press("Enter")
    expect(page).to_have_url(re.compile("moved=0%3A-0.5"))
    expect(page.locator(".squeeze .problem")).to_be_hidden()


def test_what_is_drawn_is_squeezed_at_once(visitor):
    page = visitor("autoencoder?ae_on=draw+one")
    drawn(page)
    empty = pixels(page, "input")
    box = page.locator(".squeeze .paper").bounding_box()
    page.mouse.move(box["x"] + 60, box["y"] + 40)
    page.mouse.down()
    for step in range(1, 13):
        page.mouse.move(box["x"] + 60 + 6 * step, box["y"] + 40 + 10 * step)
    page.mouse.up()
    expect(page).to_have_url(re.compile("ink="))
    settle(page)
    assert pixels(page, "input") != empty
    page.get_by_role("button", name="Clear").click()
    expect(page).not_to_have_url(re.compile("ink=[A-Z]"))


def test_pointing_reads_the_same_cell_in_three_pictures_without_asking(visitor):
    page = visitor("autoencoder?picture=digit-3")
    drawn(page)
    sent = len(visitor.frames)
    page.locator(".squeeze figure.input canvas").first.hover(position={"x": 100, "y": 120})
    said = [page.locator(f".squeeze .{name} .told").inner_text() for name in ("input", "output", "error")]
    places = {text.split(":")[0] for text in said}
    assert len(places) == 1
    before, after, error = (float(text.split(":")[1].replace("−", "-")) for text in said)
    assert abs(after - before - error) < 1e-3
    assert len(visitor.frames) == sent


def test_pointing_at_a_photo_shows_the_code_of_the_tile_at_once(visitor):
    page = visitor("autoencoder?picture=coffee")
    drawn(page)
    sent, own = len(visitor.frames), pixels(page, "code")
    photo = page.locator(".squeeze figure.input canvas").first
    photo.hover(position={"x": 10, "y": 10})
    expect(page.locator(".at-hand")).to_contain_text("Click to keep it")
    assert pixels(page, "code") != own
    assert len(visitor.frames) == sent
    photo.click(position={"x": 10, "y": 10})
    expect(page).to_have_url(re.compile("ae_tile=0"))
    drawn(page, "/0/")
    before = pixels(page, "output")
    drag(page, -60)
    expect(page).to_have_url(re.compile("moved="))
    settle(page)
    assert pixels(page, "output") != before


def test_on_a_phone_nothing_is_wider_than_the_screen(visitor):
    page = visitor("autoencoder?picture=digit-3", width=390)
    drawn(page)
    fits(page, page.locator(".squeeze"))
