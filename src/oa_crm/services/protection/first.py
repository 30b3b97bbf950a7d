"""The deadline of a customer that comes on file, worked out before its row is written: it has no facts to read."""

from typing import Any

from oa_crm.services.protection import rules
from oa_crm.services.work import Work

_NO_FACTS_YET = dict.fromkeys(
    (
        "merged_into", "from_pool", "warned_for", "warned_days", "warned_at", "last_follow_up", "last_talk",
        "last_move", "alive_project", "last_contract", "extended_until",
    )
)  # fmt: skip


class _Facts:
    """What `facts.of` would find of it."""

    def __init__(self, row: dict[str, Any]) -> None:
        began = row["owner_since"] or row["created_at"]
        self.__dict__.update(row, **_NO_FACTS_YET, in_approval=False, counts_from=began)


def first(work: Work, rows: list[dict[str, Any]]) -> None:
    """Add the deadline's columns to the rows of new customers."""
    reckoner = rules.hold(work).reckoner
    for row in rows:
        found = reckoner.verdict(_Facts(row))
        row |= {"protected_until": found.until, "protected_by": found.rule, "sweep_at": found.sweep_at}
