"""Another set of rules. It holds at once; the deadlines of a large base follow in slices."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import and_, update

from oa_crm.errors import StaleVersion
from oa_crm.models import Protection, table_of
from oa_crm.schemas.protection import ProtectionChange, ProtectionRule, ProtectionRulesOut, as_kept
from oa_crm.services import access
from oa_crm.services.base import Service
from oa_crm.services.holding import kept as pools
from oa_crm.services.protection import keeping, rules

KIND = "protection"


def shown_rules(service: Service) -> ProtectionRulesOut:
    """The rules that hold."""
    kept = rules.read(service.work)
    changed = kept.version > 0
    return ProtectionRulesOut(
        version=kept.version,
        rules=kept.reckoner.rules,
        changed_by=kept.row.changed_by if changed else None,
        changed_at=kept.row.changed_at if changed else None,
        waiting=kept.waiting,
    )


def change(service: Service, wanted: ProtectionChange) -> ProtectionRulesOut:
    """Set the rules; the first five hundred customers follow in the same transaction."""
    work = service.work
    access.require(work, "administer", KIND)
    pools.must_be_there(work, pools_in(wanted.rules.rules, "rules.rules."))
    before = rules.hold(work, to_change=True)
    table = table_of(Protection)
    held = and_(table.c.tenant_id == work.scope.tenant, table.c.version == wanted.expected_version)
    values: dict[str, Any] = {
        "version": wanted.expected_version + 1,
        "document": as_kept(wanted.rules),
        "changed_at": work.journal.now(),
        "changed_by": work.scope.actor.id,
        "waiting": True,
        "walked_to": None,
    }
    if work.connection.execute(update(table).where(held).values(**values)).rowcount != 1:
        state = shown_rules(service).model_dump(mode="json")
        raise StaleVersion(kind=KIND, expected=wanted.expected_version, current=before.version, state=state)
    changes = {"rules": [as_kept(before.reckoner.rules), values["document"]]}
    work.journal.record("pool.set_protection", KIND, work.scope.tenant, changes)
    keeping.walk(work, keeping.AT_ONCE)
    return shown_rules(service)


def pools_in(some: Iterable[ProtectionRule], path: str) -> dict[str, UUID]:
    """The pools that rules name, by the path to each."""
    return {f"{path}{at}.pools.{n}": id for at, rule in enumerate(some) for n, id in enumerate(rule.pools)}
