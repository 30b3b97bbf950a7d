"""A project's row as it is shown."""

from typing import Any
from uuid import UUID

from oa_crm.models import Project, table_of
from oa_crm.money import Money
from oa_crm.schemas import ProjectOut
from oa_crm.services.amounts import money
from oa_crm.services.base import Service, shown


def project(row: Any) -> ProjectOut:
    """The project as it stands."""
    return shown(ProjectOut, row, expected=expected(row))


def expected(row: Any) -> Money | None:
    """What it may bring."""
    return None if row.expected_minor is None else money(row.expected_minor, row.currency)


def read_back(service: Service, id: UUID) -> ProjectOut:
    """What was just written."""
    mine = service.company_wide(Project).where(table_of(Project).c.id == id)
    return project(service.work.connection.execute(mine).one())
