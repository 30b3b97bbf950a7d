"""One customer comes to somebody, or goes back to a pool. The count of one conditional UPDATE decides who was first.

Every function runs in the caller's savepoint, writes the ledger, the audit and the event, and answers the row as it is
then. Whoever gets a customer has room for it: his gate is taken before the customer's row, so nobody waits in a ring.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select, update

from oa_crm.errors import Forbidden, IllegalState, InvalidInput, NotFound
from oa_crm.hooks.drafts import OwnerChangeDraft
from oa_crm.hooks.ports import Reach
from oa_crm.models import Customer, table_of
from oa_crm.services import access, duties, people, planned
from oa_crm.services.base import Service, must_be
from oa_crm.services.holding import kept, ledger, limits, routing, telling
from oa_crm.services.holding.first import first_pool
from oa_crm.services.holding.ledger import Cause
from oa_crm.services.teaming import ending
from oa_crm.services.work import Work

_RELEASED = "customer released"


def assign(service: Service, id: UUID, to: str, reason: str | None) -> Any:
    """Somebody who may gives a customer of a pool to a member."""
    work = service.work
    row, pool = _pooled(service, id)
    owner = people.receiver(work, "customer", to, anybody=kept.admin_of(work, pool))
    limits.make_room(work, owner, [id])
    return _give(service, row, owner, Cause.ASSIGN, reason)


def transfer(service: Service, id: UUID, to: str, expected_version: int, reason: str, *, dissolve: bool = False) -> Any:
    """A customer goes from its owner to another member, with its team unless that shall `dissolve`."""
    row = service.one(Customer, id, "transfer")
    service.fresh(Customer, row, expected_version)
    must_be("customer", "in_pool" if row.owner_id is None else "owned", "owned")
    owner = people.receiver(service.work, "customer", to)
    if owner == row.owner_id:
        raise InvalidInput.of("to", "same_owner", owner=owner)
    limits.make_room(service.work, owner, [id])
    given = _give(service, row, owner, Cause.TRANSFER, reason)
    planned.hand_on(service, Customer, id, row.owner_id, owner)
    duties.hand_on(service.work, id, row.owner_id, owner, reason)
    ending.owner_changed(service.work, [id], dissolve=dissolve)
    return given


def release(service: Service, id: UUID, expected_version: int, reason: str, pool_id: UUID | None) -> Any:
    """Its owner, or who stands above him, puts a customer back: into `pool_id`, or where it falls."""
    row = service.one(Customer, id, "release")
    service.fresh(Customer, row, expected_version)
    must_be("customer", "in_pool" if row.owner_id is None else "owned", "owned")
    into = _into(service, row.id, pool_id)
    freed = _move(service, row, {"owner_id": None, "pool_id": into}, Cause.RELEASE, reason, next_contact_on=None)
    planned.end(service, Customer, [id], _RELEASED)
    ending.owner_changed(service.work, [id])
    return freed


def move(service: Service, id: UUID, pool_id: UUID, reason: str | None) -> Any:
    """From one pool to another, by who runs both. It waits there as one that has just come."""
    row, pool = _pooled(service, id)
    into = kept.one_open(service.work, pool_id)
    for one in (pool, into):
        if not kept.admin_of(service.work, one):
            raise not_his(service, one, "administer")
    return _move(service, row, {"owner_id": None, "pool_id": into.id}, Cause.MOVE, reason)


def lock(service: Service, id: UUID, expected_version: int, locked: bool) -> Any:
    """Keep a customer from being recycled, or no longer."""
    work = service.work
    row = service.one(Customer, id, "lock")
    service.fresh(Customer, row, expected_version)
    must_be("customer", "in_pool" if row.owner_id is None else "owned", "owned")
    if locked and row.locked_at is None:
        limits.may_lock(work, row.owner_id)
    at = (row.locked_at or work.journal.now()) if locked else None
    service.change(Customer, row, expected_version, locked_at=at)
    operation = "pool.lock" if locked else "pool.unlock"
    changes = {} if row.locked_at == at else {"locked_at": [_told(row.locked_at), _told(at)]}
    work.journal.record(operation, "customer", id, changes)
    return read_back(service, id)


def read_back(service: Service, id: UUID) -> Any:
    """The row as it is now. Whoever gave a customer away may not see it any more; he still gets his answer."""
    return service.work.connection.execute(service.company_wide(Customer).where(table_of(Customer).c.id == id)).one()


def placed(service: Service, row: Any, action: str) -> Any:
    """The pool that a customer lies in. Raises `not_found` and `forbidden` for whom it is not there."""
    work, pool = service.work, kept.pool_of(service.work, row)
    if work.who.external and not kept.member_of(work, pool):
        raise NotFound("customer", row.id)
    if not kept.admin_of(work, pool):
        access.require(work, action, "customer")
        if action == "assign" and not stands_above(work):
            raise not_his(service, pool, action)
    return pool


def _pooled(service: Service, id: UUID) -> tuple[Any, Any]:
    """A customer in a pool, and its pool. Who may not know of it learns that there is none."""
    work, table = service.work, table_of(Customer)
    kept.must_run_one(work, "assign")
    free = and_(access.nobodys(work, Customer), *access.still_there(Customer))
    row = work.connection.execute(select(table).where(free, table.c.id == id)).one_or_none()
    if row is None:
        raise _not_free(service, id)
    if row.pool_id is None:
        first_pool(service)
        row = read_back(service, id)
    return row, placed(service, row, "assign")


def _not_free(service: Service, id: UUID) -> IllegalState:
    row = service.one(Customer, id)
    state = "in_pool" if row.owner_id is None else "owned"
    return IllegalState(kind="customer", state=state, allowed=("in_pool",))


def stands_above(work: Work) -> bool:
    """Who reaches further than himself gives customers of any pool to his people."""
    return work.runtime.ports.authorizer.reach(work.who, "assign", "customer") not in (Reach.NONE, Reach.OWN)


def not_his(service: Service, pool: Any, action: str = "claim") -> Forbidden:
    """The refusal for somebody who has no seat in a pool."""
    return access.refusal(
        service.work, action, "customer", f"{service.work.who.id} has no seat in the pool {pool.name}"
    )


def _into(service: Service, id: UUID, pool_id: UUID | None) -> UUID:
    if pool_id is None:
        return routing.routes(service, [id])[id]
    return kept.one_open(service.work, pool_id).id  # type: ignore[no-any-return]


def _give(service: Service, row: Any, owner: str, cause: Cause, reason: str | None = None) -> Any:
    return _move(service, row, {"owner_id": owner, "pool_id": None}, cause, reason)


def _move(service: Service, row: Any, to: Mapping[str, Any], cause: Cause, reason: str | None, **ended: Any) -> Any:
    """The one UPDATE, which holds only if the customer is still where it was read, and what it owes."""
    work, table = service.work, table_of(Customer)
    ask_plugins(service, row, to, cause, reason)
    same = and_(
        table.c.tenant_id == work.scope.tenant, table.c.id == row.id, table.c.owner_no == row.owner_no,
        table.c.merged_into.is_(None),
    )  # fmt: skip
    stamps = {"updated_at": work.journal.now(), "updated_by": work.scope.actor.id, "version": table.c.version + 1}
    values = {**to, **ended, **ledger.turned(work), **stamps}
    if work.connection.execute(update(table).where(same).values(values)).rowcount != 1:
        raise _not_free(service, row.id) if row.owner_id is None else _gone(service, row)
    ledger.keep(work, [row.id], cause, reason)
    tell(service, row, to, cause, reason)
    return read_back(service, row.id)


def _gone(service: Service, row: Any) -> Exception:
    service.one(Customer, row.id)
    now = read_back(service, row.id)
    return IllegalState(kind="customer", state="in_pool" if now.owner_id is None else "owned", allowed=("unchanged",))


def tell(service: Service, row: Any, to: Mapping[str, Any], cause: Cause, reason: str | None) -> None:
    """Keep and announce who has a customer now, that was read before as `row`."""
    work = service.work
    changes = {name: [_told(getattr(row, name)), _told(new)] for name, new in to.items() if getattr(row, name) != new}
    work.journal.record(f"pool.{cause.value}", "customer", row.id, changes, reason)
    telling.owner_changed(work, row._mapping, to, cause, reason)


def ask_plugins(service: Service, row: Any, to: Mapping[str, Any], cause: Cause, reason: str | None) -> None:
    """See that no plugin objects. Raises `vetoed`."""
    work = service.work
    draft = OwnerChangeDraft(
        customer_id=row.id,
        name=row.name,
        cause=cause.value,
        owner_id=to["owner_id"],
        pool_id=to["pool_id"],
        former_owner_id=row.owner_id,
        former_pool_id=row.pool_id,
        region=row.region,
        industry=row.industry,
        level=row.level,
        reason=reason,
    )
    work.runtime.dispatcher.check_customer_owner_change(service.check_context(), draft, work.plugin_active)


def _told(value: Any) -> Any:
    return value if value is None or isinstance(value, str) else str(value)
