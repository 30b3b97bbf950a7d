"""Cities that are called by words of brands: 瑞金 is one behind its province, elsewhere it may be."""

from collections.abc import Iterable, Iterator

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from oa_crm.duplicates import Draft, Key, Tier, default_engine, normalise, regions, score
from oa_crm.duplicates.name_keys import KeyKind
from oa_crm.duplicates.tables import lines


def _cities() -> Iterator[tuple[str, str, str]]:
    """Each such word, its city, and what that lies in."""
    for name, forms, above in (line.split("\t") for line in lines("regions")):
        for form in forms.split():
            if form.startswith("?"):
                yield form[1:], name, above.split()[0]


CITIES = sorted(_cities())
cities = st.sampled_from(CITIES)
brands = st.sampled_from(("远山", "禾木", "云杉里", "星渡河", "望舒半夏"))
trades = st.sampled_from(("机械", "商贸", "智能科技", "生物医药"))


def test_there_are_a_hundred_of_them() -> None:
    assert len(CITIES) > 100
    assert ("瑞金", "瑞金市", "赣州") in CITIES


@given(cities, brands, trades)
def test_behind_what_it_lies_in_and_in_brackets_it_is_the_city(
    place: tuple[str, str, str], brand: str, trade: str
) -> None:
    word, city, above = place
    written = (f"{above}{word}{brand}{trade}有限公司", f"{brand}{trade}（{word}）有限公司")
    for name in written:
        told = normalise(name)
        assert (told.region, told.brand, told.industry) == (city, brand, trade)
    for name in written:
        assert score(Draft(name), Draft(f"{city}{brand}{trade}有限公司")).tier is Tier.CERTAIN


@pytest.mark.parametrize("name", ["浙江瑞金远山机械有限公司", "瑞金远山机械有限公司"])
def test_elsewhere_it_begins_the_brand(name: str) -> None:
    assert normalise(name).brand == "瑞金远山"


@pytest.mark.parametrize("name", ["江西瑞金实业有限公司", "瑞金市实业有限公司", "瑞金实业有限公司"])
def test_where_no_brand_is_left_it_is_the_brand_and_written_short(name: str) -> None:
    assert normalise(name).core == "瑞金实业"


@given(cities, brands, trades)
def test_a_name_that_may_begin_with_it_is_found_without_it_and_suspected(
    place: tuple[str, str, str], brand: str, trade: str
) -> None:
    word, city, above = place
    assume(regions.leading(word + brand) is None)
    written = Draft(f"{word}{brand}{trade}有限公司")
    for told in (f"{city}{brand}{trade}有限公司", f"{above}{word}{brand}{trade}有限公司"):
        assert score(written, Draft(told)) == score(Draft(told), written)
        assert score(written, Draft(told)).tier is Tier.SUSPECTED
        assert _shared(written, Draft(told))
    assert _shared(written, Draft(f"{brand}{trade}有限公司"))


def test_a_brand_of_two_common_words_is_not_accused_of_being_one_of_them() -> None:
    assert score(Draft("永安信达科技有限公司"), Draft("信达科技有限公司")).tier is Tier.RELATED
    assert score(Draft("永安信达科技有限公司"), Draft("上海信达科技有限公司")).tier is Tier.RELATED
    assert score(Draft("瑞金禾杉机械有限公司"), Draft("禾杉机械有限公司")).tier is Tier.SUSPECTED


@given(cities, brands, trades)
def test_customers_keyed_by_the_version_before_are_looked_for_as_it_keyed_them(
    place: tuple[str, str, str], brand: str, trade: str
) -> None:
    """It took the city for the beginning of the brand, so its core was that of the name without the province."""
    word, _, above = place
    keyed_then = _cores(default_engine.keys(Draft(f"{word}{brand}{trade}有限公司"), "acme"))
    asked = Draft(f"{above}{word}{brand}{trade}有限公司")
    assert keyed_then & _cores(default_engine.keys_before(asked, "acme"))


def _shared(one: Draft, other: Draft) -> set[int]:
    mine, theirs = (_cores(default_engine.keys(draft, "acme")) for draft in (one, other))
    return mine & theirs


def _cores(keys: Iterable[Key]) -> set[int]:
    return {key.hash for key in keys if key.kind == KeyKind.CORE}
