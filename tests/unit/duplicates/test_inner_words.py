"""Where a word may begin inside a name: one law for every mix of scripts, also for those that are looked at faster."""

from hypothesis import given
from hypothesis import strategies as st

from oa_crm.duplicates import Draft, normalise
from oa_crm.services.clashes.inner_words import INSIDE, LONGEST, inner_words

mixed = st.text(st.sampled_from("远山动力科技雲帆有限公司 (北京)Aé３株-"), min_size=1, max_size=30)


@given(mixed)
def test_a_word_begins_at_each_chinese_character_of_a_name_but_its_first_and_those_of_its_form(name: str) -> None:
    whole = normalise(name)
    said = whole.full.removesuffix(whole.form)
    begun = {INSIDE + whole.full[at : at + LONGEST] for at in range(1, len(said)) if "\u3400" <= said[at] <= "\u9fff"}
    found = inner_words(Draft(name))
    assert begun <= found
    assert {one for one in found - begun if "\u3400" <= one[1] <= "\u9fff"} == set()


def test_a_latin_word_behind_the_first_begins_one_beside_chinese_characters() -> None:
    assert {"*tech远山", "*山"} <= inner_words(Draft("云帆 Tech 远山"))
