"""Pages that take numbers apart: what the browser computes under the pointer is what the engine has, without asking."""
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product
from random import Random
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from core import arithmetic, explain, kernels, samples
from core.arithmetic import Arithmetic
from core.ops import Window
from pages.shared import cached
from tests.browser.test_pointing import traced, waited
from tests.tools.shots import FRAMES, drawn

NETWORKS = {"efficientnet_lite0": "EfficientNet-Lite0", "tiny_vgg": "Tiny VGG", "lenet": "LeNet"}  # titles
SOURCE = {"convolution": "conv_on", "activation": "act_on", "pooling": "pool_on", "dense": "dense_on"}
LAYERS = [  # (page, network, step, map)
    ("convolution", "tiny_vgg", "module2_conv1", 3),  # with padding
    ("convolution", "efficientnet_lite0", "stem_conv", 7),  # stride 2; a part
    ("convolution", "efficientnet_lite0", "blocks_2_depthwise_conv", 20),
    ("convolution", "efficientnet_lite0", "blocks_2_project_conv", 5),  # 1 x 1 over 144 maps; a part
    ("convolution", "efficientnet_lite0", "blocks_3_depthwise_pad", 9),
    ("activation", "efficientnet_lite0", "stem_norm", 3),
    ("activation", "efficientnet_lite0", "blocks_3_expand_relu", 11),
    ("activation", "efficientnet_lite0", "blocks_2_add", 4),
    ("pooling", "tiny_vgg", "module1_pool", 6),
    ("pooling", "efficientnet_lite0", "pool", 1279),
    ("dense", "tiny_vgg", "dense", 3),
    ("dense", "lenet", "flatten", 33),
    ("dense", "lenet", "dense1", 7),
]
PICTURE = (  # colour, stride, dilation and padding on a part of the photo
    "convolution?picture=coffee&colour=True&part=64&spot=0.3,0.7&picture_size=5&picture_stride=2&picture_padding=3"
    "&picture_dilation=2&picture_kernel=emboss&picture_filters=3&map=2"
)
PADDED = "convolution?network=tiny_vgg&conv_on=layer&layer=module2_conv1&map=3"
READ = """calc => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => {
    const text = name => calc.closest(".torch").querySelector(name).textContent;
    const value = calc.querySelector("p.value").dataset.value ?? null;
    done([value, text(".where"), text("p.value"), text(".check")]);
})))"""
TRAVEL = "to => (history.pushState({}, '', to), dispatchEvent(new PopStateEvent('popstate')))"
TEXTS = """name => {
    const write = CanvasRenderingContext2D.prototype.fillText;
    window.__texts = [];
    CanvasRenderingContext2D.prototype.fillText = function (text, ...more) {
        if (this.canvas.className === name) window.__texts.push(text);
        return write.call(this, text, ...more);
    };
}"""

numbers_of = cache(traced)  # a network and a picture -> its steps


@dataclass(frozen=True)
class Read:
    """What stands beside the drawing."""

    value: float | None  # None: it is hidden
    cell: tuple[int, int]
    sentence: str
    check: str


def read(page: Page, name: str = "calculation") -> Read:
    """After the next frame."""
    value, where, sentence, check = page.locator(f".st-key-{name} .calc").evaluate(READ)
    row, column = map(int, re.findall(r"\d+", where)[:2]) if where else (0, 0)
    return Read(None if value is None else float(value), (row, column), sentence, check)


def travel(page: Page, path: str, shows: str) -> None:
    """To another link as the browser's way back goes: the page is not loaded again, which would take a second."""
    page.evaluate(TRAVEL, f"/{path}")
    drawn(page, shows)


def note_texts(page: Page, canvas: str) -> None:
    """Keep what is written on a canvas from now on; `texts` gives it."""
    page.evaluate(TEXTS, canvas)


def texts(page: Page) -> list[str]:
    """What has been written since it was last asked for."""
    page.evaluate(FRAMES)
    return page.evaluate("window.__texts.splice(0)")


def of_link(page: Page, name: str) -> str:
    """A value of the link; "" if it has none."""
    return parse_qs(urlsplit(page.url).query).get(name, [""])[0]


def close(value: float) -> object:
    """Equal but for the order in which the browser adds."""
    return pytest.approx(value, rel=1e-6, abs=1e-9)


def point_at(page: Page, canvas: str, across: float, down: float) -> Read:
    """Move the pointer to a place on a canvas, given as shares of its width and height."""
    box = page.locator(canvas).bounding_box()
    page.mouse.move(box["x"] + across * box["width"], box["y"] + down * box["height"])
    return read(page)


def to_cell(page: Page, of: Arithmetic, row: int, column: int) -> Read:
    """Point at the middle of a cell of the output."""
    (top, left), (rows, columns) = of.output_corner, of.output.shape
    return point_at(page, ".outputOver", (column - left + 0.5) / columns, (row - top + 0.5) / rows)


