"""A customer is typed in: is it on file? The answers that people expect, with their reasons."""

import pytest

from oa_crm.duplicates import Draft, KeyKind, ReasonCode, Score, Tier, check_character, keys, score
from oa_crm.duplicates.phones import phones

ON_FILE = "北京远山动力科技有限公司"


def code(body: str) -> str:
    return body + check_character(body)


CODE, OTHER_CODE = code("91110108MA01K7X3P"), code("91110105MA02N4T8Q")


def names(one: str, other: str) -> Score:
    return score(Draft(one), Draft(other))


@pytest.mark.parametrize(
    "typed",
    [
        "北京远山动力科技有限公司 ",
        "北京遠山動力科技有限公司",
        "北京市远山动力科技有限责任公司",
        "远山动力科技（北京）股份有限公司",
        "北京远山动力设科技有限公司",
        "北京远山力动科技有限公司",
    ],
)
def test_another_way_of_writing_a_name_is_certain(typed: str) -> None:
    assert names(ON_FILE, typed).tier is Tier.CERTAIN


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("远山动力科技有限公司", ReasonCode.REGION_MISSING),
        ("远山动力", ReasonCode.SHORT_NAME),
        ("北京远山动力发展有限公司", ReasonCode.SAME_BRAND),
        ("北京山远动力科技有限公司", ReasonCode.SAME_WORDS),
        ("北京元山动力科技有限公司", ReasonCode.HOMOPHONE),
        ("北京沅山动力科技有限公司", ReasonCode.HOMOPHONE),
        ("北京远山城动力科技有限公司", ReasonCode.SLIP),
        ("北京远山动力科技有线公司", ReasonCode.FORM_MISTYPED),
    ],
)
def test_what_may_be_the_same_is_suspected_and_says_why(typed: str, why: ReasonCode) -> None:
    verdict = names(ON_FILE, typed)
    assert verdict.tier is Tier.SUSPECTED
    assert why in {reason.code for reason in verdict.reasons}


@pytest.mark.parametrize(
    "typed",
    [
        "深圳远山动力科技有限公司",
        "北京远川动力科技有限公司",
        "北京远山餐饮管理有限公司",
        "北京远山动力科技有限公司成都分公司",
        "北京禾木动力科技有限公司",
    ],
)
def test_another_region_brand_trade_or_branch_does_not_stop_anybody(typed: str) -> None:
    assert names(ON_FILE, typed).tier in {Tier.RELATED, Tier.NONE}


def test_an_equal_credit_code_decides_whatever_the_names_say() -> None:
    verdict = score(Draft(ON_FILE, credit_code=CODE), Draft("青禾商贸", credit_code=CODE.lower()))
    assert verdict.tier is Tier.CERTAIN
    assert verdict.reasons[0].code is ReasonCode.SAME_CREDIT_CODE


def test_two_valid_codes_that_differ_are_two_customers_even_under_one_name() -> None:
    verdict = score(Draft(ON_FILE, credit_code=CODE), Draft(ON_FILE, credit_code=OTHER_CODE))
    assert (verdict.value, verdict.tier) == (0.7, Tier.RELATED)


def test_a_mistyped_code_counts_as_no_code() -> None:
    mistyped = CODE[:-1] + ("0" if CODE[-1] != "0" else "1")
    verdict = score(Draft(ON_FILE, credit_code=CODE), Draft(ON_FILE, credit_code=mistyped))
    assert verdict.tier is Tier.CERTAIN


def test_a_shared_phone_adds_but_never_makes_certain() -> None:
    mine, yours = Draft("青禾商贸", phone="139 1234 5678"), Draft("望舒物流", phone="+86-13912345678")
    assert score(mine, yours).tier is Tier.RELATED
    alike = score(Draft(ON_FILE, phone=mine.phone), Draft("远山动力科技有限公司", phone=yours.phone))
    assert (alike.value, alike.tier) == (0.94, Tier.SUSPECTED)


def test_a_former_name_is_suspected_and_named() -> None:
    renamed = Draft("望舒新能源股份有限公司", former_names=(ON_FILE,))
    verdict = score(Draft(ON_FILE), renamed)
    assert verdict.tier is Tier.SUSPECTED
    assert verdict.reasons[-1].text() == f"by the former name “{ON_FILE}”"
    assert keys(Draft(ON_FILE), "acme") & keys(renamed, "acme")


def test_inc_and_gmbh_of_one_name_are_not_blocked() -> None:
    assert names("Northfield Pumps Inc.", "Northfield Pumps GmbH").tier is Tier.SUSPECTED
    assert names("Northfield Pumps Inc.", "NORTHFIELD PUMPS, Incorporated").tier is Tier.CERTAIN


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Northfield Technologies Inc.", "Northfield Technology, Inc.", True),
        ("Northfield Technology Inc.", "Northfield Technrlogy Inc.", True),
        ("Shenzhen Northfield Pumps Ltd", "Shenzen Northfield Pumps Ltd", True),
        ("Northfield Pumps Ltd", "Nortfield Pumps GmbH", True),
        ("Soma Technology Corp.", "Soga Technology Pty Ltd", False),
        ("Northfield Technology Inc.", "Northfield Trading Inc.", False),
        ("Northfield Pumps Ltd", "Southgate Pumps Ltd", False),
        ("Northfield Plant 1 Ltd", "Northfield Plant 2 Ltd", False),
    ],
)
def test_a_latin_brand_counts_and_what_everybody_does_counts_little(one: str, other: str, same: bool) -> None:
    assert (names(one, other).value >= 0.75) is same


