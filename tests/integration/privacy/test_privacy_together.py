"""A person who is named where people work together: after his erasure he is named neither in what they wrote, nor in
the audit, in events, in errors of handlers and in answers kept for repeated acts."""

from datetime import timedelta
from typing import Any

import pytest
from tests.integration.privacy.test_privacy_words import MOBILE, NAME, WHY, told_in
from tests.integration.services.acting import SYSTEM, doing

from oa_crm import hookimpl
from oa_crm.hooks import GiveUp
from oa_crm.testing import CrmKit, Kit

FIRM = "长风茶业有限公司"
HOOKS = (
    "on_plan_changed", "on_matter_changed", "on_follow_up_due", "on_strategy_changed", "on_help_asked",
    "on_share_given", "on_team_member_joined", "on_stage_entry_requested",
)  # fmt: skip


def _failing(hook: str) -> Any:
    def handler(self: Any, event: Any, delivery: Any) -> None:
        raise GiveUp(f"the host's own words about {event.thing_id}: {WHY}")

    handler.__name__ = hook
    return type("Gossip", (), {"name": f"gossip_{hook}", hook: hookimpl(handler)})()


@pytest.fixture
def kit(database: Any, crm_kit: CrmKit) -> Kit:
    return crm_kit(*map(_failing, HOOKS), database=database)


def _work_together(kit: Kit, customer: Any) -> None:
    project = kit.given.project(customer, type=kit.given.pipeline().name)
    at = {"customer_id": customer.id}
    plan = {**at, "way": "phone", "purpose": WHY, "due_at": kit.clock.now() + timedelta(days=1)}
    soon = (kit.clock.now() + timedelta(days=7)).date()
    with kit.unit() as unit:
        unit.plans.plan(plan, idempotency_key="k")
        unit.plans.cancel(unit.plans.plan(plan).id, reason=WHY, expected_version=1, idempotency_key="k")
        issue = unit.issues.open({**at, "words": WHY}, idempotency_key="k")
        unit.issues.reopen(
            unit.issues.close(issue.id, {"state": "resolved", "words": WHY, "expected_version": 1}).id,
            reason=WHY, expected_version=2, idempotency_key="k",
        )  # fmt: skip
        strategy = unit.strategies.write({**at, "goal": WHY, "steps": [{"what": WHY}]}, idempotency_key="k")
        unit.strategies.revise(
            strategy.id, {"goal": f"再问{WHY}", "reason": WHY, "expected_version": 1}, idempotency_key="k"
        )
        ask = {**at, "member_id": "colleague", "title": WHY, "due_on": soon, "show": ["customer.name"]}
        asked = unit.help.ask(ask, idempotency_key="k")
        give = {**at, "receiver_id": "manager", "title": WHY, "note": WHY, "show": ["customer.name"]}
        share = unit.shares.give(give, idempotency_key="k")
        unit.shares.revoke(share.id, reason=WHY)
        entry = unit.projects.ask_entry(project.id, {"to": "offered", "reason": WHY}, idempotency_key="k")
        seat = {"member_id": "colleague", "level": "read", "reason": WHY}
        unit.teams.join({**seat, "kind": "customer", "thing_id": customer.id})
        unit.teams.join({**seat, "kind": "project", "thing_id": project.id})
    doing(kit, "colleague", lambda unit: unit.help.answer(asked.id, WHY, idempotency_key="k"))
    doing(kit, "manager", lambda unit: unit.projects.refuse_entry(entry.id, comment=WHY))
    kit.clock.advance(days=1)
    kit.crm.reminders.run(kit.scope(SYSTEM))
    kit.relay.drain()


def _erase(kit: Kit, kind: str, id: Any) -> None:
    wanted = {"kind": kind, "thing_id": id, "reason": "来函 2026-17"}
    doing(kit, "admin", lambda unit: unit.privacy.erase(wanted))


EVERYWHERE = {"audit", "event", "delivery", "idempotency", "plan", "strategy_version", "help_request", "share"}


def test_a_contact_who_is_named_where_people_work_together_is_named_nowhere(kit: Kit) -> None:
    firm = kit.given.customer(name=FIRM)
    person = kit.given.contact(firm, name=NAME, mobile=MOBILE, phones=[], emails=[])
    _work_together(kit, firm)
    assert set(told_in(kit, MOBILE, NAME)) >= EVERYWHERE, "else this proves nothing"
    _erase(kit, "contact", person.id)
    assert told_in(kit, MOBILE, NAME) == {}
    assert doing(kit, "seller", lambda unit: unit.customers.get(firm.id)).name == FIRM


def test_a_private_customers_name_goes_from_what_people_did_with_him(kit: Kit) -> None:
    home = kit.given.customer(name=NAME, kind="person", phone=MOBILE)
    _work_together(kit, home)
    assert set(told_in(kit, MOBILE, NAME)) >= EVERYWHERE
    _erase(kit, "customer", home.id)
    assert told_in(kit, MOBILE, NAME) == {}


def test_a_lead_who_is_named_in_plans_with_him_is_named_nowhere(kit: Kit) -> None:
    lead = kit.given.lead(person_name=NAME, phone=MOBILE)
    plan = {"lead_id": lead.id, "way": "phone", "purpose": WHY, "due_at": kit.clock.now() + timedelta(days=1)}
    doing(kit, "seller", lambda unit: unit.plans.plan(plan, idempotency_key="k"))
    kit.clock.advance(days=1)
    kit.crm.reminders.run(kit.scope(SYSTEM))
    kit.relay.drain()
    assert {"delivery", "plan", "idempotency"} <= set(told_in(kit, NAME))
    _erase(kit, "lead", lead.id)
    assert told_in(kit, MOBILE, NAME) == {}
