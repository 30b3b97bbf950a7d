"""Two versions side by side, field by field; a step is followed by its number, wherever it stands in the list."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from oa_crm.errors import NotFound
from oa_crm.models import StrategyVersion, table_of
from oa_crm.schemas import StrategyComparison, StrategyDifference
from oa_crm.services.base import Service
from oa_crm.services.strategies import reading

_PLAIN = ("owner_id", "goal", "approach", "review_on")
_OF_STEP = ("what", "who_id", "due_on")
Cells = dict[str, str]


def compare(service: Service, id: UUID, one: int, other: int) -> StrategyComparison:
    """What differs. Raises `NotFound` for a number that is none."""
    for number in (one, other):
        reading.a_number(id, number)
    table = table_of(StrategyVersion)
    query = service.company_wide(StrategyVersion).where(table.c.strategy_id == id, table.c.number.in_((one, other)))
    rows = {row.number: row for row in service.work.connection.execute(query)}
    for number in (one, other):
        if number not in rows:
            raise NotFound("strategy", f"{id} {number}")
    return StrategyComparison(strategy_id=id, one=one, other=other, fields=tuple(_differing(rows[one], rows[other])))


def _differing(one: Any, other: Any) -> Iterator[StrategyDifference]:
    before, after = cells(one), cells(other)
    for field in dict.fromkeys((*before, *after)):
        if before.get(field) != after.get(field):
            yield StrategyDifference(field=field, before=before.get(field), after=after.get(field))


def cells(version: Any) -> Cells:
    """A version by field, as text; what is empty is left out."""
    found = {name: str(value) for name in _PLAIN if (value := getattr(version, name)) is not None}
    for step in sorted(version.steps, key=lambda each: int(each["no"])):
        found |= {f"steps.{step['no']}.{name}": step[name] for name in _OF_STEP if step[name] is not None}
    return found
