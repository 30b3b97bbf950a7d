"""What the demo prints, in a real browser: it asks nobody for anything, and nothing sticks out."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Troubles, opened

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

CUSTOMER, HANDOVER = "customer-file.html", "handover.html"
EACH = pytest.mark.parametrize("paper", [CUSTOMER, HANDOVER], indirect=True)
OF_CUSTOMER = pytest.mark.parametrize("paper", [CUSTOMER], indirect=True)
OF_HANDOVER = pytest.mark.parametrize("paper", [HANDOVER], indirect=True)
HEADED = {CUSTOMER: "杭州砚舸智能装备有限公司", HANDOVER: "王强 → 李娜"}


@pytest.fixture
def paper(request: pytest.FixtureRequest, browser: Browser, report: Path, troubles: Troubles) -> Iterator[Page]:
    """One of the papers, opened."""
    with opened(browser, report.parent / request.param, troubles) as page:
        yield page


@EACH
def test_it_complains_about_nothing_and_asks_nobody(paper: Page, troubles: Troubles) -> None:
    assert paper.locator("h1").inner_text() == HEADED[Path(paper.url).name]
    assert troubles.errors == []
    assert troubles.requests == []


@EACH
def test_it_refuses_what_somebody_would_put_into_it(paper: Page) -> None:
    with paper.expect_console_message(lambda said: "Content Security Policy" in said.text):
        paper.evaluate("document.body.innerHTML += '<img src=\"http://127.0.0.1:9/x.png\">'")


@EACH
@pytest.mark.parametrize("width", [1280, 800])
def test_nothing_sticks_out_of_the_window(paper: Page, width: int) -> None:
    paper.set_viewport_size({"width": width, "height": 900})
    assert paper.evaluate("document.documentElement.scrollWidth") <= width


@OF_CUSTOMER
def test_on_paper_every_section_is_there(paper: Page) -> None:
    paper.emulate_media(media="print")
    headings = [heading.split(" ")[0].split("\n")[0] for heading in paper.locator("h2").all_inner_texts()]
    assert headings == [
        "基本信息", "联系人", "协作人", "销售项目", "销售策略", "协助请求", "跟进记录", "跟进计划", "关键问题与需求",
        "合同", "销售费用", "项目结算", "附件", "归属与分级变更",
    ]  # fmt: skip


@OF_HANDOVER
def test_every_customer_has_his_own_part(paper: Page) -> None:
    told = int(paper.locator("#customers h2 .count").inner_text())
    assert paper.locator(".handed").count() == told == 30
    assert paper.locator(".handed h3").first.inner_text().strip() != ""
