"""What one receiver got by a handover, to be read on his first day. Everything is read as whoever asks may see it, and
as it stands now; as many statements for one customer as for five hundred."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, select, true

from oa_crm.models import Contract, Customer, FollowUp, Matter, Member, Plan, Project, Strategy, table_of
from oa_crm.schemas import (
    CustomerOut,
    FollowUpOut,
    HandedCustomer,
    HandedThing,
    HandoverDocument,
    HandoverOut,
    MatterOut,
    PlanOut,
    StrategyInFile,
)
from oa_crm.services import access, cursors, looking, notes, pages, routes
from oa_crm.services.base import Service, shown
from oa_crm.services.customer_file.deals import project_out
from oa_crm.services.handing import holdings
from oa_crm.services.handing.kinds import CUSTOMER, ITEM, HeldKind, Run
from oa_crm.services.handing.lists import APPROVAL, KINDS
from oa_crm.services.strategies import reading

MOST_THINGS = 500
_SORT = "handover_document"
_UNDER_WAY = {
    Project: ("open", "won"),
    Contract: ("draft", "in_approval", "rejected", "approved"),
    Matter: ("open",),
    Plan: ("planned",),
}
_PEOPLE = ("owner_id", "assignee_id", "created_by")


def of(
    service: Service, handover: HandoverOut, receiver: str, counts: dict[str, int], after: str | None, limit: int | None
) -> HandoverDocument:
    """A page of the receiver's customers, and the other things that he got. Some twenty statements."""
    work, size = service.work, pages.size(service.work, limit)
    run = Run(work, handover.id, handover.leaver_id, tuple(one.member_id for one in handover.receivers))
    rows = list(work.connection.execute(_customers(service, run, receiver, after).limit(size + 1)))
    customers = _told(service, rows[:size])
    for one in customers:
        looking.opened(work, one.customer)
    things = tuple(_things(service, run, receiver))
    return HandoverDocument(
        handover=handover,
        receiver_id=receiver,
        counts=counts,
        customers=customers,
        next=cursors.write(_SORT, [str(rows[size - 1].id)]) if len(rows) > size else None,
        things=things,
        names=_names(service, handover, receiver, customers),
        read_at=work.journal.now(),
        read_by=work.scope.actor.id,
    )


def _customers(service: Service, run: Run, receiver: str, after: str | None) -> Select[Any]:
    """Those that he got and still has."""
    c = table_of(Customer).c
    his = select(ITEM.c.thing_id).where(run.items(CUSTOMER.name), ITEM.c.receiver_id == receiver)
    query = service.select(Customer).where(c.id.in_(his), c.owner_id == receiver)
    if after is not None:
        (last,) = cursors.read(_SORT, after, 1)
        query = query.where(c.id > cursors.value(UUID, last))
    return query.order_by(c.id)


def _told(service: Service, rows: list[Any]) -> tuple[HandedCustomer, ...]:
    ids = [row.id for row in rows]
    found = {model: _at(service, model, ids, states) for model, states in _UNDER_WAY.items()}
    talks, strategies = _last_talks(service, ids), _strategies(service, ids)
    return tuple(
        HandedCustomer(
            customer=shown(CustomerOut, row),
            protected_until=row.protected_until,
            last_talk=talks.get(row.id),
            projects=tuple(map(project_out, found[Project][row.id])),
            contracts=tuple(map(routes.contract_out, found[Contract][row.id])),
            matters=tuple(shown(MatterOut, one) for one in found[Matter][row.id]),
            plans=tuple(shown(PlanOut, one) for one in found[Plan][row.id]),
            strategies=tuple(strategies[row.id]),
        )
        for row in rows
    )


def _at(service: Service, model: Any, ids: list[UUID], states: Iterable[str]) -> dict[UUID, list[Any]]:
    c = table_of(model).c
    query = service.select(model).where(c.customer_id.in_(ids), c.state.in_(states)).order_by(c.id)
    return _by_customer(service, query)


