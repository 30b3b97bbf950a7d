"""The customers that a person sees, range by range of an index.

What a manager sees is his own, the pool and his people's; a seat on a team adds one. Told by one condition, there is no
index for it: a planner walks the company, in the order of a list until the page is full, which for who sees few is to
its end. Range by range it costs what he sees.
"""

from collections.abc import Sequence
from functools import lru_cache, reduce
from operator import add
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, func, select, union_all

from oa_crm.hooks.ports import Reach
from oa_crm.models import Customer, table_of
from oa_crm.services import access, seated
from oa_crm.services.access import Condition
from oa_crm.services.latest import by_index, by_key, by_no_index
from oa_crm.services.prepared import Prepared
from oa_crm.services.work import Work

FEW, LISTED = 8000, 2000
"""Who reaches fewer than the first has what he looks for looked for among these; who sees no more than the second has
his lists read by their ids."""
_AT_MOST = 8 * FEW
"""As many of one range: far more than who sees few comes to have within the hour for which that is remembered."""


def by_ranges(work: Work) -> bool:
    """Whether the person sees what he sees by his reach and by seats, so that an index leads to it: by no grant."""
    grants = (rule for rule, _ in access.rules_on(work, work.who, Customer, "read") if rule.effect == "grant")
    return not work.who.is_system and next(grants, None) is None


def few(work: Work) -> list[UUID] | None:
    """The ids of all that the person reaches and has seats on, merged ones among them; None of who sees many, or by a
    grant. One statement; for an hour none for who was found to see many."""
    person, many = (work.who, _reach(work)), work.runtime.matching.whose_lists_are_long
    if person in many or not by_ranges(work):
        return None
    rows = _listed(work).rows(work.connection, {"tenant": work.scope.tenant, "most": LISTED + 1})
    if len(rows) <= LISTED:
        return [row.id for row in rows]
    many.add(person)
    return None


def sees_few(work: Work) -> bool:
    """Whether the person reaches fewer than `FEW`; remembered for an hour. It costs one statement then."""
    person, matching = (work.who, _reach(work)), work.runtime.matching
    if person in matching.who_sees_few:
        return True
    if person in matching.who_sees_many:
        return False
    many = _many(reached(work)).rows(work.connection, {"tenant": work.scope.tenant, "most": FEW})[0].many
    (matching.who_sees_few if many < FEW else matching.who_sees_many).add(person)
    return bool(many < FEW)


def is_known_to_see_few(work: Work) -> bool:
    """The same without asking the database."""
    return (work.who, _reach(work)) in work.runtime.matching.who_sees_few


def his(work: Work) -> list[Select[Any]]:
    """The ids of what the person reaches, and of what he has seats on; the parameter `tenant` is the caller's part."""
    return [*ids(reached(work)), *(_seated(work, one) for one in _seats(work))]


def has_seats(work: Work) -> bool:
    """Whether the person sees some customers by seats on teams."""
    return bool(_seats(work))


def together(ranges: Sequence[Select[Any]], most: Any = _AT_MOST) -> Select[Any]:
    """These as one, of several ranges at `most` as many of each."""
    # PostgreSQL makes no table in memory where it expects too many: of a small department it may expect the company.
    each = (select(one.limit(most).subquery().c.id) for one in ranges)
    return ranges[0] if len(ranges) == 1 else select(union_all(*each).subquery().c.id)


def reached(work: Work) -> tuple[Condition, ...]:
    """What tells his ranges without seats; the same object for one who asks again."""
    return access.owned_apart(work.who, Customer, _reach(work), work.connection.dialect.name)


def ids(ranges: tuple[Condition, ...]) -> list[Select[Any]]:
    """The ids in these ranges, by an index that holds all it takes. Limits are asked of what is found."""
    customer = table_of(Customer)
    here = select(customer.c.id).where(customer.c.tenant_id == bindparam("tenant"))
    return [by_index(here.where(one), customer, ("tenant_id", "owner_id", "id")) for one in ranges]


def _reach(work: Work) -> Reach:
    return work.runtime.ports.authorizer.reach(work.who, "read", "customer")


def _seats(work: Work) -> list[Condition]:
    return [condition for _, condition in seated.rows(work, work.who, Customer, "read")]


def _seated(work: Work, seats: Condition) -> Select[Any]:
    """SQLite, told the tenant, walks the company by an index that has the owner too."""
    customer = table_of(Customer)
    here = by_no_index(work, customer.c.tenant_id) == bindparam("tenant")
    return by_key(select(customer.c.id).where(here, seats), customer)


def _listed(work: Work) -> Prepared:
    return _some(his(work)) if has_seats(work) else _some_reached(reached(work))


# As many as people ask: a statement takes longer to build than to run. A condition is known by its identity.
@lru_cache(maxsize=512)
def _some_reached(ranges: tuple[Condition, ...]) -> Prepared:
    return _some(ids(ranges))


def _some(ranges: Sequence[Select[Any]]) -> Prepared:
    return Prepared(together(ranges, bindparam("most")).limit(bindparam("most")))


@lru_cache(maxsize=512)
def _many(ranges: tuple[Condition, ...]) -> Prepared:
    """How many customers a person reaches, as far as it matters."""
    some = (one.limit(bindparam("most")).subquery() for one in ids(ranges))
    counts = (select(func.count()).select_from(one).scalar_subquery() for one in some)
    return Prepared(select(reduce(add, counts).label("many")))
