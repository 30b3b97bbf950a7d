"""Who runs a handover and who only reads it, what a limit keeps back, and who speaks for whom in an approval."""

from typing import Any

import pytest
from tests.integration.handing.leaving import Desk, desk, hand_over, held_by, preview, synced, undo
from tests.integration.services.acting import doing, refused, rows

from oa_crm.hooks import ApprovalFacts, Decision, Judgement, Member, Opinion, hookimpl
from oa_crm.models import Customer, Handover
from oa_crm.testing import CrmKit, Kit


@pytest.fixture
def held(kit: Kit) -> Desk:
    return desk(kit)


def _move(kit: Kit, member: str, **facts: Any) -> None:
    synced(kit, member, **facts)
    kit.relay.drain()


def test_the_former_superior_runs_one_handover_and_no_more(kit: Kit) -> None:
    kit.given.customer()
    _move(kit, "seller", department_id="company", manager_id="chief")
    (due,) = rows(kit, Handover, state="due")
    assert due["superior_id"] == "manager"
    done = hand_over(kit, {"rest_to": "colleague"})
    assert done.id == due["id"]
    for act in (
        lambda unit: unit.handover.plan("seller"),
        lambda unit: unit.handover.holdings("seller", "customer"),
        lambda unit: unit.handover.preview({"leaver_id": "seller", "rest_to": "colleague"}),
    ):
        with refused("not_found"):
            doing(kit, "manager", act)
    undo(kit, done.id)  # what he ran as the superior he may take back


def test_the_leaver_takes_back_only_what_he_ran_himself(kit: Kit, held: Desk) -> None:
    of_manager = hand_over(kit, {"rest_to": "colleague"})
    with refused("forbidden"):
        undo(kit, of_manager.id, "seller")
    assert doing(kit, "seller", lambda unit: unit.handover.get(of_manager.id)).state == "executed"
    undo(kit, of_manager.id)
    own = hand_over(kit, {"rest_to": "colleague"}, "seller")
    assert undo(kit, own.id, "seller").handover.state == "undone"


def test_the_leaver_does_not_dismiss_his_own_handover(kit: Kit) -> None:
    kit.given.customer()
    _move(kit, "seller", department_id="company")
    (due,) = rows(kit, Handover, state="due")
    with refused("forbidden"):
        doing(kit, "seller", lambda unit: unit.handover.dismiss(due["id"], reason="不用交接"))


def test_what_was_taken_back_is_not_acknowledged(kit: Kit, held: Desk) -> None:
    done = hand_over(kit, {"rest_to": "colleague"})
    undo(kit, done.id)
    with refused("illegal_state", state="undone"):
        doing(kit, "colleague", lambda unit: unit.handover.acknowledge(done.id))


def test_days_of_grace_are_given_by_who_may_extend(kit: Kit, held: Desk) -> None:
    wanted = {"rest_to": "colleague", "clock": "grace", "grace_days": 3650}
    with refused("forbidden", action="extend"):
        preview(kit, wanted, "seller")
    with refused("forbidden", action="extend"):
        hand_over(kit, wanted, "seller")
    assert hand_over(kit, {**wanted, "grace_days": 90}).clock == "grace"


def test_an_extension_that_goes_along_is_told_on_the_day_of_the_handover(kit: Kit) -> None:
    customer = kit.given.customer()
    wish = doing(kit, "seller", lambda unit: unit.pool.extend(
        {"customer_id": customer.id, "days": 30, "reason": "年底立项"}))  # fmt: skip
    doing(kit, "manager", lambda unit: unit.pool.grant_extension(wish.id))
    kit.clock.advance(days=3)
    hand_over(kit, {"rest_to": "colleague", "clock": "keep"})
    told = doing(kit, "colleague", lambda unit: unit.timeline.of_customer(customer.id, kinds=["protection"])).items
    granted = [(one.at, one.by) for one in told if one.what == "extension.decided"]
    assert len({at for at, _ in granted}) == len(granted) == 2
    assert granted[0] == (kit.clock.now(), "manager")


