"""Shorthands: one field of each type, defined by the administrator, and the index as it lies in the database."""

from typing import Any

from sqlalchemy import select
from tests.integration.services.acting import doing

from oa_crm.models import CustomValue, table_of
from oa_crm.schemas import CustomerOut, CustomFieldOut
from oa_crm.testing import Kit

OPTIONS = {"gold": {"zh": "金牌"}, "silver": {"zh": "银牌"}, "bronze": {"zh": "铜牌"}}
EACH: dict[str, dict[str, Any]] = {
    "text": {},
    "number": {"decimals": 3},
    "money": {"currency": "CNY"},
    "date": {},
    "choice": {"options": OPTIONS},
    "multi_choice": {"options": OPTIONS},
    "member": {},
    "reference": {"to": "customer"},
}


def define(kit: Kit, name: str, type: str = "text", kind: str = "customer", **facts: Any) -> CustomFieldOut:
    """A field, as the administrator defines it."""
    given = {"kind": kind, "name": name, "type": type, "label": {"zh": name, "en": name}, **EACH[type], **facts}
    return doing(kit, "admin", lambda unit: unit.fields.define(given))


def redefine(kit: Kit, field: CustomFieldOut, **facts: Any) -> CustomFieldOut:
    """The field changed, by the administrator."""
    patch = {"expected_version": field.version, **facts}
    return doing(kit, "admin", lambda unit: unit.fields.redefine(field.id, patch))  # type: ignore[arg-type]


def customer(kit: Kit, **values: Any) -> CustomerOut:
    """A customer of the salesperson with these values."""
    return kit.given.customer(custom=values)


def index(kit: Kit) -> list[tuple[Any, ...]]:
    """Every row of the index, in order."""
    table = table_of(CustomValue)
    with kit.crm.engine.connect() as connection:
        rows = connection.execute(select(table)).all()
    return sorted((tuple(row) for row in rows), key=repr)
