"""The same with keys, with a finger, and by itself: the window walks over the input, and stops when it is told to."""
import re

import pytest
from playwright.sync_api import Page, expect

from core import arithmetic, examples, explain
from tests.browser.test_calculation import (
    PADDED,
    close,
    drawn_input,
    nearest,
    numbers_of,
    of_link,
    read,
    to_cell,
    travel,
)
from tests.browser.test_pointing import press
from tests.tools.browser import settle
from tests.tools.shots import drawn

SMALL = "convolution?conv_on=5x5"  # 3 x 3 places
ORDER = [(row, column) for row in range(3) for column in range(3)]
WATCH = """calc => {
    const where = calc.closest(".torch").querySelector(".where"), value = calc.querySelector("p.value");
    let last = where.textContent;
    window.__walk = [];
    new MutationObserver(() => {
        if (where.textContent === last) return;
        window.__walk.push([performance.now(), last = where.textContent, value.dataset.value]);
    }).observe(where, { childList: true });
}"""
FOCUS = "canvas => { const look = getComputedStyle(canvas); return [look.outlineStyle, parseFloat(look.outlineWidth)] }"


def tiny():
    """The map 3 of the link PADDED."""
    return explain.arithmetic(numbers_of("tiny_vgg"), "module2_conv1", 3)


def small():
    """The worked example of SMALL."""
    one = examples.CONVOLUTIONS["5x5"]
    return arithmetic.convolution(one.maps, one.kernels, one.bias, one.window, 0)


def watch(page: Page) -> None:
    """Note every cell that is shown from now on."""
    page.locator(".calc").evaluate(WATCH)


def walked(page: Page, least: int = 0) -> list[tuple[float, tuple[int, int], float]]:
    """When which cell was shown with which number, each once; waits for so many of them."""
    page.wait_for_function("least => window.__walk.length >= least", arg=least)
    found = page.evaluate("window.__walk")
    return [(at, tuple(map(int, re.findall(r"\d+", where)[:2])), float(value)) for at, where, value in found]


def test_keys_walk_over_the_map(visitor):
    page, of = visitor(f"{PADDED}&cell=2,5"), tiny()
    drawn(page)
    for canvas, keys, cell in [
        (".inputOver", ["ArrowDown", "ArrowRight", "ArrowRight"], (3, 7)),
        (".outputOver", ["ArrowUp", "ArrowLeft"], (2, 6)),
        (".outputOver", ["Home"], (2, 0)),
        (".outputOver", ["End", "ArrowRight", "ArrowDown"], (3, 15)),
    ]:
        page.locator(canvas).focus()
        press(page, *keys)
        assert page.locator(canvas).evaluate(FOCUS) == ["solid", pytest.approx(3, abs=1)]
        found = read(page)
        assert (found.cell, found.value) == (cell, close(of.at(*cell).result))
    expect(page.locator(".said")).to_contain_text(re.compile("row 3, column 15", re.IGNORECASE))  # a screen reader
    expect(page.locator(".said")).to_contain_text(read(page).sentence)
    expect(page.locator(".said")).to_have_attribute("aria-live", "polite")


def test_enter_and_a_click_keep_the_cell_that_keys_and_steps_have_reached(visitor):
    page = visitor(f"{PADDED}&cell=2,5")
    drawn(page)
    page.locator(".outputOver").focus()
    press(page, "ArrowDown", "ArrowRight", "Enter")
    expect(page).to_have_url(re.compile(r"cell=3%2C6"))
    settle(page)
    page.get_by_role("button", name="One step", exact=True).click()
    assert to_cell(page, tiny(), 3, 7).cell == (3, 7)
    page.mouse.down()
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"cell=3%2C7"))
    page.go_back()
    drawn(page, "/(3, 6)/")
    assert read(page).cell == (3, 6)


def test_the_space_bar_plays_to_the_end(visitor):
    page, of = visitor(SMALL), small()
    drawn(page)
    watch(page)
    page.get_by_label("Speed").select_option("16")
    page.locator(".outputOver").focus()
    press(page, " ")
    found = walked(page, 8)
    assert [cell for _, cell, _ in found] == ORDER[1:]
    assert [value for _, _, value in found] == [close(of.at(*cell).result) for cell in ORDER[1:]]
    assert 0.3 < (found[-1][0] - found[0][0]) / 1000 < 1.5  # seven steps of a sixteenth of a second
    page.wait_for_timeout(250)
    assert len(walked(page)) == 8  # it has stopped
    press(page, " ")  # and begins again
    assert walked(page, 10)[8][1] == (0, 0)


def test_play_pauses_and_steps_go_both_ways(visitor):
    page = visitor(SMALL)
    drawn(page)
    watch(page)
    go, on, back = (page.locator(f".play button >> nth={at}") for at in (1, 2, 0))
    names = [go.inner_text()]
    go.click()
    walked(page, 1)
    names.append(go.inner_text())
    go.click()
    cell, count = read(page).cell, len(walked(page))
    page.wait_for_timeout(400)
    assert len(walked(page)) == count
    assert names[0] != names[1] != go.inner_text() == names[0]
    on.click()
    assert read(page).cell == ORDER[ORDER.index(cell) + 1]
    for _ in range(ORDER.index(cell) + 3):
        back.click()
    assert read(page).cell == (0, 0)
    travel(page, f"{SMALL}&cell=2,2", "/(2, 2)/")
    on.click()
    assert read(page).cell == (2, 2)


