"""A workbook looked over before anything reads it: how large it really is, and what a reader would pass over.

A reader takes a sheet as one block from its first cell to its last, so two cells far apart cost as much as all between
them. The sizes that an archive tells may be lies: each part is unpacked and counted, up to the limit and never kept.
"""

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from oa_crm.errors import InvalidInput
from oa_crm.settings import ExchangeSettings

_PIECE = 1 << 20
_LEAST = 30
_MOST_PARTS = 2000
_PLACE = rb"""\br=["']([A-Z]{1,3}\d{1,7})["']"""
_CELL = re.compile(rb"<(?:\w+:)?c\b[^<>]*?" + _PLACE)
_ROW = re.compile(rb"""<(?:\w+:)?row\b[^<>]*?\br=["'](\d{1,7})["']""")
_ANY_CELL = re.compile(rb"<(?:\w+:)?c[\s>/]")
_ERROR = re.compile(rb"""<(?:\w+:)?c\b(?=[^<>]*?\bt=["']e["'])[^<>]*?""" + _PLACE)
_NO_VALUE = re.compile(
    rb"<(?:\w+:)?c\b[^<>]*?" + _PLACE + rb"[^<>]*>"
    rb"<(?:\w+:)?f\b(?:[^<>]*/>|[^<>]*>[^<]*</(?:\w+:)?f>)(?:<(?:\w+:)?v>\s*</(?:\w+:)?v>|<(?:\w+:)?v\s*/>)?</(?:\w+:)?c>"
)
_ERROR_SIGN, _FORMULA_SIGN = re.compile(rb"""\bt=["']e["']"""), re.compile(rb"<(?:\w+:)?f[\s>/]")
_DATA = re.compile(rb"<(?:\w+:)?sheetData\b")
_SHEET = re.compile(rb"""<(?:\w+:)?sheet\b[^<>]*?\b\w+:id=["']([^"']+)["']""")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b[^<>]*>")
_ID, _TARGET = (re.compile(rb"""\b""" + name + rb"""=["']([^"']+)["']""") for name in (b"Id", b"Target"))
# Nothing above may run past the next tag: else a sheet of "<c <c <c" would take hours.
_TAIL = 20_000
"""So much of a piece is looked at again with the next one: a cell may lie across the border."""
_LONGEST_TAG = 1 << 20
_MOST_KEPT = 4 << 20
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_MOST_MARKS = 10_000
_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_WORKBOOK, _RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"


@dataclass
class Looked:
    """Cells that hold an error, and formulas whose value was never worked out, by the place of their sheet."""

    errors: dict[int, set[str]] = field(default_factory=dict)
    uncomputed: dict[int, set[str]] = field(default_factory=dict)


def look_over(path: Path, limits: ExchangeSettings) -> Looked:
    """Look a workbook over. Raises `invalid_input` for what is none, has macros or goes beyond the limits."""
    try:
        with ZipFile(path) as archive, path.open("rb") as file:
            parts = archive.infolist()
            _sound(parts)
            found, unpacked = dict[str, _Part](), 0
            for part in parts:
                one = found[part.filename] = _Part(limits, keep=part.filename in (_WORKBOOK, _RELATIONS))
                for piece in _unpacked(file, part):
                    unpacked += len(piece)
                    if unpacked > limits.unpacked:
                        raise InvalidInput.of("file", "workbook_unpacks_too_large", largest=limits.unpacked)
                    one.take(piece)
    except (BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, OSError):
        raise InvalidInput.of("file", "not_a_workbook") from None
    return _told(found)


def _told(parts: dict[str, "_Part"]) -> Looked:
    looked = Looked()
    relations = _RELATION.findall(parts[_RELATIONS].kept if _RELATIONS in parts else b"")
    targets = {_first(_ID, one): _first(_TARGET, one).lstrip("/").removeprefix("xl/") for one in relations}
    for place, id in enumerate(_SHEET.findall(parts[_WORKBOOK].kept)):
        if (part := parts.get(f"xl/{targets.get(id.decode(errors='replace'), '')}")) is not None:
            looked.errors[place], looked.uncomputed[place] = part.errors, part.uncomputed
    return looked


