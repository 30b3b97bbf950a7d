"""Reading a file row by row, a workbook or CSV, within the limits of the settings. Nothing is taken in here.

A row is its number, as a spreadsheet counts, and its cells. A cell is text, a number, a day, or None.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from oa_crm.errors import ConfigurationError, InvalidInput
from oa_crm.exchange import archive, csv_file
from oa_crm.settings import ExchangeSettings

Cell = str | float | date | None
Cells = list[Cell]
ERROR_CELL, UNCOMPUTED, TOO_LONG = "\0error", "\0uncomputed", "\0too long"
"""What stands for a cell that holds an error, for a formula whose value was never worked out, for too long a text."""
_PIECE = 1 << 20


def digest(path: Path) -> str:
    """SHA-256 of the content."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            found.update(piece)
    return found.hexdigest()


@contextmanager
def rows(path: Path, limits: ExchangeSettings, sheet: str | None = None) -> Iterator[Iterator[tuple[int, Cells]]]:
    """The rows of a file that are not empty.

    Raises `invalid_input` at `file` for what cannot be read: too large, no table, locked, with macros, beyond a limit.
    """
    if not path.is_file():
        raise InvalidInput.of("file", "no_such_file", name=path.name)
    if path.stat().st_size > limits.largest:
        raise InvalidInput.of("file", "file_too_large", largest=limits.largest)
    with path.open("rb") as file:
        begins = file.read(8)
    if begins.startswith(b"PK"):
        yield _filled(_workbook(path, limits, sheet), limits)
    elif begins.startswith(b"\xd0\xcf\x11\xe0"):
        raise InvalidInput.of("file", "old_or_locked_workbook")
    else:
        with csv_file.lines(path, limits) as lines:
            yield _filled(((at, list(line)) for at, line in enumerate(lines, start=1)), limits)


def _filled(found: Iterator[tuple[int, Cells]], limits: ExchangeSettings) -> Iterator[tuple[int, Cells]]:
    for number, cells in found:
        if any(cell not in (None, "") for cell in cells):
            yield number, [TOO_LONG if isinstance(one, str) and len(one) > limits.cell else one for one in cells]


def _workbook(path: Path, limits: ExchangeSettings, wanted: str | None) -> Iterator[tuple[int, Cells]]:
    try:
        from python_calamine import CalamineError, CalamineWorkbook, PasswordError, XmlError, ZipError
    except ModuleNotFoundError as missing:
        raise ConfigurationError("a workbook needs python-calamine; install oa-crm[excel]") from missing
    looked = archive.look_over(path, limits)
    try:
        with CalamineWorkbook.from_path(str(path)) as book:
            sheet, place = _sheet(book, wanted)
            marks = _marks(looked, place)
            left = [None] * (sheet.start[1] if sheet.start else 0)
            for number, line in enumerate(sheet.iter_rows(), start=1):
                yield number, _cells([*left, *line], marks.get(number, {}))
    except (CalamineError, PasswordError, XmlError, ZipError, OSError):
        raise InvalidInput.of("file", "not_a_workbook") from None


def _sheet(book: Any, wanted: str | None) -> tuple[Any, int]:
    """The sheet that is wanted, or the first that holds anything, and its place."""
    names = book.sheet_names
    if wanted is not None:
        if wanted not in names:
            raise InvalidInput.of("sheet", "no_such_sheet", given=wanted, known=", ".join(names[:20]))
        return book.get_sheet_by_name(wanted), names.index(wanted)
    for place, _ in enumerate(names):
        with suppress(ValueError):
            if (sheet := book.get_sheet_by_index(place)).height:
                return sheet, place
    raise InvalidInput.of("file", "no_rows")


def _marks(looked: archive.Looked, place: int) -> dict[int, dict[int, str]]:
    """What stands for cells that a reader takes for empty, by row and place."""
    found: dict[int, dict[int, str]] = {}
    for mark, cells in ((ERROR_CELL, looked.errors), (UNCOMPUTED, looked.uncomputed)):
        for cell in cells.get(place, ()):
            row, column = archive.row_and_column(cell)
            found.setdefault(row, {})[column - 1] = mark
    return found


def _cells(line: list[Any], marks: dict[int, str]) -> Cells:
    found = [_cell(one) for one in line]
    for place, mark in marks.items():
        if place < len(found):
            found[place] = mark
    while found and found[-1] is None:
        found.pop()
    return found


def _cell(value: Any) -> Cell:
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        return value.date() if value.time() == time() else value.isoformat(sep=" ")
    if isinstance(value, time | timedelta):
        return str(value)
    return value  # type: ignore[no-any-return]
