"""Figures of the autoencoders: a slider to the repaired picture, a drag in the latent map, a large photo, a class."""
import math
import statistics
import time

import torch
from playwright.sync_api import Browser, sync_playwright

from core import autoencoders, images, whole_photo
from tests.bench import engine
from tests.bench.rows import Row
from tests.tools.browser import launch, settle
from tests.tools.load import Choose, Go, simulate
from tests.tools.server import Server
from tests.tools.shots import drawn

ACTIONS = (
    Go("autoencoder", "ae_on=The+picture&picture=digit-3"),
    Choose("Kind", "sparse"),
    Choose("Kind", "convolutional"),
    Go("six", "picture=digit-5"),
    Go("repair", "repair_on=As+a+digit&picture=digit-3"),
    Choose("Grain", 0.4),
    Choose("Blur", 0.2),
    Go("latent"),
    Go("train_one"),
    Go("autoencoder", "picture=digit-8"),
)
REDRAWN = """async (slider) => {
    const mark = () => [...document.querySelectorAll("*")].map((e) => e.shadowRoot).filter(Boolean)
        .map((root) => root.querySelector("[data-shows]")).filter(Boolean).map((e) => e.dataset.shows).join();
    const before = mark(), began = performance.now();
    const key = { key: "ArrowRight", code: "ArrowRight", keyCode: 39, bubbles: true };
    for (const what of ["keydown", "keyup"]) slider.dispatchEvent(new KeyboardEvent(what, key));
    while (mark() === before && performance.now() - began < 5000) await new Promise(requestAnimationFrame);
    await new Promise(requestAnimationFrame);
    return performance.now() - began;
}"""


def measure(server: Server, photo: bytes) -> list[Row]:
    """The browser first, then thirty students."""
    rows = [_whole_photo()]
    with sync_playwright() as playwright:
        browser = launch(playwright)
        rows += [_slider(browser, server), _drag(browser, server)]
        browser.close()
    alone = simulate(server.url, 1, ACTIONS * 2, think=0.3, pid=server.process.pid)["action"]
    simulate(server.url, 10, ACTIONS, think=1, pid=server.process.pid)
    report = simulate(server.url, 30, ACTIONS, think=2, photo=photo, pid=server.process.pid)
    action = report["action"]
    return [
        *rows,
        Row("one visitor on the autoencoder pages: action p95", alone["p95"], "ms", 150, f"p50 {alone['p50']} ms"),
        Row("thirty on the autoencoder pages: action p95", action["p95"], "ms", 150, f"p50 {action['p50']} ms"),
        Row("thirty on the autoencoder pages: errors", report["errors"], "", 0, str(report["error_messages"] or "")),
    ]


def _whole_photo() -> Row:
    """A 12-megapixel JPEG decoded, brought to working size, through the tiles and joined again; one core."""
    torch.set_num_threads(1)
    model, data, taken = autoencoders.load("tiles_64").model, engine.photo(), []
    for _ in range(4):
        began = time.perf_counter()
        shown = whole_photo.working(images.decode(data))
        whole_photo.squeeze(shown, model.encoder, model.decoder)
        taken.append(time.perf_counter() - began)
    name = "12 megapixels through the photo autoencoder, at working size"
    return Row(name, statistics.median(taken[1:]), "s", 1.5, f"{len(data) / 1e6:.1f} MB")


def _slider(browser: Browser, server: Server) -> Row:
    page = browser.new_page()
    page.goto(f"{server.url}/repair?repair_on=As+a+digit&picture=digit-3")
    settle(page)
    drawn(page)
    slider, taken = page.get_by_role("slider").first, []
    slider.focus()
    for _ in range(9):
        taken.append(slider.evaluate(REDRAWN))
        page.wait_for_timeout(400)
    page.close()
    detail = f"slowest {max(taken):.0f} ms"
    return Row("a slider of Repair to the repaired digit, painted", statistics.median(taken), "ms", 250, detail)


def _drag(browser: Browser, server: Server) -> Row:
    page = browser.new_page()
    page.goto(f"{server.url}/latent")
    settle(page)
    drawn(page)
    box = page.locator(".place .map").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    count = lambda: int(page.locator(".here .picture").get_attribute("data-pictures"))  # noqa: E731
    page.mouse.move(x, y)
    page.mouse.down()
    before, began = count(), time.perf_counter()
    for step in range(120):
        page.mouse.move(x + 100 * math.cos(step / 10), y + 100 * math.sin(step / 10))
    between = (time.perf_counter() - began) / (count() - before) * 1000
    page.mouse.up()
    page.close()
    return Row("between two decoded pictures while the latent map is dragged", between, "ms", 1000 / 15)
