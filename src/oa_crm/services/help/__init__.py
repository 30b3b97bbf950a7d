"""Help that salespeople ask for inside the company: presales, legal, whoever knows.

`asking` is what the asker does, `answering` what the asked one does, `telling` what each act says. Whoever is asked
sees the request with the facts that go with it, and nothing else of the file.
"""

from datetime import date
from typing import Any
from uuid import UUID

from oa_crm.models import HelpEntry, HelpRequest, table_of
from oa_crm.schemas import HelpEntryOut, HelpFilter, HelpIn, HelpOut, Page
from oa_crm.services import access, days, keyset, pages
from oa_crm.services.base import Service, as_id, given, words
from oa_crm.services.help import answering, asking, telling

_DUE = keyset.Order("open_due", down=False, parse=date.fromisoformat)


class Help(Service):
    """Requests follow the rights of their customer or project; besides, whoever is asked sees and answers his."""

    def ask(self, data: HelpIn | dict[str, Any], *, idempotency_key: str | None = None) -> HelpOut:
        """Ask a member, a department or a role about a customer or a project that the actor may write to.

        Raises `invalid_input` for somebody who is not there, for a day that is past, and for a fact that is none or is
        not for both to see.
        """
        wanted = given(HelpIn, data)
        return self.act("help.ask", lambda: asking.ask(self, wanted), given=wanted, answer=HelpOut, key=idempotency_key)

    def accept(self, id: UUID) -> HelpOut:
        """Take a request up that the actor is asked. Of many who are asked at once, one has it; the others get
        `illegal_state`."""
        return self.act("help.accept", lambda: answering.accept(self, as_id(id)), given={"id": id}, answer=HelpOut)

    def decline(self, id: UUID, *, reason: str) -> HelpOut:
        """Say that one does not help, and why. Raises `illegal_state` for a request that is answered or closed."""
        why = words("reason", reason, "reason_missing")
        return self.act(
            "help.decline",
            lambda: answering.decline(self, as_id(id), why),
            given={"id": id, "reason": why},
            answer=HelpOut,
        )

    def answer(self, id: UUID, text: str, *, idempotency_key: str | None = None) -> HelpOut:
        """Answer; it lands in the customer's file. A further answer is added, the earlier one stays.

        By whoever took it up, or is asked while nobody has. Raises `illegal_state` for one that is declined or closed.
        """
        said = answering.prose(text)
        return self.act(
            "help.answer",
            lambda: answering.answer(self, as_id(id), said),
            given={"id": id, "text": said},
            answer=HelpOut,
            key=idempotency_key,
        )

    def close(self, id: UUID, *, reason: str | None = None) -> HelpOut:
        """Nothing more is owed. By who may write to the customer or the project."""
        why = None if reason is None else words("reason", reason, "reason_missing")
        return self.act(
            "help.close",
            lambda: asking.close(self, as_id(id), why),
            given={"id": id, "reason": why},
            answer=HelpOut,
        )

    def reopen(self, id: UUID, *, reason: str, due_on: date | None = None) -> HelpOut:
        """Ask again what was declined, answered or closed, and say why; who took it up before still has it, unless he
        declined or left. Raises `invalid_input` where nobody is there any more whom it was asked of."""
        why = words("reason", reason, "reason_missing")
        return self.act(
            "help.reopen",
            lambda: asking.reopen(self, as_id(id), why, due_on),
            given={"id": id, "reason": why, "due_on": due_on},
            answer=HelpOut,
        )

    def get(self, id: UUID) -> HelpOut:
        """A request, for who sees its customer or project, and who is asked. Raises `not_found`."""
        return telling.out(self, self.one(HelpRequest, as_id(id)))

    def find(
        self,
        where: HelpFilter | dict[str, Any] | None = None,
        *,
        after: str | None = None,
        limit: int | None = None,
    ) -> Page[HelpOut]:
        """The requests that the actor sees, newest first."""
        table, wanted = table_of(HelpRequest), given(HelpFilter, where or {})
        equal = wanted.model_dump(exclude_none=True, exclude={"mine"})
        query = self.select(HelpRequest).where(*(table.c[name] == value for name, value in equal.items()))
        if wanted.mine:
            query = query.where(access.addressed(self.work.who))
        rows = pages.newest_first(self.work, query, table, after, limit)
        return pages.page(rows, pages.size(self.work, limit), HelpOut, "newest", shown=telling.shown_to(self, rows))

    def overdue(self, on: date | None = None, *, after: str | None = None, limit: int | None = None) -> Page[HelpOut]:
        """The requests that the actor sees and whose answer was due before that day (by default today in the company's
        time zone), the longest due first."""
        table, size = table_of(HelpRequest), pages.size(self.work, limit)
        day = on or days.today(self.work)
        query = self.select(HelpRequest).where(table.c.open_due < day)
        rows = keyset.read(self.work, query, table, "overdue", _DUE, after, size)
        return keyset.page(rows, size, HelpOut, "overdue", _DUE, shown=telling.shown_to(self, rows))

    def entries(self, id: UUID, *, after: str | None = None, limit: int | None = None) -> Page[HelpEntryOut]:
        """Everything that was done and said, last first."""
        self.one(HelpRequest, as_id(id))
        table = table_of(HelpEntry)
        query = self.company_wide(HelpEntry).where(table.c.request_id == as_id(id))
        rows = pages.newest_first(self.work, query, table, after, limit)
        return pages.page(rows, pages.size(self.work, limit), HelpEntryOut, "newest")
