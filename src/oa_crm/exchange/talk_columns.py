"""The columns of a follow-up: what each is called in a file, and how it is told in a cell."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC
from typing import Any

from oa_crm.exchange import cells
from oa_crm.exchange.column import NUMBER, Cell, Column, Options, plain
from oa_crm.i18n.documents import WORDS
from oa_crm.schemas import FollowUpOut
from oa_crm.settings import Settings


def _words(field: str, codes: Iterable[str]) -> Options:
    """What codes are called. One of the company's own is called by its code."""
    return {code: (WORDS["zh"][field].get(code, code), code) for code in codes}


FIXED = (
    Column("name", "客户名称", "customer", ("客户", "公司名称", "公司", "企业名称", "customer name", "company"),
           note=("已有客户的名称", "the name of a customer on file"), needed=True),
    Column("credit_code", "统一社会信用代码", "credit code", ("信用代码", "社会信用代码"), told=False,
           note=("可代替名称", "instead of the name")),
    Column("number", "证件号码", "identity number", ("其他证件", "number"), told=False,
           note=NUMBER),
    Column("customer_id", "客户编号", "customer id", (), note=("可代替名称", "instead of the name")),
    Column("happened_at", "跟进时间", "when", ("时间", "日期", "跟进日期", "拜访时间", "date", "time", "happened at"),
           note=("如 2024-03-05 14:30", "such as 2024-03-05 14:30"),
           needed=True, read=cells.moment),
    Column("created_by", "跟进人", "author", ("记录人", "业务员", "销售", "负责人", "salesperson", "by"),
           note=("成员姓名或编号", "the name or id of a member")),
    Column("way", "跟进方式", "way", ("方式", "kind", "type"), needed=True, options=_words("way", WORDS["zh"]["way"])),
    Column("outcome", "跟进内容", "outcome", ("内容", "跟进记录", "沟通内容", "记录", "content", "notes"), needed=True),
    Column("result", "跟进结果", "result", ("结果",), options=_words("result", WORDS["zh"]["result"])),
    Column("key_issue", "关键问题", "key issue", ("问题",)),
    Column("next_contact_on", "下次联系", "next contact", ("下次跟进",), read=cells.day),
    Column("place", "地点", "place", ("拜访地点",)),
    Column("id", "编号", "id", (), given=False),
    Column("created_at", "记录时间", "recorded", (), given=False),
)  # fmt: skip
BY_NAME = {one.name: one for one in FIXED}


def all_columns(settings: Settings) -> dict[str, Column]:
    """Every column of a follow-up, with the company's ways and results."""
    own = (("way", settings.follow_up_ways), ("result", settings.follow_up_results))
    return {**BY_NAME, **{name: replace(BY_NAME[name], options=_words(name, codes)) for name, codes in own}}


def told(column: Column, said: FollowUpOut, names: Mapping[Any, str], locale: str) -> Cell:
    """A fact of a follow-up as a cell; `names` are those of customers and members by their ids."""
    if column.name == "name":
        return names.get(said.customer_id or said.lead_id)
    value: Any = getattr(said, column.name)
    if column.name == "happened_at":
        # To the last digit: a file that is taken in again knows each talk by its time.
        return said.happened_at.astimezone(UTC).isoformat()
    if column.name == "created_by":
        return names.get(value, str(value))
    return column.called(value, locale) if value in column.options else plain(value)
