"""Extensions: an owner asks for more days, and his manager gives them or does not. A grant holds for his term alone."""

from typing import Any
from uuid import UUID

from sqlalchemy import and_, false, func, select, update

from oa_crm.errors import IllegalState, InvalidInput, NotFound
from oa_crm.hooks.payloads import ExtensionDecided, ExtensionRequested
from oa_crm.hooks.ports import Reach
from oa_crm.ids import new_id
from oa_crm.models import Customer, Member, ProtectionExtension, table_of
from oa_crm.schemas.protection import ExtensionIn, ExtensionOut
from oa_crm.services import access
from oa_crm.services.base import Service, shown, words
from oa_crm.services.protection import facts, rules
from oa_crm.services.protection.calendars import ONE

KIND = "extension"
STATES = ("requested", "granted", "refused")


def request(service: Service, wanted: ExtensionIn) -> ExtensionOut:
    """Ask for more days for a customer that the actor may write to and that somebody has."""
    work = service.work
    row = service.one(Customer, wanted.customer_id, "write", lock=True)
    kept = rules.read(work).reckoner.rules
    if row.owner_id is None:
        raise IllegalState(kind="customer", state="in_pool", allowed=("owned",))
    if wanted.days > kept.extension_days:
        raise InvalidInput.of("days", "extension_too_long", days=wanted.days, longest=kept.extension_days)
    if _open_or_granted(service, row) >= kept.extensions:
        raise InvalidInput.of("customer_id", "extensions_used_up", limit=kept.extensions)
    id, now = new_id(), work.journal.now()
    service.add(
        ProtectionExtension,
        id=id,
        customer_id=row.id,
        owner_no=row.owner_no,
        days=wanted.days,
        reason=wanted.reason,
        state="requested",
        requested_at=now,
        requested_by=work.scope.actor.id,
    )
    work.journal.record("pool.extend", KIND, id, {"days": [None, wanted.days]}, wanted.reason)
    work.journal.emit(
        ExtensionRequested,
        **_about(row),
        extension_id=id,
        days=wanted.days,
        reason=wanted.reason,
        requested_by=work.scope.actor.id,
        manager_id=_manager(service, row.owner_id),
    )
    return read(service, id)


def decide(service: Service, operation: str, id: UUID, state: str, comment: str | None) -> ExtensionOut:
    """Grant or refuse. A request of an owner who lost the customer meanwhile can only be refused."""
    work, asked = service.work, read(service, id)
    access.require(work, "extend", "customer")
    if asked.requested_by == work.scope.actor.id:
        raise access.refusal(work, "extend", "customer", "nobody grants his own request")
    note = None if comment is None else words("comment", comment, "empty_comment")
    row = service.work.connection.execute(
        service.company_wide(Customer).where(table_of(Customer).c.id == asked.customer_id).with_for_update()
    ).one()
    if row.owner_id == work.scope.actor.id:
        raise access.refusal(work, "extend", "customer", "nobody extends his own protection")
    until = _until(service, row, id, asked.days) if state == "granted" else None
    table = table_of(ProtectionExtension)
    mine = and_(_decidable(service), table.c.id == id, table.c.state == "requested")
    stamp = {"decided_at": work.journal.now(), "decided_by": work.scope.actor.id, "comment": note}
    if work.connection.execute(update(table).where(mine).values(state=state, until=until, **stamp)).rowcount != 1:
        raise IllegalState(kind=KIND, state=read(service, id).state, allowed=("requested",))
    work.journal.record(operation, KIND, id, {"state": ["requested", state]}, note)
    work.journal.record(operation, "customer", row.id, {"extended_until": [None, until]}, note)
    work.journal.emit(
        ExtensionDecided,
        **_about(row),
        extension_id=id,
        requested_by=asked.requested_by,
        granted=state == "granted",
        until=until,
        comment=note,
    )
    return read(service, id)


def read(service: Service, id: UUID) -> ExtensionOut:
    """One request. Raises `NotFound` for those who neither asked nor decide."""
    table = table_of(ProtectionExtension)
    row = service.work.connection.execute(select(table).where(seen(service), table.c.id == id)).one_or_none()
    if row is None:
        raise NotFound(KIND, id)
    return shown(ExtensionOut, row)


def seen(service: Service) -> Any:
    """His own, and those of people whom he may decide for."""
    table, scope = table_of(ProtectionExtension), service.work.scope
    own = and_(table.c.tenant_id == scope.tenant, table.c.requested_by == scope.actor.id)
    return own | _decidable(service)


def _decidable(service: Service) -> Any:
    table, who = table_of(ProtectionExtension), service.work.who
    reach = service.work.runtime.ports.authorizer.reach(who, "extend", "customer")
    if reach is Reach.NONE:
        return false()
    mine = table.c.tenant_id == who.tenant
    if who.is_system:
        return mine
    people = select(Member.id).where(Member.tenant_id == who.tenant, access.members_within(who, reach))
    return and_(mine, table.c.requested_by.in_(people))


def _until(service: Service, row: Any, id: UUID, days: int) -> Any:
    """So many days after the deadline that holds now, or after today where that is past."""
    table = table_of(ProtectionExtension)
    mine = and_(table.c.tenant_id == service.work.scope.tenant, table.c.id == id)
    asked_in = service.work.connection.scalar(select(table.c.owner_no).where(mine))
    if row.owner_id is None or row.merged_into is not None or row.owner_no != asked_in:
        raise IllegalState(kind="customer", state="in_pool", allowed=("owned",))
    reckoner = rules.read(service.work).reckoner
    (found,) = facts.of(service.work, reckoner.rules.progress, [row.id])
    until, today = reckoner.verdict(found).until, service.work.journal.now()
    days_ = reckoner.days
    last = days_.of(today) if until is None else max(days_.before(until), days_.of(today))
    return days_.end(last + days * ONE)


def _open_or_granted(service: Service, row: Any) -> int:
    c = table_of(ProtectionExtension).c
    this_term = and_(c.tenant_id == service.work.scope.tenant, c.customer_id == row.id, c.owner_no == row.owner_no)
    count = select(func.count()).where(this_term, c.state.in_(("requested", "granted")))
    return int(service.work.connection.scalar(count) or 0)


def _manager(service: Service, owner: str) -> str | None:
    mine = and_(Member.tenant_id == service.work.scope.tenant, Member.id == owner)
    return service.work.connection.scalar(select(Member.manager_id).where(mine))


def _about(row: Any) -> dict[str, Any]:
    return {"customer_id": row.id, "name": row.name, "owner_id": row.owner_id}
