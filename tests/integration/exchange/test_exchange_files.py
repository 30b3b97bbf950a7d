"""Broken, hostile and odd files: a clear error, or the rows that are right; never anything half done."""

import io
import random
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine
from tests.integration.exchange.tables import FIRMS, HEADINGS, book, taken_in
from tests.integration.services.acting import count, doing, everything, rows
from xlsxwriter import Workbook

from oa_crm import Settings
from oa_crm.errors import CrmError, InvalidInput
from oa_crm.models import Customer
from oa_crm.settings import ExchangeSettings
from oa_crm.testing import CrmKit, Kit

OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SMALL = ExchangeSettings(rows=1000, columns=50, cells=20_000, cell=100, largest=2**20, unpacked=4 * 2**20)


@pytest.fixture
def small_kit(sqlite: Engine, crm_kit: CrmKit) -> Kit:
    return crm_kit(database=sqlite, settings=Settings(exchange=SMALL))


def _code(error: InvalidInput) -> str:
    (problem,) = error.problems
    assert problem.spoken("zh-CN").problem != problem.problem
    return f"{problem.field}: {problem.code}"


def _parts(path: Path, change: Callable[[str, bytes], bytes | None]) -> Path:
    """The workbook with its parts changed."""
    kept = io.BytesIO(path.read_bytes())
    with zipfile.ZipFile(kept) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if (content := change(name, old.read(name))) is not None:
                new.writestr(name, content)
    return path


def _sheet(path: Path, change: Callable[[bytes], bytes]) -> Path:
    return _parts(path, lambda name, content: change(content) if name == "xl/worksheets/sheet1.xml" else content)


def _firms(path: Path) -> Path:
    return book(path, FIRMS)


def _empty(path: Path) -> Path:
    path.write_bytes(b"")
    return path


def _of(content: bytes) -> Callable[[Path], Path]:
    def write(path: Path) -> Path:
        path.write_bytes(content)
        return path

    return write


def _cut(path: Path) -> Path:
    path.write_bytes(_firms(path).read_bytes()[:3000])
    return path


