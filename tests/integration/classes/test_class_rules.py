"""Rules that class customers: whitelisted facts, the first that holds decides, a pin keeps them off."""

from typing import Any

import pytest
from tests.integration.classes.laws import classify, holds, tree
from tests.integration.services.acting import SYSTEM, doing, invalid, listening, refused, rows

from oa_crm.models import AuditEntry, ClassChange, Customer
from oa_crm.schemas import ClassRun
from oa_crm.testing import Kit


def _rule(kit: Kit, name: str, gives: str, *conditions: dict[str, Any], **more: Any) -> Any:
    data = {"name": name, "tree": "level", "gives": gives, "conditions": conditions, **more}
    return doing(kit, "admin", lambda unit: unit.class_rules.define(data))


def _is(fact: str, how: str, value: Any = None, **more: Any) -> dict[str, Any]:
    return {"fact": fact, "how": how, "value": value, **more}


def _apply(kit: Kit, actor: Any = "manager", **what: Any) -> ClassRun:
    return doing(kit, actor, lambda unit: unit.customers.classify_by_rules(**what))


def _levels(kit: Kit) -> list[str | None]:
    return [row["level"] for row in rows(kit, Customer)]


def _sold(kit: Kit, customer: Any, amount: str) -> None:
    kit.given.approved_contract(kit.given.contract(kit.given.project(customer), amount=amount))


def test_the_first_rule_that_holds_decides(kit: Kit) -> None:
    big, small, none = (kit.given.customer() for _ in range(3))
    _sold(kit, big, "60000.00")
    _sold(kit, big, "40000.00")
    _sold(kit, small, "500.00")
    _rule(kit, "bought", "B", _is("contracts", "at_least", 1), position=2)
    _rule(kit, "great", "A", _is("contract_amount", "at_least", "100000.00"), position=1)
    _rule(kit, "rest", "D", position=9)
    dry = _apply(kit, dry_run=True)
    assert [(one.customer_id, one.before, one.after, one.rule) for one in dry.changes] == [
        (big.id, None, "A", "great"), (small.id, None, "B", "bought"), (none.id, None, "D", "rest"),
    ]  # fmt: skip
    assert _levels(kit) == [None] * 3
    done = _apply(kit)
    assert (done.changes, done.looked_at) == (dry.changes, 3)
    assert _levels(kit) == ["A", "B", "D"]
    assert [(row["cause"], row["rule"]) for row in rows(kit, ClassChange)] == [
        ("rule", "great"), ("rule", "bought"), ("rule", "rest")
    ]  # fmt: skip
    assert _apply(kit).changes == ()
    holds(kit)


def test_stages_class_customers_in_a_tree(kit: Kit) -> None:
    tree(kit, "stage", "interested", "offered", "buyer")
    new, offered, won, back = (kit.given.customer() for _ in range(4))
    for customer, moves in ((offered, ["proposal"]), (won, ["won"]), (back, ["negotiation", "lead"])):
        project = kit.given.project(customer)
        for version, to in enumerate(moves, 1):
            move = {"to": to, "expected_version": version, "reason": "预算推迟"}
            doing(kit, "seller", lambda unit, of=project.id, move=move: unit.projects.move(of, move))
    steps = (("buyer", "won"), ("offered", "proposal"), ("interested", "lead"))
    for position, (name, stage) in enumerate(steps):
        _rule(kit, name, name, _is("stage_reached", "at_least", stage), tree="stage", position=position)
    _apply(kit)

    def category(customer: Any) -> str | None:
        return doing(kit, "seller", lambda unit: unit.customers.classes_of(customer.id)).category("stage")

    # How far it ever came counts, not where it stands.
    assert [category(one) for one in (new, offered, won, back)] == [None, "offered", "buyer", "offered"]
    holds(kit)


