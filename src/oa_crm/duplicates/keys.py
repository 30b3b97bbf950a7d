"""Keys: one hash for each way in which two customers may agree.

A key holds 64 bits of blake2b over tenant, kind and text, signed for a BIGINT column; no two tenants
share one. Strong keys name a customer nearly alone; weak ones only nominate candidates, and many share them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b

from oa_crm.duplicates import trades
from oa_crm.duplicates.credit_code import valid_or_none
from oa_crm.duplicates.draft import Candidate
from oa_crm.duplicates.normalise import NormalName, normalise
from oa_crm.duplicates.phones import phones

_HEAD = 5
_MOST_GRAMS = 10
_MOST_WORDS = 4


class KeyKind(StrEnum):
    """What two customers agree in when they share the key."""

    FULL_NAME = "full_name"
    CORE = "core"
    CREDIT_CODE = "credit_code"
    PHONE = "phone"
    BRAND = "brand"
    GRAM = "gram"
    WORD = "word"


_WEAK = frozenset({KeyKind.GRAM, KeyKind.WORD})


@dataclass(frozen=True, slots=True)
class Key:
    """One row to store, or to probe. `hash` fits a signed 64-bit column."""

    kind: KeyKind
    hash: int
    strong: bool


def keys(draft: Candidate, tenant: str) -> frozenset[Key]:
    """Every key of a customer, former names included; most customers have 8 to 16."""
    return frozenset(_key(tenant, kind, text) for kind, text in _texts(draft) if text)


def _key(tenant: str, kind: KeyKind, text: str) -> Key:
    digest = blake2b("\x1f".join((tenant, kind, text)).encode(), digest_size=8).digest()
    return Key(kind, int.from_bytes(digest, "big", signed=True), kind not in _WEAK)


def _texts(draft: Candidate) -> Iterator[tuple[KeyKind, str]]:
    for name in (draft.name, *draft.former_names):
        yield from _name_texts(normalise(name))
    yield KeyKind.CREDIT_CODE, valid_or_none(draft.credit_code) or ""
    for number in phones(draft.phone):
        yield KeyKind.PHONE, number


def _name_texts(name: NormalName) -> Iterator[tuple[KeyKind, str]]:
    yield KeyKind.FULL_NAME, name.full
    yield KeyKind.CORE, name.core
    if name.words:
        yield from _latin_texts(name.words)
    else:
        yield from _chinese_texts(name.core)


def _chinese_texts(core: str) -> Iterator[tuple[KeyKind, str]]:
    """The brand, pairs of neighbours, and near the head pairs across one character: a slip leaves some equal."""
    yield KeyKind.BRAND, trades.brand(core)
    for gram in (core[at : at + 2] for at in range(max(1, min(len(core) - 1, _MOST_GRAMS)))):
        yield KeyKind.GRAM, gram
    head = core[:_HEAD]
    for at in range(len(head) - 2):
        yield KeyKind.GRAM, head[at] + head[at + 2]


def _latin_texts(words: tuple[str, ...]) -> Iterator[tuple[KeyKind, str]]:
    """Sorted words as one, each of the first words, and both halves of the joined name for a slip in one."""
    yield KeyKind.BRAND, " ".join(sorted(words))
    for word in words[:_MOST_WORDS]:
        yield KeyKind.WORD, word
    joined = "".join(words)
    middle = len(joined) // 2
    yield KeyKind.GRAM, "<" + joined[:middle]
    yield KeyKind.GRAM, joined[middle:] + ">"
