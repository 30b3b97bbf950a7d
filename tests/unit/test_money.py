"""Money is exact or refused: never rounded, whatever the amount, the currency or the decimal context."""

import json
from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from oa_crm import Money
from oa_crm.money import AmountError, exponent

LIMIT = 2**63 - 1
MINORS = st.integers(-LIMIT, LIMIT)
CURRENCIES = st.sampled_from(["CNY", "USD", "JPY", "KRW", "KWD", "BHD", "CLF"])


class Priced(BaseModel):
    price: Money


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("1280.00", "CNY", 128000),
        ("1280", "CNY", 128000),
        (1280, "CNY", 128000),
        (Decimal("0.01"), "CNY", 1),
        ("-0.01", "CNY", -1),
        ("0.10", "CNY", 10),
        ("12.3000", "CNY", 1230),
        ("1E+3", "CNY", 100000),
        ("500", "JPY", 500),
        ("500.0", "JPY", 500),
        ("1.234", "KWD", 1234),
        ("1.2345", "CLF", 12345),
        ("92233720368547758.07", "CNY", LIMIT),
        ("-92233720368547758.07", "CNY", -LIMIT),
        ("9223372036854775807", "JPY", LIMIT),
    ],
)
def test_an_exact_amount_is_kept_in_minor_units(amount: str | int | Decimal, currency: str, minor: int) -> None:
    assert Money.of(amount, currency) == Money(minor, currency)


@pytest.mark.parametrize("amount", [1.0, 1280.5, 0.1, float("nan"), True, False])
def test_a_float_or_a_truth_value_is_refused_even_when_it_looks_exact(amount: float) -> None:
    with pytest.raises(ValueError, match="not exact"):
        Money.of(amount, "CNY")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("amount", "currency"),
    [
        ("0.001", "CNY"),
        ("1280.005", "CNY"),
        ("0.5", "JPY"),
        ("1.2345", "KWD"),
        ("1e-400", "CNY"),
        pytest.param("1e-999999999", "CNY", id="below every decimal context"),
        pytest.param("1.00000000000000000000000000000000001", "CNY", id="36 digits"),
        pytest.param("12345678901234567.8900000000000000000001", "CNY", id="a tail after 28 digits"),
    ],
)
def test_surplus_decimals_are_refused_and_not_rounded(amount: str, currency: str) -> None:
    with pytest.raises(ValueError, match="more decimals than"):
        Money.of(amount, currency)


@pytest.mark.parametrize("amount", ["NaN", "sNaN", "-NaN", "Infinity", "-Infinity", "", "abc", "1,280.00", "1.2.3"])
def test_what_is_no_finite_number_is_refused(amount: str) -> None:
    with pytest.raises(ValueError, match="is no amount"):
        Money.of(amount, "CNY")


@pytest.mark.parametrize(
    ("amount", "currency"),
    [
        ("92233720368547758.08", "CNY"),
        ("-92233720368547758.08", "CNY"),
        ("9223372036854775808", "JPY"),
        ("1e30", "CNY"),
        ("9" * 400, "CNY"),
        pytest.param("1e999999999", "CNY", id="above every decimal context"),
    ],
)
def test_an_amount_beyond_64_bits_is_refused(amount: str, currency: str) -> None:
    with pytest.raises(ValueError, match="more than can be kept"):
        Money.of(amount, currency)


@pytest.mark.parametrize("currency", ["", "cny", "CN", "CNYY", "C1Y", "元", "CNY "])
def test_what_is_no_currency_code_is_refused(currency: str) -> None:
    with pytest.raises(ValueError, match="ISO 4217"):
        Money.of("1", currency)


@pytest.mark.parametrize(("currency", "places"), [("CNY", 2), ("JPY", 0), ("KRW", 0), ("KWD", 3), ("CLF", 4)])
def test_the_minor_unit_follows_iso_4217(currency: str, places: int) -> None:
    assert exponent(currency) == places
    assert Money.of("1", currency).minor == 10**places


@given(MINORS, CURRENCIES)
def test_the_amount_in_major_units_reads_back_to_the_same_money(minor: int, currency: str) -> None:
    money = Money(minor, currency)
    assert Money.of(money.amount, currency) == money
    assert Money.of(format(money.amount, "f"), currency) == money
    assert money.amount.as_tuple().exponent == -exponent(currency)


