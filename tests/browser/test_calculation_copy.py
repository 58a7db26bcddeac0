"""What is copied gives the number on the page to the last digit, and what a sentence adds up does add up."""
import io
import math
import re
from contextlib import redirect_stdout
from decimal import Decimal
from random import Random

import pytest
from playwright.sync_api import Page, expect

from core import ops
from core.numerals import read as number
from tests.browser.test_calculation import point_at, read, travel
from tests.tools.shots import drawn

FORMULA, CODE = 1, 2  # buttons
EXACT = 1e-12
SINGLE = 1e-6  # a curve comes from the engine, in single precision
BELOW_ZERO = "pooling?network=Tiny VGG&pool_on=any-map&layer=module2_conv1&map=6&pool_any-map_padding=1&cell=0,0"
CURVE = "activation?network=Tiny VGG&act_on=layer&layer=module2_conv1&map=1&cell=3,4&act_instead="
CASES = [  # link, what says that it is drawn, component, how close
    ("convolution?conv_on=5x5", "5x5/", "calculation", EXACT),
    ("convolution?network=Tiny VGG&conv_on=layer&layer=module1_conv1&map=3&cell=0,31", "(0, 31)", "calculation", EXACT),
    ("convolution?network=Tiny VGG&conv_on=layer&layer=module3_conv2&map=3&cell=0,0", "(0, 0)", "calculation", EXACT),
    (BELOW_ZERO, "padding=1", "calculation", EXACT),
    ("pooling?pool_on=by-hand&pool_by-hand_kind=average&pool_by-hand_size=3", "average", "calculation", EXACT),
    ("dense?network=Tiny VGG&layer=dense&map=4", "/dense/4", "calculation", EXACT),
    ("dense?network=Tiny VGG&layer=dense&map=4", "/dense/4", "softmax", EXACT),
    ("dense?network=EfficientNet-Lite0&map=281", "/dense/281", "softmax", EXACT),
    *[(f"{CURVE}{curve}", f"/{curve}/", "calculation", SINGLE) for curve in ops.ACTIVATIONS],
]
SIGNED = r"(−?\d[\d,]*(?:\.\d+)?(?:e[+−]?\d+)?)"
ADDED = re.compile(rf"{SIGNED} ([+−]) {SIGNED} \(\w+\) ([=≈]) {SIGNED}(?=\D*$)")
SHARED = re.compile(rf"{SIGNED} / {SIGNED} ([=≈]) {SIGNED}(?=\D*$)")
SHEET = {
    **{"MAX": lambda *cells: max(cells), "MIN": min, "SUM": lambda *cells: math.fsum(cells)},
    "AVERAGE": lambda *cells: math.fsum(cells) / len(cells),
    **{"EXP": math.exp, "SQRT": math.sqrt, "TANH": math.tanh, "ERF": math.erf},
    "IF": lambda test, then, other: then if test else other,
}


def calculated(pasted: str) -> float:
    """What a spreadsheet shows in the last cell of what is pasted at A1."""
    rows = [line.split("\t") for line in pasted.split("\n")]
    cells = {f"{'ABC'[at]}{row}": text for row, line in enumerate(rows, 1) for at, text in enumerate(line)}
    known: dict[str, float] = {}

    def value(name: str) -> float:
        if name not in known:
            text = cells[name]
            known[name] = formula(text[1:]) if text.startswith("=") else float(text)
        return known[name]

    def formula(text: str) -> float:
        spread = re.sub(r"([A-C])(\d+):\1(\d+)", lambda m: f"*range_('{m[1]}', {m[2]}, {m[3]})", text)
        named = re.sub(r"(?<!')\b[A-C]\d+\b", lambda m: f"value('{m[0]}')", spread)
        return eval(named, {"__builtins__": {}}, SHEET | {"value": value, "range_": block})

    def block(column: str, first: int, last: int) -> list[float]:
        return [value(f"{column}{row}") for row in range(first, last + 1)]

    return value(list(cells)[-1])


def printed(code: str) -> float:
    """What a program prints."""
    with redirect_stdout(io.StringIO()) as out:
        exec(code, {})
    return float(out.getvalue())


def copied(page: Page, button: int, name: str = "calculation") -> str:
    """What a button has put into the clipboard."""
    page.evaluate("navigator.clipboard.writeText('nothing yet')")
    page.locator(f".st-key-{name} .tools button").nth(button).click()
    page.wait_for_function("async () => await navigator.clipboard.readText() !== 'nothing yet'")
    return page.evaluate("navigator.clipboard.readText()")


