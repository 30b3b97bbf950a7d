"""The audit of a thing tells nobody what he may not see elsewhere: other customers of a person, what a project came to,
a colleague's own list; and no error names what stands behind a thing that one may not see."""

from typing import Any
from uuid import uuid4

from tests.integration.services.acting import doing, refused

from oa_crm.testing import Kit

_ELSEWHERE = "甲方财务总监"


def _moved_away(kit: Kit) -> tuple[Any, Any, Any]:
    """A person who went from the salesperson's customer to one of his colleague's, and the two."""
    here = kit.given.customer()
    there = doing(kit, "colleague", lambda unit: unit.customers.create({"name": "海棠纺织(苏州)有限公司"}))
    person = kit.given.contact(here)
    with kit.unit("manager") as unit:
        unit.contacts.move(person.id, {"customer_id": there.id, "title": _ELSEWHERE})
    return person, here, there


def _audit(kit: Kit, actor: str, kind: str, id: Any) -> Any:
    return doing(kit, actor, lambda unit: unit.audit.of(kind, id))


def test_what_a_person_is_at_a_customer_is_told_to_who_sees_that_customer(kit: Kit) -> None:
    person, here, there = _moved_away(kit)
    told = _audit(kit, "seller", "contact", person.id)
    assert [one.operation for one in told] == ["contacts.create", "contacts.move"]
    assert (str(there.id) in str(told), _ELSEWHERE in str(told)) == (False, False)
    told = _audit(kit, "colleague", "contact", person.id)
    assert [one.changes["title"] for one in told] == [[None, _ELSEWHERE]]
    assert str(here.id) not in str(told)
    told = _audit(kit, "manager", "contact", person.id)
    assert [one.operation for one in told] == ["contacts.create", "contacts.move", "contacts.move"]
    assert told[1].changes["left"] == [None, [str(here.id)]]


def test_what_is_a_persons_own_is_told_wherever_he_stands(kit: Kit) -> None:
    person, _, _ = _moved_away(kit)
    with kit.unit("manager") as unit:
        unit.contacts.update(person.id, {"wechat": "haitang", "expected_version": person.version})
    for actor in ("seller", "colleague"):
        assert _audit(kit, actor, "contact", person.id)[-1].changes == {"wechat": [None, "haitang"]}


def test_what_a_project_came_to_is_told_to_who_reads_expenses(kit: Kit) -> None:
    project = kit.given.project()
    kit.given.expense(project)
    doing(kit, "seller", lambda unit: unit.projects.move(
        project.id, {"to": "lost", "expected_version": project.version, "reason": "预算取消"}
    ))  # fmt: skip
    doing(kit, "accountant", lambda unit: unit.settlements.settle(project.id))
    with refused("forbidden"):
        doing(kit, "people", lambda unit: unit.settlements.preview(project.id))

    def settled(actor: str) -> set[str]:
        told = _audit(kit, actor, "project", project.id)
        return {name for one in told if one.operation == "settlements.settle" for name in one.changes}

    assert settled("people") == {"currency"}
    assert settled("accountant") == {"currency", "revenue_minor", "expenses_minor", "by_category"}


def test_nobody_else_is_told_what_a_colleague_keeps_at_hand(kit: Kit) -> None:
    customer = kit.given.customer()
    for actor in ("manager", "seller"):
        doing(kit, actor, lambda unit: unit.customers.favour(customer.id))
    doing(kit, "manager", lambda unit: unit.customers.unfavour(customer.id))

    def favours(actor: str) -> list[tuple[str, str]]:
        told = _audit(kit, actor, "customer", customer.id)
        return [(one.operation, one.actor_id) for one in told if "favour" in one.operation]

    mine = [("customers.favour", "manager"), ("customers.unfavour", "manager")]
    assert (favours("seller"), favours("admin")) == ([("customers.favour", "seller")], [])
    assert favours("manager") == mine
    assert doing(kit, "seller", lambda unit: unit.teams.activity(customer.id)).items == ()


def test_a_merge_of_others_names_nobody(kit: Kit) -> None:
    names = ("海棠纺织(苏州)有限公司", "北川药业(绵阳)有限公司")
    winner, loser = (
        doing(kit, "colleague", lambda unit, name=name: unit.customers.create({"name": name})) for name in names
    )
    pair = {"winner_id": winner.id, "loser_id": loser.id, "winner_version": 1, "loser_version": 1}
    merge = doing(kit, "manager", lambda unit: unit.merges.merge(pair))
    for asked in (merge.id, uuid4()):
        with refused("not_found", kind="merge", id=str(asked)):
            doing(kit, "seller", lambda unit, asked=asked: unit.merges.get(asked))
        with refused("not_found", kind="merge", id=str(asked)):
            doing(kit, "seller", lambda unit, asked=asked: unit.merges.split(asked, reason="不是一家"))


def test_a_request_to_enter_a_stage_of_others_names_no_project(kit: Kit) -> None:
    asked = kit.given.entry_request()
    for id in (asked.id, uuid4()):
        with refused("not_found", kind="stage_request", id=str(id)):
            _audit(kit, "colleague", "stage_request", id)
