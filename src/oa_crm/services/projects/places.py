"""The places of a column of the board, dealt anew when hundreds of cards were put to one spot of it."""

from typing import Any

from sqlalchemy import String, and_, cast, func, update

from oa_crm.models import Project, table_of
from oa_crm.services.base import Service
from oa_crm.services.piping import ranks

_MOST = 10**9


def column(project: Any) -> Any:
    """The open projects that stand beside this one. Without a pipeline it is IS NULL."""
    c = table_of(Project).c
    return and_(c.pipeline_id == project.pipeline_id, c.stage == project.stage, c.state == "open")


def deal_anew(service: Service, project: Any) -> None:
    """Give every card of the project's column a short place, in the order that they have. Two statements."""
    table = table_of(Project)
    cards = service.company_wide(Project, table.c.id).where(column(project))
    service.work.connection.execute(cards.order_by(table.c.id).with_for_update()).all()
    number = func.row_number().over(order_by=(table.c.board_rank, table.c.id)).label("number")
    dealt = cards.add_columns(number).subquery("dealt")
    place = ranks.dealt(func.substr(cast(_MOST + dealt.c.number, String(10)), 2))
    mine = and_(table.c.tenant_id == service.work.scope.tenant, table.c.id == dealt.c.id)
    service.work.connection.execute(update(table).where(mine).values(board_rank=place))
