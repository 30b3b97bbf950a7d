"""What a host's org chart answers, read: every department and member as its columns. Whatever cannot be kept is told
with whose it is, so that one wrong entry among thousands is found."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from oa_crm.errors import InvalidInput
from oa_crm.schemas import DepartmentIn, MemberIn
from oa_crm.scope import SYSTEM_ACTOR_ID

DEPARTMENT = ("id", "name", "parent_id", "manager_id")
_MEMBER = ("id", "name", "department_id", "manager_id", "roles", "active", "external")


def departments(found: Iterable[Any]) -> dict[str, dict[str, Any]]:
    """The columns of every department, by id. Raises `InvalidInput`."""
    return _read("departments", "Department", DepartmentIn, DEPARTMENT, found)


def members(found: Iterable[Any]) -> dict[str, dict[str, Any]]:
    """The columns of every member, by id. Raises `InvalidInput`."""
    return {id: member(row) for id, row in _read("members", "Member", MemberIn, _MEMBER, found).items()}


def member(row: dict[str, Any]) -> dict[str, Any]:
    """A member's columns as they are kept. Raises `InvalidInput` for the id that is the system's own."""
    if row["id"] == SYSTEM_ACTOR_ID:
        raise InvalidInput.of("id", "the_systems_id", given=SYSTEM_ACTOR_ID)
    return {**row, "roles": sorted(set(row["roles"]))}


def _read(
    where: str, wanted: str, schema: type[DepartmentIn | MemberIn], names: tuple[str, ...], found: Iterable[Any]
) -> dict[str, dict[str, Any]]:
    if not isinstance(found, Iterable) or isinstance(found, str):
        raise InvalidInput.of(where, "not_many", given=type(found).__name__)
    rows: dict[str, dict[str, Any]] = {}
    for at, thing in enumerate(found):
        try:
            row = schema(**{name: getattr(thing, name) for name in names}).model_dump()
        except AttributeError as error:
            raise InvalidInput.of(f"{where}.{at}", "not_of_the_chart", given=repr(thing)[:80], wanted=wanted) from error
        except InvalidInput as wrong:
            whose = f"{where}.{str(thing.id or at)[:64]}"
            raise InvalidInput([replace(one, field=f"{whose}.{one.field}") for one in wrong.problems]) from None
        if row["id"] in rows:
            raise InvalidInput.of(f"{where}.{at}.id", "twice_in_the_chart", given=row["id"])
        rows[row["id"]] = row
    return rows
