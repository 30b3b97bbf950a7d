"""Who sees a custom field, how, and who fills it in: the field's own roles, then what the authorizer adds."""

from collections.abc import Iterable

from oa_crm.hooks.ports import FieldRight, Sight
from oa_crm.services.custom_sets import Field
from oa_crm.services.work import Work

_STRICT = (Sight.OPEN, Sight.MASKED, Sight.HIDDEN)


def right(work: Work, field: Field) -> FieldRight:
    """What this person may do with the field; asked once a unit."""
    key = ("right", field.kind, field.name, field.version)
    if key not in work.custom:
        work.custom[key] = _decided(work, field)
    known: FieldRight = work.custom[key]
    return known


def shown_fields(work: Work, fields: Iterable[Field]) -> dict[str, Field]:
    """Those of the fields that this person sees, masked ones included."""
    return {one.name: one for one in fields if right(work, one).sight is not Sight.HIDDEN}


def _decided(work: Work, field: Field) -> FieldRight:
    who = work.who
    if who.is_system:
        return FieldRight()
    ask = getattr(work.runtime.ports.authorizer, "field", None)
    said: FieldRight | None = ask(who, field.kind, f"custom.{field.name}") if ask else None
    ours = _by_roles(field, who.roles)
    sight = max(ours.sight, said.sight if said else Sight.OPEN, key=_STRICT.index)
    return FieldRight(sight, sight is Sight.OPEN and ours.edit and (said is None or said.edit))


def _by_roles(field: Field, roles: tuple[str, ...]) -> FieldRight:
    """A person with several roles has the widest right of them."""
    facts = field.facts
    sights = [_sight(field, role) for role in roles] or [Sight.HIDDEN if facts.see else Sight.OPEN]
    edit = not facts.edit or any(role in facts.edit for role in roles)
    return FieldRight(min(sights, key=_STRICT.index), edit)


def _sight(field: Field, role: str) -> Sight:
    if role in field.facts.masked:
        return Sight.MASKED
    return Sight.OPEN if not field.facts.see or role in field.facts.see else Sight.HIDDEN
