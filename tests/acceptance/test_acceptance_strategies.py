"""How a salesperson means to win, what his manager says to it, and what the next one finds, in their own words."""

from datetime import date

from sqlalchemy import Engine

from oa_crm.testing import CrmKit


def test_a_strategy_is_written_read_by_the_manager_changed_and_found_by_the_successor(
    crm_kit: CrmKit, database: Engine
) -> None:
    kit = crm_kit(database=database)
    with kit.unit("manager") as unit:
        unit.digests.subscribe({"reach": "subtree", "kinds": ["strategy"]})
    # The salesperson says how he means to win the customer, and what comes next.
    with kit.unit("seller") as unit:
        customer = unit.customers.create({"name": "云帆智能科技(杭州)有限公司"})
        plan = unit.strategies.write(
            {
                "customer_id": customer.id,
                "goal": "年内签下集团框架合同",
                "approach": "先在杭州工厂试点,再由工厂推荐给集团",
                "steps": [{"what": "约工厂厂长参观样板间", "due_on": "2026-03-10"}, {"what": "试点报价"}],
                "review_on": "2026-04-01",
            }
        )
    # His manager is told, asks a question, and says that he knows the plan.
    kit.relay.drain()
    with kit.unit("manager") as unit:
        (waits,) = unit.strategies.waiting().items
        assert waits.goal == "年内签下集团框架合同"
        unit.strategies.comment(waits.id, {"words": "集团谁拍板?", "mentions": ["seller"]})
        assert unit.strategies.acknowledge(waits.id, number=1).awaited == ()
    # The visit took place; a competitor cut his price, and the plan changes.
    kit.clock.advance(days=9)
    with kit.unit("seller") as unit:
        assert [one.words for one in unit.strategies.comments(plan.id).items] == ["集团谁拍板?"]
        unit.strategies.tick(plan.id, step=1, note="厂长和总工都来了")
        plan = unit.strategies.revise(
            plan.id,
            {
                "expected_version": 1,
                "approach": "跳过试点,由厂长直接引荐集团信息中心",
                "steps": [{"no": 1, "what": "约工厂厂长参观样板间"}, {"what": "拜访集团信息中心", "who_id": "manager"}],
                "reason": "对手降价,试点没有意义",
            },
        )
    # The change is in the manager's digest with its reason, and waits for him anew.
    with kit.unit("manager") as unit:
        (digest,) = unit.digests.build().digests
        assert [(one.name, one.before, one.after, one.reason) for one in unit.digests.read(digest.id).items] == [
            (customer.name, None, "1", None),
            (customer.name, "1", "2", "对手降价,试点没有意义"),
        ]
        told = unit.strategies.compare(plan.id, 1, 2)
        assert {one.field for one in told.fields} == {
            "approach", "steps.1.due_on", "steps.2.what", "steps.3.what", "steps.3.who_id",
        }  # fmt: skip
        assert plan.awaited == ("manager",)
    # In April its review is due.
    with kit.unit("manager") as unit:
        assert [one.id for one in unit.strategies.due(date(2026, 4, 1)).items] == [plan.id]
        # Somebody else takes the customer over, and finds what was meant, what is done, and what is open.
        unit.pool.transfer(customer.id, "colleague", expected_version=customer.version, reason="区域调整")
    with kit.unit("colleague") as unit:
        (found,) = unit.customers.file(customer.id).strategies.items
        assert found.approach == "跳过试点,由厂长直接引荐集团信息中心"
        assert [(one.what, one.done_at is not None) for one in found.steps] == [
            ("约工厂厂长参观样板间", True),
            ("拜访集团信息中心", False),
        ]
        newest, *before = unit.strategies.versions(found.id).items
        assert (newest.changed, newest.owner_id, newest.reason) == (("owner_id",), "colleague", "区域调整")
        assert [one.number for one in before] == [2, 1]
    kit.relay.drain()
    assert kit.recorder.hooks.count("on_strategy_changed") == 2