def some_cells(of: Arithmetic, count: int = 2) -> Iterator[tuple[int, int]]:
    """The corners of what is drawn of a map, and some cells between them."""
    (top, left), (rows, columns) = of.output_corner, of.output.shape
    yield from product((top, top + rows - 1), (left, left + columns - 1))
    random = Random(1)
    for _ in range(count):
        yield top + random.randrange(rows), left + random.randrange(columns)


def on_picture(sample: str, spot: tuple[float, float]) -> Arithmetic:
    """What PICTURE computes, in the engine: a part of 64 x 64 pixels around a spot, in colour."""
    picture = samples.load(sample)
    left, top = (min(max(round(s * side - 32), 0), side - 64) for s, side in zip(spot, picture.size, strict=True))
    maps = np.asarray(picture.crop((left, top, left + 64, top + 64))).transpose(2, 0, 1)
    bank = kernels.bank("emboss", 3, 5, 3)
    return arithmetic.convolution(maps, bank, np.zeros(3), Window(5, stride=2, padding=3, dilation=2), 2)


def nearest(of: Arithmetic, axis: int, at: int) -> set[int]:
    """The drawn outputs whose windows have their middle nearest to a row (axis 0) or column of the input."""
    first, count = of.output_corner[axis], of.output.shape[axis]
    middle = of.start[axis] + (of.reach[axis] - 1) / 2
    far = {one: abs(middle + one * of.stride[axis] - at) for one in range(first, first + count)}
    return {one for one, distance in far.items() if distance == min(far.values())}


def drawn_input(of: Arithmetic, axis: int) -> tuple[int, int]:
    """First row or column that is drawn of the input, padding included, and how many."""
    begin = of.start[axis] + of.output_corner[axis] * of.stride[axis]
    end = begin + (of.output.shape[axis] - 1) * of.stride[axis] + of.reach[axis]
    here = of.corner[axis], of.corner[axis] + of.inputs.shape[1 + axis]
    return min(begin, here[0]), max(end, here[1]) - min(begin, here[0])


def sweep_input(page: Page, of: Arithmetic) -> None:
    """The window follows the pointer over the input to the nearest place, and its number is the engine's."""
    (top, rows), (left, columns) = drawn_input(of, 0), drawn_input(of, 1)
    for across, down in [(0.001, 0.001), (0.999, 0.999), (0.31, 0.77), (0.64, 0.12), (0.5, 0.5)]:
        found = point_at(page, ".inputOver", across, down)
        assert found.cell[0] in nearest(of, 0, top + math.floor(down * rows))
        assert found.cell[1] in nearest(of, 1, left + math.floor(across * columns))
        assert found.value == close(of.at(*found.cell).result)


def sweep(page: Page, of: Arithmetic) -> None:
    """All over the input and the output, and away from them."""
    sweep_input(page, of)
    for cell in some_cells(of):
        assert to_cell(page, of, *cell).cell == cell
    page.mouse.move(3, 3)


