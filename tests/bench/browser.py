"""Figures that only a browser shows: from a click to what is on the screen."""
import statistics
import time
from urllib.parse import urlsplit

from playwright.sync_api import Page, sync_playwright

from tests.bench.rows import Row
from tests.tools.browser import launch, settle
from tests.tools.server import Server

OWN = "torchlight_"


def measure(server: Server, photo: bytes) -> list[Row]:
    """Upload, redraw, pointer and first visit."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        page = browser.new_page(viewport={"width": 1366, "height": 768})
        rows = [_first_visit(page, server), _upload(page, server, photo)]
        rows += [_redraw(page, server), _pointer(page, server)]
        browser.close()
    return rows


def _shown(page: Page, where: str, before: str | None) -> float:
    """Seconds until the component says that it shows something else than `before`."""
    began = time.perf_counter()
    page.wait_for_function(
        """([where, before]) => {
            const roots = [document, ...[...document.querySelectorAll('*')].map((e) => e.shadowRoot).filter(Boolean)];
            const found = roots.map((root) => root.querySelector(where)).find(Boolean);
            return found && found.dataset.shows && found.dataset.shows !== before;
        }""",
        arg=[where, before],
        polling=5,
    )
    return time.perf_counter() - began


def _first_visit(page: Page, server: Server) -> Row:
    """Bytes on the websocket and over HTTP that are not Streamlit's own files."""
    own = {"messages": 0, "files": 0}

    def received(frame: bytes | str) -> None:
        own["messages"] += len(frame)

    def answered(response) -> None:
        path = urlsplit(response.url).path
        if not path.startswith(("/static/", "/_stcore/")) and path != "/":
            own["files"] += len(response.body())

    page.on("websocket", lambda socket: socket.on("framereceived", received))
    page.on("response", answered)
    page.goto(server.url)
    _shown(page, ".photo", None)
    settle(page)
    page.remove_listener("response", answered)
    detail = f"{own['messages'] / 1000:.0f} kB of messages, {own['files'] / 1000:.0f} kB of files"
    return Row("first visit beyond Streamlit's own files", (own["messages"] + own["files"]) / 1000, "kB", 300, detail)


def _upload(page: Page, server: Server, photo: bytes) -> Row:
    taken = []
    for turn in range(5):
        own = photo[:2] + b"\xff\xfe\x00\x0a%08d" % turn + photo[2:]  # a comment: other bytes, same picture
        before = page.locator(".photo").get_attribute("data-shows")
        page.get_by_role("button", name="Add photos").click()
        chooser = page.locator("input[type=file]").first
        chooser.wait_for(state="attached")
        began = time.perf_counter()
        chooser.set_input_files({"name": f"{turn}.jpg", "mimeType": "image/jpeg", "buffer": own})
        _shown(page, ".photo", before)
        taken.append(time.perf_counter() - began)
        page.keyboard.press("Escape")
        settle(page)
    detail = f"{len(photo) / 1e6:.1f} MB, slowest of 5 {max(taken):.2f} s"
    return Row("upload in the browser to the answer on screen", statistics.median(taken), "s", 1.0, detail)


def _redraw(page: Page, server: Server) -> Row:
    page.goto(f"{server.url}/network")
    _shown(page, ".stage", None)
    settle(page)
    taken = {}
    tiles = ("Coffee", "Temple", "Rocket")
    for name in ("Tiny VGG", "LeNet", "EfficientNet-Lite0"):
        taken[name] = _click(page, page.get_by_role("radio", name=name))
    for at, name in enumerate(tiles, start=1):
        taken[name] = _click(page, page.locator("button.tile").nth(at))
    detail = ", ".join(f"{name} {seconds * 1000:.0f}" for name, seconds in taken.items())
    slowest = max(taken.values()) * 1000
    return Row("change of network or picture to the redrawn network map (slowest)", slowest, "ms", 400, detail)


def _click(page: Page, button) -> float:
    before = page.locator(".stage").get_attribute("data-shows")
    began = time.perf_counter()
    button.click()
    _shown(page, ".stage", before)
    taken = time.perf_counter() - began
    settle(page)
    return taken


def _pointer(page: Page, server: Server) -> Row:
    """Script time of the frames that follow the pointer, over the whole network and over one layer."""
    costs: dict[str, list[float]] = {}
    for where, path in {".over": "network?network=tiny_vgg", ".gallery": "network?layer=blocks_1_expand_conv"}.items():
        page.goto(f"{server.url}/{path}")
        _shown(page, ".stage" if where == ".over" else ".gallery", None)
        settle(page)
        box = page.locator(where).bounding_box()
        page.evaluate("window.__script = []")
        for step in range(60):
            page.mouse.move(box["x"] + (step / 60) * box["width"], box["y"] + 40 + (step * 37) % (box["height"] - 60))
        page.wait_for_function("window.__script.length > 10")
        costs[where] = page.evaluate("window.__script")
    every = sorted(cost for taken in costs.values() for cost in taken)
    p95 = every[int(0.95 * len(every))]
    detail = f"median {statistics.median(every):.1f} ms, slowest {every[-1]:.1f} ms of {len(every)} frames"
    return Row("pointer move to the frame that shows it, script (p95)", p95, "ms", 16, detail)
