"""Follow-ups: what was said to a customer. Recorded once, never rewritten."""

from datetime import datetime
from typing import Any
from uuid import UUID

from oa_crm.errors import InvalidInput
from oa_crm.hooks.payloads import FollowUpLogged, LeadFollowedUp
from oa_crm.ids import new_id
from oa_crm.models import Customer, FollowUp, Lead, Project, table_of
from oa_crm.schemas import FollowUpIn, FollowUpOut, Page
from oa_crm.services import pages, talks
from oa_crm.services.base import Service, first_facts, given
from oa_crm.services.leads import talking, telling


class FollowUps(Service):
    """The conversations of the file."""

    def log(self, data: FollowUpIn | dict[str, Any], *, idempotency_key: str | None = None) -> FollowUpOut:
        """Record a conversation with a customer, or an open lead, whom the actor may write to. (Feature 6 of the
        mission.)

        History is welcome: `happened_at` may lie in the past, not in the future.
        """
        entry = given(FollowUpIn, data)
        return self.act("followups.log", lambda: self._log(entry), given=entry, answer=FollowUpOut, key=idempotency_key)

    def history(self, customer_id: UUID, *, after: str | None = None, limit: int | None = None) -> Page[FollowUpOut]:
        """What was said to a customer, last recorded first."""
        self.one(Customer, customer_id)
        table = table_of(FollowUp)
        query = self.company_wide(FollowUp).where(table.c.customer_id == customer_id)
        rows = pages.newest_first(self.work, query, table, after, limit)
        return pages.page(rows, pages.size(self.work, limit), FollowUpOut, "newest")

    def of_lead(self, lead_id: UUID, *, after: str | None = None, limit: int | None = None) -> Page[FollowUpOut]:
        """What was said to a lead, last recorded first; also after it became a customer."""
        self.one(Lead, lead_id)
        table = table_of(FollowUp)
        query = self.company_wide(FollowUp).where(table.c.lead_id == lead_id)
        rows = pages.newest_first(self.work, query, table, after, limit)
        return pages.page(rows, pages.size(self.work, limit), FollowUpOut, "newest")

    def _log(self, entry: FollowUpIn) -> FollowUpOut:
        now = self.work.journal.now()
        happened_at = entry.happened_at or now
        if happened_at > now:
            raise InvalidInput.of("happened_at", "in_the_future")
        if (entry.customer_id is None) == (entry.lead_id is None):
            raise InvalidInput.of("customer_id", "customer_or_lead")
        facts = {**entry.model_dump(), "happened_at": happened_at}
        row = {**facts, "id": new_id(), "created_at": now, "created_by": self.work.scope.actor.id}
        # First the row that others may hold too, then the one that refers to it: else two wait for each other.
        lead = self._touch(entry, happened_at)
        self.add(FollowUp, **row)
        kind, about = ("customer", entry.customer_id) if entry.customer_id else ("lead", entry.lead_id)
        self.work.journal.record("followups.log", kind, str(about), first_facts({"follow_up": row["id"]}))
        self._tell(entry, row["id"], lead)
        return FollowUpOut.model_validate(row)

    def _touch(self, entry: FollowUpIn, happened_at: datetime) -> Any:
        if entry.customer_id is not None:
            self.one(Customer, entry.customer_id, "write")
            self._project_of_customer(entry)
            return talks.touch(self.work, entry.customer_id, happened_at, entry.next_contact_on)
        if entry.project_id is not None:
            raise InvalidInput.of("project_id", "project_of_another")
        assert entry.lead_id is not None
        return talking.talked(self, entry.lead_id, happened_at)

    def _project_of_customer(self, entry: FollowUpIn) -> None:
        if entry.project_id is not None:
            project = self.one(Project, entry.project_id)
            if project.customer_id != entry.customer_id:
                raise InvalidInput.of("project_id", "project_of_another")

    def _tell(self, entry: FollowUpIn, id: UUID, lead: Any) -> None:
        said = {"follow_up_id": id, "way": entry.way, "next_contact_on": entry.next_contact_on}
        if lead is not None:
            self.work.journal.emit(LeadFollowedUp, **telling.facts(lead), **said)
        else:
            self.work.journal.emit(FollowUpLogged, customer_id=entry.customer_id, project_id=entry.project_id, **said)
