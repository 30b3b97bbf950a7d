"""How names are taken apart, and the tables that this rests on."""

import pytest

from oa_crm.duplicates import hanzi, normalise, regions, tables


def test_no_simplified_form_is_led_further() -> None:
    written, simplified = tables.lines("hanzi")
    assert len(written) == len(simplified) == len(set(written)) > 3000
    assert not set(written) & set(simplified)


@pytest.mark.parametrize("pair", ["遠远", "徳德", "囯国", "葯药", "鐵铁"])
def test_traditional_and_variant_characters_are_simplified(pair: str) -> None:
    assert hanzi.simplify(pair[0]) == pair[1]


@pytest.mark.parametrize(("text", "read"), [("重工", "zhong gong"), ("银行", "yin hang"), ("长乐", "chang le")])
def test_a_character_is_read_as_company_names_read_it(text: str, read: str) -> None:
    assert hanzi.pinyin(text).strip() == read


def test_characters_look_alike_both_ways_and_not_unless_they_do() -> None:
    assert hanzi.look_alike("未", "末")
    assert hanzi.look_alike("末", "未")
    assert not hanzi.look_alike("远", "禾")


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
        ("株式会社星渡河", "星渡河", None),
        ("星渡河㈱", "星渡河", None),
        ("星渡河股份有限公司A", "星渡河", None),
        ("石河子农商行", "石河子农村商业银行", None),
        ("望舒农商银行石河子支行", "望舒农村商业银行", None),
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
        ("Nordlicht Pumpen GmbH & Co. KG", ("nordlicht", "pumpen")),
        ("Société Générale de Pompes S.à r.l.", ("societe", "generale", "de", "pompes")),
        ("ООО Северный Свет", ("северныи", "свет")),
        ("PT Harbour Light Tbk", ("harbour", "light")),
        ("Pompy Północne Sp. z o.o.", ("pompy", "polnocne")),
        ("Inc.", ("inc",)),
    ],
)
def test_latin_legal_forms_are_whole_words(name: str, words: tuple[str, ...]) -> None:
    assert normalise(name).words == words


@pytest.mark.parametrize(
    ("name", "core", "branch"),
    [
        ("青禾餐饮管理有限公司武汉分公司", "青禾餐饮管理", "武汉分公司"),
        ("望舒银行石桥支行", "望舒银行", "石桥支行"),
        ("青禾矿业集团有限公司石桥煤矿", "青禾矿业", "石桥煤矿"),
        ("青禾餐饮管理武汉分公司", "青禾餐饮管理", "武汉分公司"),
        ("建行盐城石桥支行", "建设银行", "盐城石桥支行"),
        ("青禾集团盐城石桥研究院有限公司", "青禾", "盐城石桥研究院"),
        ("青禾餐饮管理有限公司", "青禾餐饮管理", ""),
    ],
)
def test_a_branch_tail_is_told_apart_from_the_core(name: str, core: str, branch: str) -> None:
    normal = normalise(name)
    assert (normal.core, normal.branch) == (core, branch)


@pytest.mark.parametrize(
    ("name", "brand", "industry"),
    [
        ("北京远山动力科技有限公司", "远山", "动力科技"),
        ("星渡河（集团）股份有限公司", "星渡河", ""),
        ("浙江永安青禾控股有限公司", "永安青禾", "控股"),
        ("昆山望舒精密机械有限公司", "望舒", "精密机械"),
    ],
)
def test_a_core_is_brand_and_trade(name: str, brand: str, industry: str) -> None:
    normal = normalise(name)
    assert (normal.brand, normal.industry) == (brand, industry)


def test_the_mark_of_a_share_is_no_legal_form() -> None:
    assert (normalise("星渡河-U").core, normalise("星渡河-U").form) == ("星渡河", "")
    assert normalise("星渡河股份有限公司A").form == "股份有限公司"


@pytest.mark.parametrize(("one", "other"), [("柏", "百"), ("柏", "博"), ("干", "钱")])
def test_a_character_is_heard_by_each_of_its_readings(one: str, other: str) -> None:
    assert hanzi.sound_alike(one, other)


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        ("浙江", "杭州", True),
        ("江苏", "昆山", True),
        ("苏州", "昆山", True),
        ("广州", "深圳", False),
        ("中国", "深圳", True),
        (None, "深圳", True),
    ],
)
def test_a_province_agrees_with_its_cities_and_two_cities_do_not(
    one: str | None, other: str | None, agree: bool
) -> None:
    assert regions.agree(one, other) is regions.agree(other, one) is agree
