"""Figures of the pages that take numbers apart: pointing, typing, opening, and what they weigh."""
import statistics

from playwright.sync_api import Browser, Page, sync_playwright

from tests.bench.rows import Row
from tests.tools.browser import launch, settle
from tests.tools.server import Server

DRAWN = ".list[data-shows]"
LARGE = "convolution?part=224&colour=True"
HEAVY = ("convolution?conv_on=layer&layer=blocks_0_project_conv", "activation?act_on=layer&layer=blocks_1_expand_relu")
OPENED = """(done) => {
    const shadows = () => [...document.querySelectorAll("*")].map((e) => e.shadowRoot).filter(Boolean);
    const find = (where) => shadows().map((root) => root.querySelector(where)).find(Boolean);
    const began = performance.now();
    find("button.open").click();
    return new Promise((done) => {
        const look = () => find(".list[data-shows]")
            ? requestAnimationFrame(() => done(performance.now() - began)) : requestAnimationFrame(look);
        look();
    });
}"""
POINTED = """async () => {
    const shadows = [...document.querySelectorAll("*")].map((e) => e.shadowRoot).filter(Boolean);
    const canvas = shadows.map((root) => root.querySelector(".outputOver")).find(Boolean);
    const box = canvas.getBoundingClientRect(), taken = [];
    for (let turn = 0; turn < 40; turn++) {
        const place = { clientX: box.left + (turn * 37) % box.width, clientY: box.top + (turn * 53) % box.height };
        const began = performance.now();
        canvas.dispatchEvent(new PointerEvent("pointermove", { bubbles: true, ...place }));
        await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
        taken.push(performance.now() - began);
    }
    return taken.sort((a, b) => a - b);
}"""
TYPED = """async () => {
    const shadows = [...document.querySelectorAll("*")].map((e) => e.shadowRoot).filter(Boolean);
    const box = shadows.map((root) => root.querySelector(".grid input")).find(Boolean);
    const taken = [];
    for (let turn = 0; turn < 15; turn++) {
        box.value = String(turn % 7);
        const began = performance.now();
        box.dispatchEvent(new InputEvent("input", { bubbles: true }));
        await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
        taken.push(performance.now() - began);
    }
    return taken;
}"""


def measure(server: Server) -> list[Row]:
    """Pointer, typing, opening a unit, and the messages of a page."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        rows = [*_pointer(browser, server), _typing(browser, server), _opening(browser, server)]
        rows += [_payload(browser, server, page) for page in (LARGE, *HEAVY)]
        browser.close()
    return rows


def _page(browser: Browser, server: Server, path: str) -> Page:
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    page.goto(f"{server.url}/{path}")
    page.locator(DRAWN).first.wait_for(state="attached")
    settle(page)
    return page


def _pointer(browser: Browser, server: Server) -> list[Row]:
    """Script time of the frames that follow the pointer over input and output."""
    page = _page(browser, server, f"{LARGE}&picture=astronaut")
    page.evaluate("window.__script = []")
    for canvas in (".inputOver", ".outputOver"):
        box = page.locator(canvas).bounding_box()
        for step in range(60):
            page.mouse.move(box["x"] + (step / 60) * box["width"], box["y"] + (step * 37) % box["height"])
    page.wait_for_function("window.__script.length > 60")
    costs, frames = sorted(page.evaluate("window.__script")), page.evaluate(POINTED)
    page.close()
    detail = f"3 × 3 over 3 × 224 × 224, slowest {costs[-1]:.1f} ms of {len(costs)} frames"
    shown = f"to the frame after the one that draws it: median {statistics.median(frames):.0f}, p95 {frames[37]:.0f} ms"
    return [
        Row("calculation: pointer move, script (median)", statistics.median(costs), "ms", 8, detail),
        Row("calculation: pointer move, script (p95)", costs[int(0.95 * len(costs))], "ms", 16, shown),
    ]


def _typing(browser: Browser, server: Server) -> Row:
    """From a typed weight to the second frame after it: the output is recomputed, drawn and on the screen."""
    page = _page(browser, server, f"{LARGE}&picture=astronaut")
    taken = page.evaluate(TYPED)
    page.close()
    detail = f"3 × 3 over 3 × 224 × 224, median of {len(taken)}, slowest {max(taken):.0f} ms"
    return Row("a typed kernel value to the redrawn output", statistics.median(taken), "ms", 50, detail)


def _opening(browser: Browser, server: Server) -> Row:
    """From the click on the Network page to the calculation on the screen."""
    taken = []
    for step in ("module2_conv1", "module1_relu1", "module1_pool", "module3_conv2", "module2_conv2"):
        page = browser.new_page(viewport={"width": 1366, "height": 768})
        page.goto(f"{server.url}/network?network=Tiny+VGG&layer={step}&map=3")
        page.locator(".gallery[data-shows]").wait_for(state="attached")
        settle(page)
        taken.append(page.evaluate(OPENED))
        page.close()
    detail = f"{len(taken)} layers, slowest {max(taken):.0f} ms"
    return Row("a unit of the Network page to its calculation, painted", statistics.median(taken), "ms", 300, detail)


def _payload(browser: Browser, server: Server, path: str) -> Row:
    """Bytes on the websocket until the page is drawn."""
    received = []
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: received.append(len(frame))))
    page.goto(f"{server.url}/{path}&picture=astronaut")
    page.locator(DRAWN).first.wait_for(state="attached")
    settle(page)
    page.close()
    return Row(f"payload of {path.partition('&')[0]}", sum(received) / 1000, "kB", 500, path)
