"""Where a word may begin inside a customer's name, so that 智能 finds 云帆智能科技.

A Chinese name has a part from each of its characters, a Latin one from each of its words. They lie in the index of
name beginnings behind a mark that nobody can type, so type-ahead does not see them.
"""

import re
from itertools import islice

from oa_crm.duplicates import Draft
from oa_crm.duplicates.normalise import normalise
from oa_crm.duplicates.text import fold, letters

INSIDE = "*"
LONGEST = 12
"""A part is kept so far: a longer word is found by its first twelve characters."""
_MOST, _FOLDED = 60, 200
_ONLY_HAN = re.compile("[\u3400-\u9fff]+")
_LATIN = re.compile(r"[^\W_\u3400-\u9fff]+")


def inner_words(draft: Draft) -> frozenset[str]:
    """The marked parts of a customer's names, without the one that is the whole name; at most 60."""
    parts: dict[str, None] = {}
    for name in (draft.name, draft.short_name or "", *draft.former_names, *draft.aliases):
        parts.update(dict.fromkeys(_parts(name)))
    return frozenset([INSIDE + part for part in islice(parts, _MOST)])


def _parts(name: str) -> list[str]:
    whole = normalise(name)
    full, said = whole.full, whole.full.removesuffix(whole.form)
    if len(name) <= _FOLDED and _ONLY_HAN.fullmatch(full):
        return [full[at : at + LONGEST] for at in range(1, len(said))]
    # Folded as what is typed is folded: 雲帆 is found as 云帆.
    parts = [full[at : at + LONGEST] for at in range(1, len(said)) if "\u3400" <= said[at] <= "\u9fff"]
    plain = fold(name[:_FOLDED])
    for word in _LATIN.finditer(plain):
        if word.start() and (part := letters(plain[word.start() :])[:LONGEST]):
            parts.append(part)
    return parts
