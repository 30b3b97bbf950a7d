"""Type-ahead: a name is found by how it begins, by its sound, and only by those who may see it."""

from dataclasses import replace
from typing import Any, Literal

import pytest
from sqlalchemy import Engine, insert, select, update
from tests.integration.hooks.probes import answering
from tests.integration.services.acting import doing, invalid, listening

from oa_crm.hooks import RowRule
from oa_crm.ids import new_id
from oa_crm.models import Customer, NamePrefix, table_of
from oa_crm.services.clashes import suggesting
from oa_crm.testing import CrmKit, Kit

FULL = "杭州云帆智能科技有限公司"


def _names(kit: Kit, typed: str, actor: str = "seller", limit: int = 10) -> list[str]:
    return [one.name for one in doing(kit, actor, lambda unit: unit.customers.suggest(typed, limit=limit))]


@pytest.mark.parametrize(
    "typed",
    ["杭州", "杭州云", "云帆", "雲帆", "yunfan", "YUN FAN", "yf", "yfzn", "hangzhouyun", "hzyf", "帆智", "FanZhi",
              "Ｙｆ", "曾用", "zengyong"]
)  # fmt: skip
def test_a_customer_is_found_however_one_begins(kit: Kit, typed: str) -> None:
    kit.given.customer(name=FULL, short_name="帆智", former_names=("曾用名科技有限公司",))
    kit.given.customer(name="长风物流有限公司")
    assert _names(kit, typed) == [FULL]
    assert _names(kit, typed, "colleague") == []
    assert _names(kit, typed, "manager") == [FULL]


def test_latin_names_and_what_is_no_beginning(kit: Kit) -> None:
    kit.given.customer(name="Northwind Traders Co., Ltd.")
    assert _names(kit, "north W") == ["Northwind Traders Co., Ltd."]
    assert _names(kit, "wind") == []
    for nothing in ("", "  ", "%", "()"):
        with invalid("beginning"):
            _names(kit, nothing)


def test_a_renamed_customer_is_found_by_both_names_and_a_limit_holds(kit: Kit) -> None:
    made = kit.given.customer(name=FULL)
    patch = {"expected_version": 1, "name": "百川能源有限公司"}
    doing(kit, "seller", lambda unit: unit.customers.update(made.id, patch))
    assert _names(kit, "yunfan") == _names(kit, "baichuan") == ["百川能源有限公司"]
    kit.given.customer(name="百川制药有限公司")
    assert _names(kit, "百川", limit=1) == ["百川制药有限公司"]


def _his_last_of_many(kit: Kit, many: int) -> None:
    """`many` customers of a colleague that begin as one of his does, all before it."""
    mine = kit.given.customer(name="北京尾声文化有限公司")
    with kit.crm.engine.begin() as connection:
        row = dict(connection.execute(select(table_of(Customer)).where(Customer.id == mine.id)).one()._mapping)
        others = [{**row, "id": new_id(), "owner_id": "colleague", "name": f"北京{n:04}有限公司"} for n in range(many)]
        connection.execute(insert(Customer), others)
        texts = [{"tenant_id": "acme", "typed": one["name"], "customer_id": one["id"]} for one in others]
        connection.execute(insert(NamePrefix), texts)


# More than the first stretch, than the next one, and than the last.
@pytest.mark.parametrize("many", [400, 900, 4400])
def test_whoever_sees_little_of_a_large_company_still_finds_his_own(
    kit: Kit, many: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suggesting, "_AMONG_HIS", (600, 4000))
    _his_last_of_many(kit, many)
    for _ in ("first", "again, as it is remembered"):
        with listening(kit.crm.engine) as sent:
            assert _names(kit, "北京") == ["北京尾声文化有限公司"]
        # His own are asked one by one only where the last stretch ends before all that begin so.
        by_one = [one for one in sent if "LIMIT" in one.partition(" IS NOT NULL")[0] and " IS NOT NULL" in one]
        assert bool(by_one) == (many > 4000)
        # By the index of beginnings PostgreSQL would step through all that begin so, for each of his.
        assert all("typed || " in one or "concat(" in one for one in by_one)
    assert len(_names(kit, "北京", "colleague", limit=20)) == 20


