"""Who stands at the customers that a slice is about, as far as its rows go: on file, and taken in by rows before.

Read once for a slice; a dry run keeps it for all of them, with those whom nobody put on file.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import select

from oa_crm.models import Contact, Post, table_of
from oa_crm.services.persons import alike, facts
from oa_crm.services.persons.alike import Looks
from oa_crm.services.work import Work

_FACTS = ("name", "name_key", "mobile", "phones", "emails")


@dataclass
class Standing:
    """Somebody who stands at a customer, or left it. A dry run has some who are not `on_file`."""

    id: UUID
    post_id: UUID
    name: str
    name_key: str
    mobile: str | None
    phones: list[str] | None
    emails: list[str] | None
    reports_to: UUID | None
    current: bool
    on_file: bool = True


@dataclass
class Place:
    """A customer's people. `found_by` may also lead to somebody who is no longer so: who looks compares."""

    above: dict[UUID, UUID | None] = field(default_factory=dict)
    by_post: dict[UUID, Standing] = field(default_factory=dict)
    found_by: dict[tuple[str, str], list[Standing]] = field(default_factory=dict)


class People:
    """The people at some customers. `seen` is what a dry run keeps."""

    def __init__(self, work: Work, customers: Iterable[UUID], seen: dict[Any, Place] | None) -> None:
        self._work, self._lock = work, seen is None
        self._at: dict[Any, Place] = {} if seen is None else seen
        self.learn(customers)

    def learn(self, customers: Iterable[UUID]) -> None:
        """Read who stands at these, where that is not known yet."""
        new = sorted(id for id in customers if id not in self._at)
        self._at |= {id: Place() for id in new}
        for row in self._read(new):
            told = {name: getattr(row, name) for name in (*_FACTS, "reports_to")}
            self.know(row.customer_id, Standing(row.contact_id, row.id, current=row.is_current is not None, **told))

    def know(self, customer: UUID, one: Standing) -> None:
        """Somebody is there, or was; also one whose facts changed."""
        there = self._at[customer]
        there.by_post[one.post_id] = one
        if one.current:
            there.above[one.id] = one.reports_to
        phones, emails = facts.phone_keys(one.mobile, one.phones), facts.email_keys(one.emails)
        for key in _keys(Looks(one.name, one.name_key, phones, emails)):
            known = there.found_by.setdefault(key, [])
            if not any(other is one for other in known):
                known.append(one)

    def changed(self, customers: Iterable[UUID], id: UUID, new: Mapping[str, Any]) -> None:
        """Numbers or addresses of a person changed, at each of these customers of which the people are known."""
        for customer in customers if new else ():
            those = self._at[customer].by_post.values() if customer in self._at else ()
            for one in [one for one in those if one.id == id]:
                for name, value in new.items():
                    setattr(one, name, value)
                self.know(customer, one)

    def left(self, customer: UUID, one: Standing) -> None:
        """He left; who reported to him has no superior."""
        one.current, above = False, self._at[customer].above
        above.pop(one.id, None)
        above |= {id: None for id, superior in above.items() if superior == one.id}

    def alike(self, customer: UUID, looks: Looks, *, also_left: bool) -> list[tuple[Standing, str]]:
        """Those of the same name, number or address there, and what is the same; of those who left only such as did
        not come back."""
        near = {id(one): one for key in _keys(looks) for one in self._at[customer].found_by.get(key, ())}
        found = [(one, how) for one in near.values() if (how := alike.same_as(looks, one)) is not None]
        here = [(one, how) for one, how in found if one.current]
        gone = {one.id: (one, how) for one, how in found} if also_left else {}
        return sorted(here or gone.values(), key=lambda those: those[0].id)

    def holding(self, customer: UUID, post_id: UUID | None) -> Standing | None:
        """Who has or had this post there."""
        return None if post_id is None else self._at[customer].by_post.get(post_id)

    def called(self, customer: UUID, name_key: str) -> list[Standing]:
        """Those of that name who stand there now."""
        return [one for one in self._at[customer].found_by.get(("name", name_key), ()) if one.current]

    def above(self, customer: UUID) -> Mapping[UUID, UUID | None]:
        """Those who stand there now, each with his superior."""
        return self._at[customer].above

    def _read(self, customers: list[UUID]) -> Iterable[Any]:
        if not customers:
            return []
        persons, posts = table_of(Contact), table_of(Post)
        same = (persons.c.tenant_id == posts.c.tenant_id) & (persons.c.id == posts.c.contact_id)
        known = (persons.c[name] for name in _FACTS)
        held = (posts.c[name] for name in ("id", "contact_id", "customer_id", "reports_to", "is_current"))
        query = select(*known, *held).join(posts, same)
        query = query.where(posts.c.tenant_id == self._work.scope.tenant, posts.c.customer_id.in_(customers))
        # A locking read sees what others committed before we had the customers' locks.
        query = query.with_for_update(read=True) if self._lock else query
        return self._work.connection.execute(query.order_by(posts.c.id))


def _keys(looks: Looks) -> list[tuple[str, str]]:
    many = ("phone", looks.phones), ("email", looks.emails)
    return [("name", looks.key), *((kind, one) for kind, those in many for one in those)]
