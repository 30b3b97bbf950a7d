"""Type-ahead: customers whose name may begin as typed.

A range of the index holds every customer of the company that begins so. Only its first stretch is read, for who finds
too little there a longer one. Who sees few customers has these looked for in a stretch, from then on at once; where
that is too short, each of them is asked whether it begins so.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, bindparam, func, select, true, union_all

from oa_crm.duplicates.prefixes import typed
from oa_crm.errors import InvalidInput
from oa_crm.models import Customer, NamePrefix, table_of
from oa_crm.schemas import Suggestion
from oa_crm.services import access, plain, reaching
from oa_crm.services.access import Condition
from oa_crm.services.beginnings import LAST
from oa_crm.services.latest import by_key
from oa_crm.services.prepared import Prepared
from oa_crm.services.work import Work

_FIRST, _FAR = 300, 3000
_AMONG_HIS, _ORDERED = (4000, 40_000), 500
"""For who sees few these, where the first stretch does not do: one in two hundred of a company has to be looked for in
four thousand to find ten. Of what is found so many are put in order."""


def suggestions(work: Work, beginning: str, limit: int) -> list[Suggestion]:
    """The best `limit`, shortest names first."""
    text = typed(plain.text("beginning", beginning)[:200])
    if not text:
        raise InvalidInput.of("beginning", "nothing_to_type_ahead")
    asked = {"tenant": work.scope.tenant, "first": text, "last": text + LAST, "limit": limit, "ordered": _ORDERED}
    rows = _found(work, asked)
    return [Suggestion(customer_id=row.id, name=row.name, short_name=row.short_name) for row in rows]


def _found(work: Work, asked: dict[str, Any]) -> Sequence[Any]:
    by_ranges = reaching.by_ranges(work)
    few = by_ranges and reaching.is_known_to_see_few(work)
    if not few:
        found, ended = _in_stretch(work, {**asked, "stretch": _FIRST})
        if ended:
            return found
        few = by_ranges and reaching.sees_few(work)
    for stretch in _AMONG_HIS if few else (_FAR,):
        given = {**asked, "stretch": stretch}
        found, ended = _among_his(work, given) if few else _in_stretch(work, given)
        if ended:
            return found
    return _one_by_one(work, reaching.his(work) if by_ranges else (), asked)


def _in_stretch(work: Work, asked: dict[str, Any]) -> tuple[Sequence[Any], bool]:
    """Those of a stretch that the person sees, and whether they do: they are enough, or all there are."""
    # A derived table, since MariaDB takes no LIMIT inside IN.
    those = table_of(Customer).c.id.in_(select(_stretch().c.customer_id))
    rows = _rows(work, _ordered(_seen(work).where(those)), asked)
    return rows, len(rows) >= asked["limit"] or not _is_cut(work, asked)


def _among_his(work: Work, asked: dict[str, Any]) -> tuple[Sequence[Any], bool]:
    """The same, looked for among his customers, at first by an index alone: asked for the rows as well, planners read
    all his rows, or step from each of the stretch to its row."""
    ids = [row.customer_id for row in _his_in_stretch(work).rows(work.connection, asked)]
    rows = _best(work, ids, asked)
    return rows, len(rows) >= asked["limit"] or (len(ids) < _ORDERED and not _is_cut(work, asked))


def _one_by_one(work: Work, his: Sequence[Select[Any]], asked: dict[str, Any]) -> Sequence[Any]:
    """Each customer that the person sees is asked whether it begins so: that costs what he sees, and not what begins
    so. Without ranges of his all are asked that he sees."""
    if his:
        those = union_all(*(one.where(_begins_so()) for one in his)).subquery()
        ids = [row.id for row in _rows(work, select(those.c.id).limit(bindparam("ordered")), asked)]
        rows = _best(work, ids, asked)
        if len(rows) >= asked["limit"] or len(ids) < _ORDERED:
            return rows
    return _rows(work, _ordered(_seen(work).where(_begins_so())), asked)


def _best(work: Work, ids: Sequence[UUID], asked: dict[str, Any]) -> Sequence[Any]:
    if not ids:
        return []
    those = table_of(Customer).c.id.in_(bindparam("ids", expanding=True))
    return _rows(work, by_key(_ordered(_seen(work).where(those)), table_of(Customer)), {**asked, "ids": list(ids)})


def _his_in_stretch(work: Work) -> Prepared:
    if reaching.has_seats(work):
        return _those_in_stretch(reaching.his(work))
    return _reached_in_stretch(reaching.reached(work))


# As many as people ask: a statement takes longer to build than to run. A condition is known by its identity.
@lru_cache(maxsize=512)
def _reached_in_stretch(ranges: tuple[Condition, ...]) -> Prepared:
    return _those_in_stretch(reaching.ids(ranges))


def _those_in_stretch(his: Sequence[Select[Any]]) -> Prepared:
    stretch = _stretch()
    # What is told true or false is asked of each, by a table of his in memory; else planners turn it round.
    is_his = stretch.c.customer_id.in_(reaching.together(his)).is_(true())
    return Prepared(select(stretch.c.customer_id).where(is_his).limit(bindparam("ordered")))


def _seen(work: Work) -> Select[Any]:
    customer = table_of(Customer)
    return select(customer.c.id, customer.c.name, customer.c.short_name).where(access.visible(work, Customer))


def _ordered(query: Select[Any]) -> Select[Any]:
    customer = table_of(Customer)
    shortest = (func.length(customer.c.name), customer.c.name, customer.c.id)
    return query.order_by(*shortest).limit(bindparam("limit"))


def _stretch() -> Any:
    prefix = table_of(NamePrefix)
    return select(prefix.c.customer_id).where(_begins(prefix, prefix.c.typed)).limit(bindparam("stretch")).subquery()


def _begins_so() -> Any:
    """For one row, not EXISTS, of which PostgreSQL and MariaDB make a join, and begin it with all that begins so."""
    prefix = table_of(NamePrefix)
    his = prefix.c.customer_id == table_of(Customer).c.id
    # With nothing behind it, for no index: else each of his is looked for in all that begin so.
    begins = _begins(prefix, prefix.c.typed + "")
    return select(prefix.c.typed).where(his, begins).limit(1).scalar_subquery().is_not(None)


def _begins(prefix: Any, typed: Any) -> Any:
    return and_(prefix.c.tenant_id == bindparam("tenant"), typed >= bindparam("first"), typed < bindparam("last"))


def _is_cut(work: Work, asked: dict[str, Any]) -> bool:
    return bool(_IN_STRETCH.rows(work.connection, asked)[0].many == asked["stretch"])


def _rows(work: Work, query: Select[Any], asked: dict[str, Any]) -> Sequence[Any]:
    return Prepared(query).rows(work.connection, asked)


_IN_STRETCH = Prepared(select(func.count().label("many")).select_from(_stretch()))
