"""What lives on between follow-ups, in the complete file: key issues and needs, and what is planned."""

from typing import Any

from sqlalchemy import Select, func, literal

from oa_crm.models import Matter, Plan, table_of
from oa_crm.schemas.matters import MatterOut
from oa_crm.schemas.plans import PlanOut
from oa_crm.services.base import Service, shown
from oa_crm.services.customer_file.at import At


def newest(service: Service, at: At) -> Select[Any]:
    return service.at_customer(Matter, at).order_by(table_of(Matter).c.id.desc())


def counted(service: Service, at: At) -> Select[Any]:
    """By how they stand."""
    state = table_of(Matter).c.state
    return service.at_customer(Matter, at, state.label("word"), func.count().label("number")).group_by(state)


def out(row: Any) -> MatterOut:
    return shown(MatterOut, row)


def planned(service: Service, at: At) -> Select[Any]:
    """What is still to come, the last due first."""
    table = table_of(Plan)
    open_ones = service.at_customer(Plan, at).where(table.c.state == "planned")
    return open_ones.order_by(table.c.due_at.desc(), table.c.id.desc())


def planned_counted(service: Service, at: At) -> Select[Any]:
    counted = service.at_customer(Plan, at, literal("").label("word"), func.count().label("number"))
    return counted.where(table_of(Plan).c.state == "planned")


def plan_out(row: Any) -> PlanOut:
    return shown(PlanOut, row)
