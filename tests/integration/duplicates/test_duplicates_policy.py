"""A company's own rules: what clashes, what is told, and how a clash is passed."""

from datetime import datetime
from typing import Any

import pytest
from tests.integration.services.acting import SYSTEM, at_once, doing, invalid, refused

from oa_crm.schemas import CheckReport, CustomerOut, NextStep, Verdict
from oa_crm.testing import Kit

FULL, OTHER_FORM = "杭州云帆智能科技有限公司", "杭州云帆智能科技股份有限公司"
PHONE = "0571-88886666"


def _set(kit: Kit, entrance: str = "any", version: int = 0, **policy: Any) -> None:
    change = {"entrance": entrance, "policy": policy, "expected_version": version}
    doing(kit, "admin", lambda unit: unit.duplicates.set_policy(change))


def _check(kit: Kit, name: str, actor: str = "colleague", entrance: str = "create", **facts: Any) -> CheckReport:
    return doing(kit, actor, lambda unit: unit.customers.check({"name": name, **facts}, entrance=entrance))


@pytest.fixture
def known(kit: Kit) -> CustomerOut:
    return kit.given.customer(name=FULL, phone=PHONE)


def test_a_company_decides_what_each_tier_means(kit: Kit, known: CustomerOut) -> None:
    assert _check(kit, OTHER_FORM).verdict is Verdict.BLOCK
    _set(kit, certain="warn", suspected="clear")
    assert _check(kit, OTHER_FORM).verdict is Verdict.WARN
    assert _check(kit, "云帆智能").verdict is Verdict.CLEAR
    made = doing(kit, "colleague", lambda unit: unit.customers.create({"name": OTHER_FORM}, override_reason="子公司"))
    assert made.owner_id == "colleague"


def test_an_entrance_has_its_own_policy_and_the_others_keep_theirs(kit: Kit, known: CustomerOut) -> None:
    _set(kit, "import", certain="clear", suspected="clear")
    assert _check(kit, FULL, entrance="import").verdict is Verdict.CLEAR
    assert _check(kit, FULL).verdict is Verdict.BLOCK
    doing(kit, "colleague", lambda unit: unit.customers.create({"name": FULL}, entrance="import"))
    with refused("duplicate_customer"):
        doing(kit, "colleague", lambda unit: unit.customers.create({"name": FULL}, entrance="api"))


def test_a_rule_asks_for_several_matchers_at_once_and_rules_are_alternatives(kit: Kit, known: CustomerOut) -> None:
    phone = {"matcher": "phone", "at_least": 1}
    alike = {"matcher": "names", "at_least": 0.6}
    _set(
        kit,
        certain="clear",
        suspected="clear",
        rules=[
            {"verdict": "block", "all_of": [phone, alike]},
            {"verdict": "warn", "all_of": [{"matcher": "score", "at_least": 0.95}]},
        ],
    )
    assert _check(kit, FULL).verdict is Verdict.WARN
    assert _check(kit, "长风物流有限公司", phone=PHONE).verdict is Verdict.CLEAR
    assert _check(kit, "云帆智能", phone=PHONE).verdict is Verdict.BLOCK


def test_a_policy_is_set_by_the_administrator_alone_and_never_over_anothers(kit: Kit) -> None:
    change = {"entrance": "any", "policy": {"suspected": "block"}, "expected_version": 0}
    for actor in ("seller", "manager", "chief"):
        with refused("forbidden"):
            doing(kit, actor, lambda unit: unit.duplicates.set_policy(change))
    result = at_once(4, lambda _: doing(kit, "admin", lambda unit: unit.duplicates.set_policy(change)))
    assert (len(result.answers), result.codes) == (1, {"stale_version"})
    _set(kit, version=1, suspected="warn")
    held = doing(kit, "seller", lambda unit: unit.duplicates.policy("create"))
    assert (held.entrance, held.version, held.updated_by) == ("any", 2, "admin")


def test_what_is_wrong_with_a_policy_is_named(kit: Kit) -> None:
    with invalid("policy.rules.0.all_of"):
        _set(kit, rules=[{"verdict": "warn", "all_of": [{"matcher": "horoscope"}]}])
    with invalid("policy.rules.0.verdict"):
        _set(kit, rules=[{"verdict": "clear", "all_of": [{"matcher": "phone"}]}])
    with invalid("entrance"):
        _check(kit, FULL, entrance="back_door")


@pytest.mark.parametrize(
    ("tell", "owner", "department"),
    [("name", "Salesperson", "Sales"), ("masked", "S**********", "Sales"), ("department", None, "Sales"),
     ("nothing", None, None)],
)  # fmt: skip
def test_the_company_decides_what_is_told_of_anothers_customer(
    kit: Kit, known: CustomerOut, tell: str, owner: str | None, department: str | None
) -> None:
    _set(kit, tell_owner=tell)
    hit = _check(kit, FULL).hits[0]
    assert (hit.owner_name, hit.department, hit.customer_id) == (owner, department, None)
    assert PHONE not in hit.model_dump_json()
    own = _check(kit, FULL, "seller").hits[0]
    assert (own.owner_name, own.customer_id) == ("Salesperson", known.id)


def test_a_hit_says_what_one_may_do_next(kit: Kit, known: CustomerOut) -> None:
    assert _check(kit, FULL, "seller").hits[0].next_steps == (NextStep.OPEN,)
    assert _check(kit, FULL, "colleague").hits[0].next_steps == (NextStep.APPLY_FOR_TRANSFER, NextStep.ASK_MANAGER)


