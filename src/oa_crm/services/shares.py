"""Shares: a frozen, chosen set of facts that somebody outside the file may read for a while; every look is noted."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import update

from oa_crm.errors import IllegalState, InvalidInput, NotFound
from oa_crm.hooks.payloads import ShareGiven
from oa_crm.ids import new_id
from oa_crm.models import Share, ShareLook, table_of
from oa_crm.schemas import Page, ReceivedShare, SharedFacts, ShareFilter, ShareIn, ShareLookOut, ShareOut
from oa_crm.services import pages, people, shown_facts, subjects
from oa_crm.services.base import Service, as_id, first_facts, given, shown, words
from oa_crm.services.work import who_is

USUAL, LONGEST = timedelta(days=30), timedelta(days=366)


class Shares(Service):
    """Who may write to a customer or project shares facts of it; the receiver reads these, and gets no right."""

    def give(self, data: ShareIn | dict[str, Any], *, idempotency_key: str | None = None) -> ShareOut:
        """Share facts as they are now.

        Raises `invalid_input` for a fact that is none or is not for both to see, for a receiver who is not there, and
        for a time that is past or more than a year away.
        """
        wanted = given(ShareIn, data)
        return self.act("shares.give", lambda: self._give(wanted), given=wanted, answer=ShareOut, key=idempotency_key)

    def revoke(self, id: UUID, *, reason: str) -> ShareOut:
        """End a share at once, and say why. Raises `illegal_state` for one that is revoked."""
        why = words("reason", reason, "reason_missing")
        return self.act(
            "shares.revoke", lambda: self._revoke(as_id(id), why), given={"id": id, "reason": why}, answer=ShareOut
        )

    def get(self, id: UUID) -> ShareOut:
        """A share, for who sees its customer or project. Raises `not_found`, also for its receiver: he reads it."""
        return self._out(self.one(Share, as_id(id)))

    def find(
        self, where: ShareFilter | dict[str, Any] | None = None, *, after: str | None = None, limit: int | None = None
    ) -> Page[ShareOut]:
        """The shares of the customers and projects that the actor sees, newest first."""
        table, wanted = table_of(Share), given(ShareFilter, where or {})
        equal = wanted.model_dump(exclude_none=True)
        query = self.select(Share).where(*(table.c[name] == value for name, value in equal.items()))
        rows = pages.newest_first(self.work, query, table, after, limit)
        facts = shown_facts.seen_of(self, rows, "facts")
        return pages.page(rows, pages.size(self.work, limit), ShareOut, "newest", facts=facts)

    def received(self, *, after: str | None = None, limit: int | None = None) -> Page[ReceivedShare]:
        """What is shared with the actor now, newest first, by title."""
        rows = pages.newest_first(self.work, self._mine(), table_of(Share), after, limit)
        told = {"shared_by": lambda row: row.created_by, "shared_at": lambda row: row.created_at}
        return pages.page(rows, pages.size(self.work, limit), ReceivedShare, "newest", **told)

    def read(self, id: UUID) -> SharedFacts:
        """What is shared with the actor. Each look is noted. Raises `not_found` for what is not his, expired or
        revoked."""
        table, work = table_of(Share), self.work
        row = work.connection.execute(self._mine().where(table.c.id == as_id(id))).one_or_none()
        if row is None:
            raise NotFound("share", id)
        look = {"id": new_id(), "tenant_id": work.scope.tenant, "share_id": row.id, "at": work.journal.now()}
        work.note(ShareLook, {**look, "by": work.scope.actor.id, "request_id": work.scope.request_id})
        given_by = {"shared_by": row.created_by, "shared_at": row.created_at}
        return shown(SharedFacts, row, **given_by, facts=shown_facts.seen(work, row.facts))

    def looks(self, id: UUID, *, after: str | None = None, limit: int | None = None) -> Page[ShareLookOut]:
        """When its receiver read a share, last first; for who sees its customer or project."""
        self.one(Share, as_id(id))
        table = table_of(ShareLook)
        query = self.company_wide(ShareLook).where(table.c.share_id == as_id(id))
        rows = pages.newest_first(self.work, query, table, after, limit)
        return pages.page(rows, pages.size(self.work, limit), ShareLookOut, "newest")

    def _give(self, data: ShareIn) -> ShareOut:
        work = self.work
        if work.scope.actor.is_system:
            raise InvalidInput.of("actor", "owner_missing")
        subject = subjects.held(self, data.customer_id, data.project_id)
        expires_at = self._expiry(data.expires_at)
        people.a_member(work, data.receiver_id, "receiver_id")
        receiver = who_is(work.connection, work.scope.tenant, data.receiver_id).who
        facts = shown_facts.picture(self, subject, data.show, receiver)
        id, about = new_id(), {"customer_id": subject.customer_id, "project_id": subject.project_id}
        told = {"receiver_id": data.receiver_id, "expires_at": expires_at}
        self.add(Share, id=id, **about, **told, title=data.title, note=data.note, facts=facts, **self.stamps())
        work.journal.record("shares.give", "share", id, first_facts({**told, "facts": list(facts)}))
        work.journal.emit(ShareGiven, share_id=id, **about, **told, facts=tuple(facts))
        return self._out(self._read_back(id))

    def _revoke(self, id: UUID, why: str) -> ShareOut:
        self.one(Share, id, "write")
        table, work = table_of(Share), self.work
        open_ = (table.c.tenant_id == work.scope.tenant) & (table.c.id == id) & table.c.revoked_at.is_(None)
        now, me = work.journal.now(), work.scope.actor.id
        ended = {"revoked_at": now, "revoked_by": me, "revoked_because": why, "updated_at": now, "updated_by": me}
        change = update(table).where(open_).values(**ended, version=table.c.version + 1)
        if work.connection.execute(change).rowcount != 1:
            raise IllegalState(kind="share", state="revoked", allowed=("given",))
        work.journal.record("shares.revoke", "share", id, {"revoked_at": [None, now]}, why)
        return self._out(self._read_back(id))

    def _mine(self) -> Any:
        """What the actor may read as a receiver, whatever else he sees."""
        table, work = table_of(Share), self.work
        return self.company_wide(Share).where(
            table.c.receiver_id == work.who.id, table.c.revoked_at.is_(None), table.c.expires_at > work.journal.now()
        )

    def _expiry(self, wanted: datetime | None) -> datetime:
        now = self.work.journal.now()
        until = wanted or now + USUAL
        if not now < until <= now + LONGEST:
            raise InvalidInput.of("expires_at", "share_expiry", days=LONGEST.days)
        return until

    def _read_back(self, id: UUID) -> Any:
        query = self.company_wide(Share).where(table_of(Share).c.id == id)
        return self.work.connection.execute(query.with_for_update(read=True)).one()

    def _out(self, row: Any) -> ShareOut:
        return shown(ShareOut, row, facts=shown_facts.seen_of(self, [row], "facts")(row))
