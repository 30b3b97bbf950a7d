"""Keys: one hash for each way in which two customers may agree.

A key holds 64 bits of blake2b over tenant, kind and text, signed for a BIGINT column; no two tenants
share one. Strong keys name a customer nearly alone; weak ones only nominate candidates, and many share them.
"""

from dataclasses import dataclass, field
from hashlib import blake2b

from oa_crm.hooks.matching import MatchKey


# Not frozen, which would triple what one costs: a check makes fifty.
@dataclass(slots=True, unsafe_hash=True)
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


def key_of(tenant: str, key: MatchKey) -> Key:
    """`key` as it is stored for `tenant`."""
    return Key(key.kind, hash_of(tenant, key), key.strong, key.weight, key.race)


def hash_of(tenant: str, key: MatchKey) -> int:
    """The signed 64-bit hash of tenant, kind and text."""
    text = f"{tenant}\x1f{key.kind}\x1f{key.text}"
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
