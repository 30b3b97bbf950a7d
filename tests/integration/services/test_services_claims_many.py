"""Many customers claimed in one act: answered as if they were claimed one after the other, at the price of a few."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine
from tests.integration.services.acting import doing, everything, listening

from oa_crm import Unit, hookimpl
from oa_crm.errors import CrmError
from oa_crm.hooks import Objection
from oa_crm.ids import new_id
from oa_crm.testing import CrmKit, Kit


class Undone(Exception):
    """Takes back what a unit did."""


class AtMostTwo:
    """A plugin that looks into the database: nobody gets a third customer."""

    name = "at-most-two"

    @hookimpl
    def check_customer_owner_change(self, ctx: Any, change: Any) -> Objection | None:
        mine = "SELECT count(*) FROM oa_crm_customer WHERE owner_id = 'colleague'"
        held = ctx.connection.exec_driver_sql(mine).scalar()
        return Objection("enough", "He has two") if change.cause == "claim" and held >= 2 else None


@pytest.fixture
def kit(database: Engine, crm_kit: CrmKit) -> Kit:
    return crm_kit(database=database)


def _pooled(kit: Kit, many: int, pool: Any = None, **facts: Any) -> list[UUID]:
    made = [kit.given.customer(**facts) for _ in range(many)]
    into = {} if pool is None else {"pool_id": pool.id}
    back = {"expected_version": 1, "reason": "没有需求", **into}
    return [doing(kit, "seller", lambda unit, one=one: unit.pool.release(one.id, **back)).id for one in made]


def _open(kit: Kit, **facts: Any) -> Any:
    return doing(kit, "admin", lambda unit: unit.pools.open(facts))


def _limit(kit: Kit, **facts: Any) -> Any:
    return doing(kit, "admin", lambda unit: unit.pools.set_limit(facts))


def _cost(kit: Kit, ids: list[UUID], by: str = "colleague") -> tuple[int, int]:
    with listening(kit.crm.engine) as sent:
        done = doing(kit, by, lambda unit: unit.pool.claim_many(ids)).done
    return done, len(sent)


def test_the_number_of_statements_does_not_grow_with_the_customers(kit: Kit) -> None:
    _limit(kit, holding=46, claims_per_day=46)
    few, many, more = _pooled(kit, 3), _pooled(kit, 30), _pooled(kit, 20)
    (won, won_by), (lots, lots_by) = _cost(kit, few), _cost(kit, many)
    assert (won, lots) == (3, 30)
    assert lots_by == won_by
    _, held_by = _cost(kit, few, "seller")
    _, all_held_by = _cost(kit, many, "seller")
    assert all_held_by == held_by < won_by
    assert _cost(kit, more)[0] == 13
    (_, one_by), (_, seven_by) = _cost(kit, more[13:14]), _cost(kit, more[13:])
    assert seven_by == one_by < won_by


def test_a_batch_is_answered_as_if_one_after_the_other(kit: Kit) -> None:
    ids = _everything_that_may_stand_in_the_way(kit)
    before = everything(kit)
    for by in ("colleague", "manager", "seller", "admin", "people"):
        alone, together = (_tried(kit, by, ids, do) for do in (_one_by_one, _at_once))
        assert together == alone
    problems = {problem and problem[0] for problem in _tried(kit, "colleague", ids, _at_once).values()}
    refusals = {"claim_quota", "holding_limit", "claim_too_early", "not_found", "forbidden"}
    assert problems == refusals | {None}
    assert everything(kit) == before


def _everything_that_may_stand_in_the_way(kit: Kit) -> list[UUID]:
    first = _open(kit, name="甲", position=1, claims_per_day=2, wait_hours=24)
    second = _open(kit, name="乙", position=2, cooldown_days=7, members=[{"kind": "department", "id": "sales"}])
    others = _open(kit, name="丙", position=3, members=[{"kind": "member", "id": "manager"}])
    _limit(kit, holding=6, claims_per_day=5, free={"levels": ["D"]})
    _limit(kit, seat={"kind": "department", "id": "sales"}, together=True, holding=4)
    ids = _pooled(kit, 4, first)
    kit.clock.advance(hours=25)
    ids += [
        *_pooled(kit, 2, first),
        *_pooled(kit, 3, second),
        *_pooled(kit, 2, second, level="D"),
        *_pooled(kit, 1, others),
    ]
    ids += [kit.given.customer().id, new_id()]
    winner, loser = kit.given.customer(), kit.given.customer()
    pair = {"winner_id": winner.id, "loser_id": loser.id, "winner_version": 1, "loser_version": 1}
    doing(kit, "admin", lambda unit: unit.merges.merge(pair))
    return [*ids, winner.id, loser.id]


def _tried(kit: Kit, by: str, ids: list[UUID], do: Any) -> dict[UUID, Any]:
    """What became of each, which is taken back."""
    told: dict[UUID, Any] = {}
    with pytest.raises(Undone), kit.unit(by) as unit:
        told = do(unit, ids)
        raise Undone
    return told


def _one_by_one(unit: Unit, ids: list[UUID]) -> dict[UUID, Any]:
    return {id: _became(unit, id) for id in sorted(ids)}


def _became(unit: Unit, id: UUID) -> Any:
    try:
        unit.pool.claim(id)
    except CrmError as error:
        return error.code, error.text(unit.scope.locale)
    return None


def _at_once(unit: Unit, ids: list[UUID]) -> dict[UUID, Any]:
    try:
        answers = unit.pool.claim_many(ids[::-1]).answers
    except CrmError as error:
        return dict.fromkeys(ids, (error.code, error.text(unit.scope.locale)))
    return {one.customer_id: one.problem and (one.problem, one.text) for one in answers}


def test_a_plugin_is_asked_of_each_after_those_before_it(database: Engine, crm_kit: CrmKit) -> None:
    kit = crm_kit(AtMostTwo(), database=database)
    ids = _pooled(kit, 4)
    told = doing(kit, "colleague", lambda unit: unit.pool.claim_many(ids))
    assert [one.problem for one in told.answers] == [None, None, "vetoed", "vetoed"]


def test_pools_that_were_changed_in_the_same_unit_hold_at_once(kit: Kit) -> None:
    pool = _open(kit, name="甲", position=1)
    one, other = _pooled(kit, 2, pool)
    with kit.unit("admin") as unit:
        unit.pool.claim(one)
        small = unit.pools.update(pool.id, {"expected_version": 1, "wait_hours": 24, "admins": []})
        assert unit.pool.find().items[0].claimable_from is not None
        unit.pools.drop(pool.id, expected_version=small.version, into=unit.pools.open({"name": "乙", "position": 2}).id)
        assert [one.name for one in unit.pools.list()] == ["乙"]
        assert unit.pool.claim(other).owner_id == "admin"
