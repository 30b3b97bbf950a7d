"""Follow-ups: what was said to a customer or a lead. Recorded once, added to, never rewritten.

`recording` writes one, `adding` what is added to it. No verb here changes a row that is there.
"""

from typing import Any
from uuid import UUID

from oa_crm.models import Customer, FollowUp, FollowUpNote, Lead, table_of
from oa_crm.schemas import FollowUpIn, FollowUpOut, Page
from oa_crm.schemas.followups import CommentIn, FollowUpFilter, FollowUpNoteOut
from oa_crm.services import keyset, notes, pages
from oa_crm.services.base import Service, as_id, given, shown
from oa_crm.services.followups import adding, finding, recording


class FollowUps(Service):
    """The conversations of the file."""

    def log(self, data: FollowUpIn | dict[str, Any], *, idempotency_key: str | None = None) -> FollowUpOut:
        """Record a conversation with a customer, or an open lead, whom the actor may write to. (Feature 6 of the
        mission.)

        History is welcome: `happened_at` may lie in the past, not in the future.
        """
        entry = given(FollowUpIn, data)
        return self.act(
            "followups.log",
            lambda: recording.log(self, entry),
            given=entry,
            answer=FollowUpOut,
            key=idempotency_key,
        )

    def add_to(self, id: UUID, words: str, *, idempotency_key: str | None = None) -> FollowUpNoteOut:
        """Correct a follow-up by an addendum, which is shown with it from then on; the follow-up stays as it is. For
        whoever may write to the customer or lead. Raises `not_found`, `forbidden`, `invalid_input`."""
        addendum = given(CommentIn, {"words": words})
        return self.act(
            "followups.add_to",
            lambda: adding.add(self, as_id(id), "addendum", addendum),
            given={"id": id, "addendum": addendum},
            answer=FollowUpNoteOut,
            key=idempotency_key,
        )

    def comment(
        self, id: UUID, comment: CommentIn | dict[str, Any], *, idempotency_key: str | None = None
    ) -> FollowUpNoteOut:
        """Say something to a follow-up that the actor may see. Of the members whom it mentions, those are told who may
        see the follow-up, too. Raises `not_found`, `invalid_input` for somebody who is no active member."""
        wanted = given(CommentIn, comment)
        return self.act(
            "followups.comment",
            lambda: adding.add(self, as_id(id), "comment", wanted),
            given={"id": id, "comment": wanted},
            answer=FollowUpNoteOut,
            key=idempotency_key,
        )

    def get(self, id: UUID) -> FollowUpOut:
        """One follow-up, with what was added to it. Raises `not_found`, also for one that the actor may not see."""
        (found,) = notes.with_notes(self, [shown(FollowUpOut, self.one(FollowUp, as_id(id)))])
        return found

    def find(
        self,
        where: FollowUpFilter | dict[str, Any] | None = None,
        *,
        after: str | None = None,
        limit: int | None = None,
    ) -> Page[FollowUpOut]:
        """The follow-ups with all customers and leads that the actor may see, the last said first. (Feature 6 of the
        mission: managers read the history.) Raises `invalid_input` for a search in words that he does not see."""
        wanted, size, order = given(FollowUpFilter, where or {}), pages.size(self.work, limit), finding.LAST_SAID
        query, table = finding.matching(self, wanted), table_of(FollowUp)
        rows = keyset.read(self.work, query, table, "said", order, after, size)
        page: Page[FollowUpOut] = keyset.page(rows, size, FollowUpOut, "said", order)
        return page.model_copy(update={"items": notes.with_notes(self, page.items)})

    def comments(self, id: UUID, *, after: str | None = None, limit: int | None = None) -> Page[FollowUpNoteOut]:
        """The comments on a follow-up, newest first. Raises `not_found`."""
        row, table = self.one(FollowUp, as_id(id)), table_of(FollowUpNote)
        query = self.company_wide(FollowUpNote).where(table.c.follow_up_id == row.id, table.c.what == "comment")
        rows = pages.newest_first(self.work, query, table, after, limit)
        return pages.page(rows, pages.size(self.work, limit), FollowUpNoteOut, "newest")

    def history(self, customer_id: UUID, *, after: str | None = None, limit: int | None = None) -> Page[FollowUpOut]:
        """What was said to a customer, last recorded first, with the addenda to it."""
        self.one(Customer, customer_id)
        return self._said(table_of(FollowUp).c.customer_id == customer_id, after, limit)

    def of_lead(self, lead_id: UUID, *, after: str | None = None, limit: int | None = None) -> Page[FollowUpOut]:
        """What was said to a lead, last recorded first, with the addenda to it; also after it became a customer."""
        self.one(Lead, lead_id)
        return self._said(table_of(FollowUp).c.lead_id == lead_id, after, limit)

    def _said(self, of: Any, after: str | None, limit: int | None) -> Page[FollowUpOut]:
        rows = pages.newest_first(self.work, self.company_wide(FollowUp).where(of), table_of(FollowUp), after, limit)
        page = pages.page(rows, pages.size(self.work, limit), FollowUpOut, "newest")
        return page.model_copy(update={"items": notes.with_notes(self, page.items)})
