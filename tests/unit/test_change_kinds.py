"""Kinds of key changes: each names a field that there is, and a further one is one line."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from oa_crm import Settings
from oa_crm.ids import new_id
from oa_crm.models import Customer, Project, kind_of, table_of
from oa_crm.services.digesting import keeping
from oa_crm.services.digesting.kinds import CHANGE_KINDS, KINDS, ChangeKind

THING = new_id()


def _entry(kind: str, thing: UUID | str = THING, **changes: list[Any]) -> dict[str, Any]:
    said = {"tenant_id": "acme", "at": datetime.now(UTC), "actor_id": "li", "reason": None}
    return {**said, "kind": kind, "thing_id": str(thing), "changes": changes}


def _found(*entries: dict[str, Any], **steps: tuple[str, ...]) -> list[tuple[str, Any, Any]]:
    rows = keeping.key_changes(entries, Settings(), steps)
    return [(row["what"], row["before"], row["after"]) for row in rows]


def test_every_kind_has_a_name_of_its_own_and_a_field_that_there_is() -> None:
    assert len(KINDS) == len(CHANGE_KINDS)
    for kind in CHANGE_KINDS:
        assert kind.field.endswith(".") or kind.field in table_of(kind.model).c
        assert len(kind.name) <= 40


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("negotiation", "proposal", True),
        ("lead", "lost", True),
        ("proposal", "invalid", True),
        ("lead", "proposal", False),
        ("negotiation", "won", False),
        ("a stage of long ago", "proposal", False),
    ],
)
def test_a_stage_backwards_is_one_that_lies_before(before: str, after: str, told: bool) -> None:
    found = _found(_entry(kind_of(Project), stage=[before, after]))
    assert found == ([("stage_backwards", before, after)] if told else [])


def test_a_project_in_a_pipeline_of_its_own_goes_by_that_order() -> None:
    entry = _entry(kind_of(Project), stage=["proposal", "lead"])
    assert _found(entry, **{str(THING): ("proposal", "lead")}) == []
    assert _found(entry, **{str(THING): ("lead", "proposal")}) == [("stage_backwards", "proposal", "lead")]


def test_days_are_kept_as_text_and_what_is_put_on_file_is_no_change() -> None:
    slip = [date(2026, 5, 1), date(2026, 7, 1)]
    assert _found(_entry("project", expected_close_on=slip)) == [("date_slip", "2026-05-01", "2026-07-01")]
    assert _found(_entry("project", name=[None, "ERP"], expected_close_on=slip)) == []
    assert _found(_entry("customer", "-", looked_at=[None, 7])) == []


@pytest.fixture
def a_further_kind(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Which kind a field is of is looked up once."""
    monkeypatch.setattr(keeping, "CHANGE_KINDS", (*CHANGE_KINDS, ChangeKind("status", Customer, "status")))
    keeping._kind.cache_clear()
    yield
    keeping._kind.cache_clear()


_LOST = {"status": ["active", "lost"]}


def test_a_field_of_no_kind_is_no_key_change() -> None:
    assert _found(_entry("customer", **_LOST)) == []


@pytest.mark.usefixtures("a_further_kind")
def test_a_further_kind_is_one_line() -> None:
    assert _found(_entry("customer", **_LOST)) == [("status", "active", "lost")]
