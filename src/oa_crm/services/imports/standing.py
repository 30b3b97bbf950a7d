"""Who stands at the customers that a slice is about, as far as its rows go: on file, and taken in by rows before.

Read once for a slice; a dry run keeps it for all of them, with those whom nobody put on file.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from oa_crm.models import Contact, Post, table_of
from oa_crm.services.persons import alike
from oa_crm.services.persons.alike import Looks
from oa_crm.services.work import Work

_FACTS = ("name", "name_key", "mobile", "phones", "emails")


@dataclass
class Standing:
    """Somebody who stands at a customer, or left it."""

    id: UUID
    post_id: UUID | None
    name: str
    name_key: str
    mobile: str | None
    phones: list[str] | None
    emails: list[str] | None
    reports_to: UUID | None
    current: bool
    on_file: bool = True


class People:
    """The people at some customers. `seen` is what a dry run keeps."""

    def __init__(self, work: Work, customers: Iterable[UUID], seen: dict[Any, list[Standing]] | None) -> None:
        self._work, self._lock = work, seen is None
        self._at: dict[Any, list[Standing]] = {} if seen is None else seen
        new = sorted(id for id in customers if id not in self._at)
        for id in new:
            self._at[id] = []
        for row in self._read(new):
            told = {
                name: getattr(row, name) for name in ("name", "name_key", "mobile", "phones", "emails", "reports_to")
            }
            there = Standing(id=row.contact_id, post_id=row.id, current=row.is_current is not None, **told)
            self._at[row.customer_id].append(there)

    def add(self, customer: UUID, one: Standing) -> None:
        """Somebody stands there from now on, or did."""
        self._at[customer].append(one)

    def left(self, customer: UUID, one: Standing) -> None:
        """He left; who reported to him has no superior."""
        one.current = False
        for other in self._at[customer]:
            other.reports_to = None if other.reports_to == one.id else other.reports_to

    def alike(self, customer: UUID, looks: Looks, *, also_left: bool) -> list[tuple[Standing, str]]:
        """Those of the same name, number or address there, and what is the same. Whoever has come back counts as
        there, and of those who left only who is not."""
        found = [(one, how) for one in self._at[customer] if (how := alike.same_as(looks, one)) is not None]
        here = [(one, how) for one, how in found if one.current]
        return here or list({one.id: (one, how) for one, how in found if also_left}.values())

    def called(self, customer: UUID, name_key: str) -> list[Standing]:
        """Those of that name who stand there now."""
        return [one for one in self._at[customer] if one.current and one.name_key == name_key]

    def above(self, customer: UUID) -> dict[UUID, UUID | None]:
        """Those who stand there now, each with his superior."""
        return {one.id: one.reports_to for one in self._at[customer] if one.current}

    def _read(self, customers: list[UUID]) -> Iterable[Any]:
        if not customers:
            return []
        persons, posts = table_of(Contact), table_of(Post)
        same = (persons.c.tenant_id == posts.c.tenant_id) & (persons.c.id == posts.c.contact_id)
        facts = (persons.c[name] for name in _FACTS)
        held = (posts.c[name] for name in ("id", "contact_id", "customer_id", "reports_to", "is_current"))
        query = select(*facts, *held).join(posts, same)
        query = query.where(posts.c.tenant_id == self._work.scope.tenant, posts.c.customer_id.in_(customers))
        # A locking read sees what others committed before we had the customers' locks.
        query = query.with_for_update(read=True) if self._lock else query
        return self._work.connection.execute(query.order_by(posts.c.id))
