"""Bad input: each error names the field, why it is wrong, and what would be right; in English and Chinese."""

import re
from collections.abc import Callable
from datetime import date
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Engine
from tests.integration.services.acting import doing, invalid, refused

from oa_crm import Unit
from oa_crm.errors import CrmError, InvalidInput
from oa_crm.i18n import MESSAGES
from oa_crm.testing import CrmKit, Kit

LONG = "长" * 201


def _book(**wrong: Any) -> Callable[[Unit, Any], Any]:
    right = {"category": "travel", "amount": "1.00", "occurred_on": date(2026, 3, 2)}
    return lambda unit, it: unit.expenses.book({"project_id": it.project.id, **right, **wrong})


def _customer(**fields: Any) -> Callable[[Unit, Any], Any]:
    return lambda unit, it: unit.customers.create(fields)


def _log(**wrong: Any) -> Callable[[Unit, Any], Any]:
    right = {"way": "visit", "outcome": "谈得好"}
    return lambda unit, it: unit.followups.log({"customer_id": it.project.customer_id, **right, **wrong})


# What was asked, the fields that must be named, and words that say what would be right.
WRONG: dict[str, tuple[Callable[[Unit, Any], Any], dict[str, str]]] = {
    "customer without a name": (_customer(), {"name": "1 to 200 characters"}),
    "customer with an empty name": (_customer(name="  "), {"name": "1 to 200 characters"}),
    "customer with a long name": (_customer(name=LONG), {"name": "1 to 200 characters"}),
    "customer with a misspelt field": (_customer(name="甲", fone="1"), {"fone": "phone"}),
    "customer with a mistyped credit code": (
        _customer(name="甲", credit_code="91350211M000100Y43"), {"credit_code": "6"}),
    "customer with a short credit code": (_customer(name="甲", credit_code="9135"), {"credit_code": "18"}),
    "customer with a long phone": (_customer(name="甲", phone="1" * 41), {"phone": "40"}),
    "customer of nobody": (_customer(name="甲", owner_id="nobody"), {"owner_id": "active member"}),
    "several at once": (
        _customer(name="", level="x" * 21, colour="red"), {"name": "1 to 200", "level": "20", "colour": "name"}),
    "a name taken away": (
        lambda unit, it: unit.customers.update(it.project.customer_id, {"expected_version": 1, "name": None}),
        {"name": "1 to 200 characters"}),
    "an edit without a version": (
        lambda unit, it: unit.customers.update(it.project.customer_id, {"level": "A"}),
        {"expected_version": "version you read"}),
    "an edit of version 0": (
        lambda unit, it: unit.customers.update(it.project.customer_id, {"level": "A", "expected_version": 0}),
        {"expected_version": "version you read"}),
    "a version beyond all numbers": (
        lambda unit, it: unit.customers.update(it.project.customer_id, {"level": "A", "expected_version": 2**70}),
        {"expected_version": "version you read"}),
    "a yes for a version": (
        lambda unit, it: unit.customers.update(it.project.customer_id, {"level": "A", "expected_version": True}),
        {"expected_version": "version you read"}),
    "a yes for a version beside the words": (
        lambda unit, it: unit.pool.release(it.project.customer_id, expected_version=True, reason="没有需求"),
        {"expected_version": "3"}),
    "a version as text": (
        lambda unit, it: unit.pool.release(it.project.customer_id, expected_version="1", reason="没有需求"),
        {"expected_version": "without decimals"}),
    "a page of yes": (lambda unit, _: unit.customers.find(limit=True), {"limit": "without decimals"}),
    "a page of text": (lambda unit, _: unit.help.find(limit="10"), {"limit": "without decimals"}),
    "a broken page": (lambda unit, _: unit.plans.find(limit=2.5), {"limit": "without decimals"}),
    "a step of yes": (lambda unit, it: unit.strategies.tick(it.project.id, step=True), {"step": "without decimals"}),
    "the version of yes": (
        lambda unit, it: unit.strategies.compare(it.project.id, True, 2), {"one": "without decimals"}),
    "follow-up by pigeon": (_log(way="pigeon"), {"way": "visit"}),
    "follow-up without words": (_log(outcome=" "), {"outcome": "what came out"}),
    "follow-up without a zone": (_log(happened_at="2026-03-02T09:00:00"), {"happened_at": "timezone"}),
    "follow-up in the future": (_log(happened_at="2030-03-02T09:00:00+08:00"), {"happened_at": "up to now"}),
    "project without anything": (
        lambda unit, it: unit.projects.create({}), {"customer_id": "customer", "name": "1 to 200 characters"}),
    "project in coins": (
        lambda unit, it: unit.projects.create({"customer_id": it.project.customer_id, "name": "P", "currency": "coin"}),
        {"currency": "ISO 4217"}),
    "project with an id that is none": (
        lambda unit, it: unit.projects.create({"customer_id": "42", "name": "P"}), {"customer_id": "UUID"}),
    "stage without a name": (
        lambda unit, it: unit.projects.move(it.project.id, {"expected_version": 1}), {"to": "stage"}),
    "contract for nothing": (
        lambda unit, it: unit.contracts.create({"project_id": it.project.id, "title": "甲", "amount": "0"}),
        {"amount": "above zero"}),
    "contract without a title": (
        lambda unit, it: unit.contracts.create({"project_id": it.project.id, "amount": "1"}), {"title": "1 to 200"}),
    "expense without a category": (_book(category=None), {"category": "string"}),
    "expense of an unknown category": (_book(category="bribes"), {"category": "travel, lodging"}),
    "expense with surplus decimals": (_book(amount="1.005"), {"amount": "'1280.00'"}),
    "expense as a float": (_book(amount=1.5), {"amount": "'1280.00'"}),
    "expense as a list": (_book(amount=["1"]), {"amount": "'1280.00'"}),
    "expense in another currency": (_book(currency="USD"), {"currency": "CNY"}),
    "expense on no day": (_book(occurred_on="soon"), {"occurred_on": "date"}),
    "opinion of a third kind": (
        lambda unit, it: unit.approvals.decide(uuid4(), {"decision": "perhaps"}), {"decision": "agree"}),
    "reversal without a reason": (
        lambda unit, it: unit.expenses.reverse(uuid4(), {}), {"reason": "why"}),
    "an id as text that is none": (lambda unit, it: unit.customers.get("42"), {"id": "id"}),
}  # fmt: skip


