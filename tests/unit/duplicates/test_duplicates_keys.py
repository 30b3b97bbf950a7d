"""Keys: whatever slips, two ways of writing one company still share some, and not too many."""

from collections.abc import Iterator
from hashlib import blake2b
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from oa_crm.duplicates import NORMALISER_VERSION, Draft, Engine, default_engine, explain, keys, normalise, score
from oa_crm.duplicates.matchers import NAMES

characters = st.sampled_from("远山动力禾木青望舒星渡河石桥云杉半夏鑫宏达华盛泰恒通隆兴源信诚和安嘉金天东")
cores = st.text(characters, min_size=4, max_size=9)


def shared(one: str, other: str) -> bool:
    return bool(keys(Draft(one), "acme") & keys(Draft(other), "acme"))


def slips(core: str, strange: str = "曌") -> Iterator[str]:
    for at in range(len(core)):
        yield core[:at] + core[at + 1 :]
        yield core[:at] + strange + core[at:]
        yield core[:at] + strange + core[at + 1 :]
    for at, (one, other) in enumerate(pairwise(core)):
        yield core[:at] + other + one + core[at + 2 :]


@given(cores)
def test_any_one_slip_leaves_a_key_that_both_have(core: str) -> None:
    name = core + "有限公司"
    assume(not normalise(name).region)
    for slipped in slips(normalise(name).core):
        # 泰东安 with two characters swapped begins with a city: that is another name.
        if not normalise(slipped).region:
            assert shared(name, slipped + "有限公司")


def test_a_key_is_a_hash_of_company_kind_and_text_and_stays_so_since_it_is_kept() -> None:
    text = "acme\x1ffull_name\x1f北京远山动力科技有限公司"
    kept = int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big", signed=True)
    assert kept in {key.hash for key in keys(Draft("北京遠山動力科技有限公司"), "acme")}


def test_what_a_draft_remembers_of_its_keys_is_for_one_company_and_one_engine() -> None:
    draft = Draft("北京远山动力科技有限公司", phone="13800138000")
    mine, names_alone = keys(draft, "acme"), Engine((NAMES,)).keys(draft, "acme")
    assert not mine & keys(draft, "globex")
    assert names_alone < mine == keys(draft, "acme") == keys(Draft(draft.name, phone=draft.phone), "acme")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("北京远山动力科技有限公司", "北京沅山动力科技有限公司"),
        ("北京远山动力科技有限公司", "远山动力"),
        ("乐远（北京）医疗器械股份有限公司", "乐远医疗"),
        ("大禾新纪元科技股份有限公司", "大禾科技"),
        ("石桥五杉医疗器械有限公司", "五杉医疗"),
        ("望舒银行股份有限公司石桥支行", "望舒银行武汉石桥支行"),
        ("Northfield Pumps Inc.", "Northfeild Pumps Inc."),
        ("Northfield Pumps Inc.", "Pumps Northfield"),
    ],
)
def test_ways_of_writing_one_company_meet(one: str, other: str) -> None:
    assert shared(one, other)
    assert score(Draft(one), Draft(other)).value >= 0.75


brands = st.text("abcdefghiklmnoprstuvwz", min_size=4, max_size=14)


@given(brands, st.sampled_from(("Technology", "Trading", "Auto Parts")))
def test_any_one_slip_in_a_latin_brand_leaves_a_key_that_few_others_have(brand: str, trade: str) -> None:
    """Of the brand and the trade together: hundreds begin alike, and dozens have the trade."""
    written = f"{brand} {trade} Ltd"
    assume(normalise(written).brand == brand)
    for slipped in slips(brand, "q"):
        again = f"{slipped} {trade} GmbH"
        # A slip may make a city or a trade of it: that is another name.
        if normalise(again).brand == slipped:
            assert _deletions(written) & _deletions(again)
    assert not _deletions(written) & _deletions(f"{brand} Quilting Ltd")


def _deletions(name: str) -> set[int]:
    return {key.hash for key in keys(Draft(name), "acme") if key.kind == "deletion"}


def test_latin_customers_keyed_by_the_version_before_are_looked_for_as_it_keyed_them() -> None:
    name, slipped = Draft("Northfield Pumps Inc."), Draft("Nortfield Pumps Inc.")
    then, now = default_engine.keys_before(name, "acme"), default_engine.keys(name, "acme")
    assert {key.kind for key in then - now} == {"deletion"}
    assert (then - now) & default_engine.keys_before(slipped, "acme")
    assert {key for key in now if key.strong} <= then


def test_chinese_customers_keyed_by_the_version_before_are_looked_for_as_it_keyed_them() -> None:
    """As it left 农商行, and a member of a group without its place; of a region's own name 5 only has more keys."""
    region_only = Draft("三沙市建设投资集团有限公司")
    for changed in map(Draft, ("三沙农商银行", "青禾集团三沙石桥研究院有限公司")):
        then, now = default_engine.keys_before(changed, "acme"), default_engine.keys(changed, "acme")
        assert "core" in {key.kind for key in then - now}
    assert default_engine.keys_before(region_only, "acme") <= default_engine.keys(region_only, "acme")


def test_who_raises_the_normalisers_version_raises_that_of_the_keys_that_are_made_of_it() -> None:
    """Stored keys are due to be built anew by the second alone. `_keys_before` of names tells those before."""
    assert (NORMALISER_VERSION, NAMES.version) == (4, 5)


@given(st.text(max_size=40))
def test_a_name_has_at_most_eighteen_keys(name: str) -> None:
    assert len(keys(Draft(name), "acme")) <= 18


@given(cores)
def test_the_weightiest_keys_are_those_that_name_a_company(core: str) -> None:
    found = sorted(keys(Draft("北京" + core + "有限公司"), "acme"), key=lambda key: -key.weight)
    assert [key.kind for key in found[:2]] == ["full_name", "core"]
    assert all(key.strong for key in found[:2])


def test_an_explanation_tells_the_parts_the_score_and_the_reasons() -> None:
    told = explain("北京远山动力科技有限公司", "远山动力科技（北京）股份有限公司")
    assert told.splitlines() == [
        "北京远山动力科技有限公司: region 北京, brand 远山, industry 动力科技, legal form 有限公司",
        "远山动力科技（北京）股份有限公司: region 北京, brand 远山, industry 动力科技, legal form 股份有限公司",
        "0.970 certain",
        "- same name “远山动力科技”, legal form differs",
    ]
    assert explain("青禾商贸", "青禾商贸", "zh-CN").splitlines()[-1] == "- 名称相同"
