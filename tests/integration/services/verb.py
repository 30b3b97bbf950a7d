"""One verb that writes, as the general proofs do it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from oa_crm import Actor, Unit
from oa_crm.testing import Kit

Act = Callable[..., Any]


@dataclass(frozen=True)
class Verb:
    """One verb, as `by` does it on what `ready` made."""

    name: str
    by: str | Actor
    ready: Callable[[Kit], Any]
    act: Act
    other: Act
    local: bool = False

    def __call__(self, unit: Unit, thing: Any, **key: str) -> Any:
        return self.act(unit, thing, **key)
