"""Places of cards: there is always one between two others, and dealt anew they stay in order and become short."""

from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oa_crm.ids import new_id
from oa_crm.services.piping import ranks

MANY = 5_000


def _put(column: list[str], at: int) -> None:
    """A card at this place of the column, as the board puts it."""
    low, high = ("" if at == 0 else column[at - 1]), (column[at] if at < len(column) else None)
    place = ranks.between(low, high)
    if len(place) > ranks.LONGEST:
        column[:] = [ranks.dealt(f"{number:09}") for number in range(1, len(column) + 1)]
        _put(column, at)
    else:
        column.insert(at, place)


def _put_all(spots: Iterable[float]) -> list[str]:
    column = [new_id().hex for _ in range(3)]
    for spot in spots:
        _put(column, round(spot * len(column)))
    return column


@pytest.mark.parametrize("spot", [0, 0.5, 1])
def test_five_thousand_cards_put_to_one_spot_have_places_that_can_be_written(spot: float) -> None:
    column = _put_all([spot] * MANY)
    assert column == sorted(set(column))
    assert len(column) == MANY + 3
    assert max(map(len, column)) <= ranks.LONGEST


def test_five_thousand_cards_put_in_turn_right_below_one_another_find_their_places() -> None:
    column = [new_id().hex for _ in range(4)]
    for _ in range(MANY):
        del column[2]
        _put(column, 1)
        assert column == sorted(set(column))
    assert max(map(len, column)) <= ranks.LONGEST


@settings(max_examples=30, deadline=None)
@given(spots=st.lists(st.floats(0, 1), min_size=1, max_size=500))
def test_cards_put_anywhere_stand_in_order_before_the_one_that_comes_last(spots: list[float]) -> None:
    column = _put_all(spots)
    assert column == sorted(set(column))
    assert all(len(place) <= ranks.LONGEST for place in column)


def test_a_card_that_comes_after_places_were_dealt_comes_last() -> None:
    assert ranks.dealt("999999999") < new_id().hex


def test_a_place_grows_by_a_digit_for_four_cards_at_the_same_spot() -> None:
    low, high = new_id().hex, new_id().hex
    for _ in range(200):
        high = ranks.between(low, high)
    assert len(high) <= 100


def test_between_equal_places_there_is_none() -> None:
    with pytest.raises(ValueError, match="no place"):
        ranks.between("8", "8")
