"""Whose timeline it is: a customer or a project, named when the statement is read, not when it is made."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, bindparam, select, union_all

from oa_crm.models import Base, Customer, Project, table_of
from oa_crm.models.types import PublicId, text
from oa_crm.services.base import Service


@dataclass(frozen=True, slots=True)
class Place:
    """A customer or a project; its id as rows have it, and as the audit has it."""

    of: type[Base]
    id: Any
    text: Any

    @property
    def is_customer(self) -> bool:
        """Whether it is a customer's timeline."""
        return self.of is Customer


_ID, _TEXT = bindparam("thing", type_=PublicId()), bindparam("thing_text", type_=text(64))
CUSTOMER, PROJECT = Place(Customer, _ID, _TEXT), Place(Project, _ID, _TEXT)


def named(id: UUID) -> Mapping[str, Any]:
    """What a statement at a place is read with."""
    return {"thing": id, "thing_text": str(id)}


def seen(service: Service, place: Place, model: type[Base], *columns: Any) -> Select[Any]:
    """The rows of `model` at the place, as far as the actor sees them. The place itself he was just found to see."""
    table = table_of(model)
    if place.is_customer:
        return service.at_customer(model, place, *columns)
    if model is Project:
        return service.company_wide(Project, *columns).where(table.c.id == place.id)
    return service.select(model).with_only_columns(*columns).where(table.c.project_id == place.id)


def in_family(service: Service, column: Any) -> ColumnElement[bool]:
    """Rows that stay with the customer they were written for, of this one and of all that were merged into it."""
    table = table_of(Customer)
    both = (
        service.company_wide(Customer, table.c.id).where(one) for one in (table.c.id == _ID, table.c.merged_into == _ID)
    )
    return among(column, *both)


def among(column: Any, *found: Select[Any]) -> ColumnElement[bool]:
    """Rows that one of these finds. Over an OR of them two of three databases read everything the company has."""
    (id,) = union_all(*found).subquery().c
    return column.in_(select(id))  # type: ignore[no-any-return]
