"""A company's rules on fields are set and taken away. Two who change one field: the second is told."""

from typing import Any

from sqlalchemy import and_, delete, insert, update

from oa_crm.errors import InvalidInput, NotFound, StaleVersion
from oa_crm.ids import new_id
from oa_crm.models import FieldRule, FieldRuleSet, table_of
from oa_crm.schemas import FieldRuleIn, FieldRuleOut
from oa_crm.schemas.privacy import FIELDS
from oa_crm.services.base import Service, shown
from oa_crm.services.upsert import upsert

KIND = "privacy"
_ROLES = ("see", "edit", "masked")


def known(kind: str, field: str) -> None:
    """Raises `InvalidInput` for what is no field that has rules."""
    if kind not in FIELDS:
        raise InvalidInput.of("kind", "unknown_kind", kind=kind, known=", ".join(FIELDS))
    if field not in FIELDS[kind]:
        raise InvalidInput.of("field", "unknown_field", known=", ".join(FIELDS[kind]))


def set_rule(service: Service, wanted: FieldRuleIn) -> FieldRuleOut:
    """Set the rule of a field, as it was read."""
    work, before = service.work, _alone(service, wanted.kind, wanted.field, wanted.expected_version)
    roles = {name: list(getattr(wanted, name)) for name in _ROLES}
    edited = {"updated_at": work.journal.now(), "updated_by": work.scope.actor.id}
    values = {**roles, **edited, "version": wanted.expected_version + 1}
    if before is None:
        key = {"tenant_id": work.scope.tenant, "kind": wanted.kind, "field": wanted.field}
        work.connection.execute(insert(FieldRule), {**key, **values})
    else:
        work.connection.execute(update(FieldRule).where(_this(service, wanted.kind, wanted.field)).values(**values))
    changes = {name: [getattr(before, name, None), value] for name, value in roles.items()}
    work.journal.record("privacy.set_rule", KIND, f"{wanted.kind}.{wanted.field}", changes)
    return FieldRuleOut(kind=wanted.kind, field=wanted.field, **values)


def remove_rule(service: Service, kind: str, field: str, expected_version: int) -> FieldRuleOut:
    """Everybody sees the field and fills it in again."""
    row = _alone(service, kind, field, expected_version)
    if row is None:
        raise NotFound("rule", f"{kind}.{field}")
    service.work.connection.execute(delete(FieldRule).where(_this(service, kind, field)))
    changes = {name: [getattr(row, name), None] for name in _ROLES}
    service.work.journal.record("privacy.remove_rule", KIND, f"{kind}.{field}", changes)
    return shown(FieldRuleOut, row)


def _alone(service: Service, kind: str, field: str, expected_version: int) -> Any:
    """The rule as it stands, nobody else changing any of the company's until we are done."""
    known(kind, field)
    work, stamp = service.work, new_id()
    upsert(work.connection, table_of(FieldRuleSet), {"tenant_id": work.scope.tenant}, {"stamp": stamp})
    work.rules_changed(stamp)
    query = service.company_wide(FieldRule).where(_this(service, kind, field))
    row = work.connection.execute(query.with_for_update()).one_or_none()
    version = 0 if row is None else row.version
    if version != expected_version:
        state = {} if row is None else {name: getattr(row, name) for name in ("kind", "field", *_ROLES)}
        raise StaleVersion(kind="rule", expected=expected_version, current=version, state=state)
    return row


def _this(service: Service, kind: str, field: str) -> Any:
    table = table_of(FieldRule)
    return and_(table.c.tenant_id == service.work.scope.tenant, table.c.kind == kind, table.c.field == field)
