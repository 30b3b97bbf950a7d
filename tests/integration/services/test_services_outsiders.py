"""Outsiders, such as agents: whatever their roles, rules and remits say, they have their own only."""

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Engine
from tests.integration.services.acting import SYSTEM, doing, refused
from tests.integration.services.plugins import Chart

from oa_crm.hooks import Member, RowRule, hookimpl
from oa_crm.testing import CrmKit, Kit

EVERY_ROLE = ("salesperson", "sales_manager", "finance", "hr", "executive", "crm_admin")


class _EverythingToEverybody:
    """A plugin that grants every customer to everybody."""

    name = "everything"

    @hookimpl
    def register_row_rules(self) -> list[RowRule]:
        return [RowRule("all", "customer", "grant", lambda _who, customer: customer.id.is_not(None), "all see all")]


@pytest.fixture
def chart() -> Chart:
    made = Chart()
    made.known_members += [
        Member("agent", "Agent", "sales", "manager", ("salesperson",), external=True),
        Member("partner", "Partner", "company", "chief", EVERY_ROLE, external=True),
    ]
    return made


@pytest.fixture
def kit(database: Engine, crm_kit: CrmKit, chart: Chart) -> Kit:
    return crm_kit(chart, _EverythingToEverybody(), database=database)


def _customer(kit: Kit, by: str, **facts: Any) -> Any:
    named = {"name": f"{uuid4().hex[:12]} 有限公司", **facts}
    return doing(kit, by, lambda unit: unit.customers.create(named, override_reason="测试"))


def test_no_card_tells_him_that_anothers_customer_exists(kit: Kit) -> None:
    theirs = _customer(kit, "seller")
    policy = {"cards": "name", "tell_outsiders": "name"}
    change = {"entrance": "any", "policy": policy, "expected_version": 0}
    doing(kit, "admin", lambda unit: unit.duplicates.set_policy(change))
    with refused("not_found"):
        doing(kit, "agent", lambda unit: unit.customers.card(theirs.id))
    told = doing(kit, "agent", lambda unit: unit.permissions.explain("read", "customer", theirs.id))
    assert "cards" not in repr(told.rows)


@pytest.mark.parametrize("actor", ["agent", "partner"])
def test_he_has_his_own_only_whatever_gives_him_more(kit: Kit, actor: str) -> None:
    mine, theirs = _customer(kit, actor), _customer(kit, "seller", level="A")
    seat = {"kind": "member", "id": actor}
    grant = {"name": "甲", "seat": seat, "effect": "grant", "may": "write", "where": {"levels": ["A"]}}
    doing(kit, "admin", lambda unit: unit.remits.give(grant))
    assert [one.id for one in doing(kit, actor, lambda unit: unit.customers.find()).items] == [mine.id]
    told = doing(kit, actor, lambda unit: unit.permissions.explain("read", "customer", theirs.id))
    missing = doing(kit, actor, lambda unit: unit.permissions.explain("read", "customer", uuid4()))
    assert told == missing
    assert "an outsider has his own only" in told.rule
    for act in (
        lambda unit: unit.customers.get(theirs.id),
        lambda unit: unit.customers.update(theirs.id, {"expected_version": 1, "level": "B"}),
        lambda unit: unit.contacts.create({"customer_id": theirs.id, "name": "林晓"}),
    ):
        with refused("not_found"):
            doing(kit, actor, act)
    doing(kit, actor, lambda unit: unit.followups.log({"customer_id": mine.id, "way": "mail", "outcome": "好"}))


def test_no_role_gives_an_outsider_an_act_of_the_house(kit: Kit) -> None:
    mine, other = _customer(kit, "partner"), _customer(kit, "partner")
    for act in (
        lambda unit: unit.pool.transfer(mine.id, "seller", expected_version=1, reason="换人"),
        lambda unit: unit.pools.open({"name": "公海"}),
        lambda unit: unit.pools.limits(),
        lambda unit: unit.remits.list(),
        lambda unit: unit.directory.sync(),
        lambda unit: unit.plugins.list(),
        lambda unit: unit.duplicates.searches(),
        lambda unit: unit.privacy.looks(),
        lambda unit: unit.leads.pool(),
        lambda unit: unit.pipelines.list(),
        lambda unit: unit.forecasts.list(),
        lambda unit: unit.links.of("member", "seller"),
        lambda unit: unit.links.of("digest", str(uuid4())),
        lambda unit: unit.merges.merge(
            {"winner_id": mine.id, "loser_id": other.id, "winner_version": 1, "loser_version": 1}
        ),
    ):
        with refused("forbidden"):
            doing(kit, "partner", act)


