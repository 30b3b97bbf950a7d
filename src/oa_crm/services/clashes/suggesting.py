"""Type-ahead: customers whose name may begin as typed.

A range of the index holds every customer of the company that begins so. Only its first stretch is read, for who finds
too little there a longer one. Who sees few customers has these looked for in a stretch, from then on at once; where
that is too short, each of them is asked whether it begins so.
"""

from collections.abc import Sequence
from functools import lru_cache, reduce
from operator import add
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, bindparam, func, select, true, union_all

from oa_crm.duplicates.prefixes import typed
from oa_crm.errors import InvalidInput
from oa_crm.hooks.ports import Reach
from oa_crm.models import Customer, NamePrefix, table_of
from oa_crm.schemas import Suggestion
from oa_crm.services import access, plain, seated
from oa_crm.services.access import Condition
from oa_crm.services.beginnings import LAST
from oa_crm.services.latest import by_index, by_key, by_no_index
from oa_crm.services.prepared import Prepared
from oa_crm.services.work import Work

_FIRST, _FAR = 300, 3000
_FEW, _AMONG_HIS, _ORDERED = 8000, (4000, 40_000), 500
"""Who sees fewer customers than this is answered from these, where the first stretch does not do: one in two hundred
of a company has to be looked for in four thousand to find ten. Of what is found so many are put in order."""
_AT_MOST = 8 * _FEW
"""As many of one range: far more than who sees few comes to have within the hour for which that is remembered."""


def suggestions(work: Work, beginning: str, limit: int) -> list[Suggestion]:
    """The best `limit`, shortest names first."""
    text = typed(plain.text("beginning", beginning)[:200])
    if not text:
        raise InvalidInput.of("beginning", "nothing_to_type_ahead")
    asked = {"tenant": work.scope.tenant, "first": text, "last": text + LAST, "limit": limit}
    rows = _found(work, asked)
    return [Suggestion(customer_id=row.id, name=row.name, short_name=row.short_name) for row in rows]


def _found(work: Work, asked: dict[str, Any]) -> Sequence[Any]:
    matching, reach = work.runtime.matching, work.runtime.ports.authorizer.reach(work.who, "read", "customer")
    # Under another role he may see the whole company.
    person, by_ranges = (work.who, reach), _sees_by_ranges(work)
    few = by_ranges and person in matching.who_sees_few
    if not few:
        found, ended = _in_stretch(work, {**asked, "stretch": _FIRST})
        if ended:
            return found
        if by_ranges and person not in matching.who_sees_many:
            few = _sees_few(work, reach)
            (matching.who_sees_few if few else matching.who_sees_many).add(person)
    for stretch in _AMONG_HIS if few else (_FAR,):
        given = {**asked, "stretch": stretch}
        found, ended = _among_his(work, reach, given) if few else _in_stretch(work, given)
        if ended:
            return found
    return _one_by_one(work, _his(work, reach) if by_ranges else (), asked)


def _in_stretch(work: Work, asked: dict[str, Any]) -> tuple[Sequence[Any], bool]:
    """Those of a stretch that the person sees, and whether they do: they are enough, or all there are."""
    # A derived table, since MariaDB takes no LIMIT inside IN.
    those = table_of(Customer).c.id.in_(select(_stretch().c.customer_id))
    rows = _rows(work, _ordered(_seen(work).where(those)), asked)
    return rows, len(rows) >= asked["limit"] or not _is_cut(work, asked)


def _among_his(work: Work, reach: Reach, asked: dict[str, Any]) -> tuple[Sequence[Any], bool]:
    """The same, looked for among his customers, at first by an index alone: asked for the rows as well, planners read
    all his rows, or step from each of the stretch to its row."""
    ids = [row.customer_id for row in _his_in_stretch(work, reach).rows(work.connection, asked)]
    rows = _best(work, ids, asked)
    return rows, len(rows) >= asked["limit"] or (len(ids) < _ORDERED and not _is_cut(work, asked))


