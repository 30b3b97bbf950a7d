"""The Unified Social Credit Code: what is taken, what is refused, and what the refusal says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oa_crm.duplicates import CreditCodeError, check_character, clean
from oa_crm.duplicates.credit_code import ALPHABET

bodies = st.text(alphabet=ALPHABET, min_size=17, max_size=17)


@given(bodies)
def test_a_code_with_its_check_character_is_taken(body: str) -> None:
    code = body + check_character(body)
    assert clean(code) == code


@given(bodies, st.integers(0, 17), st.sampled_from(ALPHABET))
def test_every_single_wrong_character_is_caught(body: str, place: int, wrong: str) -> None:
    code = body + check_character(body)
    if code[place] == wrong:
        return
    with pytest.raises(CreditCodeError):
        clean(code[:place] + wrong + code[place + 1 :])


def test_the_check_character_follows_the_standard() -> None:
    """The body of zeros with one 1 shows the weights of GB 32100-2015: 1, 3, 9, 27, 19, ..."""
    weights = [(31 - ALPHABET.index(check_character("0" * at + "1" + "0" * (16 - at)))) % 31 for at in range(17)]
    assert weights == [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28]


def test_small_letters_fullwidth_spaces_and_hyphens_are_forgiven() -> None:
    body = "91330106MA27YB4T3"
    code = body + check_character(body)
    assert clean(f" {code[:2].lower()}－{code[2:10].lower()} {code[10:]}\n") == code


def test_a_wrong_check_character_is_told_with_the_expected_one() -> None:
    body = "91330106MA27YB4T3"
    right = check_character(body)
    wrong = "0" if right != "0" else "1"
    with pytest.raises(CreditCodeError) as refusal:
        clean(body + wrong)
    assert f"is {wrong}" in refusal.value.problem
    assert right in refusal.value.expected


@pytest.mark.parametrize("letter", "IOSVZ")
def test_a_letter_that_no_code_has_is_named_with_its_place(letter: str) -> None:
    with pytest.raises(CreditCodeError, match=f"character 3 of the credit code is {letter}"):
        clean("91" + letter + "0" * 15)


def test_a_short_code_is_told_its_length() -> None:
    with pytest.raises(ValueError, match=r"has 15 characters; .* has 18"):
        clean("110108000000016")
