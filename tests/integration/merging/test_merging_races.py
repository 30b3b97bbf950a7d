"""Merges that meet other people: one wins, nobody writes to a file that is gone, and there is no half state."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from tests.integration.merging.files import file, merge, read, snapshot, split
from tests.integration.services.acting import at_once, count, doing, meanwhile, patiently, refused, rows

from oa_crm.errors import CrmError
from oa_crm.models import Customer, DuplicateEntry, File, FollowUp, Lead, Merge, Post, Project
from oa_crm.testing import Kit

BUSY = {"busy"}


def _pair(winner: Any, loser: Any) -> dict[str, Any]:
    return {"winner_id": winner.id, "loser_id": loser.id, "winner_version": 1, "loser_version": 1}


def _whole(kit: Kit) -> None:
    """Every row leads to a customer that is still there, and each of those has its keys."""
    live = {row["id"] for row in rows(kit, Customer) if row["merged_into"] is None}
    for row in rows(kit, Customer):
        assert row["merged_into"] is None or row["merged_into"] in live
    for model in (FollowUp, Project, Post):
        assert {row["customer_id"] for row in rows(kit, model)} <= live, model
    assert {row["thing_id"] for row in rows(kit, File, kind="customer")} <= live
    assert {row["customer_id"] for row in rows(kit, DuplicateEntry)} == live


def test_two_who_merge_one_customer_into_others_have_one_winner(kit: Kit) -> None:
    loser = file(kit)
    winners = [kit.given.customer() for _ in range(4)]
    data = [{**_pair(one, loser), "loser_version": read(kit, loser.id).version} for one in winners]
    result = at_once(4, lambda n: patiently(lambda: doing(kit, "manager", lambda unit: unit.merges.merge(data[n]))))
    assert len(result.answers) == 1
    assert result.codes <= {"merged"}
    assert {row["customer_id"] for row in rows(kit, Project)} == {result.answers[0].winner_id}
    _whole(kit)


def test_two_who_merge_each_into_the_other_have_one_winner(kit: Kit) -> None:
    one, other = kit.given.customer(), kit.given.customer()
    data = [_pair(one, other), _pair(other, one)]
    result = at_once(2, lambda n: patiently(lambda: doing(kit, "manager", lambda unit: unit.merges.merge(data[n]))))
    assert len(result.answers) == 1
    assert result.codes <= {"merged", "stale_version"}
    assert count(kit, Merge) == 1
    _whole(kit)


def test_of_two_who_split_one_merge_one_does(kit: Kit) -> None:
    done = merge(kit, file(kit), file(kit))
    result = at_once(3, lambda _: patiently(lambda: split(kit, done)))
    assert len(result.answers) == 1
    assert result.codes <= {"illegal_state"}
    _whole(kit)


ACTS: dict[str, Callable[[Any, Any], Any]] = {
    "followups.log": lambda unit, it: unit.followups.log({"customer_id": it.id, "way": "phone", "outcome": "好"}),
    "projects.create": lambda unit, it: unit.projects.create({"customer_id": it.id, "name": "ERP"}),
    "contacts.create": lambda unit, it: unit.contacts.create({"customer_id": it.id, "name": "王芳"}),
    "files.attach": lambda unit, it: unit.files.attach(
        {"kind": "customer", "thing_id": it.id, "name": "甲.txt"}, [b"1"]
    ),
    "customers.update": lambda unit, it: unit.customers.update(it.id, {"level": "A", "expected_version": 1}),
    "customers.favour": lambda unit, it: unit.customers.favour(it.id),
    "customers.create below": lambda unit, it: unit.customers.create({"name": "长风物流有限公司", "parent_id": it.id}),
    "leads.convert": lambda unit, it: _convert(unit, it),
}


def _convert(unit: Any, it: Any) -> Any:
    """A lead that was talked to turns out to be this customer."""
    lead = unit.leads.create({"company_name": "远洋仪表有限公司"})
    unit.followups.log({"lead_id": lead.id, "way": "phone", "outcome": "好"})
    return unit.leads.convert(lead.id, {"expected_version": lead.version + 1, "into": it.id, "project": False})


# Who came first made a group of the loser, out of which it is not merged; the two may take each other's for one.
REFUSED = {"customers.create below": {"illegal_state", "duplicate_customer"}}


@pytest.mark.parametrize("act", ACTS)
def test_whoever_writes_to_the_loser_meanwhile_is_told_or_came_first(kit: Kit, act: str) -> None:
    for _ in range(4):
        winner, loser = kit.given.customer(), kit.given.customer()

        def do(number: int, winner: Any = winner, loser: Any = loser) -> Any:
            if number == 0:
                return patiently(lambda: doing(kit, "manager", lambda unit: unit.merges.merge(_pair(winner, loser))))
            return patiently(lambda: doing(kit, "seller", lambda unit: ACTS[act](unit, loser)))

        result = at_once(3, do)
        # The two writers meet as well, and may be of one mind.
        assert result.codes <= {"merged", "stale_version", "duplicate_contact"} | REFUSED.get(act, set())
        _whole(kit)


@pytest.mark.parametrize(
    "act",
    [
        "followups.log", "projects.create", "contacts.create", "files.attach", "customers.update", "customers.favour",
        "customers.create below",
    ],
)  # fmt: skip
def test_whoever_read_the_loser_before_the_merge_does_not_write_to_it_after(kit: Kit, act: str) -> None:
    """The dangerous order, made to happen: read, then the merge commits, then write."""
    if kit.crm.engine.dialect.name == "sqlite":
        pytest.skip("SQLite has one writer at a time, who begins before he reads")
    winner, loser = kit.given.customer(), kit.given.customer()
    read_, go = threading.Event(), threading.Event()
    errors: list[CrmError] = []

    def late() -> None:
        try:
            with kit.unit("seller") as unit:
                original = type(unit.customers).one

                def slow(self: Any, *args: Any, **more: Any) -> Any:
                    row = original(self, *args, **more)
                    read_.set()
                    go.wait(timeout=30)
                    return row

                service = getattr(unit, act.split(".")[0])
                service.one = slow.__get__(service)
                ACTS[act](unit, loser)
        except CrmError as error:
            errors.append(error)

    writer = threading.Thread(target=late)
    writer.start()
    assert read_.wait(timeout=30)
    merge(kit, winner, loser)
    go.set()
    writer.join(timeout=60)
    assert [error.code for error in errors] in (["merged"], ["stale_version"])
    _whole(kit)


def test_who_fails_half_way_leaves_nothing(kit: Kit) -> None:
    winner, loser = file(kit), file(kit)
    before = snapshot(kit)

    def act(unit: Any) -> None:
        versions = {"winner_version": read_versions[0], "loser_version": read_versions[1]}
        unit.merges.merge({"winner_id": winner.id, "loser_id": loser.id, **versions})
        raise RuntimeError("the process ends here")

    read_versions = [read(kit, one.id).version for one in (winner, loser)]
    with pytest.raises(RuntimeError):
        doing(kit, "manager", act)
    assert snapshot(kit) == before
    with refused("not_found"):
        doing(kit, "manager", lambda unit: unit.merges.get(winner.id))


@pytest.mark.parametrize("backend", ["postgresql", "mariadb"], indirect=True)
def test_a_lead_that_becomes_a_customer_which_is_merged_meanwhile_goes_along(kit: Kit) -> None:
    winner, loser = kit.given.customer(), kit.given.customer()
    lead = doing(kit, "seller", lambda unit: unit.leads.create({"company_name": "远洋仪表有限公司"}))
    doing(kit, "seller", lambda unit: unit.followups.log({"lead_id": lead.id, "way": "phone", "outcome": "好"}))
    into = {"expected_version": lead.version, "into": loser.id, "project": False}
    with meanwhile(kit, _reads_a_customer, lambda: merge(kit, winner, loser)) as other:
        doing(kit, "seller", lambda unit: unit.leads.convert(lead.id, into))
    assert not other.errors
    _whole(kit)
    assert [row["customer_id"] for row in rows(kit, Lead)] == [winner.id]


def _reads_a_customer(sql: str) -> bool:
    return sql.startswith("SELECT") and "oa_crm_customer" in sql and "credit_code" in sql
