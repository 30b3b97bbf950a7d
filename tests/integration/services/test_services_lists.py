"""Lists: every filter, both sorts, and pages that together are the whole, even while others insert."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update
from tests.integration.services.acting import SYSTEM, doing, invalid

from oa_crm.models import Customer, table_of
from oa_crm.schemas import CustomerOut, Page
from oa_crm.testing import Kit

NAMES = ["北京甲", "北京乙", "上海丙", "Zeta", "alpha", "Alpha", "ß", "é", "10", "9", "😀", "\ue000"]
FIELDS = {
    "industry": ["I65", "F"],
    "region": ["110000", "310000"],
    "level": ["A", "B"],
    "owner_id": ["seller", "colleague"],
}


@pytest.fixture
def twelve(kit: Kit) -> list[CustomerOut]:
    """Twelve customers of all kinds, oldest first."""

    def make(number: int, name: str) -> CustomerOut:
        facts = {field: values[number // 2**place % 2] for place, (field, values) in enumerate(FIELDS.items())}
        return doing(kit, SYSTEM, lambda unit: unit.customers.create({"name": name, **facts}, override_reason="测试"))

    return [make(number, name) for number, name in enumerate(NAMES)]


def _find(
    kit: Kit, actor: str = "manager", after: str | None = None, limit: int | None = None, **where: Any
) -> Page[CustomerOut]:
    with kit.unit(actor, read_only=True) as unit:
        return unit.customers.find(where, after=after, limit=limit)


def _all(page: Callable[[str | None], Page[Any]]) -> list[Any]:
    found, after = [], None
    while True:
        one = page(after)
        found += one.items
        if one.next is None:
            return found
        after = one.next


def test_every_filter_and_both_sorts(kit: Kit, twelve: list[CustomerOut]) -> None:
    newest = list(reversed(twelve))
    assert list(_find(kit).items) == newest
    for field, values in FIELDS.items():
        for value in values:
            assert list(_find(kit, **{field: value}).items) == [one for one in newest if getattr(one, field) == value]
    both = {"industry": "F", "level": "A"}
    assert list(_find(kit, **both).items) == [one for one in newest if (one.industry, one.level) == ("F", "A")]
    assert [one.name for one in _find(kit, sort="name").items] == sorted(NAMES), "by code point, on every database"
    for prefix in ("北京", "A", "a", "", "Alpha", "😀", "nothing"):
        assert {one.name for one in _find(kit, name=prefix).items} == {
            name for name in NAMES if name.startswith(prefix)
        }
    assert not _find(kit, source="SOFTWARE").items, "case counts, on every database"
    assert {one.owner_id for one in _find(kit, "seller").items} == {"seller"}


@pytest.mark.parametrize("wild", ["%", "_", "北京%", "' OR 1=1 --", "\\"])
def test_a_prefix_is_only_text(kit: Kit, twelve: list[CustomerOut], wild: str) -> None:
    assert not _find(kit, name=wild).items


def test_filters_of_projects_contracts_and_expenses(kit: Kit) -> None:
    first, second = kit.given.project(), kit.given.project()
    contract = kit.given.approved_contract(kit.given.contract(first))
    draft = kit.given.contract(second)
    travel, gift = kit.given.expense(first), kit.given.expense(second, category="gifts")
    with kit.unit(read_only=True) as unit:
        find = {"projects": unit.projects.find, "contracts": unit.contracts.find, "expenses": unit.expenses.find}
        answers = [
            ("projects", {}, [second, first]),
            ("projects", {"customer_id": first.customer_id}, [first]),
            ("projects", {"owner_id": "seller", "state": "won"}, [first]),
            ("projects", {"state": "lost"}, []),
            ("contracts", {}, [draft, contract]),
            ("contracts", {"state": "approved"}, [contract]),
            ("contracts", {"project_id": second.id}, [draft]),
            ("contracts", {"customer_id": second.customer_id, "owner_id": "seller"}, [draft]),
            ("expenses", {}, [gift, travel]),
            ("expenses", {"category": "gifts"}, [gift]),
            ("expenses", {"project_id": first.id, "claimant_id": "seller"}, [travel]),
            ("expenses", {"claimant_id": "colleague"}, []),
        ]
        for service, where, wanted in answers:
            assert [one.id for one in find[service](where).items] == [one.id for one in wanted], (service, where)


def test_pages_of_every_list_are_the_whole(kit: Kit) -> None:
    customer = kit.given.customer()
    project = kit.given.project(customer)
    for _ in range(5):
        kit.given.follow_up(customer)
        kit.given.contract(project)
        kit.given.expense(project)
        kit.given.project(customer)
    with kit.unit(read_only=True) as unit:
        lists: list[Callable[..., Page[Any]]] = [
            unit.projects.find,
            unit.contracts.find,
            unit.expenses.find,
            lambda **page: unit.followups.history(customer.id, **page),
        ]
        for find in lists:
            paged = _all(lambda after, find=find: find(after=after, limit=2))
            assert tuple(paged) == find(limit=500).items
            assert len(paged) >= 5


_ACTS = st.lists(st.tuples(st.integers(1, 4), st.sampled_from(["page", "insert", "page"])), min_size=3, max_size=9)
_SOME = st.lists(st.text("ab中😀", min_size=1, max_size=3), min_size=1, max_size=8)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=_SOME, added=_SOME, acts=_ACTS, sort=st.sampled_from(["newest", "name"]))
def test_what_was_there_all_the_time_is_on_exactly_one_page(
    kit: Kit, names: list[str], added: list[str], acts: list[tuple[int, str]], sort: str
) -> None:
    level = f"L{kit.clock.advance(seconds=1).timestamp():.0f}"[-20:]
    there = {_insert(kit, name, level) for name in names}
    more, after, seen = iter(added), None, []
    for limit, act in [*acts, *[(3, "page")] * 20]:
        if act == "insert":
            _insert(kit, next(more, "z"), level)
            continue
        page = _find(kit, "admin", after, limit, level=level, sort=sort)
        seen += page.items
        if (after := page.next) is None:
            break
    ids = [one.id for one in seen]
    assert len(ids) == len(set(ids))
    assert there <= set(ids)
    keys = [one.id if sort == "newest" else (one.name, one.id) for one in seen]
    assert keys == sorted(keys, reverse=sort == "newest")


def _insert(kit: Kit, name: str, level: str) -> Any:
    # Names so much alike would clash; what is under test is the list, so they are renamed past the check.
    made = kit.given.customer(level=level)
    table = table_of(Customer)
    with kit.crm.engine.begin() as connection:
        connection.execute(update(table).where(table.c.id == made.id).values(name=name))
    return made.id


def _cursor(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode()


ID = "01a20e46-6b5b-73b1-8723-c46a6b6ef0d5"
BAD_CURSORS = {
    "empty": "",
    "not base64": "!!!",
    "not ascii": "北京",
    "not json": base64.urlsafe_b64encode(b"\xff\xfe").decode(),
    "a number": _cursor(1),
    "an object": _cursor({"name": 1}),
    "of another sort": _cursor(["newest", ID]),
    "too short": _cursor(["name"]),
    "too long": _cursor(["name", "a", "b", ID]),
    "no id": _cursor(["name", "a", "b"]),
    "not text": _cursor(["name", 1, ID]),
    "half a character": _cursor(["name", "a\ud800", ID]),
    "a zero character": _cursor(["name", "a\x00", ID]),
    "nested without end": base64.urlsafe_b64encode(b"[" * 100_000).decode(),
}


@pytest.mark.parametrize("cursor", BAD_CURSORS.values(), ids=BAD_CURSORS)
def test_a_cursor_that_we_did_not_write_is_refused(sqlite_kit: Kit, cursor: str) -> None:
    with invalid("after"):
        _find(sqlite_kit, after=cursor, sort="name")


@pytest.mark.parametrize("limit", [0, -1, 501])
def test_a_page_has_1_to_500_rows(sqlite_kit: Kit, limit: int) -> None:
    kit = sqlite_kit
    customer = kit.given.customer()
    with kit.unit(read_only=True) as unit:
        for find in (unit.customers.find, unit.projects.find, unit.contracts.find, unit.expenses.find):
            with invalid("limit"):
                find(limit=limit)
        with invalid("limit"):
            unit.followups.history(customer.id, limit=limit)


@pytest.mark.parametrize("limit", [0, -1])
def test_the_audit_of_a_thing_has_a_sensible_limit_too(kit: Kit, limit: int) -> None:
    customer = kit.given.customer()
    with kit.unit(read_only=True) as unit, invalid("limit"):
        unit.audit.of("customer", customer.id, limit=limit)


def test_a_filter_that_does_not_exist_is_named(kit: Kit) -> None:
    with kit.unit(read_only=True) as unit:
        for find, sort in ((unit.customers.find, "phone"), (unit.projects.find, "name")):
            with invalid("colour"):
                find({"colour": "red"})
            with invalid("sort"):
                find({"sort": sort})


def test_a_reversal_is_listed_among_the_expenses(kit: Kit) -> None:
    reversal = kit.given.reversed_expense()
    with kit.unit(read_only=True) as unit:
        listed = unit.expenses.find().items
        assert [one.amount.minor for one in listed] == [-10_000, 10_000]
        assert listed[0] == unit.expenses.get(reversal.id)
