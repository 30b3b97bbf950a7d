"""What of a person's file stays, and why: the business facts, which are the company's own."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select

from oa_crm.models import AuditEntry, Base, Contract, Expense, File, FollowUp, Post, Project, table_of
from oa_crm.schemas import Staying
from oa_crm.services.erasing.subjects import Subject
from oa_crm.services.work import Work

_WHY = {
    "contract": "contract",
    "project": "contract",
    "expense": "accounting",
    "follow_up": "history",
    "post": "history",
    "audit": "proof",
    "file": "not_asked",
    "contact": "another_person",
}
"""Codes of `Staying.why`."""


def staying(work: Work, subject: Subject, *, attachments: bool) -> tuple[Staying, ...]:
    """How many things of each kind stay."""
    found = (Staying(kind=kind, count=number, why=_WHY[kind]) for kind, number in _counts(work, subject, attachments))
    return tuple(one for one in found if one.count)


def _counts(work: Work, one: Subject, attachments: bool) -> Iterator[tuple[str, int]]:
    customers, ids = one.customers, [str(id) for id in (*one.contacts, *one.customers, *one.leads)]
    for kind, model in (("contract", Contract), ("project", Project), ("expense", Expense)):
        yield kind, _count(work, model, table_of(model).c.customer_id.in_(customers)) if customers else 0
    said = or_(FollowUp.customer_id.in_(customers), FollowUp.lead_id.in_(one.leads))
    yield "follow_up", _count(work, FollowUp, said)
    yield "post", _count(work, Post, Post.contact_id.in_(one.contacts))
    yield "audit", _count(work, AuditEntry, AuditEntry.kind.in_(list(one.things)), AuditEntry.thing_id.in_(ids))
    if not attachments:
        yield "file", _count(work, File, File.thing_id.in_(_uuids(one)), File.removed_at.is_(None))
    yield "contact", _count(work, Post, Post.customer_id.in_(customers)) if customers else 0


def _uuids(one: Subject) -> Sequence[UUID]:
    return (*one.contacts, *one.customers, *one.leads)


def _count(work: Work, model: type[Base], *where: Any) -> int:
    table = table_of(model)
    query = select(func.count()).select_from(table).where(table.c.tenant_id == work.scope.tenant, *where)
    return int(work.connection.scalar(query) or 0)
