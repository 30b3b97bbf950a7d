"""Many at once: one first version, one next version, one tick, one acknowledgement."""

from typing import Any

from tests.integration.merging.files import merge
from tests.integration.services.acting import at_once, count, doing, patiently
from tests.integration.strategies.laws import hold

from oa_crm.models import StrategyMark, StrategyReader
from oa_crm.testing import Kit


def test_of_many_first_versions_one_is_written(kit: Kit) -> None:
    customer = kit.given.customer()
    result = at_once(6, lambda n: patiently(lambda: _write(kit, customer, n)))
    assert (len(result.answers), result.codes) == (1, {"illegal_state"})
    hold(kit)


def test_of_many_revisions_of_one_version_one_is_kept(kit: Kit) -> None:
    plan = kit.given.strategy()
    revision = {"expected_version": 1, "reason": "对手降价"}
    result = at_once(
        6, lambda n: patiently(lambda: doing(
            kit, "seller", lambda u: u.strategies.revise(plan.id, {**revision, "goal": f"打法 {n}"}))))  # fmt: skip
    assert (len(result.answers), result.codes) == (1, {"stale_version"})
    hold(kit)


def test_a_step_is_ticked_once_and_a_version_acknowledged_once(kit: Kit) -> None:
    plan = kit.given.strategy()
    ticked = at_once(5, lambda _: patiently(lambda: doing(kit, "seller", lambda u: u.strategies.tick(plan.id, step=1))))
    assert (len(ticked.answers), ticked.codes, count(kit, StrategyMark)) == (1, {"illegal_state"}, 1)
    for member in ("manager", "chief"):
        known = at_once(5, lambda _, by=member: patiently(lambda: _acknowledge(kit, by, plan)))
        assert (len(known.answers), known.codes) == (1, {"illegal_state"})
    assert count(kit, StrategyReader) == 2
    hold(kit)


def test_whoever_writes_while_files_are_merged_leaves_one_living_strategy(kit: Kit) -> None:
    for _ in range(4):
        winner, loser = kit.given.customer(), kit.given.customer()
        kit.given.strategy(winner)
        project = kit.given.project(loser)

        def act(number: int, pair: Any = (winner, loser), sale: Any = project) -> Any:
            if number == 0:
                return patiently(lambda: merge(kit, *pair))
            about = {"customer_id": pair[1].id} if number == 1 else {"project_id": sale.id}
            return patiently(lambda: doing(kit, "seller", lambda u: u.strategies.write({**about, "goal": "签约"})))

        result = at_once(3, act)
        assert result.codes <= {"merged"}, result.errors
        hold(kit)


def _write(kit: Kit, customer: Any, number: int) -> Any:
    plan = {"customer_id": customer.id, "goal": f"目标 {number}"}
    return doing(kit, "seller", lambda u: u.strategies.write(plan))


def _acknowledge(kit: Kit, by: str, plan: Any) -> Any:
    return doing(kit, by, lambda u: u.strategies.acknowledge(plan.id, number=1))
