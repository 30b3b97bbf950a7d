"""Lists of customers: each filter and each order against a plain comparison in Python, with pages of every size."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text, update
from tests.integration.services.acting import SYSTEM, Sent, doing, invalid, listening

from oa_crm import Actor, Unit
from oa_crm.models import Customer, table_of
from oa_crm.schemas import CustomerOut
from oa_crm.services import reaching
from oa_crm.services.customers import searching
from oa_crm.services.customers.finding import ORDERS
from oa_crm.testing import Kit

NAMES = (
    "杭州云帆智能科技有限公司", "北京长风物流有限公司", "青山造纸厂", "星河数据(北京)有限公司",
    "Bright River Trading Ltd",
    "深圳远山动力有限公司", "上海启明医药有限公司", "Kestrelmoor Instruments Inc.",
)  # fmt: skip
DAY = date(2026, 3, 2)


def _facts(at: int) -> dict[str, Any]:
    return {
        "industry": ("I65", "I651", "G", "F51")[at % 4],
        "region": ("330106", "330100", "110000", "US-CA", None)[at % 5],
        "kind": ("enterprise", "government")[at % 2],
        "status": ("active", "lost", "prospect")[at % 3],
        "size": ("micro", "large", None)[at % 3],
        "level": ("A", "B", None)[at % 3],
        "source": ("展会", None)[at % 2],
        "tags": [tag for bit, tag in enumerate(("出口", "重点")) if at >> bit & 1],
        "owner_id": ("seller", "colleague")[at % 2],
        "phone": f"0571-8888666{at}",
        "email": f"info{at}@firm{at}.example",
        "numbers": [{"scheme": "us.ein", "number": f"91-114444{at}"}],
    }


@pytest.fixture
def base(kit: Kit) -> list[CustomerOut]:
    """Eight customers; some were talked to, some have a day for the next time, two of them the same one."""
    made = []
    for at, name in enumerate(NAMES):
        kit.clock.advance(minutes=1)
        create = lambda unit, at=at, name=name: unit.customers.create({"name": name, **_facts(at)})  # noqa: E731
        made.append(doing(kit, SYSTEM, create))
    for at in (1, 3, 4, 6):
        said = {"customer_id": made[at].id, "way": "visit", "outcome": "好"}
        when = kit.clock.now() - timedelta(minutes=at // 3), DAY + timedelta(days=at // 3) if at != 6 else None
        said |= {"happened_at": when[0], "next_contact_on": when[1]}
        doing(kit, SYSTEM, lambda unit, said=said: unit.followups.log(said))
    table = table_of(Customer)
    with kit.crm.engine.begin() as connection:
        pooled = update(table).where(table.c.id == made[7].id).values(owner_id=None, parent_id=made[0].id)
        connection.execution_options(schema_translate_map={"oa_crm": None}).execute(pooled)
    return [doing(kit, SYSTEM, lambda unit, it=one.id: unit.customers.get(it)) for one in made]


def _find(kit: Kit, actor: Any = SYSTEM, limit: int = 500, **where: Any) -> list[CustomerOut]:
    found: list[CustomerOut] = []
    after = None
    while True:
        page = doing(kit, actor, lambda unit, after=after: unit.customers.find(where, after=after, limit=limit))
        found += page.items
        if (after := page.next) is None:
            return found


def _sorted(base: list[CustomerOut], sort: str) -> list[CustomerOut]:
    newest = sorted(base, key=lambda one: one.id, reverse=True)
    if sort == "newest":
        return newest
    if sort == "oldest":
        return newest[::-1]
    order = ORDERS[sort]
    filled = [one for one in newest if getattr(one, order.column or "") is not None]
    key = lambda one: (getattr(one, order.column or ""), one.id)  # noqa: E731
    return sorted(filled, key=key, reverse=order.down) + [one for one in newest if one not in filled]


@pytest.mark.parametrize("sort", ORDERS)
def test_every_order_pages_without_a_gap_and_puts_what_is_empty_last(
    kit: Kit, base: list[CustomerOut], sort: str
) -> None:
    wanted = [one.id for one in _sorted(base, sort)]
    for limit in (1, 2, 3, 7, 8, 500):
        assert [one.id for one in _find(kit, limit=limit, sort=sort)] == wanted, limit
    assert [one.id for one in _find(kit, "seller", limit=2, sort=sort)] == [
        one.id for one in _sorted(base, sort) if one.owner_id == "seller"
    ]


def _seat(kit: Kit, *customers: CustomerOut) -> None:
    """The seller is on the teams of these."""
    for one in customers:
        seat = {"kind": "customer", "thing_id": one.id, "member_id": "seller", "level": "read", "role": "presales"}
        doing(kit, "manager", lambda unit, seat=seat: unit.teams.join(seat))


@pytest.mark.parametrize("listed", [2000, 4])
@pytest.mark.parametrize("sort", ORDERS)
def test_who_sees_few_pages_through_the_same_as_who_sees_many(
    kit: Kit, base: list[CustomerOut], sort: str, listed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A manager and who has seats, by the ids of what they see, and in the order of an index."""
    monkeypatch.setattr(reaching, "LISTED", listed)
    _seat(kit, base[1], base[3])
    wanted = _sorted(base, sort)
    seen = {
        "manager": [one.id for one in wanted],
        "seller": [one.id for one in wanted if one.owner_id == "seller" or one.id in (base[1].id, base[3].id)],
        "colleague": [one.id for one in wanted if one.owner_id == "colleague"],
    }
    for actor, theirs in seen.items():
        for limit in (1, 3, 8):
            assert [one.id for one in _find(kit, actor, limit=limit, sort=sort)] == theirs, (actor, limit)
        for name in ("several", "next contact", "beginning", "two words", "no word"):
            where, holds = FILTERS[name]
            found = [one.id for one in _find(kit, actor, limit=2, sort=sort, **where)]
            assert found == [one.id for one in wanted if one.id in theirs and holds(one)], (actor, name)


