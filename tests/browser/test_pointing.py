"""Pointing at maps: the browser shows the engine's numbers, at once and without asking the server."""
import re
from collections.abc import Callable

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from core import images, samples, trace, zoo
from core.receptive import on_photo, receptive_fields
from pages.shared import words
from tests.tools.shots import FRAMES, drawn

LAYER = "network?network=tiny_vgg&layer=module2_conv1&map=3"
LEGENDS = {"unit": "alone", "layer": "this layer", "network": "the whole network"}
SPOTS = [(0.02, 0.03), (0.31, 0.4), (0.5, 0.98), (0.77, 0.55), (0.97, 0.2)]  # shares of width and height

STATUS = """() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => {
    const roots = [...document.querySelectorAll("*")].map((element) => element.shadowRoot).filter(Boolean);
    done(roots.map((root) => root.querySelector(".status")).find(Boolean).textContent);
})))"""


def traced(name: str, sample: str = "cat") -> dict[str, trace.Step]:
    """The whole trace of a built-in picture."""
    net = zoo.load(name)
    square = images.fit(samples.load(sample), net.preprocessing)
    return trace.trace(net.graph, images.to_tensor(square, net.preprocessing))


def number(text: str) -> float:
    """A number as the components write it."""
    return float(text.replace("−", "-"))


def ends(page: Page) -> list[float]:
    """Lowest and highest value that the legend gives."""
    found = re.findall(r"−?[\d.]+(?:e[+−]?\d+)?", page.locator(".legend").first.inner_text().split("·")[0])
    return [number(found[0]), number(found[-1])]


def expected_ends(low: float, high: float, signed: bool) -> list[float]:
    """Symmetric around zero for signed values, from zero for magnitudes."""
    most = max(-low, high)
    return [-most if signed else 0, most]


def point(page: Page, where: str, across: float, down: float) -> None:
    """Move the pointer to a place on a canvas and wait for the frame that shows it."""
    canvas = page.locator(where)
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    page.mouse.move(box["x"] + across * box["width"], box["y"] + down * box["height"])
    page.evaluate(FRAMES)


def sweep(page: Page, wanted: str) -> tuple[float, float]:
    """Move over the top row of the network map until the status speaks of `wanted`; where that is."""
    box = page.locator(".stage .over").bounding_box()
    for x in range(4, int(box["width"]), 18):
        page.mouse.move(box["x"] + x, box["y"] + 50)
        if wanted in page.evaluate(STATUS):
            return box["x"] + x, box["y"] + 50
    pytest.fail(f"nothing on the map is called {wanted}")


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)
    page.evaluate(FRAMES)


def test_a_pointed_map_says_what_feeds_it(visitor):
    page, steps = visitor("network?network=tiny_vgg"), traced("tiny_vgg")
    drawn(page)
    sweep(page, "Module 2 conv 1 · ")
    text = page.locator(".status").inner_text()
    unit = int(re.search(r"map (\d+) of 32, 16 × 16", text).group(1))
    output = steps["module2_conv1"].output[unit]
    assert f"{words.number(output.min().item())} … {words.number(output.max().item())}" in text
    assert "hears all 16 maps of Module 1 pool" in text
    sweep(page, "Module 2 relu 1 · ")
    unit = re.search(r"map (\d+) of 32", page.locator(".status").inner_text()).group(1)
    expect(page.locator(".status")).to_contain_text(f"hears map {unit} of Module 2 conv 1")
    page.mouse.down()
    page.mouse.up()
    drawn(page, "module2_relu1")
    expect(page).to_have_url(re.compile("layer=module2_relu1"))
    expect(page.locator(".value")).to_contain_text(f"map {unit}, ")


