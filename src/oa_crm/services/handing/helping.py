"""What becomes of teams when things are handed over. As with every change of owner, a team ends with nobody's customer
and nobody helps with what is his own; and who leaves helps no more with what he gave, nor with a project at it.

Seats end and are given to nobody: who helps next is for the owner to say. Those of somebody who is gone end wherever
they are; those of who only went to another department are for the owner to end. Each is an item, whose `kept` says how
it ended, so that undoing begins it anew.
"""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    case,
    func,
    insert,
    literal,
    or_,
    select,
    union_all,
    update,
)

from oa_crm.errors import StaleVersion
from oa_crm.hooks.payloads import TeamMemberJoined, TeamMemberLeft
from oa_crm.ids import new_id
from oa_crm.models import Customer, HandoverItem, Project, TeamSeat, table_of
from oa_crm.models.types import PublicId
from oa_crm.services import access
from oa_crm.services.handing.kinds import CUSTOMER, ITEM, Run
from oa_crm.services.teaming import seats, telling
from oa_crm.services.work import Work

KIND = "team_seat"
SEAT, PROJECT = table_of(TeamSeat), table_of(Project)
_ON = and_(PROJECT.c.tenant_id == SEAT.c.tenant_id, PROJECT.c.id == SEAT.c.thing_id, SEAT.c.kind == "project")
_OF = func.coalesce(PROJECT.c.customer_id, SEAT.c.thing_id, type_=PublicId())
_AT = SEAT.outerjoin(PROJECT, _ON).join(
    CUSTOMER.table, and_(CUSTOMER.table.c.tenant_id == SEAT.c.tenant_id, CUSTOMER.table.c.id == _OF)
)
_CALLED = (
    CUSTOMER.table.c.name.label("customer"),
    CUSTOMER.table.c.owner_id,
    PROJECT.c.name.label("project"),
    PROJECT.c.owner_id.label("lead"),
)
_IS_BACK = ITEM.c.put_back.is_not(None)
_ITEM = ("tenant_id", "handover_id", "kind", "thing_id", "customer_id", "version", "updated_at", "updated_by", "kept")


def end(run: Run, reason: str | None) -> int:
    """Things were given: end the seats that may not outlive it; how many. Three statements at most."""
    ending = [_of_given(run), _at_given(run), *([_elsewhere(run)] if run.gone else [])]
    wanted = insert(HandoverItem).from_select(_ITEM, union_all(*ending))
    found = run.work.connection.execute(wanted, execution_options={"preserve_rowcount": True}).rowcount
    if not found:
        return 0
    rows = list(run.work.connection.execute(_told(run)))
    how = select(ITEM.c.kept).where(run.items(KIND), ITEM.c.thing_id == SEAT.c.id).scalar_subquery()
    said = {"ended_at": run.work.journal.now(), "ended_by": run.work.scope.actor.id, "ended_because": reason}
    theirs = and_(
        SEAT.c.tenant_id == run.work.scope.tenant, SEAT.c.id.in_(select(ITEM.c.thing_id).where(run.items(KIND)))
    )
    these = update(SEAT).where(theirs, SEAT.c.open == 1).values(open=None, ended_how=how, **said)
    if run.work.connection.execute(these).rowcount != found:
        raise StaleVersion(kind="handover", expected=found, current=len(rows), state={"kind": KIND})
    run.work.seats_changed()
    for row in rows:
        _record(run, "teams.end", row, [seats.told(dict(row._mapping)), None], reason)
        run.work.journal.emit(TeamMemberLeft, **_facts(row), how=row.how, reason=reason)
    return int(found)


def begin_again(run: Run, reason: str) -> None:
    """Things were put back: so are their teams, but for who has another seat by now. Three statements at most."""
    rows = list(run.work.connection.execute(_told(run).where(_thing_is_back(), ~_sits_again())))
    if not rows:
        return
    now, by = run.work.journal.now(), run.work.scope.actor.id
    begun = {row.id: new_id() for row in rows}
    again = [
        {**{name: row._mapping[name] for name in seats.KEPT}, "tenant_id": run.work.scope.tenant, "id": begun[row.id],
         "open": 1, "since": now, "by_id": by, "reason": reason}
        for row in rows
    ]  # fmt: skip
    run.work.connection.execute(insert(TeamSeat), again)
    marked = update(ITEM).where(run.items(KIND), ITEM.c.thing_id == bindparam("seat")).values({ITEM.c.put_back: 1})
    run.work.connection.execute(marked, [{"seat": row.id} for row in rows])
    run.work.seats_changed()
    for row in rows:
        _record(run, "teams.join", row, [None, seats.told(dict(row._mapping))], reason)
        run.work.journal.emit(TeamMemberJoined, **{**_facts(row), "seat_id": begun[row.id]}, reason=reason)