def _is_by_ids(said: Sent) -> bool:
    """Whether a list is read by the ids of what the person sees."""
    return "oa_crm_customer.industry" in said and ("ANY" in said or ".id IN (" in said)


def test_who_sees_few_is_asked_once_and_who_sees_many_for_an_hour_no_more(
    kit: Kit, base: list[CustomerOut], monkeypatch: pytest.MonkeyPatch
) -> None:
    def sent() -> list[Sent]:
        with listening(kit.crm.engine) as said, kit.unit("manager", read_only=True) as unit:
            unit.customers.find()
        return [one for one in said if "oa_crm_customer" in one]

    assert [_is_by_ids(one) for one in sent()] == [False, True]
    monkeypatch.setattr(reaching, "LISTED", 4)
    assert [_is_by_ids(one) for one in sent()] == [False, False]
    assert [_is_by_ids(one) for one in sent()] == [False]


@pytest.mark.parametrize("sort", ORDERS)
def test_ones_own_are_read_by_ids_where_no_index_has_their_order(kit: Kit, base: list[CustomerOut], sort: str) -> None:
    with listening(kit.crm.engine) as sent, kit.unit("seller", read_only=True) as unit:
        unit.customers.find({"sort": sort})
    lists = [one for one in sent if "oa_crm_customer.industry" in one]
    assert {_is_by_ids(one) for one in lists} == {sort in ("updated", "last_follow_up")}


@pytest.mark.parametrize("sort", ORDERS)
@pytest.mark.parametrize("actor", ["manager", "seller"])
def test_who_sees_few_walks_through_no_company(sqlite_kit: Kit, actor: str, sort: str) -> None:
    """Nor does SQLite without statistics: a manager of sixty of a million waited five seconds for them by name."""
    kit = sqlite_kit
    others = [kit.given.customer(), kit.given.customer()]
    if actor == "seller":
        owned = [
            doing(kit, "colleague", lambda unit, one=one: unit.customers.create({"name": one})) for one in NAMES[:2]
        ]
        _seat(kit, *owned)
    with listening(kit.crm.engine) as sent, kit.unit(actor, read_only=True) as unit:
        assert len(unit.customers.find({"sort": sort}).items) == len(others) + (2 if actor == "seller" else 0)
    said = [one for one in sent if "oa_crm_customer" in one]
    assert _is_by_ids(said[-1])
    lines = [line for one in said for line in _plan(kit, one).splitlines()]
    of_customers = [line for line in lines if "oa_crm_customer USING" in line or line.endswith("SCAN oa_crm_customer")]
    assert not [
        line for line in of_customers if "owner_id=?" not in line and " id=?" not in line and "(id=?" not in line
    ]


