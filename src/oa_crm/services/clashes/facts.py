"""What the check is told of a customer: from input, and from its row."""

from collections.abc import Mapping
from typing import Any

from oa_crm.duplicates import CreditCodeError, Draft, clean
from oa_crm.errors import InvalidInput
from oa_crm.schemas import CustomerIn, Entrance


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