def end_own(run: Run, reason: str) -> None:
    """Things were put back: he helps no more with what is his own again, unless he did before. Two statements at
    most."""
    back = (
        and_(SEAT.c.kind == kind, SEAT.c.thing_id.in_(select(ITEM.c.thing_id).where(run.items(kind), _IS_BACK)))
        for kind in (CUSTOMER.name, "project")
    )
    query = select(SEAT, _OF.label("customer_id"), *_CALLED).select_from(_AT).where(*_his(run.work, run.leaver))
    rows = list(run.work.connection.execute(query.where(or_(*back), ~_sat_before(run)).order_by(SEAT.c.id)))
    if not rows:
        return
    these = and_(SEAT.c.tenant_id == run.work.scope.tenant, SEAT.c.id.in_([row.id for row in rows]))
    said = {"ended_at": run.work.journal.now(), "ended_by": run.work.scope.actor.id, "ended_because": reason}
    run.work.connection.execute(update(SEAT).where(these).values(open=None, ended_how="became_owner", **said))
    run.work.seats_changed()
    for row in rows:
        _record(run, "teams.end", row, [seats.told(dict(row._mapping)), None], reason)
        run.work.journal.emit(TeamMemberLeft, **_facts(row), how="became_owner", reason=reason)


def _of_given(run: Run) -> Select[Any]:
    """Seats on what was given."""
    on = and_(SEAT.c.tenant_id == ITEM.c.tenant_id, SEAT.c.kind == ITEM.c.kind, SEAT.c.thing_id == ITEM.c.thing_id)
    how = case(
        (ITEM.c.receiver_id.is_(None), "pooled"),
        (ITEM.c.receiver_id == SEAT.c.member_id, "became_owner"),
        (literal(run.leaver) == SEAT.c.member_id, "handed_over"),
    )
    given = or_(run.items(CUSTOMER.name), run.items("project"))
    return _items(run, ITEM.c.customer_id, how).select_from(ITEM.join(SEAT, on)).where(
        given, SEAT.c.open == 1, how.is_not(None)
    )  # fmt: skip


def _at_given(run: Run) -> Select[Any]:
    """Seats of the leaver on projects of others at customers that were given."""
    customers = select(ITEM.c.thing_id).where(run.items(CUSTOMER.name))
    his = and_(SEAT.c.tenant_id == run.work.scope.tenant, SEAT.c.member_id == run.leaver, SEAT.c.open == 1)
    others = SEAT.c.thing_id.not_in(select(ITEM.c.thing_id).where(run.items("project")))
    query = _items(run, PROJECT.c.customer_id, literal("handed_over")).select_from(SEAT.join(PROJECT, _ON))
    return query.where(his, PROJECT.c.customer_id.in_(customers), others)


def _elsewhere(run: Run) -> Select[Any]:
    """Seats of who is gone on whatever was not given, within the actor's limits."""
    named = ITEM.alias("named")
    same = and_(named.c.tenant_id == SEAT.c.tenant_id, named.c.handover_id == run.id)
    of_given = and_(named.c.kind == SEAT.c.kind, named.c.thing_id == SEAT.c.thing_id)
    at_given = and_(named.c.kind == CUSTOMER.name, named.c.thing_id == PROJECT.c.customer_id)
    given = select(named.c.thing_id).where(same, or_(of_given, at_given)).correlate(SEAT, PROJECT)
    return _items(run, _OF, literal("handed_over")).select_from(_AT).where(
        *_his(run.work, run.leaver), *_limits(run.work), ~given.exists()
    )  # fmt: skip


