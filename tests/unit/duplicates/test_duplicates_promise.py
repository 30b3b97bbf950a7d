"""Which of many candidates are compared in full."""

from hypothesis import given
from hypothesis import strategies as st

from oa_crm.duplicates import most_promising

CANDIDATES = st.dictionaries(st.integers(0, 60), st.tuples(st.floats(0.5, 40), st.lists(st.text(max_size=8))))


@given(st.text(max_size=12), CANDIDATES, st.integers(1, 12))
def test_the_most_promising_are_candidates_each_once_and_no_more_than_asked_for(
    name: str, candidates: dict[int, tuple[float, list[str]]], limit: int
) -> None:
    votes = {one: weight for one, (weight, _) in candidates.items()}
    names = {one: known for one, (_, known) in candidates.items()}
    chosen = most_promising(name, votes, names, limit)
    assert len(chosen) == len(set(chosen)) == min(limit, len(candidates))
    assert set(chosen) <= set(candidates)


@given(st.text(max_size=12), CANDIDATES)
def test_a_larger_choice_begins_with_the_smaller_one(name: str, candidates: dict[int, tuple[float, list[str]]]) -> None:
    votes = {one: weight for one, (weight, _) in candidates.items()}
    names = {one: known for one, (_, known) in candidates.items()}
    assert most_promising(name, votes, names, 30)[:5] == most_promising(name, votes, names, 5)


def test_of_namesakes_with_equal_keys_the_one_whose_letters_agree_is_compared() -> None:
    names = {at: (f"宏达{trade}有限公司",) for at, trade in enumerate(("商贸", "物流", "建材", "生物科技", "餐饮"))}
    assert most_promising("宏达生物技术有限公司", dict.fromkeys(names, 4.0), names, 1) == [3]


def test_a_former_name_promises_as_much_as_the_present_one() -> None:
    names = {1: ("青禾物流有限公司",), 2: ("远山建材有限公司", "望舒动力科技有限公司")}
    assert most_promising("望舒动力科技公司", {1: 4.0, 2: 4.0}, names, 1) == [2]


def test_a_shared_key_says_more_than_a_few_letters() -> None:
    names = {1: ("望舒动力科技有限公司",), 2: ("青禾远山贸易有限公司",)}
    assert most_promising("望舒动力技术有限公司", {1: 2.0, 2: 20.0}, names, 1) == [2]
