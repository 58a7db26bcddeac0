"""Predict, then reveal: a number stays hidden until somebody has said what it will be, and mistakes get a reason."""
import re

from playwright.sync_api import Page, expect

from tests.browser.test_calculation import note_texts, of_link, point_at, read, texts, travel
from tests.browser.test_pointing import number
from tests.tools.browser import settle
from tests.tools.shots import FRAMES, drawn

SMALL = "convolution?conv_on=5x5"
CHOICES = ".st-key-quiz-choice button"
RIGHT, WRONG = "stAlertContentSuccess", "stAlertContentError"
NUMBERS = [  # questions that are answered with a number: link, what says that it is drawn
    (SMALL, "5x5/"),
    ("activation?network=Tiny VGG&layer=module1_relu1&map=2&cell=3,4", "relu1/2/(3, 4)"),
    ("pooling?network=Tiny VGG&pool_on=picture&pool_picture_kind=average&pool_picture_size=3", "average"),
    ("dense?network=Tiny VGG&map=4", "/dense/4/"),
]


def ask(page: Page) -> None:
    """Switch it on, and wait until the number is hidden."""
    page.locator(".st-key-predict label").click()
    expect(page.locator(".st-key-quiz-next")).to_be_visible()
    settle(page)
    page.evaluate(FRAMES)


def answer(page: Page, value: float) -> str:
    """Type a number; what is said about it."""
    page.get_by_role("spinbutton", name="Your answer").fill(repr(value))
    page.get_by_role("button", name="Check").click()
    said = page.locator(".st-key-quiz").get_by_test_id("stAlert")
    expect(said).to_be_visible()
    settle(page)
    return said.inner_text()


def test_the_number_is_hidden_until_it_is_answered(visitor):
    page = visitor(SMALL)
    drawn(page)
    for link, shows in NUMBERS:
        travel(page, link, shows)
        value = read(page).value
        ask(page)
        hidden = read(page)
        assert hidden.value is None
        assert not re.search(r"\d", hidden.sentence + hidden.check)
        answer(page, value)
        expect(page.get_by_test_id(RIGHT)).to_be_visible()
        assert read(page).value == value
        expect(page.locator(".st-key-quiz-head")).to_contain_text("of")  # how many of them were right


def test_a_wrong_number_gets_its_reason_and_another_cell_the_next_question(visitor):
    page = visitor(SMALL)
    drawn(page)
    ask(page)
    said = answer(page, 2)  # the products alone
    expect(page.get_by_test_id(WRONG)).to_be_visible()
    assert "bias" in said
    assert read(page).value == 3
    before = read(page).cell
    page.get_by_role("button", name="Another").click()
    expect(page.get_by_test_id(WRONG)).to_have_count(0)
    settle(page)
    hidden = read(page)
    assert hidden.cell != before
    assert hidden.value is None
    assert of_link(page, "cell") == f"{hidden.cell[0]},{hidden.cell[1]}"
    page.get_by_test_id("stMain").evaluate("main => main.scrollTo(0, 0)")
    shown = point_at(page, ".outputOver", (before[1] + 0.5) / 3, (before[0] + 0.5) / 3)
    assert (shown.cell, shown.value) == (before, 3)  # the others can be looked at
    page.mouse.move(3, 3)
    assert read(page).value is None


def test_choices_are_tapped(visitor):
    page = visitor("pooling", width=390, height=844, has_touch=True, is_mobile=True)
    drawn(page)
    value = read(page).value
    page.locator(".st-key-predict label").tap()
    expect(page.locator(CHOICES)).to_have_count(4)
    page.locator(CHOICES, has_text=f": {value:g}").tap()
    expect(page.get_by_test_id(RIGHT)).to_be_visible()
    page.get_by_role("button", name="Another").tap()
    expect(page.locator(CHOICES)).to_have_count(4)
    settle(page)
    assert read(page).value is None
    texts = page.locator(CHOICES).all_inner_texts()
    values = [number(text.split(":")[1]) for text in texts]
    page.locator(CHOICES).nth(values.index(min(values))).tap()
    expect(page.get_by_test_id(WRONG)).to_contain_text("smallest")
    assert read(page).value == max(values)


def test_another_kernel_is_another_question(visitor):
    page = visitor(f"{SMALL}&cell=1,1")
    drawn(page)
    ask(page)
    answer(page, 1000)
    expect(page.get_by_test_id(WRONG)).to_be_visible()
    page.locator(".grid input").nth(4).fill("7")
    expect(page).to_have_url(re.compile("own="))
    settle(page)
    expect(page.get_by_test_id(WRONG)).to_have_count(0)
    assert read(page).value is None
    expect(page.get_by_role("spinbutton", name="Your answer")).to_be_empty()


def test_nothing_else_tells_the_number_that_is_asked_for(visitor):
    page = visitor("convolution")
    drawn(page)
    value = read(page).value
    note_texts(page, "terms")
    ask(page)
    seen = texts(page)
    assert seen
    assert not [text for text in seen if text.endswith(f": {value:g}".replace("-", "−"))]
    travel(page, "dense?network=Tiny VGG&map=3", "softmax/")
    told = {kind: ways_to_write(page, name) for kind, name in {"sum": "calculation", "probability": "softmax"}.items()}
    ask(page)
    for kind, ways in told.items():
        page.get_by_role("radio", name=f"the {kind}").click()
        settle(page)
        page.evaluate(FRAMES)
        seen = page.locator("[data-testid=stMarkdown], p.value").all_inner_texts()
        assert not [(way, one) for one in seen for way in ways if way in one], kind


def ways_to_write(page: Page, name: str) -> list[str]:
    """How a number may be written."""
    value = read(page, name).value
    return [f"{value:.4g}", f"{value:.3f}", *([f"{100 * value:.1f} %"] if 0 < value < 1 else [])]