def same(page: Page, name: str, off: float) -> None:
    """Formula and code both give the number that is shown."""
    value, formula, code = read(page, name).value, copied(page, FORMULA, name), copied(page, CODE, name)
    assert max(map(len, re.split(r"[\t\n]", formula))) < 8192  # what a spreadsheet takes in one cell
    assert calculated(formula) == pytest.approx(value, rel=off, abs=EXACT)
    assert printed(code) == pytest.approx(value, rel=off, abs=EXACT)


@pytest.fixture
def page(visitor) -> Page:
    """A visitor who lets pages use the clipboard."""
    page = visitor("convolution", permissions=["clipboard-read", "clipboard-write"])
    drawn(page)
    return page


def test_copies_give_the_number_of_the_page(page):
    for link, shows, name, off in CASES:
        travel(page, link, shows)
        same(page, name, off)


def test_without_a_clipboard_the_text_is_there_to_be_copied(page):
    code, formula = page.get_by_role("button", name="Copy as PyTorch"), page.get_by_role("button", name="spreadsheet")
    page.evaluate("Object.defineProperty(window, 'isSecureContext', { get: () => false })")
    code.click()  # the old way
    page.wait_for_function("async () => (await navigator.clipboard.readText()).startsWith('import torch')")
    page.evaluate("document.execCommand = () => false")
    formula.click()
    expect(page.locator(".manual")).to_be_visible()
    text = page.locator(".manual").input_value()
    assert calculated(text) == pytest.approx(read(page).value, rel=EXACT)
    assert page.evaluate("getSelection().toString()") == text  # Ctrl+C is enough
    page.locator(".play button").first.click()
    assert page.locator(".manual").is_hidden() or page.locator(".manual").input_value() != text


def test_a_mean_is_copied_as_a_mean_and_a_sum_as_a_sum(page):
    for link, shows, start in [
        ("pooling?pool_on=by-hand&pool_by-hand_kind=average", "average", "=AVERAGE("),
        ("activation?network=EfficientNet-Lite0&act_on=layer&layer=blocks_2_add&map=4", "blocks_2_add", "="),
    ]:
        travel(page, link, shows)
        same(page, "calculation", EXACT)
        formula = copied(page, FORMULA)
        assert formula.startswith(start)
        assert "*" not in formula
    travel(page, "pooling?network=Tiny VGG&pool_on=any-map&layer=module1_conv1&pool_any-map_kind=global", "global")
    same(page, "calculation", EXACT)
    assert copied(page, FORMULA).endswith("\n=AVERAGE(A1:A1024)")
    expect(page.locator(".tools button").nth(FORMULA)).to_contain_text("A1")  # where these rows are to be pasted


def adds_up(sentence: str) -> bool:
    """Whether the sentence says "=" where the numbers that it shows give what it shows, and "≈" where they do not."""
    if found := SHARED.search(sentence):
        part, whole, sign, result = found.groups()
        return math.isclose(number(part) / number(whole), number(result), rel_tol=1e-12) == (sign == "=")
    if found := ADDED.search(sentence):
        left, plus, right, sign, result = found.groups()
        one, other, total = (Decimal(text.replace("−", "-")) for text in (left, right, result))
        return (one + (other if plus == "+" else -other) == total) == (sign == "=")
    return "=" not in sentence


def test_what_is_shown_adds_up(page):
    random, said = Random(7), []
    for link, shows in [
        ("convolution?conv_on=picture&colour=True&picture_kernel=Gaussian blur", "picture/(3"),
        ("convolution?network=Tiny VGG&conv_on=layer&layer=module2_conv1&map=3", "module2_conv1/3/"),
        ("activation?network=EfficientNet-Lite0&layer=stem_norm&map=3", "stem_norm"),
        ("pooling?pool_on=picture&pool_picture_kind=average&pool_picture_size=3", "average"),
    ]:
        travel(page, link, shows)
        said += [point_at(page, ".outputOver", random.random(), random.random()).sentence for _ in range(20)]
    for unit in range(10):
        travel(page, f"dense?network=Tiny VGG&map={unit}", f"/dense/{unit}/")
        said += [read(page, name).sentence for name in ("calculation", "softmax")]
    assert not [sentence for sentence in said if not adds_up(sentence)]
    assert 10 < sum("≈" in sentence for sentence in said) < 90
