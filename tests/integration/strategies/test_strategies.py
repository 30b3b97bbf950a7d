"""Strategies: versions, steps, who is told, who may, what is due."""

from datetime import date
from typing import Any

import pytest
from tests.integration.services.acting import doing, invalid, refused
from tests.integration.strategies.laws import hold

from oa_crm.hooks import Department, Member
from oa_crm.models import Strategy
from oa_crm.testing import CrmKit, Kit

MORE = {"reason": "对手降价"}


def _revise(kit: Kit, plan: Any, actor: str = "seller", **fields: Any) -> Any:
    revision = {"expected_version": plan.version, **MORE, **fields}
    return doing(kit, actor, lambda unit: unit.strategies.revise(plan.id, revision))


def _of(kit: Kit, customer: Any, actor: str = "seller") -> Any:
    return doing(kit, actor, lambda unit: unit.strategies.of("customer", customer.id))


def test_every_version_is_kept_whole_with_who_when_what_and_why(kit: Kit) -> None:
    customer = kit.given.customer()
    plan = kit.given.strategy(customer, goal="进入短名单", approach="从技术部入手", steps=[{"what": "演示"}])
    kit.clock.advance(days=3)
    plan = _revise(kit, plan, "manager", goal="签下框架合同", review_on=date(2026, 6, 30), owner_id="colleague")
    second, first = doing(kit, "seller", lambda unit: unit.strategies.versions(plan.id)).items
    assert (first.goal, first.what, first.by, first.approach) == ("进入短名单", "written", "seller", "从技术部入手")
    assert (second.goal, second.by, second.at) == ("签下框架合同", "manager", kit.clock.now())
    assert set(second.changed) == {"goal", "review_on", "owner_id"}
    assert second.reason == "对手降价"
    told = doing(kit, "seller", lambda unit: unit.strategies.compare(plan.id, 1, 2))
    assert {one.field: (one.before, one.after) for one in told.fields} == {
        "owner_id": ("seller", "colleague"), "goal": ("进入短名单", "签下框架合同"), "review_on": (None, "2026-06-30"),
    }  # fmt: skip
    assert _of(kit, customer) == doing(kit, "seller", lambda unit: unit.strategies.get(plan.id))
    hold(kit)


def test_one_strategy_lives_and_a_retired_one_makes_place(kit: Kit) -> None:
    customer = kit.given.customer()
    plan = kit.given.strategy(customer)
    with refused("illegal_state", state="living"):
        kit.given.strategy(customer)
    other = kit.given.strategy(project_id=kit.given.project(customer).id)
    ended = doing(kit, "seller", lambda u: u.strategies.retire(plan.id, reason="换打法", expected_version=1))
    assert (ended.state, ended.ended_because, ended.version) == ("retired", "换打法", 2)
    assert _of(kit, customer) is None
    with refused("illegal_state", state="retired"):
        _revise(kit, ended, goal="再试")
    new = kit.given.strategy(customer)
    found = doing(kit, "seller", lambda u: u.strategies.find({"customer_id": customer.id, "living": True}))
    assert [one.id for one in found.items] == [new.id, other.id]
    past = doing(kit, "seller", lambda u: u.strategies.find({"customer_id": customer.id, "living": False}))
    assert [one.id for one in past.items] == [plan.id]
    hold(kit)


def test_what_cannot_be_taken_says_why(kit: Kit) -> None:
    project = kit.given.project()
    plan = kit.given.strategy(project_id=project.id)
    for data in ({}, {"customer_id": project.customer_id, "project_id": project.id}):
        with invalid("customer_id"):
            doing(kit, "seller", lambda u, it=data: u.strategies.write({"goal": "签约", **it}))
    with invalid("(all)"):
        _revise(kit, plan, goal=plan.goal)
    with invalid("goal"):
        _revise(kit, plan, goal=None)
    with invalid("steps.0.no"):
        _revise(kit, plan, steps=[{"no": 9, "what": "演示"}])
    with invalid("steps.1.no"):
        _revise(kit, plan, steps=[{"no": 1, "what": "演示"}, {"no": 1, "what": "报价"}])
    with invalid("steps.0.who_id"):
        _revise(kit, plan, steps=[{"what": "演示", "who_id": "ghost"}])
    with refused("stale_version", expected=7, current=1):
        doing(kit, "seller", lambda u: u.strategies.revise(plan.id, {"expected_version": 7, "goal": "快", **MORE}))
    with kit.unit() as unit:
        unit.projects.move(project.id, {"to": "lost", "expected_version": 1, "reason": "价格"})
    with refused("illegal_state", kind="project"):
        _revise(kit, plan, goal="再试")
    with invalid("kind"):
        doing(kit, "seller", lambda u: u.strategies.of("lead", project.id))


