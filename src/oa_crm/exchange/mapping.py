"""Which column holds what: guessed from the headings in Chinese or English, and said otherwise by who knows better.

A heading is compared without spaces, marks and what stands in brackets; equal is equal, nothing is guessed by likeness.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from oa_crm.errors import FieldProblem, InvalidInput
from oa_crm.exchange.column import Column
from oa_crm.exchange.reading import Cells
from oa_crm.schemas import ImportColumn, ImportPlan

HEADINGS_WITHIN, SAMPLE = 20, 5
"""The headings stand in one of so many first rows; above them may be a title."""
FIRST = HEADINGS_WITHIN + SAMPLE
_BRACKETS = re.compile(r"[(\[【〔].*?[)\]】〕]")
_SAYS_NOTHING = re.compile(r"[\W_]+")


class Needed(NamedTuple):
    """Fields of which a file must have one, and the problem of a file that has none of them."""

    fields: tuple[str, ...]
    problem: str


def plan(
    first: Sequence[tuple[int, Cells]],
    known: Mapping[str, Column],
    wanted: Mapping[str, str | None],
    needed: Sequence[Needed],
) -> ImportPlan:
    """How a file with these `first` rows would be read. Raises `invalid_input` without a column that is needed."""
    if not first:
        raise InvalidInput.of("file", "no_rows")
    counts = {field for one in needed for field in one.fields}
    at, columns = max(_guesses(first, known, wanted), key=lambda one: _found(one[1], counts))
    _complete(columns, needed)
    _fitting(columns, known, wanted)
    number, _ = first[at]
    sample = tuple(tuple(map(_text, cells)) for _, cells in first[at + 1 : at + 1 + SAMPLE])
    return ImportPlan(columns=tuple(columns), heading_row=number, sample=sample)


def headings(columns: Iterable[ImportColumn]) -> dict[str, str]:
    """What stands above each field in the file."""
    return {one.field: one.heading for one in columns if one.field}


def _guesses(
    first: Sequence[tuple[int, Cells]], known: Mapping[str, Column], wanted: Mapping[str, str | None]
) -> Iterable[tuple[int, list[ImportColumn]]]:
    """Each of the first rows as if it held the headings."""
    words = {_folded(word): name for name, one in known.items() for word in (name, one.zh, one.en, *one.also)}
    said = {" ".join(heading.split()): field for heading, field in wanted.items()}
    for at, (_, cells) in enumerate(first[:HEADINGS_WITHIN]):
        yield at, list(_columns(cells, words, said, known))


def _columns(
    cells: Cells, words: Mapping[str, str], said: Mapping[str, str | None], known: Mapping[str, Column]
) -> Iterator[ImportColumn]:
    taken = {field for field in said.values() if field}
    for place, cell in enumerate(cells):
        heading = " ".join(_text(cell).split())
        if heading in said:
            yield ImportColumn(place=place, heading=heading, field=said[heading])
            continue
        field = words.get(_folded(heading)) if heading else None
        field = None if field is None or field in taken or not known[field].given else field
        # Of two columns for one field, the first is taken and the other is told as unknown.
        taken.add(field or "")
        yield ImportColumn(place=place, heading=heading, field=field)


def _found(columns: Iterable[ImportColumn], counts: Iterable[str]) -> int:
    """How many fields are found; what is needed counts most."""
    return sum(1000 if one.field in counts else 1 for one in columns if one.field)


def _complete(columns: Sequence[ImportColumn], needed: Sequence[Needed]) -> None:
    found = {one.field for one in columns}
    headings = ", ".join(one.heading for one in columns if one.heading)[:300] or "-"
    missing = [one.problem for one in needed if not found & set(one.fields)]
    if missing:
        raise InvalidInput([FieldProblem.of("file", problem, headings=headings) for problem in missing])


def _fitting(columns: Sequence[ImportColumn], known: Mapping[str, Column], wanted: Mapping[str, str | None]) -> None:
    """What the caller said must be there, and once."""
    headings, problems = {one.heading for one in columns}, list[FieldProblem]()
    for heading, field in wanted.items():
        if " ".join(heading.split()) not in headings:
            problems.append(_problem(heading, "no_such_heading", known=", ".join(sorted(headings - {""}))[:300]))
        elif field is not None and (field not in known or not known[field].given):
            names = ", ".join(name for name, one in known.items() if one.given)
            problems.append(_problem(heading, "unknown_column", given=field, known=names))
    fields = [one.field for one in columns if one.field]
    problems += [
        _problem(one, "column_twice", name=one) for one in sorted({one for one in fields if fields.count(one) > 1})
    ]
    if problems:
        raise InvalidInput(problems)


def _problem(at: str, code: str, **params: Any) -> FieldProblem:
    return FieldProblem.of(f"columns.{at}", code, **params)


def _folded(heading: str) -> str:
    plain = unicodedata.normalize("NFKC", heading).lower()
    return _SAYS_NOTHING.sub("", _BRACKETS.sub("", plain)) or _SAYS_NOTHING.sub("", plain)


def _text(cell: Any) -> str:
    return "" if cell is None else str(cell)
