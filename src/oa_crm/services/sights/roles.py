"""From roles to a right: the one rule for built-in and custom fields."""

from typing import Protocol

from oa_crm.hooks.ports import FieldRight, Sight, Who

STRICT = (Sight.OPEN, Sight.MASKED, Sight.HIDDEN)


class ByRole(Protocol):
    """Which roles see, fill in, and see a mask; empty means everybody."""

    @property
    def see(self) -> tuple[str, ...]: ...
    @property
    def edit(self) -> tuple[str, ...]: ...
    @property
    def masked(self) -> tuple[str, ...]: ...


def by_roles(facts: ByRole, roles: tuple[str, ...]) -> FieldRight:
    """A person with several roles has the widest right of them."""
    sights = [_sight(facts, role) for role in roles] or [Sight.HIDDEN if facts.see else Sight.OPEN]
    edit = not facts.edit or any(role in facts.edit for role in roles)
    return FieldRight(min(sights, key=STRICT.index), edit)


def joined(ours: FieldRight, said: FieldRight | None) -> FieldRight:
    """The company's rule and the authorizer's answer, the stricter of each; who does not see openly edits nothing."""
    sight = max(ours.sight, said.sight if said else Sight.OPEN, key=STRICT.index)
    return FieldRight(sight, sight is Sight.OPEN and ours.edit and (said is None or said.edit))


def asked_of(authorizer: object, who: Who, kind: str, field: str) -> FieldRight | None:
    """What the authorizer says of a field, if it answers for fields at all."""
    ask = getattr(authorizer, "field", None)
    said: FieldRight | None = ask(who, kind, field) if ask else None
    return said


def _sight(facts: ByRole, role: str) -> Sight:
    if role in facts.masked:
        return Sight.MASKED
    return Sight.OPEN if not facts.see or role in facts.see else Sight.HIDDEN
