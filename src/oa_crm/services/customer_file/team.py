"""Who helps with the customer now, in the complete file: who came last stands first."""

from typing import Any

from sqlalchemy import Select, func

from oa_crm.models import TeamSeat, table_of
from oa_crm.schemas import TeamSeatOut
from oa_crm.services.base import Service
from oa_crm.services.customer_file.at import At
from oa_crm.services.teaming import seats


def newest(service: Service, at: At) -> Select[Any]:
    seat = table_of(TeamSeat)
    return _now(seats.with_member(service), at).order_by(seat.c.id.desc())


def counted(service: Service, at: At) -> Select[Any]:
    """By level."""
    seat = table_of(TeamSeat)
    counted = service.company_wide(TeamSeat, seat.c.level.label("word"), func.count().label("number"))
    return _now(counted, at).group_by(seat.c.level)


def out(row: Any) -> TeamSeatOut:
    return seats.out(row)


def _now(query: Select[Any], at: At) -> Select[Any]:
    return query.where(seats.of_thing("customer", at.id), table_of(TeamSeat).c.open == 1, seats.holding(at.now))
