"""Kernels that visitors type into, and the frame that says which part is taken apart."""
import re
import time
from dataclasses import replace
from urllib.parse import quote

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from core import arithmetic, examples, explain, kernels, samples
from core.arithmetic import Arithmetic
from core.examples import Example
from tests.browser.test_calculation import (
    PICTURE,
    close,
    note_texts,
    numbers_of,
    of_link,
    on_picture,
    point_at,
    read,
    texts,
    travel,
)
from tests.browser.test_pointing import number, press
from tests.tools.browser import settle
from tests.tools.shots import drawn

SMALL = "convolution?conv_on=5x5"
FILTERS = "convolution?conv_on=two-filters"
WRITTEN = {"1/9": 1 / 9, "−1": -1.0, "0,5": 0.5, "-.25": -0.25, " 3 ": 3.0, "−1/4": -0.25, "2": 2.0}
NONSENSE = ["abc", "1/0", "", "−", "1/2/3", "9999999"]


def engine(example: Example, bank: np.ndarray, bias: np.ndarray, filter: int = 0) -> Arithmetic:
    """A worked example with other numbers."""
    return arithmetic.convolution(example.maps, bank, bias, example.window, filter)


def small() -> tuple[Example, np.ndarray, np.ndarray]:
    """The example of the link SMALL, with weights and bias to change."""
    one = examples.CONVOLUTIONS["5x5"]
    return one, one.kernels.copy(), one.bias.copy()


def kept(page: Page, bank: np.ndarray, bias: np.ndarray, filter: int = 0) -> None:
    """Wait until the server has what was typed into a filter, as the link says, and has answered."""
    text = f"{filter}:{kernels.as_text(np.array([bias[filter], *bank[filter].ravel()]))}"
    expect(page).to_have_url(re.compile(rf"[?&]own=[^&]*{quote(text, safe='')}"))
    settle(page)


def box(page: Page, at: int) -> Locator:
    """A cell of the kernel, to type into."""
    return page.locator(".grid input").nth(at)


def key_in(page: Page, at: int, text: str, delay: float = 0) -> None:
    """One key after the other, as people type."""
    box(page, at).focus()
    page.keyboard.type(text, delay=delay)


def test_what_is_typed_counts_at_once(visitor):
    page, (example, bank, bias) = visitor(SMALL), small()
    drawn(page)
    note_texts(page, "output")
    before, began = len(visitor.frames), time.monotonic()
    for text, value in WRITTEN.items():
        box(page, 0).fill(text)
        found = read(page)
        assert len(visitor.frames) == before or time.monotonic() - began > 0.4  # nobody was asked
        bank[0, 0, 0, 0] = value
        of = engine(example, bank, bias)
        assert found.value == close(of.at(0, 0).result), text
        assert list(map(number, texts(page)[-9:])) == pytest.approx(of.output.ravel(), abs=0.006)
    page.locator(".bias").fill("−1,5")
    bias[0] = -1.5
    for cell in [(0, 0), (2, 1)]:
        assert point_at(page, ".outputOver", *((at + 0.5) / 3 for at in cell[::-1])).value == close(
            engine(example, bank, bias).at(*cell).result
        )
    kept(page, bank, bias)
    page.reload()
    drawn(page)
    assert read(page).value == close(engine(example, bank, bias).at(0, 0).result)






def test_typing_fast_keeps_all_of_it(visitor):
    page, (_, bank, bias) = visitor(SMALL), small()
    drawn(page)
    for at, text in enumerate(["0.125", "−3", "1/8"]):
        key_in(page, at, text, delay=90)  # longer in all than the browser waits
    bank[0, 0, 0] = 0.125, -3, 0.125
    kept(page, bank, bias)
    assert [box(page, at).input_value() for at in range(2)] == ["0.125", "-3"]
    box(page, 0).focus()
    press(page, "ArrowDown", "9")  # the cell below it
    assert box(page, 3).input_value() == "9"






def colour_example() -> Example:
    """The example of the link FILTERS, with the picture that it looks at."""
    example = examples.CONVOLUTIONS["two-filters"]
    small = samples.load("cat").resize(example.shape[:0:-1], Image.Resampling.LANCZOS)
    return replace(example, maps=np.asarray(small).transpose(2, 0, 1))


def test_the_frame_moves_the_part_of_a_picture_and_of_a_layer(visitor):
    page = visitor(PICTURE)
    drawn(page)
    drag(page, (0.3, 0.7), (0.8, 0.2))
    assert [float(share) for share in of_link(page, "spot").split(",")] == pytest.approx([0.8, 0.2], abs=0.02)
    page.locator(".overviewOver").focus()
    press(page, "ArrowLeft", "ArrowDown", "ArrowDown")
    before = of_link(page, "spot")
    page.wait_for_function("before => new URL(location).searchParams.get('spot') !== before", arg=before)
    settle(page)
    x, y = (float(share) for share in of_link(page, "spot").split(","))
    assert x < 0.79
    assert y > 0.21
    found = read(page)
    assert found.value == close(on_picture("coffee", (x, y)).at(*found.cell).result)
    of = explain.arithmetic(numbers_of("efficientnet_lite0"), "stem_conv", 7)  # 112 x 112, too large to be sent whole
    travel(page, "convolution?conv_on=layer&layer=stem_conv&map=7", "/stem_conv/7/")
    drag(page, (0.5, 0.5), (0.02, 0.98))
    row, column = (int(at) for at in of_link(page, "cell").split(","))
    assert row > 60 > 50 > column  # the middle of the frame
    drawn(page, f"/({row}, {column})/")
    found = read(page)
    assert (found.cell, found.value) == ((row, column), close(of.at(row, column).result))
    found = point_at(page, ".outputOver", 0.001, 0.999)
    assert (found.cell, found.value) == ((111, 0), close(of.at(111, 0).result))


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Drag the frame, and wait for what it brings."""
    before = page.url
    place = page.locator(".overviewOver").bounding_box()
    for at, act in [(start, page.mouse.down), (end, page.mouse.up)]:
        page.mouse.move(place["x"] + at[0] * place["width"], place["y"] + at[1] * place["height"], steps=4)
        act()
    page.wait_for_function("before => location.href !== before", arg=before)
    settle(page)
