"""What a strategy, a request for help or a share is about: a customer, or a project of his. Held while it is written:
first the customer's row, then the project's."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from oa_crm.errors import CustomerMerged, InvalidInput
from oa_crm.models import Customer, Project, table_of
from oa_crm.services.base import Service, must_be


@dataclass(frozen=True, slots=True)
class Subject:
    """The customer, and the project where it is about one."""

    customer_id: UUID
    project_id: UUID | None
    name: str

    @property
    def kind(self) -> str:
        """The word for it."""
        return "customer" if self.project_id is None else "project"

    @property
    def id(self) -> UUID:
        """Its id."""
        return self.project_id or self.customer_id

    @property
    def marker(self) -> str:
        """The column that holds 1 while a strategy of it lives."""
        return f"living_{self.kind}"


def held(
    service: Service, customer_id: UUID | None, project_id: UUID | None, *, states: tuple[str, ...] = ()
) -> Subject:
    """What the actor may write to, locked. Raises `IllegalState` for a project in another state than `states`."""
    if (customer_id is None) == (project_id is None):
        raise InvalidInput.of("customer_id", "customer_or_project")
    if project_id is None:
        assert customer_id is not None
        row = service.one(Customer, customer_id, "write", lock=True)
        return Subject(row.id, None, row.name)
    seen = service.one(Project, project_id, "write")
    hold_customer(service, seen.customer_id)
    row = service.one(Project, project_id, "write", lock=True)
    still_there(seen, row)
    if states:
        must_be("project", row.state, *states)
    return Subject(row.customer_id, row.id, row.name)


def named(service: Service, row: Any) -> Subject:
    """What a row that the actor sees is about."""
    model, id = (Customer, row.customer_id) if row.project_id is None else (Project, row.project_id)
    name = table_of(model).c.name
    found = service.work.connection.scalar(service.company_wide(model, name).where(table_of(model).c.id == id))
    return Subject(row.customer_id, row.project_id, found or "")


def hold_customer(service: Service, id: UUID) -> None:
    """Lock the customer's row, whoever may see it."""
    table = table_of(Customer)
    query = service.company_wide(Customer, table.c.id).where(table.c.id == id).with_for_update()
    service.work.connection.execute(query).one()


def still_there(seen: Any, row: Any) -> None:
    """Raises `CustomerMerged` where a merge led it to another customer while we waited."""
    if row.customer_id != seen.customer_id:
        raise CustomerMerged(id=seen.customer_id, into=row.customer_id)
