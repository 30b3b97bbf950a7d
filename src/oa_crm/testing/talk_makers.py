"""How the events of follow-ups come about in a kit: a part of what the conformance laws make."""

from collections.abc import Callable
from datetime import timedelta

from oa_crm.schemas.plans import PlanOut
from oa_crm.scope import Actor
from oa_crm.testing.kit import Kit


def _comment(kit: Kit) -> object:
    said = kit.given.follow_up()
    with kit.unit("manager") as unit:
        return unit.followups.comment(said.id, {"words": "Go on", "mentions": ("seller",)})


def _plan(kit: Kit) -> PlanOut:
    customer, due = kit.given.customer(), kit.clock.now() + timedelta(days=1)
    with kit.unit() as unit:
        return unit.plans.plan({"customer_id": customer.id, "way": "phone", "purpose": "Ask again", "due_at": due})


def _issue(kit: Kit) -> object:
    customer = kit.given.customer()
    with kit.unit() as unit:
        return unit.issues.open({"customer_id": customer.id, "words": "Delivery takes too long"})


def _remind(kit: Kit, days: float) -> object:
    plan = _plan(kit)
    kit.clock.advance(days=days)
    told = kit.crm.reminders.run(kit.scope(Actor.system()))
    # Else its next step would be told when another is made.
    with kit.unit() as unit:
        unit.plans.cancel(plan.id, reason="No need", expected_version=1)
    return told


def _neglect(kit: Kit) -> object:
    kit.crm.reminders.run(kit.scope(Actor.system()))
    kit.given.customer()
    kit.clock.advance(days=7)
    return kit.crm.reminders.run(kit.scope(Actor.system()))


TALK_MAKERS: dict[str, Callable[[Kit], object]] = {
    "on_follow_up_commented": _comment,
    "on_plan_changed": _plan,
    "on_matter_changed": _issue,
    "on_follow_up_due": lambda kit: _remind(kit, 1),
    "on_follow_up_overdue": lambda kit: _remind(kit, 2),
    "on_customer_neglected": _neglect,
}
