"""Files of the tests: written as people have them, and read back as a spreadsheet would show them."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook
from xlsxwriter import Workbook

from oa_crm.schemas import ImportOut
from oa_crm.testing import Kit

HEADINGS = ("客户名称", "统一社会信用代码", "电话", "行业", "地区", "负责人", "标签")
FIRMS = (
    ("杭州云帆智能科技有限公司", "", "0571-88886666", "软件", "杭州", "", "重点; 展会"),
    ("长风物流有限公司", "", "13800138000", "", "上海", "", ""),
    ("青山造纸有限公司", "91330106MA2H3C4D5W", "", "I65", "330106", "Salesperson", ""),
)


def book(path: Path, rows: Sequence[Sequence[Any]], headings: Sequence[str] = HEADINGS) -> Path:
    """A workbook with these rows below its headings."""
    with Workbook(str(path)) as made:
        sheet = made.add_worksheet()
        for at, row in enumerate((headings, *rows)):
            for place, cell in enumerate(row):
                if cell not in ("", None):
                    sheet.write(at, place, cell)
    return path


def sheet(path: Path, name: str | None = None) -> list[list[Any]]:
    """What a workbook shows."""
    with CalamineWorkbook.from_path(str(path)) as made:
        found = made.get_sheet_by_index(0) if name is None else made.get_sheet_by_name(name)
        return found.to_python(skip_empty_area=False)


def lines(path: Path) -> list[list[str]]:
    """What a CSV file holds."""
    with path.open(encoding="utf-8-sig", newline="") as text:
        return list(csv.reader(text))


def taken_in(kit: Kit, path: Path, actor: str = "manager", **options: Any) -> ImportOut:
    """The file taken in by a person."""
    return kit.crm.exchange.import_customers(kit.scope(actor), path, options)
