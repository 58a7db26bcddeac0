"""`make shots`: every page in its main states, 1366x768 and 390 px wide, light and dark, into shots/.

Wide: the first screen, and the whole page where there is more of it. Narrow: the whole page.
"""
import argparse
import re
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from core import images, samples
from tests.tools.browser import launch, settle
from tests.tools.server import ROOT, Server

SIZES = {"1366": (1366, 768), "390": (390, 844)}
SCHEMES = ("light", "dark")
TALLEST = 12_000  # pixels
FRAMES = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


def photo(sample: str = "coffee") -> bytes:
    """A real photo, as a phone would send it."""
    return images.to_jpeg(samples.load(sample), quality=90)


def write(folder: Path, *names: str) -> list[Path]:
    """Built-in pictures as JPEG files, as a visitor has them."""
    paths = [folder / f"{name}.jpg" for name in names]
    for path in paths:
        path.write_bytes(photo(path.stem))
    return paths


def drawn(page: Page, shows: str = "") -> None:
    """Wait until the page's picture is drawn; `shows` is part of what says so ("digest/...network='lenet'...")."""
    wanted = f'[data-shows*="{shows}"]' if shows else "[data-shows]"
    expect(page.locator(wanted).first).to_be_attached(timeout=30_000)
    settle(page)
    expect(page.locator(".list:not([data-shows])")).to_have_count(0)
    page.evaluate(FRAMES)


def add(page: Page, *paths: Path) -> None:
    """Upload files through the button; the last one that can be read is in hand when they are drawn."""
    readable = [path for path in paths if path.suffix == ".jpg"]
    page.get_by_role("button", name="Add photos").click()
    page.locator("input[type=file]").set_input_files(paths)
    drawn(page, images.digest(readable[-1].read_bytes()))
    page.keyboard.press("Escape")
    expect(page.locator("input[type=file]")).to_have_count(0)


def upload_one(page: Page, folder: Path) -> None:
    """A visitor's own photo in hand."""
    add(page, *write(folder, "coffee"))


def upload_many(page: Page, folder: Path) -> None:
    """Several photos, and a file that is none."""
    (folder / "notes.txt").write_text("Not a photo.\n")
    add(page, *write(folder, "flower", "rocket", "temple", "motorcycle"), folder / "notes.txt")


def open_popover(page: Page, _: Path) -> None:
    """Where photos come in, with the camera on."""
    page.get_by_role("button", name="Add photos").click()
    page.get_by_text("Use the camera").click()
    page.wait_for_function("document.querySelector('video')?.readyState === 4")  # a click before is lost
    expect(page.get_by_role("button", name="Take Photo")).to_be_in_viewport()


def open_all(page: Page, _: Path) -> None:
    """Every switch and every part that unfolds, with what is made only then."""
    for switch in page.locator("[data-testid=stMainBlockContainer] [data-testid=stCheckbox] label").all():
        switch.click()
        settle(page)
    if page.locator(".st-key-spread").count():
        expect(page.locator(".main-svg").first).to_be_visible()
    for fold in page.get_by_test_id("stExpander").all():
        fold.locator("summary").click()
        expect(fold.get_by_test_id("stElementContainer").first).to_be_visible()
    settle(page)
    page.evaluate(FRAMES)


def point(page: Page, _: Path) -> None:
    """A pointed map with what feeds it: from the middle of the drawing."""
    page.locator(".stage .over").focus()
    for key in ["ArrowDown", *["ArrowRight"] * 6, *["ArrowDown"] * 3]:
        page.keyboard.press(key)
    expect(page.locator(".status")).to_contain_text("hears")


def predict(page: Page, _: Path) -> None:
    """A question about the number, which is hidden."""
    page.locator(".st-key-predict label").click()
    expect(page.locator(".st-key-quiz-next")).to_be_visible()
    settle(page)
    page.evaluate(FRAMES)


def mistake(page: Page, _: Path) -> None:
    """A wrong answer, and its reason."""
    predict(page, _)
    page.get_by_role("spinbutton", name="Your answer").fill("2")
    page.get_by_role("button", name="Check").click()
    expect(page.locator(".st-key-quiz").get_by_test_id("stAlert")).to_be_visible()
    settle(page)


def misspell(page: Page, _: Path) -> None:
    """A kernel with numbers of the visitor, the last of which is none."""
    for at, text in enumerate(["1/9", "−1", "0,5", "abc"]):
        page.locator(".grid input").nth(at).fill(text)
    expect(page).to_have_url(re.compile("own="))
    settle(page)
    page.evaluate(FRAMES)