def test_what_is_merely_related_is_told_to_those_who_may_open_it(kit: Kit) -> None:
    kit.given.customer(name="杭州云帆智能科技有限公司")
    related = "上海云帆智能科技有限公司"
    assert [hit.tier for hit in _check(kit, related, "seller").hits] == ["related"]
    assert _check(kit, related, "colleague").hits == ()


def test_a_block_is_passed_by_a_grant_where_the_company_wants_two_people(kit: Kit, known: CustomerOut) -> None:
    _set(kit, override="approval")
    twin = {"name": OTHER_FORM}
    with refused("forbidden"):
        doing(kit, "manager", lambda unit: unit.customers.create(twin, override_reason="子公司"))
    asked = doing(kit, "colleague", lambda unit: unit.overrides.request({"customer": twin, "reason": "子公司"}))
    with refused("not_found"):
        doing(kit, "seller", lambda unit: unit.overrides.grant(asked.id))
    with refused("forbidden"):
        doing(kit, "colleague", lambda unit: unit.overrides.grant(asked.id))
    with refused("duplicate_customer"):
        doing(kit, "colleague", lambda unit: unit.customers.create(twin))
    doing(kit, "manager", lambda unit: unit.overrides.grant(asked.id, comment="确为子公司"))
    with refused("illegal_state"):
        doing(kit, "manager", lambda unit: unit.overrides.refuse(asked.id))
    with refused("duplicate_customer"):
        doing(kit, "colleague", lambda unit: unit.customers.create({**twin, "level": "A"}))
    result = at_once(4, lambda _: doing(kit, "colleague", lambda unit: unit.customers.create(twin)))
    assert (len(result.answers), result.codes) == (1, {"duplicate_customer"})
    (used,) = doing(kit, "colleague", lambda unit: unit.overrides.find(state="used")).items
    assert (used.decided_by, used.comment, used.customer_id) == ("manager", "确为子公司", result.answers[0].id)
    (entry, *_) = doing(kit, "colleague", lambda unit: unit.audit.of("customer", result.answers[0].id))
    assert entry.reason == "子公司"


def test_a_refused_request_opens_nothing_and_no_request_is_needed_without_a_clash(kit: Kit, known: CustomerOut) -> None:
    twin = {"customer": {"name": FULL}, "reason": "另一家"}
    asked = doing(kit, "colleague", lambda unit: unit.overrides.request(twin))
    assert doing(kit, "manager", lambda unit: unit.overrides.find(state="requested")).items == (asked,)
    assert doing(kit, "seller", lambda unit: unit.overrides.find()).items == ()
    doing(kit, "manager", lambda unit: unit.overrides.refuse(asked.id))
    with refused("duplicate_customer"):
        doing(kit, "colleague", lambda unit: unit.customers.create(twin["customer"]))
    with invalid("customer"):
        doing(kit, "colleague", lambda u: u.overrides.request({"customer": {"name": "长风物流"}, "reason": "-"}))
    _set(kit, override="never")
    with refused("forbidden"):
        doing(kit, "colleague", lambda unit: unit.overrides.request(twin))
    with refused("forbidden"):
        doing(kit, "chief", lambda unit: unit.customers.create(twin["customer"], override_reason="总经理同意"))


def test_a_grant_passes_nothing_once_the_company_says_never(kit: Kit, known: CustomerOut) -> None:
    twin = {"customer": {"name": FULL}, "reason": "另一家"}
    asked = doing(kit, "colleague", lambda unit: unit.overrides.request(twin))
    doing(kit, "manager", lambda unit: unit.overrides.grant(asked.id))
    _set(kit, override="never")
    with refused("duplicate_customer"):
        doing(kit, "colleague", lambda unit: unit.customers.create(twin["customer"]))
    (held,) = doing(kit, "colleague", lambda unit: unit.overrides.find(state="granted")).items
    assert held.id == asked.id


def test_words_that_cannot_be_kept_are_named(kit: Kit, known: CustomerOut) -> None:
    twin = {"customer": {"name": FULL}, "reason": "另一家"}
    asked = doing(kit, "colleague", lambda unit: unit.overrides.request(twin))
    for wrong in ("a\0b", "  ", 7):
        with invalid("comment"):
            doing(kit, "manager", lambda unit, wrong=wrong: unit.overrides.grant(asked.id, comment=wrong))
    with invalid("override_reason"):
        doing(kit, "manager", lambda unit: unit.customers.create({"name": FULL}, override_reason="a\0b"))
    with invalid("state"):
        doing(kit, "manager", lambda unit: unit.overrides.find(state="a\0b"))
    with invalid("since"):
        doing(kit, "admin", lambda unit: unit.duplicates.searches(since=datetime(2026, 3, 2)))  # noqa: DTZ001
    for wrong in (float("nan"), 7):
        with invalid("at_least"):
            doing(kit, "manager", lambda unit, wrong=wrong: unit.duplicates.pairs(at_least=wrong))


def test_the_manager_and_the_requester_are_told(kit: Kit) -> None:
    asked = kit.given.override_request()
    doing(kit, SYSTEM, lambda unit: unit.overrides.grant(asked.id))
    kit.relay.drain()
    assert [hook for hook in kit.recorder.hooks if "override" in hook] == [
        "on_override_requested",
        "on_override_decided",
    ]
