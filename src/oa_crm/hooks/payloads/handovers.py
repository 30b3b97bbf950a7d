"""What happens when somebody hands over what he held."""

from uuid import UUID

from oa_crm.hooks.payloads.base import Event


class HandoverEvent(Event):
    """Anything that happened to a handover. `leaver_id` is whose things they were."""

    KIND = "handover"
    AGGREGATE = "handover_id"
    handover_id: UUID
    leaver_id: str


class HandoverExecuted(HandoverEvent):
    """A handover was executed: how many things of each kind each receiver got, and how many lie in a pool now."""

    HOOK = "on_handover_executed"
    receivers: dict[str, dict[str, int]]
    pooled: dict[str, int]
    reason: str | None = None


class HandoverUndone(HandoverEvent):
    """A handover was taken back: how many things of each kind went back, and how many had gone on and stay."""

    HOOK = "on_handover_undone"
    receivers: tuple[str, ...]
    restored: dict[str, int]
    left: dict[str, int]
    reason: str


class HandoverDue(HandoverEvent):
    """Somebody left (`cause` left) or went to another department (moved), and holds so many things of each kind.
    `superior_id` is who stood above him."""

    HOOK = "on_handover_due"
    cause: str
    superior_id: str | None
    counts: dict[str, int]


class HandoverAcknowledged(HandoverEvent):
    """A receiver has taken note of what he received."""

    HOOK = "on_handover_acknowledged"
    member_id: str
    words: str | None = None