FILTERS: dict[str, tuple[dict[str, Any], Any]] = {
    "industry below": ({"industry": "I65"}, lambda one: one.industry.startswith("I65")),
    "industry by name": ({"industry": "软件开发"}, lambda one: one.industry == "I651"),
    "section": ({"industry": "F"}, lambda one: one.industry.startswith("F")),
    "province": ({"region": "浙江"}, lambda one: (one.region or "").startswith("33")),
    "city": ({"region": "3301"}, lambda one: (one.region or "").startswith("3301")),
    "country": ({"region": "CN"}, lambda one: (one.region or "x")[0].isdigit()),
    "abroad": ({"region": "US"}, lambda one: one.region == "US-CA"),
    "kind": ({"kind": "government"}, lambda one: one.kind == "government"),
    "status": ({"status": "lost"}, lambda one: one.status == "lost"),
    "size": ({"size": "large"}, lambda one: one.size == "large"),
    "levels": ({"levels": ["A", "B"]}, lambda one: one.level in ("A", "B")),
    "source": ({"source": "展会"}, lambda one: one.source == "展会"),
    "any tag": ({"tags_any": ["出口", "重点"]}, lambda one: bool(one.tags)),
    "all tags": ({"tags_all": ["出口", "重点"]}, lambda one: set(one.tags) == {"出口", "重点"}),
    "owner": ({"owner_id": "seller"}, lambda one: one.owner_id == "seller"),
    "pooled": ({"pooled": True}, lambda one: one.owner_id is None),
    "not pooled": ({"pooled": False}, lambda one: one.owner_id is not None),
    "in a group": ({"has_parent": True}, lambda one: one.parent_id is not None),
    "on its own": ({"has_parent": False}, lambda one: one.parent_id is None),
    "next contact": ({"next_contact_before": "2026-03-03"}, lambda one: (one.next_contact_on or DAY.max) <= DAY),
    "next contact since": ({"next_contact_since": "2026-03-03"}, lambda one: (one.next_contact_on or DAY) > DAY),
    "phone": ({"phone": "+86 571 8888 6662"}, lambda one: one.phone == "+8657188886662"),
    "e-mail": ({"email": "INFO3@firm3.example"}, lambda one: one.email == "info3@firm3.example"),
    "number": ({"number": {"scheme": "us.ein", "number": "911144444"}}, lambda one: one.name.startswith("Bright")),
    "several": (
        {"industry": "I", "levels": ["A"], "pooled": False},
        lambda one: one.industry[0] == "I" and one.level == "A",
    ),
    "beginning": ({"text": "云帆"}, lambda one: "云帆" in one.name),
    "word inside": ({"text": "智能"}, lambda one: "智能" in one.name),
    "folded": ({"text": "雲帆"}, lambda one: "云帆" in one.name),
    "pinyin": ({"text": "changfeng"}, lambda one: "长风" in one.name),
    "initials": ({"text": "qszz"}, lambda one: "青山" in one.name),
    "latin word inside": ({"text": "RIVER"}, lambda one: "River" in one.name),
    "two words": ({"text": "北京 数据"}, lambda one: "星河" in one.name),
    "no word": ({"text": "天文台"}, lambda one: False),
}


def test_every_filter_finds_what_a_plain_comparison_finds(kit: Kit, base: list[CustomerOut]) -> None:
    for name, (where, wanted) in FILTERS.items():
        for sort in ("newest", "next_contact"):
            found = [one.name for one in _find(kit, limit=2, sort=sort, **where)]
            assert found == [one.name for one in _sorted(base, sort) if wanted(one)], (name, sort)


def test_times_take_the_first_moment_along_and_not_the_last(kit: Kit, base: list[CustomerOut]) -> None:
    for field in ("created", "updated", "last_follow_up"):
        column = {"created": "created_at", "updated": "updated_at"}.get(field, "last_follow_up_at")
        times = sorted({getattr(one, column) for one in base} - {None})
        found = _find(kit, **{f"{field}_since": times[0], f"{field}_before": times[1]})
        assert {one.id for one in found} == {one.id for one in base if getattr(one, column) == times[0]}


