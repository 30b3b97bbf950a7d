"""What is wrong with a company's pools as they are set up. Reads people and pools, no customers."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

from sqlalchemy import select

from oa_crm.codes import below
from oa_crm.hooks.ports import Reach, Who
from oa_crm.models import Department, table_of
from oa_crm.schemas import PoolFinding
from oa_crm.services.holding import kept, seats
from oa_crm.services.work import Work


def findings(work: Work) -> tuple[PoolFinding, ...]:
    """Everything that somebody should look at. Three statements."""
    pools, people = kept.open_pools(work), seats.people(work)
    return (
        *_members_without(work, pools, people),
        *_never_reached(pools),
        *_overlaps(pools),
        *_unknown_seats(work, pools, people),
    )


def _members_without(work: Work, pools: Sequence[Any], people: Sequence[Who]) -> Iterator[PoolFinding]:
    asked = work.runtime.ports.authorizer.reach
    for one in people if pools else ():
        # An outsider is a member of no pool unless somebody says so.
        if one.external or asked(one, "claim", "customer") is Reach.NONE:
            continue
        if not any(not pool.members or seats.sits([*pool.members, *pool.admins], one) for pool in pools):
            yield PoolFinding(code="member_without_pool", member_id=one.id)


def _never_reached(pools: Sequence[Any]) -> Iterator[PoolFinding]:
    """A pool without rules takes whatever no rule takes: of several such, the later get nothing by themselves."""
    takers = [pool for pool in pools if not pool.routes]
    for pool in takers[1:]:
        yield PoolFinding(code="never_reached", pool_id=pool.id, other_pool_id=takers[0].id)


def _overlaps(pools: Sequence[Any]) -> Iterator[PoolFinding]:
    for one, other in combinations(pools, 2):
        if any(_meet(mine, theirs) for mine in one.routes for theirs in other.routes):
            yield PoolFinding(code="routes_overlap", pool_id=one.id, other_pool_id=other.id)


def _meet(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether some customer could match both. Departments may lie in one another, so they never keep rules apart."""
    coded = all(_codes_meet(one.get(name), other.get(name)) for name in ("regions", "industries"))
    plain = all(_words_meet(one.get(name), other.get(name)) for name in ("sources", "levels", "kinds"))
    return coded and plain


def _codes_meet(one: Sequence[str] | None, other: Sequence[str] | None) -> bool:
    if not one or not other:
        return True
    return any(
        mine[0] < theirs[1] and theirs[0] < mine[1]
        for a in one for b in other for mine in below(a) for theirs in below(b)
    )  # fmt: skip


def _words_meet(one: Sequence[str] | None, other: Sequence[str] | None) -> bool:
    return not one or not other or bool(set(one) & set(other))


def _unknown_seats(work: Work, pools: Sequence[Any], people: Sequence[Who]) -> Iterator[PoolFinding]:
    members = {one.id for one in people}
    roles = {role for one in people for role in one.roles}
    table = table_of(Department)
    mine = select(table.c.id).where(table.c.tenant_id == work.scope.tenant)
    departments = set(work.connection.scalars(mine))
    known = {"member": members, "department": departments, "role": roles}
    for pool in pools:
        for kind, id in (*pool.admins, *pool.members):
            if id not in known[kind]:
                yield PoolFinding(code="unknown_seat", pool_id=pool.id, subject=f"{kind} {id}")
