"""Document numbers: unique and without gaps, because the counter's row is held until commit."""

from sqlalchemy import and_, insert, select, update
from sqlalchemy.exc import IntegrityError

from oa_crm.models import Counter, table_of
from oa_crm.services.work import Work


def next_number(work: Work, kind: str) -> str:
    """The next number of `kind`, in the host's format. Two callers of one series wait for each other."""
    on = work.journal.now().date()
    style = work.runtime.ports.numbering.number_format(work.scope.tenant, kind, on)
    value = _count(work, style.series)
    return f"{style.prefix}{value:0{style.width}d}"


def _count(work: Work, series: str) -> int:
    table = table_of(Counter)
    mine = and_(table.c.tenant_id == work.scope.tenant, table.c.series == series)
    up = update(table).where(mine).values(value=table.c.value + 1)
    if work.connection.execute(up).rowcount == 0:
        try:
            with work.connection.begin_nested():
                work.connection.execute(insert(Counter), {"tenant_id": work.scope.tenant, "series": series, "value": 1})
            return 1
        except IntegrityError:
            work.connection.execute(up)
    return int(work.connection.scalars(select(table.c.value).where(mine).with_for_update()).one())
