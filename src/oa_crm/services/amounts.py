"""Money between callers and columns: exact, or a clear `InvalidInput`."""

from collections.abc import Mapping
from uuid import UUID

from oa_crm.errors import InvalidInput
from oa_crm.money import AmountError, Money
from oa_crm.schemas import ProfitAndLoss
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
            raise AmountError("amount_beyond_a_document", amount=str(value))
        return value
    except AmountError as exc:
        raise InvalidInput.of(field, exc.code, **exc.params) from exc


def positive_money(field: str, amount: Amount, currency: str) -> Money:
    """The same, above zero."""
    value = read_money(field, amount, currency)
    if value.minor <= 0:
        raise InvalidInput.of(field, "amount_not_positive", amount=str(value))
    return value


def optional_money(field: str, amount: Amount | None, currency: str) -> Money | None:
    """The same, not below zero, or None."""
    if amount is None:
        return None
    value = read_money(field, amount, currency)
    if value.minor < 0:
        raise InvalidInput.of(field, "amount_negative", amount=str(value))
    return value


def profit_and_loss(project_id: UUID, currency: str, revenue: int, by_category: Mapping[str, int]) -> ProfitAndLoss:
    """A project's result from its sums in minor units."""
    expenses = sum(by_category.values())
    return ProfitAndLoss(
        project_id=project_id,
        revenue=Money(revenue, currency),
        expenses=Money(expenses, currency),
        profit=Money(revenue - expenses, currency),
        by_category={name: Money(minor, currency) for name, minor in sorted(by_category.items())},
    )
