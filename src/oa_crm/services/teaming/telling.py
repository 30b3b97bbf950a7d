"""What is announced when somebody comes to a team or leaves it. In order per customer, also for a project's team."""

from typing import Any, NamedTuple
from uuid import UUID

from oa_crm.hooks.payloads import TeamMemberJoined, TeamMemberLeft
from oa_crm.models import Customer, table_of
from oa_crm.services.base import Service


class Thing(NamedTuple):
    """A customer or a project that a seat is on."""

    id: UUID
    name: str
    owner_id: str | None


def joined(service: Service, seat: Any, thing: Any, reason: str | None) -> None:
    """A seat began."""
    service.work.journal.emit(TeamMemberJoined, **_facts(service, seat, thing), reason=reason)


def left(service: Service, seat: Any, thing: Any, how: str, reason: str | None) -> None:
    """A seat ended."""
    service.work.journal.emit(TeamMemberLeft, **_facts(service, seat, thing), how=how, reason=reason)


def facts(seat: Any, customer: Any, project: Any = None) -> dict[str, Any]:
    """What every event of a team says."""
    return {
        "customer_id": customer.id,
        "name": customer.name,
        "owner_id": customer.owner_id if project is None else project.owner_id,
        "project_id": None if project is None else project.id,
        "project": None if project is None else project.name,
        "seat_id": seat.id,
        "member_id": seat.member_id,
        "level": seat.level,
        "role": seat.role,
        "until": seat.until_on,
    }


def _facts(service: Service, seat: Any, thing: Any) -> dict[str, Any]:
    if seat.kind == "customer":
        return facts(seat, thing)
    c = table_of(Customer).c
    query = service.company_wide(Customer, c.id, c.name, c.owner_id).where(c.id == thing.customer_id)
    return facts(seat, service.work.connection.execute(query).one(), thing)
