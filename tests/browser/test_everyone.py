"""For everyone: small screens, keyboards, screen readers, dark rooms, no network, no animation."""
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.test_calculation import travel
from tests.tools.shots import FRAMES, add, drawn, open_all, open_popover, write

PLACES = {
    "classify": "",
    "efficientnet": "network",
    "block": "network?layer=blocks_3",
    "tiny_vgg": "network?network=tiny_vgg",
    "lenet": "network?network=lenet&picture=digit-5",
    "layer": "network?network=tiny_vgg&layer=module2_conv1&map=3",
    "answers": "network?layer=dense&map=282",
}
APART = {  # pages that take a number apart: link, what says that it is drawn
    "convolution": ("convolution?colour=True&part=128&picture_filters=3", "(3, 128, 128)"),
    "activation": ("activation?act_on=picture", "/outline/"),
    "pooling": ("pooling", "by-hand"),
    "dense": ("dense?network=EfficientNet-Lite0", "softmax/"),
}
AUDITED = ("1366 px, light", "390 px, dark")  # by axe, there: each size and each scheme once
OPENED = ("convolution", "dense")  # with all that unfolds, which takes seconds
# rule -> what is in Streamlit's own markup, or in its selector, that nothing we can set changes
NOT_OURS = {
    "color-contrast": ('class="token ',),  # st.code's syntax colours are fixed; the code is in the sources as well
    "aria-dialog-name": (".stToast",),  # st.toast has no label to set; its text is read out
    "list": ("stSidebarNavItems",),  # the menu of sections on phones
    "listitem": ('<li class="st-emotion-cache',),
}
DEEPEST = """() => {
    let element = document.activeElement;
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
    const label = element.getAttribute("aria-label") ?? element.textContent;
    return [element.tagName.toLowerCase(), element.className, label];
}"""


def serious(page: Page) -> list[str]:
    """What axe-core finds serious or critical, but for what is not ours."""
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{one['id']} ({one['impact']}): {node['target']} {node['failureSummary']}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
        if not any(part in f"{node['target']} {node['html']}" for part in NOT_OURS.get(one["id"], ()))
    ]


