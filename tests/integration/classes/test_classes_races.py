"""Many who class one customer at once: one wins, the history has no gap, rules and people do not mix."""

from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool
from tests.integration.classes.laws import classify, holds, present, tree
from tests.integration.merging.files import read
from tests.integration.services.acting import SYSTEM, at_once, doing, patiently, rows

from oa_crm.models import ClassChange
from oa_crm.testing import Kit


def test_of_many_who_class_one_customer_one_wins(kit: Kit) -> None:
    tree(kit, "type", "a", "b", "c", "d")
    customer = kit.given.customer()

    def act(number: int) -> Any:
        data = {
            "expected_version": 1,
            "level": "ABCD"[number],
            "categories": {"type": "abcd"[number]},
            "reason": "复核",
        }
        return patiently(lambda: doing(kit, "seller", lambda unit: unit.customers.classify(customer.id, data)))

    result = at_once(4, act)
    assert len(result.answers) == 1
    assert result.codes == {"stale_version"}
    assert len(rows(kit, ClassChange)) == 2
    holds(kit)


def test_rules_that_run_twice_at_once_change_each_customer_once(kit: Kit) -> None:
    for _ in range(6):
        kit.given.customer()
    doing(kit, "admin", lambda unit: unit.class_rules.define({"name": "rest", "tree": "level", "gives": "D"}))
    at_once(2, lambda _: patiently(lambda: kit.crm.classes.apply(kit.scope(SYSTEM), slice=3)))
    assert len(rows(kit, ClassChange)) == 6
    holds(kit)


def test_people_rules_and_merges_at_once_leave_a_history_that_replays(kit: Kit) -> None:
    tree(kit, "type", "dealer", "user")
    winner, loser, other = kit.given.customer(), kit.given.customer(level="A"), kit.given.customer()
    doing(kit, "admin", lambda unit: unit.class_rules.define({"name": "rest", "tree": "type", "gives": "user"}))

    def merge() -> Any:
        pair = {"winner_id": winner.id, "loser_id": loser.id}
        versions = {"winner_version": read(kit, winner.id).version, "loser_version": read(kit, loser.id).version}
        return doing(kit, "manager", lambda unit: unit.merges.merge({**pair, **versions}))

    acts = (
        lambda: merge(),
        lambda: kit.crm.classes.apply(kit.scope(SYSTEM)),
        lambda: classify(kit, loser.id, "manager", categories={"type": "dealer"}),
        lambda: classify(kit, winner.id, "manager", level="C", categories={"type": "dealer"}),
        lambda: classify(kit, other.id, "manager", level="B"),
    )
    result = at_once(len(acts), lambda n: patiently(acts[n]))
    assert result.codes <= {"stale_version", "merged"}
    holds(kit)


@pytest.mark.parametrize("backend", ["postgresql", "mariadb"], indirect=True)
def test_a_host_that_reads_an_old_snapshot_still_goes_on_with_the_history(kit: Kit, database_url: str) -> None:
    tree(kit, "type", "dealer", "user")
    customer = kit.given.customer()
    host = create_engine(database_url, poolclass=NullPool)
    with host.connect() as connection:
        connection.execute(text("SELECT count(*) FROM oa_crm_class_change"))
        told = classify(kit, customer.id, level="B", categories={"type": "dealer"})
        data = {"expected_version": told.version, "level": "A", "categories": {"type": "user"}, "reason": "复核"}
        with kit.crm.join(connection, kit.scope("seller")) as unit:
            unit.customers.classify(customer.id, data)
        connection.commit()
    assert [row["number"] for row in rows(kit, ClassChange)] == [1, 2, 3, 4]
    holds(kit)


@pytest.mark.parametrize("backend", ["postgresql", "mariadb"], indirect=True)
def test_a_merge_by_a_host_that_reads_an_old_snapshot_follows_the_history_of_now(kit: Kit, database_url: str) -> None:
    tree(kit, "type", "dealer", "user")
    winner, loser = kit.given.customer(), kit.given.customer(level="A")
    host = create_engine(database_url, poolclass=NullPool)
    with host.connect() as connection:
        connection.execute(text("SELECT count(*) FROM oa_crm_class_change"))
        version = classify(kit, winner.id, categories={"type": "dealer"}).version
        pair = {"winner_id": winner.id, "winner_version": version, "loser_id": loser.id, "loser_version": 1}
        with kit.crm.join(connection, kit.scope("manager")) as unit:
            unit.merges.merge(pair)
        connection.commit()
    assert present(kit)[winner.id] == {"level": ("A", False), "type": ("dealer", False)}
    holds(kit)
