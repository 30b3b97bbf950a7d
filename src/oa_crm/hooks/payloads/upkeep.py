"""What happens to members and to deliveries."""

from uuid import UUID

from oa_crm.hooks.payloads.base import Event


class MemberLeft(Event):
    """A member is no longer active in the host's org chart: handover starts here."""

    HOOK = "on_member_left"
    KIND = "member"
    AGGREGATE = "member_id"
    member_id: str
    name: str
    department_id: str | None
    manager_id: str | None


class MemberMoved(Event):
    """A member belongs to another department than before. `former_manager_id` is who stood above him there."""

    HOOK = "on_member_moved"
    KIND = "member"
    AGGREGATE = "member_id"
    member_id: str
    name: str
    department_id: str | None
    former_department_id: str | None
    manager_id: str | None
    former_manager_id: str | None


class DeliveryDead(Event):
    """An event could not be delivered to a plugin and was laid aside as a dead letter.

    Later events of the same aggregate to that plugin wait until somebody replays or skips it.
    """

    HOOK = "on_delivery_dead"
    KIND = "delivery"
    AGGREGATE = "delivery_id"
    delivery_id: int
    plugin: str
    hook: str
    event_id: UUID
    kind: str
    about: str
    attempts: int
    error: str
