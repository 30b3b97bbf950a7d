"""How the events of teams come about in a kit."""

from collections.abc import Callable
from typing import Any

from oa_crm.schemas import CreditIn, CreditShareIn, TeamLeaveIn, TeamSeatIn
from oa_crm.testing.kit import Kit


def _join(kit: Kit) -> Any:
    customer = kit.given.customer()
    with kit.unit() as unit:
        return unit.teams.join(TeamSeatIn(kind="customer", thing_id=customer.id, member_id="colleague"))


def _leave(kit: Kit) -> object:
    seat = _join(kit)
    with kit.unit() as unit:
        return unit.teams.leave(seat.id, TeamLeaveIn(reason="The tender is over"))


def _divide(kit: Kit) -> object:
    project = kit.given.project()
    with kit.unit() as unit:
        whole = (CreditShareIn(member_id="seller", percent=100),)
        return unit.teams.set_shares(project.id, CreditIn(shares=whole, expected_version=0))


TEAM_MAKERS: dict[str, Callable[[Kit], object]] = {
    "on_team_member_joined": _join,
    "on_team_member_left": _leave,
    "on_project_shares_changed": _divide,
}
