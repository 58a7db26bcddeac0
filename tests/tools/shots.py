"""`make shots`: every page with an uploaded photo, 1366x768 and 390 px wide, light and dark, into shots/.

Two pictures each: the first screen, and the whole page from top to bottom.
"""
import argparse
import io
import sys
import tempfile
from pathlib import Path

import skimage.data
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.tools.browser import launch, settle
from tests.tools.server import ROOT, Server

SIZES = {"1366": (1366, 768), "390": (390, 844)}
SCHEMES = ("light", "dark")
TALLEST = 8000  # pixels


def photo() -> bytes:
    """A real photo (a cup of espresso, from scikit-image) as a phone would send it."""
    file = io.BytesIO()
    Image.fromarray(skimage.data.coffee()).save(file, "JPEG", quality=90)
    return file.getvalue()


def upload(page: Page) -> None:
    """Hand the photo to the uploader of the page, behind its button if there is one."""
    uploader = page.locator("input[type=file]").first
    if not uploader.count():
        page.get_by_role("button", name="Add photos").click()
    with page.expect_response(lambda answer: "/upload_file/" in answer.url and answer.request.method == "PUT"):
        uploader.set_input_files({"name": "espresso.jpg", "mimeType": "image/jpeg", "buffer": photo()})
    page.wait_for_timeout(1000)  # until the answer has led to a new run
    page.keyboard.press("Escape")
    settle(page)


def take(page: Page, folder: Path, name: str) -> None:
    """The first screen and the whole of the page at hand, in both sizes."""
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(1000)  # canvases and charts redraw after the resize; nothing says when
        page.screenshot(path=folder / f"{name}-{size}.png")
        tall = page.get_by_test_id("stMain").evaluate("main => main.scrollHeight")
        page.set_viewport_size({"width": width, "height": max(height, min(tall, TALLEST))})
        page.wait_for_timeout(1000)
        page.screenshot(path=folder / f"{name}-{size}-whole.png")
        print(f"{name}-{size}: {tall} px tall", flush=True)


def visit(browser: Browser, url: str, scheme: str, folder: Path) -> None:
    """Upload on the start page, then walk through all pages of the sidebar in the same session."""
    wide = {"width": SIZES["1366"][0], "height": SIZES["1366"][1]}
    page = browser.new_page(viewport=wide, color_scheme=scheme)
    page.goto(url)
    settle(page)
    upload(page)
    links = page.locator("[data-testid=stTopNavLink], [data-testid=stSidebarNavLink]")
    for index in range(links.count()):
        page.set_viewport_size(wide)
        expect(links.nth(index)).to_be_visible()
        links.nth(index).click()
        page.wait_for_timeout(500)  # until Streamlit has begun to run the page
        settle(page)
        name = page.url.removeprefix(url).strip("/").split("?")[0] or "start"
        take(page, folder, f"{name.replace('/', '-')}-{scheme}")
    page.close()


def main() -> int:
    """Take them all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=ROOT / "shots", help="folder (shots/)")
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server, browser = Server(log=Path(folder) / "log.txt"), launch(playwright)
        try:
            server.start()
            for scheme in SCHEMES:
                visit(browser, server.url, scheme, out)
        finally:
            browser.close()
            server.stop()
    print(f"Pictures are in {out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
