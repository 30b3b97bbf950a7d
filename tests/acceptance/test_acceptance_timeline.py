"""A manager looks up what became of a customer, and what was known of it then, in the words of the people who do it."""

from datetime import date, timedelta

from sqlalchemy import Engine

from oa_crm.testing import CrmKit


def test_a_manager_reads_the_whole_story_and_what_was_known_in_march(crm_kit: CrmKit, database: Engine) -> None:
    kit = crm_kit(database=database)
    # In March a salesperson puts a customer on file, visits it, and begins a project.
    with kit.unit("seller") as unit:
        customer = unit.customers.create({"name": "云帆智能科技(杭州)有限公司", "level": "B", "region": "330106"})
        unit.contacts.create({"customer_id": customer.id, "name": "林晓", "role": "decision_maker"})
        project = unit.projects.create({"customer_id": customer.id, "name": "智能排产一期", "expected": "600000.00"})
        about = {"customer_id": customer.id, "project_id": project.id}
        unit.followups.log({**about, "way": "visit", "outcome": "看过车间,想先上一条线"})
        unit.issues.open({**about, "words": "老系统没有接口文档", "weight": 3})
    march = kit.clock.now()
    # In April presales helps, the talk of a call in March is entered late, and the customer gets weightier.
    kit.clock.advance(days=30)
    with kit.unit("seller") as unit:
        wanted = {"title": "能接他们的老系统吗?", "due_on": kit.clock.now().date() + timedelta(days=3)}
        asked = unit.help.ask({"customer_id": customer.id, **wanted, "member_id": "colleague"})
        call = {"way": "phone", "outcome": "预算由总部批", "happened_at": march - timedelta(hours=1)}
        unit.followups.log({**about, **call})
    with kit.unit("colleague") as unit:
        unit.help.answer(asked.id, "能,两周")
    with kit.unit("manager") as unit:
        unit.customers.classify(customer.id, {"level": "A", "reason": "总部立项", "expected_version": 1})
    kit.clock.advance(days=1)
    with kit.unit("seller") as unit:
        unit.projects.move(project.id, {"to": "negotiation", "reason": "客户提前", "expected_version": 1})
        renamed = {"name": "云帆智能科技集团(杭州)有限公司", "expected_version": 2}
        unit.customers.update(customer.id, renamed)
    # The manager reads the story page by page, the newest first, in Chinese.
    scope, story, after = kit.crm.scope(tenant="acme", actor="manager", locale="zh-CN"), [], None
    with kit.crm.begin(scope) as unit:
        while True:
            page = unit.timeline.of_customer(customer.id, limit=4, after=after)
            story += [(one.title, one.by) for one in page.items]
            if (after := page.next) is None:
                break
    assert set(story[:2]) == {("修改客户资料", "seller"), ("阶段变更", "seller")}
    assert story.count(("协助请求", "seller")) == story.count(("协助请求", "colleague")) == 1
    assert ("分类变更", "manager") in story
    titles = [title for title, _ in story]
    assert titles.index("提出关键问题") < len(titles) - 1 - titles[::-1].index("跟进记录"), "the call came before it"
    # What the company knew in March: no call, no help, level B, and its old name.
    with kit.crm.begin(scope) as unit:
        then = unit.timeline.of_customer(customer.id, as_of=march.date()).items
        assert [one.facts["outcome"] for one in then if one.kind == "follow_up"] == ["看过车间,想先上一条线"]
        assert "help" not in {one.kind for one in then}
        state = unit.timeline.state(customer.id, at=march)
        assert state.customer is not None
        assert (state.customer.facts["name"], state.customer.facts["level"]) == (customer.name, "B")
        (known,) = state.projects
        assert known.facts["stage"] == "lead"
        assert unit.timeline.of_customer(customer.id, as_of=date(2020, 1, 1)).items == ()
        # Of the project alone: what was said of it, the call an hour before it was begun, and where it stands.
        of_project = unit.timeline.of_project(project.id, kinds=["stage", "follow_up"]).items
        assert [one.title for one in of_project] == ["阶段变更", "跟进记录", "阶段变更", "跟进记录"]
