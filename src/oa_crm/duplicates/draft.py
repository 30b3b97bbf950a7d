"""What the check is told about a customer, new or on file.

`Draft` is the input as somebody types it; anything with the same attributes can stand as a `Candidate`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from oa_crm.hooks.matching import Candidate

__all__ = ["Candidate", "Draft"]


# Not frozen, which would triple what one costs: an import makes one of each candidate. Nobody changes one.
@dataclass(slots=True, unsafe_hash=True)
class Draft:
    """A customer as typed. `phone` may hold several numbers; a malformed credit code counts as none.

    `phones` are further numbers; `extra` holds whatever a plugin's matcher reads, such as a foreign tax number.
    """

    name: str
    former_names: tuple[str, ...] = ()
    credit_code: str | None = None
    phone: str | None = None
    short_name: str | None = None
    aliases: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    website: str | None = None
    address: str | None = None
    extra: Mapping[str, str] = field(default_factory=dict, hash=False)
    keyed: Any = field(default=None, init=False, repr=False, compare=False)
    """Its keys as an engine made them, and for whom: the gate, the check and what is kept ask for the same."""

    def __reduce__(self) -> tuple[Any, ...]:
        """A copy, also one in another process, makes its keys itself, for an engine is of one process."""
        return type(self), tuple(getattr(self, one.name) for one in fields(self) if one.init)
