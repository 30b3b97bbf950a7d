"""The law of strategies, whatever is done in whatever order: versions explain the present, and one lives."""

from contextlib import suppress
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.integration.services.acting import doing
from tests.integration.strategies.laws import hold

from oa_crm.errors import CrmError
from oa_crm.testing import Kit

WORDS = ("签约", "试点", "进入短名单")
ACTS = st.sampled_from(("write", "revise", "steps", "tick", "untick", "retire", "acknowledge", "comment"))
PEOPLE = st.sampled_from(("seller", "manager", "chief", "colleague"))
MOVES = st.lists(st.tuples(ACTS, PEOPLE, st.integers(0, 2)), min_size=4, max_size=14)


def _act(unit: Any, customer: Any, act: str, number: int) -> Any:
    if act == "write":
        steps = [{"what": word} for word in WORDS[: number + 1]]
        return unit.strategies.write({"customer_id": customer.id, "goal": WORDS[number], "steps": steps})
    plan = unit.strategies.of("customer", customer.id)
    if plan is None:
        return None
    known = {"expected_version": plan.version, "reason": "对手降价"}
    if act == "revise":
        return unit.strategies.revise(plan.id, {**known, "goal": WORDS[number]})
    if act == "steps":
        kept = [{"no": one.no, "what": WORDS[number]} for one in plan.steps[:number]]
        return unit.strategies.revise(plan.id, {**known, "steps": [*kept, {"what": "报价"}]})
    if act in ("tick", "untick"):
        return unit.strategies.tick(plan.id, step=number + 1, done=act == "tick")
    if act == "retire":
        return unit.strategies.retire(plan.id, reason="换打法", expected_version=plan.version)
    if act == "acknowledge":
        return unit.strategies.acknowledge(plan.id, number=plan.version)
    return unit.strategies.comment(plan.id, {"words": WORDS[number], "mentions": ["seller"]})


@given(moves=MOVES)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_done_versions_explain_the_present(sqlite_kit: Kit, moves: Any) -> None:
    kit = sqlite_kit
    customer = kit.given.customer()
    for act, by, number in moves:
        with suppress(CrmError):
            doing(kit, by, lambda unit, it=(act, number): _act(unit, customer, *it))
    hold(kit)
