"""Help that is asked for: who sees what, who answers, what is overdue, what stays in the file."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from tests.integration.merging.files import differences, merge, snapshot, split
from tests.integration.services.acting import at_once, doing, invalid, patiently, refused

from oa_crm.hooks import Member
from oa_crm.hooks.payloads import HelpAsked
from oa_crm.testing import Kit


def _ask(kit: Kit, customer: Any, **more: Any) -> Any:
    data = {"customer_id": customer.id, "title": "能接他们的接口吗?", "due_on": date(2026, 3, 20), **more}
    return doing(kit, "seller", lambda unit: unit.help.ask(data))


def test_whoever_is_asked_sees_what_the_asker_chose_and_nothing_else(kit: Kit) -> None:
    customer = kit.given.customer(industry="steel", region="CN-BJ", address="内环路 1 号")
    show = ("customer.industry", "customer.address", "customer.industry")
    asked = _ask(kit, customer, member_id="colleague", question="老系统是 SAP", show=show)
    seen = doing(kit, "colleague", lambda unit: unit.help.get(asked.id))
    assert seen.shown == {"customer.industry": "C31", "customer.address": "内环路 1 号"}
    assert seen.question == "老系统是 SAP"
    for path in (lambda u: u.customers.get(customer.id), lambda u: u.customers.file(customer.id)):
        with refused("not_found"):
            doing(kit, "colleague", path)
    assert doing(kit, "colleague", lambda u: u.help.find({"mine": True})).items == (seen,)
    assert doing(kit, "colleague", lambda u: u.customers.find()).items == ()
    # A picture, not a right: what is changed later is not seen.
    with kit.unit() as unit:
        unit.customers.update(customer.id, {"expected_version": 1, "address": "新址"})
    assert doing(kit, "colleague", lambda u: u.help.get(asked.id)).shown["customer.address"] == "内环路 1 号"


def test_a_fact_that_one_of_the_two_may_not_see_is_not_shown(kit: Kit) -> None:
    customer = kit.given.customer(address="内环路 1 号")
    asked = _ask(kit, customer, member_id="colleague", show=("customer.address",))
    with kit.unit("admin") as unit:
        rule = {"kind": "customer", "field": "address", "see": ["salesperson", "sales_manager"]}
        unit.privacy.set_rule({**rule, "expected_version": 0})
    assert doing(kit, "colleague", lambda u: u.help.get(asked.id)).shown == {"customer.address": "内环路 1 号"}
    assert doing(kit, "chief", lambda u: u.help.get(asked.id)).shown == {}, "a rule that came since holds as well"
    for whom in ({"member_id": "accountant"}, {"role": "finance"}, {"department_id": "sales"}):
        with invalid("show.0"):
            _ask(kit, customer, show=("customer.address",), **whom)
    for fact in ("customer.phone", "project.stage", "contact.name", "customer.tenant_id"):
        with invalid("show.0"):
            _ask(kit, customer, member_id="colleague", show=(fact,))


def test_what_is_asked_of_nobody_or_for_yesterday_is_refused(kit: Kit) -> None:
    customer = kit.given.customer()
    for field, whom in (
        ("member_id", {}),
        ("member_id", {"member_id": "colleague", "role": "finance"}),
        ("member_id", {"member_id": "ghost"}),
        ("role", {"role": "lawyer"}),
        ("department_id", {"department_id": "moon"}),
        ("due_on", {"member_id": "colleague", "due_on": date(2026, 2, 1)}),
    ):
        with invalid(field):
            _ask(kit, customer, **whom)
    with refused("not_found"):
        data = {"customer_id": customer.id, "member_id": "seller", "title": "?", "due_on": date(2026, 3, 20)}
        doing(kit, "colleague", lambda u: u.help.ask(data))


def test_one_of_a_department_takes_it_up_and_the_others_see_it_no_more(kit: Kit) -> None:
    asked = _ask(kit, kit.given.customer(), department_id="finance")
    with refused("not_found"):
        doing(kit, "colleague", lambda u: u.help.accept(asked.id))
    taken = doing(kit, "accountant", lambda u: u.help.accept(asked.id))
    assert (taken.state, taken.helper_id) == ("accepted", "accountant")
    with refused("illegal_state", state="accepted"):
        doing(kit, "accountant", lambda u: u.help.accept(asked.id))
    # Whoever sees the file sees it and is not asked.
    with refused("forbidden"):
        doing(kit, "manager", lambda u: u.help.answer(asked.id, "我来"))


def test_answers_are_added_and_land_in_the_file(kit: Kit) -> None:
    customer = kit.given.customer()
    asked = _ask(kit, customer, member_id="colleague")
    doing(kit, "colleague", lambda u: u.help.answer(asked.id, "可以,两周"))
    kit.clock.advance(days=1)
    doing(kit, "colleague", lambda u: u.help.answer(asked.id, "要三周"))
    file = doing(kit, "manager", lambda u: u.customers.file(customer.id))
    (one,) = file.help_requests.items
    assert (one.answer, one.answered_by, one.state, one.answered_at) == (
        "要三周", "colleague", "answered", kit.clock.now(),
    )  # fmt: skip
    assert [(sum_.word, sum_.number) for sum_ in file.help_requests.sums] == [("answered", 1)]
    told = doing(kit, "seller", lambda u: u.help.entries(asked.id)).items
    assert [(entry.what, entry.words) for entry in told] == [
        ("answered", "要三周"), ("answered", "可以,两周"), ("asked", None),
    ]  # fmt: skip
    with invalid("text"):
        doing(kit, "colleague", lambda u: u.help.answer(asked.id, "  "))


def test_declined_reopened_and_closed(kit: Kit) -> None:
    asked = _ask(kit, kit.given.customer(), member_id="colleague")
    said = doing(kit, "colleague", lambda u: u.help.decline(asked.id, reason="下周才有空"))
    assert said.state == "declined"
    with refused("illegal_state", state="declined"):
        doing(kit, "colleague", lambda u: u.help.answer(asked.id, "好吧"))
    again = doing(kit, "seller", lambda u: u.help.reopen(asked.id, reason="不急", due_on=date(2026, 3, 30)))
    assert (again.state, again.due_on) == ("asked", date(2026, 3, 30))
    with refused("forbidden"):
        doing(kit, "colleague", lambda u: u.help.close(asked.id))
    assert doing(kit, "seller", lambda u: u.help.close(asked.id)).state == "closed"
    for act in (lambda u: u.help.accept(asked.id), lambda u: u.help.decline(asked.id, reason="忙")):
        with refused("illegal_state", state="closed"):
            doing(kit, "colleague", act)
    kit.relay.drain()
    assert kit.recorder.hooks.count("on_help_asked") == 2


def test_overdue_is_what_is_owed_and_late(kit: Kit) -> None:
    customer = kit.given.customer()
    late = [_ask(kit, customer, member_id="colleague", due_on=date(2026, 3, day)) for day in (12, 10)]
    answered = _ask(kit, customer, member_id="colleague", due_on=date(2026, 3, 5))
    doing(kit, "colleague", lambda u: u.help.answer(answered.id, "可以"))
    assert doing(kit, "seller", lambda u: u.help.overdue()).items == ()
    first = doing(kit, "manager", lambda u: u.help.overdue(date(2026, 3, 13), limit=1))
    rest = doing(kit, "manager", lambda u: u.help.overdue(date(2026, 3, 13), limit=1, after=first.next))
    assert [one.id for one in (*first.items, *rest.items)] == [late[1].id, late[0].id]
    assert doing(kit, "colleague", lambda u: u.help.overdue(date(2026, 3, 12))).items[0].id == late[1].id


def test_of_many_who_are_asked_one_takes_it_up(kit: Kit) -> None:
    asked = _ask(kit, kit.given.customer(), department_id="sales")
    people = ("colleague", "seller", "manager")
    result = at_once(6, lambda n: patiently(lambda: doing(kit, people[n % 3], lambda u: u.help.accept(asked.id))))
    assert len(result.answers) == 1
    assert result.codes <= {"illegal_state", "not_found"}


@pytest.mark.parametrize("project", [False, True])
def test_requests_go_along_with_a_merge_and_home_with_a_split(kit: Kit, project: bool) -> None:
    winner, loser = kit.given.customer(), kit.given.customer()
    about = {"project_id": kit.given.project(loser).id, "customer_id": None} if project else {}
    asked = _ask(kit, loser, member_id="colleague", **about)
    before = snapshot(kit)
    done = merge(kit, winner, loser)
    assert doing(kit, "seller", lambda u: u.help.get(asked.id)).customer_id == winner.id
    split(kit, done)
    assert differences(before, snapshot(kit)) == {}


def test_who_has_a_seat_in_a_project_alone_shows_and_reads_nothing_of_its_customer(kit: Kit) -> None:
    customer = kit.given.customer(address="内环路 1 号")
    project = kit.given.project(customer)
    seat = {"kind": "project", "thing_id": project.id, "member_id": "colleague", "level": "write"}
    doing(kit, "seller", lambda u: u.teams.join({**seat, "role": "presales", "reason": "演示"}))
    mine = {"project_id": project.id, "title": "看一下条款", "due_on": date(2026, 3, 20), "member_id": "manager"}
    with invalid("show.1"):
        doing(kit, "colleague", lambda u: u.help.ask({**mine, "show": ["customer.name", "customer.address"]}))
    with invalid("show.0"):
        share = {"project_id": project.id, "receiver_id": "manager", "title": "资料", "show": ["customer.address"]}
        doing(kit, "colleague", lambda u: u.shares.give(share))
    shown = {"show": ["customer.name", "customer.address", "project.stage"]}
    theirs = {**mine, **shown, "member_id": "accountant"}
    asked = doing(kit, "seller", lambda u: u.help.ask(theirs))
    of_all = {"customer.name": customer.name, "customer.address": "内环路 1 号", "project.stage": "lead"}
    of_project = {name: value for name, value in of_all.items() if name != "customer.address"}
    assert doing(kit, "seller", lambda u: u.help.get(asked.id)).shown == of_all
    assert doing(kit, "accountant", lambda u: u.help.get(asked.id)).shown == of_all, "it was shown to him"
    assert doing(kit, "colleague", lambda u: u.help.get(asked.id)).shown == of_project
    assert [one.shown for one in doing(kit, "colleague", lambda u: u.help.find()).items] == [of_project]


def test_an_outsider_is_asked_by_name_alone(kit: Kit) -> None:
    agent = Member("agent", "An Agent", "sales", None, ("salesperson",), external=True)
    kit.company.people["agent"] = agent
    with kit.unit("admin") as unit:
        unit.directory.sync()
    customer = kit.given.customer()
    for whom in ({"department_id": "sales"}, {"role": "salesperson"}):
        asked = _ask(kit, customer, **whom)
        with kit.unit("colleague") as unit:
            assert unit.help.get(asked.id).state == "asked"
        for verb in ("get", "accept"):
            with refused("not_found"), kit.unit("agent") as unit:
                getattr(unit.help, verb)(asked.id)
    assert doing(kit, "agent", lambda u: u.help.find({"mine": True})).items == ()
    assert not any("agent" in one.asked for one in kit.recorder.of(HelpAsked))
    named = _ask(kit, customer, member_id="agent")
    assert doing(kit, "agent", lambda u: u.help.accept(named.id)).helper_id == "agent"


def test_one_who_left_is_not_asked_again(kit: Kit) -> None:
    customer = kit.given.customer()
    named, of_all = _ask(kit, customer, member_id="colleague"), _ask(kit, customer, department_id="sales")
    for asked in (named, of_all):
        doing(kit, "colleague", lambda u, at=asked.id: u.help.answer(at, "可以"))
    kit.company.people["colleague"] = replace(kit.company.people["colleague"], active=False)
    doing(kit, "admin", lambda u: u.directory.sync())
    with invalid("member_id"):
        doing(kit, "seller", lambda u: u.help.reopen(named.id, reason="还有一个接口"))
    again = doing(kit, "seller", lambda u: u.help.reopen(of_all.id, reason="还有一个接口"))
    assert (again.state, again.helper_id) == ("asked", None)
    assert doing(kit, "manager", lambda u: u.help.accept(of_all.id)).helper_id == "manager"


def test_a_day_is_the_companys(kit: Kit) -> None:
    """Shortly after midnight in Shanghai it is still yesterday by UTC."""
    customer = kit.given.customer()
    kit.clock.advance(hours=8)  # 17:00 UTC on the second of March is one o'clock on the third there
    with invalid("due_on"):
        _ask(kit, customer, member_id="colleague", due_on=date(2026, 3, 2))
    due = _ask(kit, customer, member_id="colleague", due_on=date(2026, 3, 3))
    assert doing(kit, "seller", lambda u: u.help.overdue()).items == ()
    kit.clock.advance(days=1)
    assert [one.id for one in doing(kit, "seller", lambda u: u.help.overdue()).items] == [due.id]