@pytest.mark.parametrize("actor", ["agent", "partner"])
def test_he_has_a_board_of_the_pipelines_of_his_projects_alone(kit: Kit, actor: str) -> None:
    his, other = kit.given.pipeline(), kit.given.pipeline()
    mine = {"customer_id": _customer(kit, actor).id, "name": "机房", "type": his.types[0]}
    doing(kit, actor, lambda unit: unit.projects.create(mine))
    assert doing(kit, actor, lambda unit: unit.projects.board(his.id))[0].projects == 1
    for id in (other.id, uuid4()):
        with refused("not_found"):
            doing(kit, actor, lambda unit, at=id: unit.projects.board(at))
        with refused("not_found"):
            doing(kit, actor, lambda unit, at=id: unit.projects.column(at, "contacted"))


def test_a_pool_is_his_only_when_it_names_him(kit: Kit) -> None:
    first = doing(kit, "admin", lambda unit: unit.pools.open({"name": "大家的"}))
    by_role = {
        "name": "销售的",
        "members": [{"kind": "role", "id": "salesperson"}, {"kind": "department", "id": "sales"}],
    }
    by_name = {"name": "代理的", "members": [{"kind": "member", "id": "agent"}, {"kind": "member", "id": "seller"}]}
    pools = [first, *(doing(kit, "admin", lambda unit, one=one: unit.pools.open(one)) for one in (by_role, by_name))]
    lying = []
    for pool in pools:
        one = _customer(kit, "seller")
        lying.append(one.id)
        doing(
            kit,
            "seller",
            lambda unit, one=one, pool=pool: unit.pool.release(
                one.id, expected_version=1, reason="没有需求", pool_id=pool.id
            ),
        )
    assert [one.id for one in doing(kit, "agent", lambda unit: unit.pool.find()).items] == [lying[2]]
    (told,) = doing(kit, "agent", lambda unit: unit.pools.list())
    assert (told.name, told.members, told.admins) == ("代理的", (), ())
    for one in (*lying[:2], uuid4()):
        with refused("not_found", id=str(one)):
            doing(kit, "agent", lambda unit, one=one: unit.pool.claim(one))
    assert doing(kit, "agent", lambda unit: unit.pool.claim(lying[2])).owner_id == "agent"
    assert doing(kit, "admin", lambda unit: unit.pools.lint()) is not None


def test_no_customer_is_dealt_out_to_him_unless_he_is_named(kit: Kit) -> None:
    pool = doing(kit, "admin", lambda unit: unit.pools.open({"name": "大家的"}))
    for _ in range(6):
        one = _customer(kit, "seller")
        doing(kit, "seller", lambda unit, one=one: unit.pool.release(one.id, expected_version=1, reason="没有需求"))
    by_role = {"pool_id": pool.id, "most": 4, "among": [{"kind": "role", "id": "salesperson"}]}
    given = doing(kit, "admin", lambda unit: unit.pool.distribute(by_role)).given
    assert set(given.values()) == {"seller", "colleague"}
    named = {"pool_id": pool.id, "among": [{"kind": "member", "id": "agent"}]}
    assert set(doing(kit, "admin", lambda unit: unit.pool.distribute(named)).given.values()) == {"agent"}


def test_a_clash_tells_him_what_the_policy_for_outsiders_says(kit: Kit) -> None:
    theirs = _customer(kit, "seller", name="云帆智能科技(杭州)有限公司")
    asked = {"name": theirs.name}
    (hit,) = doing(kit, "agent", lambda unit: unit.customers.check(asked)).hits
    assert (hit.customer_id, hit.owner_name, hit.department) == (None, None, None)
    assert (hit.last_follow_up_at, hit.pooled, hit.next_steps) == (None, False, ())
    (hit,) = doing(kit, "colleague", lambda unit: unit.customers.check(asked)).hits
    assert hit.owner_name == "Salesperson"
    policy = {"entrance": "create", "policy": {"tell_owner": "name", "tell_outsiders": "department"}}
    doing(kit, "admin", lambda unit: unit.duplicates.set_policy({**policy, "expected_version": 0}))
    (hit,) = doing(kit, "agent", lambda unit: unit.customers.check(asked)).hits
    assert (hit.owner_name, hit.department) == (None, "Sales")


def test_he_sees_himself_and_whom_he_reports_to_and_only_his_own_views(kit: Kit, chart: Chart) -> None:
    assert [one.id for one in doing(kit, "agent", lambda unit: unit.directory.members())] == ["agent", "manager"]
    doing(kit, "manager", lambda unit: unit.views.save({"name": "全部", "shared": "everybody"}))
    doing(kit, "agent", lambda unit: unit.views.save({"name": "我的"}))
    assert [one.name for one in doing(kit, "agent", lambda unit: unit.views.list())] == ["我的"]
    assert len(doing(kit, "seller", lambda unit: unit.views.list())) == 1
    chart.known_members[-1] = Member("partner", "Partner", "company", "chief", EVERY_ROLE)
    doing(kit, SYSTEM, lambda unit: unit.directory.sync())
    assert len(doing(kit, "partner", lambda unit: unit.directory.members())) == 9, "one of the house again"
