"""What is kept of a company's remits."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class OneRemit:
    """A remit ready to be asked: `wanted` as its row has it, `classes` the categories of each tree with those below."""

    name: str
    effect: str
    may: str
    wanted: Mapping[str, Any]
    classes: tuple[tuple[UUID, ...], ...]

    def words(self) -> str:
        """What a customer must have, for an explanation."""
        return "; ".join(_said(self.wanted))


Remits = Mapping[tuple[str, str], tuple[OneRemit, ...]]
"""By kind and id of whom they are about."""


def _said(wanted: Mapping[str, Any]) -> Iterator[str]:
    for name, value in wanted.items():
        if isinstance(value, Mapping):
            yield from (f"{name} {key}: {', '.join(some)}" for key, some in value.items())
        else:
            yield f"{name} {', '.join(value)}"
