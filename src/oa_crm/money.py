"""Money: a whole number of minor units with a currency. Exact everywhere, or refused.

Floats and surplus decimals are errors, not roundings. Sums of stored money are made in SQL on the minor
units; this type only carries single amounts in and out.
"""

import re
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple, NoReturn

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from oa_crm.i18n import DEFAULT_LOCALE, problem_words

# ISO 4217 list one: currencies whose minor unit is not a hundredth.
_EXPONENTS = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG"), 0),
    **dict.fromkeys(("RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}
_CURRENCY = re.compile(r"[A-Z]{3}")
_LARGEST = 2**63 - 1
_MOST_FIGURES = 1000
_LONGEST_SHOWN = 80


class AmountError(ValueError):
    """An amount that is not exact money: a stable `code` of `oa_crm.i18n.problems`, and its facts in `params`."""

    def __init__(self, code: str, /, **params: Any) -> None:
        self.code = code
        self.params = params
        super().__init__(problem_words(code, DEFAULT_LOCALE, params)[0])


def exponent(currency: str) -> int:
    """How many decimals `currency` has (ISO 4217); raises `ValueError` for what is no currency code."""
    if not isinstance(currency, str) or not _CURRENCY.fullmatch(currency):
        raise AmountError("unknown_currency", given=repr(currency))
    return _EXPONENTS.get(currency, 2)


def _whole(number: Decimal, places: int) -> int | None:
    """`number` times ten to the `places` as a whole number, or None if it is none.

    In integers, because decimal arithmetic rounds to the precision of whatever context the host has set.
    """
    sign, digits, exp = number.as_tuple()
    if len(digits) > _MOST_FIGURES:  # to read them takes Python the square of how many they are
        return None if int(exp) < -places else _LARGEST + 1
    value, shift = int("".join(map(str, digits))), int(exp) + places
    if shift >= 0:
        value *= 10 ** min(shift, 40)  # more than enough to be too large, without building a giant
    elif value and -shift > len(digits):
        return None
    else:
        value, rest = divmod(value, 10**-shift) if value else (0, 0)
        if rest:
            return None
    return -value if sign else value


def _shown(given: str) -> str:
    return given if len(given) <= _LONGEST_SHOWN else f"{given[:_LONGEST_SHOWN]}…"


class Money(NamedTuple):
    """`Money(128000, "CNY")` is 1280.00 yuan. Build one from text with `Money.of("1280.00", "CNY")`."""

    minor: int
    currency: str

    @classmethod
    def of(cls, amount: str | int | Decimal, currency: str) -> "Money":
        """Exact money from a decimal amount in major units; raises `ValueError` for anything inexact."""
        if isinstance(amount, bool | float) or not isinstance(amount, str | int | Decimal):
            raise AmountError("amount_not_exact", given=_shown(repr(amount)))
        try:
            number = Decimal(amount)
        except InvalidOperation:
            raise AmountError("amount_not_a_number", given=_shown(repr(amount))) from None
        places = exponent(currency)
        if not number.is_finite():
            raise AmountError("amount_not_finite", given=_shown(repr(amount)))
        minor = _whole(number, places)
        if minor is None:
            raise AmountError("amount_decimals", given=_shown(str(number)), currency=currency, places=places)
        if abs(minor) > _LARGEST:
            raise AmountError("amount_beyond_all", given=_shown(str(number)), currency=currency)
        return cls(minor, currency)

    @property
    def amount(self) -> Decimal:
        """The amount in major units, with the currency's own number of decimals."""
        digits = tuple(int(digit) for digit in str(abs(self.minor)))
        return Decimal((int(self.minor < 0), digits, -exponent(self.currency)))

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __str__(self) -> str:
        return f"{self.amount:,f} {self.currency}"

    # A tuple would be joined, repeated, and compared by its minor units whatever the currency.
    def __add__(self, other: object) -> NoReturn:
        raise TypeError("money has no +, which would add up two currencies; add `minor` where you know there is one")

    def __radd__(self, other: object) -> NoReturn:
        self.__add__(other)

    def __mul__(self, other: object) -> NoReturn:
        raise TypeError("money has no *, which would round; multiply `amount`, a Decimal, and round as your rule says")

    def __rmul__(self, other: object) -> NoReturn:
        self.__mul__(other)

    def __lt__(self, other: tuple[Any, ...]) -> bool:
        return self.minor < self._comparable(other)

    def __le__(self, other: tuple[Any, ...]) -> bool:
        return self.minor <= self._comparable(other)

    def __gt__(self, other: tuple[Any, ...]) -> bool:
        return self.minor > self._comparable(other)

    def __ge__(self, other: tuple[Any, ...]) -> bool:
        return self.minor >= self._comparable(other)

    def _comparable(self, other: object) -> int:
        """The minor units of other money of this currency; raises `TypeError` for anything else."""
        if not isinstance(other, Money) or other.currency != self.currency:
            raise TypeError(f"{self} is neither more nor less than {other}")
        return other.minor

    @classmethod
    def _validate(cls, value: Any) -> "Money":
        if isinstance(value, Money):
            return value
        if isinstance(value, dict) and set(value) == {"amount", "currency"}:
            return cls.of(value["amount"], value["currency"])
        raise ValueError('money is {"amount": "1280.00", "currency": "CNY"}')

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            cls._validate,
            serialization=core_schema.plain_serializer_function_ser_schema(
                lambda money: {"amount": format(money.amount, "f"), "currency": money.currency}
            ),
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {
            "type": "object",
            "properties": {"amount": {"type": "string"}, "currency": {"type": "string"}},
            "required": ["amount", "currency"],
        }
