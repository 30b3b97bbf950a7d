"""Shorthands: rules as the administrator sets them."""

from typing import Any

from tests.integration.services.acting import doing

from oa_crm.plugins.builtin.policy import POLICY
from oa_crm.schemas.privacy import FIELDS
from oa_crm.testing import Kit

ROLES = tuple(sorted(POLICY))


def rule(kit: Kit, kind: str, field: str, version: int = 0, **roles: Any) -> Any:
    """One rule."""
    given = {"kind": kind, "field": field, "expected_version": version, **roles}
    return doing(kit, "admin", lambda unit: unit.privacy.set_rule(given))


def dim_everything(kit: Kit, sight: str) -> None:
    """Let nobody see any field that rules may be about: masked, or not at all."""
    roles = {"masked": ROLES} if sight == "masked" else {"see": ("nobody",)}
    with kit.unit("admin") as unit:
        for kind, fields in FIELDS.items():
            for field in fields:
                unit.privacy.set_rule({"kind": kind, "field": field, "expected_version": 0, **roles})
