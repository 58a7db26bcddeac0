"""Photos come in through a real browser, and stay with the visitor who brought them."""
import csv
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from core import answers, images, samples, zoo
from tests.tools.browser import settle, turn_to
from tests.tools.shots import add, drawn, open_popover, write

# What a browser says while the server is away.
RESTARTED = "ERR_CONNECTION|ERR_EMPTY_RESPONSE|WebSocket|_stcore/|server is not responding"


def heading(page: Page) -> Locator:
    """The answer, "tiger cat – unsure, 38.5 %"."""
    return page.locator(".told > :is(h2, h3)")


def first_answer(path: Path, name: str = "efficientnet_lite0") -> str:
    """The label and percentage that the engine gives a file."""
    net = zoo.load(name)
    square = images.fit(images.decode(path.read_bytes()), net.preprocessing)
    best = answers.best(net, answers.probabilities(net, square))[0]
    return f"{best.label} – {answers.certainty(best.probability)}, {100 * best.probability:.1f} %"


def own(page: Page) -> Locator:
    """The visitor's own photos in the strip: those that can be taken away."""
    return page.get_by_role("button", name="Remove ")


def test_a_photo_gets_its_answer(visitor, tmp_path):
    page, (path,) = visitor(), write(tmp_path, "coffee")
    add(page, path)
    expect(heading(page)).to_have_text(first_answer(path))
    expect(own(page)).to_have_attribute("aria-label", "Remove coffee.jpg")
    turn_to(page, "Look", "Network")
    drawn(page, f"{images.digest(path.read_bytes())}/")


def test_a_broken_photo_among_many_is_named(visitor, tmp_path):
    page, paths = visitor("?network=tiny_vgg"), write(tmp_path, "flower", "rocket")
    broken = tmp_path / "torn.png"
    broken.write_bytes(b"\x89PNG\r\n\x1a\n torn")
    add(page, paths[0], broken, paths[1])
    expect(page.get_by_test_id("stAlert")).to_contain_text("torn.png")
    expect(page.get_by_role("heading", name="Your 2 photos")).to_be_visible()
    expect(heading(page)).to_have_text(first_answer(paths[1], "tiny_vgg"))
    with page.expect_download() as download:
        page.locator(".st-key-save-photos button").first.click()
    rows = list(csv.DictReader(Path(download.value.path()).read_text(encoding="utf-8").splitlines()))
    assert [row["photo"] for row in rows] == ["flower.jpg", "rocket.jpg"]
    said = [f"{row['answer']} – {row['how sure']}, {100 * float(row['probability']):.1f} %" for row in rows]
    assert said == [first_answer(path, "tiny_vgg") for path in paths]
    page.locator(".st-key-close-problems button").click()
    expect(page.get_by_test_id("stAlert")).to_have_count(0)


def test_a_photo_is_taken_with_the_camera(visitor):
    page = visitor()
    open_popover(page, Path())
    page.get_by_role("button", name="Take Photo").click()
    expect(own(page)).to_have_count(1)
    expect(page.locator('.photo:not([data-shows^="sample-"])[data-shows]')).to_be_attached()


def test_a_photo_goes_and_comes_back(visitor, tmp_path):
    page, (path,) = visitor(), write(tmp_path, "coffee")
    add(page, path)
    own(page).click()
    expect(page.get_by_test_id("stAlert")).to_contain_text("coffee.jpg is removed")
    drawn(page, "sample-cat/")
    expect(own(page)).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    drawn(page, images.digest(path.read_bytes()))
    expect(own(page)).to_have_count(1)


NAMES = {  # of photos with these pictures
    "digit-3": "<img src=x onerror=alert(1)>.png",
    "digit-5": "![x](http:evil.example).jpg",
    "digit-8": "**a** $b$ :red[c] :smile: &lt;.jpg",
}


def test_a_hostile_name_is_only_a_name(visitor):
    page = visitor("?network=lenet")
    page.on("dialog", lambda dialog: pytest.fail(f"a name was run: {dialog.message}"))
    good = {name: images.to_jpeg(samples.load(sample)) for sample, name in NAMES.items()}
    page.get_by_role("button", name="Add photos").click()
    files = [(name, b"not a photo") for name in good] + list(good.items())
    files = [{"name": name, "mimeType": "image/jpeg", "buffer": data} for name, data in files]
    page.locator("input[type=file]").set_input_files(files)
    drawn(page, images.digest(files[-1]["buffer"]))
    alerts = page.get_by_test_id("stAlert")
    for name in good:
        expect(alerts).to_contain_text(name)
        expect(page.get_by_role("button", name=f"Remove {name}", exact=True)).to_have_count(1)
    page.keyboard.press("Escape")
    own(page).last.click()
    expect(alerts.last).to_contain_text(f"{name} is removed")
    assert alerts.locator("img, a, em, code, .katex").count() == 0


def test_two_visitors_never_see_each_other(visitor, tmp_path):
    paths = write(tmp_path, "coffee", "flower")
    pages = [visitor("?network=tiny_vgg"), visitor("?network=tiny_vgg")]
    for page, path in zip(pages, paths, strict=True):
        add(page, path)
    for name in ("lenet", "efficientnet_lite0", "tiny_vgg"):
        for page in pages:
            page.get_by_role("radio", name=zoo.SPECS[name].title).click()
        for page, path in zip(pages, paths, strict=True):
            drawn(page, f"{images.digest(path.read_bytes())}/{name}/")
            expect(heading(page)).to_have_text(first_answer(path, name))
            expect(own(page)).to_have_attribute("aria-label", f"Remove {path.name}")


def test_after_a_restart_the_photos_are_asked_for_again(visitor, server, tmp_path):
    page, (path,) = visitor(), write(tmp_path, "coffee")
    visitor.tolerate(RESTARTED)
    add(page, path)
    server.restart()
    settle(page)
    page.get_by_role("radio", name="Tiny VGG").click()
    drawn(page, "sample-cat/tiny_vgg/")
    expect(page.get_by_test_id("stAlert")).to_contain_text("add them again")
    add(page, path)
    expect(heading(page)).to_have_text(first_answer(path, "tiny_vgg"))
    expect(page.get_by_test_id("stAlert")).to_have_count(0)


def test_another_answer_shows_where_it_looked_for_that(visitor):
    page = visitor()
    drawn(page)
    before = np.asarray(Image.open(io.BytesIO(page.locator(".photo").screenshot())))
    second = page.locator(".bars button").nth(1)
    label = second.locator(".label").inner_text()
    second.click()
    expect(page.locator(".note")).to_contain_text(f"speak for {label}")
    drawn(page, f"sample-cat/efficientnet_lite0/True/{zoo.SPECS['efficientnet_lite0'].labels.index(label)}")
    expect(second).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".answer .legend")).to_contain_text(f"evidence for {label}")
    after = np.asarray(Image.open(io.BytesIO(page.locator(".photo").screenshot())))
    assert (before != after).any()
