"""From the cells of a row to a customer as `customers.create` takes it. A cell that says nothing gives nothing.

What a cell is not, such as an unknown choice, stays as it was written: the schema says what is wrong with it.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from oa_crm.errors import FieldProblem
from oa_crm.exchange.columns import CHOICES, DECISION, Column
from oa_crm.exchange.reading import ERROR_CELL, TOO_LONG, UNCOMPUTED, Cell, Cells
from oa_crm.schemas import ImportColumn
from oa_crm.schemas.custom import CustomFieldOut

_PARTS = re.compile(r"[;；\n]+")
_LABEL = re.compile(r"(?P<number>.*?)\s*[(（](?P<label>[^()（）]*)[)）]\s*")
_BROKEN = {ERROR_CELL: "cell_holds_an_error", UNCOMPUTED: "formula_without_value", TOO_LONG: "cell_too_long"}


@dataclass
class Told:
    """What a row tells: facts as a customer takes them, a decision, and what is wrong with cells themselves."""

    facts: dict[str, Any] = field(default_factory=dict)
    decision: str | None = None
    problems: list[FieldProblem] = field(default_factory=list)


class Reader:
    """Reads rows by a plan."""

    def __init__(self, columns: Sequence[ImportColumn], known: Mapping[str, Column]) -> None:
        self._places = [(one.place, known[one.field]) for one in columns if one.field]

    def told(self, cells: Cells) -> Told:
        """What a row tells."""
        told = Told()
        for place, column in self._places:
            cell = cells[place] if place < len(cells) else None
            if isinstance(cell, str) and cell in _BROKEN:
                told.problems.append(FieldProblem.of(column.name, _BROKEN[cell]))
            elif cell is not None and cell != "":
                self._put(told, column, cell)
        return told

    def people(self, told: Told) -> list[str]:
        """What stands where a member is asked for."""
        own = told.facts.get("custom", {})
        return [one for one in (told.facts.get("owner_id"), *(own[name] for name in self._asked_for(own))) if one]

    def with_people(self, told: Told, ids: Mapping[str, str]) -> None:
        """Put ids where names stand."""
        if owner := told.facts.get("owner_id"):
            told.facts["owner_id"] = ids.get(owner, owner)
        own = told.facts.get("custom", {})
        for name in self._asked_for(own):
            own[name] = ids.get(own[name], own[name])

    def _asked_for(self, own: Mapping[str, Any]) -> list[str]:
        """The custom fields with a member, of those that the row fills in."""
        fields = (column.custom for _, column in self._places if column.custom)
        return [one.name for one in fields if one.type == "member" and own.get(one.name)]

    def _put(self, told: Told, column: Column, cell: Cell) -> None:
        if column.custom is not None:
            told.facts.setdefault("custom", {})[column.custom.name] = _own(column.custom, cell)
        elif column.name == DECISION:
            told.decision = _choice(DECISION, text(cell))
        elif column.name.startswith("invoice."):
            told.facts.setdefault("invoice", {})[column.name.removeprefix("invoice.")] = text(cell)
        elif column.name in CHOICES:
            told.facts[column.name] = _choice(column.name, text(cell))
        else:
            told.facts[column.name] = _TAKE.get(column.name, text)(cell)


def text(cell: Cell) -> str:
    """A cell as text: a whole number without the ".0" that a spreadsheet keeps, any other as it is written."""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else format(Decimal(repr(cell)), "f")
    return cell.isoformat() if isinstance(cell, date) else str(cell).strip()


def shown(cell: Cell) -> str | float | None:
    """A cell as it is written again beside what is wrong with it."""
    if isinstance(cell, str) and cell in _BROKEN:
        return "#N/A"
    return text(cell) if isinstance(cell, date) else cell


def parts(cell: Cell) -> list[str]:
    """What stands in a cell, apart by semicolons."""
    return [part for one in _PARTS.split(text(cell)) if (part := one.strip())]


def _choice(name: str, said: str) -> str:
    """The code that is meant; what is none stays."""
    wanted = said.strip().lower()
    codes = (code for code, words in CHOICES[name].items() if wanted in (code, *(word.lower() for word in words)))
    return next(codes, said)


def _numbers(cell: Cell) -> list[dict[str, str]]:
    found = (part.replace("：", ":").partition(":") for part in parts(cell))
    return [{"scheme": scheme.strip(), "number": number.strip()} for scheme, _, number in found]


def _phones(cell: Cell) -> list[dict[str, str | None]]:
    found = []
    for part in parts(cell):
        labelled = _LABEL.fullmatch(part)
        number, label = (labelled["number"], labelled["label"].strip() or None) if labelled else (part, None)
        found.append({"number": number, "label": label})
    return found


def _own(field: CustomFieldOut, cell: Cell) -> Any:
    if field.type == "multi_choice":
        return [_option(field, part) for part in re.split(r"[;；\n,，、]+", text(cell)) if part.strip()]
    if field.type == "choice":
        return _option(field, text(cell))
    return text(cell)


def _option(field: CustomFieldOut, said: str) -> str:
    """The code of an option that is told by its code or its label in any language."""
    wanted = said.strip()
    codes = (code for code, labels in field.options.items() if wanted == code or wanted in labels.values())
    return next(codes, wanted)


_TAKE: dict[str, Callable[[Cell], Any]] = {
    "numbers": _numbers,
    "phones": _phones,
    "former_names": parts,
    "aliases": parts,
    "tags": parts,
}
