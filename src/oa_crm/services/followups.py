"""Follow-ups: what was said to a customer. Recorded once, never rewritten."""

from typing import Any
from uuid import UUID

from sqlalchemy import Date, and_, bindparam, case, update

from oa_crm.errors import InvalidInput
from oa_crm.hooks.payloads import FollowUpLogged
from oa_crm.ids import new_id
from oa_crm.models import Customer, FollowUp, Project, table_of
from oa_crm.schemas import FollowUpIn, FollowUpOut, Page
from oa_crm.services import pages
from oa_crm.services.base import Service, first_facts, given


class FollowUps(Service):
    """The conversations of the file."""

    def log(self, data: FollowUpIn | dict[str, Any], *, idempotency_key: str | None = None) -> FollowUpOut:
        """Record a conversation with a customer whom the actor may write to. (Feature 6 of the mission.)

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

    def _log(self, entry: FollowUpIn) -> FollowUpOut:
        now = self.work.journal.now()
        happened_at = entry.happened_at or now
        if happened_at > now:
            raise InvalidInput.of("happened_at", "in_the_future")
        self.one(Customer, entry.customer_id, "write")
        self._project_of_customer(entry)
        facts = {**entry.model_dump(), "happened_at": happened_at}
        row = {**facts, "id": new_id(), "created_at": now, "created_by": self.work.scope.actor.id}
        # First the row that others may hold too, then the one that refers to it: else two wait for each other.
        self._touch(entry, happened_at)
        self.add(FollowUp, **row)
        self.work.journal.record("followups.log", "customer", entry.customer_id, first_facts({"follow_up": row["id"]}))
        self.work.journal.emit(
            FollowUpLogged,
            follow_up_id=row["id"],
            customer_id=entry.customer_id,
            project_id=entry.project_id,
            way=entry.way,
            next_contact_on=entry.next_contact_on,
        )
        return FollowUpOut.model_validate(row)

    def _project_of_customer(self, entry: FollowUpIn) -> None:
        if entry.project_id is not None:
            project = self.one(Project, entry.project_id)
            if project.customer_id != entry.customer_id:
                raise InvalidInput.of("project_id", "project_of_another")

    def _touch(self, entry: FollowUpIn, happened_at: Any) -> None:
        # Not an edit: the version stays, so that a colleague's open form does not go stale by a phone call.
        # It writes in any case: the row's lock is what puts the customer's events in order.
        table = table_of(Customer)
        mine = and_(table.c.tenant_id == self.work.scope.tenant, table.c.id == entry.customer_id)
        later = table.c.last_follow_up_at > happened_at
        next_contact = case((later, table.c.next_contact_on), else_=bindparam("next", entry.next_contact_on, Date))
        latest = case((later, table.c.last_follow_up_at), else_=happened_at)
        # In this order: MariaDB works out each value from those that it has set before.
        told = (table.c.next_contact_on, next_contact), (table.c.last_follow_up_at, latest)
        self.work.connection.execute(update(table).where(mine).ordered_values(*told))
