"""Money between callers and columns: exact, or a clear `InvalidInput`."""

from oa_crm.errors import InvalidInput
from oa_crm.money import Money
from oa_crm.schemas.base import Amount


def money(minor: int, currency: str) -> Money:
    """Money from two columns."""
    return Money(minor, currency)


# So that sums of thousands of documents stay within 64 bits, which SQLite's do not leave unpunished.
_LARGEST_DOCUMENT = 10**15


def read_money(field: str, amount: Amount, currency: str) -> Money:
    """Money from what a caller gave; raises `InvalidInput` naming the field."""
    try:
        value = Money.of(amount, currency)
        if abs(value.minor) > _LARGEST_DOCUMENT:
            raise ValueError(f"{value} is more than one document may carry")
        return value
    except ValueError as exc:
        raise InvalidInput.one(field, str(exc), "an exact amount as text, such as '1280.00'") from exc


def positive_money(field: str, amount: Amount, currency: str) -> Money:
    """The same, above zero."""
    value = read_money(field, amount, currency)
    if value.minor <= 0:
        raise InvalidInput.one(field, f"{value} is not above zero", "an amount above zero")
    return value


def optional_money(field: str, amount: Amount | None, currency: str) -> Money | None:
    """The same, not below zero, or None."""
    if amount is None:
        return None
    value = read_money(field, amount, currency)
    if value.minor < 0:
        raise InvalidInput.one(field, f"{value} is below zero", "an amount from zero up")
    return value