def test_who_wants_less_motion_gets_a_step_a_second(visitor):
    page = visitor(SMALL, reduced_motion="reduce")
    drawn(page)
    watch(page)
    page.wait_for_timeout(400)
    assert walked(page) == []  # nothing plays by itself
    page.get_by_label("Speed").select_option("60")
    began = page.evaluate("performance.now()")
    page.locator(".play .go").click()
    first, second = (at for at, _, _ in walked(page, 2)[:2])
    assert first - began > 900
    assert second - first > 900


def test_steps_and_keys_come_into_the_link_when_they_stop(visitor):
    page, of = visitor(f"{PADDED}&cell=2,5"), tiny()
    drawn(page)
    page.get_by_text("This number as a table").click()
    on = page.get_by_role("button", name="One step", exact=True)
    for _ in range(3):
        on.click()
    expect(page).to_have_url(re.compile("cell=2%2C8"))
    expect(page.get_by_text("Map 3, row 2, column 8.")).to_be_visible()  # the table's
    page.locator(".outputOver").focus()
    press(page, "ArrowDown", "ArrowDown", "ArrowRight")
    expect(page).to_have_url(re.compile("cell=4%2C9"))
    settle(page)
    assert (read(page).cell, read(page).value) == ((4, 9), close(of.at(4, 9).result))
    watch(page)
    press(page, " ")
    walked(page, 2)
    press(page, " ")
    row, column = read(page).cell
    expect(page).to_have_url(re.compile(f"cell={row}%2C{column}"))
    settle(page)
    assert read(page).cell == (row, column) > (4, 10)
    page.go_back()
    drawn(page, "/(4, 9)/")
    page.go_back()
    drawn(page, "/(2, 8)/")  # no step between has its own entry


@pytest.fixture
def phone(visitor) -> Page:
    """The link PADDED on a phone."""
    page = visitor(PADDED, width=390, height=844, has_touch=True, is_mobile=True)
    drawn(page)
    return page


def tap(page: Page, canvas: str, across: float, down: float) -> None:
    """With a finger, at a place given as shares."""
    page.locator(canvas).scroll_into_view_if_needed()
    box = page.locator(canvas).bounding_box()
    page.touchscreen.tap(box["x"] + across * box["width"], box["y"] + down * box["height"])


def test_a_finger_points_and_keeps(phone):
    of = tiny()
    tap(phone, ".outputOver", 12.5 / 16, 1.5 / 16)
    expect(phone).to_have_url(re.compile("cell=1%2C12"))
    found = read(phone)
    assert (found.cell, found.value) == ((1, 12), close(of.at(1, 12).result))
    (top, rows), (left, columns) = drawn_input(of, 0), drawn_input(of, 1)
    tap(phone, ".inputOver", 0.3, 0.8)
    expect(phone).not_to_have_url(re.compile("cell=1%2C12"))
    found = read(phone)
    assert found.cell[0] in nearest(of, 0, top + int(0.8 * rows))
    assert found.cell[1] in nearest(of, 1, left + int(0.3 * columns))
    assert of_link(phone, "cell") == f"{found.cell[0]},{found.cell[1]}"
    phone.get_by_role("button", name="One step", exact=True).tap()
    assert read(phone).cell == (found.cell[0], found.cell[1] + 1)


def drag(page: Page, canvas: str, *places: tuple[float, float]) -> None:
    """A finger goes from place to place, given as shares, and lifts."""
    page.locator(canvas).scroll_into_view_if_needed()
    box, fingers = page.locator(canvas).bounding_box(), page.context.new_cdp_session(page)
    for at, (across, down) in enumerate(places):
        point = {"x": box["x"] + across * box["width"], "y": box["y"] + down * box["height"]}
        fingers.send("Input.dispatchTouchEvent", {"type": "touchMove" if at else "touchStart", "touchPoints": [point]})
    fingers.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_a_finger_that_slides_leaves_the_cell_where_it_lifts(phone):
    of = tiny()
    drag(phone, ".outputOver", (0.1, 0.53), (0.3, 0.53), (0.6, 0.53), (13.5 / 16, 0.53))
    expect(phone).to_have_url(re.compile("cell=8%2C13"))
    found = read(phone)
    assert (found.cell, found.value) == ((8, 13), close(of.at(8, 13).result))
    drag(phone, ".inputOver", (0.9, 0.5), (0.6, 0.5), (0.2, 0.5))
    expect(phone).not_to_have_url(re.compile("cell=8%2C13"))
    assert of_link(phone, "cell") == "{},{}".format(*read(phone).cell)
    assert read(phone).cell[1] < 5


def test_on_a_phone_play_stands_between_the_kernel_and_the_sum(phone):
    tops = [phone.locator(name).bounding_box()["y"] for name in (".outputBox", ".kernel", ".play", ".sumPart")]
    assert tops == sorted(tops)
    sizes = [button.bounding_box()["height"] for button in phone.locator(".calc button:visible, .calc select").all()]
    assert min(sizes) >= 44
