"""Open plans follow the owner when two files become one, and go back to whoever had each when they are split."""

from collections.abc import Iterable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, update
from tests.integration.merging.files import Snapshot, differences, merge, read, snapshot, split
from tests.integration.services.acting import SYSTEM, doing, listening, refused, rows
from tests.support.laws import examples

from oa_crm import Unit
from oa_crm.hooks.payloads import FollowUpOverdue, PlanChanged
from oa_crm.models import AuditEntry, MergePart, Plan, table_of
from oa_crm.schemas import MergeOut, PairAnswer
from oa_crm.testing import CrmKit, Kit

NAMES = ("云帆智能科技有限公司", "长风物流有限公司", "碧海食品厂", "金石建材集团")
_TERM = {"owner_no", "owner_since", "clock_from", "protected_until"}
PEOPLE = ("seller", "colleague", "manager")


def owned(kit: Kit, owner: str, name: str) -> Any:
    return doing(kit, "manager", lambda unit: unit.customers.create({"name": name, "owner_id": owner}))


def two(kit: Kit) -> tuple[Any, Any]:
    """The seller's customer, and a colleague's that turns out to be the same."""
    return owned(kit, "seller", NAMES[0]), owned(kit, "colleague", NAMES[1])


def plan(kit: Kit, customer: Any, who: str | None = None, **more: Any) -> Any:
    """A call that is due in two days, by the customer's owner or by somebody who helps, or helped, there."""
    call = {"way": "phone", "purpose": "回访", "due_at": kit.clock.now() + timedelta(days=2), **more}
    wanted = {"customer_id": customer.id, "assignee_id": customer.owner_id, **call}
    made = doing(kit, "manager", lambda unit: unit.plans.plan(wanted))
    if who is not None:
        given_to(kit, made, who)
    return made


def but_for_terms(state: Snapshot) -> Snapshot:
    """Without since when somebody has a customer: the ledger only goes on."""
    kept = {name: dict(found) for name, found in state.items() if name != "oa_crm_ownership"}
    for key, row in kept["oa_crm_customer"].items():
        kept["oa_crm_customer"][key] = {name: value for name, value in row.items() if name not in _TERM}
    return kept


def given_to(kit: Kit, one: Any, who: str) -> None:
    """It is his to do, whatever he may see there by now."""
    table = table_of(Plan)
    with kit.crm.engine.begin() as connection:
        connection.execute(update(table).where(table.c.id == one.id).values(assignee_id=who))


def whose(kit: Kit, plans: Iterable[Any]) -> list[Any]:
    now = {row["id"]: (row["customer_id"], row["assignee_id"], row["state"]) for row in rows(kit, Plan)}
    return [now[one.id] for one in plans]


def changes(kit: Kit, one: Any) -> list[tuple[str, str]]:
    kit.relay.drain()
    return [(it.change, it.assignee_id) for it in kit.recorder.of(PlanChanged) if it.plan_id == one.id]


def handed_on(kit: Kit) -> list[Any]:
    told = rows(kit, AuditEntry, operation="plans.hand_on")
    return [(one["changes"]["assignee_id"], one["reason"]) for one in told]


def test_the_losers_owners_plans_are_the_survivors_owners_to_do(kit: Kit) -> None:
    winner, loser = two(kit)
    ours, theirs, helpers = plan(kit, winner), plan(kit, loser), plan(kit, loser, "manager")
    preview = doing(kit, "manager", lambda unit: unit.merges.preview(winner.id, loser.id))
    done = merge(kit, winner, loser, reason="同一家")
    assert whose(kit, (ours, theirs, helpers)) == [
        (winner.id, "seller", "planned"),
        (winner.id, "seller", "planned"),
        (winner.id, "manager", "planned"),
    ]
    agenda = doing(kit, "seller", lambda unit: unit.plans.agenda()).items
    assert [one.id for one in agenda] == [ours.id, theirs.id]
    with refused("not_found"):
        doing(kit, "colleague", lambda unit: unit.plans.get(theirs.id))
    assert changes(kit, theirs) == [("planned", "colleague"), ("handed_on", "seller")]
    assert handed_on(kit) == [(["colleague", "seller"], "同一家")]
    assert done.moved["plan.assignee_id"] == preview.moves["plan.assignee_id"] == 1
    kit.clock.advance(days=4)
    kit.crm.reminders.run(kit.scope(SYSTEM))
    kit.relay.drain()
    assert sorted(one.member_id for one in kit.recorder.of(FollowUpOverdue)) == ["manager", "seller", "seller"]


