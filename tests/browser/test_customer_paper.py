"""The printed customer file in a real browser: it asks nobody for anything, and nothing sticks out."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Troubles, note

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture
def paper(browser: Browser, report: Path, troubles: Troubles) -> Iterator[Page]:
    """The customer's file that the demo printed, opened."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN")
    opened = context.new_page()
    opened.on("console", lambda said: troubles.errors.append(said.text) if said.type in ("error", "warning") else None)
    opened.on("request", lambda request: note(request, troubles))
    opened.goto((report.parent / "customer-file.html").as_uri(), wait_until="load")
    yield opened
    context.close()


def test_it_complains_about_nothing_and_asks_nobody(paper: Page, troubles: Troubles) -> None:
    assert paper.locator("h1").inner_text() == "杭州砚舸智能装备有限公司"
    assert troubles.errors == []
    assert troubles.requests == []


def test_it_refuses_what_somebody_would_put_into_it(paper: Page) -> None:
    with paper.expect_console_message(lambda said: "Content Security Policy" in said.text):
        paper.evaluate("document.body.innerHTML += '<img src=\"http://127.0.0.1:9/x.png\">'")


@pytest.mark.parametrize("width", [1280, 800])
def test_nothing_sticks_out_of_the_window(paper: Page, width: int) -> None:
    paper.set_viewport_size({"width": width, "height": 900})
    assert paper.evaluate("document.documentElement.scrollWidth") <= width


def test_on_paper_every_section_is_there(paper: Page) -> None:
    paper.emulate_media(media="print")
    headings = [heading.split(" ")[0].split("\n")[0] for heading in paper.locator("h2").all_inner_texts()]
    assert headings == [
        "基本信息", "联系人", "协作人", "销售项目", "销售策略", "协助请求", "跟进记录", "跟进计划", "关键问题与需求",
        "合同", "销售费用", "项目结算", "附件", "归属与分级变更",
    ]  # fmt: skip
