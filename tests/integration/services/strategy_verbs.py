"""The verbs of strategies: a part of the table in `verbs.py`."""

from typing import Any

from tests.integration.services.verb import Verb


def _goal(customer: Any, goal: str) -> dict[str, Any]:
    return {"customer_id": customer.id, "goal": goal, "review_on": "2026-06-30", "reason": "年度规划"}


def _more(goal: str) -> dict[str, Any]:
    return {"expected_version": 1, "goal": goal, "reason": "对手降价"}


STRATEGY_VERBS = (
    Verb(
        "strategies.write", "seller", lambda kit: kit.given.customer(),
        lambda unit, it, **key: unit.strategies.write(_goal(it, "进入短名单"), **key),
        lambda unit, it, **key: unit.strategies.write(_goal(it, "签下框架合同"), **key),
    ),
    Verb(
        "strategies.revise", "seller", lambda kit: kit.given.strategy(),
        lambda unit, it, **key: unit.strategies.revise(it.id, _more("先做试点"), **key),
        lambda unit, it, **key: unit.strategies.revise(it.id, _more("一次上线"), **key),
    ),
    Verb(
        "strategies.retire", "seller", lambda kit: kit.given.strategy(),
        lambda unit, it, **key: unit.strategies.retire(it.id, reason="项目取消", expected_version=1, **key),
        lambda unit, it, **key: unit.strategies.retire(it.id, reason="预算取消", expected_version=1, **key),
    ),
    Verb(
        "strategies.tick", "seller", lambda kit: kit.given.strategy(),
        lambda unit, it, **key: unit.strategies.tick(it.id, step=1, note="已演示", **key),
        lambda unit, it, **key: unit.strategies.tick(it.id, step=1, **key),
    ),
    Verb(
        "strategies.comment", "manager", lambda kit: kit.given.strategy(),
        lambda unit, it, **key: unit.strategies.comment(it.id, {"words": "谁拍板?"}, **key),
        lambda unit, it, **key: unit.strategies.comment(it.id, {"words": "预算多少?"}, **key),
    ),
    Verb(
        "strategies.acknowledge", "manager", lambda kit: kit.given.strategy(),
        lambda unit, it: unit.strategies.acknowledge(it.id, number=1),
        lambda unit, it: unit.strategies.acknowledge(it.id, number=2),
    ),
)  # fmt: skip

STRATEGY_KEYLESS = {"strategies.acknowledge": "a version is acknowledged once by each"}
