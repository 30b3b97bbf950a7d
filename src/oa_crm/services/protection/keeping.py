"""The deadline on each customer, kept in step with the facts. There is one place for it: the end of the unit.

Nothing is written without an audit entry or an event, and these name what was touched: a project, a contract, a lead,
a customer. So whoever adds a verb need not think of the clock. Customers are locked before their facts are read, so
that of two units which change facts of one customer the later one sees both.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, case, select, union_all, update

from oa_crm.models import Contract, Customer, Lead, Project, table_of
from oa_crm.services.among import among
from oa_crm.services.protection import facts, rules
from oa_crm.services.protection.reckoning import Reckoner, Verdict
from oa_crm.services.work import Work

AT_ONCE = 500
_THROUGH = {"project": (Project, "customer_id"), "contract": (Contract, "customer_id"), "lead": (Lead, "customer_id")}
_DONE_WITH_MATTERS = ("open", "update", "comment", "close", "reopen", "hand_on")
_MATTERS = (f"{what}.{verb}" for what in ("issues", "needs") for verb in _DONE_WITH_MATTERS)
_NO_FACTS = frozenset(
    {
        "customers.create", "customers.favour", "customers.unfavour", "files.attach", "files.remove",
        "followups.add_to", "followups.comment", "plans.plan", "plans.reschedule", "plans.cancel", "plans.hand_on",
        *_MATTERS,
        "pool.sweep", "teams.end",
    }
)  # fmt: skip
"""What is audited on a customer and changes none of its facts, or keeps its deadline itself."""


def follow(work: Work) -> int:
    """Work out anew the deadlines of all customers that this unit touched; how many changed."""
    touched = _touched(work)
    return recompute(work, rules.hold(work).reckoner, touched) if touched else 0


def recompute(work: Work, reckoner: Reckoner, ids: Iterable[UUID]) -> int:
    """Work out these deadlines anew; how many changed. Three statements for five hundred."""
    wanted, changed = sorted(set(ids)), 0
    for at in range(0, len(wanted), AT_ONCE):
        some = wanted[at : at + AT_ONCE]
        lock(work, some)
        found = facts.of(work, reckoner.rules.progress, some)
        changed += write(work, [(row, reckoner.verdict(row)) for row in found])
    return changed


def recompute_those(work: Work, ids: Select[Any]) -> int:
    """The same for the customers whose ids a query names, in as many statements for a thousand as for one. They are
    locked by whoever asks."""
    reckoner = rules.hold(work).reckoner
    return write(work, [(row, reckoner.verdict(row)) for row in facts.of_those(work, reckoner.rules.progress, ids)])


def lock(work: Work, ids: Sequence[UUID]) -> None:
    """Hold these customers, in the order of their ids. SQLite has one writer."""
    if work.connection.dialect.name != "sqlite":
        c = table_of(Customer).c
        mine = (c.tenant_id == work.scope.tenant) & among(work, c.id, ids)
        work.connection.execute(select(c.id).where(mine).order_by(c.id).with_for_update()).all()


def write(work: Work, verdicts: Iterable[tuple[Any, Verdict]]) -> int:
    """Write the verdicts that differ from what the rows hold; how many they are. What was warned of is over with the
    deadline that it was about."""
    rows = [
        {"row": row.id, "until": found.until, "rule": found.rule, "at": found.sweep_at}
        for row, found in verdicts
        if (row.protected_until, row.protected_by, row.sweep_at) != (found.until, found.rule, found.sweep_at)
    ]
    if rows:
        work.connection.execute(_written(work), rows)
    return len(rows)


def _written(work: Work) -> Any:
    table, c = table_of(Customer), table_of(Customer).c
    mine = (c.tenant_id == work.scope.tenant) & (c.id == bindparam("row", type_=c.id.type))
    until = bindparam("until", type_=c.protected_until.type)
    # A deadline that went may come back, by a lock that ends or an approval that fails: then the notice begins anew.
    stands = c.warned_for == until
    warned = {name: case((stands, c[name]), else_=None) for name in ("warned_for", "warned_days", "warned_at")}
    new = {"protected_until": until, "protected_by": bindparam("rule"), "sweep_at": bindparam("at")}
    return update(table).where(mine).values(**new, **warned)


def _touched(work: Work) -> set[UUID]:
    things = work.journal.things(_NO_FACTS)
    touched = {UUID(id) for kind, id in things if kind == "customer"}
    through = sorted((kind, UUID(id)) for kind, id in things if kind in _THROUGH)
    for at in range(0, len(through), AT_ONCE):
        reads = list(_reads(work, through[at : at + AT_ONCE]))
        touched |= set(work.connection.scalars(union_all(*reads) if len(reads) > 1 else reads[0]))
    return touched


def _reads(work: Work, things: Sequence[tuple[str, UUID]]) -> Iterator[Select[Any]]:
    for kind, (model, column) in _THROUGH.items():
        if ids := [id for of, id in things if of == kind]:
            c = table_of(model).c
            yield select(c[column]).where((c.tenant_id == work.scope.tenant) & c.id.in_(ids) & c[column].is_not(None))


def walk(work: Work, slice: int) -> int | None:
    """Work out the deadlines of the next customers after a change of the rules; how many, None when all are done."""
    if not rules.read(work).waiting or not (kept := rules.hold(work, to_change=True)).waiting:
        return None
    c = table_of(Customer).c
    query = select(c.id).where(c.tenant_id == work.scope.tenant)
    if kept.walked_to is not None:
        query = query.where(c.id > kept.walked_to)
    ids = work.connection.scalars(query.order_by(c.id).limit(slice)).all()
    recompute(work, kept.reckoner, ids)
    rules.walked(work, kept.version, ids[-1] if len(ids) == slice else None)
    return len(ids)
