"""Which changes those who lead are told of. A further kind is one line of `CHANGE_KINDS`.

A kind names the thing and the field as the audit has them; a field that ends with a dot stands for all that begin so.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from oa_crm.models import Base, Customer, Project

Stages = tuple[str, ...]
_BACK = ("lost", "invalid")


def _any(_stages: Stages, _before: Any, _after: Any) -> bool:
    return True


def _later(_stages: Stages, before: Any, after: Any) -> bool:
    """A day that was named is further off now, or gone."""
    return before is not None and (after is None or after > before)


def _backwards(steps: Stages, before: Any, after: Any) -> bool:
    if after in _BACK:
        return True
    return before in steps and after in steps and steps.index(after) < steps.index(before)


@dataclass(frozen=True, slots=True)
class ChangeKind:
    """A kind of key change: `field` of things of `model` changed so that `matters(stages, before, after)`."""

    name: str
    model: type[Base]
    field: str
    matters: Callable[[Stages, Any, Any], bool] = _any
    money: bool = False

    def covers(self, field: str) -> bool:
        """Whether a field of the audit is meant."""
        return field.startswith(self.field) if self.field.endswith(".") else field == self.field


CHANGE_KINDS: tuple[ChangeKind, ...] = (
    ChangeKind("level", Customer, "level"),
    ChangeKind("category", Customer, "category."),
    ChangeKind("owner", Customer, "owner_id"),
    ChangeKind("strategy", Customer, "strategy."),
    ChangeKind("project_strategy", Project, "strategy."),
    ChangeKind("project_owner", Project, "owner_id"),
    ChangeKind("amount", Project, "expected_minor", money=True),
    ChangeKind("date_slip", Project, "expected_close_on", _later),
    ChangeKind("stage_backwards", Project, "stage", _backwards),
)
KINDS: Mapping[str, ChangeKind] = {one.name: one for one in CHANGE_KINDS}


def models() -> list[type[Base]]:
    """The things that key changes are about."""
    return list(dict.fromkeys(one.model for one in CHANGE_KINDS))


def told_of(model: type[Base], names: Iterable[str]) -> list[str]:
    """Those of the kinds named that are about such things."""
    return [name for name in names if name in KINDS and KINDS[name].model is model]
