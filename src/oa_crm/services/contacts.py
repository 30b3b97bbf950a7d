"""Contacts: people at customers, and their posts over time. Nobody sees more of them than of the customer."""

from typing import Any
from uuid import UUID

from oa_crm.errors import InvalidInput
from oa_crm.masks import PHONE
from oa_crm.models import Contact, Customer, Post, table_of
from oa_crm.schemas import (
    ContactFilter,
    ContactIn,
    ContactMove,
    ContactOut,
    ContactPatch,
    LeaveIn,
    Page,
    PostOut,
    PostPatch,
    ReportingNode,
)
from oa_crm.services import looking, pages
from oa_crm.services.base import Service, as_id, first_facts, given, shown
from oa_crm.services.persons import adding, alike, changing, finding, leaving, posts, reporting


class Contacts(Service):
    """The people at customers."""

    def create(
        self,
        data: ContactIn | dict[str, Any],
        *,
        override_reason: str | None = None,
        idempotency_key: str | None = None,
    ) -> ContactOut:
        """Put a person on file who stands at a customer that the actor may write to.

        Raises `duplicate_contact` when somebody of the same name, number or e-mail address stands there already;
        `override_reason` passes it.
        """
        wanted = given(ContactIn, data)
        return self.act(
            "contacts.create",
            lambda: self._create(wanted, override_reason),
            given={"data": wanted, "override_reason": override_reason},
            answer=ContactOut,
            key=idempotency_key,
        )

    def get(self, id: UUID) -> ContactOut:
        """A person, with those of his posts that the actor may see. Raises `not_found`."""
        found = self._shown(self.one(Contact, id))
        looking.opened(self.work, found)
        return found

    def find(
        self,
        where: ContactFilter | dict[str, Any] | None = None,
        *,
        after: str | None = None,
        limit: int | None = None,
    ) -> Page[ContactOut]:
        """The people that the actor may see, newest first, a page at a time."""
        wanted = given(ContactFilter, where or {})
        query = finding.matching(self, wanted)
        rows = pages.newest_first(self.work, query, table_of(Contact), after, limit)
        held = posts.seen(self.work, [row.id for row in rows])
        size = pages.size(self.work, limit)
        if wanted.phone:
            looking.searched(self.work, "contact", [("phone", PHONE.of(wanted.phone))], min(len(rows), size))
        return pages.page(rows, size, ContactOut, "newest", posts=lambda row: held.get(row.id, ()))

    def update(
        self,
        id: UUID,
        patch: ContactPatch | dict[str, Any],
        *,
        override_reason: str | None = None,
        idempotency_key: str | None = None,
    ) -> ContactOut:
        """Change facts of a person who stands at a customer that the actor may write to.

        Raises `stale_version`, and `duplicate_contact` as `create` does.
        """
        wanted = given(ContactPatch, patch)
        return self.act(
            "contacts.update",
            lambda: self._update(as_id(id), wanted, override_reason),
            given={"id": id, "patch": wanted, "override_reason": override_reason},
            answer=ContactOut,
            key=idempotency_key,
        )

    def change_post(
        self, post_id: UUID, patch: PostPatch | dict[str, Any], *, idempotency_key: str | None = None
    ) -> PostOut:
        """Change what a person is at a customer now: title, department, role, superior, since when."""
        wanted = given(PostPatch, patch)
        return self.act(
            "contacts.change_post",
            lambda: self._change_post(as_id(post_id), wanted),
            given={"id": post_id, "patch": wanted},
            answer=PostOut,
            key=idempotency_key,
        )

    def move(
        self,
        id: UUID,
        move: ContactMove | dict[str, Any],
        *,
        override_reason: str | None = None,
        idempotency_key: str | None = None,
    ) -> ContactOut:
        """A person takes a post at another customer. Those that he has at customers to whom the actor may write
        end, unless `keep_posts`; they stay on file as left. Raises `duplicate_contact` as `create` does."""
        wanted = given(ContactMove, move)
        return self.act(
            "contacts.move",
            lambda: self._move(as_id(id), wanted, override_reason),
            given={"id": id, "move": wanted, "override_reason": override_reason},
            answer=ContactOut,
            key=idempotency_key,
        )

    def leave(self, post_id: UUID, leave: LeaveIn | dict[str, Any], *, idempotency_key: str | None = None) -> PostOut:
        """A person leaves a customer. Who reported to him there has no superior until one is named."""
        wanted = given(LeaveIn, leave)
        return self.act(
            "contacts.leave",
            lambda: self._leave(as_id(post_id), wanted),
            given={"id": post_id, "leave": wanted},
            answer=PostOut,
            key=idempotency_key,
        )

    def set_primary(self, post_id: UUID, *, idempotency_key: str | None = None) -> PostOut:
        """Make him the one to turn to first at that customer, instead of whoever was it."""
        return self.act(
            "contacts.set_primary",
            lambda: self._set_primary(as_id(post_id)),
            given={"id": post_id},
            answer=PostOut,
            key=idempotency_key,
        )

    def reporting(self, customer_id: UUID) -> tuple[ReportingNode, ...]:
        """Who reports to whom at a customer now, as trees."""
        return reporting.tree(self.work, self.one(Customer, customer_id).id)

    def _create(self, data: ContactIn, override: str | None) -> ContactOut:
        return self._read_back(adding.add(self, data, override))

    def _update(self, id: UUID, patch: ContactPatch, override: str | None) -> ContactOut:
        changing.change_person(self, id, patch, override)
        return self._read_back(id)

    def _change_post(self, id: UUID, patch: PostPatch) -> PostOut:
        changing.change_post(self, id, patch)
        return self._post(id)

    def _leave(self, id: UUID, leave: LeaveIn) -> PostOut:
        leaving.leave(self, id, leave)
        return self._post(id)

    def _set_primary(self, id: UUID) -> PostOut:
        changing.set_primary(self, id)
        return self._post(id)

    def _move(self, id: UUID, move: ContactMove, override: str | None) -> ContactOut:
        row = self.one(Contact, id, "write")
        self.one(Customer, move.customer_id, "write")
        on = posts.not_to_come(self.work, "started_on", move.started_on)
        held = posts.current(self.work, id, "write")
        posts.lock(self.work, [move.customer_id, *(post.customer_id for post in held)])
        held = posts.current(self.work, id, "write")
        if any(post.customer_id == move.customer_id for post in posts.current(self.work, id)):
            raise InvalidInput.of("customer_id", "stands_there")
        passed = alike.refuse(self.work, [move.customer_id], adding.looks_of(row._mapping), override, leave_out=id)
        reporting.check(self.work, move.customer_id, id, move.reports_to)
        left = () if move.keep_posts else tuple(leaving.end(self, post, on, "started_on") for post in held)
        post = adding.take_post(self, id, move.model_copy(update={"started_on": on}))
        told: dict[str, Any] = {**first_facts(adding.as_told(post)), "left": [None, left]}
        self.work.journal.record("contacts.move", "contact", id, told, passed)
        for post_left in () if move.keep_posts else held:
            self.work.journal.record("contacts.move", "contact", id, leaving.as_told(post_left))
        adding.tell_added(self, id, post, left)
        return self._read_back(id)

    def _row(self, model: Any, id: UUID) -> Any:
        return self.work.connection.execute(self.company_wide(model).where(table_of(model).c.id == id)).one()

    def _post(self, id: UUID) -> PostOut:
        return posts.out(self._row(Post, id))

    def _read_back(self, id: UUID) -> ContactOut:
        # Whoever moves a person may not see him afterwards; he still gets his answer.
        return self._shown(self._row(Contact, id))

    def _shown(self, row: Any) -> ContactOut:
        return shown(ContactOut, row, posts=posts.seen(self.work, [row.id]).get(row.id, ()))
