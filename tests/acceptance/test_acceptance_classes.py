"""A sales manager's Monday morning, in the words of those who live it."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import Engine

from oa_crm import Actor
from oa_crm.testing import CrmKit, Kit


def _set_up(kit: Kit) -> None:
    """The company says how it classes its customers."""
    year = {"fact": "contract_amount", "how": "at_least", "value": "100000.00", "within_days": 365}
    silent = {"fact": "days_since_follow_up", "how": "at_least", "value": 90}
    with kit.unit("admin") as unit:
        unit.categories.define_tree({"name": "strategic", "labels": {"zh": "战略分级"}})
        for name, label in (("key", "战略客户"), ("normal", "一般客户")):
            unit.categories.define({"tree": "strategic", "name": name, "labels": {"zh": label}})
        rule = {"tree": "level", "conditions": [year], "labels": {"zh": "一年成交十万"}}
        unit.class_rules.define({**rule, "name": "great", "gives": "A", "position": 1})
        rule = {"tree": "level", "conditions": [silent], "labels": {"zh": "九十天没有跟进"}}
        unit.class_rules.define({**rule, "name": "silent", "gives": "D", "position": 2})


def _monday(kit: Kit) -> None:
    """What cron does before anybody comes."""
    kit.crm.classes.apply(kit.scope(Actor.system()))
    kit.crm.digests.build(kit.scope(Actor.system()))


def test_a_managers_monday_morning(crm_kit: CrmKit, database: Engine) -> None:
    kit = crm_kit(database=database)
    _set_up(kit)
    with kit.unit("manager") as unit:
        unit.digests.subscribe({"reach": "subtree"})
    good, quiet, kept = (kit.given.customer(level="B") for _ in range(3))
    for one in (good, quiet, kept):
        kit.given.follow_up(one)

    # The week before: the good one signs, and is named a key account by hand. A project of his slips.
    kit.clock.advance(days=85)
    project = kit.given.project(good, expected="50000.00", expected_close_on=date(2026, 6, 1))
    kit.given.approved_contract(kit.given.contract(kit.given.project(good), amount="120000.00"))
    with kit.unit("seller") as unit:
        wanted = {"categories": {"strategic": "key"}, "reason": "签了年度框架", "expected_version": good.version}
        unit.customers.classify(good.id, wanted)
        slip = {"expected_close_on": date(2026, 9, 1), "expected_version": 1}
        unit.projects.update(project.id, slip)
        # The third is silent as well, but whoever knows it wants it to stay where it is.
        unit.customers.classify(kept.id, {"level": "B", "pin": True, "reason": "客户在换系统", "expected_version": 1})

    # Monday.
    kit.clock.advance(days=10)
    _monday(kit)
    assert _read(kit) == {
        (good.name, "level", "B", "A"),
        (good.name, "category", None, "key"),
        (project.name, "date_slip", "2026-06-01", "2026-09-01"),
        (quiet.name, "level", "B", "D"),
    }
    with kit.unit("manager") as unit:
        (digest,) = unit.digests.find(acknowledged=False).items
        assert unit.customers.get(kept.id).level == "B"
        unit.digests.acknowledge(digest.id)
        assert unit.digests.find(acknowledged=False).items == ()
        # She asks why, and since when.
        told = unit.class_rules.explain(quiet.id)
        assert told.decided == {"level": "D"}
        history = unit.customers.class_history(good.id, tree="level").items
        assert [(one.after, one.cause, one.rule) for one in history] == [("A", "rule", "great"), ("B", "entry", None)]
        the_day_before = history[0].at - timedelta(days=1)
        assert unit.customers.classes_of(good.id, as_of=the_day_before).level == "B"

    # Tuesday has nothing new to tell.
    kit.clock.advance(days=1)
    _monday(kit)
    assert _read(kit) == set()


def _read(kit: Kit) -> set[Any]:
    with kit.unit("manager", read_only=True) as unit:
        waiting = unit.digests.find(acknowledged=False).items
        lines = [line for one in waiting for line in unit.digests.read(one.id).items]
    return {(one.name, one.what, one.before, one.after) for one in lines}
