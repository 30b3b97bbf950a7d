"""The printed file: complete, in the reader's language, and honest about what is not in it."""

from typing import Any, get_args
from zoneinfo import ZoneInfo

import pytest
from tests.integration.reports.parts import Parts
from tests.support.thick_files import thicken

from oa_crm import Settings
from oa_crm.i18n.documents import LABELS, WORDS
from oa_crm.reports import customer_file_html
from oa_crm.reports.customer_file import SECTIONS
from oa_crm.schemas import (
    ContactIn,
    ContractFilter,
    CustomerFileOut,
    CustomerIn,
    FileSection,
    ProjectFilter,
)
from oa_crm.services.customer_file import sections
from oa_crm.services.customer_file.records import HISTORY
from oa_crm.services.kinds import HOLDERS
from oa_crm.testing import Kit
from oa_crm.testing.company import TENANT

SHANGHAI = ZoneInfo("Asia/Shanghai")


def _text(file: CustomerFileOut, locale: str = "zh-CN", **more: Any) -> str:
    return Parts(customer_file_html(file, locale, **more)).text


def test_it_has_every_section_of_the_file_in_its_order() -> None:
    assert [one.name for one in sections.SECTIONS] == list(SECTIONS)


@pytest.mark.parametrize("locale", ["zh-CN", "zh_Hans_CN", "en-GB", "fr"])
def test_headings_are_in_the_readers_language_or_in_english(file: CustomerFileOut, locale: str) -> None:
    page = customer_file_html(file, locale)
    language = "zh" if locale.startswith("zh") else "en"
    assert f'<html lang="{ {"zh": "zh-CN"}.get(language, language) }">' in page
    text = Parts(page).text
    assert all(LABELS[language][name] in text for name in ("title", "facts", "confidential", *SECTIONS))


def test_both_languages_have_every_label() -> None:
    assert set(LABELS["zh"]) == set(LABELS["en"])
    assert set(HISTORY) - {"owner_id"} <= set(LABELS["en"])


@pytest.mark.parametrize(
    ("group", "codes"),
    [
        ("kind", get_args(CustomerIn.model_fields["kind"].annotation)),
        ("status", get_args(CustomerIn.model_fields["status"].annotation)),
        ("size", get_args(get_args(CustomerIn.model_fields["size"].annotation)[0])),
        ("role", get_args(get_args(ContactIn.model_fields["role"].annotation)[0])),
        ("project", get_args(get_args(ProjectFilter.model_fields["state"].annotation)[0])),
        ("contract", get_args(get_args(ContractFilter.model_fields["state"].annotation)[0])),
        ("way", Settings().follow_up_ways),
        ("result", Settings().follow_up_results),
        ("stage", Settings().stages),
        ("category", Settings().expense_categories),
        ("thing", tuple(HOLDERS)),
    ],
)
def test_every_code_of_ours_has_its_chinese_word(group: str, codes: tuple[str, ...]) -> None:
    assert codes
    assert set(codes) <= set(WORDS["zh"][group])


def test_it_says_what_a_successor_must_know(file: CustomerFileOut) -> None:
    text = _text(file, zone=SHANGHAI, company="蘅舟办公软件(杭州)有限公司")
    for told in (
        "蘅舟办公软件(杭州)有限公司", "云帆智能科技(杭州)有限公司", "负责人 Salesperson", "部门 Sales",
        "浙江省杭州市西湖区", "林晓 首要联系人", "采购总监", "决策人", "+8613800138000", "ERP 一期",
        "500,000.00 CNY", "2026-06-30",
        "2026-01-03 10:00 CST · 拜访", "参观车间 总经理在场", "关键问题: 预算未批",
        "480,000.00 CNY", "审批中 待审批: Sales Manager", "-300.00 CNY", "冲销", "名片.txt",
        "5719 0000", "建档", "级别: A",
    ):  # fmt: skip
        assert told in text, told


def test_it_says_who_printed_it_and_when_in_his_time(file: CustomerFileOut) -> None:
    moment = file.read_at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M CST")
    assert f"内部资料,请勿外传 · Sales Manager 打印于 {moment}" in _text(file, zone=SHANGHAI)
    assert "printed by Sales Manager on" in _text(file, "en")


def test_what_the_reader_may_not_see_is_said_and_not_shown(file: CustomerFileOut) -> None:
    text = _text(file.model_copy(update={"contracts": FileSection(withheld=True)}))
    assert "合同 打印人无权查看此部分,未予列出" in text
    assert "ERP 合同" not in text


def test_what_is_left_out_is_counted(kit: Kit, file: CustomerFileOut) -> None:
    thicken(kit.crm.engine, TENANT, "seller", file.customer.id, 0, talks=2999)
    with kit.unit(read_only=True) as unit:
        thick = unit.customers.file(file.customer.id)
    assert "共 3,000 条,此处为最新 20 条;其余 2,980 条请在系统中查看" in _text(thick)
    assert "the newest 20 of 3,000; the other 2,980 are in the system" in _text(thick, "en")


def test_a_long_text_is_cut_and_says_so(kit: Kit, file: CustomerFileOut) -> None:
    with kit.unit() as unit:
        unit.followups.log({"customer_id": file.customer.id, "way": "mail", "outcome": "长" * 5000})
        thick = unit.customers.file(file.customer.id)
    text = _text(thick)
    assert "长" * 4000 + "……(全文 5,000 字,此处为前 4,000 字)" in text
    assert "长" * 4001 not in text


def test_a_hosts_own_stage_and_category_are_printed_as_they_are(file: CustomerFileOut) -> None:
    project = file.projects.items[0].model_copy(update={"stage": "试用期"})
    own = file.projects.model_copy(update={"items": (project,)})
    assert "ERP 一期 试用期" in _text(file.model_copy(update={"projects": own}))


def test_custom_fields_stand_under_their_labels(kit: Kit, file: CustomerFileOut) -> None:
    grade = {"kind": "customer", "name": "grade", "type": "multi_choice", "label": {"zh": "等级", "en": "Grade"}}
    with kit.unit("admin") as unit:
        unit.fields.define({**grade, "options": {"gold": {"zh": "金牌"}, "vip": {"zh": "贵宾", "en": "VIP"}}})
        unit.fields.define({"kind": "customer", "name": "fee", "type": "money", "label": {"zh": "年费"}})
    with kit.unit() as unit:
        unit.customers.update(
            file.customer.id, {"expected_version": 1, "custom": {"grade": ["gold", "vip"], "fee": "1200.00"}}
        )
        changed = unit.customers.file(file.customer.id)
    assert "等级 金牌、贵宾" in _text(changed)
    assert "年费 1,200.00 CNY" in _text(changed)
    assert "Grade 金牌, VIP" in _text(changed, "en")
