"""What was said, in the complete file: of an index's end, however much was said."""

from typing import Any

from sqlalchemy import Select, func, literal

from oa_crm.models import FollowUp, table_of
from oa_crm.schemas import FollowUpOut
from oa_crm.services.base import Service, shown
from oa_crm.services.customer_file.at import At


def newest(service: Service, at: At) -> Select[Any]:
    """By the day on which it was said, so that history entered late stands where it belongs."""
    table = table_of(FollowUp)
    return service.at_customer(FollowUp, at).order_by(table.c.happened_at.desc(), table.c.id.desc())


def counted(service: Service, at: At) -> Select[Any]:
    return service.at_customer(FollowUp, at, literal("").label("word"), func.count().label("number"))


def out(row: Any) -> FollowUpOut:
    return shown(FollowUpOut, row)
