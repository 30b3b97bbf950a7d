"""Type-ahead: customers whose name may begin as typed.

A range of the index holds every customer of the company that begins so. Only its first stretch is read; who
sees little of the company is then answered from what he sees.
"""

from typing import Any

from sqlalchemy import Select, and_, bindparam, func, select

from oa_crm.duplicates.prefixes import typed
from oa_crm.errors import InvalidInput
from oa_crm.models import Customer, NamePrefix, table_of
from oa_crm.schemas import Suggestion
from oa_crm.services import access
from oa_crm.services.work import Work

_STRETCH = 300
_LAST = "\U0010ffff"


def suggestions(work: Work, beginning: str, limit: int) -> list[Suggestion]:
    """The best `limit`, shortest names first."""
    text = typed(beginning[:200])
    if not text:
        raise InvalidInput.of("beginning", "nothing_to_type_ahead")
    asked = {"tenant": work.scope.tenant, "first": text, "last": text + _LAST, "stretch": _STRETCH, "limit": limit}
    prefix = table_of(NamePrefix)
    stretch = select(prefix.c.customer_id).where(_begins(prefix)).limit(bindparam("stretch"))
    rows = work.connection.execute(_shown(work, stretch), asked).all()
    if len(rows) < limit and _is_cut(work, asked):
        rows = work.connection.execute(_shown(work, _of_seen(prefix)), asked).all()
    return [Suggestion(customer_id=row.id, name=row.name, short_name=row.short_name) for row in rows]


def _shown(work: Work, ids: Select[Any]) -> Select[Any]:
    customer = table_of(Customer)
    query = select(customer.c.id, customer.c.name, customer.c.short_name).where(access.visible(work, Customer))
    # A derived table, since MariaDB takes no LIMIT inside IN.
    return (
        query.where(customer.c.id.in_(select(ids.subquery().c.customer_id)))
        .order_by(func.length(customer.c.name), customer.c.name, customer.c.id)
        .limit(bindparam("limit"))
    )


def _of_seen(prefix: Any) -> Select[Any]:
    return select(prefix.c.customer_id).where(_begins(prefix))


def _begins(prefix: Any) -> Any:
    return and_(
        prefix.c.tenant_id == bindparam("tenant"),
        prefix.c.typed >= bindparam("first"),
        prefix.c.typed < bindparam("last"),
    )


def _is_cut(work: Work, asked: dict[str, Any]) -> bool:
    prefix = table_of(NamePrefix)
    stretch = select(prefix.c.customer_id).where(_begins(prefix)).limit(bindparam("stretch")).subquery()
    return work.connection.scalar(select(func.count()).select_from(stretch), asked) == _STRETCH
