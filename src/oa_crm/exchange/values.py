"""From the cells of a row to facts as a schema takes them. A cell that says nothing gives nothing.

What a cell is not, such as an unknown choice, stays as it was written: the schema says what is wrong with it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from oa_crm.errors import FieldProblem
from oa_crm.exchange.cells import BROKEN, text
from oa_crm.exchange.column import DECISION, Column
from oa_crm.exchange.reading import Cell, Cells
from oa_crm.schemas import ImportColumn
from oa_crm.schemas.custom import CustomFieldOut


@dataclass
class Told:
    """What a row tells: facts as its schema takes them, a decision, and what is wrong with cells themselves."""

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
            if isinstance(cell, str) and cell in BROKEN:
                told.problems.append(FieldProblem.of(column.name, BROKEN[cell]))
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
            told.decision = column.taken(cell)
        elif column.name.startswith("invoice."):
            told.facts.setdefault("invoice", {})[column.name.removeprefix("invoice.")] = text(cell)
        else:
            told.facts[column.name] = column.taken(cell)


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