def test_a_split_gives_each_plan_back_to_who_had_it(kit: Kit) -> None:
    winner, loser = two(kit)
    plans = [plan(kit, winner), plan(kit, loser), plan(kit, loser, "manager"), plan(kit, loser, "seller")]
    before = snapshot(kit)
    kit.clock.advance(hours=1)
    done = merge(kit, winner, loser)
    told = split(kit, done)
    assert (told.left, told.restored) == ((), done.moved)
    assert differences(before, snapshot(kit)) == {}
    assert changes(kit, plans[1]) == [("planned", "colleague"), ("handed_on", "seller"), ("handed_on", "colleague")]
    assert handed_on(kit)[1:] == [(["seller", "colleague"], "两家不同的公司")]
    assert [one.id for one in doing(kit, "colleague", lambda unit: unit.plans.agenda()).items] == [plans[1].id]


def test_where_the_loser_brings_the_owner_the_survivors_plans_are_his(kit: Kit) -> None:
    winner, loser = two(kit)
    ours, theirs, helps = plan(kit, winner), plan(kit, loser), plan(kit, winner, "colleague")
    before = snapshot(kit)
    done = merge(kit, winner, loser, choices={"owner_id": "take"})
    assert [one[1] for one in whose(kit, (ours, theirs, helps))] == ["colleague"] * 3
    since = plan(kit, read(kit, winner.id))
    split(kit, done)
    assert whose(kit, [since]) == [(winner.id, "seller", "planned")], "what was planned since goes with the file"
    after = snapshot(kit)
    del after["oa_crm_plan"][str([since.id])]
    assert differences(but_for_terms(before), but_for_terms(after)) == {}


def test_a_helper_keeps_what_he_is_to_do(kit: Kit) -> None:
    winner, loser = two(kit)
    seat = {"kind": "customer", "thing_id": winner.id, "member_id": "colleague", "level": "write", "role": "presales"}
    doing(kit, "manager", lambda unit: unit.teams.join(seat))
    helps, owns = plan(kit, winner, "colleague"), plan(kit, loser)
    merge(kit, winner, loser)
    assert [one[1] for one in whose(kit, (helps, owns))] == ["colleague", "seller"]
    assert doing(kit, "colleague", lambda unit: unit.plans.get(helps.id)).assignee_id == "colleague"


def test_what_became_of_a_plan_meanwhile_stays(kit: Kit) -> None:
    winner, loser = two(kit)
    done_one, cancelled, given_away, moved = (plan(kit, loser) for _ in range(4))
    done = merge(kit, winner, loser)
    talk = {"customer_id": winner.id, "way": "phone", "outcome": "谈过", "plan_id": done_one.id}
    doing(kit, "seller", lambda unit: unit.followups.log(talk))
    doing(kit, "seller", lambda unit: unit.plans.cancel(cancelled.id, reason="不必了", expected_version=1))
    later = {"due_at": kit.clock.now() + timedelta(days=9), "reason": "改期", "expected_version": 1}
    doing(kit, "seller", lambda unit: unit.plans.reschedule(moved.id, later))
    given_to(kit, given_away, "manager")
    split(kit, done)
    assert [one[1:] for one in whose(kit, (done_one, cancelled, given_away, moved))] == [
        ("seller", "done"),
        ("seller", "cancelled"),
        ("manager", "planned"),
        ("colleague", "planned"),
    ]


