"""What holds for every name, not only for those in the stories."""

from collections.abc import Callable
from copy import copy, deepcopy
from dataclasses import replace
from pickle import dumps, loads

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oa_crm.duplicates import Draft, Engine, Tier, check_character, default_engine, keys, normalise, score
from oa_crm.duplicates.compare import at_most, compare
from oa_crm.duplicates.matchers import BUILT_IN
from oa_crm.duplicates.phones import phones
from oa_crm.hooks.matching import BUILT_IN_MATCHERS, Candidate, DuplicateMatcher, Match

REGIONS = ("", "北京", "上海市", "浙江省", "惠州市", "广西壮族自治区", "中国", "重庆")
BRANDS = ("远山", "蓝鲸", "禾木", "青禾", "望舒", "星渡河", "石桥", "云杉里", "半夏", "ABC")
TRADES = ("科技", "动力科技", "商贸", "生物医药", "百货", "国际物流", "餐饮管理")
FORMS = ("", "有限公司", "股份有限公司", "有限责任公司", "集团有限公司", "公司", "(有限合伙)")
PIECES = (
    *REGIONS,
    *BRANDS,
    *TRADES,
    *FORMS,
    "分公司",
    "银行",
    "支行",
    "（上海）",
    "(集团)",
    " ",
    "Co., Ltd.",
    "Inc",
    "證",
)

company_names = st.builds(
    "{}{}{}{}".format,
    *(st.sampled_from(part) for part in (REGIONS, BRANDS, TRADES, FORMS)),
)
strange_letters = st.characters() | st.sampled_from("\ud800\udfff\u202e\u200fﷺ㈱㍿\u0301\x00İßﬀ👩‍🔧一〇𠮷مرحبا")
strange_names = st.lists(strange_letters | st.sampled_from(PIECES), max_size=30).map("".join)
heaps_of_pieces = st.lists(st.sampled_from(PIECES), min_size=1, max_size=7).map("".join)
any_names = st.one_of(company_names, heaps_of_pieces, strange_names)
phone_numbers = st.sampled_from((None, "13912345678", "+86 139-1234-5678", "021-55667788"))
codes = st.sampled_from((None, "91310115MA1H7XK52F", "91330106MA27YB4T3D", "not a code"))
some_names = st.lists(company_names, max_size=2).map(tuple)
mails = st.lists(st.sampled_from(("li@yuanshan.com.cn", "wang@yuanshan.com.cn", "li@qq.com", "@")), max_size=2).map(
    tuple
)
drafts = st.builds(
    Draft,
    any_names,
    some_names,
    credit_code=codes,
    phone=phone_numbers,
    short_name=st.none() | st.sampled_from(BRANDS),
    aliases=some_names,
    emails=mails,
    website=st.sampled_from((None, "www.yuanshan.com.cn", "http://[", "weibo.com/x")),
    address=st.sampled_from((None, "远山路8号院2号楼", "远山路 8 號院2號樓")),
)


@given(any_names)
def test_normalising_what_is_normal_changes_nothing(name: str) -> None:
    once = normalise(name)
    assert normalise(once.full).full == once.full
    assert normalise(once.core).core == once.core


@given(any_names)
def test_a_name_with_a_letter_has_a_core(name: str) -> None:
    normal = normalise(name)
    assert bool(normal.core) == bool(normal.full)


@given(drafts, drafts)
def test_a_score_does_not_depend_on_which_customer_came_first(one: Draft, other: Draft) -> None:
    assert score(one, other) == score(other, one)


@given(any_names)
def test_equal_names_are_certain(name: str) -> None:
    expected = Tier.CERTAIN if normalise(name).full else Tier.NONE
    assert score(Draft(name), Draft(name)).tier is expected


@given(drafts, drafts)
def test_a_score_lies_between_nothing_and_one_and_says_why(one: Draft, other: Draft) -> None:
    verdict = score(one, other)
    assert 0 <= verdict.value <= 1
    assert not verdict.value or verdict.reasons
    assert all(reason.text("en") and reason.text("zh-CN") for reason in verdict.reasons)


@pytest.mark.parametrize("form", FORMS)
@given(region=st.sampled_from(REGIONS), brand=st.sampled_from(BRANDS), trade=st.sampled_from(TRADES))
def test_another_legal_form_keeps_the_core(form: str, region: str, brand: str, trade: str) -> None:
    assert normalise(region + brand + trade + form).core == normalise(region + brand + trade).core


@given(company_names)
def test_fullwidth_letters_and_stray_spaces_keep_the_core(name: str) -> None:
    wide = "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in name)
    spaced = "　 ".join(wide)
    assert normalise(spaced).full == normalise(name).full
    assert normalise(spaced).core == normalise(name).core


@given(company_names, st.sampled_from(FORMS), st.sampled_from(FORMS))
def test_customers_with_equal_cores_meet_in_a_strong_key(name: str, one: str, other: str) -> None:
    first, second = Draft(name + one), Draft(name + other)
    assert normalise(first.name).core == normalise(second.name).core
    assert any(key.strong for key in keys(first, "acme") & keys(second, "acme"))


