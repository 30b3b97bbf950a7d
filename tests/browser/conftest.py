"""A Chromium, the demo's report, and a page that remembers everything which went wrong in it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request, sync_playwright

from tests.support.require import require

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
HOW = "apt-get install chromium fonts-noto-cjk"


@dataclass
class Troubles:
    """What a page complained about, and what it asked for beyond this machine."""

    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The machine's own Chromium, without a window.

    For one module and no longer: its event loop runs in this thread, where other tests want their own.
    """
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    require("Chromium", program is not None, HOW)
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"]
        chromium = playwright.chromium.launch(executable_path=program, args=arguments)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def report(played: tuple[Path, str]) -> Path:
    """The HTML report of the demo."""
    return played[0] / "report.html"


@pytest.fixture
def troubles() -> Troubles:
    """Filled by `page`."""
    return Troubles()


@pytest.fixture
def page(browser: Browser, report: Path, troubles: Troubles) -> Iterator[Page]:
    """The report, opened; every complaint and every request goes to `troubles`."""
    with opened(browser, report, troubles) as report_page:
        yield report_page


@contextmanager
def opened(browser: Browser, file: Path, troubles: Troubles) -> Iterator[Page]:
    """A file in a window of its own; every complaint and every request goes to `troubles`."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN")
    page = context.new_page()
    page.on("console", lambda said: troubles.errors.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: troubles.errors.append(str(error)))
    page.on("request", lambda request: _note(request, troubles))
    page.goto(file.as_uri(), wait_until="load")
    yield page
    context.close()


def _note(request: Request, troubles: Troubles) -> None:
    """Keep a request that left the machine's own files."""
    if not request.url.startswith(("file:", "data:")):
        troubles.requests.append(request.url)
