"""Keys: one hash for each way in which two customers may agree.

A key holds 64 bits of blake2b over tenant, kind and text, signed for a BIGINT column; no two tenants
share one. Strong keys name a customer nearly alone; weak ones only nominate candidates, and many share them.
"""

from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b

from oa_crm.hooks.matching import MatchKey


# Not frozen, which would triple what one costs: a check makes fifty.
@dataclass(slots=True)
class Key:
    """One row to store, or to probe. `hash` fits a signed 64-bit column; `weight` is the vote of an agreement.
    Two truly equal customers share those of a `race`.

    Equal by what it stands for: a short name may be sure of a brand that a long one only offers.
    """

    kind: str
    hash: int
    strong: bool = field(compare=False)
    weight: float = field(default=1.0, compare=False)
    race: bool = field(default=False, compare=False)

    def __hash__(self) -> int:
        return hash(self.hash)


def key_of(tenant: str, key: MatchKey) -> Key:
    """`key` as it is stored for `tenant`: with the signed 64-bit hash of tenant, kind and text."""
    begun = _begun(tenant, key.kind).copy()
    begun.update(key.text.encode("utf-8", "surrogatepass"))
    return Key(key.kind, int.from_bytes(begun.digest(), "big", signed=True), key.strong, key.weight, key.race)


@lru_cache(maxsize=1024)
def _begun(tenant: str, kind: str) -> blake2b:
    """What all keys of a kind have in front, hashed once."""
    return blake2b(f"{tenant}\x1f{kind}\x1f".encode("utf-8", "surrogatepass"), digest_size=8)