def test_every_kind_of_layer_has_the_engines_numbers(visitor):
    page, wrong = visitor("convolution"), {}
    drawn(page)
    for kind, network, step, channel in LAYERS:
        link = f"{kind}?network={NETWORKS[network]}&{SOURCE[kind]}=layer&layer={step}&map={channel}"
        travel(page, link, f"network='{network}', trained=True, fit='centre')/{step}/{channel}/")
        whole = explain.arithmetic(numbers_of(network), step, channel)
        most = cached.CURVED if whole.rule == "curve" else cached.SUMMED
        middle = [side // 2 for side in whole.output.shape]
        of = arithmetic.part(whole, *middle, most)
        for cell in some_cells(of) if of.output.size > 1 else [(0, 0)]:
            found = to_cell(page, of, *cell) if of.output.size > 1 else read(page)
            if (found.cell, found.value) != (cell, close(of.at(*cell).result)):
                wrong[step, *cell] = found
    assert not wrong


def test_a_picture_has_the_engines_numbers(visitor):
    page = visitor(PICTURE)
    for sample in ("coffee", "motorcycle"):
        page.get_by_role("button", name=samples.SAMPLES[sample].title, exact=True).click()
        drawn(page, f"sample-{sample}/picture/(3, 64, 64)")
        of = on_picture(sample, (0.3, 0.7))
        for cell in some_cells(of):
            found = to_cell(page, of, *cell)
            assert (found.cell, found.value) == (cell, close(of.at(*cell).result))
        sweep_input(page, of)


def test_softmax_has_the_engines_numbers(visitor):
    page = visitor("dense?network=tiny_vgg&map=5&temperature=2&add=-3")
    drawn(page, "softmax/")
    logits = numbers_of("tiny_vgg")["dense"].output.numpy().astype(float)
    assert read(page, "softmax").value == close(arithmetic.softmax(logits - 3, 5, 2).at(0, 0).result)
    travel(page, "dense?dense_on=digit&map=3", "softmax/digit/3/")
    assert read(page, "softmax").value == pytest.approx(0.75, abs=1e-6)  # as the example says
    bars = page.locator(".st-key-softmax .siblings")
    bars.scroll_into_view_if_needed()
    bars.click(position={"x": 50, "y": 9.5 * 26})
    drawn(page, "softmax/digit/9/")
    assert read(page, "softmax").value == pytest.approx(0.05, abs=1e-6)


def test_pointing_at_the_input_moves_the_window_and_asks_nobody(visitor):
    page, steps = visitor(PADDED), numbers_of("tiny_vgg")
    drawn(page)
    below_zero = arithmetic.pooling(steps["module2_conv1"].output.numpy(), 6, Window(2, stride=2, padding=1), "max")
    for link, shows, of in [
        ("pooling?pool_on=layer&layer=module1_pool&map=3", "pool/3", explain.arithmetic(steps, "module1_pool", 3)),
        ("pooling?pool_on=any-map&layer=module2_conv1&map=6&pool_any-map_padding=1", "padding=1", below_zero),
        ("convolution?conv_on=layer&layer=module2_conv1&map=3", "1/3", explain.arithmetic(steps, "module2_conv1", 3)),
    ]:
        travel(page, f"{link}&network=Tiny VGG&cell=2,5", shows)
        assert waited(page, visitor, lambda of=of: sweep(page, of)) == 0
        found = read(page)  # back at the cell that is kept
        assert (found.cell, found.value) == ((2, 5), close(of.at(2, 5).result))


def test_a_click_keeps_the_cell_in_the_link(visitor):
    page, of = visitor(f"{PADDED}&cell=2,5"), explain.arithmetic(numbers_of("tiny_vgg"), "module2_conv1", 3)
    drawn(page)

    def click(row: int, column: int) -> None:
        to_cell(page, of, row, column)
        page.mouse.down()
        page.mouse.up()
        page.mouse.move(3, 3)
        expect(page).to_have_url(re.compile(f"cell={row}%2C{column}"))

    first, second = (lambda: click(0, 15)), (lambda: click(11, 4))
    for act, (row, column) in [
        *[(first, (0, 15)), (page.go_back, (2, 5)), (page.go_forward, (0, 15)), (second, (11, 4))],
        *[(page.go_back, (0, 15)), (page.go_back, (2, 5)), (page.go_forward, (0, 15)), (page.reload, (0, 15))],
    ]:
        act()
        drawn(page)
        expect(page.locator(".where")).to_contain_text(re.compile(rf"row {row}\D+{column}\b"))
        assert read(page).value == close(of.at(row, column).result)


COLOUR = "convolution?conv_on=picture&colour=True&part=16"


def test_a_product_shows_its_channel_and_the_kernel_points_at_it(visitor):
    page = visitor(COLOUR)
    drawn(page)
    shown, terms = page.locator(".shown"), page.locator("canvas.terms")
    expect(shown).to_contain_text("red, one of 3")
    width = 3 * 56 + 10  # of the products of a channel
    terms.hover(position={"x": width + 1.5 * 56, "y": 17 + 2.5 * 45})
    expect(shown).to_contain_text("green, one of 3")
    expect(page.locator(".grid .pointed")).to_have_attribute("aria-label", "Weight in row 2, column 1")
    terms.click(position={"x": 20, "y": 6})  # the head of the first channel
    expect(shown).to_contain_text("red")
    expect(page.locator(".grid .pointed")).to_have_count(0)
    page.locator(".grid input").nth(4).fill("9")
    terms.hover(position={"x": width + 20, "y": 30})
    expect(shown).to_contain_text("red")  # who is writing a weight keeps its channel
    page.keyboard.press("Enter")
    terms.hover(position={"x": width + 24, "y": 34})
    expect(shown).to_contain_text("green")
    assert page.locator(".grid input").nth(4).input_value() == "8"


def test_a_saved_picture_has_window_and_kernel(visitor):
    page, colours = visitor(COLOUR), []
    drawn(page)
    for weight in ("-1", "8"):
        page.locator(".grid input").nth(0).fill(weight)
        page.keyboard.press("Enter")
        read(page)
        with page.expect_download() as saved:
            page.get_by_role("button", name="Save picture").click()
        picture = np.asarray(Image.open(saved.value.path()).convert("RGB")).reshape(-1, 3).astype(int)
        colours.append([(abs(picture - one).max(axis=1) < 3).sum() for one in ((255, 212, 0), (143, 61, 0))])
    (marks, one_large), (_, two_large) = colours
    assert marks > 50  # the window and the cell, in yellow
    assert two_large > 1.5 * one_large > 1000  # the largest weights, in dark orange


def test_equals_and_the_last_digit_are_named(visitor):
    page = visitor("pooling?network=LeNet&picture=digit-5&pool_on=picture&cell=0,0")  # a white corner
    drawn(page)
    found = read(page)
    assert found.sentence == "The largest of 16 cells is 255; the first of equals wins."
    assert found.check.endswith(" 255, the same to the last digit.")
    travel(page, "pooling?pool_on=by-hand&cell=0,0", "by-hand")
    assert "equals" not in read(page).sentence
    travel(page, f"{PADDED}&cell=2,5", "/(2, 5)/")
    assert re.search(r"; \S+ apart, from rounding\.", read(page).check)
