"""The app in a real browser: one server and one browser for the whole folder, a fresh visitor for each test."""
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, WebSocket, expect, sync_playwright

from tests.tools.browser import MISSING, find, launch, settle
from tests.tools.server import Server

HERE = Path(__file__).parent
QUICK = {"test_smoke", "test_links", "test_ways", "test_photos"}  # the others are marked slow
LOCAL = ("data", "blob", "about")  # addresses that ask nobody
PROBE = re.compile(r"/[^/]+/_stcore/(health|host-config)$")  # Streamlit asks below the page's path first: two 404s


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of this folder and run them after all others, which are quicker to fail."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker("browser")
            if item.path.stem not in QUICK:
                item.add_marker("slow")
    items.sort(key=lambda item: HERE in item.path.parents)


# Scope "package": Playwright keeps an event loop running in the main thread, which other tests need not inherit.
@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The app on a free port, warmed up; no test may have caused a traceback by the end."""
    server = Server(log=tmp_path_factory.mktemp("server") / "log.txt")
    try:
        server.start()
        yield server
    finally:
        server.stop()
    log = server.text()
    assert "Traceback" not in log, log


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium or Chrome without a window, with a fake camera."""
    with sync_playwright() as playwright:
        if find(playwright) is None:
            pytest.fail(MISSING, pytrace=False)
        browser = launch(playwright)
        yield browser
        browser.close()


class Visitors:
    """Calling it lets one more visitor in; what goes wrong in their browsers is kept in `trouble`."""

    def __init__(self, browser: Browser, server: Server) -> None:
        self.browser, self.server = browser, server
        self.contexts: list[BrowserContext] = []
        self.frames: list[bytes | str] = []  # what their pages have sent to the server, through all websockets
        self.trouble: list[str] = []
        self.tolerated: list[str] = []

    def __call__(self, path: str = "", width: int = 1366, height: int = 768, scheme: str = "light", **more) -> Page:
        """A drawn page of a new visitor; `more` goes to Playwright's new_context (has_touch, reduced_motion, ...)."""
        viewport = {"width": width, "height": height}
        context = self.browser.new_context(viewport=viewport, color_scheme=scheme, **more)
        self.contexts.append(context)
        context.on("request", lambda request: self._asked(request.url))
        context.on("console", self._said)
        context.on("weberror", lambda error: self.trouble.append(f"uncaught: {error.error}"))
        page = context.new_page()
        page.on("websocket", self._connected)
        page.goto(f"{self.server.url}/{path}")
        settle(page)
        return page

    def tolerate(self, pattern: str) -> None:
        """This test expects such trouble, given as a regular expression: a restart breaks connections, for instance."""
        self.tolerated.append(pattern)

    def _connected(self, socket: WebSocket) -> None:
        self._asked(socket.url)
        socket.on("framesent", lambda frame: self.frames.append(frame))

    def _asked(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in LOCAL and parts.netloc != urlsplit(self.server.url).netloc:
            self.trouble.append(f"asked another host: {url}")

    def _said(self, message: ConsoleMessage) -> None:
        address = message.location["url"]
        if message.type == "error" and not PROBE.search(urlsplit(address).path):
            self.trouble.append(f"console: {message.text} ({address})")

    def leave(self) -> list[str]:
        """Close all; what went wrong and was not tolerated."""
        for context in self.contexts:
            context.close()
        return [line for line in self.trouble if not any(re.search(pattern, line) for pattern in self.tolerated)]


@pytest.fixture
def visitor(browser: Browser, server: Server) -> Iterator[Visitors]:
    """visitor("network?layer=3", width=390, scheme="dark") opens a page; any trouble in the browser fails the test."""
    expect.set_options(timeout=15_000)
    visitors = Visitors(browser, server)
    yield visitors
    trouble = visitors.leave()
    assert not trouble, "\n".join(trouble)
