"""How names are taken apart, and the tables that this rests on."""

import pytest

from oa_crm.duplicates import hanzi, normalise, regions


def test_the_two_strings_of_characters_are_parallel() -> None:
    written, simplified = hanzi._WRITTEN, hanzi._SIMPLIFIED
    assert len(written) == len(simplified) == len(set(written)) > 300
    assert not set(written) & set(simplified)


@pytest.mark.parametrize(
    ("name", "core", "region"),
    [
        ("北京远山动力科技有限公司", "远山动力科技", "北京"),
        ("远山动力科技（北京）股份有限公司", "远山动力科技", "北京"),
        ("廣東省深圳市禾木電子集團有限公司", "禾木电子", "深圳"),
        ("广西壮族自治区青禾农业公司", "青禾农业", "广西"),
        ("望舒投资管理合伙企业（有限合伙）", "望舒投资管理", None),
        ("重庆百货", "重庆百货", None),
        ("重庆市百货有限公司", "重庆百货", None),
        ("中国移动", "中国移动", None),
        ("有限公司", "有限公司", None),
        ("星渡河（集团）股份有限公司", "星渡河", None),
    ],
)
def test_the_core_is_the_name_without_region_and_form(name: str, core: str, region: str | None) -> None:
    normal = normalise(name)
    assert (normal.core, normal.region) == (core, region)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Harbour Light Trading Co., Ltd.", ("harbour", "light", "trading")),
        ("HARBOUR LIGHT TRADING CO.,LTD", ("harbour", "light", "trading")),
        ("Northfield Pumps S.A.", ("northfield", "pumps")),
        ("Shanghai Northfield Pumps Company Limited", ("northfield", "pumps")),
        ("Incline Inc", ("incline",)),
        ("Inc.", ("inc",)),
    ],
)
def test_latin_legal_forms_are_whole_words(name: str, words: tuple[str, ...]) -> None:
    assert normalise(name).words == words


def test_a_branch_keeps_its_tail_and_tells_it() -> None:
    branch = normalise("青禾餐饮管理有限公司武汉分公司")
    assert (branch.core, branch.branch) == ("青禾餐饮管理武汉分公司", "武汉分公司")


@pytest.mark.parametrize(
    ("one", "other", "differ"),
    [("浙江", "杭州", False), ("广州", "深圳", True), ("中国", "深圳", False), (None, "深圳", False)],
)
def test_a_province_agrees_with_its_cities_and_two_cities_do_not(
    one: str | None, other: str | None, differ: bool
) -> None:
    assert regions.conflict(one, other) is regions.conflict(other, one) is differ