@pytest.mark.parametrize(
    ("one", "other", "tier"),
    [
        ("望舒银行股份有限公司盐城石桥支行", "望舒银行盐城市石桥支行", Tier.CERTAIN),
        ("望舒银行股份有限公司武汉石桥支行", "望舒银行石桥支行", Tier.SUSPECTED),
        ("望舒银行股份有限公司武汉石桥支行", "望舒银行武汉禾木路支行", Tier.RELATED),
        ("青禾商贸有限公司第一分公司", "青禾商贸有限公司第二分公司", Tier.RELATED),
        ("中国建设银行股份有限公司盐城石桥支行", "建行盐城石桥支行", Tier.CERTAIN),
    ],
)
def test_a_branch_is_one_however_it_is_told_and_another_is_another(one: str, other: str, tier: Tier) -> None:
    assert names(one, other).tier is tier


@pytest.mark.parametrize(
    ("typed", "on_file"),
    [
        ("青禾股份", "苏州青禾光伏新材股份有限公司"),
        ("中国望航", "中国望舒航空股份有限公司"),
        ("广汽集团", "广州汽车集团股份有限公司"),
        ("五杉医疗", "安徽石桥五杉医疗器械股份有限公司"),
        ("青禾集团-W", "青禾集团有限公司"),
    ],
)
def test_a_short_name_leads_to_the_company(typed: str, on_file: str) -> None:
    assert names(typed, on_file).value >= 0.75


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("望舒一局集团有限公司", "望舒二局集团有限公司"),
        ("望舒一号股权投资合伙企业（有限合伙）", "望舒二号股权投资合伙企业（有限合伙）"),
        ("石桥市第一人民医院", "石桥市第十一人民医院"),
        ("武汉大学", "武汉理工大学"),
    ],
)
def test_a_numeral_is_no_slip(one: str, other: str) -> None:
    assert names(one, other).value < 0.75


def test_members_of_one_house_are_related() -> None:
    assert names("望舒科技（深圳）有限公司", "深圳市望舒计算机系统有限公司").tier is Tier.RELATED


def test_a_region_within_the_other_is_suspected_and_no_more() -> None:
    verdict = names("浙江远山动力科技有限公司", "杭州远山动力科技有限公司")
    assert (verdict.tier, verdict.reasons[-1].code) == (Tier.SUSPECTED, ReasonCode.REGION_NARROWER)


def test_a_reason_speaks_the_readers_language() -> None:
    reason = names(ON_FILE, "北京远山动力科技股份有限公司").reasons[0]
    assert reason.text("en-GB") == "same name “远山动力科技”, legal form differs"
    assert reason.text("zh-CN") == "字号与行业“远山动力科技”相同，仅组织形式不同"
    assert reason.text("fr") == reason.text("en")


@pytest.mark.parametrize(
    "typed",
    [
        "13912345678",
        "+86 139 1234 5678",
        "0086-139-1234-5678",
        "(139)12345678",
        "13912345678.0",
        "１３９１２３４５６７８",
    ],
)
def test_a_mobile_is_one_number_however_it_is_typed(typed: str) -> None:
    assert phones(typed) == {"13912345678"}


def test_a_landline_loses_extension_and_country_and_junk_is_no_number() -> None:
    assert phones("010-62345678转801 / +86 21 5566 7788") == {"01062345678", "02155667788"}
    assert phones("0049 30 1234567") == phones("+49 (30) 1234567")
    assert phones("138****5678") == phones("无") == phones("00000000") == phones(None) == frozenset()


@pytest.mark.parametrize(
    ("on_file", "typed"),
    [
        (ON_FILE, "北京远川动力科技有限公司"),
        (ON_FILE, "远山动力"),
        (ON_FILE, "北京远山力动科技有限公司"),
        ("青禾物流", "青物禾流"),
        ("Northfield Pumps Inc.", "Nortfield Pumps Inc."),
        ("Northfield Pumps Inc.", "Northfield Pmps Inc."),
    ],
)
def test_a_slip_still_shares_a_key(on_file: str, typed: str) -> None:
    assert keys(Draft(on_file), "acme") & keys(Draft(typed), "acme")


def test_a_full_customer_has_about_a_dozen_keys() -> None:
    found = keys(Draft(ON_FILE, credit_code=CODE, phone="13912345678"), "acme")
    assert 10 <= len(found) <= 18
    assert {key.kind for key in found if not key.strong} == {KeyKind.DELETION}


def test_one_sound_in_one_place_trade_and_form_is_one_company_if_the_brand_is_long() -> None:
    certain = score(Draft("青岛望舒川电子科技有限公司"), Draft("青岛望书川电子科技有限公司"))
    assert (certain.tier, certain.reasons[0].code) == (Tier.CERTAIN, ReasonCode.HOMOPHONE)
    for doubtful in (
        "望书川电子科技有限公司",
        "青岛望书川电子科技股份有限公司",
        "青岛望书川机械设备有限公司",
        "烟台望书川电子科技有限公司",
    ):
        assert score(Draft("青岛望舒川电子科技有限公司"), Draft(doubtful)).tier is not Tier.CERTAIN
    assert score(Draft("青岛望舒电子科技有限公司"), Draft("青岛望书电子科技有限公司")).tier is Tier.SUSPECTED
