"""What is announced when a customer came to somebody else."""

from collections.abc import Mapping
from typing import Any

from oa_crm.hooks.payloads import CustomerOwnerChanged
from oa_crm.services.holding.ledger import Cause
from oa_crm.services.work import Work


def owner_changed(
    work: Work, before: Mapping[str, Any], to: Mapping[str, Any], cause: Cause, reason: str | None = None
) -> None:
    """Say who had it, by the row `before`, and who has it now."""
    work.journal.emit(
        CustomerOwnerChanged,
        customer_id=before["id"],
        name=before["name"],
        owner_id=to["owner_id"],
        pool_id=to["pool_id"],
        former_owner_id=before["owner_id"],
        former_pool_id=before["pool_id"],
        cause=cause.value,
        reason=reason,
    )
