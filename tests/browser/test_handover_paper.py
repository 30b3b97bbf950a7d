"""What a receiver prints of a handover in a real browser: it asks nobody for anything, and nothing sticks out."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Troubles, note

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture
def paper(browser: Browser, report: Path, troubles: Troubles) -> Iterator[Page]:
    """What the successor of the demo got, opened."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN")
    opened = context.new_page()
    opened.on("console", lambda said: troubles.errors.append(said.text) if said.type in ("error", "warning") else None)
    opened.on("request", lambda request: note(request, troubles))
    opened.goto((report.parent / "handover.html").as_uri(), wait_until="load")
    yield opened
    context.close()


def test_it_complains_about_nothing_and_asks_nobody(paper: Page, troubles: Troubles) -> None:
    assert paper.locator("h1").inner_text() == "王强 → 李娜"
    assert troubles.errors == []
    assert troubles.requests == []


def test_every_customer_has_his_own_part(paper: Page) -> None:
    told = int(paper.locator("#customers h2 .count").inner_text())
    assert paper.locator(".handed").count() == told == 30
    assert paper.locator(".handed h3").first.inner_text().strip() != ""


@pytest.mark.parametrize("width", [1280, 800])
def test_nothing_sticks_out_of_the_window(paper: Page, width: int) -> None:
    paper.set_viewport_size({"width": width, "height": 900})
    assert paper.evaluate("document.documentElement.scrollWidth") <= width
