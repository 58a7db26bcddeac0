"""Latent space in a browser: it decodes by itself, as the engine does, and fast enough to be dragged."""
import re

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from core import autoencoders, latent, zoo
from tests.browser.checks import fits
from tests.tools.shots import drawn

CELLS = """canvas => {
  const small = Object.assign(document.createElement("canvas"), { width: 28, height: 28 }), size = canvas.width / 28;
  const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return Array.from({ length: 784 }, (_, i) => pixels.data[
    4 * (Math.floor((Math.floor(i / 28) + 0.5) * size) * canvas.width + Math.floor((i % 28 + 0.5) * size))]);
}"""
CORNER = """canvas => {
  const sharp = canvas.width / canvas.clientWidth, side = Math.round(24 * sharp), found = [[], []];
  const { data } = canvas.getContext("2d").getImageData(canvas.width - side, 0, side, side);
  for (let i = 0; i < side * side; i++) {
    const [red, green, blue] = data.slice(4 * i, 4 * i + 3);
    if (red > 200 && green > 160 && blue < 60) found[0].push(i % side), found[1].push(Math.floor(i / side));
  }
  return found.map(places => (Math.max(...places) - Math.min(...places) + 1) / sharp);
}"""  # how wide and how high the gold of the frame is in the upper right corner of a map, in CSS pixels
PICTURE = ".here .picture"
INSET = 11  # CSS pixels between the edge of a map and its outermost places


def shown(page: Page, picture: str = PICTURE) -> np.ndarray:
    """The middle of each of the 28 x 28 cells, 0 to 255."""
    return np.array(page.locator(picture).evaluate(CELLS))


def by_engine(name: str, code: list[float]) -> np.ndarray:
    model = autoencoders.load(name).model
    return 255 * latent.decoded(model, zoo.load("lenet"), np.array([code])).images.ravel()


def place(page: Page) -> list[float]:
    """Where the visitor is, once LeNet has read what is drawn there."""
    told = page.locator(".here .readout")
    expect(told).to_contain_text("LeNet takes it for")
    return code_in(told.inner_text())


def pca_code(page: Page) -> list[float]:
    return code_in(page.locator(".pca .readout").inner_text())


def code_in(words: str) -> list[float]:
    return [float(part.replace("−", "-")) for part in re.search(r"\((.+?), (.+?)\)", words).groups()]


def points(page: Page, name: str, *codes: list[float]) -> list[tuple[float, float]]:
    """Where on the screen codes are, on the network's map."""
    x, y, half = latent.box(zoo.own_weights(f"{name}_tests")["codes"].float().numpy())
    box = page.locator(".place .map").bounding_box()
    middle, scale = box["width"] / 2, (box["width"] / 2 - INSET) / half
    return [(box["x"] + middle + (a - x) * scale, box["y"] + middle - (b - y) * scale) for a, b in codes]


def pictures(page: Page) -> int:
    """How many the decoder has drawn so far."""
    return int(page.locator(PICTURE).get_attribute("data-pictures"))


@pytest.mark.parametrize(("space", "name"), [("plain, 2", "digits_2"), ("variational, 2", "digits_variational_2")])
def test_the_browser_draws_what_the_engine_decodes(visitor, space, name):
    for code in ([0.5, -1.25], [-2, 1.5]):
        page = visitor(f"latent?latent_on={space}&latent_at={code[0]},{code[1]}")
        drawn(page, f"{name} at={code[0]:g},{code[1]:g}")
        assert np.abs(shown(page) - by_engine(name, code)).max() <= 1
        page.close()


def test_a_drag_decodes_at_least_15_pictures_a_second_and_asks_nobody(visitor):
    page = visitor("latent")
    drawn(page)
    box = page.locator(".place .map").bounding_box()
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(*middle)
    page.mouse.down()
    sent, before, began = len(visitor.frames), pictures(page), page.evaluate("performance.now()")
    for step in range(90):
        angle = step / 10
        page.mouse.move(middle[0] + 100 * np.cos(angle), middle[1] + 100 * np.sin(angle))
    count, seconds = pictures(page) - before, (page.evaluate("performance.now()") - began) / 1000
    asked = len(visitor.frames) - sent
    page.mouse.up()
    assert count / seconds >= 15
    assert asked == 0
    expect(page).to_have_url(re.compile("latent_at="))
    expect(page.locator(".here .readout")).to_contain_text("LeNet takes it for")


