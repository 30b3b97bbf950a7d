"""Reading the workbook that salespeople kept: what a cell means, however it was typed.

Only the cells are cleaned here. Whether a name is a duplicate or a credit code right is the CRM's to say.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook

COLUMNS = {
    "客户名称": "name",
    "统一社会信用代码": "credit_code",
    "行业": "industry",
    "地区": "region",
    "电话": "phone",
    "负责人": "owner",
    "级别": "level",
    "来源": "source",
    "备注": "note",
}
_HAN = re.compile("[\u3400-\u9fff]")
_DATES = (
    re.compile(r"(?P<y>20\d\d)(?P<m>\d\d)(?P<d>\d\d)"),
    re.compile(r"(?P<y>20\d\d|\d\d)[-/.年](?P<m>\d{1,2})(?:[-/.月](?P<d>\d{1,2})?)?"),
)


@dataclass(frozen=True)
class Row:
    """One customer of the sheet; `number` counts as Excel does. An empty cell is ""."""

    number: int
    name: str
    credit_code: str
    industry: str
    region: str
    phone: str
    owner: str
    level: str
    source: str
    note: str


def read(path: Path) -> list[Row]:
    """The rows of the first sheet that are not empty. Raises `ValueError` when a column is missing."""
    header, *lines = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python(skip_empty_area=False)
    columns = [COLUMNS.get("".join(str(cell).split())) for cell in header]
    if missing := set(COLUMNS.values()) - set(columns):
        raise ValueError(f"{path.name} has no column for {', '.join(sorted(missing))}")
    return list(_rows(columns, lines))


def _rows(columns: list[str | None], lines: list[list[Any]]) -> Iterator[Row]:
    for number, line in enumerate(lines, start=2):
        cells = {column: cell for column, cell in zip(columns, line, strict=False) if column}
        if any(_text(cell) for cell in cells.values()):
            yield Row(number, **{column: _CLEAN.get(column, _text)(cell) for column, cell in cells.items()})


def _text(cell: object) -> str:
    """Any cell as one line; a whole number without the `.0` that Excel gives it."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return " ".join(str(cell).split())


def clean_name(cell: object) -> str:
    """A Chinese name has no spaces; a Latin one has single ones, in the usual width."""
    text = _text(cell)
    return "".join(text.split()) if _HAN.search(text) else unicodedata.normalize("NFKC", text)


def clean_phone(cell: object) -> str:
    """The number in plain digits and signs."""
    return unicodedata.normalize("NFKC", _text(cell))


def clean_owner(cell: object) -> str:
    """The employee's id as the platform writes it."""
    return _text(cell).lower()


def clean_region(cell: object) -> str:
    """The city where there is one, else the province: 浙江-杭州, 杭州市 and 杭州 are one place."""
    last = re.split(r"[-\s]+", _text(cell))[-1]
    return {"境外": "海外"}.get(last, last.removesuffix("市") if len(last) > 2 else last)


_CLEAN = {
    "name": clean_name,
    "phone": clean_phone,
    "owner": clean_owner,
    "region": clean_region,
}


def date_in(note: str) -> datetime | None:
    """The day that a note begins with, at noon UTC; a month without a day is its first."""
    for pattern in _DATES:
        if found := pattern.match(note):
            year, month, day = (int(found[part] or 1) for part in ("y", "m", "d"))
            try:
                return datetime(year + 2000 if year < 100 else year, month, day, 12, tzinfo=UTC)
            except ValueError:
                return None
    return None
