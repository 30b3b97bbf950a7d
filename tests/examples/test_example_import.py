"""The messy workbook: what a cell means, what becomes of a row, and which duplicates are found."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from examples.host_app import truth, workbook
from examples.host_app.app import HostApp
from examples.host_app.importer import CREATED, DUPLICATE, INVALID, SUSPECTED, Import
from examples.host_app.workbook import Row, clean_name, clean_owner, clean_phone, clean_region, date_in
from xlsxwriter import Workbook

DATA = Path(workbook.__file__).with_name("data")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("　杭州砚舸\n机械 有限公司 ", "杭州砚舸机械有限公司"),
        ("砚舸（杭州）", "砚舸（杭州）"),
        ("ＳＡＬＴＭＡＲＳＨ  Optics\nAB", "SALTMARSH Optics AB"),
        ("", ""),
    ],
)
def test_a_name_is_one_line(typed: str, meant: str) -> None:
    assert clean_name(typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (13900003857.0, "13900003857"),
        ("０１０－５５５０３５４９", "010-55503549"),
        ("86-13800003924", "86-13800003924"),
        ("0571-55500881转801", "0571-55500881转801"),
        ("", ""),
    ],
)
def test_a_phone_is_digits_even_when_excel_made_it_a_number(typed: object, meant: str) -> None:
    assert clean_phone(typed) == meant


@pytest.mark.parametrize("typed", ["zhang.wei", " zhang.wei ", "Zhang.Wei"])
def test_a_salesperson_is_found_however_written(typed: str) -> None:
    assert clean_owner(typed) == "zhang.wei"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("浙江-杭州", "杭州"),
        ("四川 成都", "成都"),
        ("杭州市", "杭州"),
        ("北京 北京", "北京"),
        ("浙江", "浙江"),
        ("境外", "海外"),
        ("", ""),
    ],
)
def test_a_region_is_one_place(typed: str, meant: str) -> None:
    assert clean_region(typed) == meant


@pytest.mark.parametrize(
    ("note", "day"),
    [
        ("2024/3/5 来访", (2024, 3, 5)),
        ("24年3月初次拜访", (2024, 3, 1)),
        ("20231118寄样品", (2023, 11, 18)),
        ("2024-1-9报价，等回复", (2024, 1, 9)),
        ("2023.12.1 展会名片", (2023, 12, 1)),
        ("2024/13/40 无此日", None),
        ("客户要求月结60天", None),
        ("明年预算再谈", None),
    ],
)
def test_a_note_keeps_its_date(note: str, day: tuple[int, int, int] | None) -> None:
    assert date_in(note) == (datetime(*day, 12, tzinfo=UTC) if day else None)


def _row(number: int, name: str, **cells: str) -> Row:
    empty = dict.fromkeys(("credit_code", "industry", "region", "phone", "level", "source", "note"), "")
    return Row(number=number, name=name, **{**empty, "owner": "zhang.wei", **cells})


def test_each_row_has_its_own_answer(host: HostApp) -> None:
    rows = [
        _row(2, "宁波砚舸机械有限公司", note="2024/3/5 来访"),
        _row(3, "砚舸机械（宁波）有限公司", owner="chen.jing"),
        _row(4, "", note="名称待补"),
        _row(5, "杭州岑舸软件有限公司", credit_code="91330106MA7HK9R3Q7"),
        _row(6, "苏州垣舸物流有限公司", owner="nobody"),
        _row(7, "赤霄环宇控股有限公司"),
    ]
    made, clash, nameless, miscoded, orphan, held = Import(host).run(rows)
    assert made.result == CREATED
    assert (clash.result, clash.twin) == (DUPLICATE, 2)
    assert clash.hit is not None
    assert (clash.hit.owner_name, clash.hit.department) == ("张伟", "销售一部")
    assert clash.hit.reasons
    assert (nameless.result, nameless.field) == (INVALID, "客户名称")
    assert (miscoded.result, miscoded.field) == (INVALID, "统一社会信用代码")
    assert (orphan.result, orphan.field) == (INVALID, "负责人")
    assert (held.result, "法务冻结" in held.problem) == (INVALID, True)
    with host.crm.begin(host.as_("zhang.wei"), read_only=True) as unit:
        assert made.customer_id is not None
        (said,) = unit.followups.history(made.customer_id).items
    assert (said.way, said.happened_at.date().isoformat()) == ("visit", "2024-03-05")


def test_importing_again_changes_nothing(host: HostApp) -> None:
    rows = [_row(2, "宁波砚舸机械有限公司", note="明年预算再谈"), _row(3, "苏州垣舸物流有限公司")]
    first = list(Import(host).run(rows))
    host.crm.relay.drain()
    assert list(Import(host).run(rows)) == first
    assert host.crm.relay.status() == {}


def test_the_workbook_keeps_every_row_and_finds_what_was_planted(host: HostApp) -> None:
    rows = workbook.read(DATA / "customers.xlsx")
    run = Import(host)
    list(run.run(rows))
    counts = run.counts()
    assert sum(counts.values()) == len(rows) == 290
    assert set(counts) == {CREATED, DUPLICATE, SUSPECTED, INVALID}
    found = truth.compare(truth.read(DATA / "planted_duplicates.csv"), run.outcomes)
    assert [pair.rows for pair in found.missed] == []
    assert [outcome.row.number for outcome in found.false] == []
    assert counts[CREATED] == len(rows) - found.planted - counts[INVALID]


def test_a_duplicate_that_is_not_seen_counts_as_missed_and_another_as_false(host: HostApp) -> None:
    rows = [_row(2, "宁波砚舸机械有限公司"), _row(3, "宁波砚舸机械"), _row(4, "苏州垣舸物流有限公司")]
    run = Import(host)
    list(run.run(rows))
    pairs = [truth.Pair((2, 4), "short_name", same=True), truth.Pair((2, 3), "brand_one_character", same=False)]
    compared = truth.compare(pairs, run.outcomes)
    assert compared.found == []
    assert compared.missed == [pairs[0]]
    assert [outcome.row.number for outcome in compared.false] == [3]
    assert compared.by_kind() == [("short_name", 0, 1)]


def test_a_workbook_without_a_column_says_which(tmp_path: Path) -> None:
    with Workbook(tmp_path / "short.xlsx") as book:
        book.add_worksheet().write_row(0, 0, ["客户 名称", "负责人"])
    with pytest.raises(ValueError, match=r"short\.xlsx has no column for .*phone"):
        workbook.read(tmp_path / "short.xlsx")
