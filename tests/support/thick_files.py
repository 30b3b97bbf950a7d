"""Customers with any number of rows in every section of their file, put there set-based, as years of work would."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, insert

from oa_crm.ids import new_id
from oa_crm.models import metadata_for

SECTIONS = (
    "contacts",
    "team",
    "projects",
    "strategies",
    "help_requests",
    "follow_ups",
    "plans",
    "matters",
    "contracts",
    "expenses",
    "settlements",
    "files",
    "history",
)
BEGAN = datetime(2026, 1, 5, 9, tzinfo=UTC)
_AT_ONCE = 5000
Rows = dict[str, list[dict[str, Any]]]


def thicken(engine: Engine, tenant: str, by: str, customer_id: UUID, number: int, *, talks: int | None = None) -> None:
    """`number` rows in every section, `talks` follow-ups instead of so many."""
    rows = rows_of(tenant, by, customer_id, number, number if talks is None else talks)
    tables = metadata_for(None).tables
    with engine.begin() as connection:
        for name, all_of_it in rows.items():
            for at in range(0, len(all_of_it), _AT_ONCE):
                connection.execute(insert(tables[f"oa_crm_{name}"]), all_of_it[at : at + _AT_ONCE])


def rows_of(tenant: str, by: str, customer_id: UUID, number: int, talks: int) -> Rows:
    """The rows by table, those first that others lead to."""
    rows: Rows = {
        name: []
        for name in (
            "contact",
            "post",
            "team_seat",
            "project",
            "strategy",
            "help_request",
            "plan",
            "matter",
            "contract",
        )
    }
    rows |= {name: [] for name in ("expense", "settlement", "file", "follow_up", "audit")}
    for at, (stamps, day) in zip(range(number), _moments(by), strict=False):
        made = {"tenant_id": tenant, **stamps}
        whose = {"created_at": stamps["created_at"], "created_by": by}
        contact, project = new_id(), new_id()
        rows["contact"].append({"id": contact, **made, "name": f"联系人{at}", "name_key": f"联系人{at}"})
        post = {"id": new_id(), "contact_id": contact, "customer_id": customer_id, "status": "active", "is_current": 1}
        rows["post"].append({**post, **made, "title": "采购", "role": "user"})
        rows["team_seat"].append({**_seat(by, customer_id, at), "tenant_id": tenant, "id": new_id()})
        sale = {"id": project, "customer_id": customer_id, "owner_id": by, "stage": "settled", "state": "settled"}
        rows["project"].append({**sale, **made, "name": f"项目{at}", "currency": "CNY", "expected_minor": 100})
        rows["strategy"].append({**_strategy(by, customer_id, project), **made, "id": new_id()})
        rows["help_request"].append({**_question(by, customer_id, day), **made, "id": new_id()})
        call = {"way": "phone", "purpose": "回访", "due_at": stamps["created_at"], "due_on": day, "remind_before": 60}
        about = {"customer_id": customer_id, "assignee_id": by}
        rows["plan"].append({**call, **about, **made, "id": new_id(), "moved": 0, "state": "planned"})
        need = {"what": "need", "words": "对接", "weight": 2, "state": "open"}
        rows["matter"].append({**need, **about, **made, "id": new_id()})
        cost = {"customer_id": customer_id, "project_id": project, "owner_id": by, "currency": "CNY"}
        papers = {"number": f"HT-{customer_id.hex[-12:]}-{at}", "title": f"合同{at}", "state": "approved"}
        rows["contract"].append({"id": new_id(), **cost, **made, **papers, "amount_minor": 1000})
        spent = {"category": "travel", "occurred_on": day, "description": "拜访", "amount_minor": 10}
        rows["expense"].append({"id": new_id(), "tenant_id": tenant, **cost, **whose, **spent})
        result = {"revenue_minor": 1000, "expenses_minor": 10, "by_category": {"travel": 10}}
        settled = {"settled_at": stamps["created_at"], "settled_by": by, "project_id": project, "currency": "CNY"}
        rows["settlement"].append({"id": new_id(), "tenant_id": tenant, **settled, **result})
        paper = {"media_type": "application/pdf", "size": 1, "sha256": "0" * 64, "store_key": "-"}
        about = {"kind": "contract", "thing_id": rows["contract"][-1]["id"], "name": f"合同{at}.pdf"}
        rows["file"].append({"id": new_id(), "tenant_id": tenant, **whose, **about, **paper})
        told = {"operation": "customers.update", "kind": "customer", "thing_id": str(customer_id)}
        moved = {"actor_id": by, "request_id": "-", "at": stamps["created_at"], "changes": {"level": ["A", "B"]}}
        rows["audit"].append({"tenant_id": tenant, **told, **moved})
    for at, (stamps, _) in zip(range(talks), _moments(by), strict=False):
        talk, moment = new_id(), stamps["created_at"]
        said = {
            "way": "visit",
            "outcome": f"第{at}次拜访",
            "happened_at": moment,
            "created_at": moment,
            "created_by": by,
        }
        rows["follow_up"].append({"id": talk, "tenant_id": tenant, "customer_id": customer_id, **said})
        told = {"operation": "followups.log", "kind": "customer", "thing_id": str(customer_id), "request_id": "-"}
        changes = {"follow_up": [None, str(talk)]}
        rows["audit"].append({"tenant_id": tenant, **told, "actor_id": by, "at": moment, "changes": changes})
    return rows


def _strategy(by: str, customer_id: UUID, project_id: UUID) -> dict[str, Any]:
    step = {"no": 1, "what": "演示", "who_id": by, "due_on": None}
    about = {"customer_id": customer_id, "project_id": project_id, "living_project": 1, "owner_id": by}
    return {**about, "goal": "签约", "steps": [step], "last_step": 1, "ticked": {}}


def _seat(by: str, customer_id: UUID, number: int) -> dict[str, Any]:
    helper = {"member_id": f"helper-{number}", "level": "read", "role": "presales", "open": 1}
    return {**helper, "kind": "customer", "thing_id": customer_id, "since": BEGAN, "by_id": by}


def _question(by: str, customer_id: UUID, day: date) -> dict[str, Any]:
    asked = {"customer_id": customer_id, "title": "能接吗?", "to_kind": "member", "to_id": by, "shown": {}}
    return {**asked, "due_on": day, "state": "closed"}


def _moments(by: str) -> Iterator[tuple[dict[str, Any], date]]:
    """One minute after the other."""
    at = BEGAN
    while True:
        yield {"version": 1, "created_at": at, "created_by": by, "updated_at": at, "updated_by": by}, at.date()
        at += timedelta(minutes=1)
