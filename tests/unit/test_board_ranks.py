"""There is always a place between two cards, and it keeps their order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oa_crm.ids import new_id
from oa_crm.services.piping.ranks import between


@given(st.lists(st.tuples(st.integers(0, 50), st.booleans()), max_size=60))
def test_cards_put_anywhere_keep_their_order(moves: list[tuple[int, bool]]) -> None:
    order = [new_id().hex for _ in range(3)]
    for place, at_the_end in moves:
        at = len(order) if at_the_end else place % len(order)
        low = order[at - 1] if at else ""
        high = order[at] if at < len(order) else None
        made = between(low, high)
        assert low < made
        assert high is None or made < high
        order.insert(at, made)
    assert order == sorted(set(order))


def test_a_place_grows_by_a_digit_for_four_cards_at_the_same_spot() -> None:
    low, high = new_id().hex, new_id().hex
    for _ in range(200):
        high = between(low, high)
    assert len(high) <= 100


def test_between_equal_places_there_is_none() -> None:
    with pytest.raises(ValueError, match="no place"):
        between("8", "8")
