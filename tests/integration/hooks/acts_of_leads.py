"""What makes the events of leads happen, and the facts that they carry."""

from collections.abc import Callable
from typing import Any

from oa_crm.testing import Kit

Facts = dict[str, object]


def _lead(made: Any, **more: object) -> Facts:
    facts = {name: getattr(made, name) for name in ("company_name", "owner_id", "source", "score")}
    return {"lead_id": made.id, **facts, **more}


def _came_in(kit: Kit) -> Facts:
    made = kit.given.lead(source="fair", budget="5.00", region="CN-BJ")
    return _lead(made, region="110000", industry=None, budget="5.00 CNY")


def _given_back(kit: Kit) -> Facts:
    made = kit.given.customer()
    with kit.unit() as unit:
        after = unit.pool.release(made.id, expected_version=1, reason="No need")
    now = {"customer_id": made.id, "name": made.name, "owner_id": None, "pool_id": after.pool_id}
    return {**now, "former_owner_id": "seller", "former_pool_id": None, "cause": "release", "reason": "No need"}


def _changed_lead(kit: Kit) -> Facts:
    made = kit.given.lead()
    with kit.unit() as unit:
        after = unit.leads.update(made.id, {"expected_version": 1, "need": "A press", "phone": "010-62510000"})
    return _lead(after, state="new", changed=("need", "phone"))


def _talked_to_lead(kit: Kit) -> Facts:
    made = kit.given.lead()
    said = {"lead_id": made.id, "way": "visit", "outcome": "Very private words", "next_contact_on": "2026-03-09"}
    with kit.unit() as unit:
        entry = unit.followups.log(said)
        after = unit.leads.get(made.id)
    return _lead(after, follow_up_id=entry.id, way="visit", next_contact_on=entry.next_contact_on)


def _became_a_customer(kit: Kit) -> Facts:
    made = kit.given.lead(person_name="A Person")
    with kit.unit() as unit:
        after = unit.leads.convert(made.id, {"expected_version": 1}).lead
    ids = {name: getattr(after, name) for name in ("customer_id", "contact_id", "project_id")}
    return _lead(after, **ids, into_existing=False, follow_ups=0)


def _was_none(kit: Kit) -> Facts:
    made = kit.given.lead()
    with kit.unit() as unit:
        unit.leads.invalidate(made.id, {"because": "no_budget", "expected_version": 1})
    return _lead(made, because="no_budget")


ACTS: dict[str, Callable[[Kit], Facts]] = {
    "on_customer_owner_changed": _given_back,
    "on_lead_created": _came_in,
    "on_lead_updated": _changed_lead,
    "on_lead_followed_up": _talked_to_lead,
    "on_lead_converted": _became_a_customer,
    "on_lead_invalidated": _was_none,
}
ACTORS = {}