def _strategies(service: Service, ids: list[UUID]) -> dict[UUID, list[StrategyInFile]]:
    c, found = table_of(Strategy).c, defaultdict[UUID, list[StrategyInFile]](list)
    living = service.select(Strategy).where(c.customer_id.in_(ids), reading.lives()).order_by(c.id)
    for id, rows in _by_customer(service, living).items():
        found[id] = [shown(StrategyInFile, one, state=reading.state(one), steps=reading.steps(one)) for one in rows]
    return found


def _last_talks(service: Service, ids: list[UUID]) -> dict[UUID, FollowUpOut]:
    """The talk of that moment which every customer's row names as its last."""
    talk, c = table_of(FollowUp).c, table_of(Customer).c
    last = and_(c.tenant_id == talk.tenant_id, c.id == talk.customer_id, c.last_follow_up_at == talk.happened_at)
    query = service.select(FollowUp).join_from(table_of(FollowUp), table_of(Customer), last)
    rows = service.work.connection.execute(query.where(talk.customer_id.in_(ids)).order_by(talk.id))
    last_of = {row.customer_id: shown(FollowUpOut, row) for row in rows}
    return dict(zip(last_of, notes.with_notes(service, tuple(last_of.values())), strict=True))


def _by_customer(service: Service, query: Select[Any]) -> dict[UUID, list[Any]]:
    found = defaultdict[UUID, list[Any]](list)
    for row in service.work.connection.execute(query):
        found[row.customer_id].append(row)
    return found


def _things(service: Service, run: Run, receiver: str) -> Iterable[HandedThing]:
    """What he got and still has that is at none of the customers which he got: those stand with theirs. Only what the
    actor may see; of views, pools and what waits for somebody he knows by the handover."""
    mine = select(ITEM.c.thing_id).where(run.items(CUSTOMER.name), ITEM.c.receiver_id == receiver)
    for kind in KINDS:
        if kind is CUSTOMER:
            continue
        t = kind.table
        elsewhere = ITEM.c.customer_id.is_(None) | ITEM.c.customer_id.not_in(mine)
        got = and_(run.items(kind.name), ITEM.c.receiver_id == receiver, elsewhere, kind.still(run))
        seen = access.visible(service.work, kind.model) if kind.needs_right else true()
        query = select(t.c.id, _title(kind).label("title")).join_from(
            ITEM, t, and_(t.c.tenant_id == ITEM.c.tenant_id, t.c.id == ITEM.c.thing_id)
        )
        rows = service.work.connection.execute(query.where(got, seen).order_by(t.c.id).limit(MOST_THINGS))
        for row in rows:
            yield HandedThing(kind=kind.name, id=row.id, title=holdings.title(service.work, kind, row, row.id))


def _title(kind: HeldKind) -> Any:
    if kind is not APPROVAL:
        return kind.table.c[kind.title]
    contract, approval = table_of(Contract), kind.table
    same = and_(contract.c.tenant_id == approval.c.tenant_id, contract.c.id == approval.c.thing_id)
    return select(contract.c.title).where(same).scalar_subquery()


def _names(
    service: Service, handover: HandoverOut, receiver: str, customers: Iterable[HandedCustomer]
) -> dict[str, str]:
    told = [
        row for one in customers for row in (one.last_talk, *one.projects, *one.contracts, *one.matters, *one.plans)
    ]
    ids = {getattr(one, name, None) for one in told for name in _PEOPLE}
    ids |= {step.who_id for one in customers for plan in one.strategies for step in plan.steps}
    ids |= {handover.leaver_id, handover.superior_id, handover.executed_by, receiver, service.work.scope.actor.id}
    m = table_of(Member).c
    query = service.company_wide(Member, m.id, m.name).where(m.id.in_(sorted(one for one in ids if one is not None)))
    return {row.id: row.name for row in service.work.connection.execute(query)}
