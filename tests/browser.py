"""Chromium for the tests of pages, where it is installed; else they are skipped and say so."""

import contextlib
import json
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
DRIVER = shutil.which("chromedriver")
needs_chromium = pytest.mark.skipif(
    not (CHROMIUM and DRIVER), reason="Chromium and its driver are not installed (Debian: chromium, chromium-driver)"
)
OWN = ("file://", "about:", "blob:file", "blob:null", "chrome://", "data:")  # the last two are the browser's own
_FLAGS = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --window-size=1280,900"
)


class Browser:
    """A browser that looks at pages and remembers what they asked for and complained about."""

    def __init__(self, driver: webdriver.Chrome, downloads: Path) -> None:
        self.driver, self.downloads = driver, downloads

    def open(self, page: Path, place: str = "") -> None:
        """Load a page anew, at a place of it."""
        self.driver.get("about:blank")
        self.driver.get(f"{page.as_uri()}{place}")
        assert self.js("return document.documentElement.dataset.ready"), "the script did not run to its end"

    def go(self, place: str) -> None:
        """Follow a link inside the page."""
        self.js("location.hash = arguments[0]", place)
        self.until("return location.hash === arguments[0]", place)

    def js(self, script: str, *args: Any) -> Any:
        return self.driver.execute_script(script, *args)

    def until(self, script: str, *args: Any) -> Any:
        """Wait for a script to return something true."""
        for _ in range(100):
            if found := self.js(script, *args):
                return found
            time.sleep(0.05)
        raise AssertionError(f"never true: {script} {args}")

    def texts(self, selector: str) -> list[str]:
        """The visible text of each element."""
        found = self.js("return [...document.querySelectorAll(arguments[0])].map((one) => one.innerText)", selector)
        return list(found)

    def click(self, selector: str) -> None:
        self.js("document.querySelector(arguments[0]).click()", selector)

    def press(self, keys: str) -> None:
        for key in keys:
            self.driver.switch_to.active_element.send_keys(key)

    def set(self, selector: str, value: str, event: str) -> None:
        """Give a control a value, as its user would."""
        script = "const one = document.querySelector(arguments[0]); one.value = arguments[1];"
        self.js(f"{script} one.dispatchEvent(new Event(arguments[2], {{ bubbles: true }}))", selector, value, event)

    def _log(self, kind: str) -> list[dict[str, Any]]:
        return list(self.driver.get_log(kind))  # type: ignore[no-untyped-call]

    def complaints(self) -> list[str]:
        return [entry["message"] for entry in self._log("browser")]

    def requests(self) -> list[str]:
        """Every address asked for since the last call, but files of this machine."""
        events = (json.loads(entry["message"])["message"] for entry in self._log("performance"))
        sent = [event["params"]["request"]["url"] for event in events if event["method"] == "Network.requestWillBeSent"]
        return [url for url in sent if not url.startswith(OWN)]


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """Start Chromium with a profile of its own."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        options = webdriver.ChromeOptions()
        options.binary_location = str(CHROMIUM)
        for flag in (*_FLAGS.split(), f"--user-data-dir={folder}/profile"):
            options.add_argument(flag)
        downloads = Path(folder, "downloads")
        downloads.mkdir()
        options.add_experimental_option("prefs", {"download.default_directory": str(downloads)})
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        driver = webdriver.Chrome(options=options, service=Service(DRIVER))
        try:
            yield Browser(driver, downloads)
        finally:
            driver.quit()


@pytest.fixture(scope="session")
def shared_browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def browser(shared_browser: Browser) -> Iterator[Browser]:
    """Chromium without memory of earlier tests; what a page asks of the network or complains about is a failure."""
    shared_browser.requests()
    shared_browser.complaints()
    yield shared_browser
    with contextlib.suppress(Exception):
        shared_browser.js("localStorage.clear()")
    requests, complaints = shared_browser.requests(), shared_browser.complaints()
    assert not requests, requests
    assert not complaints, complaints