def test_the_weights_come_once(visitor):
    page, sizes = visitor(), []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: sizes.append(len(frame))))
    page.goto(f"{visitor.server.url}/latent")
    drawn(page)
    assert sum(sizes) > 470_000
    sizes.clear()
    page.locator(".place .map").click(position={"x": 40, "y": 60})
    expect(page).to_have_url(re.compile("latent_at="))
    expect(page.locator(".here .readout")).to_contain_text("LeNet takes it for")
    assert 0 < sum(sizes) < 100_000


def test_keys_move_the_frame_and_a_link_brings_it_back(visitor):
    page = visitor("latent")
    drawn(page)
    before = shown(page)
    page.locator(".place .map").focus()
    for _ in range(8):
        page.keyboard.press("Shift+ArrowDown")
    expect(page).to_have_url(re.compile("latent_at="))
    after = shown(page)
    assert np.abs(after - before).max() > 50
    other = visitor(page.url.split("/")[-1])
    drawn(other)
    assert np.abs(shown(other) - after).max() <= 1


def test_the_ends_of_the_walk_are_dragged_and_it_is_walked(visitor):
    link = "latent_on=variational, 2&latent_from=0,0&latent_to=1,1&latent_at=0,0"
    page = visitor(f"latent?{link}", reduced_motion="reduce")
    drawn(page)
    for at, point in enumerate(points(page, "digits_variational_2", (1, 1), (0.5, 1.5), (-1, 2))):
        page.mouse.move(*point)
        if at == 0:
            page.mouse.down()
    page.mouse.up()
    expect(page).to_have_url(re.compile("latent_to=-(0.9|1)"))
    page.locator(".walk .go").click()
    expect(page.locator(".walk .go")).to_have_text("Pause")
    expect(page.locator(".share")).to_contain_text("100 %")
    expect(page.locator(".walk .go")).to_have_text("▶ Walk")
    expect(page).to_have_url(re.compile("latent_share=100"))
    found = re.search(r"latent_to=(-?[\d.]+)(?:,|%2C)(-?[\d.]+)", page.url)
    assert np.abs(shown(page) - by_engine("digits_variational_2", [float(part) for part in found.groups()])).max() <= 1


@pytest.mark.parametrize("way", ["click", "key"])
def test_who_steps_in_stops_the_walk(visitor, way):
    page = visitor("latent")
    drawn(page)
    page.locator(".walk .go").click()
    expect(page.locator(".walk .go")).to_have_text("Pause")
    if way == "click":
        page.locator(".walk .strip").click(position={"x": 20, "y": 20})
    else:
        page.locator(".walk .strip").press("ArrowLeft")
    expect(page.locator(".walk .go")).to_have_text("▶ Walk")


