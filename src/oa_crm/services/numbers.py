"""Document numbers: unique and without gaps, because the counter's row is held until commit."""

from sqlalchemy import and_, select

from oa_crm.models import Counter, table_of
from oa_crm.services import days
from oa_crm.services.upsert import upsert
from oa_crm.services.work import Work


def next_number(work: Work, kind: str) -> str:
    """The next number of `kind`, in the host's format. Two callers of one series wait for each other."""
    on = days.today(work)
    style = work.runtime.ports.numbering.number_format(work.scope.tenant, kind, on)
    value = _count(work, style.series)
    return f"{style.prefix}{value:0{style.width}d}"


def _count(work: Work, series: str) -> int:
    table = table_of(Counter)
    key = {"tenant_id": work.scope.tenant, "series": series}
    upsert(work.connection, table, key, {"value": table.c.value + 1}, value=1)
    mine = and_(*(table.c[name] == value for name, value in key.items()))
    return int(work.connection.scalars(select(table.c.value).where(mine).with_for_update()).one())
