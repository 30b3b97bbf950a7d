"""What the check is told about a customer, new or on file.

`Draft` is the input as somebody types it; anything with the same four attributes can stand as a `Candidate`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


class Candidate(Protocol):
    """A customer to compare with: a Draft, or a row with these attributes."""

    @property
    def name(self) -> str: ...
    @property
    def former_names(self) -> Sequence[str]: ...
    @property
    def credit_code(self) -> str | None: ...
    @property
    def phone(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Draft:
    """A customer as typed. `phone` may hold several numbers; a malformed credit code counts as none."""

    name: str
    former_names: tuple[str, ...] = ()
    credit_code: str | None = None
    phone: str | None = None
