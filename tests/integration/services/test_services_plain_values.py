"""What a caller gives beside schemas: no verb takes a value that is none of its kind, and each refusal names it."""

import sqlite3
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from inspect import signature
from typing import Any, get_args, get_type_hints
from uuid import UUID, uuid4

import pytest
from tests.integration.services.acting import doing, invalid
from tests.integration.services.surface import methods

from oa_crm.errors import InvalidInput
from oa_crm.schemas.base import In
from oa_crm.testing import Kit

NAIVE = datetime(2026, 3, 2, 9)  # noqa: DTZ001 - what is refused here
ENDLESS = 10**5000  # more figures than Python puts into words
BEFORE_ALL = datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14)))  # in UTC there is no such year
WRONG: dict[type, tuple[Any, ...]] = {
    UUID: ("", "42", 42, ENDLESS, b"42", [], object(), NAIVE, "\ud800"),
    str: (0, True, 1.5, b"text", [], {}, uuid4(), "a zero \0 character", "half a \ud800 character"),
    int: (ENDLESS, "1", 1.5, True, [], float("nan"), Decimal("1")),
    float: (ENDLESS, "1", True, None, float("nan"), float("inf"), Decimal("NaN")),
    bool: ("", "false", 0, 1, [], object()),
    date: ("2026-03-02", 0, True, [], NAIVE),
    datetime: ("2026-03-02T09:00:00Z", 0, True, [], NAIVE, BEFORE_ALL),
}
OPEN = {"exchange.plan:path", "files.attach:content", "links.of:thing_id", "merges.preview:choices"}
"""What its verb looks at itself: places of files, a file, the id of a thing of any kind, a mapping."""
PLACES = {("exchange", "to"), ("duplicates", "one"), ("duplicates", "other"), ("forecasts", "by")}
METHODS = methods()


def _plain() -> list[tuple[str, str, Any]]:
    """Every parameter of every verb that is no schema: the verb, the name, the annotation."""
    found = []
    for name, method in METHODS.items():
        hints = get_type_hints(method)
        for one in list(signature(method).parameters)[1:]:
            if not any(isinstance(kind, type) and issubclass(kind, In) for kind in _inside(hints[one])):
                found.append((name, one, hints[one]))
    return found


def _inside(hint: Any) -> set[Any]:
    return {hint, *(found for one in get_args(hint) for found in _inside(one))}


def _refuse(verb: str, name: str, value: object) -> tuple[str, ...]:
    """The fields that a refusal names; the look comes before the verb, so that nothing else need be given."""
    try:
        METHODS[verb].__wrapped__(None, **{name: value})
    except InvalidInput as refused:
        return tuple(one.field for one in refused.problems)
    except (TypeError, AttributeError):  # the verb itself was called, with nothing to work on
        pass
    return ()


CASES = [(verb, name, kind) for verb, name, hint in _plain() for kind in WRONG if hint in (kind, kind | None)]


def test_every_parameter_is_looked_at() -> None:
    looked = {f"{verb}:{name}" for verb, name, _ in CASES}
    several = {f"{verb}:{name}" for verb, name, _ in _plain() if _refuse(verb, name, 5) == (name,)}
    rest = {f"{verb}:{name}" for verb, name, _ in _plain()} - looked - several - OPEN
    assert {one for one in rest if (one.split(".")[0], one.split(":")[1]) not in PLACES} == {
        "customers.check:entrance", "customers.check_many:entrance", "customers.create:entrance",
        "duplicates.policy:entrance",
    }  # fmt: skip


@pytest.mark.parametrize(("verb", "name", "kind"), CASES)
def test_what_is_none_of_its_kind_is_refused_by_its_name(verb: str, name: str, kind: type) -> None:
    for value in WRONG[kind]:
        if value is not None or "None" not in str(METHODS[verb].__annotations__[name]):
            assert _refuse(verb, name, value) == (name,), value


