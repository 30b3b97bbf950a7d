"""Classes through merges and splits: the survivor's history explains what it is, the other's is lost to nobody."""

from typing import Any

from tests.integration.classes.laws import classify, holds, present, tree
from tests.integration.merging.files import differences, merge, snapshot, split
from tests.integration.services.acting import doing, rows

from oa_crm.hooks.payloads import CustomerReclassified
from oa_crm.models import ClassChange
from oa_crm.testing import Kit


def _of(kit: Kit, customer: Any) -> tuple[str | None, str | None, bool]:
    told = doing(kit, "manager", lambda unit: unit.customers.classes_of(customer.id))
    return told.level, told.category("type"), told.level_pinned


def test_a_survivor_takes_what_it_lacks_with_its_pin(kit: Kit) -> None:
    tree(kit, "type", "dealer", "user")
    winner, loser = kit.given.customer(), kit.given.customer()
    classify(kit, loser.id, level="A", categories={"type": "dealer"}, pin=True)
    done = merge(kit, winner, loser, reason="同一家")
    assert _of(kit, winner) == ("A", "dealer", True)
    mine = [row for row in rows(kit, ClassChange) if row["customer_id"] == winner.id]
    assert {(row["tree"], row["after"], row["cause"], row["reason"]) for row in mine} == {
        ("level", "A", "merge", "同一家"), ("type", "dealer", "merge", "同一家"),
    }  # fmt: skip
    holds(kit)
    split(kit, done)
    assert (_of(kit, winner), _of(kit, loser)) == ((None, None, False), ("A", "dealer", True))
    holds(kit)


def test_a_survivor_keeps_what_it_is_and_the_pin_that_it_has(kit: Kit) -> None:
    tree(kit, "type", "dealer", "user")
    winner, loser = kit.given.customer(level="B"), kit.given.customer()
    classify(kit, winner.id, categories={"type": "user"})
    classify(kit, loser.id, level="A", categories={"type": "dealer"}, pin=True)
    done = merge(kit, winner, loser)
    assert _of(kit, winner) == ("B", "user", False)
    assert len([row for row in rows(kit, ClassChange) if row["cause"] == "merge"]) == 0
    split(kit, done)
    assert _of(kit, loser) == ("A", "dealer", True)
    holds(kit)


def test_merged_and_split_again_every_class_is_as_it_was(kit: Kit) -> None:
    tree(kit, "type", "dealer", "user")
    winner, loser = kit.given.customer(level="B"), kit.given.customer(level="C")
    classify(kit, winner.id, categories={"type": "user"})
    classify(kit, loser.id, level="A", categories={"type": "dealer"}, pin=True)
    before = snapshot(kit)
    done = merge(kit, winner, loser, choices={"level": "take"})
    assert _of(kit, winner) == ("A", "user", True)
    split(kit, done)
    assert differences(before, snapshot(kit)) == {}
    holds(kit)


def test_what_was_classed_anew_meanwhile_is_explained_on_both_sides(kit: Kit) -> None:
    tree(kit, "type", "dealer", "user")
    winner, loser = kit.given.customer(), kit.given.customer(level="A")
    classify(kit, loser.id, categories={"type": "dealer"})
    done = merge(kit, winner, loser)
    classify(kit, winner.id, "manager", level="D", categories={"type": "user"})
    told = split(kit, done)
    assert told.fields_left == ("level",)
    assert [(one.link, one.why) for one in told.left] == [("customer_class.customer_id", "edited")]
    assert _of(kit, winner) == ("D", None, False)
    assert _of(kit, loser) == ("A", "user", False)
    holds(kit)


def test_the_history_of_both_is_read_at_the_survivor(kit: Kit) -> None:
    winner, loser = kit.given.customer(level="B"), kit.given.customer(level="C")
    classify(kit, loser.id, level="A")
    done = merge(kit, winner, loser, choices={"level": "take"})

    def history(customer: Any) -> set[tuple[Any, str | None]]:
        found = doing(kit, "seller", lambda unit: unit.customers.class_history(customer.id)).items
        return {(one.customer_id, one.after) for one in found}

    assert history(winner) == {(winner.id, "B"), (winner.id, "A"), (loser.id, "C"), (loser.id, "A")}
    split(kit, done)
    assert history(loser) == {(loser.id, "C"), (loser.id, "A")}
    assert history(winner) == {(winner.id, "B"), (winner.id, "A")}


def test_many_merges_at_once_are_followed(kit: Kit) -> None:
    tree(kit, "type", "dealer")
    pairs = [(kit.given.customer(), kit.given.customer(level="A")) for _ in range(4)]
    for _, loser in pairs:
        classify(kit, loser.id, categories={"type": "dealer"})
    wanted = [{"winner_id": one.id, "loser_id": other.id} for one, other in pairs]
    doing(kit, "manager", lambda unit: unit.merges.merge_many(wanted, reason="批量合并"))
    assert set(map(str, present(kit).values())) == {str({"level": ("A", False), "type": ("dealer", False)})}
    holds(kit)
    kit.relay.drain()
    assert sum(one.cause == "merge" for one in kit.recorder.of(CustomerReclassified)) == 8
