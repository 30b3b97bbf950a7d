"""What happens to customers: created, changed, talked to, asked for in spite of a clash."""

from datetime import date
from uuid import UUID

from pydantic import Field

from oa_crm.hooks.payloads.base import Event


class CustomerEvent(Event):
    """Anything that happened to a customer."""

    KIND = "customer"
    AGGREGATE = "customer_id"
    customer_id: UUID
    name: str
    owner_id: str | None


class CustomerCreated(CustomerEvent):
    """A customer went on file. `overrode_clash` is the reason given when the duplicate check had objected."""

    HOOK = "on_customer_created"
    industry: str | None = None
    region: str | None = None
    credit_code: str | None = None
    overrode_clash: str | None = None
    kind: str = "enterprise"
    parent_id: UUID | None = None
    level: str | None = None
    source: str | None = None
    tags: tuple[str, ...] = ()


class CustomerUpdated(CustomerEvent):
    """Facts of a customer changed; `changed` holds the field names, never the values."""

    HOOK = "on_customer_updated"
    changed: tuple[str, ...]


class CustomerReclassified(CustomerEvent):
    """A customer's level (`tree` is "level") or category changed; the names of the categories before and after.

    `cause` is hand, rule, merge or split; `rule` is the one that did it.
    """

    HOOK = "on_customer_reclassified"
    tree: str
    before: str | None
    after: str | None
    cause: str
    rule: str | None = None
    reason: str | None = None


class CustomerOwnerChanged(CustomerEvent):
    """A customer came to somebody, or into a pool; `owner_id` or `pool_id` has it now, and the other is None.

    `cause` is claim, assign, transfer, release, recycle, move, merge, split or handover.
    """

    HOOK = "on_customer_owner_changed"
    pool_id: UUID | None
    former_owner_id: str | None
    former_pool_id: UUID | None
    cause: str
    reason: str | None = None


class CustomerMerged(CustomerEvent):
    """Another file was merged into this customer's; `moved` counts what came along, by link.

    From now on the loser's id leads here. `fields` names what changed on the survivor.
    """

    HOOK = "on_customer_merged"
    merge_id: UUID
    loser_id: UUID
    loser_name: str
    fields: tuple[str, ...] = ()
    moved: dict[str, int] = Field(default_factory=dict)


class CustomerSplit(CustomerEvent):
    """A merge was taken back: the loser has its own file again. `restored` counts what went back to it, by link."""

    HOOK = "on_customer_split"
    merge_id: UUID
    loser_id: UUID
    loser_name: str
    restored: dict[str, int] = Field(default_factory=dict)


class FollowUpLogged(Event):
    """A conversation with a customer was recorded. The words stay in the file: they are personal data."""

    HOOK = "on_follow_up_logged"
    KIND = "customer"
    AGGREGATE = "customer_id"
    follow_up_id: UUID
    customer_id: UUID
    project_id: UUID | None
    way: str
    next_contact_on: date | None


class OverrideEvent(Event):
    """Anything that happened to a request to put a customer on file in spite of a clash."""

    KIND = "override"
    AGGREGATE = "override_id"
    override_id: UUID
    name: str
    requested_by: str


class OverrideRequested(OverrideEvent):
    """Somebody asks; `manager_id` is his manager, if the mirror knows one."""

    HOOK = "on_override_requested"
    reason: str
    manager_id: str | None


class OverrideDecided(OverrideEvent):
    """It was granted or refused by the event's actor."""

    HOOK = "on_override_decided"
    granted: bool
    comment: str | None