def test_a_step_keeps_its_number_and_is_ticked_off_without_a_version(kit: Kit) -> None:
    steps = [{"what": "演示", "who_id": "manager", "due_on": "2026-03-20"}, {"what": "报价"}]
    plan = kit.given.strategy(steps=steps)
    plan = doing(kit, "manager", lambda u: u.strategies.tick(plan.id, step=1, note="讲了两小时"))
    assert (plan.version, plan.awaited) == (1, ("manager",))
    assert [(one.no, one.done_by) for one in plan.steps] == [(1, "manager"), (2, None)]
    with refused("illegal_state", kind="step", state="done"):
        doing(kit, "seller", lambda u: u.strategies.tick(plan.id, step=1))
    plan = _revise(kit, plan, steps=[{"what": "试点"}, {"no": 1, "what": "再演示"}])
    assert [(one.no, one.what, one.done_by) for one in plan.steps] == [(3, "试点", None), (1, "再演示", "manager")]
    with invalid("step"):
        doing(kit, "seller", lambda u: u.strategies.tick(plan.id, step=2))
    plan = doing(kit, "seller", lambda u: u.strategies.tick(plan.id, step=1, done=False, note="没讲完"))
    assert all(one.done_at is None for one in plan.steps)
    marks = doing(kit, "seller", lambda u: u.strategies.marks(plan.id)).items
    assert [(one.step, one.done, one.note, one.by) for one in marks] == [
        (1, False, "没讲完", "seller"), (1, True, "讲了两小时", "manager"),
    ]  # fmt: skip
    hold(kit)


def test_a_step_is_ticked_by_whose_it_is_and_by_who_may_write(kit: Kit) -> None:
    project = kit.given.project()
    plan = kit.given.strategy(project_id=project.id, steps=[{"what": "审合同", "who_id": "people"}, {"what": "报价"}])
    # Human resources reads projects and writes none.
    assert doing(kit, "people", lambda u: u.strategies.tick(plan.id, step=1)).steps[0].done_by == "people"
    with refused("forbidden"):
        doing(kit, "people", lambda u: u.strategies.tick(plan.id, step=2))
    with refused("not_found"):
        doing(kit, "colleague", lambda u: u.strategies.tick(plan.id, step=1))


def test_those_who_lead_the_owner_are_told_and_acknowledge_once(kit: Kit) -> None:
    plan = kit.given.strategy()
    assert plan.awaited == ("manager",)
    waiting = doing(kit, "manager", lambda u: u.strategies.waiting()).items
    assert [one.id for one in waiting] == [plan.id]
    plan = doing(kit, "manager", lambda u: u.strategies.acknowledge(plan.id, number=1))
    assert (plan.awaited, plan.readers[0].acknowledged_at) == ((), kit.clock.now())
    for actor, code in (("manager", "illegal_state"), ("seller", "forbidden"), ("colleague", "not_found")):
        with refused(code):
            doing(kit, actor, lambda u: u.strategies.acknowledge(plan.id, number=1))
    with refused("not_found"):
        doing(kit, "manager", lambda u: u.strategies.acknowledge(plan.id, number=2))
    plan = _revise(kit, plan, goal="先做试点")
    assert plan.awaited == ("manager",), "each version is acknowledged anew"
    # Somebody who was not asked may say that he knows it, once.
    plan = doing(kit, "chief", lambda u: u.strategies.acknowledge(plan.id, number=2))
    with refused("illegal_state"):
        doing(kit, "chief", lambda u: u.strategies.acknowledge(plan.id, number=2))
    assert plan.awaited == ("manager",)
    # Who writes a version himself is not asked to know it; the one before it waits no more.
    assert _revise(kit, plan, "manager", goal="一次上线").awaited == ()
    assert doing(kit, "manager", lambda u: u.strategies.waiting()).items == ()
    hold(kit)


def test_told_is_nobody_who_left_or_may_not_see_it(crm_kit: CrmKit, kit: Kit) -> None:
    kit.company._departments.append(Department("lab", "Lab", parent_id="company", manager_id="people"))
    kit.company.people["seller"] = Member("seller", "Salesperson", "lab", "manager", ("salesperson",))
    with kit.unit("admin") as unit:
        unit.directory.sync()
    # The head of his department reads no customers, but projects.
    assert kit.given.strategy().awaited == ()
    assert kit.given.strategy(project_id=kit.given.project().id).awaited == ("people",)
    del kit.company.people["people"]
    with kit.unit("admin") as unit:
        unit.directory.sync()
    assert kit.given.strategy(project_id=kit.given.project().id).awaited == ()


def test_a_mention_opens_nothing(kit: Kit) -> None:
    plan = kit.given.strategy()
    with invalid("mentions.1", "mentions.2"):
        said = {"words": "看一下", "mentions": ["manager", "colleague", "ghost"]}
        doing(kit, "seller", lambda u: u.strategies.comment(plan.id, said))
    said = {"words": "看一下", "mentions": ["manager", "manager"]}
    kept = doing(kit, "seller", lambda u: u.strategies.comment(plan.id, said))
    assert (kept.number, kept.mentions, kept.by) == (1, ("manager",), "seller")
    with refused("not_found"):
        doing(kit, "colleague", lambda u: u.strategies.comment(plan.id, {"words": "?"}))
    doing(kit, "manager", lambda u: u.strategies.comment(plan.id, {"words": "好"}))
    told = doing(kit, "chief", lambda u: u.strategies.comments(plan.id)).items
    assert [one.words for one in told] == ["好", "看一下"]


