"""Leads: coming in, the pool, the score, becoming a customer, being none. Every law on each database."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, insert
from sqlalchemy.exc import DBAPIError
from tests.integration.services.acting import at_once, count, doing, everything, invalid, patiently, refused, rows

from oa_crm import Money
from oa_crm.hooks import LeadRule, hookimpl
from oa_crm.ids import new_id
from oa_crm.models import Contact, Customer, FollowUp, Lead, Post, Project, table_of
from oa_crm.testing import CrmKit, Kit

FACTS = {
    "company_name": "云帆智能科技(杭州)有限公司",
    "person_name": "林晓",
    "phone": "138 0013 8000",
    "email": "lin@yunfan.example",
    "source": "展会",
    "region": "330106",
    "industry": "I65",
    "need": "仓库管理系统",
    "budget": "120000.00",
}


@pytest.fixture
def kit(database: Engine, crm_kit: CrmKit) -> Kit:
    return crm_kit(database=database)


def _lead(kit: Kit, **fields: Any) -> Any:
    return kit.given.lead(**{**FACTS, **fields})


def _convert(kit: Kit, lead: Any, actor: str = "seller", key: str | None = None, **fields: Any) -> Any:
    data = {"expected_version": lead.version, **fields}
    return doing(kit, actor, lambda unit: unit.leads.convert(lead.id, data, idempotency_key=key))


def test_a_lead_is_kept_with_its_facts_and_its_score(kit: Kit) -> None:
    lead = _lead(kit)
    assert (lead.phone, lead.budget, lead.state) == ("+8613800138000", Money.of("120000.00", "CNY"), "new")
    told = doing(kit, "seller", lambda unit: unit.leads.explain(lead.id))
    assert told.score == lead.score == sum(one.points for one in told.reasons) == 90
    assert told.reasons[0].rule == "has_budget"
    less = doing(
        kit, "seller", lambda unit: unit.leads.update(lead.id, {"expected_version": 1, "budget": None, "need": None})
    )
    assert (less.score, less.version) == (40, 2)
    found = doing(kit, "seller", lambda unit: unit.leads.find({"state": "new", "source": "展会"}))
    assert [one.id for one in found.items] == [lead.id]


def test_the_best_leads_come_first_page_by_page(kit: Kit) -> None:
    for number in range(7):
        kit.given.lead(**{name: FACTS[name] for name in list(FACTS)[1 : 1 + number]})
    seen, after = [], None
    while True:
        page = doing(kit, "seller", lambda unit, at=after: unit.leads.find({"sort": "score"}, after=at, limit=2))
        seen += page.items
        if (after := page.next) is None:
            break
    assert len({one.id for one in seen}) == 7
    assert [one.score for one in seen] == sorted((one.score for one in seen), reverse=True)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"phone": "12"}, "phone"),
        ({"region": "999999"}, "region"),
        ({"budget": "-1"}, "budget"),
        ({"budget": "1.001"}, "budget"),
        ({"owner_id": "seller", "pool": True}, "owner_id"),
        ({"owner_id": "nobody"}, "owner_id"),
    ],
)
def test_a_fact_that_cannot_be_is_told_by_its_field(kit: Kit, wrong: dict[str, Any], field: str) -> None:
    before = everything(kit)
    with invalid(field):
        _lead(kit, **wrong)
    assert everything(kit) == before


def test_a_lead_in_the_pool_is_claimed_once_however_many_try(kit: Kit) -> None:
    lead = _lead(kit, pool=True)
    people = ("seller", "colleague")
    result = at_once(12, lambda n: patiently(lambda: doing(kit, people[n % 2], lambda unit: unit.leads.claim(lead.id))))
    assert len(result.answers) == 1
    assert result.codes <= {"not_found", "illegal_state"}
    (row,) = rows(kit, Lead)
    assert (row["owner_id"], row["version"]) == (result.answers[0].owner_id, 2)
    kit.relay.drain()
    assert kit.recorder.hooks.count("on_lead_updated") == 1


def test_the_pool_shows_what_is_worth_claiming_but_nobodys_number(kit: Kit) -> None:
    lead = _lead(kit, pool=True)
    _lead(kit, company_name="长风物流有限公司")
    (pooled,) = doing(kit, "colleague", lambda unit: unit.leads.pool()).items
    assert (pooled.id, pooled.score) == (lead.id, lead.score)
    assert not {"person_name", "phone", "email", "notes"} & set(type(pooled).model_fields)
    with refused("not_found"):
        doing(kit, "colleague", lambda unit: unit.leads.get(lead.id))
    mine = doing(kit, "colleague", lambda unit: unit.leads.claim(lead.id))
    assert (mine.phone, mine.owner_id) == ("+8613800138000", "colleague")
    with refused("forbidden"):
        doing(kit, "accountant", lambda unit: unit.leads.pool())


def test_a_lead_goes_from_hand_to_hand_and_back_into_the_pool(kit: Kit) -> None:
    lead = _lead(kit)
    given = doing(kit, "manager", lambda unit: unit.leads.assign(lead.id, "colleague", expected_version=1))
    assert given.owner_id == "colleague"
    with refused("not_found"):
        doing(kit, "seller", lambda unit: unit.leads.get(lead.id))
    with refused("stale_version"):
        doing(kit, "colleague", lambda unit: unit.leads.release(lead.id, reason="忙", expected_version=1))
    with invalid("reason"):
        doing(kit, "colleague", lambda unit: unit.leads.release(lead.id, reason=" ", expected_version=2))
    free = doing(kit, "colleague", lambda unit: unit.leads.release(lead.id, reason="忙", expected_version=2))
    assert free.owner_id is None
    with refused("illegal_state"):
        doing(kit, "manager", lambda unit: unit.leads.release(lead.id, reason="忙", expected_version=3))
    with invalid("to"):
        doing(kit, "manager", lambda unit: unit.leads.assign(lead.id, "nobody", expected_version=3))


def test_what_is_said_to_a_lead_goes_along_when_it_becomes_a_customer(kit: Kit) -> None:
    lead = _lead(kit)
    said = [_talk(kit, lead, words, day) for day, words in ((3, "看过样机"), (1, "第一次见面"), (2, "要报价"))]
    followed = doing(kit, "seller", lambda unit: unit.leads.get(lead.id))
    assert (followed.state, followed.version, followed.score) == ("following", 1, 100)
    done = _convert(kit, followed)
    assert (done.follow_ups, done.lead.state) == (3, "converted")
    history = doing(kit, "seller", lambda unit: unit.followups.history(done.lead.customer_id)).items
    assert {one.id: (one.outcome, one.happened_at, one.created_by) for one in history} == {
        one.id: (one.outcome, one.happened_at, one.created_by) for one in said
    }
    assert doing(kit, "seller", lambda unit: unit.followups.of_lead(lead.id)).items == history
    customer = doing(kit, "seller", lambda unit: unit.customers.get(done.lead.customer_id))
    assert customer.last_follow_up_at == datetime(2026, 1, 3, tzinfo=UTC)
    with refused("illegal_state"):
        _talk(kit, lead, "晚了", 4)


def test_a_lead_becomes_customer_contact_and_project_in_one_act(kit: Kit) -> None:
    lead = _lead(kit)
    done = _convert(kit, lead, key="once").lead
    assert _convert(kit, lead, key="once").lead == done
    (customer,), (contact,), (project,) = rows(kit, Customer), rows(kit, Contact), rows(kit, Project)
    assert (done.customer_id, done.contact_id, done.project_id) == (customer["id"], contact["id"], project["id"])
    assert [customer[name] for name in ("name", "region", "industry", "phone", "source", "owner_id")] == [
        lead.company_name, lead.region, lead.industry, lead.phone, lead.source, "seller",
    ]  # fmt: skip
    assert (contact["name"], contact["mobile"], contact["emails"]) == ("林晓", lead.phone, [lead.email])
    assert (project["expected_minor"], project["currency"], project["owner_id"]) == (12_000_000, "CNY", "seller")
    assert rows(kit, Post)[0]["is_primary"] == 1
    with refused("illegal_state"):
        doing(kit, "seller", lambda unit: unit.leads.convert(lead.id, {"expected_version": done.version}))
    kit.relay.drain()
    for hook in ("on_lead_converted", "on_customer_created", "on_contact_added", "on_project_created"):
        assert kit.recorder.hooks.count(hook) == 1


def test_two_who_convert_at_once_make_one_customer(kit: Kit) -> None:
    lead = _lead(kit)
    result = at_once(6, lambda n: patiently(lambda: _convert(kit, lead, ("seller", "manager")[n % 2])))
    assert len(result.answers) == 1
    assert result.codes <= {"stale_version", "illegal_state"}
    assert [count(kit, model) for model in (Customer, Contact, Project)] == [1, 1, 1]


def test_a_lead_of_a_customer_on_file_is_told_and_refused_and_may_join_it(kit: Kit) -> None:
    known = kit.given.customer(name=FACTS["company_name"])
    lead = _lead(kit)
    report = doing(kit, "seller", lambda unit: unit.leads.check(lead.id))
    assert [hit.customer_id for hit in report.hits] == [known.id]
    before = everything(kit)
    with refused("duplicate_customer"):
        _convert(kit, lead)
    assert everything(kit) == before
    assert doing(kit, "seller", lambda unit: unit.leads.get(lead.id)).state == "new"
    done = _convert(kit, lead, into=known.id, project_name="二期").lead
    assert (done.customer_id, count(kit, Customer)) == (known.id, 1)


def test_a_person_who_stands_there_already_is_named_instead_of_made(kit: Kit) -> None:
    known = kit.given.customer()
    person = kit.given.contact(known, name="林晓")
    lead = _lead(kit)
    with refused("duplicate_contact"):
        _convert(kit, lead, into=known.id)
    elsewhere = kit.given.contact()
    with invalid("contact_id"):
        _convert(kit, lead, into=known.id, contact_id=elsewhere.id)
    done = _convert(kit, lead, into=known.id, contact_id=person.id, project=False).lead
    assert (done.contact_id, done.project_id) == (person.id, None)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"customer_name": "别家"}, "customer_name"),
        ({"credit_code": "91350211M000100Y46"}, "credit_code"),
        ({"project": False, "project_name": "二期"}, "project_name"),
    ],
)
def test_a_conversion_that_contradicts_itself_is_refused(kit: Kit, wrong: dict[str, Any], field: str) -> None:
    known, lead = kit.given.customer(), _lead(kit)
    with invalid(field):
        _convert(kit, lead, into=known.id, **wrong)
    with invalid("contact_id"):
        _convert(kit, lead, contact_id=new_id())


def test_a_conversion_that_fails_late_leaves_nothing(kit: Kit) -> None:
    lead = _lead(kit)
    _talk(kit, lead, "看过样机", 1)
    before = everything(kit), rows(kit, Lead), rows(kit, FollowUp)
    with pytest.raises(RuntimeError), kit.unit("seller") as unit:
        unit.leads.convert(lead.id, {"expected_version": 1})
        raise RuntimeError
    assert (everything(kit), rows(kit, Lead), rows(kit, FollowUp)) == before


def test_a_lead_that_is_none_says_why_and_may_be_revived(kit: Kit) -> None:
    lead = _lead(kit)
    with invalid("because"):
        doing(kit, "seller", lambda unit: unit.leads.invalidate(lead.id, _none("never heard")))
    gone = doing(kit, "seller", lambda unit: unit.leads.invalidate(lead.id, _none("no_budget")))
    assert (gone.state, gone.invalid_because) == ("invalid", "no_budget")
    for act in (
        lambda unit: unit.leads.update(lead.id, {"expected_version": 2, "need": "新需求"}),
        lambda unit: unit.leads.convert(lead.id, {"expected_version": 2}),
        lambda unit: unit.leads.assign(lead.id, "seller", expected_version=2),
    ):
        with refused("illegal_state", state="invalid"):
            doing(kit, "seller", act)
    back = doing(kit, "seller", lambda unit: unit.leads.revive(lead.id, reason="有预算了", expected_version=2))
    assert (back.state, back.invalid_because) == ("new", None)


def test_rules_of_plugins_score_and_one_that_fails_is_named(database: Engine, crm_kit: CrmKit) -> None:
    class Fairs:
        name = "fairs"

        @hookimpl
        def register_lead_rules(self) -> list[LeadRule]:
            return [
                LeadRule("from_a_fair", -25, lambda lead: lead.source == "展会", "met at a fair", "展会上认识"),
                LeadRule("broken", 1, lambda lead: lead.company_name == "坏" and 1 / 0 > 0, "never"),
            ]

    kit = crm_kit(Fairs(), database=database)
    assert _lead(kit).score == 90 - 25
    with refused("plugin_refused", plugin="fairs"):
        _lead(kit, company_name="坏")
    assert count(kit, Lead) == 1


def test_a_follow_up_is_of_a_customer_or_of_a_lead(kit: Kit) -> None:
    lead, customer = _lead(kit), kit.given.customer()
    for both in ({}, {"lead_id": lead.id, "customer_id": customer.id}):
        with invalid("customer_id"):
            doing(kit, "seller", lambda unit, of=both: unit.followups.log({"way": "phone", "outcome": "好", **of}))
    with invalid("project_id"):
        project = kit.given.project(customer)
        said = {"lead_id": lead.id, "project_id": project.id, "way": "phone", "outcome": "好"}
        doing(kit, "seller", lambda unit: unit.followups.log(said))
    nobodys = {"tenant_id": "acme", "id": new_id(), "way": "phone", "outcome": "好", "created_by": "seller"}
    times = dict.fromkeys(("happened_at", "created_at"), datetime(2026, 1, 1, tzinfo=UTC))
    with pytest.raises(DBAPIError), kit.crm.engine.begin() as connection:
        connection.execute(insert(table_of(FollowUp)), {**nobodys, **times})


def test_files_hang_on_a_lead_and_on_what_was_said_to_it(kit: Kit) -> None:
    lead = _lead(kit)
    said = _talk(kit, lead, "看过样机", 1)
    for kind, id in (("lead", lead.id), ("follow_up", said.id)):
        note = {"kind": kind, "thing_id": id, "name": "需求.txt"}
        file = doing(kit, "seller", lambda unit, note=note: unit.files.attach(note, [b"1280.00"]))
        assert doing(kit, "seller", lambda unit, at=file.id: unit.files.get(at)).id == file.id
        with refused("not_found"):
            doing(kit, "colleague", lambda unit, at=file.id: unit.files.get(at))


def _none(because: str) -> dict[str, Any]:
    return {"because": because, "expected_version": 1}


def _talk(kit: Kit, lead: Any, outcome: str, day: int) -> Any:
    when = datetime(2026, 1, day, tzinfo=UTC)
    said = {"lead_id": lead.id, "way": "visit", "outcome": outcome, "happened_at": when}
    return doing(kit, "seller", lambda unit: unit.followups.log(said))