@given(MINORS, CURRENCIES)
def test_money_survives_json(minor: int, currency: str) -> None:
    kept = Priced(price=Money(minor, currency))
    assert Priced.model_validate(json.loads(kept.model_dump_json())) == kept
    assert Priced.model_validate(kept.model_dump(mode="json")) == kept


@given(MINORS, CURRENCIES, st.integers(1, 8))
def test_the_decimal_context_of_the_host_changes_no_money(minor: int, currency: str, precision: int) -> None:
    money = Money(minor, currency)
    written = format(money.amount, "f")
    with localcontext(prec=precision):
        assert Money.of(written, currency) == money
        assert format(money.amount, "f") == written


@given(MINORS, CURRENCIES)
def test_negating_twice_changes_nothing(minor: int, currency: str) -> None:
    money = Money(minor, currency)
    negated = -money
    assert negated == Money(-minor, currency)
    assert -negated == money


def test_money_reads_as_people_write_it() -> None:
    assert str(Money(128000, "CNY")) == "1,280.00 CNY"
    assert str(Money(-5, "CNY")) == "-0.05 CNY"
    assert str(Money(1234567, "JPY")) == "1,234,567 JPY"
    assert str(Money(0, "KWD")) == "0.000 KWD"


def test_money_in_json_is_an_amount_as_text_with_its_currency() -> None:
    assert Priced(price=Money(128000, "CNY")).model_dump(mode="json") == {
        "price": {"amount": "1280.00", "currency": "CNY"}
    }
    assert Priced.model_json_schema()["properties"]["price"]["required"] == ["amount", "currency"]


@pytest.mark.parametrize(
    "given_",
    [
        "1280.00",
        1280,
        {"amount": "1280.00"},
        {"amount": 1280.0, "currency": "CNY"},
        {"amount": "1280.005", "currency": "CNY"},
        {"amount": "1", "currency": "CNY", "rate": "7"},
        pytest.param({"amount": None, "currency": "CNY"}, id="no amount"),
        pytest.param({"amount": "1", "currency": 156}, id="a currency that is no text"),
        None,
    ],
)
def test_a_model_refuses_what_is_no_money(given_: object) -> None:
    with pytest.raises(ValidationError):
        Priced.model_validate({"price": given_})


def test_money_is_neither_added_nor_multiplied() -> None:
    """A tuple would be joined and repeated, and nobody would hear of it."""
    price, other = Money(128000, "CNY"), Money(5, "CNY")
    for what in (
        lambda: price + other,
        lambda: sum([price, other]),
        lambda: sum([price, other], Money(0, "CNY")),
        lambda: price + 1,
        lambda: price * 2,
        lambda: 2 * price,
    ):
        with pytest.raises(TypeError, match="money has no"):
            what()


@given(MINORS, MINORS)
def test_amounts_of_one_currency_are_in_order(one: int, other: int) -> None:
    a, b = Money(one, "CNY"), Money(other, "CNY")
    assert (a < b, a <= b, a > b, a >= b) == (one < other, one <= other, one > other, one >= other)
    assert sorted([a, b]) == [Money(minor, "CNY") for minor in sorted([one, other])]


@pytest.mark.parametrize(
    ("told", "code"),
    [("9" * 10**6, "amount_beyond_all"), ("0." + "9" * 10**6, "amount_decimals"), ("x" * 10**6, "amount_not_a_number")],
)
def test_an_amount_of_a_million_figures_is_refused_shortly(told: str, code: str) -> None:
    """To read them would take a minute, and the answer would be as long."""
    with pytest.raises(AmountError) as refused:
        Money.of(told, "CNY")
    assert refused.value.code == code
    assert len(str(refused.value)) < 200


def test_amounts_of_two_currencies_are_in_none() -> None:
    yuan, dollars = Money(100, "CNY"), Money(1, "USD")
    for what in (
        lambda: yuan < dollars,
        lambda: yuan <= dollars,
        lambda: yuan > dollars,
        lambda: yuan >= dollars,
        lambda: yuan < (100, "CNY"),
        lambda: max(yuan, dollars),
    ):
        with pytest.raises(TypeError, match="neither more nor less"):
            what()
    assert yuan != dollars
    assert {yuan, Money(100, "CNY")} == {yuan}
