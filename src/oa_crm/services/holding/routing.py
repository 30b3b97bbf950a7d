"""Which pool a customer falls into: the first in order of which a rule matches; else the first without rules; else the
last one.

Decided for many at once, by their facts and the department of whom they belonged to. Nothing is written.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select

from oa_crm.codes import below
from oa_crm.models import Customer, Department, Member, table_of
from oa_crm.services.among import among
from oa_crm.services.base import Service
from oa_crm.services.holding import kept, seats
from oa_crm.services.holding.first import first_pool
from oa_crm.services.work import Work

_CODED = {"regions": "region", "industries": "industry"}
_EQUAL = {"sources": "source", "levels": "level", "kinds": "kind"}


def routes(service: Service, ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """The pool that each of these customers falls into, which stays open until we are done. Two statements, one more
    for a company without any pool."""
    pools = kept.open_pools(service.work, "read")
    if not pools:
        first = first_pool(service)
        return dict.fromkeys(ids, first)
    if not any(pool.routes for pool in pools):
        return dict.fromkeys(ids, pools[0].id)
    return {row.id: route(pools, row._mapping) for row in _facts(service.work, list(ids))}


def still_open(service: Service, id: UUID, pool_id: UUID | None) -> UUID:
    """The pool that a customer lay in, which stays open until we are done; the one that it falls into where that was
    dropped meanwhile."""
    if any(one.id == pool_id for one in kept.open_pools(service.work, "read")):
        return UUID(str(pool_id))
    return routes(service, [id])[id]


def route(pools: Sequence[Any], facts: Mapping[str, Any]) -> UUID:
    """The pool for a customer of these facts: `department_path` is that of who had it, the others are columns."""
    for pool in pools:
        if any(matches(rule, facts) for rule in pool.routes):
            return UUID(str(pool.id))
    open_to_all = [pool for pool in pools if not pool.routes]
    return UUID(str((open_to_all or pools[-1:])[0].id))


def matches(rule: Mapping[str, Any], facts: Mapping[str, Any]) -> bool:
    """Whether everything that a rule says is so."""
    for name, column in _CODED.items():
        if rule.get(name) and not any(_under(facts[column], code) for code in rule[name]):
            return False
    for name, column in _EQUAL.items():
        if rule.get(name) and facts[column] not in rule[name]:
            return False
    wanted = rule.get("departments")
    return not wanted or any(seats.below(one, facts["department_path"]) for one in wanted)


def _under(code: str | None, wanted: str) -> bool:
    return code is not None and any(first <= code < last for first, last in below(wanted))


def _facts(work: Work, ids: list[UUID]) -> list[Any]:
    c = table_of(Customer).c
    of_owner = and_(Member.tenant_id == c.tenant_id, Member.id == c.owner_id)
    of_member = and_(Department.tenant_id == Member.tenant_id, Department.id == Member.department_id)
    columns = (
        c.id,
        *(c[name] for name in (*_CODED.values(), *_EQUAL.values())),
        Department.path.label("department_path"),
    )
    joined = table_of(Customer).outerjoin(table_of(Member), of_owner).outerjoin(table_of(Department), of_member)
    mine = and_(c.tenant_id == work.scope.tenant, among(work, c.id, ids))
    return list(work.connection.execute(select(*columns).select_from(joined).where(mine)))
