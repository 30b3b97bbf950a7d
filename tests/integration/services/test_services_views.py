"""Saved views: kept as asked, shared as far as said, changed by their owner alone."""

from typing import Any

import pytest
from tests.integration.services.acting import doing, invalid, refused

from oa_crm.schemas import ViewOut
from oa_crm.testing import Kit

WHERE = {"industry": "I65", "levels": ["A"], "next_contact_before": "2026-04-01", "sort": "next_contact"}


def _save(kit: Kit, actor: str = "seller", **more: Any) -> ViewOut:
    view = {"name": "本月要联系", "where": WHERE, "columns": ["name", "phone"], **more}
    return doing(kit, actor, lambda unit: unit.views.save(view))


def _names(kit: Kit, actor: str) -> list[tuple[str, bool]]:
    return [(one.name, one.mine) for one in doing(kit, actor, lambda unit: unit.views.list())]


def test_a_view_is_kept_and_opens_the_list_it_was_saved_from(kit: Kit) -> None:
    fits = kit.given.customer(industry="软件", level="A")
    doing(
        kit,
        "seller",
        lambda unit: unit.followups.log(
            {"customer_id": fits.id, "way": "visit", "outcome": "好", "next_contact_on": "2026-03-09"}
        ),
    )
    kit.given.customer(industry="G", level="A")
    kept = _save(kit)
    assert (kept.columns, kept.where.sort, kept.mine, kept.version) == (("name", "phone"), "next_contact", True, 1)
    (listed,) = doing(kit, "seller", lambda unit: unit.views.list())
    assert listed == kept
    assert [one.id for one in doing(kit, "seller", lambda unit: unit.customers.find(listed.where)).items] == [fits.id]


def test_a_view_is_shared_as_far_as_said(kit: Kit) -> None:
    kept = _save(kit)
    assert (_names(kit, "seller"), _names(kit, "colleague"), _names(kit, "chief")) == ([("本月要联系", True)], [], [])
    shared = doing(
        kit, "seller", lambda unit: unit.views.update(kept.id, {"expected_version": 1, "shared": "department"})
    )
    assert shared.department_id is not None
    assert (_names(kit, "colleague"), _names(kit, "chief")) == ([("本月要联系", False)], [])
    doing(kit, "seller", lambda unit: unit.views.update(kept.id, {"expected_version": 2, "shared": "everybody"}))
    assert _names(kit, "chief") == [("本月要联系", False)]
    for act in (
        lambda unit: unit.views.update(kept.id, {"expected_version": 3, "name": "我的"}),
        lambda unit: unit.views.delete(kept.id, expected_version=3),
    ):
        with refused("forbidden"):
            doing(kit, "chief", act)
    gone = doing(kit, "seller", lambda unit: unit.views.delete(kept.id, expected_version=3))
    assert (gone.name, _names(kit, "chief")) == ("本月要联系", [])
    with refused("not_found"):
        doing(kit, "seller", lambda unit: unit.views.delete(kept.id, expected_version=3))


def test_a_name_is_given_once_by_each(kit: Kit) -> None:
    first, _ = _save(kit), _save(kit, "colleague")
    with invalid("name"):
        _save(kit)
    second = _save(kit, name="全部")
    with invalid("name"):
        doing(kit, "seller", lambda unit: unit.views.update(second.id, {"expected_version": 1, "name": first.name}))
    with refused("stale_version"):
        doing(kit, "seller", lambda unit: unit.views.update(first.id, {"expected_version": 9, "name": "别的"}))
    assert _names(kit, "seller") == [("全部", True), ("本月要联系", True)]


@pytest.mark.parametrize(
    ("field", "wrong"),
    [("where.sort", {"where": {"sort": "phone"}}), ("columns.0", {"columns": ["secret"]}), ("name", {"name": " "}),
     ("where.colour", {"where": {"colour": "red"}}), ("shared", {"shared": "world"})],
)  # fmt: skip
def test_a_view_holds_only_what_a_list_understands(sqlite_kit: Kit, field: str, wrong: dict[str, Any]) -> None:
    with invalid(field):
        _save(sqlite_kit, **wrong)
