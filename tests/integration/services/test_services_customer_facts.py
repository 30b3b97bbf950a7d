"""Every fact of a customer: kept in one form, refused by its field, told in the audit, found by the check."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from tests.integration.services.acting import SYSTEM, count, doing, invalid, refused

from oa_crm.errors import DuplicateCustomer, InvalidInput
from oa_crm.hooks.payloads import CustomerCreated, CustomerUpdated
from oa_crm.models import CustomerNumber, CustomerTag
from oa_crm.schemas import CustomerOut, Verdict
from oa_crm.testing import Kit

NAME = "云帆智能科技(杭州)有限公司"
FACTS: dict[str, Any] = {
    "kind": "institution", "name": NAME, "short_name": "云帆", "foreign_name": "Cloudsail Intelligence Ltd.",
    "numbers": [{"scheme": "US.EIN", "number": "91-1144442"}], "industry": "软件", "region": "浙江省杭州市西湖区",
    "size": "medium", "status": "prospect", "phone": "0571-88886666",
    "phones": [{"number": "139 0000 1234", "label": "采购"}], "email": "info@yunfan.example",
    "tags": ["重点", "出口", "重点"],
    "latitude": 30.2741, "longitude": "120.1551",
    "invoice": {"title": NAME, "tax_number": "91350211M000100Y46", "bank_name": "某银行杭州分行"},
}  # fmt: skip


def _create(kit: Kit, actor: Any = "seller", **facts: Any) -> CustomerOut:
    return doing(kit, actor, lambda unit: unit.customers.create({"name": NAME, **facts}))


def _update(kit: Kit, it: CustomerOut, version: int = 1, **facts: Any) -> CustomerOut:
    patch = {"expected_version": version, **facts}
    return doing(kit, "seller", lambda unit: unit.customers.update(it.id, patch))


def test_every_fact_is_kept_in_one_form(kit: Kit) -> None:
    made = _create(kit, **FACTS)
    assert (made.kind, made.status, made.size, made.foreign_name) == (
        "institution", "prospect", "medium", "Cloudsail Intelligence Ltd.",
    )  # fmt: skip
    assert (made.industry, made.region, made.phone) == ("I65", "330106", "+8657188886666")
    assert (made.industry_name.zh, made.region_name.zh) == ("软件和信息技术服务业", "浙江省杭州市西湖区")
    assert [(one.scheme, one.number) for one in made.numbers] == [("us.ein", "911144442")]
    assert [(one.number, one.label) for one in made.phones] == [("+8613900001234", "采购")]
    assert made.tags == ("重点", "出口")
    assert (made.latitude, made.longitude) == (Decimal("30.2741"), Decimal("120.1551"))
    assert made.invoice.bank_name == "某银行杭州分行"
    assert doing(kit, "seller", lambda unit: unit.customers.get(made.id)) == made
    assert made.model_dump(mode="json")["region_name"]["zh"] == "浙江省杭州市西湖区"
    kit.relay.drain()
    (told,) = kit.recorder.of(CustomerCreated)
    assert (told.kind, told.tags, told.industry) == ("institution", ("重点", "出口"), "I65")


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("industry", "不存在的行业"), ("region", "西湖区"), ("phone", "12345"), ("phones.0.number", [{"number": "1"}]),
        ("numbers.0.number", [{"scheme": "us.ein", "number": "1"}]), ("longitude", None), ("kind", "company"),
        ("numbers", [{"scheme": "cn.uscc", "number": "91350211M000100Y46"}]), ("latitude", 90.5),
        ("latitude", "30.27411111"), ("latitude", "north"), ("latitude", float("nan")), ("tags.0", ["x" * 41]),
    ],
)  # fmt: skip
def test_a_wrong_fact_is_told_by_its_field(sqlite_kit: Kit, field: str, wrong: Any) -> None:
    with invalid(field):
        _create(sqlite_kit, **{**FACTS, field.split(".")[0]: wrong})


def test_all_wrong_facts_are_told_at_once_and_in_chinese(sqlite_kit: Kit) -> None:
    with pytest.raises(InvalidInput) as caught:
        _create(sqlite_kit, industry="软体开发", region="西湖区", phone="1", latitude="1")
    problems = caught.value.as_dict("zh")["details"]["problems"]
    assert [one["field"] for one in problems] == ["industry", "region", "phone", "longitude"]
    assert "I651 软件开发" in problems[0]["expected"]
    assert "330106 浙江省杭州市西湖区" in problems[1]["expected"]


def test_one_number_is_one_customer(kit: Kit) -> None:
    first = _create(kit, numbers=FACTS["numbers"])
    with pytest.raises(DuplicateCustomer) as caught:
        _create(kit, "colleague", name="长风物流有限公司", numbers=[{"scheme": "us.ein", "number": "911144442"}])
    (hit,) = caught.value.report.hits
    assert (hit.name, hit.tier, caught.value.report.verdict) == (NAME, "certain", Verdict.BLOCK)
    other = _create(kit, name="长风物流有限公司", numbers=[{"scheme": "de.vat", "number": "DE136695976"}])
    with refused("duplicate_customer"):
        _update(kit, other, numbers=FACTS["numbers"])
    _update(kit, first, numbers=[])
    assert _update(kit, other, numbers=FACTS["numbers"]).numbers[0].number == "911144442"
    assert count(kit, CustomerNumber) == 1


def test_the_database_says_so_too_where_keys_are_missing(kit: Kit) -> None:
    _create(kit, numbers=FACTS["numbers"])
    with kit.crm.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM oa_crm_duplicate_key")
    with refused("duplicate_customer"):
        _create(kit, name="长风物流有限公司", numbers=FACTS["numbers"])


def test_an_edit_is_told_fact_by_fact(kit: Kit) -> None:
    made = _create(kit, **FACTS)
    changed = _update(
        kit, made, tags=["出口"], industry="制造业", phones=[], invoice=None, latitude=None, longitude=None
    )
    assert (changed.tags, changed.industry, changed.phones, changed.invoice) == (("出口",), "C", (), None)
    kit.relay.drain()
    (told,) = kit.recorder.of(CustomerUpdated)
    assert told.changed == ("industry", "invoice", "latitude", "longitude", "phones", "tags")
    entry = doing(kit, "seller", lambda unit: unit.audit.of("customer", made.id))[-1]
    assert entry.changes["tags"] == [["重点", "出口"], ["出口"]]
    assert entry.changes["industry"] == ["I65", "C"]
    with kit.crm.engine.connect() as connection:
        assert list(connection.scalars(select(CustomerTag.__table__.c.tag))) == ["出口"]
    same = _update(
        kit, changed, 2, industry="C", tags=["出口"], region="330106", phone="0571-88886666", numbers=FACTS["numbers"]
    )
    assert doing(kit, "seller", lambda unit: unit.audit.of("customer", made.id))[-1].changes == {}
    assert same.version == 3


@pytest.mark.parametrize("field", ["name", "kind", "status"])
def test_what_a_customer_needs_is_not_taken_away(sqlite_kit: Kit, field: str) -> None:
    made = _create(sqlite_kit)
    with invalid(field):
        _update(sqlite_kit, made, **{field: None})


def test_old_text_stays_and_stands_in_the_way_of_no_edit(kit: Kit) -> None:
    made = _create(kit)
    with kit.crm.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE oa_crm_customer SET industry = 'gadgets', region = '华东', phone = '总机'")
    held = doing(kit, "seller", lambda unit: unit.customers.get(made.id))
    assert (held.industry, held.industry_name, held.region, held.region_name) == ("gadgets", None, "华东", None)
    kept = _update(kit, made, industry="gadgets", region="华东", phone="总机", level="A")
    assert (kept.industry, kept.region, kept.level) == ("gadgets", "华东", "A")
    with invalid("industry"):
        _update(kit, made, 2, industry="widgets")


def test_the_next_contact_is_the_latest_follow_ups(kit: Kit) -> None:
    it, now, day = _create(kit), kit.clock.now(), date(2026, 3, 9)
    log = lambda **said: doing(  # noqa: E731
        kit, "seller", lambda unit: unit.followups.log({"customer_id": it.id, "way": "visit", "outcome": "好", **said})
    )
    held = lambda: doing(kit, "seller", lambda unit: unit.customers.get(it.id))  # noqa: E731
    log(next_contact_on=day)
    assert (held().next_contact_on, held().last_follow_up_at) == (day, now)
    log(happened_at=now - timedelta(days=3), next_contact_on=date(2027, 1, 1))
    assert (held().next_contact_on, held().last_follow_up_at) == (day, now), "history changes nothing of today"
    kit.clock.advance(hours=1)
    log()
    assert held().next_contact_on is None, "the latest one named no day"


def test_deals_are_counted_for_a_page_in_one_statement(kit: Kit) -> None:
    contract = kit.given.approved_contract()
    draft = kit.given.contract()
    ids = [contract.customer_id, draft.customer_id]
    told = doing(kit, "seller", lambda unit: unit.customers.deals(ids))
    assert [(one.customer_id, one.contracts) for one in told] == [(ids[0], 1), (ids[1], 0)]
    assert told[0].amounts == (contract.amount,)
    assert doing(kit, "colleague", lambda unit: unit.customers.deals(ids))[0].contracts == 0, "as far as one sees"
    assert doing(kit, SYSTEM, lambda unit: unit.customers.deals([])) == ()
    with invalid("customer_ids"):
        doing(kit, "seller", lambda unit: unit.customers.deals(ids * 251))


def test_a_customer_is_found_by_its_foreign_name(kit: Kit) -> None:
    _create(kit, **FACTS)
    report = doing(kit, "colleague", lambda unit: unit.customers.check({"name": "Cloudsail Intelligence Limited"}))
    assert report.verdict is not Verdict.CLEAR