def test_a_stage_of_a_pipeline_of_ones_own_is_reached_by_who_came_there_or_past_it(kit: Kit) -> None:
    ways = {"direct": ("met", "shown", "offered"), "renewal": ("asked", "offered", "signed")}
    for name, keys in ways.items():
        stages = [{"key": key, "win_rate": 10} for key in keys]
        way = {"name": name, "types": [name], "stages": stages}
        doing(kit, "admin", lambda unit, way=way: unit.pipelines.define(way))
    with invalid("conditions.0.value"):
        _rule(kit, "nowhere", "A", _is("stage_reached", "at_least", "closed"))
    _rule(kit, "shown", "A", _is("stage_reached", "at_least", "shown"), position=1)
    _rule(kit, "not_yet", "B", _is("stage_reached", "less_than", "offered"), position=2)
    _rule(kit, "offered", "C", _is("stage_reached", "at_least", "offered"), position=3)
    moves = (
        ("direct", None, "B"), ("direct", "offered", "A"), ("renewal", "offered", "C"), ("renewal", "signed", "C"),
        ("renewal", "won", "A"), (None, "negotiation", "B"), (None, "lost", "B"),
    )  # fmt: skip
    wanted = []
    for type, to, level in moves:
        project = kit.given.project(kit.given.customer(), type=type)
        if to is not None:
            move = {"to": to, "expected_version": 1, "reason": "原因"}
            doing(kit, "seller", lambda unit, of=project.id, move=move: unit.projects.move(of, move))
        wanted.append(level)
    _apply(kit)
    assert _levels(kit) == wanted


def test_what_is_pinned_is_left_alone_and_counted(kit: Kit) -> None:
    pinned, other = kit.given.customer(level="A"), kit.given.customer(level="A")
    classify(kit, pinned.id, level="A", pin=True)
    _rule(kit, "rest", "D")
    done = _apply(kit)
    assert (done.pinned, [one.customer_id for one in done.changes]) == (1, [other.id])
    assert _levels(kit) == ["A", "D"]
    classify(kit, pinned.id, level="A", pin=False)
    _apply(kit)
    assert _levels(kit) == ["D", "D"]


_FACTS: list[tuple[dict[str, Any], dict[str, Any], bool]] = [
    (_is("size", "in", ["large", "medium"]), {"size": "large"}, True),
    (_is("size", "in", ["large"]), {}, False),
    (_is("size", "not_in", ["large"]), {}, True),
    (_is("size", "unknown"), {}, True),
    (_is("size", "unknown"), {"size": "small"}, False),
    (_is("industry", "in", ["I"]), {"industry": "I6510"}, True),
    (_is("industry", "in", ["I"]), {"industry": "C35"}, False),
    (_is("region", "in", ["浙江省"]), {"region": "330106"}, True),
    (_is("region", "not_in", ["浙江省"]), {"region": "330106"}, False),
    (_is("region", "in", ["CN"]), {"region": "US"}, False),
    (_is("tags", "in", ["展会", "重点"]), {"tags": ["重点"]}, True),
    (_is("tags", "all_of", ["展会", "重点"]), {"tags": ["重点"]}, False),
    (_is("tags", "all_of", ["展会", "重点"]), {"tags": ["重点", "展会", "新"]}, True),
    (_is("tags", "unknown"), {}, True),
    (_is("status", "in", ["active"]), {"status": "dormant"}, False),
    (_is("source", "in", ["展会"]), {"source": "展会"}, True),
    (_is("level", "in", ["B"]), {"level": "B"}, True),
    (_is("in_pool", "is", False), {}, True),
    (_is("in_pool", "is", True), {}, False),
    (_is("days_on_file", "less_than", 1), {}, True),
    (_is("days_on_file", "at_least", 1), {}, False),
    (_is("days_since_follow_up", "at_least", 0), {}, False),
    (_is("days_since_follow_up", "unknown"), {}, True),
    (_is("contracts", "less_than", 1), {}, True),
    (_is("contract_amount", "less_than", "0.01"), {}, True),
    (_is("open_projects", "at_least", 1), {}, False),
    (_is("won_projects", "less_than", 1), {}, True),
    (_is("stage_reached", "unknown"), {}, True),
    (_is("stage_reached", "less_than", "won"), {}, False),
]


@pytest.mark.parametrize(("condition", "facts", "wanted"), _FACTS, ids=lambda one: str(one)[:60])
def test_a_condition_holds_of_the_facts_it_says(
    sqlite_kit: Kit, condition: dict[str, Any], facts: dict[str, Any], wanted: bool
) -> None:
    customer = sqlite_kit.given.customer(**facts)
    _rule(sqlite_kit, "asked", "A", condition)
    (verdict,) = doing(sqlite_kit, "seller", lambda unit: unit.class_rules.explain(customer.id)).verdicts
    assert verdict.holds is wanted
    assert len(verdict.failed) == (0 if wanted else 1)
    changed = [one.customer_id for one in _apply(sqlite_kit, dry_run=True).changes]
    assert changed == ([customer.id] if wanted else [])


