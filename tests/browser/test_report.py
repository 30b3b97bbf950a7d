"""The demo's HTML report in a real browser: it is complete, readable, and asks nobody for anything."""

import re
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import HOW, Troubles
from tests.support.require import require

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_it_complains_about_nothing_and_asks_nobody(page: Page, troubles: Troubles) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    page.mouse.wheel(0, 20_000)
    assert troubles.errors == []
    assert troubles.requests == []


def test_it_names_nothing_beyond_this_machine(report: Path) -> None:
    text = report.read_text(encoding="utf-8")
    assert set(re.findall(r"https?://[^\s\"'<>)]+", text)) <= {
        "http://www.w3.org/2000/svg",
        "http://www.w3.org/1999/xlink",
    }
    assert "<script" not in text


def test_it_has_every_part(page: Page) -> None:
    headings = [heading.split("\n")[0] for heading in page.locator("h2").all_inner_texts()]
    assert [heading[:2] for heading in headings] == ["一、", "二、", "三、", "四、", "五、"]
    assert page.locator("html").get_attribute("lang") == "zh-CN"
    assert "oa_crm" in page.title()


def test_it_says_the_figures_agree_and_shows_them(page: Page) -> None:
    assert "所有数字一致" in page.locator("#verdict").inner_text()
    assert page.locator(".figure").count() == 8
    cards = page.locator(".figures").inner_text()
    for figure in ("186,400.50 CNY", "41,747.45 CNY", "144,653.05 CNY", "41 of 41"):
        assert figure in cards
    assert page.locator("#checks .ok").count() == 18
    assert page.locator("#proofs .ok").count() == 6
    assert page.locator(".no").count() == 0


def test_every_picture_is_drawn_with_its_words(page: Page) -> None:
    pictures = page.locator("figure svg")
    assert pictures.count() == 5
    words = ("已建档", "查出", "制造业", "重启", "利润")
    for number, word in enumerate(words):
        picture = pictures.nth(number)
        box = picture.bounding_box()
        assert box is not None
        assert box["width"] > 300
        assert box["height"] > 150
        assert word in (picture.text_content() or "")


def test_opinions_are_there_in_full(page: Page) -> None:
    words = page.locator("#approval blockquote").all_inner_texts()
    assert any("价格在授权范围内, 质保条款已核对。同意。" in one and "何琳" in one for one in words)
    assert any("付款节点合理, 同意。" in one and "唐欣" in one for one in words)
    assert any("加急费没有客户盖章的确认单" in one and "驳回" in one for one in words)


def test_the_entries_on_the_page_balance(page: Page) -> None:
    cells = page.locator("#entries tbody td.n").all_inner_texts()
    cents = [int(text.replace(",", "").replace(".", "") or 0) for text in cells]
    assert len(cents) > 40
    assert sum(cents[0::2]) == sum(cents[1::2]) > 0


@pytest.mark.parametrize("width", [1280, 800, 390])
def test_nothing_sticks_out_of_the_window(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_chinese_is_shown_in_a_font_that_has_it(page: Page) -> None:
    listed = subprocess.run(["fc-list", ":lang=zh"], capture_output=True, text=True, check=False).stdout
    require("a Chinese font", bool(listed.strip()), HOW)
    # Missing glyphs are boxes of one width, whatever the character; real ones leave different marks.
    marks = page.evaluate(
        """() => ['客', '户', '一'].map(character => {
            const canvas = document.createElement('canvas'); canvas.width = canvas.height = 40
            const pen = canvas.getContext('2d'); pen.font = `32px ${getComputedStyle(document.body).fontFamily}`
            pen.fillText(character, 2, 34)
            return pen.getImageData(0, 0, 40, 40).data.join()
        })"""
    )
    assert len(set(marks)) == 3
