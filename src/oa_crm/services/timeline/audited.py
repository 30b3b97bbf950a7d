"""Sources that are the audit itself: what was done to a thing, with the values before and after."""

from oa_crm.models import AuditEntry, Base
from oa_crm.services.timeline import rows
from oa_crm.services.timeline.source import Rows, Source


def audited(
    name: str,
    kind: str,
    found: Rows,
    needs: tuple[type[Base], ...] = (),
    *,
    thing: str | None = None,
    customers_only: bool = False,
    scattered: bool = True,
) -> Source:
    """What was done to things of a kind. Each entry is called as the act was."""
    return Source(
        name,
        kind,
        AuditEntry,
        found,
        thing or kind,
        None,
        by="actor_id",
        id=None,
        number="id",
        reason="reason",
        needs=needs,
        customers_only=customers_only,
        scattered=scattered,
    )


def of_customer(operation: str, kind: str) -> Source:
    """One act on the customer itself."""
    return audited(
        f"audit.{operation}", kind, rows.of_the_place(operation), thing="customer", customers_only=True, scattered=False
    )