def test_keys_do_what_the_pointer_does(visitor):
    page = visitor("network?network=tiny_vgg")
    drawn(page)
    page.locator(".stage .over").focus()
    press(page, "ArrowDown", *["ArrowRight"] * 6, "ArrowDown", "ArrowDown", "ArrowUp")
    expect(page.locator(".status")).to_contain_text("Module 2 conv 1 · map 1 of 32")
    expect(page.locator(".status")).to_contain_text("hears all 16 maps of Module 1 pool")
    expect(page.locator(".said")).to_contain_text("Module 2 conv 1 · map 1 of 32")  # what a screen reader hears
    press(page, "Enter")
    drawn(page, "module2_conv1")
    expect(page).to_have_url(re.compile(r"(?=.*layer=module2_conv1)(?=.*map=1(&|$))"))
    expect(page.locator(".value")).to_contain_text("map 1, ")


def test_the_value_under_the_pointer_is_the_engines(visitor):
    page, output = visitor(LAYER), traced("tiny_vgg")["module2_conv1"].output.numpy()
    drawn(page)
    seen = set()
    for canvas in (".gallery", ".large"):
        for spot in SPOTS:
            point(page, canvas, *spot)
            value = page.locator(".value")
            place = re.match(r"map (\d+), row (\d+), column (\d+): (.+)", value.inner_text())
            at = tuple(map(int, place.groups()[:3]))
            assert np.float32(value.get_attribute("data-value")) == pytest.approx(output[at], rel=1e-5, abs=1e-5)
            assert number(place.group(4)) == pytest.approx(output[at], rel=6e-4, abs=1e-4)
            seen.add(at)
    assert len(seen) == 2 * len(SPOTS)


def test_the_pointer_finds_the_cell_it_is_on(visitor):
    page = visitor(LAYER)
    drawn(page)
    for row, column in [(0, 0), (4, 11), (15, 15)]:
        point(page, ".large", (column + 0.5) / 16, (row + 0.5) / 16)
        expect(page.locator(".value")).to_contain_text(f"map 3, row {row}, column {column}: ")
    page.locator(".large").focus()
    press(page, "ArrowUp", "ArrowUp", "ArrowLeft", "ArrowRight", "ArrowRight")
    expect(page.locator(".value")).to_contain_text("map 3, row 13, column 15: ")


def test_what_a_unit_sees_follows_the_pointer(visitor):
    page, steps = visitor(f"{LAYER}&picture=motorcycle"), traced("tiny_vgg", "motorcycle")
    drawn(page)
    picture = samples.load("motorcycle")
    box = images.fit(picture, zoo.spec("tiny_vgg").preprocessing).box
    field = receptive_fields(steps)["module2_conv1"]
    for row, column in [(8, 8), (0, 0), (15, 7)]:
        point(page, ".large", (column + 0.5) / 16, (row + 0.5) / 16)
        text = page.locator(".layer .left p").inner_text()
        width, height, *photo = (int(found.replace(",", "")) for found in re.findall(r"[\d,]+", text))
        left, top, right, bottom = on_photo(field.cells(row, column), 32, box)
        assert (width, height) == (pytest.approx(right - left, abs=1), pytest.approx(bottom - top, abs=1))
        assert tuple(photo) == picture.size


def waited(page: Page, visitor, act: Callable[[], None]) -> int:
    """How many messages the browser has sent while pointing and for half a second after it."""
    before = len(visitor.frames)
    act()
    page.wait_for_timeout(500)
    return len(visitor.frames) - before


def test_pointing_asks_nobody(visitor):
    page = visitor("network?network=tiny_vgg")
    drawn(page)
    assert visitor.frames  # they are counted

    def walk_the_map():
        sweep(page, "dense · ")
        page.locator(".stage .over").focus()
        press(page, "ArrowLeft", "ArrowDown")

    assert waited(page, visitor, walk_the_map) == 0
    page.goto(f"{page.url}&layer=module2_conv1&map=3")
    drawn(page)

    def walk_the_layer():
        for canvas in (".gallery", ".large", ".weights"):
            for spot in SPOTS:
                point(page, canvas, *spot)
        page.locator(".large").focus()
        press(page, "ArrowLeft", "ArrowDown")

    assert waited(page, visitor, walk_the_layer) == 0


