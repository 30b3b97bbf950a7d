"""Codes of standards: as people write them in, one form out, and near ones for what means nothing."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oa_crm import codes
from oa_crm.codes.tables import rows

INDUSTRIES = [row[0] for row in rows("industries")]
DIVISIONS = [row[0] for row in rows("divisions")]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("I65", "I65"), (" i6510 ", "I651"), ("6513", "I6513"), ("6500", "I65"), ("软件", "I65"), ("software", "I65"),
        ("软件和信息技术服务业", "I65"), ("制造", "C"), ("Manufacturing", "C"), ("农业", "A01"), ("稻谷种植", "A0111"),
    ],
)  # fmt: skip
def test_an_industry_is_known_by_code_name_and_everyday_word(written: str, meant: str) -> None:
    assert codes.industry(written) == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("330106", "330106"), ("33", "330000"), ("3301", "330100"), ("CN-ZJ", "330000"), ("cn-bj", "110000"),
        ("杭州", "330100"), ("浙江-杭州", "330100"), ("浙江省杭州市西湖区", "330106"), ("海南", "460000"),
        ("延边", "222400"), ("广西", "450000"), ("中国上海", "310000"), ("Zhejiang", "330000"), ("TW", "710000"),
        ("Hong Kong", "810000"), ("CN", "CN"), ("中国", "CN"), ("US", "US"), ("us-ca", "US-CA"), ("美国", "US"),
        ("Germany", "DE"), ("California", "US-CA"),
    ],
)  # fmt: skip
def test_a_region_is_known_by_code_and_name(written: str, meant: str) -> None:
    assert codes.region(written) == meant


@pytest.mark.parametrize(
    ("what", "written", "code", "near"),
    [
        (codes.industry, "软体开发", "unknown_industry", "I651 软件开发"),
        (codes.industry, "Z99", "unknown_industry", "I65"),
        (codes.region, "西湖区", "ambiguous_region", "360103 江西省南昌市西湖区"),
        (codes.region, "苏州工业", "unknown_region", "320500 江苏省苏州市"),
        (codes.region, "990000", "unknown_region", "330106"),
        (codes.region, "CN-XX", "unknown_region", "CN"),
    ],
)
def test_what_means_nothing_names_near_ones(what: object, written: str, code: str, near: str) -> None:
    with pytest.raises(codes.CodeError) as caught:
        what(written)  # type: ignore[operator]
    assert (caught.value.code, near in str(caught.value.params["near"])) == (code, True)


@given(st.text(max_size=30))
def test_no_text_breaks_a_code(text: str) -> None:
    for what in (codes.industry, codes.region, lambda one: codes.phone(one, "CN"), lambda one: codes.number(one, one)):
        with contextlib.suppress(codes.CodeError):
            assert what(what(text)) == what(text)


@given(st.sampled_from(INDUSTRIES), st.sampled_from(INDUSTRIES))
def test_an_industry_holds_those_that_begin_like_it_and_no_other(upper: str, lower: str) -> None:
    assert _holds(upper, lower) == lower.startswith(upper)


@given(st.sampled_from([*DIVISIONS, "CN"]), st.sampled_from([*DIVISIONS, "US", "US-CA"]))
def test_a_division_holds_what_lies_in_it_and_no_other(upper: str, lower: str) -> None:
    part = "" if upper == "CN" else upper.removesuffix("00").removesuffix("00") if upper.endswith("00") else upper
    assert _holds(upper, lower) == (lower.isdigit() and lower.startswith(part))


def test_a_country_holds_its_parts() -> None:
    assert _holds("US", "US-CA")
    assert _holds("US", "US")
    assert not _holds("US", "UZ")
    assert not _holds("US-CA", "US-NY")


def _holds(upper: str, lower: str) -> bool:
    return any(first <= lower < last for first, last in codes.below(upper))


def test_every_code_has_its_name() -> None:
    assert all(codes.industry(one) == one and codes.industry_name(one) for one in INDUSTRIES)
    assert all(codes.region(one) == one and codes.region_name(one) for one in DIVISIONS)
    assert codes.region_name("330106") == ("浙江省杭州市西湖区", "浙江省杭州市西湖区")
    assert codes.industry_name("I65") == ("软件和信息技术服务业", "Software and information technology services")
    assert codes.region_name("华东") is codes.industry_name("software") is None


@pytest.mark.parametrize(
    ("typed", "kept", "dialled"),
    [
        ("0571-88886666", "+8657188886666", "057188886666"),
        ("010 6251 0000", "+861062510000", "01062510000"),
        ("１３９００００１２３４", "+8613900001234", "13900001234"),
        ("+86 139 0000 1234", "+8613900001234", "13900001234"),
        ("400-820-1234", "+864008201234", "4008201234"),
        ("0571-88886666转801", "+8657188886666;ext=801", "057188886666;ext=801"),
        ("+1 202 555 0100", "+12025550100", "+12025550100"),
    ],
)
def test_a_number_is_kept_as_e164(typed: str, kept: str, dialled: str) -> None:
    assert codes.phone(typed, "CN") == kept
    assert codes.phone(kept, "US") == kept
    assert codes.national(kept) == dialled


def _kept(text: str) -> str | None:
    try:
        return codes.phone(text, "CN")
    except codes.CodeError:
        return None


@given(st.from_regex(r"1[0-9]{10}", fullmatch=True) | st.from_regex(r"[0-9]{7,13}", fullmatch=True))
def test_a_mobile_as_most_write_it_is_kept_as_phonenumbers_has_it(digits: str) -> None:
    # A space makes no other number of it, but keeps it from the short way.
    assert _kept(digits) == _kept(f" {digits}")


def test_every_range_of_mobiles_is_kept_as_phonenumbers_has_it() -> None:
    for head in range(1000, 2000):
        for tail in ("0000000", "5012345"):
            assert _kept(f"{head}{tail}") == _kept(f" {head}{tail}")


@pytest.mark.parametrize("typed", ["138****5678", "12345", "总机", "", "0571-88886666/0571-88886667", "9" * 200])
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(codes.CodeError, match="no phone number"):
        codes.phone(typed, "CN")


@pytest.mark.parametrize(
    ("scheme", "written", "kept"),
    [
        ("us.ein", "91-1144442", "911144442"),
        ("de.vat", "DE 136,695 976", "136695976"),
        ("lei", "213800KUD8LAJWSQ9D15", "213800KUD8LAJWSQ9D15"),
    ],
)
def test_an_identity_number_is_compacted(scheme: str, written: str, kept: str) -> None:
    assert codes.number(scheme, written) == kept


@pytest.mark.parametrize("scheme", ["xx.yy", "us.os", "__.a", "us", "us.ein.ein", "", "../x", "util", "us.__doc__"])
def test_a_scheme_is_one_of_the_library(scheme: str) -> None:
    with pytest.raises(codes.CodeError, match="no kind of number"):
        codes.number(scheme, "1")
