"""What tells companies apart that share most of their names, and what does not: banks, groups, places, short names."""

import pytest

from oa_crm.duplicates import Draft, Tier, keys, score


def value(one: str, other: str) -> float:
    told = score(Draft(one), Draft(other)).value
    assert told == score(Draft(other), Draft(one)).value
    return told


def tier(one: str, other: str) -> Tier:
    return score(Draft(one), Draft(other)).tier


def meet(one: str, other: str) -> bool:
    return bool(keys(Draft(one), "acme") & keys(Draft(other), "acme"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("中国银行三沙石桥支行", "中国建设银行三沙石桥支行"),
        ("中国农业银行", "中国农业发展银行"),
        ("三沙银行", "三沙望舒银行股份有限公司"),
        ("三沙银行股份有限公司", "三沙农村商业银行股份有限公司"),
        ("三沙银行石桥支行", "三沙农商银行石桥支行"),
        ("望舒银行石桥支行", "望舒村镇银行石桥支行"),
    ],
)
def test_a_bank_is_not_short_for_another(one: str, other: str) -> None:
    assert value(one, other) < 0.75


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("望舒农商行石桥支行", "望舒农村商业银行股份有限公司石桥支行", Tier.CERTAIN),
        ("三沙望舒农村商业银行股份有限公司石桥支行", "三沙望舒银行石桥支行", Tier.CERTAIN),
        ("三沙银行石桥支行", "三沙市商业银行石桥支行", Tier.CERTAIN),
        ("三沙农商行", "三沙农村商业银行股份有限公司", Tier.CERTAIN),
        ("三沙银行", "三沙农村商业银行股份有限公司", Tier.SUSPECTED),
    ],
)
def test_one_bank_is_found_by_what_people_call_it(one: str, other: str, expected: Tier) -> None:
    assert tier(one, other) is expected
    assert meet(one, other)


def test_an_office_of_a_higher_level_is_another() -> None:
    assert value("望舒银行三沙分行", "望舒银行三沙石桥支行") < 0.75
    assert value("望舒银行三沙亭湖支行", "望舒银行三沙支行") >= 0.75


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("鑫源集团有限公司", "鑫源集团"),
        ("青禾集团（无锡）", "无锡青禾集团有限责任公司"),
        ("无锡鑫源有限公司", "无锡鑫源有限责任公司"),
        ("无锡青禾电子股份有限公司", "无锡青禾电子集团股份有限公司"),
        ("星渡河集团有限公司", "星渡河"),
    ],
)
def test_a_name_that_differs_in_its_form_alone_is_certain(one: str, other: str) -> None:
    assert tier(one, other) is Tier.CERTAIN


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("鑫源有限公司", "鑫源股份有限公司"),
        ("无锡青禾电子有限公司", "无锡青禾电子集团有限公司"),
        ("无锡青禾电子股份有限公司", "无锡青禾电子集团有限公司"),
    ],
)
def test_a_short_brand_alone_and_a_group_beside_its_member_are_not(one: str, other: str) -> None:
    assert tier(one, other) is Tier.SUSPECTED


@pytest.mark.parametrize(
    ("short", "full", "expected"),
    [
        ("云杉智能", "无锡云杉智能科技股份有限公司", Tier.CERTAIN),
        ("杉渡河", "杉渡河科技股份有限公司", Tier.CERTAIN),
        ("宏达智能", "无锡宏达智能科技股份有限公司", Tier.SUSPECTED),
        ("云杉智能", "无锡云杉智能仪表股份有限公司", Tier.SUSPECTED),
        ("云杉", "无锡云杉科技股份有限公司", Tier.SUSPECTED),
    ],
)
def test_a_short_name_is_certain_where_only_common_words_are_missing_behind_a_rare_brand(
    short: str, full: str, expected: Tier
) -> None:
    assert tier(short, full) is expected


@pytest.mark.parametrize(
    ("short", "full"),
    [
        ("禾木股份", "无锡望舒禾木集团股份有限公司"),
        ("杉渡河", "石桥杉渡河粮油股份有限公司"),
        ("望舒中国传媒", "望舒（中国）传媒集团有限公司"),
        ("中国杉渡河", "中国杉渡河（控股）有限公司"),
        ("望舒微-U", "无锡望舒微电子股份有限公司"),
    ],
)
def test_a_name_is_called_short_in_many_ways(short: str, full: str) -> None:
    assert value(short, full) >= 0.75
    assert meet(short, full)


REGION_ONLY = "三沙市建设投资集团有限公司"


