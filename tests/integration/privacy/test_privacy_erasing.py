"""Erasing a person: nothing in any table tells of him afterwards, and every business fact is still there."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from tests.integration.privacy.canaries import CANARIES, CanaryGiven
from tests.integration.services.acting import SYSTEM, count, doing, invalid, refused, rows

from oa_crm.hooks.payloads import PersonErased
from oa_crm.models import Base, Contact, Contract, DuplicateEntry, Erasure, Expense, FollowUp, NamePrefix, Post
from oa_crm.testing import CrmKit, Kit

PERSON = CANARIES["contact"]
NAME, OTHER_NAME = "雀大壮", "雀小壮"
HIS = ["雀大壮", "雀小壮", "13911112222", "13922223333", "canary.mail", "canarysite", "金丝雀路", "6222021234567890",
       "91330106MA2WXYT7", "911144442", "13966667777",
       "canary_custom", "30.1234567", "301234567"]  # fmt: skip


@pytest.fixture
def kit(database: Any, crm_kit: CrmKit) -> Kit:
    made = crm_kit(database=database)
    made.given = CanaryGiven(made)
    return made


def _everywhere(kit: Kit, wanted: list[str]) -> dict[str, set[str]]:
    """Which of the texts stand in which table."""
    found: dict[str, set[str]] = {}
    with kit.crm.engine.connect() as connection:
        for table in (table for mapper in Base.registry.mappers for table in mapper.tables):
            said = "".join(str(tuple(row)) for row in connection.execute(select(table)))
            digits = said.replace(" ", "")
            if there := {text for text in wanted if text in said or text in digits}:
                found[table.name] = there
    return found


def _erase(kit: Kit, kind: str, id: Any, **more: Any) -> Any:
    given = {"kind": kind, "thing_id": id, "reason": "来函 2026-17", **more}
    return doing(kit, "admin", lambda unit: unit.privacy.erase(given))


def _contact(kit: Kit) -> Any:
    """A person who came as a lead, changed his number, is talked about, moved, and has a file."""
    firm = kit.given.customer()
    lead = kit.given.lead(person_name=PERSON["name"], phone=PERSON["mobile"], email="canary.person@example.com")
    with kit.unit() as unit:
        unit.followups.log({"lead_id": lead.id, "way": "phone", "outcome": f"{PERSON['name']}说 139 3333 4444 已换号"})
        became = unit.leads.convert(
            lead.id, {"expected_version": 1, "into": firm.id, "project": False}, idempotency_key="convert"
        )
    id = became.lead.contact_id
    facts = {name: PERSON[name] for name in PERSON if name not in ("phones", "emails", "name")}
    with kit.unit() as unit:
        patch = {"expected_version": 1, **facts, "mobile": "13977778888", "phones": [PERSON["phones"]]}
        unit.contacts.update(id, {**patch, "emails": ["canary.person@example.com"]}, idempotency_key="update")
        # A number that he had for a day stands nowhere but in the audit and in words.
        unit.contacts.update(id, {"expected_version": 2, "wechat": "canary_old_wx", "notes": "老雀"})
        unit.contacts.update(id, {"expected_version": 3, "wechat": PERSON["wechat"], "notes": PERSON["notes"]})
        unit.followups.log({"customer_id": firm.id, "way": "wechat", "outcome": "微信号是 canary_old_wx"})
        post = unit.contacts.get(id).posts[0]
        unit.contacts.change_post(post.id, {"expected_version": 1, "title": "采购雀长", "department": "雀部"})
        unit.followups.log(
            {
                "customer_id": firm.id,
                "way": "visit",
                "outcome": f"见到{PERSON['name']}(+86 139-7777-8888)",
                "key_issue": "价",
            },
            idempotency_key="talk",
        )
        unit.views.save({"name": "来电", "where": {"phone": "13977778888"}})
        unit.files.attach({"kind": "contact", "thing_id": id, "name": f"{PERSON['name']}名片.txt"}, [b"card"])
        unit.contacts.move(id, {"customer_id": kit_customer(kit, unit)})
    return became.lead


def kit_customer(kit: Kit, unit: Any) -> Any:
    return unit.customers.create({"name": "碧海食品有限公司"}).id


HER = [text for name, text in PERSON.items() if name not in ("gender",)] + [
    "canary_old_wx", "老雀", "13977778888", "采购雀长", "雀部", "13955556666", "线索里的金丝雀"]  # fmt: skip


def test_of_a_contact_nothing_is_left_but_what_happened(kit: Kit) -> None:
    lead = _contact(kit)
    kit.relay.drain()
    assert len(_everywhere(kit, HER)) >= 9, "else this proves nothing"
    posts, said = count(kit, Post), count(kit, FollowUp)
    before = doing(
        kit, "admin", lambda unit: unit.privacy.preview_erasure("contact", lead.contact_id, attachments=True)
    )
    done = _erase(kit, "contact", lead.contact_id, attachments=True)
    assert done.erased == before.erased
    assert done.erased["contact.mobile"] == done.erased["lead.phone"] == 1
    assert done.erased["contact_phone"] == 2
    assert _everywhere(kit, HER) == {}
    assert (count(kit, Post), count(kit, FollowUp)) == (posts, said)
    with kit.unit(read_only=True) as unit:
        person = unit.contacts.get(lead.contact_id)
        assert (person.name, person.mobile, person.gender) == ("[erased]", None, None)
        assert len(person.posts) == 2
        words = [one.outcome for one in unit.followups.history(lead.customer_id).items]
    assert words == ["见到[erased]([erased])", "微信号是 [erased]", "[erased]说 [erased] 已换号"]
    assert {one.kind: one.why for one in done.stays} == {"follow_up": "history", "post": "history", "audit": "proof"}


def test_a_contacts_files_stay_when_nobody_asked_for_them(kit: Kit) -> None:
    lead = _contact(kit)
    done = _erase(kit, "contact", lead.contact_id)
    assert {one.kind: (one.count, one.why) for one in done.stays}["file"] == (1, "not_asked")
    assert set(_everywhere(kit, HER)) == {"oa_crm_file", "oa_crm_audit"}
    _erase(kit, "contact", lead.contact_id, attachments=True)
    assert _everywhere(kit, HER) == {}
    kit.clock.advance(days=3)
    assert kit.crm.files.sweep().removed == 1


def _private_customer(kit: Kit) -> Any:
    """A private customer with everything: two files merged, a grant to pass a clash, a sale, and custom fields."""
    label = {"type": "text", "label": {"zh": "甲"}}
    with kit.unit("admin") as unit:
        unit.fields.define({"kind": "customer", "name": "hobby", "personal": True, **label})
        unit.fields.define({"kind": "customer", "name": "grade", **label})
    one = kit.given.customer(kind="person", name=NAME, custom={"hobby": "canary_custom", "grade": "gold"})
    other = kit.given.customer(kind="person", name=OTHER_NAME, phone="13911112222")
    with kit.unit("colleague") as unit:
        unit.overrides.request({"customer": {"name": NAME, "phone": "13911112222"}, "reason": f"不是{NAME}"})
    with kit.unit("manager") as unit:
        unit.customers.check({"name": NAME, "phone": "13911112222"})
        unit.merges.merge({"winner_id": one.id, "loser_id": other.id, "winner_version": 1, "loser_version": 1})
    with kit.unit() as unit:
        project = unit.projects.create({"customer_id": one.id, "name": f"{NAME} 装修", "expected": "100"})
        unit.followups.log({"customer_id": one.id, "way": "phone", "outcome": f"{NAME}住杭州市金丝雀路 7 号,明天来"})
        unit.customers.update(one.id, {"expected_version": 2, "level": "A"}, idempotency_key="u")
    kit.given.approved_contract(kit.given.contract(project, title="装修合同"))
    kit.given.expense(project, description="交通费")
    kit.crm.duplicates.scan(kit.scope(SYSTEM))
    return one


def test_of_a_private_customer_nothing_is_left_but_the_business(kit: Kit) -> None:
    one = _private_customer(kit)
    assert len(_everywhere(kit, HIS)) >= 12, "else this proves nothing"
    business = {model: count(kit, model) for model in (Contract, Expense, FollowUp)}
    sums = doing(kit, "manager", lambda unit: unit.customers.deals([one.id]))
    done = _erase(kit, "customer", one.id)
    assert _everywhere(kit, HIS) == {}
    assert {model: count(kit, model) for model in business} == business
    assert doing(kit, "manager", lambda unit: unit.customers.deals([one.id])) == sums
    assert {one.kind: one.why for one in done.stays} == {
        "contract": "contract", "project": "contract", "expense": "accounting", "follow_up": "history", "audit": "proof"
    }  # fmt: skip
    with kit.unit(read_only=True) as unit:
        left = unit.customers.get(one.id)
        assert (left.name, left.phone, left.level, left.custom) == ("[erased]", None, "A", {"grade": "gold"})
        assert unit.customers.suggest("erased") == []
        assert unit.customers.check({"name": NAME}).hits == ()
    assert count(kit, NamePrefix, customer_id=one.id) == count(kit, DuplicateEntry, customer_id=one.id) == 0


def test_a_lead_is_erased_and_its_company_stays(kit: Kit) -> None:
    lead = kit.given.lead(company_name="碧海食品", person_name="雀尾儿", notes="雀尾儿爱喝茶", need="给雀尾儿的系统")
    _erase(kit, "lead", lead.id)
    with kit.unit(read_only=True) as unit:
        left = unit.leads.get(lead.id)
    assert (left.company_name, left.person_name, left.need) == ("碧海食品", None, "给[erased]的系统")
    assert _everywhere(kit, ["雀尾儿", "13955556666", "canary.lead"]) == {}


def test_a_split_brings_nothing_back(kit: Kit) -> None:
    one = _private_customer(kit)
    _erase(kit, "customer", one.id)
    merge = doing(kit, "manager", lambda unit: unit.merges.of(one.id).items[0])
    doing(kit, "manager", lambda unit: unit.merges.split(merge.id, reason="拆"))
    assert _everywhere(kit, HIS) == {}


def test_plugins_are_told_whom_to_forget(kit: Kit) -> None:
    lead = _contact(kit)
    done = _erase(kit, "contact", lead.contact_id, attachments=True)
    kit.relay.drain()
    (event,) = kit.recorder.of(PersonErased)
    assert (event.erasure_id, event.of, event.of_id) == (done.id, "contact", lead.contact_id)
    assert (event.contact_ids, event.lead_ids, event.attachments) == ((lead.contact_id,), (lead.id,), True)
    assert PERSON["name"] not in str(kit.recorder.events), "what was not delivered yet arrives without him"


def test_twice_is_once(kit: Kit) -> None:
    lead = _contact(kit)
    first = _erase(kit, "contact", lead.contact_id)
    assert _erase(kit, "contact", lead.contact_id) == first
    assert count(kit, Erasure) == 1
    kit.relay.drain()
    assert len(kit.recorder.of(PersonErased)) == 1


def test_the_log_of_requests_holds_nothing_of_him(kit: Kit) -> None:
    person = kit.given.contact(name="林晓峰", mobile="13812345678")
    given = {"kind": "contact", "thing_id": person.id, "reason": "林晓峰(138 1234 5678)来函"}
    doing(kit, "admin", lambda unit: unit.privacy.erase(given))
    (row,) = rows(kit, Erasure)
    assert row["reason"] == "[erased]([erased])来函"
    (listed,) = doing(kit, "admin", lambda unit: unit.privacy.erasures()).items
    assert (listed.kind, listed.thing_id, listed.by) == ("contact", person.id, "admin")


def test_a_form_that_is_still_open_puts_nothing_back(kit: Kit) -> None:
    person = kit.given.contact(name="林晓峰")
    _erase(kit, "contact", person.id)
    with kit.unit() as unit, refused("stale_version"):
        unit.contacts.update(person.id, {"expected_version": person.version, "name": "林晓峰"})


def test_others_of_the_same_customer_are_left_alone(kit: Kit) -> None:
    firm = kit.given.customer()
    one, other = (
        kit.given.contact(firm, name="林晓峰"),
        kit.given.contact(firm, name="周航远", mobile="13800001111", phones=[], emails=[]),
    )
    _erase(kit, "contact", one.id)
    with kit.unit(read_only=True) as unit:
        assert unit.contacts.get(other.id) == other
        assert unit.customers.get(firm.id) == firm


def test_a_company_that_bears_his_name_keeps_it(kit: Kit) -> None:
    firms = [kit.given.customer(name=name) for name in ("林晓峰食品有限公司", "松岭医药有限公司")]
    person = kit.given.contact(firms[0], name="林晓峰")
    lead = kit.given.lead(company_name="林晓峰食品有限公司", person_name="林晓峰", phone=None, email=None)
    with kit.unit("manager") as unit:
        pair = {"winner_id": firms[0].id, "loser_id": firms[1].id, "winner_version": 1, "loser_version": 1}
        merge = unit.merges.merge(pair)
    for kind, id in (("contact", person.id), ("lead", lead.id)):
        _erase(kit, kind, id)
    with kit.unit("manager") as unit:
        assert unit.leads.get(lead.id).company_name == "林晓峰食品有限公司"
        unit.merges.split(merge.id, reason="两家公司")
        assert [unit.customers.get(one.id).name for one in firms] == [one.name for one in firms]


def test_a_company_is_no_person(kit: Kit) -> None:
    firm = kit.given.customer()
    with invalid("thing_id"):
        _erase(kit, "customer", firm.id)
    with invalid("kind"):
        _erase(kit, "project", firm.id)


def test_only_administrators_erase(kit: Kit) -> None:
    person = kit.given.contact()
    for act in (
        lambda unit: unit.privacy.preview_erasure("contact", person.id),
        lambda unit: unit.privacy.erase({"kind": "contact", "thing_id": person.id, "reason": "x"}),
        lambda unit: unit.privacy.erasures(),
    ):
        with kit.unit("manager") as unit, refused("forbidden"):
            act(unit)
    assert rows(kit, Contact)[0]["mobile"] is not None


def test_an_erasure_has_a_unit_of_its_own(kit: Kit) -> None:
    person = kit.given.contact()
    with kit.unit("admin") as unit:
        unit.contacts.update(person.id, {"expected_version": 1, "notes": "新的笔记"})
        with invalid("unit"):
            unit.privacy.erase({"kind": "contact", "thing_id": person.id, "reason": "x"})


def test_what_hangs_on_follow_ups_loses_what_tells_of_a_person(kit: Kit) -> None:
    """Addenda, comments, plans, issues, needs and their notes; kept answers of repeated acts as well."""
    firm = kit.given.customer()
    person = kit.given.contact(firm, name=NAME, mobile="13812345678")
    said = kit.given.follow_up(firm, outcome=f"{NAME}在场", met=[person.id], place=f"{NAME}办公室")
    due = kit.clock.now() + timedelta(days=3)
    with kit.unit() as unit:
        unit.followups.add_to(said.id, f"{NAME}的电话 138 1234 5678", idempotency_key="a")
        unit.followups.comment(said.id, {"words": f"问{NAME}"}, idempotency_key="b")
        call = {"customer_id": firm.id, "way": "phone", "purpose": f"找{NAME}", "due_at": due}
        plan = unit.plans.plan(call, idempotency_key="c")
        unit.plans.cancel(plan.id, reason=f"{NAME}出差", expected_version=1, idempotency_key="d")
        for of, end in ((unit.issues, "resolved"), (unit.needs, "answered")):
            matter = of.open({"customer_id": firm.id, "words": f"{NAME}不同意"}, idempotency_key="e")
            of.comment(matter.id, {"words": f"{NAME}说再等等"}, idempotency_key="f")
            of.close(matter.id, {"state": end, "words": f"{NAME}同意了", "expected_version": 1}, idempotency_key="g")
    kit.crm.reminders.run(kit.scope(SYSTEM))
    assert len(_everywhere(kit, [NAME])) >= 6
    _erase(kit, "contact", person.id)
    assert _everywhere(kit, [NAME, "13812345678"]) == {}
    kept = doing(kit, "seller", lambda unit: unit.followups.get(said.id))
    assert (kept.met, kept.latitude) == ((person.id,), said.latitude), "the visit to the firm stays a fact"


def test_the_places_of_a_private_customer_go_with_him(kit: Kit) -> None:
    home = kit.given.customer(kind="person", name=NAME)
    said = kit.given.follow_up(home)
    assert said.place is not None
    _erase(kit, "customer", home.id)
    kept = doing(kit, "manager", lambda unit: unit.followups.get(said.id))
    assert (kept.place, kept.latitude, kept.longitude) == (None, None, None)
    assert kept.way == said.way
