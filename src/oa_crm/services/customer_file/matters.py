"""What lives on between follow-ups, in the complete file: key issues and needs, and what is planned."""

from typing import Any

from sqlalchemy import Select, func, literal

from oa_crm.models import Matter, Plan, table_of
from oa_crm.schemas.matters import MatterOut
from oa_crm.schemas.plans import PlanOut
from oa_crm.services.base import Service, shown
from oa_crm.services.customer_file.at import At
from oa_crm.services.latest import by_no_index


def newest(service: Service, at: At) -> Select[Any]:
    return service.at_customer(Matter, at).order_by(by_no_index(service.work, table_of(Matter).c.id).desc())


def counted(service: Service, at: At) -> Select[Any]:
    """By how they stand."""
    table = table_of(Matter)
    # By a column that no index has: SQLite would count through the company in one that has all it needs.
    number = func.count(table.c.created_at).label("number")
    return service.at_customer(Matter, at, table.c.state.label("word"), number).group_by(table.c.state)


def out(row: Any) -> MatterOut:
    return shown(MatterOut, row)


def planned(service: Service, at: At) -> Select[Any]:
    """What is still to come, the last due first."""
    table = table_of(Plan)
    open_ones = service.at_customer(Plan, at).where(table.c.state == "planned")
    return open_ones.order_by(by_no_index(service.work, table.c.due_at).desc(), table.c.id.desc())


def planned_counted(service: Service, at: At) -> Select[Any]:
    counted = service.at_customer(Plan, at, literal("").label("word"), func.count().label("number"))
    return counted.where(table_of(Plan).c.state == "planned")


def plan_out(row: Any) -> PlanOut:
    return shown(PlanOut, row)
