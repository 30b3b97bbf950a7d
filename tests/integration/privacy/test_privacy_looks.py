"""The log of looks: who was shown personal data, when, what and why; kept beside reads, and never their burden."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from tests.integration.privacy.ruling import rule
from tests.integration.services.acting import SYSTEM, count, doing, listening, refused, rows

from oa_crm.models import Look
from oa_crm.outbox import retention
from oa_crm.services import looking
from oa_crm.testing import Kit

PHONE = "+8613812345678"


def _looks(kit: Kit, **where: Any) -> list[Any]:
    return list(doing(kit, "admin", lambda unit: unit.privacy.looks(where)).items)


def test_an_opened_file_is_kept_with_who_what_and_why(kit: Kit) -> None:
    customer = kit.given.customer(phone=PHONE)
    person = kit.given.contact(customer, mobile=PHONE, wechat="lin")
    lead = kit.given.lead(person_name="林晓")
    scope = kit.crm.scope(tenant="acme", actor="seller", on_behalf_of="manager", request_id="req-9")
    with kit.crm.begin(scope, read_only=True) as unit:
        unit.customers.get(customer.id)
        unit.privacy.because("客户来电核对")
        unit.contacts.get(person.id)
        unit.leads.get(lead.id)
    found = sorted(_looks(kit), key=lambda one: str(one.kind))
    assert [(one.what, one.kind, one.thing_id) for one in found] == [
        ("opened", "contact", person.id), ("opened", "customer", customer.id), ("opened", "lead", lead.id)]  # fmt: skip
    assert [one.fields for one in found] == [("name", "mobile", "wechat"), ("phone",), ("person_name",)]
    assert [one.reason for one in found] == ["客户来电核对", None, "客户来电核对"]
    assert {(one.actor_id, one.on_behalf_of, one.request_id, one.at) for one in found} == {
        ("seller", "manager", "req-9", kit.clock.now())
    }


def test_a_search_by_a_number_is_kept_with_its_mask_alone(kit: Kit) -> None:
    customer = kit.given.customer(phone=PHONE, email="lin@example.com")
    kit.given.contact(customer, mobile=PHONE)
    with kit.unit(read_only=True) as unit:
        unit.customers.find({"phone": PHONE})
        unit.customers.find({"email": "lin@example.com"})
        unit.contacts.find({"phone": "138 1234 5678"})
        unit.contacts.find({"name": "x"})
        unit.customers.find({"level": "A"})
    found = {(one.what, one.kind, one.detail, one.many) for one in _looks(kit)}
    assert found == {
        ("searched", "customer", "phone 138****5678", 1),
        ("searched", "customer", "email l***@example.com", 1),
        ("searched", "contact", "phone 138****5678", 1),
    }
    assert "12345678" not in str(rows(kit, Look))


def test_an_export_is_kept_with_its_personal_columns(kit: Kit) -> None:
    with kit.crm._work(kit.scope("manager"), read_only=True) as work:
        looking.exported(work, "customer", ("name", "phone", "level"), 1200, detail="customers.xlsx", reason="对账")
        looking.exported(work, "project", ("name",), 3, detail="projects.csv")
    found = {(one.kind, one.fields, one.many, one.detail, one.reason) for one in _looks(kit, what="exported")}
    assert found == {("customer", ("phone",), 1200, "customers.xlsx", "对账"), ("project", (), 3, "projects.csv", None)}


def test_who_sees_a_mask_looks_at_nothing(kit: Kit) -> None:
    customer = kit.given.customer(phone=PHONE)
    bare = kit.given.customer()
    rule(kit, "customer", "phone", masked=("salesperson",))
    for actor in ("seller", SYSTEM):
        with kit.unit(actor, read_only=True) as unit:
            unit.customers.get(customer.id)
            unit.customers.get(bare.id)
    assert _looks(kit) == []
    with kit.unit("manager") as unit:
        unit.customers.get(customer.id)
    assert [one.actor_id for one in _looks(kit)] == ["manager"]


def test_looks_are_found_by_person_thing_and_day_and_paged(kit: Kit) -> None:
    things = [kit.given.customer(phone=PHONE) for _ in range(3)]
    for day in range(3):
        for actor in ("seller", "manager"):
            with kit.unit(actor, read_only=True) as unit:
                unit.customers.get(things[day].id)
        kit.clock.advance(days=1)
    second = kit.clock.now() - timedelta(days=2)
    assert len(_looks(kit, actor_id="seller")) == 3
    assert [one.thing_id for one in _looks(kit, kind="customer", thing_id=things[0].id)] == [things[0].id] * 2
    day_two = _looks(kit, since=second, before=second + timedelta(days=1))
    assert {one.thing_id for one in day_two} == {things[1].id}
    seen, after = [], None
    while True:
        page = doing(kit, "admin", lambda unit, after=after: unit.privacy.looks(after=after, limit=2))
        seen += page.items
        if (after := page.next) is None:
            break
    assert [one.at for one in seen] == sorted((one.at for one in seen), reverse=True)
    assert len({one.id for one in seen}) == 6


def test_only_administrators_read_it(kit: Kit) -> None:
    with kit.unit("manager") as unit, refused("forbidden"):
        unit.privacy.looks()


def test_a_unit_writes_its_looks_in_one_statement(kit: Kit) -> None:
    person = kit.given.contact(mobile=PHONE)
    with listening(kit.crm.engine) as sent, kit.unit(read_only=True) as unit:
        for _ in range(5):
            unit.contacts.get(person.id)
    assert len([one for one in sent if one.startswith("INSERT") and "oa_crm_look" in one]) == 1
    assert count(kit, Look) == 5


def test_what_was_seen_stays_seen_when_the_unit_is_taken_back(kit: Kit) -> None:
    person = kit.given.contact(mobile=PHONE)
    with pytest.raises(ZeroDivisionError), kit.unit() as unit:
        unit.contacts.get(person.id)
        raise ZeroDivisionError
    assert count(kit, Look) == 1


def test_looks_in_a_hosts_transaction_are_the_hosts(kit: Kit, database: Engine) -> None:
    person = kit.given.contact(mobile=PHONE)
    with database.begin() as connection, kit.crm.join(connection, kit.scope()) as unit:
        unit.contacts.get(person.id)
    assert count(kit, Look) == 1


def test_old_looks_are_forgotten_in_slices(kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "_SLICE", 20)
    person = kit.given.contact(mobile=PHONE)
    for _ in range(2):
        with kit.unit() as unit:
            for _ in range(50):
                unit.contacts.get(person.id)
        kit.clock.advance(days=2 * 365)
    kit.crm.relay.retain()
    assert count(kit, Look) == 50
