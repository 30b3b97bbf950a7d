"""What makes the events of follow-ups happen, and the facts that they carry."""

from datetime import timedelta

from sqlalchemy import select

from oa_crm import Actor
from oa_crm.models import Reminder
from oa_crm.testing import Kit

Facts = dict[str, object]


def commented(kit: Kit) -> Facts:
    """The manager says something, to the author and to somebody who may not see it."""
    customer = kit.given.customer()
    said = kit.given.follow_up(customer)
    with kit.unit("manager") as unit:
        note = unit.followups.comment(said.id, {"words": "Very private words", "mentions": ("seller", "colleague")})
    told = {"follow_up_id": said.id, "note_id": note.id, "what": "comment", "by": "seller"}
    return {**told, "customer_id": customer.id, "lead_id": None, "mentioned": ("seller",)}


def planned(kit: Kit) -> Facts:
    """The manager plans a call for the seller."""
    customer, due = kit.given.customer(), kit.clock.now() + timedelta(days=1)
    call = {"customer_id": customer.id, "way": "phone", "purpose": "Very private words", "due_at": due}
    with kit.unit("manager") as unit:
        plan = unit.plans.plan({**call, "assignee_id": "seller"})
    told = {"plan_id": plan.id, "customer_id": customer.id, "lead_id": None, "project_id": None}
    return {**told, "change": "planned", "assignee_id": "seller", "way": "phone", "due_at": due, "follow_up_id": None}


def opened(kit: Kit) -> Facts:
    """Something stands in the way."""
    customer = kit.given.customer()
    with kit.unit() as unit:
        issue = unit.issues.open({"customer_id": customer.id, "words": "Very private words", "weight": 3})
    told = {"matter_id": issue.id, "what": "issue", "customer_id": customer.id, "project_id": None}
    return {**told, "change": "opened", "state": "open", "weight": 3, "assignee_id": None}


def _reminded(kit: Kit, days: int) -> Facts:
    plan = planned(kit)
    kit.clock.advance(days=days)
    kit.crm.reminders.run(kit.scope(Actor.system()))
    with kit.crm.engine.connect() as connection:
        (reminder,) = connection.scalars(select(Reminder.id))
    kept = {name: plan[name] for name in ("plan_id", "customer_id", "lead_id")}
    return {**kept, "reminder_id": reminder, "member_id": "seller", "due": plan["due_at"]}


def due(kit: Kit) -> Facts:
    """A day later it is due."""
    return _reminded(kit, 1)


def overdue(kit: Kit) -> Facts:
    """Four days later, three days over: the manager hears of it as well."""
    return {**_reminded(kit, 4), "days": 3, "manager_id": "manager"}


def neglected(kit: Kit) -> Facts:
    """A month without a word."""
    kit.crm.reminders.run(kit.scope(Actor.system()))
    customer, since = kit.given.customer(), kit.clock.now()
    kit.clock.advance(days=30)
    kit.crm.reminders.run(kit.scope(Actor.system()))
    told = {"customer_id": customer.id, "name": customer.name, "owner_id": "seller", "manager_id": "manager"}
    return {**told, "days": 30, "since": since}


ACTS = {
    "on_follow_up_commented": commented,
    "on_plan_changed": planned,
    "on_matter_changed": opened,
    "on_follow_up_due": due,
    "on_follow_up_overdue": overdue,
    "on_customer_neglected": neglected,
}
ACTORS = {
    "on_follow_up_commented": "manager",
    "on_plan_changed": "manager",
    **dict.fromkeys(("on_follow_up_due", "on_follow_up_overdue", "on_customer_neglected"), "system"),
}
