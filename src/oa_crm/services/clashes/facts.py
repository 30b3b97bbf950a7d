"""What the check is told of a customer: from input, and from its row."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import and_, bindparam, select

from oa_crm.duplicates import CreditCodeError, Draft, clean
from oa_crm.errors import InvalidInput
from oa_crm.models import Customer, DuplicateEntry, table_of
from oa_crm.schemas import CustomerIn, Entrance


def _by_entry() -> Any:
    entry, customer = table_of(DuplicateEntry), table_of(Customer)
    facts = (customer.c[name] for name in Customer.MATCHED)
    # An outer join, with the tenant in its condition: else SQLite begins with every customer of the company.
    of = and_(
        customer.c.tenant_id == entry.c.tenant_id,
        customer.c.id == entry.c.customer_id,
        customer.c.tenant_id == bindparam("tenant"),
    )
    wanted = entry.c.id.in_(bindparam("entries", expanding=True))
    return (
        select(entry.c.id.label("entry"), customer.c.id, *facts)
        .select_from(entry.outerjoin(customer, of))
        .where(wanted)
    )


BY_ENTRY = _by_entry()
"""The facts of the customers that entries lead to; `id` is None where one leads to another company's."""


def as_entrance(value: Entrance | str) -> Entrance:
    """An entrance by its name; raises `InvalidInput` for what is none."""
    try:
        return Entrance(value)
    except ValueError:
        raise InvalidInput.of("entrance", "unknown_entrance", given=repr(value), known=", ".join(Entrance)) from None


def credit_code(code: str | None) -> str | None:
    """The code in its one written form; raises `InvalidInput` when it cannot be right."""
    if code is None or not code.strip():
        return None
    try:
        return clean(code)
    except CreditCodeError as exc:
        raise InvalidInput.of("credit_code", exc.code, **exc.params) from exc


def draft_of(data: CustomerIn) -> Draft:
    """A customer as somebody gives it."""
    return row_draft(vars(data))


def row_draft(row: Mapping[Any, Any]) -> Draft:
    """A customer as its row has it."""
    return Draft(
        name=row["name"],
        former_names=tuple(row["former_names"] or ()),
        credit_code=row["credit_code"],
        phone=row["phone"],
        short_name=row["short_name"],
        aliases=tuple(row["aliases"] or ()),
        emails=(row["email"],) if row["email"] else (),
        website=row["website"],
        address=row["address"],
    )
