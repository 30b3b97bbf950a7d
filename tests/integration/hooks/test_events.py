"""on_*: every event reaches the plugin that listens to it, once, with the facts of its moment."""

from collections.abc import Callable
from io import BytesIO
from tempfile import NamedTemporaryFile
from typing import Any

import pytest
from tests.integration.hooks import (
    acts_of_handovers,
    acts_of_projects,
    acts_of_strategies,
    acts_of_talks,
    acts_of_teams,
    acts_of_the_clock,
)
from tests.integration.hooks.probes import Listener, plugin

from oa_crm.hooks import EVENTS, Receipt
from oa_crm.testing import CrmKit, Kit

Facts = dict[str, object]


def _customer(**more: object) -> Facts:
    return {"name": "Quill Foundry", "owner_id": "seller", **more}


def _created(kit: Kit) -> Facts:
    made = kit.given.customer(name="Quill Foundry", industry="steel", region="CN-BJ")
    return _customer(
        customer_id=made.id,
        industry="C31",
        region="110000",
        credit_code=None,
        overrode_clash=None,
        kind="enterprise",
        parent_id=None,
        level=None,
        source=None,
        tags=(),
    )


def _updated(kit: Kit) -> Facts:
    made = kit.given.customer(name="Quill Foundry")
    with kit.unit() as unit:
        unit.customers.update(made.id, {"expected_version": 1, "level": "A", "phone": "010-62510000"})
    return _customer(customer_id=made.id, changed=("level", "phone"))


def _reclassified(kit: Kit) -> Facts:
    made = kit.given.customer(level="B")
    with kit.unit() as unit:
        unit.customers.classify(made.id, {"expected_version": 1, "level": "A", "reason": "A frame contract"})
    change = {"tree": "level", "before": "B", "after": "A", "cause": "hand", "rule": None, "reason": "A frame contract"}
    return {"customer_id": made.id, "name": made.name, "owner_id": "seller", **change}


def _told_of(kit: Kit) -> Facts:
    with kit.unit("manager") as unit:
        unit.digests.subscribe({"reach": "subtree"})
    _reclassified(kit)
    with kit.unit("manager") as unit:
        (digest,) = unit.digests.build().digests
    return {"digest_id": digest.id, "member_id": "manager", "changes": 1}


def _merged(kit: Kit) -> Facts:
    winner, loser = kit.given.customer(name="Quill Foundry"), kit.given.customer(phone="010-62510000")
    ids = {"winner_id": winner.id, "loser_id": loser.id}
    with kit.unit("manager") as unit:
        done = unit.merges.merge({**ids, "winner_version": 1, "loser_version": 1})
    facts = _customer(customer_id=winner.id, merge_id=done.id, loser_id=loser.id, loser_name=loser.name)
    return {**facts, "fields": ("former_names", "phone"), "moved": done.moved}


def _split(kit: Kit) -> Facts:
    merged = _merged(kit)
    with kit.unit("manager") as unit:
        told = unit.merges.split(merged["merge_id"], reason="Two companies")  # type: ignore[arg-type]
    kept = {name: value for name, value in merged.items() if name not in ("fields", "moved")}
    return {**kept, "restored": told.restored}


def _talked(kit: Kit) -> Facts:
    project = kit.given.project()
    talk = {
        "customer_id": project.customer_id,
        "project_id": project.id,
        "way": "visit",
        "outcome": "Very private words",
    }
    with kit.unit() as unit:
        entry = unit.followups.log({**talk, "next_contact_on": "2026-03-09"})
    ids = {"follow_up_id": entry.id, "customer_id": project.customer_id, "project_id": project.id}
    return {**ids, "way": "visit", "next_contact_on": entry.next_contact_on}


def _met(kit: Kit) -> Facts:
    made = kit.given.contact(role="user", primary=True)
    (post,) = made.posts
    facts = {"contact_id": made.id, "customer_id": post.customer_id, "post_id": post.id}
    return {**facts, "role": "user", "primary": True, "moved_from": ()}


