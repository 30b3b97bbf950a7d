"""Writing tables row by row: a workbook or a CSV file. Memory does not grow with them, and no cell is a formula.

A path gets its file when all of it is written; what fails on the way leaves nothing behind.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol

from oa_crm.errors import ConfigurationError
from oa_crm.exchange.guard import guarded, is_dangerous
from oa_crm.exchange.places import Target, target
from oa_crm.ids import new_id

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

Cell = str | float | None
MOST_ROWS = 1_048_575
_WIDTH = 18


class Table(Protocol):
    """Takes rows."""

    def row(self, cells: Sequence[Cell]) -> None: ...


@contextmanager
def table(to: Target, format: str, headings: Sequence[str]) -> Iterator[Table]:
    """A table in `format` that is written to `to` while the block runs."""
    with opened(to) as file:
        if format == "xlsx":
            with workbook(file) as book:
                yield BookTable(book, headings)
        else:
            yield from _csv(file, headings)


@contextmanager
def opened(to: Target) -> Iterator[BinaryIO]:
    """A binary file to write to; one that is given as a path appears when the block has ended well."""
    path = target(to)
    if not isinstance(path, Path):
        yield path
        return
    part = path.with_name(f".{path.name}.{new_id()}.part")
    try:
        with part.open("xb") as file:
            yield file
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def workbook(file: BinaryIO, *, streamed: bool = True) -> Iterator["Workbook"]:
    """A workbook whose cells are what is written, never what they look like."""
    try:
        from xlsxwriter import Workbook
    except ModuleNotFoundError as missing:
        raise ConfigurationError("a workbook needs xlsxwriter; install oa-crm[excel]") from missing
    options = {"constant_memory": streamed, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(file, options) as book:
        yield book


class BookTable:
    """Rows of a workbook. A sheet holds a million; what is beyond begins another."""

    def __init__(self, book: "Workbook", headings: Sequence[str]) -> None:
        self._book, self._headings = book, headings
        self._quoted = book.add_format({"quote_prefix": True})
        self._sheet, self._at = self._next(), 0

    def row(self, cells: Sequence[Cell]) -> None:
        """Write one more."""
        if self._at == MOST_ROWS:
            self._sheet, self._at = self._next(), 0
        self._at += 1
        for place, cell in enumerate(cells):
            if isinstance(cell, str):
                text = cell[:32_767]
                self._sheet.write_string(self._at, place, text, *([self._quoted] if is_dangerous(text) else ()))
            elif cell is not None:
                self._sheet.write_number(self._at, place, cell)

    def choices(self, place: int, offered: Sequence[str]) -> None:
        """Offer a list in a column."""
        self._sheet.data_validation(1, place, MOST_ROWS, place, {"validate": "list", "source": list(offered)})

    def _next(self) -> "Worksheet":
        sheet = self._book.add_worksheet()
        sheet.set_column(0, max(len(self._headings) - 1, 0), _WIDTH)
        for place, heading in enumerate(self._headings):
            sheet.write_string(0, place, heading)
        sheet.freeze_panes(1, 0)
        return sheet


class _CsvTable:
    def __init__(self, text: io.TextIOWrapper) -> None:
        self._writer = csv.writer(text)

    def row(self, cells: Sequence[Cell]) -> None:
        self._writer.writerow([guarded(cell) if isinstance(cell, str) else cell for cell in cells])


def _csv(file: BinaryIO, headings: Sequence[str]) -> Iterator[Table]:
    # With a mark in front, by which Excel knows that it is UTF-8.
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    try:
        lines = _CsvTable(text)
        lines.row(headings)
        yield lines
    finally:
        text.flush()
        text.detach()