def test_what_is_due_for_review_comes_by_day_and_page(kit: Kit) -> None:
    days = ("2026-03-01", "2026-02-01", "2026-04-01", None)
    plans = [kit.given.strategy(review_on=day) for day in days]
    ended = kit.given.project()
    kit.given.strategy(project_id=ended.id, review_on="2026-01-01")
    retired = kit.given.strategy(review_on="2026-01-02")
    with kit.unit() as unit:
        unit.projects.move(ended.id, {"to": "lost", "expected_version": 1, "reason": "价格"})
        unit.strategies.retire(retired.id, reason="换打法", expected_version=1)
        first = unit.strategies.due(limit=1)
        rest = unit.strategies.due(limit=1, after=first.next)
        later = unit.strategies.due(date(2026, 4, 1))
        assert unit.strategies.due(owner_id="colleague").items == ()
    assert [one.id for one in (*first.items, *rest.items)] == [plans[1].id, plans[0].id]
    assert rest.next is None
    assert [one.id for one in later.items] == [plans[1].id, plans[0].id, plans[2].id]
    assert doing(kit, "colleague", lambda u: u.strategies.due()).items == ()


def test_a_strategy_of_a_project_is_the_projects(kit: Kit) -> None:
    project = kit.given.project()
    mine, other = kit.given.strategy(project_id=project.id), kit.given.strategy()
    # Human resources reads projects and no customers.
    assert [one.id for one in doing(kit, "people", lambda u: u.strategies.find()).items] == [mine.id]
    with refused("not_found"):
        doing(kit, "people", lambda u: u.strategies.get(other.id))
    with refused("forbidden"):
        _revise(kit, mine, "people", goal="别的")


def test_digests_tell_of_it_as_a_key_change(kit: Kit) -> None:
    with kit.unit("manager") as unit:
        assert {"strategy", "project_strategy"} <= set(unit.digests.kinds())
        unit.digests.subscribe({"reach": "subtree", "kinds": ["strategy", "project_strategy"]})
    customer = kit.given.customer()
    plan = kit.given.strategy(customer, reason="年度规划")
    plan = _revise(kit, plan, goal="先做试点")
    doing(kit, "seller", lambda u: u.strategies.tick(plan.id, step=1))
    doing(kit, "seller", lambda u: u.strategies.retire(plan.id, reason="换打法", expected_version=2))
    kit.given.strategy(project_id=kit.given.project(customer).id)
    with kit.unit("manager") as unit:
        (digest,) = unit.digests.build().digests
        lines = unit.digests.read(digest.id).items
    assert [(one.what, one.before, one.after, one.reason) for one in lines] == [
        ("strategy", None, "1", "年度规划"), ("strategy", "1", "2", "对手降价"), ("strategy", "2", None, "换打法"),
        ("project_strategy", None, "1", None),
    ]  # fmt: skip


def test_the_file_shows_what_lives(kit: Kit) -> None:
    customer = kit.given.customer()
    plan = kit.given.strategy(customer, steps=[{"what": "演示", "who_id": "colleague"}])
    doing(kit, "seller", lambda u: u.strategies.tick(plan.id, step=1))
    kit.given.strategy(project_id=(project := kit.given.project(customer)).id, goal="进入短名单")
    retired = kit.given.strategy(project_id=kit.given.project(customer).id)
    doing(kit, "seller", lambda u: u.strategies.retire(retired.id, reason="换打法", expected_version=1))
    file = doing(kit, "manager", lambda u: u.customers.file(customer.id))
    assert [(one.project_id, one.goal) for one in file.strategies.items] == [
        (project.id, "进入短名单"), (None, plan.goal),
    ]  # fmt: skip
    assert file.strategies.total == 2
    assert file.strategies.items[1].steps[0].done_by == "seller"
    assert file.people["colleague"].name == "Other Salesperson"


def test_a_page_costs_the_same_statements_however_many(sqlite_kit: Kit, statements: Any) -> None:
    kit = sqlite_kit
    kit.given.strategy()
    few = statements(kit, lambda u: u.strategies.find())
    for _ in range(3):
        kit.given.strategy()
    assert statements(kit, lambda u: u.strategies.find()) == few


@pytest.fixture
def statements() -> Any:
    from tests.integration.services.acting import listening

    def count(kit: Kit, read: Any) -> int:
        with kit.unit(read_only=True) as unit, listening(kit.crm.engine) as sent:
            read(unit)
        return len([one for one in sent if Strategy.__tablename__ in one])

    return count