def test_what_a_limit_hides_is_neither_listed_nor_moved(kit: Kit, held: Desk) -> None:
    limit = {"name": "浙江", "seat": {"kind": "member", "id": "manager"}, "effect": "limit"}
    doing(kit, "admin", lambda unit: unit.remits.give({**limit, "where": {"regions": ["330000"]}}))
    _move(kit, "seller", active=False)
    counts = {one.kind: one.count for one in doing(kit, "manager", lambda unit: unit.handover.plan("seller")).holdings}
    assert (counts["customer"], counts["project"], counts["contract"]) == (2, 1, 1)
    listed = doing(kit, "manager", lambda unit: unit.handover.holdings("seller", "customer")).items
    inside = {one.id for one in held.customers if one.region and one.region.startswith("33")}
    assert {one.id for one in listed} == inside
    part = hand_over(kit, {"rest_to": "colleague"})
    assert held_by(kit, Customer, "colleague") == inside
    assert held_by(kit, Customer, "seller") == {one.id for one in held.customers} - inside
    # What he did not see is still to be handed over, by somebody who does.
    (due,) = rows(kit, Handover, state="due")
    assert due["id"] != part.id
    rest = hand_over(kit, {"rest_to": "colleague"}, "admin")
    assert rest.id == due["id"]
    assert held_by(kit, Customer, "seller") == set()


def test_an_outsider_receives_no_word_no_pool_and_no_view(kit: Kit, held: Desk) -> None:
    kit.company.people["agent"] = Member("agent", "An Agent", "sales", None, ("salesperson",), external=True)
    doing(kit, "admin", lambda unit: unit.directory.sync())
    found = preview(kit, {"rest_to": "agent"}, "admin").conflicts
    assert {(one.kind, one.member_id) for one in found if one.code == "receiver_external"} == {
        ("view", "agent"), ("pool", "agent"),
    }  # fmt: skip
    waits = preview(kit, {"leaver_id": "manager", "rest_to": "agent"}, "admin").conflicts
    assert ("receiver_external", "approval") in {(one.code, one.kind) for one in waits}


class TwoWords:
    """The manager first, then the chief, each known by his name."""

    name = "two_words"
    ROUTE = ("manager", "chief")

    @hookimpl
    def provide_workflow(self) -> "TwoWords":
        return self

    def judge(self, facts: ApprovalFacts, opinions: list[Opinion]) -> Judgement:
        if any(one.decision is Decision.REJECT for one in opinions):
            return Judgement.rejected()
        agreed = {one.member_id for one in opinions}
        left = [one for one in self.ROUTE if one not in agreed]
        return Judgement.waiting(left[0]) if left else Judgement.approved()


def _agree(kit: Kit, id: Any, member: str) -> Any:
    return doing(kit, member, lambda unit: unit.approvals.decide(id, {"decision": "agree", "words": "同意"}))


def test_who_took_a_word_over_speaks_in_the_leavers_place(crm_kit: CrmKit, database: Any) -> None:
    kit = crm_kit(TwoWords(), database=database)
    approval = kit.given.submitted_contract()
    assert approval.waiting_on == ("manager",)
    hand_over(kit, {"leaver_id": "manager", "rest_to": "accountant"}, "admin")
    first = _agree(kit, approval.id, "accountant")
    assert (first.state, first.waiting_on) == ("waiting", ("chief",))
    assert [one.member_id for one in first.opinions] == ["accountant"]
    assert _agree(kit, approval.id, "chief").state == "approved"


def test_who_is_asked_for_himself_as_well_speaks_once(crm_kit: CrmKit, database: Any) -> None:
    kit = crm_kit(TwoWords(), database=database)
    approval = kit.given.submitted_contract()
    hand_over(kit, {"leaver_id": "manager", "rest_to": "chief"}, "admin")
    said = _agree(kit, approval.id, "chief")
    assert (said.state, [one.member_id for one in said.opinions]) == ("approved", ["chief"])


def test_a_word_of_a_later_step_does_not_fall_back_to_the_leaver(crm_kit: CrmKit, database: Any) -> None:
    kit = crm_kit(TwoWords(), database=database)
    approval = kit.given.submitted_contract()
    hand_over(kit, {"leaver_id": "manager", "rest_to": "accountant"}, "admin")
    hand_over(kit, {"leaver_id": "accountant", "rest_to": "people"}, "admin")
    said = _agree(kit, approval.id, "people")
    assert said.waiting_on == ("chief",), "the manager is not asked again"
    assert _agree(kit, approval.id, "chief").state == "approved"


def test_a_word_that_was_given_for_the_leaver_holds_when_the_handover_is_undone(crm_kit: CrmKit, database: Any) -> None:
    kit = crm_kit(TwoWords(), database=database)
    approval = kit.given.submitted_contract()
    done = hand_over(kit, {"leaver_id": "manager", "rest_to": "accountant"}, "admin")
    _agree(kit, approval.id, "accountant")
    assert [one.kind for one in undo(kit, done.id, "admin").left] == ["approval"]
    assert _agree(kit, approval.id, "chief").state == "approved", "the manager is not asked for a word that was given"