def _corrected(kit: Kit) -> Facts:
    made = kit.given.contact(mobile="13800138000")
    with kit.unit() as unit:
        unit.contacts.update(made.id, {"expected_version": 1, "mobile": None, "wechat": "private"})
    return {"contact_id": made.id, "customer_ids": (made.posts[0].customer_id,), "changed": ("mobile", "wechat")}


def _gone(kit: Kit) -> Facts:
    made = kit.given.contact()
    (post,) = made.posts
    with kit.unit() as unit:
        unit.contacts.leave(post.id, {"expected_version": 1, "on": "2026-02-28"})
    facts = {"contact_id": made.id, "customer_id": post.customer_id, "post_id": post.id}
    return {**facts, "ended_on": "2026-02-28"}


def _attached(kit: Kit) -> Facts:
    made = kit.given.file(content=b"Very private words")
    facts = {"file_id": made.id, "of": "customer", "of_id": made.thing_id}
    return {**facts, "media_type": "text/plain", "size": 18, "sha256": made.sha256}


def _thrown_away(kit: Kit) -> Facts:
    made = kit.given.file()
    with kit.unit() as unit:
        unit.files.remove(made.id, reason="Very private words")
    return {"file_id": made.id, "of": "customer", "of_id": made.thing_id}


def _asked(kit: Kit) -> Facts:
    request = kit.given.override_request()
    facts = {"override_id": request.id, "name": request.name, "requested_by": "colleague"}
    return {**facts, "reason": "Another company of that name", "manager_id": "manager"}


def _granted(kit: Kit) -> Facts:
    request = kit.given.override_request()
    with kit.unit("manager") as unit:
        unit.overrides.grant(request.id, comment="Indeed another")
    facts = {"override_id": request.id, "name": request.name, "requested_by": "colleague"}
    return {**facts, "granted": True, "comment": "Indeed another"}


def _begun(kit: Kit) -> Facts:
    made = kit.given.project(name="Plant two", expected="120000.50")
    ids = {"project_id": made.id, "customer_id": made.customer_id}
    return {**ids, "name": "Plant two", "owner_id": "seller", "stage": "lead", "expected": made.expected}


def _moved(kit: Kit) -> Facts:
    made = kit.given.project(name="Plant two")
    with kit.unit() as unit:
        unit.projects.move(made.id, {"to": "proposal", "expected_version": 1, "reason": "They asked for it"})
    return {"project_id": made.id, "before": "lead", "after": "proposal", "reason": "They asked for it"}


def _settled(kit: Kit) -> Facts:
    contract = kit.given.approved_contract()
    with kit.unit(read_only=True) as unit:
        project = unit.projects.get(contract.project_id)
    kit.given.expense(project, amount="1280.00")
    kit.given.reversed_expense(kit.given.expense(project, amount="80.10"))
    with kit.unit("manager") as unit:
        unit.settlements.settle(project.id)
    figures = {"revenue": "10,000.00 CNY", "expenses": "1,280.00 CNY", "profit": "8,720.00 CNY"}
    return {"project_id": project.id, "customer_id": project.customer_id, **figures}


def _contract(kit: Kit, contract_id: object) -> Facts:
    with kit.unit(read_only=True) as unit:
        made = unit.contracts.get(contract_id)  # type: ignore[arg-type]
    ids = {"contract_id": made.id, "project_id": made.project_id, "customer_id": made.customer_id}
    return {**ids, "number": "HT-2026-0001", "title": "A contract", "owner_id": "seller", "amount": "10,000.00 CNY"}


def _submitted(kit: Kit) -> Facts:
    approval = kit.given.submitted_contract()
    return {**_contract(kit, approval.thing_id), "approval_id": approval.id, "snapshot_hash": approval.snapshot_hash}


def _requested(kit: Kit) -> Facts:
    approval = kit.given.submitted_contract()
    asked = {"approval_id": approval.id, "requested_by": "seller", "waiting_on": ("manager",)}
    return {**_contract(kit, approval.thing_id), **asked}


