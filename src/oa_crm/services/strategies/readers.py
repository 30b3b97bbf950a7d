"""Who is told of a version, and who has acknowledged it.

Told are those who lead the strategy's owner: his manager and the head of his department, as far as they are there, may
see the strategy and did not write the version. Who they are is kept with the version, so that a change of the org chart
does not change who was asked.
"""

from collections.abc import Collection, Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, select, update
from sqlalchemy.exc import IntegrityError

from oa_crm.errors import IllegalState, NotFound, UnknownActor
from oa_crm.models import Department, Member, Strategy, StrategyReader, StrategyVersion, table_of
from oa_crm.schemas import StrategyOut
from oa_crm.services import access
from oa_crm.services.base import Service
from oa_crm.services.strategies import reading
from oa_crm.services.work import who_is


def ask(service: Service, row: Any) -> tuple[str, ...]:
    """Ask those who lead the owner to acknowledge the version that the row holds; who they are."""
    told = tuple(seeing(service, row.id, _leaders(service, row.owner_id) - {service.work.scope.actor.id}))
    of = {"strategy_id": row.id, "number": row.version, "waits": 1}
    service.add_many(StrategyReader, [{**of, "member_id": one} for one in told])
    return told


def seeing(service: Service, id: UUID, members: Collection[str]) -> Iterator[str]:
    """Those of the members who are there and may see the strategy."""
    work, table = service.work, table_of(Strategy)
    for member in sorted(members):
        try:
            who = who_is(work.connection, work.scope.tenant, member).who
        except UnknownActor:
            continue
        seen = and_(table.c.tenant_id == work.scope.tenant, access.allowed_rows(work, who, Strategy, "read"))
        if work.connection.execute(select(table.c.id).where(seen, table.c.id == id)).first():
            yield member


def acknowledge(service: Service, id: UUID, number: int) -> StrategyOut:
    """Once for each person and version."""
    row, me = service.one(Strategy, id), service.work.scope.actor.id
    version = _version(service, id, number)
    if version.by == me:
        raise access.refusal(service.work, "read", "strategy", "nobody acknowledges what he wrote himself")
    now, table = service.work.journal.now(), table_of(StrategyReader)
    mine = and_(
        table.c.tenant_id == service.work.scope.tenant,
        table.c.strategy_id == id,
        table.c.number == number,
        table.c.member_id == me,
    )
    waits = update(table).where(mine, table.c.waits == 1).values(waits=None, acknowledged_at=now)
    if service.work.connection.execute(waits).rowcount != 1:
        _unasked(service, id, number, now)
    service.work.journal.record("strategies.acknowledge", "strategy", id, {"acknowledged": [None, number]})
    return reading.whole(service, row)


def waits_for(service: Service) -> ColumnElement[bool]:
    """That the present version waits for the actor."""
    strategy, reader = table_of(Strategy), table_of(StrategyReader)
    return exists().where(
        reader.c.tenant_id == service.work.scope.tenant,
        reader.c.member_id == service.work.who.id,
        reader.c.waits == 1,
        reader.c.strategy_id == strategy.c.id,
        reader.c.number == strategy.c.version,
    )


def _unasked(service: Service, id: UUID, number: int, now: Any) -> None:
    """Somebody who was not asked says that he knows it. Raises `IllegalState` for who has said so."""
    mine = {"strategy_id": id, "number": number, "member_id": service.work.scope.actor.id}
    try:
        with service.work.connection.begin_nested():
            service.add(StrategyReader, **mine, waits=None, acknowledged_at=now)
    except IntegrityError:
        raise IllegalState(kind="strategy", state="acknowledged", allowed=("unacknowledged",)) from None


def _version(service: Service, id: UUID, number: int) -> Any:
    reading.a_number(id, number)
    table = table_of(StrategyVersion)
    query = service.company_wide(StrategyVersion).where(table.c.strategy_id == id, table.c.number == number)
    row = service.work.connection.execute(query).one_or_none()
    if row is None:
        raise NotFound("strategy", f"{id} {number}")
    return row


def _leaders(service: Service, owner: str) -> set[str]:
    member, department = table_of(Member), table_of(Department)
    of_his = and_(department.c.tenant_id == member.c.tenant_id, department.c.id == member.c.department_id)
    query = select(member.c.manager_id, department.c.manager_id.label("head"))
    query = query.select_from(member.outerjoin(department, of_his))
    mine = query.where(member.c.tenant_id == service.work.scope.tenant, member.c.id == owner)
    row = service.work.connection.execute(mine).one_or_none()
    return set() if row is None else {one for one in row if one is not None} - {owner}