def _first(pattern: re.Pattern[bytes], text: bytes) -> str:
    found = pattern.search(text)
    return found[1].decode(errors="replace") if found else ""


def _sound(parts: list[ZipInfo]) -> None:
    names = {one.filename for one in parts}
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise InvalidInput.of("file", "workbook_with_macros")
    strange = len(parts) > _MOST_PARTS or len(names) != len(parts) or any(one.flag_bits & 1 for one in parts)
    if strange or _WORKBOOK not in names:
        raise InvalidInput.of("file", "not_a_workbook")


def _unpacked(file: BinaryIO, part: ZipInfo) -> Iterator[bytes]:
    """The content of a part in pieces, whatever length the archive says it has."""
    file.seek(part.header_offset)
    head = file.read(_LEAST)
    if len(head) < _LEAST or part.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise BadZipFile(part.filename)
    file.seek(int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little"), 1)
    left, inflate = part.compress_size, zlib.decompressobj(-15)
    while left > 0 and (packed := file.read(min(_PIECE, left))):
        left -= len(packed)
        if part.compress_type == ZIP_STORED:
            yield packed
            continue
        while packed:
            yield inflate.decompress(packed, _PIECE)
            packed = inflate.unconsumed_tail


class _Part:
    """How far a part reaches when it is a sheet, read piece by piece. Any part may be: names say nothing."""

    def __init__(self, limits: ExchangeSettings, *, keep: bool) -> None:
        self._limits, self._keep = limits, keep
        self.kept = b""
        self._right = self._bottom = 1
        self._is_sheet, self._first = False, True
        self.errors: set[str] = set()
        self.uncomputed: set[str] = set()

    def take(self, piece: bytes) -> None:
        """Look at the next piece."""
        text = self.kept + piece
        if self._first and text.startswith(_UTF_16):
            raise BadZipFile("no part of a workbook is UTF-16, and we could not read it")
        self._first = False
        whole = text[: text.rfind(b">") + 1]
        places = _CELL.findall(whole)
        self._reach(places, _ROW.findall(whole))
        self._is_sheet = self._is_sheet or _DATA.search(whole) is not None
        if self._is_sheet and len(_ANY_CELL.findall(whole)) > len(places):
            raise InvalidInput.of("file", "cells_without_place")
        for found, pattern, sign in ((self.errors, _ERROR, _ERROR_SIGN), (self.uncomputed, _NO_VALUE, _FORMULA_SIGN)):
            if sign.search(whole) and len(found) < _MOST_MARKS:
                found.update(one.decode() for one in pattern.findall(whole))
        self.kept = self._left(text, len(text) - len(whole))

    def _left(self, text: bytes, open: int) -> bytes:
        """What is looked at again: a tag that is not closed yet, wholly, however far it goes on."""
        if self._keep:
            if len(text) > _MOST_KEPT:
                raise BadZipFile("its list of sheets is larger than any")
            return text
        if open > _LONGEST_TAG and b"<" in text[-open:]:
            raise BadZipFile("a tag is longer than any")
        return text[-(max(open, _TAIL) if open <= _LONGEST_TAG else _TAIL) :]

    def _reach(self, places: list[bytes], rows: list[bytes]) -> None:
        limits = self._limits
        # Told apart only once each: a sheet has few columns.
        columns = {place.rstrip(b"0123456789") for place in places}
        bottoms = {int(place.lstrip(_LETTERS)) for place in places} | set(map(int, rows))
        self._right = max([self._right, *map(_number, columns)])
        self._bottom = max([self._bottom, *bottoms])
        if self._bottom > limits.rows:
            raise InvalidInput.of("file", "too_many_rows", most=limits.rows)
        if self._right > limits.columns:
            raise InvalidInput.of("file", "too_many_columns", most=limits.columns)
        if self._bottom * self._right > limits.cells:
            raise InvalidInput.of("file", "too_many_cells", most=limits.cells)


def row_and_column(cell: str) -> tuple[int, int]:
    """B7 is (7, 2)."""
    letters = cell.rstrip("0123456789")
    return int(cell[len(letters) :]), _number(letters.encode())


def _number(column: bytes) -> int:
    """Which column it is: A is 1, AA is 27."""
    number = 0
    for letter in column:
        number = number * 26 + letter - 64
    return number
