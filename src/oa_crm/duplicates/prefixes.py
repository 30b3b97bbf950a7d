"""How a person may begin to type a customer's name: as it is written, without its region, short, by its sound."""

from collections.abc import Iterator

from oa_crm.duplicates.draft import Draft
from oa_crm.duplicates.hanzi import pinyin
from oa_crm.duplicates.normalise import normalise

LONGEST = 60


def prefixes(draft: Draft) -> frozenset[str]:
    """The texts whose beginnings lead to this customer, folded; each at most 60 characters."""
    return frozenset(text[:LONGEST] for text in _texts(draft) if text)


def typed(text: str) -> str:
    """What somebody typed, folded as the stored texts are."""
    return normalise(text).full[:LONGEST]


def _texts(draft: Draft) -> Iterator[str]:
    for name in (draft.name, draft.short_name or "", *draft.former_names, *draft.aliases):
        parts = normalise(name)
        for text in {parts.full, parts.core}:
            yield text
            # Full pinyin and initials: 云帆 is yunfan and yf.
            if not text.isascii():
                syllables = pinyin(text).split()
                yield "".join(syllables)
                yield "".join([syllable[0] for syllable in syllables])
