"""Classifying by hand, and the history: every change on every way is kept, and replays to what is there."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.integration.classes.laws import classify, holds, present, tree
from tests.integration.services.acting import SYSTEM, doing, invalid, refused, rows
from tests.integration.services.verbs import VERBS, Verb
from tests.support.laws import examples

from oa_crm.hooks.payloads import CustomerReclassified
from oa_crm.models import AuditEntry, ClassChange
from oa_crm.testing import CrmKit, Kit


def _history(kit: Kit, id: UUID, **what: Any) -> list[tuple[str, str | None, str | None, str]]:
    found = doing(kit, "manager", lambda unit: unit.customers.class_history(id, **what)).items
    return [(one.tree, one.before, one.after, one.cause) for one in reversed(found)]


def test_a_change_is_kept_with_who_when_before_after_and_why(kit: Kit) -> None:
    tree(kit, "type", "dealer", "gold<dealer")
    customer = kit.given.customer(level="C")
    kit.clock.advance(days=1)
    told = classify(kit, customer.id, level="A", categories={"type": "gold"}, reason="签了框架协议")
    assert (told.level, told.category("type"), told.version) == ("A", "gold", 2)
    first, second, third = reversed(doing(kit, "seller", lambda unit: unit.customers.class_history(customer.id)).items)
    assert (first.tree, first.before, first.after, first.cause, first.by) == ("level", None, "C", "entry", "seller")
    changed = {(one.tree, one.before, one.after) for one in (second, third)}
    assert changed == {("level", "C", "A"), ("type", None, "gold")}
    for one in (second, third):
        assert (one.cause, one.reason, one.rule, one.by) == ("hand", "签了框架协议", None, "seller")
        assert one.at - first.at == timedelta(days=1)
    holds(kit)


def test_a_plain_update_of_the_level_writes_the_same_history(kit: Kit) -> None:
    customer = kit.given.customer(level="C")
    doing(kit, "seller", lambda unit: unit.customers.update(customer.id, {"expected_version": 1, "level": "A"}))
    doing(kit, "seller", lambda unit: unit.customers.update(customer.id, {"expected_version": 2, "level": None}))
    doing(kit, "seller", lambda unit: unit.customers.update(customer.id, {"expected_version": 3, "size": "large"}))
    assert _history(kit, customer.id) == [
        ("level", None, "C", "entry"), ("level", "C", "A", "hand"), ("level", "A", None, "hand"),
    ]  # fmt: skip
    kit.relay.drain()
    assert kit.recorder.hooks.count("on_customer_reclassified") == 2
    told = kit.recorder.of(CustomerReclassified)
    assert [(one.before, one.after, one.cause) for one in told] == [("C", "A", "hand"), ("A", None, "hand")]
    holds(kit)


def test_an_update_of_a_pinned_level_leaves_the_pin(kit: Kit) -> None:
    customer = kit.given.customer()
    classify(kit, customer.id, level="A", pin=True)
    doing(kit, "seller", lambda unit: unit.customers.update(customer.id, {"expected_version": 2, "level": "B"}))
    assert doing(kit, "seller", lambda unit: unit.customers.get(customer.id)).level_pinned
    told = classify(kit, customer.id, level="B", pin=False)
    assert not told.level_pinned
    holds(kit)


def test_what_a_customer_was_at_a_moment(kit: Kit) -> None:
    tree(kit, "type", "dealer", "user")
    customer = kit.given.customer(level="C")
    moments = [kit.clock.now()]
    steps = [
        {"level": "B", "categories": {"type": "dealer"}},
        {"level": "A", "pin": True},
        {"categories": {"type": None}},
    ]
    for what in steps:
        kit.clock.advance(days=30)
        classify(kit, customer.id, **what)
        moments.append(kit.clock.now())

    def at(moment: datetime | None) -> tuple[str | None, str | None, bool]:
        told = doing(kit, "seller", lambda unit: unit.customers.classes_of(customer.id, as_of=moment))
        return told.level, told.category("type"), told.level_pinned

    assert at(moments[0] - timedelta(seconds=1)) == (None, None, False)
    then = [("C", None, False), ("B", "dealer", False), ("A", "dealer", True), ("A", None, True)]
    assert [at(one) for one in moments] == then
    assert at(None) == ("A", None, True)
    with invalid("as_of"):
        at(moments[0].replace(tzinfo=None))


def test_history_is_read_by_pages_and_by_tree(kit: Kit) -> None:
    tree(kit, "type", "dealer", "user")
    customer = kit.given.customer(level="C")
    for level, category in (("B", "dealer"), ("A", "user"), ("B", "dealer")):
        classify(kit, customer.id, level=level, categories={"type": category})

    def read(after: str | None) -> Any:
        return doing(kit, "seller", lambda unit: unit.customers.class_history(customer.id, after=after, limit=2))

    page, found = read(None), []
    while True:
        found += page.items
        if page.next is None:
            break
        page = read(page.next)
    assert len(found) == 7
    assert len({one.id for one in found}) == 7
    assert _history(kit, customer.id, tree="level") == [
        ("level", None, "C", "entry"), ("level", "C", "B", "hand"),
        ("level", "B", "A", "hand"), ("level", "A", "B", "hand"),
    ]  # fmt: skip


def test_the_stale_the_strange_and_the_foreign_are_refused(kit: Kit) -> None:
    made = tree(kit, "type", "dealer")
    customer = kit.given.customer()

    def act(actor: str, **what: Any) -> Any:
        data = {"expected_version": 1, "reason": "复核", **what}
        return doing(kit, actor, lambda unit: unit.customers.classify(customer.id, data))

    with invalid("level"):
        act("seller")
    with invalid("reason"):
        act("seller", level="A", reason=" ")
    with invalid("categories.type"):
        act("seller", categories={"type": "moon"})
    with invalid("categories.moon"):
        act("seller", categories={"moon": "dealer"})
    with refused("not_found"):
        act("colleague", level="A")
    retired = {"expected_version": 1, "retired": True}
    doing(kit, "admin", lambda unit: unit.categories.redefine(made["dealer"].id, retired))
    with invalid("categories.type"):
        act("seller", categories={"type": "dealer"})
    act("seller", level="A")
    with refused("stale_version"):
        act("seller", level="B")
    assert _history(kit, customer.id) == [("level", None, "A", "hand")]


def test_saying_again_what_it_is_makes_no_history(kit: Kit) -> None:
    customer = kit.given.customer(level="A")
    classify(kit, customer.id, level="A")
    assert len(_history(kit, customer.id)) == 1
    assert [one["operation"] for one in rows(kit, AuditEntry, thing_id=str(customer.id))][-1] == "customers.classify"


@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS)
def test_no_verb_leaves_the_history_behind(verb: Verb, sqlite_kit: Kit) -> None:
    if verb.local:
        return
    thing = verb.ready(sqlite_kit)
    doing(sqlite_kit, verb.by, lambda unit: verb(unit, thing))
    holds(sqlite_kit)


def test_an_old_base_begins_with_what_it_has(kit: Kit) -> None:
    """A lead's customer too: whoever makes customers makes their history."""
    lead = kit.given.lead(person_name="林晓")
    doing(kit, "seller", lambda unit: unit.leads.convert(lead.id, {"expected_version": 1}))
    kit.given.customer(level="A")
    holds(kit)