def _decided(kit: Kit, decision: str) -> tuple[Any, Facts]:
    approval = kit.given.submitted_contract()
    with kit.unit("manager") as unit:
        unit.approvals.decide(approval.id, {"decision": decision, "words": "价格合适"})
    return approval, _contract(kit, approval.thing_id)


def _said(kit: Kit) -> Facts:
    approval, facts = _decided(kit, "agree")
    said = {"member_id": "manager", "decision": "agree", "words": "价格合适", "waiting_on": (), "newly_asked": ()}
    return {**facts, "approval_id": approval.id, **said}


def _approved(kit: Kit) -> Facts:
    approval, facts = _decided(kit, "agree")
    return {**facts, "approval_id": approval.id}


def _replanned(kit: Kit) -> Facts:
    project = kit.given.project()
    with kit.unit() as unit:
        changes = {"name": "A larger sale", "expected": "7.00", "expected_close_on": None}
        unit.projects.update(project.id, {"expected_version": project.version, **changes})
    facts = {"project_id": project.id, "customer_id": project.customer_id, "owner_id": "seller"}
    return {**facts, "name": "A larger sale", "changed": ("expected", "name")}


def _rejected(kit: Kit) -> Facts:
    approval, facts = _decided(kit, "reject")
    return {**facts, "approval_id": approval.id, "words": "价格合适"}


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


def _withdrawn(kit: Kit) -> Facts:
    approval = kit.given.submitted_contract()
    with kit.unit() as unit:
        unit.contracts.withdraw(approval.thing_id, reason="A better offer")
    return {**_contract(kit, approval.thing_id), "approval_id": approval.id, "reason": "A better offer"}


def _expense(made: Any, **more: object) -> Facts:
    ids = {"project_id": made.project_id, "customer_id": made.customer_id}
    return {**ids, "category": "travel", "amount": "1,280.00 CNY", "claimant_id": "seller", **more}


def _booked(kit: Kit) -> Facts:
    made = kit.given.expense(amount="1280.00", description="Train to Hangzhou")
    return _expense(made, expense_id=made.id, occurred_on=made.occurred_on, description="Train to Hangzhou")


def _reversed(kit: Kit) -> Facts:
    booked = kit.given.expense(amount="1280.00")
    reversal = kit.given.reversed_expense(booked)
    return _expense(booked, expense_id=booked.id, reversal_id=reversal.id, reason="Booked by mistake")


def _forgotten(kit: Kit) -> Facts:
    person = kit.given.contact()
    asked = {"kind": "contact", "thing_id": person.id, "reason": "On request"}
    with kit.unit("admin") as unit:
        done = unit.privacy.erase(asked)
    facts = {"erasure_id": done.id, "of": "contact", "of_id": person.id, "contact_ids": (person.id,)}
    return {**facts, "customer_ids": (), "lead_ids": (), "attachments": False}


def _left(kit: Kit) -> Facts:
    del kit.company.people["colleague"]
    with kit.unit("admin") as unit:
        unit.directory.sync()
    return {"member_id": "colleague", "name": "Other Salesperson", "department_id": "sales", "manager_id": "manager"}


def _taken_in(kit: Kit) -> Facts:
    with NamedTemporaryFile("w", suffix=".csv") as file:
        file.write("name,phone\nQuill Foundry,\nMarble Drum,1\n")
        file.flush()
        done = kit.crm.exchange.import_customers(kit.scope(), file.name)
    counts = {"created": 1, "updated": 0, "skipped": 0, "asked": 0, "failed": 1}
    return {"import_id": done.id, "file_name": done.file_name, **counts}


def _taken_out(kit: Kit) -> Facts:
    kit.given.customer()
    with kit.unit() as unit:
        out = unit.exchange.export_customers(to=BytesIO(), fields=("name", "phone"), format="csv")
    return {"export_id": out.id, "rows": 1, "fields": ("name", "phone"), "format": "csv"}