@pytest.mark.parametrize(
    "typed",
    [
        "三沙市建没投资集团有限公司",
        "三沙市见设投资集团有限公司",
        "三沙市建投资集团有限公司",
        "三沙市建设枝投资集团有限公司",
        "三沙市建投设资集团有限公司",
        "建设投资集团有限公司",
        "建设投资",
    ],
)
def test_a_company_that_its_region_names_is_found_through_a_slip_and_without_it(typed: str) -> None:
    assert tier(REGION_ONLY, typed) is not Tier.NONE
    assert value(REGION_ONLY, typed) >= 0.75
    assert meet(REGION_ONLY, typed)


@pytest.mark.parametrize(
    "other",
    [
        "三沙市鑫建设投资集团有限公司",
        "三沙市城市建设投资集团有限公司",
        "无锡市建设投资集团有限公司",
        "三沙市文化投资集团有限公司",
        "文化投资",
    ],
)
def test_a_company_that_its_region_names_is_not_every_other_one_there(other: str) -> None:
    assert value(REGION_ONLY, other) < 0.75


@pytest.mark.parametrize(
    ("told", "twice"),
    [
        ("三沙建设投资股份有限公司石桥支行", "三沙建设投资股份有限公司石桥支行有限公司"),
        ("三沙智能科技集团股份有限公司石桥分行", "三沙智能科技集团股份有限公司石桥分行有限责任公司"),
    ],
)
def test_an_office_of_a_company_that_its_region_names_is_one_though_its_form_is_told_twice(
    told: str, twice: str
) -> None:
    found = score(Draft(told), Draft(twice))
    assert value(told, twice) == found.value == 0.92
    assert [reason.code for reason in found.reasons] == ["same_core"]


def test_a_slip_of_sound_that_spoils_the_trade_is_certain_and_one_in_a_short_brand_is_not() -> None:
    assert tier("无锡云杉投资管理有限公司", "无锡云杉透资管理有限公司") is Tier.CERTAIN
    assert tier("无锡云杉投资管理有限公司", "无锡云衫投资管理有限公司") is Tier.SUSPECTED


@pytest.mark.parametrize(
    ("one", "other", "suspected"),
    [
        ("星渡河食品股份有限公司", "星渡河新材料股份有限公司", True),
        ("无锡星渡河食品股份有限公司", "星渡河控股股份有限公司", True),
        ("星渡河食品股份有限公司", "星渡河新材料有限公司", False),
        ("星渡食品股份有限公司", "星渡新材料股份有限公司", False),
        ("星渡河食品股份有限公司", "星渡河新材料股份（香港）有限公司", False),
        ("星渡河保险股份有限公司", "星渡河证券股份有限公司", False),
        ("黑龙江食品股份有限公司", "黑龙江新材料股份有限公司", False),
        ("无锡星渡河食品股份有限公司", "沈阳星渡河新材料股份有限公司", False),
    ],
)
def test_two_companies_by_shares_of_one_long_brand_may_be_one_renamed(one: str, other: str, suspected: bool) -> None:
    assert (value(one, other) >= 0.75) is suspected


def test_members_of_a_group_are_not_all_the_group() -> None:
    assert value("青禾集团三沙石桥研究院有限公司", "青禾集团武汉禾木研究院有限公司") < 0.75
    assert tier("青禾集团三沙石桥研究院有限公司", "青禾集团三沙石桥研究院") is Tier.CERTAIN


def test_a_limited_company_with_a_place_may_be_a_member_of_the_one_by_shares() -> None:
    assert tier("云杉微电子股份有限公司", "武汉云杉微电子有限公司") is Tier.SUSPECTED
    assert tier("云杉微电子股份有限公司", "武汉云杉微电子股份有限公司") is Tier.CERTAIN
    assert tier("云杉微电子", "武汉云杉微电子股份有限公司") is Tier.CERTAIN


@pytest.mark.parametrize(
    ("told", "equal", "longer"),
    [
        ("天祥投资", "贵州天祥投资有限公司", "北京天祥投资管理有限公司"),
        ("宏达", "上海宏达有限公司", "上海宏达科技有限公司"),
        ("天祥投资有限公司", "贵州天祥投资有限公司", "北京天祥投资管理有限公司"),
    ],
)
def test_an_equal_core_says_more_than_a_longer_one_that_begins_so(told: str, equal: str, longer: str) -> None:
    """Five are shown: of many namesakes those that agree in all that is told come first."""
    assert score(Draft(told), Draft(equal)).value > score(Draft(told), Draft(longer)).value