_LEVELS = st.sampled_from(["A", "B", "C", None])
_CATEGORIES = st.sampled_from(["dealer", "gold", "user", None])
_STEPS = st.one_of(
    st.tuples(st.just("level"), _LEVELS, st.sampled_from([None, True, False])),
    st.tuples(st.just("category"), _CATEGORIES, st.sampled_from([None, True, False])),
    st.tuples(st.just("both"), st.tuples(_LEVELS, _CATEGORIES), st.sampled_from([None, True, False])),
    st.tuples(st.just("update"), _LEVELS, st.none()),
    st.tuples(st.just("merge"), st.sampled_from(["keep", "take"]), st.none()),
    st.tuples(st.just("split"), st.none(), st.none()),
    st.tuples(st.just("rules"), st.none(), st.none()),
)


@settings(max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.integers(0, 2), _STEPS), min_size=1, max_size=12))
def test_whatever_people_and_rules_do_the_history_replays_to_the_present(crm_kit: CrmKit, steps: Any) -> None:
    kit = crm_kit()
    tree(kit, "type", "dealer", "gold<dealer", "user")
    for name, of, gives, fact in (("big", "level", "A", "large"), ("rest", "type", "user", "small")):
        large = {"fact": "size", "how": "in", "value": [fact]}
        rule = {"name": name, "tree": of, "gives": gives, "conditions": [large]}
        doing(kit, "admin", lambda unit, rule=rule: unit.class_rules.define(rule))
    customers = [kit.given.customer(size=size).id for size in ("large", "small", "micro")]
    merged: list[tuple[Any, UUID]] = []
    for at, step in steps:
        kit.clock.advance(hours=1)
        _take(kit, customers, merged, at % len(customers), step)
        holds(kit)
    assert set(present(kit)) == set(customers)


def _take(kit: Kit, customers: list[UUID], merged: list[tuple[Any, UUID]], at: int, step: Any) -> None:
    (what, value, pin), id = step, customers[at]
    if what == "merge" and len(customers) > 1:
        loser = customers[at - 1]
        merged.append((_merge(kit, id, loser, value), loser))
        customers.remove(loser)
    elif what == "split" and merged:
        done, loser = merged.pop()
        doing(kit, "manager", lambda unit: unit.merges.split(done.id, reason="两家公司"))
        customers.append(loser)
    elif what == "rules":
        kit.crm.classes.apply(kit.scope(SYSTEM))
    elif what == "update":
        patch = {"expected_version": doing(kit, "seller", lambda unit: unit.customers.get(id).version), "level": value}
        doing(kit, "seller", lambda unit: unit.customers.update(id, patch))
    elif what in ("level", "category", "both"):
        classify(kit, id, **_given(what, value, pin))


def _given(what: str, value: Any, pin: bool | None) -> dict[str, Any]:
    level, category = value if what == "both" else (value, value)
    given: dict[str, Any] = {"pin": pin}
    if what != "category":
        given["level"] = level
    if what != "level":
        given["categories"] = {"type": category}
    return given


def _merge(kit: Kit, winner: UUID, loser: UUID, choice: str) -> Any:
    def act(unit: Any) -> Any:
        ids = {"winner": winner, "loser": loser}
        versions = {f"{name}_version": unit.customers.get(id).version for name, id in ids.items()}
        return unit.merges.merge({"winner_id": winner, "loser_id": loser, "choices": {"level": choice}, **versions})

    return doing(kit, "manager", act)


def test_the_history_is_only_ever_added_to(kit: Kit) -> None:
    customer = kit.given.customer(level="C")
    before = rows(kit, ClassChange)
    classify(kit, customer.id, level="A")
    assert rows(kit, ClassChange)[: len(before)] == before
