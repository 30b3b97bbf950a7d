"""Who sees a custom field, how, and who fills it in: the field's own roles, then what the authorizer adds."""

from collections.abc import Iterable

from oa_crm.hooks.ports import FieldRight, Sight
from oa_crm.services.custom_sets import Field
from oa_crm.services.sights.roles import asked_of, by_roles, joined
from oa_crm.services.work import Work


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
    if work.who.is_system:
        return FieldRight()
    said = asked_of(work.runtime.ports.authorizer, work.who, field.kind, f"custom.{field.name}")
    return joined(by_roles(field.facts, work.who.roles), said)