ACTS: dict[str, Callable[[Kit], Facts]] = {
    **acts_of_the_clock.ACTS,
    **acts_of_talks.ACTS,
    **acts_of_strategies.ACTS,
    **acts_of_projects.ACTS,
    **acts_of_handovers.ACTS,
    **acts_of_teams.ACTS,
    "on_customer_created": _created,
    "on_customer_updated": _updated,
    "on_customer_reclassified": _reclassified,
    "on_customer_owner_changed": _given_back,
    "on_customer_merged": _merged,
    "on_customer_split": _split,
    "on_customers_imported": _taken_in,
    "on_customers_exported": _taken_out,
    "on_follow_up_logged": _talked,
    "on_contact_added": _met,
    "on_contact_updated": _corrected,
    "on_contact_left": _gone,
    "on_file_attached": _attached,
    "on_file_removed": _thrown_away,
    "on_lead_created": _came_in,
    "on_lead_updated": _changed_lead,
    "on_lead_followed_up": _talked_to_lead,
    "on_lead_converted": _became_a_customer,
    "on_lead_invalidated": _was_none,
    "on_override_requested": _asked,
    "on_override_decided": _granted,
    "on_project_created": _begun,
    "on_project_updated": _replanned,
    "on_project_stage_changed": _moved,
    "on_project_settled": _settled,
    "on_contract_submitted": _submitted,
    "on_approval_requested": _requested,
    "on_opinion_given": _said,
    "on_contract_approved": _approved,
    "on_contract_rejected": _rejected,
    "on_contract_withdrawn": _withdrawn,
    "on_expense_booked": _booked,
    "on_expense_reversed": _reversed,
    "on_digest_built": _told_of,
    "on_person_erased": _forgotten,
    "on_member_left": _left,
}
ACTORS = {
    **acts_of_the_clock.ACTORS,
    **acts_of_talks.ACTORS,
    **acts_of_strategies.ACTORS,
    **acts_of_projects.ACTORS,
    **acts_of_handovers.ACTORS,
    "on_person_erased": "admin",
    "on_customer_merged": "manager",
    "on_customer_split": "manager",
    "on_override_requested": "colleague",
    "on_override_decided": "manager",
    "on_project_settled": "manager",
    "on_opinion_given": "manager",
    "on_contract_approved": "manager",
    "on_contract_rejected": "manager",
    "on_digest_built": "manager",
    "on_member_left": "admin",
}


def test_no_event_is_left_out() -> None:
    assert set(EVENTS) == {*ACTS, "on_delivery_dead"}


@pytest.mark.parametrize("hook", sorted(ACTS))
def test_an_event_reaches_its_listener_once_with_its_facts(crm_kit: CrmKit, database_url: str, hook: str) -> None:
    listener = Listener(hook)
    kit = crm_kit(listener, database=database_url)
    told = ACTS[hook](kit)
    assert listener.events == []
    kit.relay.drain()
    expected = told() if callable(told) else told
    (event,) = listener.events
    assert type(event) is EVENTS[hook]
    assert {name: _comparable(getattr(event, name)) for name in expected} == {
        name: _comparable(value) for name, value in expected.items()
    }
    assert (event.tenant, event.actor, event.occurred_at) == ("acme", ACTORS.get(hook, "seller"), kit.clock.now())
    assert event.thing_id == str(expected[event.AGGREGATE])
    assert kit.recorder.hooks.count(hook) == 1
    kit.relay.drain()
    assert listener.events == [event]


def _comparable(value: object) -> object:
    return value if value is None or (isinstance(value, tuple) and type(value) is tuple) else str(value)


