"""Shorthands of the tests of teams."""

from typing import Any

from oa_crm.testing import Kit


def seat(kit: Kit, thing: Any, member: str = "helper", level: str = "read", by: str = "seller", **more: Any) -> Any:
    """A member is put on a team by the owner."""
    kind = "project" if hasattr(thing, "stage") else "customer"
    data = {"kind": kind, "thing_id": thing.id, "member_id": member, "level": level, "role": "presales", **more}
    with kit.unit(by) as unit:
        return unit.teams.join(data)


def shares(version: int = 0, **percent: object) -> dict[str, Any]:
    """A split of credit, by member."""
    parts = [{"member_id": id, "percent": part} for id, part in percent.items()]
    return {"shares": parts, "expected_version": version}
