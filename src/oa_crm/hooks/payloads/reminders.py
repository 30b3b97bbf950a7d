"""What is due, overdue and neglected, told once a step."""

from datetime import datetime
from uuid import UUID

from oa_crm.hooks.payloads.base import Event
from oa_crm.hooks.payloads.customers import CustomerEvent


class ReminderEvent(Event):
    """A plan, or the next contact that a customer's last follow-up named. `due` is when it is, `plan_id` None without
    a plan. It names nobody: who may see the customer or the lead reads its name there."""

    KIND = "reminder"
    AGGREGATE = "reminder_id"
    reminder_id: UUID
    plan_id: UUID | None
    customer_id: UUID | None
    lead_id: UUID | None
    member_id: str
    due: datetime


class FollowUpDue(ReminderEvent):
    """A follow-up falls due."""

    HOOK = "on_follow_up_due"


class FollowUpOverdue(ReminderEvent):
    """A follow-up is overdue by `days`; `manager_id` is told as well, where the company's rules say so."""

    HOOK = "on_follow_up_overdue"
    days: int
    manager_id: str | None = None


class CustomerNeglected(CustomerEvent):
    """Nobody followed a customer up for `days`, since its last follow-up or since its owner got it."""

    HOOK = "on_customer_neglected"
    days: int
    since: datetime
    manager_id: str | None = None