def looks(page: Page) -> Iterator[str]:
    """The same page in light and dark, wide and narrow."""
    for width, height in ((1366, 768), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.evaluate(FRAMES)
            yield f"{width} px, {scheme}"


@pytest.mark.parametrize("place", ["classify", "tiny_vgg", "layer"])
def test_everything_open_is_accessible_and_asks_no_other_host(visitor, place):
    page = visitor(PLACES[place])
    drawn(page)
    open_all(page, Path())
    open_popover(page, Path())
    found = {look: serious(page) + too_wide(page) for look in looks(page)}
    assert found == {look: [] for look in found}


def test_numbers_taken_apart_are_accessible_and_fit_a_phone(visitor):
    page, found = visitor("convolution"), {}
    drawn(page)
    for place, (link, shows) in APART.items():
        travel(page, link, shows)
        if place in OPENED:
            open_all(page, Path())
        for look in looks(page):
            found[place, look] = too_wide(page) + (serious(page) if look in AUDITED else [])
        page.set_viewport_size({"width": 1366, "height": 768})
    assert found == {look: [] for look in found}


LEARNING = ["neuron", "backward?network=lenet", "flow", "training"]
SQUEEZING = ["autoencoder", "autoencoder?picture=digit-3", "repair", "six?picture=digit-3", "latent", "train_one"]


@pytest.mark.parametrize("link", LEARNING + SQUEEZING)
def test_learning_and_squeezing_are_accessible_and_fit_a_phone(visitor, link):
    page = visitor(link)
    drawn(page)
    found = {look: too_wide(page) + (serious(page) if look in AUDITED else []) for look in looks(page)}
    assert found == {look: [] for look in found}


def test_messages_are_accessible(visitor, tmp_path):
    page, paths = visitor(), write(tmp_path, "coffee", "flower")
    (tmp_path / "notes.txt").write_text("no photo")
    add(page, *paths, tmp_path / "notes.txt")
    assert serious(page) == []
    page.get_by_role("button", name="Remove flower.jpg").click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    found = {look: serious(page) for look in looks(page)}
    assert found == {look: [] for look in found}


def test_nothing_is_wider_than_a_phone(visitor):
    page, wide = visitor(width=390, height=844), {}
    for place, path in PLACES.items():
        page.goto(f"{visitor.server.url}/{path}")
        drawn(page)
        wide[place] = too_wide(page)
    assert wide == {place: [] for place in wide}


def test_photos_and_messages_fit_a_phone(visitor, tmp_path):
    page = visitor(width=390, height=844)
    long = tmp_path / f"{'a long name ' * 12}.txt"
    long.write_text("no photo")
    add(page, *write(tmp_path, "coffee", "flower"), long)
    assert too_wide(page) == []
    page.get_by_test_id("stToast").get_by_role("button").click()
    page.get_by_role("button", name="Remove ").first.click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    assert too_wide(page) == []
    open_popover(page, Path())
    assert too_wide(page) == []
    box = page.get_by_test_id("stPopoverBody").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390


def too_wide(page: Page) -> list[str]:
    """What makes one scroll sideways: the document, the main part, a drawing of ours (the strip of pictures may)."""
    page.evaluate(FRAMES)
    width = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    wide = [f"the document by {width} px"] if width > 0 else []
    for part in ("[data-testid=stMain]", ".torch", ".stage"):
        for element in page.locator(part).all():
            more = element.evaluate("element => element.scrollWidth - element.clientWidth")
            wide += [f"{part} by {more} px"] if more > 0 else []
    return wide


def test_everything_is_reached_with_the_tab_key(visitor):
    page = visitor("network?network=tiny_vgg")
    drawn(page)
    reached = []
    for _ in range(60):
        page.keyboard.press("Tab")
        tag, name, label = page.evaluate(DEEPEST)
        if tag == "body":
            break
        reached.append(f"{tag}.{name} {label}" if tag != "main" else "")  # the main part scrolls
    wanted = ["Add photos", "button.tile Chelsea the cat", "EfficientNet-Lite0", "trained", "centre", "Show", "unit"]
    wanted += ["canvas.over", "Save picture", "Every layer in numbers", "Show me the code"]
    places = [next((at for at, one in enumerate(reached) if part in one), None) for part in wanted]
    assert None not in places, dict(zip(wanted, places, strict=True))
    assert places == sorted(places)


def test_a_number_is_taken_apart_with_the_tab_key_in_the_order_of_the_page(visitor):
    page = visitor("convolution?colour=True&part=32")
    drawn(page)
    page.get_by_role("radio", name="Your picture", exact=True).focus()
    reached = []
    for _ in range(36):
        page.keyboard.press("Tab")
        tag, name, label = page.evaluate(DEEPEST)
        reached.append(f"{tag}.{name} {label}")
    wanted = ["canvas.inputOver Input", "canvas.strip All", "Weight in row 0, column 0", "Weight in row 2, column 2"]
    wanted += ["Bias", "canvas.overviewOver", "canvas.outputOver Output", "Copy as PyTorch", "Play", "Speed", "Colour"]
    places = [next((at for at, one in enumerate(reached) if part in one), None) for part in wanted]
    assert None not in places, dict(zip(wanted, places, strict=True))
    assert places == sorted(places)


def test_numbers_are_written_anew_in_the_dark(visitor):
    page, seen = visitor("convolution?conv_on=5x5"), []
    drawn(page)
    for scheme in ("light", "dark", "light"):
        page.emulate_media(color_scheme=scheme)
        page.wait_for_timeout(300)
        seen.append(page.locator("canvas.terms").evaluate("canvas => canvas.toDataURL()"))
    assert seen[0] == seen[2] != seen[1]


def test_the_keyboard_alone_changes_picture_and_network(visitor):
    page = visitor()
    drawn(page)
    page.get_by_role("button", name="A cup of coffee").focus()
    page.keyboard.press("Enter")
    drawn(page, "sample-coffee/efficientnet_lite0/")
    page.get_by_role("radio", name="EfficientNet-Lite0").focus()
    page.keyboard.press("ArrowRight")
    if not page.get_by_role("radio", name="Tiny VGG").is_checked():
        page.keyboard.press("Enter")
    drawn(page, "sample-coffee/tiny_vgg/")
    page.get_by_role("button", name="Add photos").focus()
    page.keyboard.press("Enter")
    expect(page.locator("input[type=file]")).to_have_count(1)


def test_nothing_moves_where_motion_is_not_wanted(visitor):
    page = visitor(scheme="dark", reduced_motion="reduce")
    for path in (PLACES["classify"], PLACES["efficientnet"], PLACES["layer"], APART["convolution"][0]):
        page.goto(f"{visitor.server.url}/{path}")
        drawn(page)
        style = "element => { const s = getComputedStyle(element); return s.transitionDuration + s.animationName }"
        assert {button.evaluate(style) for button in page.locator(".torch button").all()} == {"0snone"}


def test_drawings_are_saved(visitor):
    page = visitor()
    for place, name in (("classify", "where"), ("lenet", "network"), ("layer", "module2_conv1")):
        page.goto(f"{visitor.server.url}/{PLACES[place]}")
        drawn(page)
        with page.expect_download() as download:
            page.get_by_role("button", name="Save picture").click()
        assert download.value.suggested_filename.startswith(name)
        with Image.open(download.value.path()) as picture:
            assert picture.format == "PNG"
            assert min(picture.size) > 200
            assert len(np.unique(np.asarray(picture.convert("RGB")).reshape(-1, 3), axis=0)) > 100


def test_all_answers_are_saved(visitor):
    page = visitor()
    drawn(page)
    page.get_by_text("All 1,000 answers it can give").click()
    with page.expect_download() as download:
        page.locator(".st-key-save-answers button").first.click()
    lines = Path(download.value.path()).read_text(encoding="utf-8").splitlines()
    assert lines[0] == "label,probability,index"
    assert len(lines) == 1001
    assert lines[1].startswith("tiger cat,0.38")