@pytest.fixture
def kit(sqlite_kit: Kit) -> Kit:
    """Where the database makes no difference."""
    return sqlite_kit


@pytest.mark.parametrize(("ask", "wanted"), WRONG.values(), ids=WRONG)
def test_an_error_says_which_field_why_and_what_would_be_right(
    kit: Kit, ask: Callable[[Unit, Any], Any], wanted: dict[str, str]
) -> None:
    it = SimpleNamespace(project=kit.given.project())
    with kit.unit() as unit, pytest.raises(InvalidInput) as caught:
        ask(unit, it)
    problems = {one.field: one for one in caught.value.problems}
    assert set(problems) == set(wanted)
    for field, right in wanted.items():
        one = problems[field]
        assert one.problem
        assert right in f"{one.problem} {one.expected}"
    for locale, frame in (("en", "Some of the input cannot be taken: "), ("zh-CN", "输入内容有误:")):
        text = caught.value.text(locale)
        assert text.startswith(frame)
        assert all(field in text for field in wanted)
        assert caught.value.as_dict(locale)["message"] == text


@pytest.mark.parametrize(("ask", "_"), WRONG.values(), ids=WRONG)
def test_the_reason_is_in_the_readers_language_too(kit: Kit, ask: Callable[[Unit, Any], Any], _: object) -> None:
    it = SimpleNamespace(project=kit.given.project())
    with kit.unit() as unit, pytest.raises(InvalidInput) as caught:
        ask(unit, it)
    told = caught.value.text("zh-CN").removeprefix("输入内容有误:")
    assert re.search("[一-鿿]", told), told
    for one in caught.value.as_dict("zh-CN")["details"]["problems"]:
        assert re.search("[一-鿿]", one["problem"]), one
        assert not one["expected"] or re.search("[一-鿿0-9]", one["expected"]), one


def test_every_error_has_words_in_both_languages() -> None:
    codes = {kind.code for kind in _all_kinds(CrmError)}
    assert codes == set(MESSAGES)
    for code, words in MESSAGES.items():
        assert {"en", "zh"} <= set(words), code
        assert _names(words["en"]) == _names(words["zh"]), code


def _names(text: str) -> set[str]:
    return set(re.findall(r"{(\w+)}", text))


def _all_kinds(kind: type[CrmError]) -> set[type[CrmError]]:
    return {kind}.union(*(_all_kinds(one) for one in kind.__subclasses__() if one.__module__.startswith("oa_crm")))


# PostgreSQL cannot keep it, so no database of ours does.
@pytest.mark.parametrize("mark", ["\x00"])
def test_text_that_no_database_should_keep_is_refused(database: Engine, crm_kit: CrmKit, mark: str) -> None:
    kit = crm_kit(database=database)
    project = kit.given.project()
    with invalid("name"):
        doing(kit, "seller", lambda unit: unit.customers.create({"name": f"甲{mark}乙"}))
    with invalid("description"):
        kit.given.expense(project, description=f"甲{mark}乙")
    with invalid("industry"):
        doing(kit, "seller", lambda unit: unit.customers.find({"industry": mark}))


def test_an_id_given_as_text_is_that_id(database: Engine, crm_kit: CrmKit) -> None:
    kit = crm_kit(database=database)
    customer = kit.given.customer()
    # Frameworks hand ids over as text; what is no id must not come back as a database error.
    assert doing(kit, "seller", lambda unit: unit.customers.get(str(customer.id))) == customer


@pytest.mark.parametrize("field", ["request_id", "on_behalf_of"])
def test_a_scope_that_cannot_be_kept_is_refused_when_it_is_made(database: Engine, crm_kit: CrmKit, field: str) -> None:
    kit = crm_kit(database=database)
    with pytest.raises(ValueError, match="64"):
        _act_in(kit, **{field: "r" * 65})
    if field == "request_id":
        _act_in(kit, **{field: "r" * 64})


def _act_in(kit: Kit, **scope: str) -> None:
    with kit.crm.begin(kit.crm.scope(tenant="acme", actor="seller", **scope)) as unit:
        unit.customers.create({"name": "长风物流有限公司"})


def test_a_missing_thing_is_told_in_both_languages(kit: Kit) -> None:
    missing = uuid4()
    with refused("not_found", kind="customer", id=str(missing)) as caught:
        doing(kit, "seller", lambda unit: unit.customers.get(missing))
    assert caught.value.text("en") == f"No such customer: {missing}"
    assert caught.value.text("zh-TW") == f"找不到该客户:{missing}"
    assert caught.value.text("fr") == caught.value.text("en")
