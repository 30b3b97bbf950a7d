"""The verbs of remits: a part of the table in `verbs.py`."""

from typing import Any

from tests.integration.services.verb import Verb

from oa_crm.ids import new_id
from oa_crm.testing import Kit


def east(**more: Any) -> dict[str, Any]:
    """The east, for trainees: a limit unless something else is given."""
    return {
        "name": f"华东 {new_id()}",
        "seat": {"kind": "role", "id": "trainee"},
        "effect": "limit",
        "where": {"regions": ["江苏省", "330000"]},
        **more,
    }


def _given(kit: Kit) -> Any:
    with kit.unit("admin") as unit:
        return unit.remits.give(east())


REMIT_VERBS = (
    Verb(
        "remits.give", "admin", lambda kit: None,
        lambda unit, _, **key: unit.remits.give(east(name="华东"), **key),
        lambda unit, _, **key: unit.remits.give(east(name="华南", where={"regions": ["广东省"]}), **key),
    ),
    Verb(
        "remits.redefine", "admin", _given,
        lambda unit, it, **key: unit.remits.redefine(
            it.id, {"expected_version": 1, "where": {"regions": ["上海市"]}}, **key),
        lambda unit, it, **key: unit.remits.redefine(it.id, {"expected_version": 1, "where": {"levels": ["A"]}}, **key),
    ),
    Verb(
        "remits.withdraw", "admin", _given,
        lambda unit, it: unit.remits.withdraw(it.id, expected_version=1),
        lambda unit, it: unit.remits.withdraw(it.id, expected_version=2),
    ),
)  # fmt: skip
REMIT_KEYLESS = {"remits.withdraw": "it carries the version that it withdraws"}