def _among_his(sent: list[str]) -> list[bool]:
    """Of the statements about beginnings, which ask whether each is one of his."""
    return [" IS true" in one or " IS 1" in one for one in sent if "name_prefix" in one]


def test_who_sees_few_is_answered_from_these_from_then_on(kit: Kit) -> None:
    """Looked up the other way round, each of a stretch of thousands is a step to a page of its own."""
    _his_last_of_many(kit, 400)
    _names(kit, "北京")
    with listening(kit.crm.engine) as sent:
        assert _names(kit, "北京") == ["北京尾声文化有限公司"]
    assert _among_his(sent) == [True, False], "his own, and whether the stretch is cut: no first stretch"
    with listening(kit.crm.engine) as sent:
        assert _names(kit, "北京", "manager") != []
    assert not any(_among_his(sent)), "who sees them all is answered from the first stretch"


def test_a_merged_customer_of_his_is_not_suggested(kit: Kit) -> None:
    """Among his it is looked for by an index that does not know of mergers."""
    _his_last_of_many(kit, 400)
    (mine,) = doing(kit, "seller", lambda unit: unit.customers.suggest("北京"))
    other = kit.given.customer(name="北京前奏传播有限公司")
    assert len(_names(kit, "北京")) == 2
    pair = {"winner_id": mine.customer_id, "loser_id": other.id, "winner_version": 1, "loser_version": 1}
    doing(kit, "manager", lambda unit: unit.merges.merge(pair))
    assert _names(kit, "北京") == ["北京尾声文化有限公司"]


def test_who_came_to_see_more_is_answered_from_the_first_stretch_again(kit: Kit) -> None:
    """His own were a range of an index; under another role it is the whole company."""
    _his_last_of_many(kit, 400)
    _names(kit, "北京")
    kit.company.people["seller"] = replace(kit.company.people["seller"], roles=("executive",))
    doing(kit, "admin", lambda unit: unit.directory.sync())
    with listening(kit.crm.engine) as sent:
        assert _names(kit, "北京") != []
    assert not any(_among_his(sent))


def test_what_he_has_a_seat_on_is_among_his(kit: Kit) -> None:
    _his_last_of_many(kit, 400)
    _names(kit, "北京")
    other = doing(kit, "colleague", lambda unit: unit.customers.create({"name": "北京序幕音乐有限公司"}))
    seat = {"kind": "customer", "thing_id": other.id, "member_id": "seller", "level": "read", "role": "presales"}
    doing(kit, "colleague", lambda unit: unit.teams.join(seat))
    with listening(kit.crm.engine) as sent:
        assert _names(kit, "北京") == ["北京尾声文化有限公司", "北京序幕音乐有限公司"]
    assert any(_among_his(sent))


def test_a_manager_of_few_is_answered_from_his_department_and_the_pool(kit: Kit, backend: str) -> None:
    """By one condition for all three, SQLite walked through the company."""
    _his_last_of_many(kit, 400)
    for name in ("北京序幕音乐有限公司", "北京终章物流有限公司"):
        doing(kit, "manager", lambda unit, name=name: unit.customers.create({"name": name}))
    with kit.crm.engine.begin() as connection:
        customer = table_of(Customer)
        away = update(customer).where(customer.c.owner_id == "colleague").values(owner_id="outsider")
        pooled = update(customer).where(customer.c.name.like("北京终章%")).values(owner_id=None)
        for one in (away, pooled):
            connection.execute(one)
    for _ in ("first", "again, as it is remembered"):
        with listening(kit.crm.engine) as sent:
            found = _names(kit, "北京", "manager")
        assert sorted(found) == ["北京尾声文化有限公司", "北京序幕音乐有限公司", "北京终章物流有限公司"]
        assert any(_among_his(sent))
    plan = next(one for one in sent if any(_among_his([one])))
    assert plan.count("UNION ALL") == 2
    # Each range with a limit: where PostgreSQL expects more than fits in memory, it asks each by reading all his.
    assert plan.count("LIMIT") == 2 + 3
    # Of a list of people it expects half the company, and reads it all.
    assert ("owner_id = ANY (array(" in plan) == (backend == "postgresql")


