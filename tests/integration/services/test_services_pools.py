"""Pools as they are set up: order, seats, hidden fields, rules that route, what cannot be dropped, what lint finds."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, update
from tests.integration.services.acting import doing, everything, invalid, refused
from tests.integration.services.test_services_pool import ledger_is_true

from oa_crm.models import Customer, table_of
from oa_crm.services.holding.linting import _meet
from oa_crm.services.holding.routing import matches, route
from oa_crm.testing import CrmKit, Kit


@pytest.fixture
def kit(database: Engine, crm_kit: CrmKit) -> Kit:
    return crm_kit(database=database)


def _open(kit: Kit, name: str, position: int = 1, **facts: Any) -> Any:
    return doing(kit, "admin", lambda unit: unit.pools.open({"name": name, "position": position, **facts}))


def _release(kit: Kit, customer: Any, **more: Any) -> Any:
    return doing(
        kit, "seller", lambda unit: unit.pool.release(customer.id, expected_version=1, reason="没有需求", **more)
    )


def test_a_customer_falls_into_the_first_pool_that_a_rule_of_matches(kit: Kit) -> None:
    east = _open(kit, "华东公海", 1, routes=[{"regions": ["浙江省"], "levels": ["A", "B"]}, {"regions": ["上海市"]}])
    software = _open(kit, "软件公海", 2, routes=[{"industries": ["I65"]}])
    rest = _open(kit, "其他公海", 3)
    assert [one.id for one in doing(kit, "seller", lambda unit: unit.pools.list())] == [east.id, software.id, rest.id]
    cases = [
        ({"region": "330106", "level": "A", "industry": "I65"}, east),
        ({"region": "330106", "level": "C", "industry": "I6513"}, software),
        ({"region": "310101"}, east),
        ({"region": "440300", "level": "A"}, rest),
        ({}, rest),
    ]
    for facts, pool in cases:
        assert _release(kit, kit.given.customer(**facts)).pool_id == pool.id, facts
    chosen = _release(kit, kit.given.customer(region="310101"), pool_id=rest.id)
    assert chosen.pool_id == rest.id


def test_a_rule_may_ask_for_the_department_that_had_it(kit: Kit) -> None:
    department = kit.company.people["seller"].department_id
    _open(kit, "别处公海", 1, routes=[{"departments": ["nowhere"]}])
    ours = _open(kit, "本部公海", 2, routes=[{"departments": [department]}])
    assert _release(kit, kit.given.customer()).pool_id == ours.id


def test_what_a_pool_hides_is_neither_seen_nor_found(kit: Kit) -> None:
    _open(kit, "公海", hidden=["name", "level"], admins=[{"kind": "member", "id": "manager"}])
    customer = _release(kit, kit.given.customer(name="云帆智能科技(杭州)有限公司", level="A", region="330106"))
    (seen,) = doing(kit, "colleague", lambda unit: unit.pool.find()).items
    assert (seen.name, seen.level, seen.region) == (None, None, "330106")
    for wanted in ({"name": "云帆"}, {"levels": ["A"]}):
        assert doing(kit, "colleague", lambda unit, w=wanted: unit.pool.find(w)).items == ()
    assert doing(kit, "colleague", lambda unit: unit.pool.find({"region": "33"})).items == (seen,)
    (told,) = doing(kit, "manager", lambda unit: unit.pool.find()).items
    assert (told.id, told.name, told.level) == (customer.id, customer.name, "A")


def test_the_pools_pages_hold_each_customer_once_longest_first(kit: Kit) -> None:
    released = []
    for _ in range(7):
        released.append(_release(kit, kit.given.customer()))
        kit.clock.advance(minutes=1)
    seen, after = [], None
    while True:
        page = doing(kit, "colleague", lambda unit, at=after: unit.pool.find(after=at, limit=2))
        seen += [one.id for one in page.items]
        if (after := page.next) is None:
            break
    assert seen == [one.id for one in released]


def test_a_pool_that_holds_customers_and_the_last_one_stay(kit: Kit) -> None:
    one, other = _open(kit, "公海一", 1), _open(kit, "公海二", 2)
    customer = _release(kit, kit.given.customer(), pool_id=one.id)
    with invalid("id"):
        doing(kit, "admin", lambda unit: unit.pools.drop(one.id, expected_version=1))
    dropped = doing(kit, "admin", lambda unit: unit.pools.drop(one.id, expected_version=1, into=other.id))
    assert dropped.state == "dropped"
    (seen,) = doing(kit, "colleague", lambda unit: unit.pool.find()).items
    assert (seen.pool_id, seen.pooled_since) == (other.id, customer.owner_since)
    ledger_is_true(kit)
    with invalid("id"):
        doing(kit, "admin", lambda unit: unit.pools.drop(other.id, expected_version=1))
    with invalid("pool_id"):
        _release(kit, kit.given.customer(), pool_id=one.id)
    assert _open(kit, "公海一").name == "公海一"


def test_who_administers_no_pool_sets_none_up(kit: Kit) -> None:
    pool = _open(kit, "公海")
    before = everything(kit)
    for by in ("seller", "manager", "chief"):
        for act in (
            lambda unit: unit.pools.open({"name": "我的公海"}),
            lambda unit: unit.pools.update(pool.id, {"expected_version": 1, "claims_per_day": 100}),
            lambda unit: unit.pools.drop(pool.id, expected_version=1),
            lambda unit: unit.pools.set_limit({"holding": 10_000}),
            lambda unit: unit.pools.lint(),
            lambda unit: unit.pools.limits(),
        ):
            with refused("forbidden", action="administer"):
                doing(kit, by, act)
    assert everything(kit) == before


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"routes": [{"regions": ["火星"]}]}, "routes.0.regions"),
        ({"routes": [{"regions": ["33"]}, {"industries": ["种星星"]}]}, "routes.1.industries"),
        ({"hidden": ["owner_id"]}, "hidden.0"),
        ({"members": [{"kind": "planet", "id": "x"}]}, "members.0.kind"),
        ({"claims_per_day": -1}, "claims_per_day"),
        ({"name": "公海"}, "name"),
    ],
)
def test_what_a_pool_cannot_be_is_told_by_its_field(kit: Kit, wrong: dict[str, Any], field: str) -> None:
    _open(kit, "公海")
    with invalid(field):
        _open(kit, **{"name": "另一公海", **wrong})


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({}, "holding"),
        ({"holding": 1, "together": True}, "seat"),
        ({"seat": {"kind": "role", "id": "hr"}, "together": True, "holding": 1}, "seat"),
        ({"seat": {"kind": "department", "id": "sales"}, "together": True, "holding": 1, "locks": 1}, "together"),
    ],
)
def test_a_limit_that_limits_nothing_or_nobody_is_refused(sqlite_kit: Kit, wrong: dict[str, Any], field: str) -> None:
    with invalid(field):
        doing(sqlite_kit, "admin", lambda unit: unit.pools.set_limit(wrong))


def test_two_who_set_one_limit_do_not_overwrite_each_other(kit: Kit) -> None:
    first = doing(kit, "admin", lambda unit: unit.pools.set_limit({"holding": 10}))
    with refused("stale_version", current=1):
        doing(kit, "admin", lambda unit: unit.pools.set_limit({"holding": 20}))
    second = doing(kit, "admin", lambda unit: unit.pools.set_limit({"holding": 20, "expected_version": 1}))
    assert (second.id, second.version, second.holding) == (first.id, 2, 20)
    with refused("stale_version"):
        doing(kit, "admin", lambda unit: unit.pools.drop_limit(first.id, expected_version=1))
    doing(kit, "admin", lambda unit: unit.pools.drop_limit(first.id, expected_version=2))
    assert doing(kit, "admin", lambda unit: unit.pools.limits()) == ()


def test_lint_names_people_without_a_pool_overlaps_and_seats_of_nobody(kit: Kit) -> None:
    assert doing(kit, "admin", lambda unit: unit.pools.lint()) == ()
    mine = [{"kind": "member", "id": one} for one in ("seller", "manager", "admin", "ghost")]
    east = _open(kit, "华东公海", 1, members=mine, routes=[{"regions": ["浙江省"]}])
    software = _open(kit, "软件公海", 2, members=mine[:1], routes=[{"industries": ["I65"]}])
    south = _open(kit, "华南公海", 3, members=mine[:1], routes=[{"regions": ["广东省"], "levels": ["A"]}])
    rest, never = _open(kit, "其他公海", 4, members=mine[:1]), _open(kit, "多余公海", 5, members=mine[:1])
    told = {
        (one.code, one.pool_id, one.other_pool_id or one.member_id or one.subject)
        for one in doing(kit, "admin", lambda unit: unit.pools.lint())
    }
    assert told == {
        ("member_without_pool", None, "colleague"),
        ("routes_overlap", east.id, software.id),
        ("routes_overlap", software.id, south.id),
        ("never_reached", never.id, rest.id),
        ("unknown_seat", east.id, "member ghost"),
    }


def test_customers_that_nobody_had_before_there_were_pools_lie_in_the_first(kit: Kit) -> None:
    customer = kit.given.customer()
    table = table_of(Customer)
    with kit.crm.engine.begin() as connection:
        # As a base of an older version has them.
        connection.execute(update(table).values(owner_id=None))
    pool = _open(kit, "公海")
    (seen,) = doing(kit, "colleague", lambda unit: unit.pool.find()).items
    assert (seen.id, seen.pool_id) == (customer.id, pool.id)
    assert doing(kit, "colleague", lambda unit: unit.pool.claim(customer.id)).owner_id == "colleague"
    ledger_is_true(kit)


def test_an_older_customer_is_claimed_before_any_pool_was_opened(kit: Kit) -> None:
    customer = kit.given.customer()
    with kit.crm.engine.begin() as connection:
        connection.execute(update(table_of(Customer)).values(owner_id=None))
    assert doing(kit, "colleague", lambda unit: unit.pool.claim(customer.id)).owner_id == "colleague"
    ledger_is_true(kit)


REGIONS = st.sampled_from(["CN", "330000", "330100", "330106", "310000", "US", "US-CA"])
RULES = st.fixed_dictionaries(
    {},
    optional={
        "regions": st.lists(REGIONS, max_size=2),
        "industries": st.lists(st.sampled_from(["I", "I65", "I6513", "C"]), max_size=2),
        "levels": st.lists(st.sampled_from("ABC"), max_size=2),
        "kinds": st.lists(st.sampled_from(["enterprise", "person"]), max_size=2),
    },
)
FACTS = st.fixed_dictionaries(
    {
        "region": st.none() | REGIONS,
        "industry": st.none() | st.sampled_from(["I6513", "I65", "C17"]),
        "level": st.none() | st.sampled_from("ABC"),
        "source": st.none(),
        "kind": st.sampled_from(["enterprise", "person"]),
        "department_path": st.none(),
    }
)


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(RULES, RULES, FACTS)
def test_rules_that_both_match_a_customer_are_told_as_overlapping(one: Any, other: Any, facts: Any) -> None:
    if matches(one, facts) and matches(other, facts):
        assert _meet(one, other)


@settings(max_examples=200)
@given(st.lists(st.lists(RULES, max_size=2), min_size=1, max_size=4), FACTS)
def test_every_customer_falls_into_one_pool_the_first_that_takes_it(pools: Any, facts: Any) -> None:
    from types import SimpleNamespace
    from uuid import UUID

    rows = [SimpleNamespace(id=UUID(int=number), routes=rules) for number, rules in enumerate(pools)]
    found = route(rows, facts).int
    takers = [n for n, rules in enumerate(pools) if any(matches(rule, facts) for rule in rules)]
    without = [n for n, rules in enumerate(pools) if not rules]
    assert found == (takers or without or [len(pools) - 1])[0]
