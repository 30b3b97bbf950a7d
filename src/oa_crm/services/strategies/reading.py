"""Strategies and versions as they are shown, a page at a time: a page costs two statements, whatever it holds."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_

from oa_crm.errors import InvalidInput, NotFound
from oa_crm.models import Customer, Project, Strategy, StrategyReader, table_of
from oa_crm.schemas import Page, StepOut, StrategyFilter, StrategyOut, StrategyReaderOut, StrategyVersionOut
from oa_crm.services import keyset
from oa_crm.services.base import Service, shown


def a_number(id: UUID, number: int) -> None:
    """Raises `NotFound` for what is the number of no version anywhere, before a database is asked for it."""
    if not 1 <= number < 2**31:
        raise NotFound("strategy", f"{id} {number!r}")


def state(row: Any) -> str:
    """What became of a strategy: living, retired, or set aside by a merge."""
    if row.ended_at is not None:
        return "retired"
    return "living" if row.living_customer or row.living_project else "set_aside"


def steps(row: Any) -> tuple[StepOut, ...]:
    """The next steps, with those that are done."""
    done = {no: {"done_at": mark["at"], "done_by": mark["by"]} for no, mark in row.ticked.items()}
    return tuple(StepOut.model_validate({**one, **done.get(str(one["no"]), {})}) for one in row.steps)


def lives() -> ColumnElement[bool]:
    """The same as a condition for the living ones; never unknown, so that it can be turned round."""
    table = table_of(Strategy)
    return or_(table.c.living_customer.is_not(None), table.c.living_project.is_not(None))


def whole(service: Service, row: Any) -> StrategyOut:
    """One strategy with its steps and readers."""
    return shown(StrategyOut, row, **{name: how(row) for name, how in _computed(service, [row]).items()})


def living(service: Service, kind: str, thing_id: UUID) -> StrategyOut | None:
    """The living strategy of a thing that the actor sees."""
    if kind not in ("customer", "project"):
        raise InvalidInput.of("kind", "unknown_kind", kind=kind, known="customer, project")
    thing = service.one(Customer if kind == "customer" else Project, thing_id)
    table = table_of(Strategy)
    about = table.c.customer_id if kind == "customer" else table.c.project_id
    query = service.company_wide(Strategy).where(about == thing.id, table.c[f"living_{kind}"] == 1)
    row = service.work.connection.execute(query).one_or_none()
    return None if row is None else whole(service, row)


def wanted(service: Service, where: StrategyFilter) -> Select[Any]:
    """The strategies that the actor sees and asks for."""
    table = table_of(Strategy)
    equal = where.model_dump(exclude_none=True, exclude={"living"})
    query = service.select(Strategy).where(*(table.c[name] == value for name, value in equal.items()))
    if where.living is not None:
        query = query.where(lives() if where.living else ~lives())
    return query


def due(service: Service, day: date, owner_id: str | None) -> Select[Any]:
    """Living ones to be reviewed by that day; of projects, of open ones."""
    table, project = table_of(Strategy), table_of(Project)
    ours = service.company_wide(Project, project.c.id).where(project.c.state == "open")
    mine = or_(table.c.living_customer == 1, table.c.project_id.in_(ours))
    query = service.select(Strategy).where(table.c.review_on <= day, lives(), mine)
    return query if owner_id is None else query.where(table.c.owner_id == owner_id)


def page(service: Service, rows: Sequence[Any], size: int, sort: str, order: keyset.Order) -> Page[StrategyOut]:
    """The page of rows, of which there is one more where it goes on."""
    return keyset.page(list(rows), size, StrategyOut, sort, order, **_computed(service, rows[:size]))


def versions(
    service: Service, id: UUID, rows: Sequence[Any], size: int, order: keyset.Order
) -> Page[StrategyVersionOut]:
    """A page of the versions of one strategy."""
    told = _readers(service, [id])
    return keyset.page(
        list(rows), size, StrategyVersionOut, "versions", order,
        steps=lambda row: tuple(StepOut.model_validate(one) for one in row.steps),
        readers=lambda row: tuple(told[id, row.number]),
    )  # fmt: skip


def _computed(service: Service, rows: Sequence[Any]) -> dict[str, Callable[[Any], Any]]:
    """What a strategy shows beside its columns."""
    told = _readers(service, [row.id for row in rows])
    return {
        "state": state,
        "steps": steps,
        "readers": lambda row: tuple(told[row.id, row.version]),
    }


def _readers(service: Service, ids: Sequence[UUID]) -> dict[tuple[UUID, int], list[StrategyReaderOut]]:
    table = table_of(StrategyReader)
    query = service.company_wide(StrategyReader).where(table.c.strategy_id.in_(ids)).order_by(table.c.member_id)
    found: dict[tuple[UUID, int], list[StrategyReaderOut]] = defaultdict(list)
    for row in service.work.connection.execute(query) if ids else ():
        found[row.strategy_id, row.number].append(shown(StrategyReaderOut, row))
    return found