def test_plans_that_went_on_with_the_survivor_go_home_with_the_loser(kit: Kit) -> None:
    winner, loser = two(kit)
    ours, theirs = plan(kit, winner), plan(kit, loser)
    done = merge(kit, winner, loser)
    version = read(kit, winner.id).version
    to = partial(give, id=winner.id, to="manager", version=version)
    doing(kit, "manager", to)
    assert [one[1] for one in whose(kit, (ours, theirs))] == ["manager", "manager"]
    split(kit, done)
    assert whose(kit, (ours, theirs)) == [(winner.id, "manager", "planned"), (loser.id, "colleague", "planned")]


@pytest.mark.parametrize("loser_is", ["owned", "pooled"])
def test_what_was_planned_since_goes_with_the_project_that_goes_home(kit: Kit, loser_is: str) -> None:
    winner, loser = two(kit)
    project = doing(kit, "manager", lambda unit: unit.projects.create({"customer_id": loser.id, "name": "ERP"}))
    if loser_is == "pooled":
        doing(kit, "manager", lambda unit: unit.pool.release(loser.id, expected_version=1, reason="没有需求"))
    done = merge(kit, winner, loser, choices={"owner_id": "keep"})
    since = plan(kit, read(kit, winner.id), project_id=project.id)
    split(kit, done)
    now = ("colleague", "planned") if loser_is == "owned" else ("seller", "cancelled")
    assert whose(kit, [since]) == [(loser.id, *now)]


def test_of_several_merged_into_one_each_has_its_own_again_in_any_order(kit: Kit) -> None:
    a, b, c = (owned(kit, who, name) for who, name in zip(PEOPLE, NAMES[:3], strict=True))
    plans = [plan(kit, one) for one in (a, b, c)]
    before = snapshot(kit)
    done = [merge(kit, a, b, choices={"owner_id": "take"}), merge(kit, a, c, choices={"owner_id": "take"})]
    assert {one[1] for one in whose(kit, plans)} == {"manager"}
    split(kit, done[0])
    assert whose(kit, plans) == [
        (a.id, "manager", "planned"),
        (b.id, "colleague", "planned"),
        (a.id, "manager", "planned"),
    ]
    split(kit, done[1])
    assert [one[0] for one in whose(kit, plans)] == [a.id, b.id, c.id]
    assert [one[1] for one in whose(kit, plans)][1:] == ["colleague", "manager"]
    assert set(before["oa_crm_plan"]) == set(snapshot(kit)["oa_crm_plan"])


def into_one(kit: Kit, winner: Any, *losers: tuple[Any, str]) -> None:
    """Merge these into one customer by one call, each with whose the survivor is to be."""
    wanted = [{"winner_id": winner.id, "loser_id": one.id, "choices": {"owner_id": choice}} for one, choice in losers]
    assert doing(kit, "manager", lambda unit: unit.merges.merge_many(wanted)).merged == len(losers)


def test_of_several_in_one_call_a_helper_of_one_keeps_his(kit: Kit) -> None:
    a, b, c = (owned(kit, who, name) for who, name in zip(PEOPLE, NAMES[:3], strict=True))
    owns, helps = plan(kit, a), plan(kit, b, "seller")
    into_one(kit, a, (b, "take"), (c, "keep"))
    assert [one[1] for one in whose(kit, (owns, helps))] == ["colleague", "seller"]


def test_who_had_it_before_it_lay_in_a_pool_within_one_call_has_no_plans_left(kit: Kit) -> None:
    a, b, c = (owned(kit, who, name) for who, name in zip(PEOPLE, NAMES[:3], strict=True))
    doing(kit, "manager", lambda unit: unit.pool.release(b.id, expected_version=1, reason="没有需求"))
    owns = plan(kit, a)
    into_one(kit, a, (b, "take"), (c, "take"))
    assert whose(kit, [owns]) == [(a.id, "manager", "planned")]


