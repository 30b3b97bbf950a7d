"""The history brought up to what a merge or a split made of customers.

Those move rows of all kinds by their own rules. Whatever they made of a class, the difference from what the history
said becomes a change, so that replaying it always gives the present state.
"""

from collections.abc import Sequence
from uuid import UUID

from oa_crm.schemas.classes import LEVEL
from oa_crm.services.classes import keeping, states
from oa_crm.services.classes.keeping import Change
from oa_crm.services.work import Work


def follow(work: Work, ids: Sequence[UUID], operation: str, cause: str, reason: str | None = None) -> None:
    """Keep and tell what became of these customers, by a constant number of statements a slice."""
    rows = {row.id: row for row in states.customers(work, ids)}
    now, then = states.present(work, list(rows.values()), held=True), states.followed(work, ids)
    changes = [
        Change(id, tree, known.value, standing.value, standing.pinned)
        for id in rows
        for tree, standing, known in states.unequal(now[id], then[id])
    ]
    keeping.keep(work, changes, cause, reason)
    keeping.tell(work, changes, rows, cause, reason)
    for one in changes:
        # The level is a column of the customer, and in the audit of the merge already.
        if one.tree != LEVEL and one.before != one.after:
            work.journal.record(operation, "customer", one.customer_id, {one.field: [one.before, one.after]}, reason)
