"""The verbs of teams and credit: a part of the table in `verbs.py`."""

from typing import Any

from tests.integration.services.verb import Verb

from oa_crm.testing import Kit


def _seat(customer: Any, level: str = "read") -> dict[str, Any]:
    return {"kind": "customer", "thing_id": customer.id, "member_id": "colleague", "level": level}


def seated(kit: Kit) -> Any:
    """A colleague who helps with a customer."""
    customer = kit.given.customer()
    with kit.unit("seller") as unit:
        return unit.teams.join(_seat(customer))


def all_to_the_owner(version: int = 0, **more: Any) -> dict[str, Any]:
    """The whole credit for one."""
    return {"shares": [{"member_id": "seller", "percent": 100}], "expected_version": version, **more}


TEAM_VERBS = (
    Verb(
        "teams.join", "seller", lambda kit: kit.given.customer(),
        lambda unit, it, **key: unit.teams.join(_seat(it), **key),
        lambda unit, it, **key: unit.teams.join(_seat(it, "write"), **key),
    ),
    Verb(
        "teams.adjust", "seller", seated,
        lambda unit, it, **key: unit.teams.adjust(it.id, {"level": "write"}, **key),
        lambda unit, it, **key: unit.teams.adjust(it.id, {"role": "legal"}, **key),
    ),
    Verb(
        "teams.leave", "seller", seated,
        lambda unit, it, **key: unit.teams.leave(it.id, {"reason": "换组"}, **key),
        lambda unit, it, **key: unit.teams.leave(it.id, {"reason": "离岗"}, **key),
    ),
    Verb(
        "teams.set_shares", "seller", lambda kit: kit.given.project(),
        lambda unit, it, **key: unit.teams.set_shares(it.id, all_to_the_owner(), **key),
        lambda unit, it, **key: unit.teams.set_shares(it.id, all_to_the_owner(reason="独立完成"), **key),
    ),
)  # fmt: skip
