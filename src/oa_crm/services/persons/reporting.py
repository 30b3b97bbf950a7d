"""Who reports to whom at a customer: a tree of the people who stand there now, without loops, read in one query."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from oa_crm.errors import InvalidInput
from oa_crm.models import Contact, Post, table_of
from oa_crm.schemas import ReportingNode
from oa_crm.services.work import Work

DEEPEST = 50
_ABOVE = dict[UUID, UUID | None]


def check(work: Work, customer_id: UUID, contact_id: UUID, superior: UUID | None) -> None:
    """Raises `InvalidInput` unless `superior` stands there now and does not report to this person.

    Under the customer's lock, so that two who change it at once cannot close a loop together.
    """
    if superior is not None:
        fits(_line(work, customer_id), contact_id, superior)


def fits(above: Mapping[UUID, UUID | None], contact_id: UUID, superior: UUID) -> None:
    """The same, of the people who stand there, each with his superior."""
    if superior not in above:
        raise InvalidInput.of("reports_to", "superior_elsewhere")
    upwards = [superior]
    while (up := above[upwards[-1]]) is not None and contact_id not in upwards:
        upwards.append(up)
    if contact_id in upwards:
        raise InvalidInput.of("reports_to", "reporting_loop")
    # To somebody who is new there, nobody reports.
    height = _height(above, contact_id) if contact_id in above else 1
    if len(upwards) + height > DEEPEST:
        raise InvalidInput.of("reports_to", "reporting_too_deep", deepest=DEEPEST)


def tree(work: Work, customer_id: UUID) -> tuple[ReportingNode, ...]:
    """The people who stand at the customer now, each below his superior; by name."""
    persons, posts = table_of(Contact), table_of(Post)
    query = (
        select(posts, persons.c.name)
        .join(persons, (persons.c.tenant_id == posts.c.tenant_id) & (persons.c.id == posts.c.contact_id))
        .where(posts.c.tenant_id == work.scope.tenant, posts.c.customer_id == customer_id, posts.c.is_current == 1)
    )
    rows = work.connection.execute(query.order_by(persons.c.name, posts.c.id)).all()
    below: dict[UUID | None, list[Any]] = {}
    for row in rows:
        below.setdefault(row.reports_to, []).append(row)
    return _nodes(below, None)


def _line(work: Work, customer_id: UUID) -> _ABOVE:
    posts = table_of(Post)
    here = (posts.c.tenant_id == work.scope.tenant) & (posts.c.customer_id == customer_id) & (posts.c.is_current == 1)
    query = select(posts.c.contact_id, posts.c.reports_to).where(here).with_for_update(read=True)
    return {row.contact_id: row.reports_to for row in work.connection.execute(query)}


def _height(above: Mapping[UUID, UUID | None], top: UUID) -> int:
    """How many levels there are from `top` downwards, itself included."""
    below: dict[UUID | None, list[UUID]] = {}
    for one, superior in above.items():
        below.setdefault(superior, []).append(one)
    levels, level = 0, [top]
    while level:
        levels, level = levels + 1, [one for superior in level for one in below.get(superior, ())]
    return levels


def _nodes(below: Mapping[UUID | None, Iterable[Any]], superior: UUID | None) -> tuple[ReportingNode, ...]:
    return tuple(
        ReportingNode(
            post_id=row.id,
            primary=row.is_primary is not None,
            reports=_nodes(below, row.contact_id),
            **{name: getattr(row, name) for name in ("contact_id", "name", "title", "department", "role")},
        )
        for row in below.get(superior, ())
    )
