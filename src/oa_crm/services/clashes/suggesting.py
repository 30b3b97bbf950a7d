"""Type-ahead: customers whose name may begin as typed.

A range of the index holds every customer of the company that begins so. Only its first stretch is read, for who finds
too little there a longer one; who sees little of the company is then answered from what he sees. SQLite is told to look
for his own in that stretch, and remembers for whom.
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
from oa_crm.services.latest import by_no_index
from oa_crm.services.work import Work

_FIRST, _FAR, _AMONG_HIS = 300, 3000, 4000
_FEW = 8000
"""Who sees fewer customers is answered from these, where the first stretch does not do."""


def suggestions(work: Work, beginning: str, limit: int) -> list[Suggestion]:
    """The best `limit`, shortest names first."""
    text = typed(plain.text("beginning", beginning)[:200])
    if not text:
        raise InvalidInput.of("beginning", "nothing_to_type_ahead")
    asked = {"tenant": work.scope.tenant, "first": text, "last": text + LAST, "limit": limit}
    rows = _found(work, asked)
    return [Suggestion(customer_id=row.id, name=row.name, short_name=row.short_name) for row in rows]


def _found(work: Work, asked: dict[str, Any]) -> Sequence[Any]:
    remembered = work.runtime.matching.who_sees_few
    # What he sees it by may be another since: of a team, or by a role, he would look through the whole company.
    person = (work.who, work.runtime.ports.authorizer.reach(work.who, "read", "customer"))
    few = person in remembered and _by_one_index(work)
    if not few:
        found, ended = _in_stretch(work, {**asked, "stretch": _FIRST})
        if ended:
            return found
        if few := _by_one_index(work) and _sees_few(work):
            remembered.add(person)
    # Of those that begin so, who sees one in two hundred needs four thousand to find ten of his.
    if few:
        found, ended = _in_stretch(work, {**asked, "stretch": _AMONG_HIS}, among_his=True)
    else:
        found, ended = _in_stretch(work, {**asked, "stretch": _FAR})
    return found if ended else work.connection.execute(_ordered(_seen(work).where(_begins_so())), asked).all()


def _in_stretch(work: Work, asked: dict[str, Any], *, among_his: bool = False) -> tuple[Sequence[Any], bool]:
    """Those of a stretch that the person sees, and whether they do: they are enough, or all there are. `among_his`
    reads the ids of his customers and looks for each in the stretch, not the other way round."""
    column = table_of(Customer).c.id
    id = by_no_index(work, column) if among_his else column
    # A derived table, since MariaDB takes no LIMIT inside IN.
    query = _ordered(_seen(work).where(id.in_(select(_stretch().c.customer_id))))
    rows = work.connection.execute(query, asked).all()
    return rows, len(rows) >= asked["limit"] or not _is_cut(work, asked)


def _by_one_index(work: Work) -> bool:
    """Whether the person sees all that he sees by one index. The others' planners need not be told."""
    if work.connection.dialect.name != "sqlite" or len(access.visible_apart(work, Customer)) > 1:
        return False
    return not any(rule.effect == "grant" for rule, _ in access.rules_on(work, work.who, Customer, "read"))


def _sees_few(work: Work) -> bool:
    mine = access.reached_rows(work, work.who, Customer, "read")
    here = table_of(Customer).c.tenant_id == work.scope.tenant
    some = select(table_of(Customer).c.id).where(here, mine).limit(_FEW).subquery()
    return (work.connection.scalar(select(func.count()).select_from(some)) or 0) < _FEW


def _seen(work: Work) -> Select[Any]:
    customer = table_of(Customer)
    return select(customer.c.id, customer.c.name, customer.c.short_name).where(access.visible(work, Customer))


def _ordered(query: Select[Any]) -> Select[Any]:
    customer = table_of(Customer)
    shortest = (func.length(customer.c.name), customer.c.name, customer.c.id)
    return query.order_by(*shortest).limit(bindparam("limit"))


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
