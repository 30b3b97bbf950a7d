"""A CSV file: its encoding and its separator found out, every cell text, so that no phone number loses its zeros.

UTF-8 with or without a mark, UTF-16 with one, else GB18030, which is what Excel writes in China.
"""

import codecs
import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from oa_crm.errors import InvalidInput
from oa_crm.exchange.guard import unguarded
from oa_crm.settings import ExchangeSettings

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_SEPARATORS = ",;\t|"
_PIECE = 1 << 20
_LINE = 100_000


@contextmanager
def lines(path: Path, limits: ExchangeSettings) -> Iterator[Iterator[list[str]]]:
    """The lines of a CSV file. Raises `invalid_input` for what is no text, no table, or beyond the limits; before it
    gives the first line, so that nothing is taken in of a file that breaks off in its midst."""
    encoding = _encoding(path)
    with path.open(encoding=encoding, newline="") as text:
        separator = _separator(text.readline(_LINE))
        text.seek(0)
        for number, line in enumerate(_read(csv.reader(text, delimiter=separator, strict=True)), start=1):
            within(number, len(line), limits)
        text.seek(0)
        yield _read(csv.reader(text, delimiter=separator, strict=True))


def within(rows: int, columns: int, limits: ExchangeSettings) -> None:
    """Raises `invalid_input` beyond the limits."""
    if rows > limits.rows:
        raise InvalidInput.of("file", "too_many_rows", most=limits.rows)
    if columns > limits.columns:
        raise InvalidInput.of("file", "too_many_columns", most=limits.columns)


def _read(reader: Iterator[list[str]]) -> Iterator[list[str]]:
    try:
        for line in reader:
            yield [unguarded(cell) for cell in line]
    except csv.Error as wrong:
        raise InvalidInput.of("file", "csv_broken", line=getattr(reader, "line_num", 0), why=str(wrong)) from None


def _encoding(path: Path) -> str:
    with path.open("rb") as file:
        begins = file.read(4)
    marked = next((name for mark, name in _MARKS if begins.startswith(mark)), None)
    for encoding in [marked] if marked else ["utf-8", "gb18030"]:
        if _reads(path, encoding):
            return encoding
    raise InvalidInput.of("file", "unknown_encoding")


def _reads(path: Path, encoding: str) -> bool:
    """Whether the whole file is text in this encoding, and has no characters that no text has."""
    try:
        with path.open(encoding=encoding, newline="") as text:
            while piece := text.read(_PIECE):
                if "\0" in piece:
                    return False
    except UnicodeError:
        return False
    return True


def _separator(heading: str) -> str:
    """The separator that the headings hold most of outside quotes; a comma where there is none."""
    outside = "".join(heading.split('"')[::2])
    return max(_SEPARATORS, key=outside.count)
