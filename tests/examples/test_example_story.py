"""How the story is laid out: lines never overflow, and nothing of the text is lost."""

from examples.host_app.story import folded
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

WORDS = st.text(alphabet="ab杭州（）,。 ", max_size=80)


@given(text=WORDS, width=st.integers(min_value=8, max_value=40))
def test_folding_keeps_the_text_and_the_width(text: str, width: int) -> None:
    lines = folded(text, width)
    assert "".join("".join(lines).split()) == "".join(text.split())
    longest_word = max((cell_len(word) for word in text.split()), default=0)
    assert all(cell_len(line) <= max(width, longest_word) for line in lines)


def test_chinese_breaks_anywhere_and_words_do_not() -> None:
    assert folded("refused: 客户已登记", 12) == ["refused: 客", "户已登记"]