def test_a_department_holds_the_customers_of_those_below_it(kit: Kit, base: list[CustomerOut]) -> None:
    with kit.unit("admin", read_only=True) as unit:
        members = {one.id: one.department_id for one in unit.directory.members()}
    assert {one.owner_id for one in _find(kit, department_id=members["seller"])} == {"seller", "colleague"}
    assert _find(kit, department_id="nowhere") == []


def test_favourites_are_the_members_own(kit: Kit, base: list[CustomerOut]) -> None:
    for _ in range(2):
        doing(kit, "manager", lambda unit: unit.customers.favour(base[0].id))
    assert [one.id for one in _find(kit, "manager", favourites=True)] == [base[0].id]
    assert len(_find(kit, "manager", favourites=False)) == len(base) - 1
    assert _find(kit, "seller", favourites=True) == []
    doing(kit, "manager", lambda unit: unit.customers.unfavour(base[0].id))
    assert _find(kit, "manager", favourites=True) == []
    with invalid("actor"):
        doing(kit, SYSTEM, lambda unit: unit.customers.favour(base[0].id))


def test_old_words_of_a_class_are_found_by_the_very_words(kit: Kit, base: list[CustomerOut]) -> None:
    with kit.crm.engine.begin() as connection:
        old = "UPDATE oa_crm_customer SET industry = '软件', region = 'CN-ZJ' WHERE name = :name"
        connection.execute(text(old), {"name": NAMES[2]})
    assert NAMES[2] in {one.name for one in _find(kit, industry="软件")}
    assert NAMES[2] in {one.name for one in _find(kit, region="CN-ZJ")}
    with invalid("region"):
        _find(kit, region="西湖区")
    with invalid("text"):
        _find(kit, text="--")


def test_a_common_word_finds_the_same_customers(
    kit: Kit, base: list[CustomerOut], monkeypatch: pytest.MonkeyPatch
) -> None:
    rare = _find(kit, text="有限 智能", limit=2)
    monkeypatch.setattr("oa_crm.services.customers.searching.COMMON", 1)
    assert _find(kit, text="有限 智能", limit=2) == rare


