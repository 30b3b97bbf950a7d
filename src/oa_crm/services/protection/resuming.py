"""A clock that goes on where it stood: a split gives a customer back to who had it before the merge.

His lock and the days that he was granted hold again. A deadline that passed meanwhile does not come back: nobody could
do anything for it while the customer was another's, so the clock begins anew. He is warned anew unless he was warned of
this very deadline.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import and_, insert, literal, select, update

from oa_crm.models import Customer, ProtectionExtension, table_of
from oa_crm.models.types import UtcDateTime
from oa_crm.services import sql
from oa_crm.services.protection import facts, rules
from oa_crm.services.work import Work

_WARNED = ("warned_for", "warned_days", "warned_at")
TERM = ("owner_no", "owner_since", "created_at", "clock_from", "locked_at", *_WARNED)
"""What has to be kept of a customer for its clock to go on."""


def resume(work: Work, id: UUID, term: Mapping[str, Any]) -> None:
    """The customer, which is locked, has just come back to who had it in this `term`: so does the clock."""
    _carry_extensions(work, id, term["owner_no"])
    counts_from = term["clock_from"] or term["owner_since"] or term["created_at"]
    _set(work, id, clock_from=counts_from, locked_at=term["locked_at"])
    kept = rules.hold(work).reckoner
    (row,) = facts.of(work, kept.rules.progress, [id])
    until = kept.verdict(row).until
    if until is not None and until <= work.journal.now():
        _set(work, id, clock_from=None)
    elif until is not None and until == term["warned_for"]:
        _set(work, id, **{name: term[name] for name in _WARNED})


def _carry_extensions(work: Work, id: UUID, before: int) -> None:
    e, c = table_of(ProtectionExtension), table_of(Customer)
    # Of this day, by who splits: the days themselves stand where they were asked for and granted.
    now, by = literal(work.journal.now(), UtcDateTime()), literal(work.scope.actor.id)
    anew = {"requested_at": now, "decided_at": now, "requested_by": by, "decided_by": by}
    own = [one for one in e.c if one.name not in ("id", "owner_no", *anew)]
    term = and_(e.c.tenant_id == c.c.tenant_id, e.c.customer_id == c.c.id, e.c.owner_no == before)
    here = and_(c.c.tenant_id == work.scope.tenant, c.c.id == id)
    to_come = and_(e.c.state == "granted", e.c.until > now)
    held = select(sql.fresh_id(work), c.c.owner_no, *own, *anew.values()).where(term, here, to_come)
    names = ["id", "owner_no", *(one.name for one in own), *anew]
    work.connection.execute(insert(e).from_select(names, held))


def _set(work: Work, id: UUID, **values: Any) -> None:
    c = table_of(Customer).c
    these = and_(c.tenant_id == work.scope.tenant, c.id == id)
    work.connection.execute(update(table_of(Customer)).where(these).values(**values))
