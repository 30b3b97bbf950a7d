"""Handovers that meet other people: one wins, nothing is given twice, and what came between is refused or stays."""

from collections import Counter
from typing import Any

import pytest
from tests.integration.handing.leaving import hand_over, held_by, preview, undo
from tests.integration.services.acting import at_once, count, doing, patiently, rows

from oa_crm.models import Customer, FollowUp, Handover, HandoverItem, Ownership, Project
from oa_crm.testing import Kit

WANTED = {"leaver_id": "seller", "rest_to": "colleague"}


def _run(kit: Kit, fingerprint: str, wanted: dict[str, Any] = WANTED) -> Any:
    return patiently(lambda: doing(kit, "manager", lambda unit: unit.handover.execute(wanted, fingerprint=fingerprint)))


def _gapless(kit: Kit) -> None:
    """The ledger explains who has every customer, number by number."""
    with kit.crm.engine.connect() as connection:
        found = [row._mapping for row in connection.execute(Ownership.__table__.select())]
    for customer in rows(kit, Customer):
        mine = sorted((row for row in found if row["customer_id"] == customer["id"]), key=lambda row: row["number"])
        assert [row["number"] for row in mine] == list(range(1, len(mine) + 1))
        assert mine[-1]["owner_id"] == customer["owner_id"]
        assert len(mine) == customer["owner_no"]


def test_of_two_who_run_one_handover_one_does(kit: Kit) -> None:
    for _ in range(4):
        kit.given.project()
    print_of = preview(kit, {"rest_to": "colleague"}).fingerprint
    result = at_once(3, lambda _: _run(kit, print_of))
    assert len(result.answers) == 1
    assert result.codes <= {"stale_version"}
    assert count(kit, Handover) == 1
    assert len(held_by(kit, Customer, "colleague")) == 4
    _gapless(kit)


def test_two_handovers_to_different_people_give_nothing_twice(kit: Kit) -> None:
    for _ in range(4):
        kit.given.project()
    wishes = [{"leaver_id": "seller", "rest_to": to} for to in ("colleague", "manager")]
    prints = [preview(kit, wish).fingerprint for wish in wishes]
    result = at_once(2, lambda n: _run(kit, prints[n], wishes[n]))
    assert len(result.answers) == 1
    (winner,) = {row["owner_id"] for row in rows(kit, Customer)}
    assert {row["owner_id"] for row in rows(kit, Project)} == {winner}
    _gapless(kit)


@pytest.mark.parametrize("round", range(3))
def test_a_transfer_in_the_midst_loses_or_makes_it_stale(kit: Kit, round: int) -> None:
    customers = [kit.given.customer() for _ in range(4)]
    print_of = preview(kit, {"rest_to": "colleague"}).fingerprint

    def transfer(unit: Any) -> Any:
        return unit.pool.transfer(customers[2].id, "manager", expected_version=1, reason="换人")

    acts = (lambda: _run(kit, print_of), lambda: patiently(lambda: doing(kit, "manager", transfer)))
    result = at_once(2, lambda n: acts[n]())
    assert result.answers
    assert result.codes <= {"stale_version", "illegal_state", "not_found"}
    owners = Counter(row["owner_id"] for row in rows(kit, Customer))
    assert owners in (Counter(colleague=4), Counter(colleague=3, manager=1), Counter(seller=3, manager=1))
    _gapless(kit)


def test_talks_and_projects_in_the_midst_are_not_lost(kit: Kit) -> None:
    customers = [kit.given.customer() for _ in range(3)]
    print_of = preview(kit, {"rest_to": "colleague"}).fingerprint

    def talk(number: int) -> Any:
        said = {"customer_id": customers[number].id, "way": "phone", "outcome": "再联系"}
        return patiently(lambda: doing(kit, "manager", lambda unit: unit.followups.log(said)))

    def plan(number: int) -> Any:
        project = {"customer_id": customers[number].id, "name": "二期", "owner_id": "seller"}
        return patiently(lambda: doing(kit, "manager", lambda unit: unit.projects.create(project)))

    acts = [lambda: _run(kit, print_of), *(lambda n=n: talk(n) for n in range(3)), lambda: plan(1)]
    result = at_once(5, lambda n: acts[n]())
    assert result.codes <= {"stale_version"}
    assert count(kit, FollowUp) == 3
    if not result.codes:
        assert len(held_by(kit, Customer, "colleague")) == 3
    # A project that came too late stays his, and the next plan shows it; one that came before is in the fingerprint.
    left = {one.kind: one.count for one in doing(kit, "manager", lambda unit: unit.handover.plan("seller")).holdings}
    assert left["project"] == len(held_by(kit, Project, "seller"))
    _gapless(kit)


def test_of_two_who_undo_one_handover_one_does(kit: Kit) -> None:
    for _ in range(3):
        kit.given.project()
    done = hand_over(kit, {"rest_to": "colleague"})
    result = at_once(3, lambda _: patiently(lambda: undo(kit, done.id)))
    assert len(result.answers) == 1
    assert result.codes <= {"illegal_state"}
    assert len(held_by(kit, Customer, "seller")) == len(held_by(kit, Project, "seller")) == 3
    assert {row["put_back"] for row in _items(kit)} == {1}
    _gapless(kit)


def _items(kit: Kit) -> list[Any]:
    with kit.crm.engine.connect() as connection:
        return [row._mapping for row in connection.execute(HandoverItem.__table__.select())]