def test_the_legend_is_right_in_every_mode(visitor):
    page, steps = visitor("network?network=tiny_vgg"), traced("tiny_vgg")
    drawn(page)
    everything = np.concatenate([step.output.ravel() for step in steps.values() if step.kind != "Input"])
    titles = {"module2_conv1": "Module 2 conv 1", "module2_relu1": "Module 2 relu 1"}
    spots = {name: sweep(page, f"{title} · ") for name, title in titles.items()}
    for mode in ("unit", "layer", "network"):
        page.get_by_role("radio", name=mode, exact=True).click()
        drawn(page, f"/{mode}")
        for name, spot in spots.items():
            page.mouse.move(*spot)
            unit = int(re.search(rf"{titles[name]} · map (\d+) of", page.evaluate(STATUS)).group(1))
            output = steps[name].output.numpy()
            values = {"unit": output[unit], "layer": output, "network": everything}[mode]
            wanted = expected_ends(values.min(), values.max(), signed=output.min() < 0)
            assert ends(page) == pytest.approx(wanted, rel=1e-3), (mode, name)


def test_the_legend_of_a_layer_is_right_in_every_mode(visitor):
    page, steps = visitor(LAYER), traced("tiny_vgg")
    drawn(page)
    everything = np.concatenate([step.output.ravel() for step in steps.values() if step.kind != "Input"])
    output = steps["module2_conv1"].output.numpy()
    for mode in ("network", "layer", "unit"):
        page.get_by_role("radio", name=mode, exact=True).click()
        expect(page.locator(".layer .legend").first).to_contain_text(LEGENDS[mode])
        point(page, ".gallery", *SPOTS[1])
        unit = int(re.match(r"map (\d+), ", page.locator(".value").inner_text()).group(1))
        values = {"unit": output[unit], "layer": output, "network": everything}[mode]
        assert ends(page) == pytest.approx(expected_ends(values.min(), values.max(), signed=True), rel=1e-3), mode


def test_the_legend_follows_the_picture(visitor):
    page = visitor(f"{LAYER}&range=layer")
    drawn(page)
    for sample in ("coffee", "temple"):
        page.get_by_role("button", name=samples.SAMPLES[sample].title, exact=True).click()
        drawn(page, f"sample-{sample}/")
        output = traced("tiny_vgg", sample)["module2_conv1"].output
        wanted = expected_ends(output.min().item(), output.max().item(), signed=True)
        assert ends(page) == pytest.approx(wanted, rel=1e-3)


def test_a_chosen_map_brings_its_weights_and_its_address(visitor):
    page = visitor(LAYER)
    drawn(page)
    before = page.locator(".weights").screenshot()
    point(page, ".gallery", 0.03, 0.97)
    unit = int(re.match(r"map (\d+)", page.locator(".value").inner_text()).group(1))
    page.mouse.down()
    page.mouse.up()
    expect(page).to_have_url(re.compile(rf"map={unit}(&|$)"))
    expect(page.locator(".right h3, .right h2").first).to_contain_text(f"map {unit}: ")
    expect(page.locator(".st-key-maps input")).to_have_value(str(unit))
    expect(page.locator(".right .legend")).to_contain_text("weights")
    assert page.locator(".weights").screenshot() != before


def test_a_layer_without_weights_shows_none_of_the_last(visitor):
    page = visitor(LAYER)
    drawn(page)
    expect(page.locator(".weights")).to_be_visible()
    page.get_by_role("button", name="Next").click()
    drawn(page, "module2_relu1")
    expect(page.locator(".right")).to_contain_text("Nothing learned here")
    expect(page.locator(".weights")).to_be_hidden()
    expect(page.locator(".right .legend")).to_be_hidden()


def test_a_tap_points_and_a_second_one_opens(visitor):
    page = visitor("network?network=tiny_vgg", width=390, height=844, has_touch=True, is_mobile=True)
    drawn(page)
    box = page.locator(".stage .over").bounding_box()
    spot = box["x"] + 30, box["y"] + 100  # a map of the second layer, on the first screen
    page.touchscreen.tap(*spot)
    expect(page.locator(".status")).to_contain_text("Module 1 conv 1 · map")
    expect(page.locator(".status")).to_contain_text("hears all 3 maps of image")
    assert "layer=" not in page.url
    page.touchscreen.tap(*spot)
    drawn(page, "module1_conv1")