def test_a_bar_is_dragged_and_the_picture_follows(visitor):
    page = visitor("latent?latent_on=plain, 8")
    drawn(page)
    before, box = shown(page), page.locator(".bars").bounding_box()
    page.mouse.move(box["x"] + 2.5 * box["width"] / 8, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(box["x"] + 2.5 * box["width"] / 8, box["y"] + 12)
    page.mouse.up()
    expect(page.locator(".here .readout")).to_contain_text("Unit 3 of 8")
    expect(page).to_have_url(re.compile("latent_at="))
    assert np.abs(shown(page) - before).max() > 20
    code = [float(part) for part in re.split(",|%2C", re.search(r"latent_at=([^&]+)", page.url).group(1))]
    assert np.abs(shown(page) - by_engine("digits_8", code)).max() <= 1


@pytest.mark.parametrize("width", [390, 1366])
@pytest.mark.parametrize("space", ["variational, 2", "plain, 32"])
def test_nothing_is_wider_than_the_screen(visitor, space, width):
    page = visitor(f"latent?latent_on={space}", width=width)
    drawn(page)
    fits(page, page.locator(".latent canvas:visible"))


def test_keys_and_fast_drags_stay_on_the_map(visitor):
    page = visitor("latent?latent_on=variational, 2")
    drawn(page)
    x, y, half = latent.box(zoo.own_weights("digits_variational_2_tests")["codes"].float().numpy())
    box = page.locator(".place .map").bounding_box()
    page.mouse.move(box["x"] + 200, box["y"] + 200)
    page.mouse.down()
    page.mouse.move(box["x"] - 60, box["y"] + 900)
    page.mouse.up()
    np.testing.assert_allclose(place(page), [x - half, y - half], atol=0.006)
    for _ in range(12):
        page.keyboard.press("Shift+ArrowRight")
    np.testing.assert_allclose(place(page), [x + half, y - half], atol=0.006)


def test_empty_paper_is_no_end_of_a_walk(visitor):
    page = visitor("latent?latent_to=drawn&latent_of=drawn")
    drawn(page)
    expect(page.locator(".walk .story")).to_contain_text("The paper is empty")
    expect(page.locator(".walk .go")).to_be_disabled()
    expect(page.locator(".walk .strip")).to_be_hidden()
    expect(page.locator(".place .key")).not_to_contain_text("my drawing")
    box = page.locator(".paper").bounding_box()
    page.mouse.move(box["x"] + 100, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 90, box["y"] + 170, steps=8)
    page.mouse.up()
    expect(page.locator(".walk .strip")).to_be_visible()
    expect(page.locator(".walk .go")).to_be_enabled()
    expect(page.locator(".place .key")).to_contain_text("my drawing")


@pytest.mark.parametrize("link", ["latent", "six?picture=digit-5", "neuron"])
def test_on_a_phone_all_of_a_few_choices_can_be_seen(visitor, link):
    page = visitor(link, width=390)
    drawn(page)
    groups = page.locator("[data-testid=stButtonGroup] [role=radiogroup]").all()
    few = [group for group in groups if group.locator("[role=radio]").count() < 7 and group.is_visible()]
    assert few
    for group in few:
        assert group.evaluate("group => group.scrollWidth - group.clientWidth") <= 0


def test_away_from_the_walk_nothing_of_it_is_marked(visitor):
    page = visitor("latent?latent_on=variational, 2&latent_from=0,0&latent_to=1,1&latent_at=0,0")
    drawn(page)
    expect(page.locator(".share")).to_contain_text("0 %")
    page.locator(".place .map").click(position={"x": 20, "y": 20})
    expect(page.locator(".share")).to_contain_text("off the walk")


@pytest.mark.parametrize("aside", [0, 3, 8])
def test_a_tap_on_an_end_of_the_walk_moves_the_visitor_alone(visitor, aside):
    page = visitor("latent?latent_from=0,0&latent_at=2,2")
    drawn(page)
    ((left, top),) = points(page, "digits_2", (0, 0))
    page.mouse.move(left + aside, top)
    page.mouse.down()
    page.mouse.move(left + aside + 2, top + 2)  # a hand that trembles
    page.mouse.up()
    expect(page).to_have_url(re.compile("latent_at=(?!2(,|%2C)2)"))
    assert re.search(r"latent_from=0(,|%2C)0(&|$)", page.url)
    ((now_left, now_top),) = points(page, "digits_2", place(page))
    assert np.hypot(now_left - left - aside - 2, now_top - top - 2) < 2


@pytest.mark.parametrize(("space", "name"), [("plain, 2", "digits_2"), ("variational, 2", "digits_variational_2")])
def test_pca_shows_the_same_test_digit_until_it_is_given_a_place(visitor, space, name):
    codes, pcas = (zoo.own_weights(f"{of}_tests")["codes"].float().numpy()[::5] for of in (name, "pca_digits"))
    page = visitor(f"latent?latent_on={space}&latent_at=1.25,-0.5")
    drawn(page)
    same = pcas[np.hypot(*(codes - place(page)).T).argmin()]
    np.testing.assert_allclose(pca_code(page), same, atol=0.006)
    page.locator(".pca .map").click(position={"x": 60, "y": 90})
    expect(page).to_have_url(re.compile("latent_pca="))
    expect(page.locator(".pca .readout")).not_to_contain_text("same test digit")
    other = pca_code(page)
    page.reload()
    drawn(page)
    np.testing.assert_allclose(pca_code(page), other, atol=0.006)
    page.locator(".place .map").click(position={"x": 300, "y": 200})
    expect(page).to_have_url(re.compile("latent_pca=auto"))
    same = pcas[np.hypot(*(codes - place(page)).T).argmin()]
    np.testing.assert_allclose(pca_code(page), same, atol=0.006)


def test_the_frame_is_seen_whole_even_in_a_corner(visitor):
    page = visitor("latent?latent_at=9999,9999")
    drawn(page)
    assert min(page.locator(".place .map").evaluate(CORNER)) >= 14
