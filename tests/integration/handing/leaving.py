"""What a salesperson holds, and how it is handed over: shorthands for the tests of handovers."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from tests.integration.services.acting import doing

from oa_crm.models import Base, table_of
from oa_crm.schemas import HandoverOut, HandoverPreview
from oa_crm.testing import Kit

HANDED = ("oa_crm_customer", "oa_crm_lead", "oa_crm_project", "oa_crm_contract", "oa_crm_view", "oa_crm_approval",
          "oa_crm_approval_waiting", "oa_crm_pool", "oa_crm_plan")  # fmt: skip
_RISES = {"version"}
# A customer's term and its number are those of the ledger, which is only added to; its clock counts as it did.
_LEDGER = {"owner_no", "owner_since", "clock_from"}
Rows = dict[str, dict[str, dict[str, Any]]]


@dataclass
class Desk:
    """Everything that the seller has."""

    customers: list[Any]
    projects: list[Any]
    contract: Any
    lead: Any
    view: Any
    pool: Any


def desk(kit: Kit) -> Desk:
    """A desk with one of everything that can be held, and what goes along."""
    given = kit.given
    places = (("330100", "A"), ("330106", "B"), ("440300", "A"), (None, None), ("110000", "C"))
    customers = [given.customer(region=region, level=level) for region, level in places]
    projects = [given.project(customers[0]), given.project(customers[2])]
    given.contact(customers[0])
    given.follow_up(customers[0], way="visit")
    given.submitted_contract(given.contract(projects[0]))
    contract = given.contract(projects[1])
    lead = given.lead(region="330100")
    view = doing(kit, "seller", lambda unit: unit.views.save({"name": "重点客户", "where": {"level": "A"}}))
    seats = [{"kind": "member", "id": "seller"}, {"kind": "member", "id": "chief"}]
    pool = doing(kit, "admin", lambda unit: unit.pools.open({"name": "华东公海", "admins": seats}))
    return Desk(customers, projects, contract, lead, view, pool)


def plan(kit: Kit, *, by: str = "seller", **of: Any) -> Any:
    """A call of `by`, the day after tomorrow, to the customer or lead in `of`."""
    call = {"way": "phone", "purpose": "回访", "due_at": kit.clock.now() + timedelta(days=2), **of}
    return doing(kit, by, lambda unit: unit.plans.plan(call))


def preview(kit: Kit, wanted: dict[str, Any], actor: Any = "manager") -> HandoverPreview:
    """What it would do, of what the seller holds."""
    return doing(kit, actor, lambda unit: unit.handover.preview({"leaver_id": "seller", **wanted}))


def hand_over(kit: Kit, wanted: dict[str, Any], actor: Any = "manager") -> HandoverOut:
    """Preview and execute."""
    wanted = {"leaver_id": "seller", **wanted}
    seen = preview(kit, wanted, actor)
    return doing(kit, actor, lambda unit: unit.handover.execute(wanted, fingerprint=seen.fingerprint))


def synced(kit: Kit, member: str = "seller", **facts: Any) -> None:
    """The directory says something new of a member, as `active=False`."""
    kit.company.people[member] = replace(kit.company.people[member], **facts)
    doing(kit, "admin", lambda unit: unit.directory.sync())


def undo(kit: Kit, id: UUID, actor: Any = "manager") -> Any:
    return doing(kit, actor, lambda unit: unit.handover.undo(id, reason="交接有误"))


def handed(kit: Kit, *, stamps: bool = True) -> Rows:
    """Every row of the tables that a handover changes, but for what only rises; without `stamps` also without those."""
    tables = [one for one in Base.metadata.sorted_tables if one.name in HANDED]
    left_out = _RISES | (set() if stamps else {"updated_at", "updated_by"})
    found: Rows = {}
    with kit.crm.engine.connect() as connection:
        for table in tables:
            rows = [dict(row._mapping) for row in connection.execute(select(table))]
            ledger = _LEDGER if table.name == "oa_crm_customer" else set()
            found[table.name] = {
                str([row[one.name] for one in table.primary_key]): {
                    name: value for name, value in row.items() if name not in left_out | ledger
                }
                for row in rows
            }
    return found


def held_by(kit: Kit, model: type[Base], owner: str | None) -> set[UUID]:
    """The ids of what somebody owns."""
    table = table_of(model)
    with kit.crm.engine.connect() as connection:
        return set(connection.scalars(select(table.c.id).where(table.c.owner_id == owner)))
