"""Strategies that come to another owner without being written anew, by a handover, a transfer or a merge: who answers
for one now is its next version, and whoever had not acknowledged the one before is asked for this one. The versions
were raised already. Two statements, however many strategies.
"""

from typing import Any

from sqlalchemy import ColumnElement, and_, insert, literal, select

from oa_crm.models import Strategy, StrategyReader, StrategyVersion, table_of
from oa_crm.models.types import Json, UtcDateTime, text
from oa_crm.services import sql
from oa_crm.services.strategies.writing import CONTENT
from oa_crm.services.work import Work


def keep_versions(work: Work, these: ColumnElement[bool], reason: str | None) -> None:
    """Keep the present of each as a version. `these` names the tenant."""
    s, now, by = table_of(Strategy), literal(work.journal.now(), UtcDateTime()), literal(work.scope.actor.id)
    names = ("id", "tenant_id", "strategy_id", "number", "what", *CONTENT, "changed", "reason", "at", "by")
    version: tuple[Any, ...] = (
        sql.fresh_id(work), s.c.tenant_id, s.c.id, s.c.version, literal("revised"),
        *(s.c[one] for one in CONTENT), literal(["owner_id"], Json()), literal(reason, text(500)), now, by,
    )  # fmt: skip
    work.connection.execute(insert(StrategyVersion).from_select(names, select(*version).where(these)))
    r = table_of(StrategyReader)
    before = and_(r.c.tenant_id == s.c.tenant_id, r.c.strategy_id == s.c.id, r.c.number == s.c.version - 1)
    waits = select(r.c.tenant_id, r.c.strategy_id, s.c.version, r.c.member_id, r.c.waits).where(
        these, before, r.c.waits == 1, r.c.member_id.not_in([s.c.owner_id, by])
    )
    columns = ("tenant_id", "strategy_id", "number", "member_id", "waits")
    work.connection.execute(insert(StrategyReader).from_select(columns, waits))
