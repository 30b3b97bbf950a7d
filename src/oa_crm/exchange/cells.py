"""How people write things into a cell: text, lists, days. What a cell is not stays as it was written, and the schema
says what is wrong with it.
"""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from oa_crm.exchange.reading import ERROR_CELL, TOO_LONG, UNCOMPUTED, Cell

BROKEN = {ERROR_CELL: "cell_holds_an_error", UNCOMPUTED: "formula_without_value", TOO_LONG: "cell_too_long"}
_PARTS = re.compile(r"[;；\n]+")
_LABEL = re.compile(r"(?P<number>.*?)\s*[(（](?P<label>[^()（）]*)[)）]\s*")
_LISTED = re.compile(r"[;；\n,，、/]+")
_IN_YEAR = re.compile(r"(?:--)?(\d{1,2})[/.月-](\d{1,2})日?")
_DAY = re.compile(r"(\d{4})[/.年-](\d{1,2})[/.月-](\d{1,2})日?(.*)")


def text(cell: Cell) -> str:
    """A cell as text: a whole number without the ".0" that a spreadsheet keeps, any other as it is written."""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else format(Decimal(repr(cell)), "f")
    return cell.isoformat() if isinstance(cell, date) else str(cell).strip()


def shown(cell: Cell) -> str | float | None:
    """A cell as it is written again beside what is wrong with it."""
    if isinstance(cell, str) and cell in BROKEN:
        return "#N/A"
    return text(cell) if isinstance(cell, date) else cell


def parts(cell: Cell) -> list[str]:
    """What stands in a cell, apart by semicolons."""
    return [part for one in _PARTS.split(text(cell)) if (part := one.strip())]


def numbers(cell: Cell) -> list[dict[str, str]]:
    """Identity numbers, each behind its scheme and a colon."""
    found = (part.replace("：", ":").partition(":") for part in parts(cell))
    return [{"scheme": scheme.strip(), "number": number.strip()} for scheme, _, number in found]


def phones(cell: Cell) -> list[dict[str, str | None]]:
    """Phone numbers, each with a label in brackets or without one."""
    found = []
    for part in parts(cell):
        labelled = _LABEL.fullmatch(part)
        number, label = (labelled["number"], labelled["label"].strip() or None) if labelled else (part, None)
        found.append({"number": number, "label": label})
    return found


def moment(cell: Cell) -> Any:
    """A time, or the day of it."""
    if isinstance(cell, datetime):
        return cell
    return cell.isoformat() if isinstance(cell, date) else _dated(text(cell), with_time=True)


def day(cell: Cell) -> Any:
    """A day."""
    if isinstance(cell, datetime):
        return cell.date()
    return cell.isoformat() if isinstance(cell, date) else _dated(text(cell), with_time=False)


def birthday(cell: Cell) -> str:
    """A day, or one without its year, as RFC 6350 writes it."""
    said = day(cell)
    if isinstance(said, str) and (found := _IN_YEAR.fullmatch(said)):
        month, day_ = found.groups()
        return f"--{int(month):02}-{int(day_):02}"
    return said if isinstance(said, str) else str(said.isoformat())


def dialled(cell: Cell) -> list[str]:
    """Phone numbers or addresses, apart by semicolons, commas or slashes."""
    return [part for one in _LISTED.split(text(cell)) if (part := one.strip())]


def _dated(said: str, *, with_time: bool) -> str:
    if found := _DAY.fullmatch(said.strip()):
        year, month, day_, rest = found.groups()
        return f"{year}-{int(month):02}-{int(day_):02}{rest if with_time else ''}"
    return said
