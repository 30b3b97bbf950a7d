"""Type-ahead: customers whose name may begin as typed.

A range of the index holds every customer of the company that begins so. Only its first stretch is read, for who finds
too little there a longer one; who sees little of the company is then answered from what he sees.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, and_, bindparam, func, select

from oa_crm.duplicates.prefixes import typed
from oa_crm.errors import InvalidInput
from oa_crm.models import Customer, NamePrefix, table_of
from oa_crm.schemas import Suggestion
from oa_crm.services import access, plain
from oa_crm.services.beginnings import LAST
from oa_crm.services.work import Work

_STRETCHES = (300, 3000)


def suggestions(work: Work, beginning: str, limit: int) -> list[Suggestion]:
    """The best `limit`, shortest names first."""
    text = typed(plain.text("beginning", beginning)[:200])
    if not text:
        raise InvalidInput.of("beginning", "nothing_to_type_ahead")
    asked = {"tenant": work.scope.tenant, "first": text, "last": text + LAST, "limit": limit}
    rows = _found(work, asked)
    return [Suggestion(customer_id=row.id, name=row.name, short_name=row.short_name) for row in rows]


def _found(work: Work, asked: dict[str, Any]) -> Sequence[Any]:
    for stretch in _STRETCHES:
        far = {**asked, "stretch": stretch}
        rows = work.connection.execute(_ordered(_seen(work).where(_in_stretch())), far).all()
        if len(rows) >= asked["limit"] or not _is_cut(work, far):
            return rows
    return work.connection.execute(_ordered(_seen(work).where(_begins_so())), asked).all()


def _seen(work: Work) -> Select[Any]:
    customer = table_of(Customer)
    return select(customer.c.id, customer.c.name, customer.c.short_name).where(access.visible(work, Customer))


def _ordered(query: Select[Any]) -> Select[Any]:
    customer = table_of(Customer)
    shortest = (func.length(customer.c.name), customer.c.name, customer.c.id)
    return query.order_by(*shortest).limit(bindparam("limit"))


def _in_stretch() -> Any:
    # A derived table, since MariaDB takes no LIMIT inside IN.
    return table_of(Customer).c.id.in_(select(_stretch().c.customer_id))


def _stretch() -> Any:
    prefix = table_of(NamePrefix)
    return select(prefix.c.customer_id).where(_begins(prefix)).limit(bindparam("stretch")).subquery()


def _begins_so() -> Any:
    """Asked of each customer that the person sees, so that it costs what he sees and not what begins so.

    For one row and not by EXISTS: of that PostgreSQL and MariaDB make a join, and begin it with all that begins so.
    """
    prefix = table_of(NamePrefix)
    his = prefix.c.customer_id == table_of(Customer).c.id
    return select(prefix.c.typed).where(his, _begins(prefix)).limit(1).scalar_subquery().is_not(None)


def _begins(prefix: Any) -> Any:
    return and_(
        prefix.c.tenant_id == bindparam("tenant"),
        prefix.c.typed >= bindparam("first"),
        prefix.c.typed < bindparam("last"),
    )


def _is_cut(work: Work, asked: dict[str, Any]) -> bool:
    return bool(work.connection.scalar(select(func.count()).select_from(_stretch()), asked) == asked["stretch"])