def test_follow_ups_and_contracts_grow_old(kit: Kit) -> None:
    customer = kit.given.customer()
    _sold(kit, customer, "1000.00")
    kit.given.follow_up(customer)
    _rule(kit, "lately", "A", _is("contracts", "at_least", 1, within_days=365), position=1)
    _rule(kit, "silent", "D", _is("days_since_follow_up", "at_least", 400), position=2)
    kit.clock.advance(days=100)
    assert [one.rule for one in _apply(kit).changes] == ["lately"]
    kit.clock.advance(days=300)
    assert [one.rule for one in _apply(kit).changes] == ["silent"]
    kit.clock.advance(days=1)
    kit.given.follow_up(customer)
    assert doing(kit, "seller", lambda unit: unit.class_rules.explain(customer.id)).decided == {}


def test_amounts_are_of_one_currency(kit: Kit) -> None:
    customer = kit.given.customer()
    project = kit.given.project(customer, currency="USD")
    kit.given.approved_contract(kit.given.contract(project, amount="1000.00"))
    _rule(kit, "yuan", "A", _is("contract_amount", "at_least", "0.01"), position=1)
    _rule(kit, "dollars", "B", _is("contract_amount", "at_least", "1000.00", currency="USD"), position=2)
    assert [one.rule for one in _apply(kit).changes] == ["dollars"]


@pytest.mark.parametrize(
    ("condition", "field"),
    [
        (_is("budget", "at_least", 1), "conditions.0.fact"),
        (_is("size; DROP TABLE", "in", ["x"]), "conditions.0.fact"),
        (_is("size", "at_least", 1), "conditions.0.how"),
        (_is("size", "in", []), "conditions.0.value"),
        (_is("size", "in", "large"), "conditions.0.value"),
        (_is("industry", "in", ["moon"]), "conditions.0.value"),
        (_is("contracts", "at_least", "many"), "conditions.0.value"),
        (_is("contracts", "at_least", True), "conditions.0.value"),
        (_is("contracts", "at_least", -1), "conditions.0.value"),
        (_is("contract_amount", "at_least", "0.001"), "conditions.0.value"),
        (_is("contract_amount", "at_least", None), "conditions.0.value"),
        (_is("stage_reached", "at_least", "lost"), "conditions.0.value"),
        (_is("in_pool", "is", "yes"), "conditions.0.value"),
        (_is("won_projects", "at_least", 1, within_days=9), "conditions.0.within_days"),
        (_is("contracts", "at_least", 1, currency="CNY"), "conditions.0.currency"),
    ],
)
def test_a_condition_that_cannot_be_asked_is_refused(sqlite_kit: Kit, condition: dict[str, Any], field: str) -> None:
    with invalid(field):
        _rule(sqlite_kit, "wrong", "A", condition)


def test_what_a_rule_gives_is_there(kit: Kit) -> None:
    made = tree(kit, "type", "dealer")
    for more in ({"gives": "moon", "tree": "type"}, {"gives": "x" * 21}, {"gives": "dealer", "tree": "moon"}):
        with invalid("gives"):
            _rule(kit, "wrong", **more)
    _rule(kit, "dealers", "dealer", tree="type")
    with invalid("name"):
        _rule(kit, "dealers", "A")
    retired = {"expected_version": 1, "retired": True}
    doing(kit, "admin", lambda unit: unit.categories.redefine(made["dealer"].id, retired))
    kit.given.customer()
    assert _apply(kit).changes == (), "a rule whose category was retired since is passed over"


def test_a_rule_is_changed_and_retired(kit: Kit) -> None:
    kit.given.customer()
    rule = _rule(kit, "rest", "D")
    patch = {"expected_version": 1, "gives": "C", "conditions": [_is("size", "unknown")]}
    changed = doing(kit, "admin", lambda unit: unit.class_rules.redefine(rule.id, patch))
    assert (changed.gives, changed.conditions[0].how, changed.version) == ("C", "unknown", 2)
    with refused("stale_version"):
        doing(kit, "admin", lambda unit: unit.class_rules.redefine(rule.id, patch))
    doing(kit, "admin", lambda unit: unit.class_rules.redefine(rule.id, {"expected_version": 2, "retired": True}))
    assert _apply(kit).changes == ()
    assert doing(kit, "seller", lambda unit: unit.class_rules.of()) == ()
    assert [one.state for one in doing(kit, "seller", lambda unit: unit.class_rules.of(retired=True))] == ["retired"]