def _macros(path: Path) -> Path:
    with zipfile.ZipFile(_firms(path), "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"macro")
    return path


def _bomb(path: Path) -> Path:
    with zipfile.ZipFile(_firms(path), "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/image1.xml", b"0" * (SMALL.unpacked + 1))
    return path


def _lying_bomb(path: Path) -> Path:
    """The archive's list says that the large part has ten bytes."""
    large = b"<!--0-->" * (SMALL.unpacked // 8)
    _sheet(_firms(path), lambda content: content.replace(b"<sheetData>", large + b"<sheetData>"))
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        info = archive.getinfo("xl/worksheets/sheet1.xml")
    true, told = info.file_size.to_bytes(4, "little"), (10).to_bytes(4, "little")
    path.write_bytes(bytes(content).replace(true, told))
    return path


def _with_row(path: Path, row: bytes) -> Path:
    return _sheet(_firms(path), lambda content: content.replace(b"</sheetData>", row + b"</sheetData>"))


def _far_cell(path: Path) -> Path:
    return _with_row(path, b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')


def _far_cells_within_rows(path: Path) -> Path:
    return _with_row(path, b"<row r='999'><c r='AX999'><v>1</v></c></row>")


def _long_tag(path: Path) -> Path:
    return _with_row(path, b"<row><c " + b" " * 600_000 + b'r="A1048576"><v>1</v></c></row>')


def _endless_tag(path: Path) -> Path:
    return _with_row(path, b"<row><c " + b" " * 2_500_000 + b'r="A1048576"><v>1</v></c></row>')


def _beginnings(path: Path) -> Path:
    return _with_row(path, b"<c " * 400_000 + b">")


def _mark_inside(path: Path) -> Path:
    return _with_row(path, b"""<row><c x='>' r="A1048576"><v>1</v></c></row>""")


def _utf_16(path: Path) -> Path:
    return _sheet(_firms(path), lambda content: content.decode().encode("utf-16"))


def _without_place(path: Path) -> Path:
    return _sheet(_firms(path), lambda content: content.replace(b'<c r="A2"', b"<c"))


def _wide(path: Path) -> Path:
    return book(path, [["x"] * 10_000], ["name", *map(str, range(9_999))])


def _long(path: Path) -> Path:
    return book(path, [["公司"]] * 1001, ["name"])


def _long_csv(path: Path) -> Path:
    path.write_text("name\n" + "公司\n" * 1001)
    return path


def _not_xml(path: Path) -> Path:
    return _sheet(_firms(path), lambda content: content[: len(content) // 2] + b"<<<")


HOSTILE: dict[str, tuple[Callable[[Path], Path], str]] = {
    "an empty file": (_empty, "file: no_rows"),
    "no file": (lambda path: path, "file: no_such_file"),
    "a picture": (_of(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\xff\xff" * 9), "file: unknown_encoding"),
    "an old or locked workbook": (
        _of(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600),
        "file: old_or_locked_workbook",
    ),
    "an archive that is cut off": (_cut, "file: not_a_workbook"),
    "a workbook with macros": (_macros, "file: workbook_with_macros"),
    "a zip bomb": (_bomb, "file: workbook_unpacks_too_large"),
    "a zip bomb that lies about its size": (_lying_bomb, "file: workbook_unpacks_too_large"),
    "two cells far apart": (_far_cell, "file: too_many_rows"),
    "a cell in a far corner": (_far_cells_within_rows, "file: too_many_cells"),
    "a far cell behind a long tag": (_long_tag, "file: too_many_rows"),
    "a tag without end": (_endless_tag, "file: not_a_workbook"),
    "a sheet of beginnings": (_beginnings, "file: cells_without_place"),
    "a mark in a far cell": (_mark_inside, "file: cells_without_place"),
    "a sheet in UTF-16": (_utf_16, "file: not_a_workbook"),
    "cells without a place": (_without_place, "file: cells_without_place"),
    "ten thousand columns": (_wide, "file: too_many_columns"),
    "too many rows": (_long, "file: too_many_rows"),
    "too many lines": (_long_csv, "file: too_many_rows"),
    "ten thousand columns of CSV": (_of(b"name" + b"," * 10_000), "file: too_many_columns"),
    "a sheet that is no XML": (_not_xml, "file: not_a_workbook"),
    "too large a file": (_of(b"name\n" + b"0" * (2**20)), "file: file_too_large"),
    "a wrong encoding": (_of("客户名称\n云帆".encode("utf-16-le")), "file: unknown_encoding"),
    "a broken quote": (_of(b'name,phone\n"a"b,1\n'), "file: csv_broken"),
    "no headings that are known": (_of("甲,乙\n1,2\n".encode()), "file: no_column_for_the_name"),
}


@pytest.mark.parametrize("what", sorted(HOSTILE))
def test_a_file_that_cannot_be_taken_is_refused_whole(small_kit: Kit, tmp_path: Path, what: str) -> None:
    make, code = HOSTILE[what]
    path, before = make(tmp_path / "file.xlsx"), everything(small_kit)
    with pytest.raises(InvalidInput) as caught:
        taken_in(small_kit, path)
    assert _code(caught.value) == code
    assert everything(small_kit) == before
    with pytest.raises(InvalidInput):
        doing(small_kit, "manager", lambda unit: unit.exchange.plan(path))


def test_a_csv_file_that_breaks_off_in_its_midst_takes_nothing_in(
    sqlite: Engine, crm_kit: CrmKit, tmp_path: Path
) -> None:
    kit = crm_kit(database=sqlite, settings=Settings(exchange=SMALL.model_copy(update={"slice": 2})))
    path = tmp_path / "firms.csv"
    path.write_text("name\n" + "".join(f"第{letter}公司\n" for letter in "甲乙丙丁戊己庚") + '"no end')
    before = everything(kit)
    with pytest.raises(InvalidInput):
        taken_in(kit, path)
    assert everything(kit) == before


def test_too_long_a_cell_is_its_rows_error(small_kit: Kit, tmp_path: Path) -> None:
    path = book(tmp_path / "long.xlsx", [("甲公司", "1" * 101), ("乙公司", "13800138000")], ("name", "phone"))
    done = taken_in(small_kit, path)
    assert (done.created, done.failed) == (1, 1)
    (held,) = doing(small_kit, "manager", lambda unit: list(unit.exchange.held_back(done.id)))  # type: ignore[arg-type]
    assert (held.row, held.problems[0].heading) == (2, "phone")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_csv_as_people_have_it(sqlite_kit: Kit, tmp_path: Path, encoding: str, separator: str) -> None:
    path = tmp_path / "firms.csv"
    text = [("客户名称", "电话", "备注"), ("云帆智能科技有限公司", "057188886666", '"多行\n的""话"""')]
    path.write_text("\r\n".join(separator.join(line) for line in text), encoding=encoding, newline="")
    assert taken_in(sqlite_kit, path).created == 1
    (made,) = rows(sqlite_kit, Customer)
    assert (made["name"], made["phone"]) == ("云帆智能科技有限公司", "+8657188886666"), "its zero is not lost"


def test_odd_cells_are_rows_errors_or_what_they_say(sqlite_kit: Kit, tmp_path: Path) -> None:
    path = tmp_path / "odd.xlsx"
    with Workbook(str(path)) as made:
        sheet = made.add_worksheet()
        sheet.merge_range("A1:C1", "客户导入 2026 年 3 月")
        sheet.write_row(1, 0, ("客户名称", "电话", "级别", "地址"))
        sheet.write_row(2, 0, ("云帆智能科技有限公司", 13800138000, 1, True))
        sheet.write_formula(3, 0, '="长风"&"物流有限公司"', None, "长风物流有限公司")
        sheet.write_formula(4, 0, '="碧海"', None, "")
        sheet.write_formula(5, 0, "=1/0", None, "#DIV/0!")
        sheet.merge_range("A7:A8", "金石建材有限公司")
        sheet.write(6, 1, "13800138001")
        sheet.write(7, 1, "13800138002")
    done = taken_in(sqlite_kit, path)
    assert (done.created, done.failed) == (3, 3)
    held = doing(sqlite_kit, "manager", lambda unit: list(unit.exchange.held_back(done.id)))  # type: ignore[arg-type]
    assert [(one.row, one.problems[0].heading) for one in held] == [(5, "客户名称"), (6, "客户名称"), (8, "客户名称")]
    yunfan = next(one for one in rows(sqlite_kit, Customer) if one["name"].startswith("云帆"))
    assert (yunfan["phone"], yunfan["level"], yunfan["address"]) == ("+8613800138000", "1", "TRUE")


def test_two_million_rows_are_refused_before_they_are_read(sqlite_kit: Kit, tmp_path: Path) -> None:
    """As XML, which is how two million rows come: a sheet of Excel has at most half of that."""
    path = _firms(tmp_path / "large.xlsx")
    many = b"".join(b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (at, at) for at in range(5, 2_000_000, 40))
    _sheet(path, lambda content: content.replace(b"</sheetData>", many + b"</sheetData>"))
    with pytest.raises(InvalidInput) as caught:
        taken_in(sqlite_kit, path)
    assert _code(caught.value) == "file: too_many_rows"


@pytest.mark.parametrize("seed", range(40))
def test_a_workbook_with_bytes_flipped_is_refused_or_read(small_kit: Kit, tmp_path: Path, seed: int) -> None:
    chance, path = random.Random(seed), _firms(tmp_path / "firms.xlsx")
    if seed % 2:
        _sheet(path, lambda content: _flipped(chance, content))
    else:
        path.write_bytes(_flipped(chance, path.read_bytes()))
    before = everything(small_kit)
    try:
        done = taken_in(small_kit, path)
    except CrmError as error:
        assert error.code == "invalid_input"
        assert everything(small_kit) == before
    else:
        assert done.created == count(small_kit, Customer)


def _flipped(chance: random.Random, content: bytes) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.randrange(1, 12)):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


@pytest.mark.parametrize("heading", ["客户 名称", "名称（必填）", "Customer Name *", "NAME", "公司全称", "ＮＡＭＥ"])
def test_headings_are_known_however_they_are_written(sqlite_kit: Kit, tmp_path: Path, heading: str) -> None:
    path = book(tmp_path / "firms.xlsx", [("云帆智能科技有限公司",)], (heading, *HEADINGS[1:]))
    plan = doing(sqlite_kit, "seller", lambda unit: unit.exchange.plan(path))
    assert plan.columns[0].field == "name"
