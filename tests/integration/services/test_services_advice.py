"""Search in follow-ups, and the hint that they give on the stage of a project."""

from datetime import timedelta
from typing import Any

from tests.integration.privacy.ruling import dim_everything
from tests.integration.services.acting import doing, everything, invalid, refused

from oa_crm.testing import Kit


def _log(kit: Kit, actor: str = "seller", **fields: Any) -> Any:
    return doing(kit, actor, lambda unit: unit.followups.log({"way": "visit", "outcome": "谈得好", **fields}))


def _found(kit: Kit, actor: str = "seller", **where: Any) -> list[Any]:
    return [one.id for one in doing(kit, actor, lambda unit: unit.followups.find(where)).items]


def test_follow_ups_are_found_by_words_author_way_time_and_who_was_met(kit: Kit) -> None:
    customer, other = kit.given.customer(), kit.given.customer()
    lin, now = kit.given.contact(customer), kit.clock.now()
    first = _log(kit, customer_id=customer.id, outcome="要 ERP 报价", met=[lin.id], happened_at=now - timedelta(days=9))
    second = _log(
        kit, "manager", customer_id=other.id, way="phone", outcome="催报价", key_issue="100% 预付", result="agreed"
    )
    lead = kit.given.lead()
    third = _log(kit, lead_id=lead.id, outcome="问了 erp")
    assert _found(kit) == [third.id, second.id, first.id]
    assert _found(kit, text="报价") == [second.id, first.id]
    assert _found(kit, text="erp 报价") == [first.id]
    assert _found(kit, text="erp") == [third.id, first.id]
    assert _found(kit, text="100%") == [second.id]
    assert _found(kit, text="_") == []
    assert _found(kit, created_by="manager") == _found(kit, way="phone") == _found(kit, result="agreed") == [second.id]
    assert _found(kit, contact_id=lin.id) == _found(kit, customer_id=customer.id) == [first.id]
    assert _found(kit, lead_id=lead.id) == [third.id]
    assert _found(kit, since=now - timedelta(days=1)) == [third.id, second.id]
    assert _found(kit, before=now) == [first.id]
    assert _found(kit, "colleague") == []
    pages: list[Any] = []
    after = None
    for _ in range(3):
        page = doing(kit, "seller", lambda unit, at=after: unit.followups.find(after=at, limit=1))
        pages, after = [*pages, *(one.id for one in page.items)], page.next
    assert (pages, after) == ([third.id, second.id, first.id], None)


def test_nobody_finds_by_words_that_he_does_not_see(kit: Kit) -> None:
    _log(kit, customer_id=kit.given.customer().id)
    dim_everything(kit, "masked")
    with invalid("text"):
        doing(kit, "manager", lambda unit: unit.followups.find({"text": "谈"}))


def _project(kit: Kit, talks: int, days: int, *, won: bool = True) -> Any:
    """A project that stood in its first stage for so many days, with so many talks."""
    project = kit.given.project()
    for _ in range(talks):
        _log(kit, customer_id=project.customer_id, project_id=project.id)
    kit.clock.advance(days=days)
    if won:
        kit.given.approved_contract(kit.given.contract(project))
        kit.clock.advance(minutes=1)
        _log(kit, customer_id=project.customer_id, project_id=project.id)
    return project


def _advice(kit: Kit, project: Any, actor: str = "seller") -> Any:
    return doing(kit, actor, lambda unit: unit.advice.stage(project.id))


def test_the_hint_compares_with_won_projects_and_says_why(kit: Kit) -> None:
    for talks, days in ((2, 10), (4, 20), (6, 30), (3, 5)):
        _project(kit, talks, days)
    early = _project(kit, 1, 3, won=False)
    before = everything(kit)
    told = _advice(kit, early)
    assert (told.hint, told.similar, told.median_talks, told.talks, told.days) == ("not_enough_history", 4, None, 1, 3)
    assert everything(kit) == before, "it reads, and does nothing"
    _project(kit, 5, 15)
    told = _advice(kit, early)
    assert (told.similar, told.median_talks, told.median_days) == (5, 4.0, 15.0)
    assert (told.hint, told.days, told.silent_days) == ("on_course", 18, 18)
    kit.clock.advance(days=20)
    assert _advice(kit, early).hint == "behind"
    ready = _project(kit, 4, 2, won=False)
    assert _advice(kit, ready).hint == "ready"
    issue = {"customer_id": ready.customer_id, "project_id": ready.id, "words": "交付期"}
    doing(kit, "seller", lambda unit: unit.issues.open(issue))
    told = _advice(kit, ready)
    assert (told.hint, told.issues, [one.code for one in told.reasons]) == (
        "on_course", 1, ["talks", "days", "silent", "issues"],
    )  # fmt: skip
    with kit.crm.begin(kit.scope("seller", locale="zh-CN")) as unit:
        said = [one.said for one in unit.advice.stage(ready.id).reasons]
    assert said[0] == "至今跟进 4 次;赢单项目离开此阶段时为 4.0 次(5 个项目的中位数)"


def test_only_an_open_project_that_one_may_see_has_advice(kit: Kit) -> None:
    won = _project(kit, 1, 1)
    assert (_advice(kit, won).hint, _advice(kit, won).reasons[0].code) == ("closed", "closed")
    with refused("not_found"):
        _advice(kit, won, "colleague")
