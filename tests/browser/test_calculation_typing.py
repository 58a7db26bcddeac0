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


def test_nonsense_is_named_and_loses_nothing(visitor):
    page, (example, bank, bias) = visitor(SMALL), small()
    drawn(page)
    box(page, 4).fill("7")
    bank[0, 0, 1, 1] = 7
    for text in NONSENSE:
        box(page, 0).fill(text)
        assert read(page).value == close(engine(example, bank, bias).at(0, 0).result), text
        expect(box(page, 0)).to_have_attribute("aria-invalid", "true")
        expect(page.locator(".problem")).to_contain_text("number")
    kept(page, bank, bias)
    assert [box(page, at).input_value() for at in (1, 4)] == ["0", "7"]
    box(page, 0).fill("3")
    bank[0, 0, 0, 0] = 3
    assert read(page).value == close(engine(example, bank, bias).at(0, 0).result)
    expect(page.locator(".problem")).to_be_empty()


def unwritten(page: Page) -> None:
    """Wait until the link has no kernel any more, and the page has been drawn without one."""
    expect(page).not_to_have_url(re.compile("own="))
    settle(page)


def test_undo_takes_back_a_visit_of_a_cell(visitor):
    page, (example, bank, bias) = visitor(SMALL), small()
    drawn(page)
    begin, undo = read(page).value, page.get_by_role("button", name="Undo")
    expect(undo).to_be_disabled()
    key_in(page, 0, "12.5", delay=30)
    key_in(page, 4, "−0,5")
    page.keyboard.press("Enter")  # ends the visit, and the number is chosen to be written over
    page.keyboard.type("7")
    for value, text in ((-0.5, "−0.5"), (2, "2")):
        undo.click()
        bank[0, 0, 0, 0], bank[0, 0, 1, 1] = 12.5, value
        assert read(page).value == close(engine(example, bank, bias).at(0, 0).result)
        assert box(page, 4).input_value() == text
    kept(page, bank, bias)
    undo.click()
    assert read(page).value == begin
    assert box(page, 0).input_value() == "1"
    expect(undo).to_be_disabled()
    unwritten(page)
    assert read(page).value == begin


def test_back_to_the_preset_takes_the_kernel_out_of_the_link(visitor):
    page, example = visitor(f"{FILTERS}&own=0:{','.join('5' * 76)}"), examples.CONVOLUTIONS["two-filters"]
    drawn(page)
    back, undo = (page.get_by_role("button", name=name) for name in ("Back to the preset", "Undo"))
    expect(undo).to_be_disabled()  # what came with the link is no visit
    key_in(page, 0, "7")
    back.click()
    unwritten(page)
    found = read(page)
    assert found.value == close(engine(colour_example(), example.kernels, example.bias).at(*found.cell).result)
    expect(back).to_be_disabled()
    undo.click()
    expect(page).to_have_url(re.compile("own=0%3A5%2C7%2C5"))
    undo.click()
    expect(page).to_have_url(re.compile("own=0%3A5%2C5%2C5"))
    settle(page)
    assert box(page, 0).input_value() == "5"
    expect(undo).to_be_disabled()
    page.locator("canvas.filters").click(position={"x": 70, "y": 20})
    expect(page).to_have_url(re.compile("map=1"))
    settle(page)
    expect(back).to_be_disabled()  # nothing was typed into this one
    key_in(page, 0, "9")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"own=0%3A[^&]*%7C1%3A"))
    settle(page)
    back.click()
    expect(page).not_to_have_url(re.compile(r"%7C1%3A"))
    expect(page).to_have_url(re.compile(r"own=0%3A"))  # the other filter keeps what was typed


def test_typing_fast_keeps_all_of_it(visitor):
    page, (_, bank, bias) = visitor(SMALL), small()
    drawn(page)
    for at, text in enumerate(["0.125", "−3", "1/8"]):
        key_in(page, at, text, delay=90)  # longer in all than the browser waits
    bank[0, 0, 0] = 0.125, -3, 0.125
    kept(page, bank, bias)
    assert [box(page, at).input_value() for at in range(2)] == ["0.125", "−3"]
    box(page, 0).focus()
    press(page, "ArrowDown", "9")  # the cell below it
    assert box(page, 3).input_value() == "9"


def test_a_half_written_number_outlasts_the_answer_to_the_last(visitor):
    page, (_, bank, bias) = visitor(SMALL), small()
    drawn(page)
    box(page, 4).fill("7")
    key_in(page, 1, "1/")
    bank[0, 0, 1, 1], bank[0, 0, 0, 1] = 7, 1
    kept(page, bank, bias)
    page.keyboard.type("9")
    assert box(page, 1).input_value() == "1/9"
    bank[0, 0, 0, 1] = 1 / 9
    kept(page, bank, bias)


def test_each_of_several_filters_keeps_what_was_typed(visitor):
    page, example = visitor(FILTERS), examples.CONVOLUTIONS["two-filters"]
    bank, bias = example.kernels.copy(), example.bias.copy()
    drawn(page)
    page.locator(".strip").click(position={"x": 2.5 * 42, "y": 10})  # blue
    box(page, 0).fill("7")
    bank[0, 2, 0, 0] = 7
    kept(page, bank, bias)
    for filter, x in [(1, 70), (0, 20)]:
        page.locator("canvas.filters").click(position={"x": x, "y": 20})
        expect(page).to_have_url(re.compile(f"map={filter}"))
        settle(page)
        found = read(page)
        assert found.value == close(engine(colour_example(), bank, bias, filter).at(*found.cell).result)
        page.locator(".bias").fill("100")
        bias[filter] = 100
        kept(page, bank, bias, filter)


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