def count(work: Work, leaver: str, *, every: bool = False) -> int:
    """In how many teams he sits, within the actor's limits; with `every` also beyond them. One statement."""
    limits = [] if every else _limits(work)
    return int(work.connection.scalar(select(func.count()).select_from(_AT).where(*_his(work, leaver), *limits)) or 0)


def hides(work: Work, leaver: str) -> bool:
    """Whether he sits in a team that the actor's limits keep from him."""
    return bool(_limits(work)) and count(work, leaver) != count(work, leaver, every=True)


def _his(work: Work, leaver: str) -> list[ColumnElement[bool]]:
    return [SEAT.c.tenant_id == work.scope.tenant, SEAT.c.member_id == leaver, SEAT.c.open == 1]


def _limits(work: Work) -> list[ColumnElement[bool]]:
    """The actor's limits on customers and projects, where these are what a seat is on."""
    of_projects = (or_(PROJECT.c.id.is_(None), one) for one in access.limits_on(work, Project))
    return [*access.limits_on(work, Customer), *of_projects]


def _items(run: Run, customer: Any, how: ColumnElement[Any]) -> Select[Any]:
    mine = (SEAT.c.tenant_id, literal(run.id, ITEM.c.handover_id.type), literal(KIND), SEAT.c.id, customer)
    return select(*mine, literal(1), SEAT.c.since, SEAT.c.by_id, how.label("how"))


def _told(run: Run) -> Select[Any]:
    """The seats that the handover ended, with what an event says of them."""
    c = table_of(Customer)
    at = and_(c.c.tenant_id == ITEM.c.tenant_id, c.c.id == ITEM.c.customer_id)
    of = and_(SEAT.c.tenant_id == ITEM.c.tenant_id, SEAT.c.id == ITEM.c.thing_id)
    joined = ITEM.join(SEAT, of).join(c, at).outerjoin(PROJECT, _ON)
    query = select(SEAT, ITEM.c.customer_id, ITEM.c.kept.label("how"), *_CALLED).select_from(joined)
    return query.where(run.items(KIND)).order_by(SEAT.c.id)


def _thing_is_back() -> ColumnElement[bool]:
    """What the seat was on went back to the leaver; of a project of another, its customer; or neither was given."""
    given = ITEM.alias("given")
    same = and_(given.c.tenant_id == ITEM.c.tenant_id, given.c.handover_id == ITEM.c.handover_id)
    itself = and_(same, given.c.kind == SEAT.c.kind, given.c.thing_id == SEAT.c.thing_id)
    customer = and_(same, given.c.kind == CUSTOMER.name, given.c.thing_id == ITEM.c.customer_id)
    there, back = select(given.c.thing_id), given.c.put_back.is_not(None)
    by_itself = there.where(itself, back).correlate(ITEM, SEAT).exists()
    by_customer = there.where(customer, back).correlate(ITEM, SEAT).exists()
    itself_given, customer_given = (there.where(one).correlate(ITEM, SEAT).exists() for one in (itself, customer))
    return or_(by_itself, and_(~itself_given, or_(by_customer, ~customer_given)))


def _sat_before(run: Run) -> ColumnElement[bool]:
    """The handover ended a seat of the same person on the same thing."""
    before = SEAT.alias("before")
    same = [before.c[name] == SEAT.c[name] for name in ("tenant_id", "kind", "thing_id", "member_id")]
    ended = select(ITEM.c.thing_id).where(run.items(KIND))
    return select(before.c.id).where(*same, before.c.id.in_(ended)).correlate(SEAT).exists()


def _sits_again() -> ColumnElement[bool]:
    other = SEAT.alias("other")
    same = [other.c[name] == SEAT.c[name] for name in ("tenant_id", "kind", "thing_id", "member_id")]
    return select(other.c.id).where(*same, other.c.open == 1).correlate(SEAT).exists()


def _record(run: Run, operation: str, row: Any, change: list[Any], reason: str | None) -> None:
    run.work.journal.record(operation, row.kind, row.thing_id, {"team": change}, reason)


def _facts(row: Any) -> dict[str, Any]:
    customer = telling.Thing(row.customer_id, row.customer, row.owner_id)
    project = telling.Thing(row.thing_id, row.project, row.lead) if row.kind == "project" else None
    return telling.facts(row, customer, project)