# name -> (address, what is done there)
STATES: dict[str, tuple[str, Callable[[Page, Path], None] | None]] = {
    "classify-cat": ("", None),
    "classify-untrained": ("?training=untrained", None),
    "classify-own-photo": ("", upload_one),
    "classify-many-photos": ("", upload_many),
    "classify-digit-lenet": ("?network=lenet&picture=digit-5", None),
    "classify-add-photos": ("", open_popover),
    "classify-all-open": ("?network=tiny_vgg&picture=motorcycle&fit=whole", open_all),
    "network-efficientnet": ("network", None),
    "network-tiny-vgg": ("network?network=tiny_vgg", None),
    "network-tiny-vgg-pointed": ("network?network=tiny_vgg&range=layer", point),
    "network-lenet-digit": ("network?network=lenet&picture=digit-5", None),
    "network-block": ("network?layer=blocks_3", None),
    "network-own-photo": ("network?network=tiny_vgg", upload_one),
    "layer-conv": ("network?network=tiny_vgg&layer=module2_conv1&map=3", None),
    "layer-large": ("network?layer=blocks_3_depthwise_conv&map=20&picture=motorcycle", None),
    "layer-first-maps": ("network?layer=stem_conv&picture=motorcycle", None),
    "layer-input": ("network?network=lenet&layer=image&picture=digit-3", None),
    "layer-dense": ("network?network=lenet&layer=dense1&map=7&picture=digit-5", None),
    "layer-answers": ("network?layer=dense&map=282", None),
    "layer-all-open": ("network?network=tiny_vgg&layer=module1_relu1&range=layer", open_all),
    "neuron": ("neuron", None),
    "neuron-three-layers": ("neuron?shape=Three+layers&stage=2&at=5", None),
    "backward": ("backward", None),
    "backward-tiny-vgg": ("backward?network=tiny_vgg&layer=module1_conv2&nudging=True", None),
    "flow": ("flow", None),
    "flow-photo": ("flow?flow_on=Your+photo&network=tiny_vgg", None),
    "training": ("training", None),
    "convolution-picture": ("convolution", None),
    "convolution-part": ("convolution?picture=coffee&colour=True&part=32&picture_filters=3", None),
    "convolution-by-hand": ("convolution?conv_on=5x5-padded&cell=0,4", None),
    "convolution-typed": ("convolution?conv_on=5x5", misspell),
    "convolution-two-filters": ("convolution?conv_on=two-filters&map=1", None),
    "convolution-layer": ("convolution?network=tiny_vgg&conv_on=layer&layer=module2_conv1&map=3", None),
    "convolution-large-layer": ("convolution?conv_on=layer&layer=stem_conv&map=7", None),
    "convolution-many-terms": ("convolution?conv_on=layer&layer=blocks_2_project_conv&map=5", None),
    "convolution-mistake": ("convolution?conv_on=5x5", mistake),
    "convolution-all-open": ("convolution?picture=motorcycle", open_all),
    "activation-layer": ("activation?network=tiny_vgg&layer=module1_relu1&map=2", None),
    "activation-another": ("activation?layer=stem_relu&map=11&act_instead=GELU", None),
    "activation-picture": ("activation?act_on=picture", None),
    "activation-add": ("activation?layer=blocks_2_add&map=4", None),
    "pooling-by-hand": ("pooling", None),
    "pooling-predict": ("pooling", predict),
    "pooling-layer": ("pooling?network=tiny_vgg&pool_on=layer&layer=module1_pool&map=6", None),
    "pooling-global": ("pooling?pool_on=layer&layer=pool&map=9", None),
    "pooling-picture": ("pooling?pool_on=picture&picture=temple&pool_shift=3", None),
    "dense-efficientnet": ("dense", None),
    "dense-tiny-vgg": ("dense?network=tiny_vgg&map=5&temperature=2", None),
    "dense-lenet": ("dense?network=lenet&picture=digit-5&layer=dense1&map=7", None),
    "dense-flatten": ("dense?network=lenet&picture=digit-5&layer=flatten&map=33", None),
    "dense-digit": ("dense?dense_on=digit", None),
    "dense-predict": ("dense?network=tiny_vgg", predict),
}


def take(page: Page, path: Path, wide: bool) -> None:
    """One picture of the whole page; of a wide one also the first screen. What hangs over the page is on one screen."""
    width, height = page.viewport_size["width"], page.viewport_size["height"]
    tall = page.get_by_test_id("stMain").evaluate("main => (main.scrollTo(0, 0), main.scrollHeight)")
    over = page.get_by_test_id("stPopoverBody").count()
    if wide or over:
        page.screenshot(path=path)
        if tall <= height or over:
            return
        path = path.with_stem(f"{path.stem}-whole")
    page.set_viewport_size({"width": width, "height": max(height, min(tall, TALLEST))})
    page.evaluate(FRAMES)
    settle(page)
    page.screenshot(path=path)


def visit(browser: Browser, url: str, scheme: str, size: str, out: Path, only: str) -> None:
    """All states as one kind of visitor sees them."""
    width, height = SIZES[size]
    context = browser.new_context(color_scheme=scheme)
    page = context.new_page()
    for name, (address, act) in STATES.items():
        if only not in name:
            continue
        page.set_viewport_size({"width": width, "height": height})
        page.goto(f"{url}/{address}")
        drawn(page)
        if act:
            with tempfile.TemporaryDirectory() as folder:
                act(page, Path(folder))
        take(page, out / f"{name}-{size}-{scheme}.png", wide=size == "1366")
    context.close()


def main() -> int:
    """Take them all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=ROOT / "shots", help="folder (shots/)")
    parser.add_argument("--only", default="", help="part of a state's name")
    chosen = parser.parse_args()
    chosen.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server, browser = Server(log=Path(folder) / "log.txt"), launch(playwright)
        try:
            server.start()
            for scheme in SCHEMES:
                for size in SIZES:
                    visit(browser, server.url, scheme, size, chosen.out, chosen.only)
                    print(f"{size} px, {scheme}: done", flush=True)
        finally:
            browser.close()
            server.stop()
    print(f"Pictures are in {chosen.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