def test_a_merge_of_before_plans_were_kept_leads_them_home_as_they_are(kit: Kit) -> None:
    winner, loser = two(kit)
    helps = plan(kit, loser, "seller")
    done = merge(kit, winner, loser)
    with kit.crm.engine.begin() as connection:
        connection.execute(delete(MergePart).where(MergePart.what == "assigned"))
    split(kit, done)
    assert whose(kit, [helps]) == [(loser.id, "seller", "planned")]


def pairs(kit: Kit, many: int, plans: int) -> list[Any]:
    """Pairs of the seller's and a colleague's, who has so many plans with each of his."""
    found = []
    for _ in range(many):
        winner, loser = kit.given.customer(), kit.given.customer()
        doing(kit, "manager", partial(give, id=loser.id))
        for _ in range(plans):
            plan(kit, read(kit, loser.id))
        found.append({"winner_id": winner.id, "loser_id": loser.id})
    return found


def give(unit: Unit, id: Any, to: str = "colleague", version: int = 1) -> Any:
    return unit.pool.transfer(id, to, expected_version=version, reason="换人")


def test_the_same_of_many_pairs_in_as_many_statements(kit: Kit) -> None:
    def measure(many: int, plans: int) -> int:
        wanted, before = pairs(kit, many, plans), snapshot(kit)
        with listening(kit.crm.engine) as sent:
            answers = doing(kit, "manager", lambda unit: unit.merges.merge_many(wanted))
        assert answers.merged == many
        assert {one["assignee_id"] for one in rows(kit, Plan)} == {"seller"}
        done = [_merge_of(kit, one) for one in answers.pairs]
        with listening(kit.crm.engine) as sent_to_split:
            split(kit, done[0])
        for one in done[1:]:
            split(kit, one)
        assert differences(before, snapshot(kit)) == {}
        with kit.crm.engine.begin() as connection:
            connection.execute(update(Plan).values(state="cancelled", assignee_id="seller"))
        return len(sent) + len(sent_to_split)

    assert measure(1, 2) == measure(6, 9)


def _merge_of(kit: Kit, pair: PairAnswer) -> MergeOut:
    assert pair.merge_id is not None
    id = pair.merge_id
    return doing(kit, "manager", lambda unit: unit.merges.get(id))


_FILES = st.lists(
    st.tuples(st.sampled_from(PEOPLE), st.lists(st.sampled_from(PEOPLE), max_size=3)), min_size=2, max_size=4
)


@settings(max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    files=_FILES,
    choices=st.lists(st.sampled_from([{}, {"owner_id": "take"}]), min_size=3, max_size=3),
    into=st.randoms(),
)
def test_whoevers_the_plans_a_merge_and_its_split_change_nothing(
    crm_kit: CrmKit, files: Any, choices: Any, into: Any
) -> None:
    kit = crm_kit()
    customers = [owned(kit, owner, name) for (owner, _), name in zip(files, NAMES, strict=False)]
    for customer, (_, people) in zip(customers, files, strict=True):
        for who in people:
            plan(kit, customer, who)
    states, done, survivor = [snapshot(kit)], [], customers[0]
    for other, choice in zip(customers[1:], choices, strict=False):
        winner, loser = into.choice([(survivor, other), (other, survivor)])
        whose_before = {row["id"]: row["assignee_id"] for row in rows(kit, Plan)}
        former = {read(kit, one.id).owner_id for one in (winner, loser)}
        done.append(merge(kit, winner, loser, choices=choice))
        owner = read(kit, winner.id).owner_id
        for row in rows(kit, Plan):
            kept = row["assignee_id"] == whose_before[row["id"]]
            assert kept or (row["assignee_id"] == owner and whose_before[row["id"]] in former)
        states.append(snapshot(kit))
        survivor = winner
    for one, state in zip(reversed(done), reversed(states[:-1]), strict=True):
        told = split(kit, one)
        assert (told.left, told.fields_left) == ((), ())
        assert differences(but_for_terms(state), but_for_terms(snapshot(kit))) == {}
    kit.close()
