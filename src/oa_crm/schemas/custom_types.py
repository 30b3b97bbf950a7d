"""The types of custom fields: what each takes, its plain form, and the keys by which it is found.

The plain form is canonical, so that equal values are equal text: "12.5" and "12.50" are one number.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BeforeValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from oa_crm.money import AmountError, Money, exponent
from oa_crm.schemas.base import HostId
from oa_crm.schemas.custom import CustomFieldFacts, Plain

INDEXED = 200
"""The longest text that is found, sorted or held unique; longer ones are only read."""
DIGITS = 18
HINTS = {
    "text": "text without surrounding spaces",
    "number": "an exact number as text, such as '12.50'",
    "money": "an exact amount, such as '1280.00'",
    "date": "a day, such as 2026-03-02",
    "choice": "the code of one option",
    "multi_choice": "a list of the codes of options",
    "member": "the id of an active member",
    "reference": "the id of a thing that you may see",
}
RANGED = frozenset({"number", "money", "date"})


@dataclass(frozen=True, slots=True)
class Key:
    """A value as the index has it."""

    text: str
    number: int | None = None
    day: date | None = None


def annotation(facts: CustomFieldFacts, currency: str) -> Any:
    """What pydantic is to make of a value of such a field."""
    return _TAKES[facts.type](facts, facts.currency or currency)


def plain(value: Any, options: dict[str, Any]) -> Plain:
    """A validated value in its plain form; choices in the order of the definition."""
    if isinstance(value, Money):
        return {"amount": format(value.amount, "f"), "currency": value.currency}
    if isinstance(value, Decimal):
        return _number(value)
    if isinstance(value, tuple):
        return [code for code in options if code in value]
    return value.isoformat() if isinstance(value, date) else str(value)


def keys(facts: CustomFieldFacts, value: Plain) -> list[Key]:
    """The keys of a plain value."""
    if isinstance(value, list):
        return [Key(code) for code in value]
    if isinstance(value, dict):
        return [Key(f"{value['amount']} {value['currency']}", Money.of(value["amount"], value["currency"]).minor)]
    if facts.type == "number":
        return [Key(value, _scaled(value, facts.decimals))]
    return [Key(value[:INDEXED], day=date.fromisoformat(value) if facts.type == "date" else None)]


def found_by(facts: CustomFieldFacts) -> bool:
    """Whether such a field can be filtered by."""
    return facts.type != "text" or facts.max_length <= INDEXED


def sorted_by(facts: CustomFieldFacts) -> bool:
    """Whether such a field can be sorted by, and be unique: it has one key a thing."""
    return found_by(facts) and facts.type != "multi_choice"


def converted(facts: CustomFieldFacts, value: Plain) -> Plain:
    """A value of some other type as this one would be given it."""
    if facts.type == "multi_choice" and isinstance(value, str):
        return [value]
    if facts.type != "multi_choice" and isinstance(value, list) and len(value) == 1:
        return value[0]
    return value


def _number(value: Decimal) -> str:
    # No arithmetic: it would round to whatever context the host has set.
    text = format(value, "f")
    whole, point, decimals = text.partition(".")
    text = f"{whole}{point}{decimals}".rstrip("0").rstrip(".") if point else text
    return "0" if text in ("-0", "") else text


def _scaled(number: str, decimals: int) -> int:
    whole, _, rest = number.partition(".")
    return int(whole + rest.ljust(decimals, "0"))


def _text(facts: CustomFieldFacts, _currency: str) -> Any:
    return Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=facts.max_length)]


def _exact(value: Any) -> Any:
    if isinstance(value, bool | float):
        raise PydanticCustomError("not_exact", "{given} is not exact", {"given": repr(value)})
    return value


def _decimal(facts: CustomFieldFacts, _currency: str) -> Any:
    limits = Field(max_digits=DIGITS, decimal_places=facts.decimals, allow_inf_nan=False)
    return Annotated[Decimal, limits, BeforeValidator(_exact)]


def _money(_facts: CustomFieldFacts, currency: str) -> Any:
    def take(value: Any) -> Money:
        if isinstance(value, dict) and set(value) == {"amount", "currency"}:
            if value["currency"] != currency:
                raise PydanticCustomError(
                    "custom_currency",
                    "the field is kept in {currency}",
                    {"currency": currency},
                )
            value = value["amount"]
        try:
            return Money.of(value, currency)
        except AmountError as wrong:
            raise PydanticCustomError(wrong.code, "{said}", {"said": str(wrong), **wrong.params}) from None

    exponent(currency)
    return Annotated[Any, BeforeValidator(take)]


def _day(_facts: CustomFieldFacts, _currency: str) -> Any:
    def take(value: Any) -> Any:
        if not isinstance(value, str | date):
            raise PydanticCustomError("date_type", "Input should be a valid date")
        return value

    return Annotated[date, BeforeValidator(take)]


def _one_of(facts: CustomFieldFacts) -> Any:
    return Literal[tuple(facts.options)]


def _several_of(facts: CustomFieldFacts, _currency: str) -> Any:
    one: Any = _one_of(facts)
    return Annotated[tuple[one, ...], Field(max_length=len(facts.options) + 1)]


def _id(_facts: CustomFieldFacts, _currency: str) -> Any:
    return UUID


_TAKES: dict[str, Callable[[CustomFieldFacts, str], Any]] = {
    "text": _text,
    "number": _decimal,
    "money": _money,
    "date": _day,
    "choice": lambda facts, _: _one_of(facts),
    "multi_choice": _several_of,
    "member": lambda _facts, _currency: HostId,
    "reference": _id,
}
