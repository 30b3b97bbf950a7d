"""What somebody holds, counted and listed, and the fingerprint that stands for it."""

import hashlib
from typing import Any
from uuid import UUID

import pydantic_core
from sqlalchemy import and_, case, func, literal, select, union_all

from oa_crm.errors import InvalidInput
from oa_crm.i18n import language_of
from oa_crm.i18n.words import said
from oa_crm.models import Customer, FollowUp, Post, table_of
from oa_crm.models.types import text
from oa_crm.schemas.base import Page
from oa_crm.schemas.handovers import HandoverIn, HandoverPlan, HeldCount, HeldThing
from oa_crm.services import cursors, pages, sights
from oa_crm.services.handing import helping, standing
from oa_crm.services.handing.kinds import HeldKind, within_limits
from oa_crm.services.handing.lists import BY_NAME, KINDS
from oa_crm.services.work import Work

_SORT = "holdings"
_TITLE = 200


def plan(work: Work, leaver: Any) -> HandoverPlan:
    """How much he holds of each kind. Four statements."""
    counts = {row.kind: row for row in _counted(work, leaver.id)}
    language = language_of(work.scope.locale)
    holdings = tuple(
        HeldCount(kind=name, title=str(said("kind", name, language)), count=row.many, follow=int(row.follow or 0))
        for name, row in counts.items()
    )
    return HandoverPlan(
        leaver_id=leaver.id,
        name=leaver.name,
        active=leaver.active,
        superior_id=standing.superior(work, leaver),
        holdings=holdings,
        along=_along(work, leaver.id),
        seats=helping.count(work, leaver.id),
    )


def a_kind(name: str, field: str = "kind") -> HeldKind:
    """A kind by its word. Raises `InvalidInput`."""
    if name not in BY_NAME:
        raise InvalidInput.of(field, "unknown_kind", kind=name, known=", ".join(BY_NAME))
    return BY_NAME[name]


def page(work: Work, leaver: str, kind: str, after: str | None, limit: int | None) -> Page[HeldThing]:
    """The things of one kind, oldest first."""
    one, size = a_kind(kind), pages.size(work, limit)
    held = one.held(work, leaver).subquery("held")
    query = select(held)
    if after is not None:
        (last,) = cursors.read(_SORT, after, 1)
        query = query.where(held.c.thing_id > cursors.value(UUID, last))
    rows = work.connection.execute(query.order_by(held.c.thing_id).limit(size + 1)).all()
    things = tuple(_thing(work, one, row) for row in rows[:size])
    more = cursors.write(_SORT, [str(rows[size - 1].thing_id)]) if len(rows) > size else None
    return Page(items=things, next=more)


def fingerprint(work: Work, leaver: str, wanted: HandoverIn, *split: object) -> str:
    """Stands for what is held, for how it is asked to be split and for the `split` that comes of it, which depends on
    what the receivers hold. One statement."""
    parts = []
    for one in KINDS:
        held = one.held(work, leaver).subquery()
        latest, versions = func.max(held.c.updated_at), func.sum(held.c.version)
        parts.append(select(literal(one.name, text(20)), func.count(), versions, latest).select_from(held))
    rows = sorted((row[0], row[1], int(row[2] or 0), row[3]) for row in work.connection.execute(union_all(*parts)))
    asked = wanted.model_dump(mode="json", exclude={"reason", "over_limits"})
    stands = pydantic_core.to_json([work.scope.tenant, rows, asked, *split])
    return hashlib.blake2b(stands, digest_size=16).hexdigest()


def title(work: Work, kind: HeldKind, row: Any, id: UUID) -> str:
    """What a thing is called, as far as the actor sees the field that it is called by; else its id."""
    seen = sights.facts_seen(work, kind.name, {kind.title: row.title}).get(kind.title)
    return str(seen or id)


def _thing(work: Work, kind: HeldKind, row: Any) -> HeldThing:
    facts = {name: getattr(row, name) for name in ("customer_id", "region", "level", "version")}
    return HeldThing(kind=kind.name, id=row.thing_id, title=title(work, kind, row, row.thing_id)[:_TITLE], **facts)


def counted(work: Work, leaver: str) -> dict[str, int]:
    """How much he holds of each kind."""
    return {row.kind: row.many for row in _counted(work, leaver)}


def hides(work: Work, leaver: str) -> bool:
    """Whether the leaver holds something that the actor's limits keep from him."""
    if not any(within_limits(work, one.model) for one in KINDS):
        return False
    return counted(work, leaver) != {row.kind: row.many for row in _counted(work, leaver, every=True)}


def _counted(work: Work, leaver: str, *, every: bool = False) -> list[Any]:
    c, parts = table_of(Customer).c, []
    his = select(c.id).where(c.tenant_id == work.scope.tenant, c.owner_id == leaver, c.merged_into.is_(None))
    for number, one in enumerate(KINDS):
        held = one.held(work, leaver, every=every).subquery()
        follow = func.sum(case((held.c.customer_id.in_(his), 1), else_=0)) if one.follows else literal(0)
        columns = (literal(one.name, text(20)).label("kind"), func.count().label("many"), follow.label("follow"))
        parts.append(select(*columns, literal(number).label("place")).select_from(held))
    return sorted(work.connection.execute(union_all(*parts)), key=lambda row: row.place)


def _along(work: Work, leaver: str) -> dict[str, int]:
    c, p, f = (table_of(one).c for one in (Customer, Post, FollowUp))
    his = select(c.id).where(c.tenant_id == work.scope.tenant, c.owner_id == leaver, c.merged_into.is_(None))
    stand = and_(p.tenant_id == work.scope.tenant, p.is_current == 1, p.customer_id.in_(his))
    contacts = select(literal("contact", text(20)), func.count(p.contact_id.distinct())).where(stand)
    talks = select(literal("follow_up", text(20)), func.count()).where(
        f.tenant_id == work.scope.tenant, f.customer_id.in_(his)
    )
    return {row[0]: row[1] for row in work.connection.execute(union_all(contacts, talks))}
