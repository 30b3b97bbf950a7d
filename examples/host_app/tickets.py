"""Service tickets: the platform's own rows about the CRM's customers, in the same database.

Where two customers are merged, their tickets go along in the merge's transaction, and back when it is split.
"""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import Engine, Table, insert, select

from examples.host_app.tables import ServiceTicket
from oa_crm.hooks import MergeLink, hookimpl


class Tickets:
    """Says where tickets name their customer."""

    name = "oa_tickets"

    @hookimpl
    def register_merge_links(self) -> list[MergeLink]:
        table = ServiceTicket.__table__
        assert isinstance(table, Table)
        return [MergeLink("service_tickets", table, "customer_id")]


def open_ticket(engine: Engine, customer_id: UUID, about: str) -> None:
    """A customer calls."""
    with engine.begin() as connection:
        facts = {"customer_id": str(customer_id), "about": about, "opened_at": datetime.now(UTC)}
        connection.execute(insert(ServiceTicket).values(**facts))


def tickets_of(engine: Engine, customer_id: UUID) -> list[str]:
    """What a customer called for, oldest first."""
    with engine.connect() as connection:
        mine = select(ServiceTicket.about).where(ServiceTicket.customer_id == str(customer_id))
        return list(connection.scalars(mine.order_by(ServiceTicket.id)))