@pytest.mark.parametrize("listed", [0, 2000])
@pytest.mark.parametrize("sort", ORDERS)
def test_a_page_costs_the_same_statements_whatever_is_asked(
    kit: Kit, base: list[CustomerOut], sort: str, listed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One or two, and before these the one for the ids of who sees few."""
    monkeypatch.setattr(reaching, "LISTED", listed)
    ids = 1 if listed else 0
    for where in ({}, {"industry": "I65", "region": "CN", "levels": ["A"], "tags_any": ["重点"], "pooled": False}):
        with kit.unit("manager", read_only=True) as unit:
            unit.customers.find({"sort": "name"}, limit=2)
            with listening(kit.crm.engine) as sent:
                unit.customers.find({**where, "sort": sort}, limit=2)
        assert ids + 1 <= len(sent) <= ids + 2


PLANS = {
    "newest": ({}, "tenant_id_id"),
    "oldest": ({"sort": "oldest"}, "tenant_id_id"),
    "name": ({"sort": "name"}, "tenant_id_name_id"),
    "updated": ({"sort": "updated"}, "tenant_id_updated_at_id"),
    "last follow-up": ({"sort": "last_follow_up"}, "tenant_id_last_follow_up_at_id"),
    "next contact": ({"sort": "next_contact"}, "tenant_id_next_contact_on_id"),
    "industry": ({"industry": "I651"}, "tenant_id_"),
    "region": ({"region": "330106"}, "tenant_id_"),
    "level": ({"level": "A"}, "tenant_id_"),
    "owner": ({"owner_id": "seller"}, "tenant_id_owner_id_id"),
    "begin of name": ({"name": "云"}, "tenant_id_"),
    "number": ({"number": {"scheme": "us.ein", "number": "91-1144442"}}, "oa_crm_customer_number"),
}


@pytest.mark.parametrize("asked", PLANS)
def test_a_list_is_read_by_an_index_that_the_tenant_leads(sqlite_kit: Kit, asked: str) -> None:
    kit = sqlite_kit
    where, index = PLANS[asked]
    with listening(kit.crm.engine) as sent, kit.unit(SYSTEM, read_only=True) as unit:
        unit.customers.find(where)
    said = next(one for one in sent if "SELECT" in one and "oa_crm_customer.industry" in one)
    plan = _plan(kit, said).splitlines()
    assert not [line for line in plan if "SCAN oa_crm_customer" in line], plan
    assert any(index in line for line in plan), plan
    if "sort" in where:
        assert not [line for line in plan if "TEMP B-TREE" in line], plan


ASKED: dict[str, Callable[[Unit], object]] = {
    "words of a name": lambda unit: unit.customers.find({"text": "云帆"}),
    "two words": lambda unit: unit.customers.find({"text": "云帆 科技"}),
    "the beginning of a name": lambda unit: unit.customers.suggest("云"),
}


@pytest.mark.parametrize("asked", ASKED)
@pytest.mark.parametrize("actor", [SYSTEM, "seller"])
def test_customers_told_by_their_ids_are_not_looked_for_in_the_whole_company(
    sqlite_kit: Kit, asked: str, actor: Actor | str
) -> None:
    """Also by SQLite without statistics, which once took the index of merged customers for all who are not."""
    kit = sqlite_kit
    with listening(kit.crm.engine) as sent, kit.unit(actor, read_only=True) as unit:
        ASKED[asked](unit)
    said = next(one for one in sent if "oa_crm_customer.merged_into IS NULL" in one and ".id IN" in one)
    plan = _plan(kit, said).splitlines()
    of_customers = [line for line in plan if "oa_crm_customer USING" in line or line.endswith("SCAN oa_crm_customer")]
    assert len(of_customers) == 1
    assert of_customers[0].endswith("id=?)"), plan


@pytest.mark.parametrize("sort", ["name", "next_contact"])
def test_ones_own_customers_are_read_in_their_order(sqlite_kit: Kit, sort: str) -> None:
    with listening(sqlite_kit.crm.engine) as sent, sqlite_kit.unit("seller", read_only=True) as unit:
        unit.customers.find({"sort": sort})
    for said in (one for one in sent if "oa_crm_customer.industry" in one):
        plan = _plan(sqlite_kit, said)
        assert f"ix_oa_crm_customer_tenant_id_owner_id_{sort}" in plan, plan
        assert "TEMP B-TREE" not in plan, plan


@pytest.mark.parametrize("sort", ["next_contact", "last_follow_up"])
@pytest.mark.parametrize("backend", ["mariadb"], indirect=True)
def test_who_sees_all_steps_over_nobody_without_a_time(kit: Kit, base: list[CustomerOut], sort: str) -> None:
    """MariaDB would come by nine hundred thousand of a million who have none, to those that have one."""
    column = ORDERS[sort].column
    for actor, told in ((SYSTEM, True), ("seller", False)):
        with listening(kit.crm.engine) as sent, kit.unit(actor, read_only=True) as unit:
            unit.customers.find({"sort": sort})
        said = next(one for one in sent if "oa_crm_customer.industry" in one)
        assert (f"FORCE INDEX (ix_oa_crm_customer_tenant_id_{column}_id)" in said) == told
        if told:
            assert f"range ix_oa_crm_customer_tenant_id_{column}_id" in " ".join(_plan(kit, said).split()), said
    with listening(kit.crm.engine) as sent, kit.unit(SYSTEM, read_only=True) as unit:
        unit.customers.find({"sort": sort, "level": "A"})
    assert not any("FORCE" in one for one in sent), "what is narrowed further may have a better index"


def test_a_common_word_is_asked_of_each_customer_and_nobody_makes_a_list_of_all(
    kit: Kit, backend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    kit.given.customer(name=NAMES[0])
    monkeypatch.setattr(searching, "COMMON", 1)
    with listening(kit.crm.engine) as sent, kit.unit("seller", read_only=True) as unit:
        assert [one.name for one in unit.customers.find({"text": "云帆"}).items] == [NAMES[0]]
    said = next(one for one in sent if "oa_crm_customer.industry" in one)
    of_each = {"sqlite": "CORRELATED SCALAR SUBQUERY", "postgresql": "SubPlan", "mariadb": "DEPENDENT SUBQUERY"}
    assert of_each[backend] in _plan(kit, said)


def _plan(kit: Kit, said: Sent) -> str:
    how = "EXPLAIN QUERY PLAN" if kit.crm.engine.dialect.name == "sqlite" else "EXPLAIN"
    with kit.crm.engine.connect() as connection:
        rows = connection.exec_driver_sql(f"{how} {said}", said.given).all()
    return "\n".join(" ".join(map(str, row)) for row in rows)
