"""A handover executed: items are copied from what is held, then every kind is given by one UPDATE over its items.

Customers are locked first, in the order of their ids. What was changed since it was copied is given to nobody: the
count of each UPDATE says so, and the whole handover is refused.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, insert, literal, select

from oa_crm.errors import StaleVersion
from oa_crm.models import Customer, HandoverItem, ProtectionExtension, table_of
from oa_crm.models.types import UtcDateTime, text
from oa_crm.services import sql
from oa_crm.services.handing import closing, helping, records
from oa_crm.services.handing.kinds import CUSTOMER, ITEM, HeldKind, Run
from oa_crm.services.handing.lists import KINDS
from oa_crm.services.handing.splitting import Split
from oa_crm.services.holding import ledger
from oa_crm.services.protection import keeping

_COPIED = ("thing_id", "receiver_id", "pool_id", "customer_id", "version", "updated_at", "updated_by")


def hold_customers(run: Run) -> dict[UUID, str]:
    """Lock what the leaver holds, by id, until we are done; the names."""
    c = table_of(Customer).c
    his = select(c.id, c.name).where(c.tenant_id == run.work.scope.tenant, c.owner_id == run.leaver)
    query = his.where(c.merged_into.is_(None)).order_by(c.id)
    return {row.id: row.name for row in run.work.connection.execute(query.with_for_update())}


def copy(run: Run, split: Split) -> dict[str, int]:
    """Write an item for everything that goes, and first for what others follow; how many of each kind. One statement a
    kind."""
    return {kind.name: _copied(run, split, kind) for kind in KINDS}


def give(
    run: Run, names: dict[UUID, str], copied: dict[str, int], grace: datetime | None, reason: str | None
) -> dict[str, int]:
    """Give everything, and write what it owes; how many plans and seats ended. As many statements for ten customers as
    for ten thousand."""
    for kind in KINDS:
        if copied[kind.name]:
            _must_be_all(kind, kind.give(run), copied[kind.name])
            records.write(run, kind, "handover.execute", reason)
    if copied[CUSTOMER.name]:
        ledger.copy_where(run.work, of_items(run), ledger.Cause.HANDOVER, reason)
        carry_extensions(run, grace, reason)
        keeping.recompute_those(run.work, ids(run))
        records.announce(run, names, reason)
    if copied["lead"]:
        records.announce_leads(run)
    return {closing.KIND: closing.end(run, reason), helping.KIND: helping.end(run, reason)}


def of_items(run: Run, *, back: bool = False) -> Any:
    """The condition on customers for those of the handover."""
    c = table_of(Customer).c
    return and_(c.tenant_id == run.work.scope.tenant, c.id.in_(ids(run, back=back)))


def ids(run: Run, *, back: bool = False) -> Any:
    """The query for the ids of its customers; with `back` of those that were put back."""
    mine = select(ITEM.c.thing_id).where(run.items(CUSTOMER.name))
    return mine.where(ITEM.c.put_back.is_not(None)) if back else mine


def _copied(run: Run, split: Split, kind: HeldKind) -> int:
    before = run.items(*(one.name for one in kind.follows))
    taken = select(ITEM.c.thing_id, ITEM.c.receiver_id).where(before).subquery("taken")
    s = split.of(kind, taken).subquery("split")
    names = [*_COPIED, *kind.keeps]
    columns: list[Any] = [s.c[name] for name in names]
    kept = s.c.kept if "kept" in s.c else kind.renamed(s, s.c.receiver_id, run.work)
    if kept is not None:
        names, columns = [*names, "kept"], [*columns, kept]
    mine = (literal(run.work.scope.tenant, text(64)), literal(run.id, ITEM.c.handover_id.type), literal(kind.name))
    wanted = insert(HandoverItem).from_select(["tenant_id", "handover_id", "kind", *names], select(*mine, *columns))
    # An INSERT keeps no count otherwise.
    counted = {"preserve_rowcount": True}
    return int(run.work.connection.execute(wanted, execution_options=counted).rowcount)


def _must_be_all(kind: HeldKind, given: int, copied: int) -> None:
    if given != copied:
        raise StaleVersion(kind="handover", expected=copied, current=given, state={"kind": kind.name})


def carry_extensions(run: Run, grace: datetime | None, reason: str | None, *, back: bool = False) -> None:
    """Days that were granted to the one before hold for the one after, where the clock is kept; and days of grace."""
    if run.clock == "restart" and not back:
        return
    e, c, work = table_of(ProtectionExtension), table_of(Customer), run.work
    # Of this day, by who hands over: the days themselves stand where they were asked for and granted.
    now, by = literal(work.journal.now(), UtcDateTime()), literal(work.scope.actor.id)
    anew = {"requested_at": now, "decided_at": now, "requested_by": by, "decided_by": by}
    own = [one for one in e.c if one.name not in ("id", "owner_no", *anew)]
    term = and_(e.c.tenant_id == c.c.tenant_id, e.c.customer_id == c.c.id, of_items(run, back=back))
    before = ITEM.c.owner_no
    held = select(sql.fresh_id(work), c.c.owner_no, *own, *anew.values()).where(
        term, ITEM.c.thing_id == c.c.id, run.items(CUSTOMER.name), e.c.owner_no == before, e.c.state == "granted",
        e.c.until > literal(work.journal.now(), UtcDateTime()),
    )  # fmt: skip
    names = ["id", "owner_no", *(one.name for one in own), *anew]
    work.connection.execute(insert(e).from_select(names, held))
    if grace is not None and not back:
        _grant(run, grace, reason)


def _grant(run: Run, until: datetime, reason: str | None) -> None:
    c, work = table_of(Customer).c, run.work
    now, by = literal(work.journal.now(), UtcDateTime()), literal(work.scope.actor.id)
    days = (until - work.journal.now()).days
    names = ["id", "tenant_id", "customer_id", "owner_no", "days", "reason", "state", "until", "requested_at",
             "requested_by", "decided_at", "decided_by"]  # fmt: skip
    row = (sql.fresh_id(work), c.tenant_id, c.id, c.owner_no, literal(days), literal(reason or "handover"),
           literal("granted"), literal(until, UtcDateTime()), now, by, now, by)  # fmt: skip
    given = select(*row).where(of_items(run), c.owner_id.is_not(None))
    work.connection.execute(insert(ProtectionExtension).from_select(names, given))
