"""What scans found: pairs of customers that may be one, and the clusters that they make."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, select, update

from oa_crm.errors import InvalidInput
from oa_crm.models import Customer, DuplicatePair, table_of
from oa_crm.schemas import DuplicateCluster, DuplicatePairOut, Page
from oa_crm.services import access, pages
from oa_crm.services.work import Work

_AT_ONCE = 1000


def page(work: Work, at_least: float, after: str | None, limit: int | None) -> Page[DuplicatePairOut]:
    """Open pairs of which the actor may see both, the likeliest first."""
    table = table_of(DuplicatePair)
    rows = pages.likeliest_first(work, _open(work, at_least), table, after, limit)
    return pages.page(rows, pages.size(work, limit), DuplicatePairOut, "likeness", **_computed(work))


def told(work: Work, row: Any) -> DuplicatePairOut:
    """One pair as the actor reads it."""
    computed = {name: how(row) for name, how in _computed(work).items()}
    return DuplicatePairOut.model_validate({**row._mapping, **computed})


def between(work: Work, one: UUID, other: UUID) -> Any | None:
    """The pair of these two, in either order."""
    table, (first, second) = table_of(DuplicatePair), sorted((one, other))
    this = and_(table.c.one_id == first, table.c.other_id == second)
    return work.connection.execute(_pairs(work).where(this)).one_or_none()


def dismiss(work: Work, row: Any, because: str) -> None:
    """Keep that somebody looked and found two customers."""
    table = table_of(DuplicatePair)
    this = and_(table.c.tenant_id == work.scope.tenant, table.c.one_id == row.one_id, table.c.other_id == row.other_id)
    values = {
        "dismissed_at": work.journal.now(),
        "dismissed_by": work.scope.actor.id,
        "dismissed_because": because,
    }
    work.connection.execute(update(table).where(this).values(**values))


def clusters(work: Work, at_least: float, limit: int) -> tuple[DuplicateCluster, ...]:
    """Pairs put together, the largest clusters first. Memory grows with the open pairs, not with the base."""
    if limit < 1:
        raise InvalidInput.of("limit", "not_positive", given=limit)
    leader: dict[UUID, UUID] = {}
    found = list(_all(work, at_least))
    for row in found:
        leader[_first(leader, row.one_id)] = _first(leader, row.other_id)
    together: dict[UUID, list[Any]] = {}
    for row in found:
        together.setdefault(_first(leader, row.one_id), []).append(row)
    ordered = sorted(together.values(), key=lambda rows: (-len(rows), rows[0].one_name, str(rows[0].one_id)))
    return tuple(_cluster(work, rows) for rows in ordered[:limit])


def stream(work: Work, at_least: float) -> Iterator[DuplicatePairOut]:
    """Every open pair of which the actor may see both, the likeliest first, without holding them all."""
    return (told(work, row) for row in _all(work, at_least))


def _cluster(work: Work, rows: list[Any]) -> DuplicateCluster:
    names = {id: name for row in rows for id, name in ((row.one_id, row.one_name), (row.other_id, row.other_name))}
    return DuplicateCluster(names=names, pairs=tuple(told(work, row) for row in rows))


def _first(leader: dict[UUID, UUID], id: UUID) -> UUID:
    """Who stands for the cluster of `id`; the way there is shortened as it is walked."""
    while (next_ := leader.setdefault(id, id)) != id:
        leader[id] = leader.setdefault(next_, next_)
        id = next_
    return id


def _all(work: Work, at_least: float) -> Iterator[Any]:
    table = table_of(DuplicatePair)
    query = _open(work, at_least).order_by(table.c.likeness.desc(), table.c.one_id, table.c.other_id)
    yield from work.connection.execute(query).yield_per(_AT_ONCE)


def _open(work: Work, at_least: float) -> Select[Any]:
    if not 0 <= at_least <= 1:
        raise InvalidInput.of("at_least", "no_likeness", given=at_least)
    table = table_of(DuplicatePair)
    return _pairs(work).where(table.c.dismissed_at.is_(None), table.c.likeness >= round(1000 * at_least))


def _pairs(work: Work) -> Select[Any]:
    pair, customer = table_of(DuplicatePair), table_of(Customer)
    one, other = customer.alias("one"), customer.alias("other")
    joined = pair.join(one, and_(one.c.tenant_id == pair.c.tenant_id, one.c.id == pair.c.one_id))
    joined = joined.join(other, and_(other.c.tenant_id == pair.c.tenant_id, other.c.id == pair.c.other_id))
    seen = select(customer.c.id).where(access.visible(work, Customer))
    return (
        select(pair, one.c.name.label("one_name"), other.c.name.label("other_name"))
        .select_from(joined)
        .where(pair.c.tenant_id == work.scope.tenant, pair.c.one_id.in_(seen), pair.c.other_id.in_(seen))
    )


def _computed(work: Work) -> dict[str, Any]:
    language = "zh" if work.scope.locale.lower().startswith("zh") else "en"
    return {
        "score": lambda row: row.likeness / 1000,
        "reasons": lambda row: tuple(reason[language] for reason in row.reasons),
        # Of pairs from before there were codes, none is known.
        "codes": lambda row: tuple(reason["code"] for reason in row.reasons if "code" in reason),
    }
