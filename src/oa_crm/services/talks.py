"""What a customer's row keeps of what was said to it: when last, and when next. Shared by follow-ups and conversion."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Date, bindparam, case, select, update

from oa_crm.models import Customer, FollowUp, table_of
from oa_crm.services.work import Work


def touch(work: Work, customer_id: UUID, happened_at: datetime, next_contact_on: date | None) -> None:
    """Keep a talk of that time, unless a later one is kept.

    Not an edit: the version stays, so that a colleague's open form does not go stale by a phone call.
    It writes in any case: the row's lock is what puts the customer's events in order.
    """
    table = table_of(Customer)
    mine = (table.c.tenant_id == work.scope.tenant) & (table.c.id == customer_id)
    later = table.c.last_follow_up_at > happened_at
    next_contact = case((later, table.c.next_contact_on), else_=bindparam("next", next_contact_on, Date))
    latest = case((later, table.c.last_follow_up_at), else_=happened_at)
    # In this order: MariaDB works out each value from those that it has set before.
    told = (table.c.next_contact_on, next_contact), (table.c.last_follow_up_at, latest)
    work.connection.execute(update(table).where(mine).ordered_values(*told))


def catch_up(work: Work, customer_id: UUID, lead_id: UUID) -> None:
    """Keep the latest of what was said to a lead that became this customer."""
    said = table_of(FollowUp)
    theirs = (said.c.tenant_id == work.scope.tenant) & (said.c.lead_id == lead_id)
    query = select(said.c.happened_at, said.c.next_contact_on).where(theirs)
    last = work.connection.execute(query.order_by(said.c.happened_at.desc(), said.c.id.desc()).limit(1)).one()
    touch(work, customer_id, last.happened_at, last.next_contact_on)
