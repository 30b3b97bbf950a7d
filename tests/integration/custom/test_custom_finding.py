"""Filters and sorts by custom fields: the pages together are what Python would sort, in constant queries."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine
from tests.integration.custom.defining import customer, define
from tests.integration.services.acting import invalid, listening

from oa_crm.schemas import CustomerOut
from oa_crm.testing import Kit

VOLUMES = [None, "5", "5", "-1.5", None, "1000000", "5.001", "0"]


@pytest.fixture
def eight(kit: Kit) -> list[CustomerOut]:
    define(kit, "volume", "number")
    define(kit, "since", "date")
    define(kit, "tags", "multi_choice")
    define(kit, "note", max_length=500)
    made = []
    for number, volume in enumerate(VOLUMES):
        day = date(2026, 1, 1 + number) if number % 3 else None
        tags = ["gold", "silver"][: number % 3]
        made.append(customer(kit, volume=volume, since=day, tags=tags, note="n"))
    return made


def _find(kit: Kit, **asked: Any) -> list[Any]:
    found, after = [], None
    while True:
        with kit.unit(read_only=True) as unit:
            page = unit.customers.find(asked, after=after, limit=3)
        found += page.items
        after = page.next
        if after is None:
            return [one.id for one in found]


def test_pages_of_a_sort_are_the_whole_in_order(kit: Kit, eight: list[CustomerOut]) -> None:
    valued = [one for one in eight if one.custom.get("volume")]
    rest = [one.id for one in reversed(eight) if not one.custom.get("volume")]
    up = sorted(valued, key=lambda one: (float(str(one.custom["volume"])), one.id.bytes))
    down = sorted(valued, key=lambda one: (-float(str(one.custom["volume"])), one.id.bytes))
    assert _find(kit, sort="custom:volume") == [one.id for one in up] + rest
    assert _find(kit, sort="-custom:volume") == [one.id for one in down] + rest


def test_every_way_to_ask(kit: Kit, eight: list[CustomerOut]) -> None:
    def found(**custom: Any) -> set[int]:
        ids = [one.id for one in eight]
        return {ids.index(id) for id in _find(kit, custom=custom)}

    assert found(volume="5.000") == {1, 2}
    assert found(volume={"any_of": ["0", 1000000]}) == {5, 7}
    assert found(volume={"at_least": "5", "at_most": "5.001"}) == {1, 2, 6}
    assert found(since={"at_most": "2026-01-03"}) == {1, 2}
    assert found(tags="gold") == {1, 2, 4, 5, 7}
    assert found(tags=["gold", "silver"]) == {2, 5}
    assert found(tags={"any_of": ["silver"]}, volume={"at_least": "0"}) == {2, 5}


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"custom": {"no_such": 1}}, "custom.no_such"),
        ({"custom": {"note": "n"}}, "custom.note"),
        ({"custom": {"tags": {"at_least": ["gold"]}}}, "custom.tags"),
        ({"custom": {"volume": None}}, "custom.volume"),
        ({"custom": {"volume": {"at_least": 1.5}}}, "custom.volume"),
        ({"custom": {"volume": "' OR 1=1 --"}}, "custom.volume"),
        ({"sort": "custom:tags"}, "sort"),
        ({"sort": "custom:note"}, "custom.note"),
        ({"sort": "custom:no_such"}, "custom.no_such"),
        ({"sort": "custom:id; DROP"}, "sort"),
    ],
    ids=str,
)
def test_what_cannot_be_asked_is_named(kit: Kit, eight: list[CustomerOut], asked: dict[str, Any], field: str) -> None:
    with kit.unit(read_only=True) as unit, invalid(field):
        unit.customers.find(asked)


def test_a_cursor_of_another_sort_is_refused(kit: Kit, eight: list[CustomerOut]) -> None:
    with kit.unit(read_only=True) as unit:
        page = unit.customers.find({"sort": "custom:volume"}, limit=1)
        for sort in ("newest", "-custom:volume", "custom:since"):
            with invalid("after"):
                unit.customers.find({"sort": sort}, after=page.next)


def test_a_page_takes_as_many_queries_with_one_field_as_with_thirty(sqlite: Engine, sqlite_kit: Kit) -> None:
    kit = sqlite_kit

    def queries() -> int:
        with kit.unit(read_only=True) as unit, listening(sqlite) as sent:
            assert unit.customers.find({"sort": "custom:f0", "custom": {"f0": "x"}}).items
        return len(sent)

    define(kit, "f0")
    customer(kit, f0="x")
    queries()
    few = queries()
    for number in range(1, 30):
        define(kit, f"f{number}")
    for _ in range(20):
        customer(kit, **{f"f{number}": "x" for number in range(30)})
    queries()
    assert queries() == few <= 6
