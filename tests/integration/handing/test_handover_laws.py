"""Laws of handovers: nothing is lost and nothing doubled, undone is as before, and statements do not grow with rows."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.integration.handing.leaving import hand_over, handed, plan, preview, undo
from tests.integration.services.acting import doing, listening, rows
from tests.support.laws import examples

from oa_crm.models import Customer, HandoverItem, Lead, Plan, Project
from oa_crm.services.handing.splitting import filled
from oa_crm.testing import Kit

REGIONS = ("330100", "330106", "440300", "110000", None)
PEOPLE = ("colleague", "manager")


@st.composite
def rules(draw: st.DrawFn) -> dict[str, Any]:
    rule: dict[str, Any] = {"to": draw(st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=2, unique=True))}
    if draw(st.booleans()):
        rule["regions"] = [draw(st.sampled_from(("330000", "CN", "440000")))]
    if draw(st.booleans()):
        rule["levels"] = [draw(st.sampled_from("AB"))]
    if draw(st.booleans()):
        rule["kinds"] = draw(st.lists(st.sampled_from(("customer", "project", "lead")), min_size=1, unique=True))
    if draw(st.booleans()):
        rule["capacity"] = draw(st.integers(0, 3))
    return rule


wishes = st.fixed_dictionaries(
    {"rules": st.lists(rules(), max_size=3), "stays": st.booleans(), "clock": st.sampled_from(("restart", "keep"))}
)


@pytest.fixture
def filled_kit(sqlite_kit: Kit) -> Kit:
    doing(sqlite_kit, "admin", lambda unit: unit.pools.open({"name": "公海"}))
    for number, region in enumerate(REGIONS * 2):
        customer = sqlite_kit.given.customer(region=region, level="AB"[number % 2])
        sqlite_kit.given.project(customer)
        lead = sqlite_kit.given.lead(region=region)
        for of in ({"customer_id": customer.id}, {"lead_id": lead.id}):
            plan(sqlite_kit, **of)
    return sqlite_kit


@settings(max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wish=wishes)
def test_every_held_thing_has_one_receiver_and_comes_back(filled_kit: Kit, wish: dict[str, Any]) -> None:
    kit = filled_kit
    before = handed(kit)
    held = _held(kit)
    seen = preview(kit, wish)
    done = hand_over(kit, wish)
    try:
        _nothing_is_lost_or_doubled(kit, wish, held, seen, done)
    finally:
        undo(kit, done.id)
    assert handed(kit) == before


def _nothing_is_lost_or_doubled(kit: Kit, wish: dict[str, Any], held: set[Any], seen: Any, done: Any) -> None:
    went = [(row["kind"], row["thing_id"]) for row in _items(kit) if row["handover_id"] == done.id]
    assert len(went) == len(set(went))
    stayed = _held(kit)
    assert set(went) | stayed == held
    assert not set(went) & stayed
    assert not stayed or wish["stays"]
    told = {one.member_id: one.counts for one in seen.receivers}
    assert {one.member_id: one.counts for one in done.receivers} == told
    nobodys = sum(seen.pooled.values()) + sum(seen.ends.values())
    assert sum(sum(counts.values()) for counts in told.values()) + nobodys == len(went)
    assert _todo(kit) <= _owners(kit), "who is to follow up is who has it"


_MODELS = {"customer": (Customer, "owner_id"), "project": (Project, "owner_id"), "lead": (Lead, "owner_id"),
           "plan": (Plan, "assignee_id")}  # fmt: skip


def _held(kit: Kit) -> set[tuple[str, Any]]:
    """What the seller has, plans as long as they are planned."""
    return {
        (kind, row["id"])
        for kind, (model, owner) in _MODELS.items()
        for row in rows(kit, model, **{owner: "seller"})
        if row.get("state") != "cancelled"
    }


def _todo(kit: Kit) -> set[tuple[Any, str]]:
    """Of what there are plans, and who is to do them."""
    return {(row["customer_id"] or row["lead_id"], row["assignee_id"]) for row in rows(kit, Plan, state="planned")}


def _owners(kit: Kit) -> set[tuple[Any, str]]:
    return {(row["id"], row["owner_id"]) for model in (Customer, Lead) for row in rows(kit, model)}


def _items(kit: Kit) -> list[Any]:
    with kit.crm.engine.connect() as connection:
        return [row._mapping for row in connection.execute(HandoverItem.__table__.select())]


@given(
    load=st.dictionaries(st.sampled_from("abcde"), st.integers(0, 20)),
    many=st.integers(0, 60),
    capacity=st.none() | st.integers(0, 15),
)
def test_a_share_is_even_and_within_capacity(load: dict[str, int], many: int, capacity: int | None) -> None:
    given = filled("abcde", load, many, capacity)
    after = {one: load.get(one, 0) + more for one, more in given.items()}
    free = [one for one in after if capacity is None or after[one] < capacity]
    assert sum(given.values()) <= many
    assert sum(given.values()) == many or not free
    for one, more in given.items():
        assert not more or all(after[one] <= after[other] + 1 for other in free)
        assert capacity is None or not more or after[one] <= capacity


def _cost(kit: Kit, many: int) -> list[int]:
    names = [f"第{number}号客户{many}" for number in range(many)]

    def fill(unit: Any) -> None:
        for number, name in enumerate(names):
            customer = unit.customers.create({"name": name, "region": REGIONS[number % 4]}, override_reason="测试")
            unit.projects.create({"name": "项目", "customer_id": customer.id})

    doing(kit, "manager", fill)
    wish = {
        "leaver_id": "manager",
        "rules": [{"regions": ["330000"], "to": ["seller", "colleague"]}],
        "rest_to": "seller",
    }
    costs = []
    with listening(kit.crm.engine) as sent:
        seen = preview(kit, wish, "admin")
    costs.append(len(sent))
    with listening(kit.crm.engine) as sent:
        done = doing(kit, "admin", lambda unit: unit.handover.execute(wish, fingerprint=seen.fingerprint))
    costs.append(len(sent))
    with listening(kit.crm.engine) as sent:
        undo(kit, done.id, "admin")
    costs.append(len(sent))
    hand_over(kit, wish, "admin")
    return costs


def test_statements_do_not_grow_with_rows(kit: Kit) -> None:
    doing(kit, "admin", lambda unit: unit.pools.open({"name": "公海"}))
    _cost(kit, 1)
    assert _cost(kit, 10) == _cost(kit, 210)
