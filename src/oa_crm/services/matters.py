"""Key issues and needs: open from follow-up to follow-up until they are resolved, answered or dropped.

What was said to one is only added to. Whoever may write to the customer may say how it ended; each end and each
reopening is one conditional change of the row, and a note that stays.
"""

from typing import Any
from uuid import UUID

from oa_crm.errors import InvalidInput, NotFound
from oa_crm.hooks.payloads import MatterChanged
from oa_crm.ids import new_id
from oa_crm.models import Customer, FollowUp, Matter, MatterNote, Project, table_of
from oa_crm.schemas import Page
from oa_crm.schemas.matters import (
    MatterClose,
    MatterComment,
    MatterFilter,
    MatterIn,
    MatterNoteOut,
    MatterOut,
    MatterPatch,
)
from oa_crm.services import pages, people
from oa_crm.services.base import Service, as_id, differences, first_facts, given, must_be, shown, words


class Matters(Service):
    """What issues and needs have in common."""

    WHAT = ""
    ENDS: tuple[str, ...] = ()

    def open(self, data: MatterIn | dict[str, Any], *, idempotency_key: str | None = None) -> MatterOut:
        """Put one on file, of a customer whom the actor may write to. Raises `not_found`, `forbidden`."""
        wanted = given(MatterIn, data)
        return self.act(
            f"{self.WHAT}s.open", lambda: self._open(wanted), given=wanted, answer=MatterOut, key=idempotency_key
        )

    def update(self, id: UUID, patch: MatterPatch | dict[str, Any], *, idempotency_key: str | None = None) -> MatterOut:
        """Change weight, assignee, due day or product line of an open one. Raises `stale_version`, `illegal_state`."""
        wanted = given(MatterPatch, patch)
        return self.act(
            f"{self.WHAT}s.update",
            lambda: self._update(as_id(id), wanted),
            given={"id": id, "patch": wanted},
            answer=MatterOut,
            key=idempotency_key,
        )

    def comment(
        self, id: UUID, comment: MatterComment | dict[str, Any], *, idempotency_key: str | None = None
    ) -> MatterNoteOut:
        """Say something to it, open or not, and link the follow-up that spoke of it. Raises `not_found`."""
        wanted = given(MatterComment, comment)
        return self.act(
            f"{self.WHAT}s.comment",
            lambda: self._comment(as_id(id), wanted),
            given={"id": id, "comment": wanted},
            answer=MatterNoteOut,
            key=idempotency_key,
        )

    def close(self, id: UUID, how: MatterClose | dict[str, Any], *, idempotency_key: str | None = None) -> MatterOut:
        """Say how it ended. Of two who close it at once the second gets `stale_version` or `illegal_state`."""
        wanted = given(MatterClose, how)
        return self.act(
            f"{self.WHAT}s.close",
            lambda: self._close(as_id(id), wanted),
            given={"id": id, "how": wanted},
            answer=MatterOut,
            key=idempotency_key,
        )

    def reopen(self, id: UUID, *, reason: str, expected_version: int, idempotency_key: str | None = None) -> MatterOut:
        """It is not over after all, and why. Raises `stale_version`, `illegal_state` for an open one."""
        why = words("reason", reason, "reason_missing")
        return self.act(
            f"{self.WHAT}s.reopen",
            lambda: self._reopen(as_id(id), why, expected_version),
            given={"id": id, "reason": why, "expected_version": expected_version},
            answer=MatterOut,
            key=idempotency_key,
        )

    def get(self, id: UUID) -> MatterOut:
        """One of them. Raises `not_found`, also for one that the actor may not see."""
        return shown(MatterOut, self._one(as_id(id), "read"))

    def find(
        self, where: MatterFilter | dict[str, Any] | None = None, *, after: str | None = None, limit: int | None = None
    ) -> Page[MatterOut]:
        """Those of all customers that the actor may see, newest first."""
        wanted, table = given(MatterFilter, where or {}), table_of(Matter)
        fields = wanted.model_dump(exclude_none=True)
        query = self.select(Matter).where(table.c.what == self.WHAT)
        query = query.where(*(table.c[name] == value for name, value in fields.items()))
        rows = pages.newest_first(self.work, query, table, after, limit)
        return pages.page(rows, pages.size(self.work, limit), MatterOut, "newest")

    def notes(self, id: UUID, *, after: str | None = None, limit: int | None = None) -> Page[MatterNoteOut]:
        """What was said to it, newest first. Raises `not_found`."""
        row, table = self._one(as_id(id), "read"), table_of(MatterNote)
        query = self.company_wide(MatterNote).where(table.c.matter_id == row.id)
        rows = pages.newest_first(self.work, query, table, after, limit)
        return pages.page(rows, pages.size(self.work, limit), MatterNoteOut, "newest")

    def _one(self, id: UUID, action: str) -> Any:
        row = self.one(Matter, id, action)
        if row.what != self.WHAT:
            raise NotFound("matter", id)
        return row

    def _open(self, data: MatterIn) -> MatterOut:
        self.one(Customer, data.customer_id, "write")
        if data.project_id is not None and self.one(Project, data.project_id).customer_id != data.customer_id:
            raise InvalidInput.of("project_id", "project_of_another")
        self._said_there(data.follow_up_id, data.customer_id)
        self._assignable(data.assignee_id, data.customer_id)
        id = new_id()
        self.add(Matter, id=id, what=self.WHAT, **data.model_dump(), state="open", **self.stamps())
        return self._told(id, "open", "opened", first_facts({"weight": data.weight, "assignee_id": data.assignee_id}))

    def _update(self, id: UUID, patch: MatterPatch) -> MatterOut:
        row = self._one(id, "write")
        self.fresh(Matter, row, patch.expected_version)
        must_be(self.WHAT, row.state, "open")
        changed = differences(
            row, {name: value for name, value in patch.changes().items() if name != "weight" or value}
        )
        if "assignee_id" in changed:
            self._assignable(changed["assignee_id"][1], row.customer_id)
        self.change(Matter, row, patch.expected_version, **{name: after for name, (_, after) in changed.items()})
        return self._told(id, "update", "changed", changed)

    def _comment(self, id: UUID, comment: MatterComment) -> MatterNoteOut:
        row = self._one(id, "read")
        self._said_there(comment.follow_up_id, row.customer_id)
        note = self._note(row, "comment", comment.words, comment.follow_up_id)
        changes = {self.WHAT: [None, str(id)], "comment": [None, str(note["id"])]}
        self.work.journal.record(f"{self.WHAT}s.comment", "customer", row.customer_id, changes)
        return MatterNoteOut.model_validate(note)

    def _close(self, id: UUID, how: MatterClose) -> MatterOut:
        if how.state not in self.ENDS:
            known = ", ".join(self.ENDS)
            raise InvalidInput.of("state", "not_closed_like_this", what=self.WHAT, state=how.state, known=known)
        row = self._one(id, "write")
        self.fresh(Matter, row, how.expected_version)
        must_be(self.WHAT, row.state, "open")
        self._said_there(how.follow_up_id, row.customer_id)
        self.change(Matter, row, how.expected_version, state=how.state)
        self._note(row, how.state, how.words, how.follow_up_id)
        return self._told(id, "close", "closed", {"state": ["open", how.state]})

    def _reopen(self, id: UUID, why: str, expected_version: int) -> MatterOut:
        row = self._one(id, "write")
        self.fresh(Matter, row, expected_version)
        must_be(self.WHAT, row.state, *self.ENDS)
        self.change(Matter, row, expected_version, state="open")
        self._note(row, "reopened", why, None)
        return self._told(id, "reopen", "reopened", {"state": [row.state, "open"]}, why)

    def _note(self, row: Any, what: str, said: str, follow_up_id: UUID | None) -> dict[str, Any]:
        written = {"created_at": self.work.journal.now(), "created_by": self.work.scope.actor.id}
        note = {
            "id": new_id(),
            "matter_id": row.id,
            "what": what,
            "words": said,
            "follow_up_id": follow_up_id,
            **written,
        }
        self.add(MatterNote, **note)
        return note

    def _said_there(self, follow_up_id: UUID | None, customer_id: UUID) -> None:
        if follow_up_id is not None and self.one(FollowUp, follow_up_id).customer_id != customer_id:
            raise InvalidInput.of("follow_up_id", "follow_up_of_another")

    def _assignable(self, member: str | None, customer_id: UUID) -> None:
        if member is not None:
            people.works_at(
                self.work, Customer, customer_id, people.a_member(self.work, member, "assignee_id"), "assignee_id"
            )

    def _told(
        self, id: UUID, verb: str, change: str, changes: dict[str, list[Any]], reason: str | None = None
    ) -> MatterOut:
        work = self.work
        row = work.connection.execute(self.company_wide(Matter).where(table_of(Matter).c.id == id)).one()
        kept = {self.WHAT: [None, str(id)], **changes}
        work.journal.record(f"{self.WHAT}s.{verb}", "customer", row.customer_id, kept, reason)
        facts = {one: getattr(row, one) for one in ("customer_id", "project_id", "state", "weight", "assignee_id")}
        work.journal.emit(MatterChanged, matter_id=id, what=self.WHAT, change=change, **facts)
        return shown(MatterOut, row)


class Issues(Matters):
    """Key issues: what stands in the way, until it is resolved."""

    WHAT = "issue"
    ENDS = ("resolved",)


class Needs(Matters):
    """What a customer needs: a list that lives on."""

    WHAT = "need"
    ENDS = ("answered", "dropped")