@pytest.mark.parametrize(
    "piece", ["远山", "(北京)", "有限公司", "分公司银行", "a. ", "𠮷", "\ud800", "ﷺ", "集团", "中国"]
)
def test_a_name_of_ten_thousand_characters_takes_no_longer_than_one_of_three_hundred(piece: str) -> None:
    long, shorter = Draft(piece * 10_000), Draft(piece * 9_000)
    assert keys(long, "acme") == keys(shorter, "acme")
    assert score(long, shorter) == score(shorter, long)


@given(company_names)
def test_equal_normal_names_have_equal_keys(name: str) -> None:
    assert keys(Draft(name), "acme") == keys(Draft(f" {name}　"), "acme")


@given(drafts)
def test_keys_fit_a_signed_column_and_never_leave_their_tenant(draft: Draft) -> None:
    here, there = keys(draft, "acme"), keys(draft, "globex")
    assert all(-(2**63) <= key.hash < 2**63 for key in here)
    assert not {key.hash for key in here} & {key.hash for key in there}


@given(st.from_regex(r"1[0-9]{10}", fullmatch=True))
def test_a_mobile_is_the_same_number_with_a_space_before_it(digits: str) -> None:
    # A space keeps it from the short way.
    assert phones(digits) == phones(f" {digits}")


REAL = [body + check_character(body) for body in ("91110108MA01K7X3P", "91330106MA27YB4T3")]
numbered = st.builds(
    replace,
    drafts,
    credit_code=st.sampled_from((None, *REAL)),
    extra=st.sampled_from(("us.ein:1", "us.ein:2", "de.vat:3", "")).map(lambda told: {"numbers": told}),
)


@given(numbered, numbered, st.sampled_from((0.6, 0.7, 0.75, 0.95)))
def test_who_is_held_below_a_score_stays_below_it(one: Draft, other: Draft, value: float) -> None:
    if default_engine.held_below(value, one, other):
        assert score(one, other).value < value


@given(any_names, any_names)
def test_names_are_never_more_alike_than_their_places_let_them_be(one: str, other: str) -> None:
    assert compare(normalise(one), normalise(other)).value <= at_most(normalise(one), normalise(other))


def test_who_has_another_number_is_held_below_suspicion_and_who_shares_one_is_not() -> None:
    one, other = (Draft("北京远山动力", credit_code=code) for code in REAL)
    assert default_engine.held_below(0.75, one, other)
    assert not default_engine.held_below(0.70, one, other)
    shared = [replace(draft, extra={"numbers": "us.ein:1"}) for draft in (one, other)]
    assert not default_engine.held_below(0.75, *shared)
    assert not default_engine.held_below(0.75, one, one)


def test_who_lies_in_another_city_is_held_below_suspicion_unless_something_else_speaks_for_him() -> None:
    one, other = Draft("北京远山动力有限公司", phone="13800138000"), Draft("上海远山动力有限公司")
    assert default_engine.held_below(0.75, one, other)
    assert not default_engine.held_below(0.72, one, other)
    assert default_engine.held_below(0.75, one, Draft("北京远山动力有限公司石桥分公司"))
    assert not default_engine.held_below(0.75, one, replace(other, phone=one.phone))
    assert not default_engine.held_below(0.75, one, replace(other, former_names=(one.name,)))
    assert not default_engine.held_below(0.75, one, Draft("远山动力有限公司"))


def test_who_is_one_by_a_plugin_is_held_below_nothing() -> None:
    def decides(one: Candidate, other: Candidate) -> Match:
        return Match(1.0, "decides", ())

    engine = Engine((*BUILT_IN, DuplicateMatcher("plugin", 1, lambda _: (), decides)))
    one, other = (Draft("北京远山动力", credit_code=code) for code in REAL)
    assert engine.score(one, other).tier is Tier.CERTAIN
    assert not engine.held_below(0.75, one, other)


def test_who_are_two_by_a_plugin_are_held_below_its_limit() -> None:
    def limits(one: Candidate, other: Candidate) -> Match:
        return Match(0.0, "limits", (), 0.3)

    engine = Engine((*BUILT_IN, DuplicateMatcher("plugin", 1, lambda _: (), limits)))
    assert engine.held_below(0.6, Draft("北京远山动力"), Draft("北京远山动力"))


def test_plugins_may_take_the_name_of_no_built_in_matcher() -> None:
    assert {matcher.name for matcher in BUILT_IN} == set(BUILT_IN_MATCHERS)


@pytest.mark.parametrize("matcher", BUILT_IN, ids=lambda one: one.name)
@given(one=numbered, other=numbered)
def test_only_numbers_hold_a_score_down_or_decide(matcher: DuplicateMatcher, one: Draft, other: Draft) -> None:
    """Of the built-in ones: the others need not be asked who is held below a score."""
    said = matcher.compare(one, other)
    assert said is None or matcher.name == "identity" or said.part in ("likeness", "adds")


@pytest.mark.parametrize("copied", [copy, deepcopy, lambda draft: loads(dumps(draft))])
def test_a_copy_of_a_draft_is_equal_and_leaves_the_engine_behind(copied: Callable[[Draft], Draft]) -> None:
    draft = Draft("杭州远山科技有限公司", phone="13912345678", aliases=("远山",), extra={"seal": "7"})
    made = keys(draft, "acme")
    again = copied(draft)
    assert (again, again.extra) == (draft, {"seal": "7"})
    assert again.keyed is None
    assert keys(again, "acme") == made
