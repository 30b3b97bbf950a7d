"""Key issues, needs and the strategy follow who has the customer when two files become one, and back with a split."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from tests.integration.merging.files import differences, merge, read, snapshot, split
from tests.integration.merging.test_merging_plans import but_for_terms, give, two
from tests.integration.services.acting import doing, listening, rows
from tests.integration.strategies.laws import hold

from oa_crm.hooks.payloads import MatterChanged
from oa_crm.models import AuditEntry, HelpRequest, Matter, Project, Strategy, StrategyVersion
from oa_crm.testing import Kit

_GROWS = ("oa_crm_strategy_version", "oa_crm_strategy_reader")


def matter(kit: Kit, customer: Any, who: str | None, service: str = "issues") -> Any:
    """Raised while it is the owner's, for him or for who helps there."""
    said = {"customer_id": customer.id, "words": "交付期", "assignee_id": who}
    return doing(kit, "manager", lambda unit: getattr(unit, service).open(said))


def strategy(kit: Kit, customer: Any) -> Any:
    written = {"customer_id": customer.id, "goal": "年内签约", "owner_id": customer.owner_id}
    return doing(kit, "manager", lambda unit: unit.strategies.write(written))


def whose(kit: Kit) -> dict[Any, tuple[Any, str | None]]:
    """By id, the customer of each issue, need and strategy, and who is to see to it."""
    found = {row["id"]: (row["customer_id"], row["assignee_id"]) for row in rows(kit, Matter)}
    return found | {row["id"]: (row["customer_id"], row["owner_id"]) for row in rows(kit, Strategy)}


@pytest.mark.parametrize("service", ["issues", "needs"])
def test_what_the_losers_owner_was_to_see_to_is_the_survivors_owners(kit: Kit, service: str) -> None:
    winner, loser = two(kit)
    his, helpers, nobodys = (matter(kit, loser, who, service) for who in ("colleague", "manager", None))
    over = matter(kit, loser, "colleague", service)
    end = {"state": "resolved" if service == "issues" else "answered", "expected_version": 1, "words": "已答复"}
    doing(kit, "manager", lambda unit: getattr(unit, service).close(over.id, end))
    preview = doing(kit, "manager", lambda unit: unit.merges.preview(winner.id, loser.id))
    before = snapshot(kit)
    done = merge(kit, winner, loser, reason="同一家")
    now = whose(kit)
    assert [now[one.id] for one in (his, helpers, nobodys, over)] == [
        (winner.id, who) for who in ("seller", "manager", None, "colleague")
    ]
    assert done.moved["matter.assignee_id"] == preview.moves["matter.assignee_id"] == 1
    (told,) = rows(kit, AuditEntry, operation=f"{service}.hand_on")
    assert (told["changes"]["assignee_id"], told["reason"]) == (["colleague", "seller"], "同一家")
    answer = split(kit, done)
    assert (answer.left, answer.restored) == ((), done.moved)
    assert differences(before, snapshot(kit)) == {}
    kit.relay.drain()
    last = [(it.change, it.assignee_id) for it in kit.recorder.of(MatterChanged) if it.matter_id == his.id]
    assert last == [("opened", "colleague"), ("handed_on", "seller"), ("handed_on", "colleague")]


def test_where_the_loser_brings_the_owner_the_survivors_are_his(kit: Kit) -> None:
    winner, loser = two(kit)
    ours, theirs = matter(kit, winner, "seller"), matter(kit, loser, "colleague")
    plan = strategy(kit, winner)
    before = snapshot(kit)
    done = merge(kit, winner, loser, choices={"owner_id": "take"})
    assert {who for _, who in whose(kit).values()} == {"colleague"}
    since = matter(kit, read(kit, winner.id), "colleague")
    split(kit, done)
    now = whose(kit)
    assert now[since.id] == (winner.id, "seller"), "what was raised since goes with the file"
    assert [now[one.id][1] for one in (ours, theirs, plan)] == ["seller", "colleague", "seller"]
    after = snapshot(kit)
    del after["oa_crm_matter"][str([since.id])]
    assert differences(_but_for_versions(before), _but_for_versions(after)) == {}


def _but_for_versions(state: Any) -> Any:
    """Without what only grows: the versions of strategies, and who has a customer since when."""
    kept = {name: found for name, found in but_for_terms(state).items() if name not in _GROWS}
    stamps = ("version", "updated_at", "updated_by")
    kept["oa_crm_strategy"] = {
        key: {name: value for name, value in row.items() if name not in stamps}
        for key, row in kept["oa_crm_strategy"].items()
    }
    return kept


