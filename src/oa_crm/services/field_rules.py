"""The rules of a company on the fields of its things, as they are kept by their stamp."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """The roles that see a field, see it masked, and may fill it in."""

    see: tuple[str, ...]
    edit: tuple[str, ...]
    masked: tuple[str, ...]


Rules = Mapping[str, Rule]
"""By "kind.field"."""
