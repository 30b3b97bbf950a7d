"""Document numbers: unique and without gaps, because the counter's row is held until commit."""

from sqlalchemy import and_, select

from oa_crm.errors import ConfigurationError
from oa_crm.hooks.ports import NumberFormat
from oa_crm.models import Counter, table_of
from oa_crm.services import days
from oa_crm.services.upsert import upsert
from oa_crm.services.work import Work

_LONGEST, _LONGEST_SERIES = 40, 60


def next_number(work: Work, kind: str) -> str:
    """The next number of `kind`, in the host's format. Two callers of one series wait for each other."""
    on = days.today(work)
    style = work.runtime.ports.numbering.number_format(work.scope.tenant, kind, on)
    if not isinstance(style, NumberFormat) or not _fits(style.series, 1, _LONGEST_SERIES):
        raise ConfigurationError(
            f"number_format answered {style!r} instead of a NumberFormat with a `series` of 1 to 60"
        )
    if not _fits(style.prefix, 0, _LONGEST) or isinstance(style.width, bool) or style.width not in range(1, _LONGEST):
        raise ConfigurationError(f"number_format answered {style!r}, whose `prefix` or `width` is none")
    number = f"{style.prefix}{_count(work, style.series):0{style.width}d}"
    if len(number) > _LONGEST:
        raise ConfigurationError(f"number_format makes {number!r}, which has more than {_LONGEST} characters")
    return number


def _fits(value: object, least: int, most: int) -> bool:
    return isinstance(value, str) and least <= len(value) <= most and "\0" not in value


def _count(work: Work, series: str) -> int:
    table = table_of(Counter)
    key = {"tenant_id": work.scope.tenant, "series": series}
    upsert(work.connection, table, key, {"value": table.c.value + 1}, value=1)
    mine = and_(*(table.c[name] == value for name, value in key.items()))
    return int(work.connection.scalars(select(table.c.value).where(mine).with_for_update()).one())