@pytest.mark.parametrize("effect", ["limit", "grant"])
def test_row_rules_hold_for_type_ahead_among_few(
    crm_kit: CrmKit, database: Engine, effect: Literal["limit", "grant"]
) -> None:
    """A limit takes from what is found among his; by a grant no index leads to all that he sees."""

    def agents(who: Any, customer: Any) -> Any:
        theirs = customer.source.is_distinct_from("agent")
        return (~theirs if effect == "grant" else theirs) if who.id == "seller" else None

    rule = RowRule("agents", "customer", effect, agents, "agents are others'")
    kit = crm_kit(answering("agents", "register_row_rules", [rule]), database=database)
    _his_last_of_many(kit, 400)
    kit.given.customer(name="北京序幕音乐有限公司", source=None)
    with kit.crm.engine.begin() as connection:
        customer = table_of(Customer)
        of_agents = customer.c.name.in_(["北京序幕音乐有限公司", "北京0399有限公司"])
        connection.execute(update(customer).where(of_agents).values(source="agent"))
    for _ in ("first", "again, as it is remembered"):
        with listening(kit.crm.engine) as sent:
            found = set(_names(kit, "北京"))
        granted = {"北京序幕音乐有限公司", "北京0399有限公司"} if effect == "grant" else set()
        assert found == {"北京尾声文化有限公司"} | granted
        assert any(_among_his(sent)) == (effect == "limit")


def test_what_a_limit_hides_does_not_crowd_out_what_he_sees(
    crm_kit: CrmKit, database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of what is found among his so many are put in order; where all of these are hidden from him, he is asked on."""

    def no_agents(who: Any, customer: Any) -> Any:
        return customer.source.is_distinct_from("agent") if who.id == "seller" else None

    rule = RowRule("agents", "customer", "limit", no_agents, "agents are others'")
    kit = crm_kit(answering("agents", "register_row_rules", [rule]), database=database)
    monkeypatch.setattr(suggesting, "_ORDERED", 3)
    _his_last_of_many(kit, 400)
    with kit.crm.engine.begin() as connection:
        customer = table_of(Customer)
        hidden = update(customer).where(customer.c.name < "北京0005").where(customer.c.owner_id == "colleague")
        connection.execute(hidden.values(owner_id="seller", source="agent"))
    kit.given.customer(name="北京终章物流有限公司")
    assert sorted(_names(kit, "北京")) == ["北京尾声文化有限公司", "北京终章物流有限公司"]


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.parametrize("who", ["seller", "seated", "manager"])
def test_nobody_walks_the_company_for_a_type_ahead(kit: Kit, who: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also SQLite without statistics: where one condition told all that a manager sees, or a seat that it is
    somebody's, it took an index of the tenant alone, 2 s at a million."""
    _his_last_of_many(kit, 40)
    for name in ("北京序幕音乐有限公司", "北京终章物流有限公司") if who == "seated" else ():
        other = doing(kit, "colleague", lambda unit, name=name: unit.customers.create({"name": name}))
        seat = {"kind": "customer", "thing_id": other.id, "member_id": "seller", "level": "read", "role": "presales"}
        doing(kit, "colleague", lambda unit, seat=seat: unit.teams.join(seat))
    for name, short in {"_FIRST": 2, "_FAR": 3, "_AMONG_HIS": (3, 4)}.items():
        monkeypatch.setattr(suggesting, name, short)
    plans = list[str]()
    for _ in ("first", "again, as it is remembered"):
        with listening(kit.crm.engine) as sent:
            _names(kit, "北京", "manager" if who == "manager" else "seller", limit=60)
        with kit.crm.engine.connect() as connection:
            for said in (one for one in sent if "name_prefix" in one or "count(*)" in one):
                plans += [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {said}", said.given)]
    of_customers = [line for line in plans if "oa_crm_customer USING" in line or "SCAN main.oa_crm_customer" in line]
    assert len(of_customers) > 6
    assert not [
        line for line in of_customers if "owner_id=?" not in line and "id=?)" not in line.replace("tenant_id", "")
    ]
    of_beginnings = [line for line in plans if "oa_crm_name_prefix" in line]
    assert {"typed>" in line or "customer_id=?" in line for line in of_beginnings} == {True}