def _one_by_one(work: Work, his: Sequence[Select[Any]], asked: dict[str, Any]) -> Sequence[Any]:
    """Each customer that the person sees is asked whether it begins so: that costs what he sees, and not what begins
    so. Without ranges of his all are asked that he sees."""
    if his:
        those = union_all(*(one.where(_begins_so()) for one in his)).subquery()
        ids = [row.id for row in _rows(work, select(those.c.id).limit(_ORDERED), asked)]
        rows = _best(work, ids, asked)
        if len(rows) >= asked["limit"] or len(ids) < _ORDERED:
            return rows
    return _rows(work, _ordered(_seen(work).where(_begins_so())), asked)


def _best(work: Work, ids: Sequence[UUID], asked: dict[str, Any]) -> Sequence[Any]:
    if not ids:
        return []
    those = table_of(Customer).c.id.in_(bindparam("ids", expanding=True))
    return _rows(work, by_key(_ordered(_seen(work).where(those)), table_of(Customer)), {**asked, "ids": list(ids)})


def _sees_by_ranges(work: Work) -> bool:
    """Whether the person sees what he sees by his reach and by seats, so that an index leads to it: by no grant."""
    grants = (rule for rule, _ in access.rules_on(work, work.who, Customer, "read") if rule.effect == "grant")
    return not work.who.is_system and next(grants, None) is None


def _sees_few(work: Work, reach: Reach) -> bool:
    many = _many(access.owned_apart(work.who, Customer, reach))
    return bool(many.rows(work.connection, {"tenant": work.scope.tenant})[0].many < _FEW)


# As many as people ask: a statement takes longer to build than to run. A condition is known by its identity.
@lru_cache(maxsize=512)
def _many(ranges: tuple[Condition, ...]) -> Prepared:
    """How many customers a person reaches, as far as it matters."""
    each = (select(func.count()).select_from(one.limit(_FEW).subquery()).scalar_subquery() for one in _reached(ranges))
    return Prepared(select(reduce(add, each).label("many")))


def _his(work: Work, reach: Reach) -> list[Select[Any]]:
    """The ids of what a person reaches and of what he has seats on, range by range."""
    seats = (condition for _, condition in seated.rows(work, work.who, Customer, "read"))
    return [*_reached(access.owned_apart(work.who, Customer, reach)), *(_seated(work, one) for one in seats)]


def _his_in_stretch(work: Work, reach: Reach) -> Prepared:
    if any(seated.rows(work, work.who, Customer, "read")):
        return _those_in_stretch(_his(work, reach))
    return _reached_in_stretch(access.owned_apart(work.who, Customer, reach))


@lru_cache(maxsize=512)
def _reached_in_stretch(ranges: tuple[Condition, ...]) -> Prepared:
    return _those_in_stretch(_reached(ranges))


def _those_in_stretch(his: Sequence[Select[Any]]) -> Prepared:
    # PostgreSQL makes no table in memory where it expects too many: of a small department it may expect the company.
    each = (select(one.limit(_AT_MOST).subquery().c.id) for one in his)
    ids, stretch = his[0] if len(his) == 1 else select(union_all(*each).subquery().c.id), _stretch()
    # What is told true or false is asked of each, by a table of his in memory; else planners turn it round.
    is_his = stretch.c.customer_id.in_(ids).is_(true())
    return Prepared(select(stretch.c.customer_id).where(is_his).limit(_ORDERED))


def _reached(ranges: tuple[Condition, ...]) -> list[Select[Any]]:
    """The ids of what a person reaches, range by range of an index that holds all it takes: asked for all at once,
    planners walk the company. Limits are asked of what is found."""
    customer = table_of(Customer)
    his = select(customer.c.id).where(customer.c.tenant_id == bindparam("tenant"))
    return [by_index(his.where(one), customer, ("tenant_id", "owner_id", "id")) for one in ranges]


def _seated(work: Work, seats: Condition) -> Select[Any]:
    """The ids that he has seats on. SQLite, told the tenant, walks the company by an index that has the owner too."""
    customer = table_of(Customer)
    here = by_no_index(work, customer.c.tenant_id) == bindparam("tenant")
    return by_key(select(customer.c.id).where(here, seats), customer)


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
