"""The browser of the tests: found, installed if need be (`make test` runs this file), and started."""
import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "~/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/usr/lib/chromium/chromium",
    "/opt/google/chrome/chrome",
)
MISSING = (
    "No Chromium or Chrome was found. `make test` installs one; by hand: apt-get install chromium, "
    "or python -m playwright install chromium"
)
ARGUMENTS = (
    "--no-sandbox",  # the tests may run as root in a container
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",  # a camera with a test picture
    "--use-fake-ui-for-media-stream",  # ... that may be used without asking
)


def _works(path: str | None) -> bool:
    """Whether it starts; on some systems `chromium` is only a note on where to get it."""
    if path is None or not os.path.isfile(path):
        return False
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=30).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def find(playwright: Playwright) -> str | None:
    """Path of a browser: Chromium or Chrome on this computer, else the one Playwright has installed, else None."""
    installed = [shutil.which(name) for name in NAMES]
    usual = [str(Path(place).expanduser()) for place in PLACES]
    return next(filter(_works, [*installed, *usual, playwright.chromium.executable_path]), None)


def launch(playwright: Playwright) -> Browser:
    """Started without a window; LookupError with a sentence if there is no browser."""
    path = find(playwright)
    if path is None:
        raise LookupError(MISSING)
    return playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))


def settle(page: Page, seconds: float = 30.0) -> None:
    """Wait until the page is drawn: connected, its script at the end, no grey box left where something will come."""
    app = page.get_by_test_id("stApp")
    expect(app).to_have_attribute("data-test-connection-state", "CONNECTED", timeout=seconds * 1000)
    expect(app).to_have_attribute("data-test-script-state", "notRunning", timeout=seconds * 1000)
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0, timeout=seconds * 1000)


def turn_to(page: Page, section: str, title: str) -> None:
    """Choose a page in the menu at the top."""
    page.get_by_role("button", name=section, exact=True).click()
    page.get_by_role("menuitem", name=title, exact=True).click()


def _apt() -> list[str] | None:
    """How to call apt-get with the rights it needs, None where there is no way."""
    if shutil.which("apt-get") is None:
        return None
    if os.geteuid() == 0:
        return ["apt-get"]
    if shutil.which("sudo") is None:
        return None
    return ["sudo", "apt-get"] if sys.stdin.isatty() else ["sudo", "-n", "apt-get"]


def install(playwright: Playwright) -> str | None:
    """Path of the browser after trying Debian's package, then Playwright's; None if neither came."""
    apt = _apt()
    if apt is not None:
        subprocess.run([*apt, "-q", "update"], check=False)
        subprocess.run([*apt, "-q", "install", "--yes", "--no-install-recommends", "chromium"], check=False)
    if find(playwright) is None:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    return find(playwright)


def main() -> int:
    """Say which browser the tests will use, after installing one if there is none."""
    with sync_playwright() as playwright:
        path = find(playwright) or install(playwright)
    print(f"Browser for the tests: {path}" if path else MISSING, flush=True)
    return 0 if path else 1


if __name__ == "__main__":
    sys.exit(main())