@pytest.mark.parametrize("wrong", [None, 5, "text", b"text", {"a": 1}])
def test_a_list_is_a_list(sqlite_kit: Kit, wrong: Any) -> None:
    with invalid("customer_ids"):
        doing(sqlite_kit, "seller", lambda unit: unit.pool.claim_many(wrong))
    with invalid("rows"):
        doing(sqlite_kit, "seller", lambda unit: unit.customers.check_many(wrong))


@pytest.mark.parametrize("wrong", [None, 5, "text", ["name"], [("name", "甲")], {1: "甲"}, object()])
def test_fields_are_a_mapping_by_name(sqlite_kit: Kit, wrong: Any) -> None:
    with invalid("data") as caught:
        doing(sqlite_kit, "seller", lambda unit: unit.customers.create(wrong))
    assert "CustomerIn" in caught.value.text("en")
    assert "CustomerIn" in caught.value.text("zh-CN")
    with invalid("rows.1.(all)"):
        doing(sqlite_kit, "seller", lambda unit: unit.customers.check_many([{"name": "甲"}, wrong]))


def test_a_list_may_come_from_anything_that_can_be_gone_through(sqlite_kit: Kit) -> None:
    customer = sqlite_kit.given.customer().id
    reports = doing(
        sqlite_kit, "seller", lambda unit: unit.customers.check_many({"name": one} for one in ("甲乙", "丙丁"))
    )
    assert len(reports) == 2
    assert len(doing(sqlite_kit, "seller", lambda unit: unit.customers.deals(iter([customer])))) == 1
    entries = doing(sqlite_kit, "seller", lambda unit: unit.timeline.of_customer(customer, kinds=iter(["follow_up"])))
    assert entries.items == ()


def test_a_row_of_a_driver_is_fields_by_name(sqlite_kit: Kit) -> None:
    connection = sqlite3.connect(":memory:")
    connection.row_factory = sqlite3.Row
    row = connection.execute("SELECT '石桥望舒机械有限公司' AS name").fetchone()
    assert doing(sqlite_kit, "seller", lambda unit: unit.customers.create(row)).name == "石桥望舒机械有限公司"


def test_an_id_as_text_is_that_id_for_every_verb(sqlite_kit: Kit) -> None:
    approval = sqlite_kit.given.submitted_contract()
    assert doing(sqlite_kit, "manager", lambda unit: unit.approvals.get(str(approval.id))) == approval


def test_a_time_of_day_is_told_from_a_day(sqlite_kit: Kit) -> None:
    customer = sqlite_kit.given.customer().id
    for moment in (date(2026, 3, 2), datetime(2026, 3, 2, 9, tzinfo=UTC), None):
        doing(sqlite_kit, "seller", lambda unit, moment=moment: unit.timeline.of_customer(customer, as_of=moment))
    with invalid("as_of"):
        doing(sqlite_kit, "seller", lambda unit: unit.timeline.of_customer(customer, as_of=NAIVE))
    with invalid("kinds.1"):
        doing(sqlite_kit, "seller", lambda unit: unit.timeline.of_customer(customer, kinds=["talk", 5]))


def test_one_text_is_one_of_a_list_of_texts(sqlite_kit: Kit) -> None:
    customer = sqlite_kit.given.customer().id
    for kinds in ("customer", ["customer"], ("customer",), {"customer"}):
        page = doing(sqlite_kit, "seller", lambda unit, kinds=kinds: unit.timeline.of_customer(customer, kinds=kinds))
        assert [one.kind for one in page.items] == ["customer"]


def test_a_name_to_type_ahead_and_an_action_to_explain_are_text(sqlite_kit: Kit) -> None:
    with invalid("beginning"):
        doing(sqlite_kit, "seller", lambda unit: unit.customers.suggest(None))
    with invalid("action"):
        doing(sqlite_kit, "seller", lambda unit: unit.permissions.explain(None, "customer"))