def test_who_answers_for_the_strategy_that_lives_on_is_its_next_version(kit: Kit) -> None:
    winner, loser = two(kit)
    written = {"customer_id": loser.id, "goal": "年内签约"}
    plan = doing(kit, "colleague", lambda unit: unit.strategies.write(written))
    assert plan.awaited == ("manager",)
    done = merge(kit, winner, loser, "admin", reason="同一家")
    now = doing(kit, "seller", lambda unit: unit.strategies.of("customer", winner.id))
    assert (now.id, now.owner_id, now.version, now.awaited) == (plan.id, "seller", 2, ("manager",))
    newest = doing(kit, "seller", lambda unit: unit.strategies.versions(plan.id)).items[0]
    assert (newest.number, newest.what, newest.changed, newest.reason) == (2, "revised", ("owner_id",), "同一家")
    assert done.moved["strategy.owner_id"] == 1
    hold(kit)
    answer = split(kit, done)
    assert (answer.left, answer.restored["strategy.owner_id"]) == ((), 1)
    back = doing(kit, "colleague", lambda unit: unit.strategies.of("customer", loser.id))
    assert (back.id, back.owner_id, back.version) == (plan.id, "colleague", 3)
    hold(kit)


def test_one_that_is_set_aside_stays_as_it_is(kit: Kit) -> None:
    winner, loser = two(kit)
    kept, aside = strategy(kit, winner), strategy(kit, loser)
    before = snapshot(kit)
    done = merge(kit, winner, loser)
    assert [whose(kit)[one.id][1] for one in (kept, aside)] == ["seller", "colleague"]
    assert len(rows(kit, StrategyVersion)) == 2
    split(kit, done)
    assert differences(before, snapshot(kit)) == {}


def test_help_is_asked_of_a_person_and_a_project_is_led_by_one(kit: Kit) -> None:
    """A handover leaves whom it was asked of; whose projects are goes by who earns them, as with a transfer."""
    winner, loser = two(kit)
    wish = {"title": "合同条款", "due_on": kit.clock.now().date() + timedelta(days=9), "member_id": "colleague"}
    doing(kit, "manager", lambda unit: unit.help.ask({"customer_id": loser.id, **wish}))
    project = doing(kit, "colleague", lambda unit: unit.projects.create({"customer_id": loser.id, "name": "ERP"}))
    led = {"project_id": project.id, "goal": "先做试点", "owner_id": "colleague"}
    plan = doing(kit, "manager", lambda unit: unit.strategies.write(led))
    merge(kit, winner, loser)
    (asked,) = rows(kit, HelpRequest)
    assert (asked["customer_id"], asked["to_id"]) == (winner.id, "colleague")
    assert [row["owner_id"] for row in rows(kit, Project)] == ["colleague"]
    assert whose(kit)[plan.id] == (winner.id, "colleague")


def test_with_a_survivor_in_a_pool_they_stay_whose_they_were(kit: Kit) -> None:
    """As with a customer that is released: they are the customer's, and wait for who claims it."""
    winner, loser = two(kit)
    his = matter(kit, loser, "colleague")
    doing(kit, "manager", lambda unit: unit.pool.release(winner.id, expected_version=1, reason="没有需求"))
    done = merge(kit, winner, loser, choices={"owner_id": "keep"})
    assert whose(kit)[his.id] == (winner.id, "colleague")
    split(kit, done)
    assert whose(kit)[his.id] == (loser.id, "colleague")


def test_of_many_pairs_in_as_many_statements(kit: Kit) -> None:
    def measure(many: int, each: int) -> int:
        pairs = []
        for _ in range(many):
            winner, loser = kit.given.customer(), kit.given.customer()
            doing(kit, "manager", partial(give, id=loser.id))
            for _ in range(each):
                matter(kit, loser, "colleague")
            strategy(kit, read(kit, loser.id))
            pairs.append({"winner_id": winner.id, "loser_id": loser.id})
        with listening(kit.crm.engine) as sent:
            assert doing(kit, "manager", lambda unit: unit.merges.merge_many(pairs)).merged == many
        assert {who for _, who in whose(kit).values()} == {"seller"}
        hold(kit)
        return len(sent)

    assert measure(1, 2) == measure(5, 7)