@pytest.mark.parametrize(
    "hook", ["on_follow_up_logged", "on_customer_updated", "on_lead_updated", "on_lead_followed_up"]
)
def test_an_event_does_not_carry_peoples_words(crm_kit: CrmKit, sqlite_url: str, hook: str) -> None:
    listener = Listener(hook)
    kit = crm_kit(listener, database=sqlite_url)
    ACTS[hook](kit)
    kit.relay.drain()
    told = listener.events[0].model_dump_json()
    assert "Very private words" not in told
    assert "62510000" not in told


def test_on_delivery_dead_says_what_could_not_be_delivered(crm_kit: CrmKit, database_url: str) -> None:
    def refuse(self: object) -> None:
        raise ValueError("the finance server said no to zhang.wei@example.com")

    listener = Listener("on_delivery_dead")
    kit = crm_kit(plugin("broken", on_customer_created=refuse), listener, database=database_url)
    customer = kit.given.customer()
    kit.relay.drain_with_retries()
    kit.relay.drain()
    (dead,) = listener.events
    (created,) = [event for event in kit.recorder.events if event.HOOK == "on_customer_created"]
    assert (dead.plugin, dead.hook, dead.kind, dead.about) == (
        "broken",
        "on_customer_created",
        "customer",
        str(customer.id),
    )
    assert (dead.event_id, dead.attempts) == (created.id, kit.crm.settings.relay.max_attempts)
    assert dead.error == "ValueError: the finance server said no to ***@***"
    assert kit.relay.dead() == [dead.error]


def test_each_plugin_gets_its_own_delivery_under_its_own_key(crm_kit: CrmKit, database_url: str) -> None:
    listeners = [Listener("on_customer_created", name) for name in ("acme", "zeta")]
    kit = crm_kit(*listeners, database=database_url)
    kit.given.customer()
    kit.relay.drain()
    kit.relay.redeliver_all()
    keys = [set(listener.keys) for listener in listeners]
    assert [len(one) for one in keys] == [1, 1]
    assert [len(listener.keys) for listener in listeners] == [2, 2]
    assert keys[0] != keys[1]


def test_a_receipt_is_kept_as_a_link_of_the_thing(crm_kit: CrmKit, database_url: str) -> None:
    receipt = Receipt("V-7", url="https://ledger.example/V-7", label="voucher")
    kit = crm_kit(plugin("books", on_expense_booked=lambda self: receipt), database=database_url)
    booked = kit.given.expense()
    kit.relay.drain()
    with kit.unit(read_only=True) as unit:
        (link,) = unit.links.of("expense", booked.id)
    assert (link.plugin, link.ref, link.url, link.label) == ("books", "V-7", receipt.url, "voucher")


@pytest.mark.parametrize("answer", ["V-7", True, {"ref": "V-7"}])
def test_an_answer_that_is_no_receipt_is_a_failure_that_says_so(
    crm_kit: CrmKit, sqlite_url: str, answer: object
) -> None:
    kit = crm_kit(plugin("books", on_expense_booked=lambda self: answer), database=sqlite_url)
    kit.given.expense()
    kit.relay.drain_with_retries()
    assert kit.relay.dead() == [
        f"TypeError: on_expense_booked must return a Receipt or None, not {type(answer).__name__}"
    ]


def test_a_broken_plugin_holds_up_no_other(crm_kit: CrmKit, database_url: str) -> None:
    def refuse(self: object) -> None:
        raise RuntimeError("down")

    listener = Listener("on_customer_created", "zeta")
    kit = crm_kit(plugin("acme", on_customer_created=refuse), listener, database=database_url)
    made = [kit.given.customer().id for _ in range(3)]
    kit.relay.drain()
    assert [event.customer_id for event in listener.events] == made


def test_an_act_that_was_taken_back_is_announced_to_nobody(crm_kit: CrmKit, database_url: str) -> None:
    listener = Listener("on_customer_created")
    kit = crm_kit(listener, database=database_url)
    with pytest.raises(RuntimeError, match="never mind"), kit.unit() as unit:
        unit.customers.create({"name": "Lost Harbour"})
        raise RuntimeError("never mind")
    kit.relay.drain()
    assert listener.events == []
