"""Masks: what each shows of a text, and that it never shows more, whatever the text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oa_crm.masks import EMAIL, NUMBER, PERSON, PHONE, TEXT, Mask

ALL = (PHONE, EMAIL, NUMBER, PERSON, TEXT)
MOST = {"phone": 7, "number": 4, "person": 1, "text": 0}
TEXTS = st.one_of(
    st.text(max_size=60),
    st.from_regex(r"\+?[0-9 -]{0,20}(;ext=[0-9]{1,5})?", fullmatch=True),
    st.emails(),
)


@pytest.mark.parametrize(
    ("mask", "text", "shown"),
    [
        (PHONE, "+8613812345678", "138****5678"),
        (PHONE, "+8657188886666;ext=801", "571****6666"),
        (PHONE, "+4930901820", "****820"),
        (PHONE, "110", "****"),
        (EMAIL, "zhang.san@example.com", "z***@example.com"),
        (EMAIL, "z@example.com", "***@example.com"),
        (EMAIL, "no address at all", "***"),
        (NUMBER, "91330106MA2XXXXX17", "****XX17"),
        (NUMBER, "6222 0212 3456 7890", "****7890"),
        (NUMBER, "12345678", "****78"),
        (NUMBER, "1234", "****"),
        (PERSON, "张三丰", "张**"),
        (PERSON, "张", "**"),
        (TEXT, "", "•••"),
    ],
)
def test_each_mask_shows_what_it_says(mask: Mask, text: str, shown: str) -> None:
    assert mask.of(text) == shown


@given(TEXTS)
def test_no_mask_shows_more_than_it_may(text: str) -> None:
    for mask in (PHONE, NUMBER, PERSON, TEXT):
        left = mask.of(text).replace("*", "").replace("•", "")
        assert len(left) <= MOST[mask.name]
        assert len(left) < len(text) or not left
    local = EMAIL.of(text).partition("@")[0].replace("*", "")
    assert len(local) <= 1
    domain = EMAIL.of(text).partition("@")[2]
    assert domain == "" or text.strip().endswith(f"@{domain}")


@given(TEXTS)
def test_what_a_phone_or_number_mask_leaves_out_is_at_least_four_signs_or_all(text: str) -> None:
    for mask in (PHONE, NUMBER):
        signs = sum(one.isalnum() for one in text)
        left = sum(one.isalnum() for one in mask.of(text))
        assert left == 0 or signs - left >= 4


@given(TEXTS)
def test_every_mask_is_known_for_one(text: str) -> None:
    for mask in ALL:
        assert mask.known(mask.of(text))


@pytest.mark.parametrize(
    ("mask", "text"),
    [(PHONE, "+8613812345678"), (EMAIL, "zhang.san@example.com"), (PERSON, "张三"), (PERSON, "Smith **"), (TEXT, "•")],
)
def test_a_value_is_not_taken_for_a_mask(mask: Mask, text: str) -> None:
    assert not mask.known(text)