def test_rules_reach_as_far_as_whoever_applies_them(kit: Kit) -> None:
    mine = kit.given.customer()
    doing(kit, "colleague", lambda unit: unit.customers.create({"name": "长风物流有限公司"}))
    _rule(kit, "rest", "D")
    assert [one.customer_id for one in _apply(kit, "seller", dry_run=True).changes] == [mine.id]
    assert len(_apply(kit, "manager", dry_run=True).changes) == 2
    with refused("forbidden"):
        _apply(kit, "chief")
    with invalid("trees"):
        _apply(kit, trees=["moon"])


def test_some_customers_and_some_trees_may_be_asked_for(kit: Kit) -> None:
    tree(kit, "type", "dealer")
    one, other = kit.given.customer(), kit.given.customer()
    _rule(kit, "rest", "D")
    _rule(kit, "dealers", "dealer", tree="type")
    done = _apply(kit, customer_ids=[other.id], trees=["type"])
    assert [(each.customer_id, each.tree) for each in done.changes] == [(other.id, "type")]
    assert len(_apply(kit, customer_ids=[one.id]).changes) == 2
    theirs = doing(kit, "colleague", lambda unit: unit.customers.create({"name": "长风物流有限公司"}))
    assert _apply(kit, "seller", customer_ids=[theirs.id], dry_run=True).looked_at == 0
    with invalid("customer_ids"):
        _apply(kit, customer_ids=[one.id] * 501)


def _sent_by(kit: Kit, *, dry_run: bool) -> int:
    with listening(kit.crm.engine) as sent:
        kit.crm.classes.apply(kit.scope(SYSTEM), dry_run=dry_run)
    return len(sent)


def _statements(kit: Kit, customers: int) -> list[int]:
    for _ in range(customers):
        kit.given.customer()
    return [_sent_by(kit, dry_run=dry_run) for dry_run in (True, False)]


def test_the_number_of_statements_does_not_grow_with_the_customers(kit: Kit) -> None:
    tree(kit, "type", "dealer")
    facts = ("contracts", "won_projects", "open_projects", "days_on_file")
    _rule(kit, "sold", "A", *(_is(fact, "at_least", 0) for fact in facts), _is("stage_reached", "unknown"))
    _rule(kit, "dealers", "dealer", tree="type")
    few = _statements(kit, 2)
    many = _statements(kit, 40)
    assert many == few
    assert max(many) < 25


def test_the_whole_base_is_classed_by_slices_and_a_run_may_stop(kit: Kit) -> None:
    for _ in range(5):
        kit.given.customer()
    _rule(kit, "rest", "D")
    told: list[ClassRun] = []
    dry = kit.crm.classes.apply(kit.scope(SYSTEM), dry_run=True, slice=2, on_slice=told.append)
    assert ([one.looked_at for one in told], dry.found, dry.finished) == ([2, 2, 1], 5, True)

    def stop(run: ClassRun) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        kit.crm.classes.apply(kit.scope(SYSTEM), slice=2, on_slice=stop)
    assert _levels(kit) == ["D", "D", None, None, None]
    assert kit.crm.classes.apply(kit.scope(SYSTEM), slice=2).found == 3
    assert kit.crm.classes.apply(kit.scope(SYSTEM)).found == 0
    assert len(rows(kit, AuditEntry, operation="customers.classify_by_rules")) == 5
    with refused("forbidden"):
        kit.crm.classes.apply(kit.scope("chief"))
    with invalid("slice"):
        kit.crm.classes.apply(kit.scope(SYSTEM), slice=0)
    holds(kit)


def test_each_page_of_a_slice_goes_on_where_the_last_one_ended(kit: Kit) -> None:
    for _ in range(3):
        kit.given.customer()
    _rule(kit, "rest", "D")
    first = _apply(kit, limit=2)
    second = _apply(kit, after=first.next, limit=2)
    assert (first.looked_at, second.looked_at, second.next) == (2, 1, None)
    with invalid("after"):
        _apply(kit, after="bogus")
    with invalid("limit"):
        _apply(kit, limit=501)
