"""Words that a rule keeps from somebody are kept from him wherever else they are told: in the state of a stale form, in
what a colleague holds, in what was handed over."""

from datetime import UTC, datetime
from typing import Any

import pytest
from tests.integration.privacy.ruling import rule
from tests.integration.services.acting import doing, refused

from oa_crm.testing import Kit

_PURPOSE, _WORDS = "带上金丝雀报价", "对金丝雀价格有疑问"


@pytest.fixture
def noted(kit: Kit) -> Any:
    """A plan and an issue of the salesperson's, at a customer of his."""
    customer = kit.given.customer()
    due = datetime(2030, 1, 1, tzinfo=UTC)
    with kit.unit() as unit:
        plan = unit.plans.plan({"customer_id": customer.id, "way": "phone", "purpose": _PURPOSE, "due_at": due})
        issue = unit.issues.open({"customer_id": customer.id, "words": _WORDS, "assignee_id": "seller"})
    return plan, issue


def _keep_from(kit: Kit, *roles: str, sight: str) -> None:
    told = {"masked": roles} if sight == "masked" else {"see": ("crm_admin",)}
    for field in ("outcome", "key_issue"):
        rule(kit, "follow_up", field, **told)


@pytest.mark.parametrize("sight", ["masked", "hidden"])
def test_a_stale_form_tells_no_words_that_its_owner_may_not_see(kit: Kit, noted: Any, sight: str) -> None:
    plan, issue = noted
    _keep_from(kit, "salesperson", sight=sight)
    with refused("stale_version") as stale:
        doing(kit, "seller", lambda unit: unit.plans.cancel(plan.id, reason="改期", expected_version=9))
    state = stale.value.details["state"]
    assert (state["way"], state.get("purpose") in (None, "•••")) == ("phone", True)
    with refused("stale_version") as stale:
        doing(kit, "seller", lambda unit: unit.issues.update(issue.id, {"weight": 1, "expected_version": 9}))
    state = stale.value.details["state"]
    assert (state["weight"], state.get("words") in (None, "•••")) == (2, True)


@pytest.mark.parametrize("sight", ["masked", "hidden"])
def test_what_a_colleague_holds_is_called_by_nothing_that_one_may_not_see(kit: Kit, noted: Any, sight: str) -> None:
    def held() -> list[str]:
        return [
            one.title
            for kind in ("plan", "matter")
            for one in doing(kit, "manager", lambda unit, kind=kind: unit.handover.holdings("seller", kind)).items
        ]

    assert held() == [_PURPOSE, _WORDS]
    _keep_from(kit, "sales_manager", sight=sight)
    assert held() == (["•••", "•••"] if sight == "masked" else [str(one.id) for one in noted])


def test_what_was_handed_over_is_called_by_nothing_that_its_receiver_may_not_see(kit: Kit, noted: Any) -> None:
    _, issue = noted
    wanted = {"leaver_id": "seller", "stays": True, "items": [{"kind": "matter", "id": issue.id, "to": "colleague"}]}
    with kit.unit("manager") as unit:
        unit.teams.join({"kind": "customer", "thing_id": issue.customer_id, "member_id": "colleague", "level": "write"})
        preview = unit.handover.preview(wanted)
        handover = unit.handover.execute(wanted, fingerprint=preview.fingerprint)

    def things() -> list[tuple[str, str]]:
        told = doing(kit, "colleague", lambda unit: unit.handover.document(handover.id))
        return [(one.kind, one.title) for one in told.things]

    assert things() == [("matter", _WORDS)]
    _keep_from(kit, "salesperson", sight="hidden")
    assert things() == [("matter", str(issue.id))]
