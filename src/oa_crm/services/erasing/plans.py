"""What an erasure would change, row by row, and the writing of it. Nothing is written before the plan is whole."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from sqlalchemy import Table, and_, bindparam, delete, func, select, update

from oa_crm.models import (
    ERASED,
    PREFIX,
    AuditEntry,
    Base,
    Customer,
    DuplicateOverride,
    EventRow,
    File,
    IdempotencyKey,
    Lead,
    Merge,
    MergePart,
    Personal,
    StageRequest,
    table_of,
)
from oa_crm.services import clashes
from oa_crm.services.erasing.known import stood_in
from oa_crm.services.erasing.places import Place, places
from oa_crm.services.erasing.subjects import AT_CUSTOMERS, MODELS, Subject
from oa_crm.services.work import Work

_ALSO: dict[type[Base], tuple[str, ...]] = {AuditEntry: ("kind",), EventRow: ("kind",)}
_OTHERS: dict[str, type[Base]] = {
    **MODELS,
    **AT_CUSTOMERS,
    "file": File,
    "override": DuplicateOverride,
    "stage_request": StageRequest,
}
_FACTS = frozenset({"name", "title", "customer_name", "company_name", "winner_name", "loser_name", "draft", "report"})
"""What others are called, in events and in requests to pass a clash."""


@dataclass
class Plan:
    """Rows to change by table, each with its key as `k_` and its new values as `v_`; places of which nothing is left;
    and how many rows each column concerns."""

    changed: dict[Table, list[dict[str, Any]]] = field(default_factory=dict)
    derived: list[Place] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)


def plan_of(work: Work, subject: Subject, *, attachments: bool) -> Plan:
    """What would be erased."""
    plan = Plan()
    for place in places(work.scope.tenant, subject, attachments=attachments):
        if place.derived:
            _count(work, plan, place)
        else:
            _look_at(work, plan, subject, place)
    return plan


def carry_out(work: Work, subject: Subject, plan: Plan) -> None:
    """Write what was planned, one statement a table."""
    _forget_keys(work, subject)
    for place in plan.derived:
        table = table_of(place.model)
        work.connection.execute(delete(table).where(table.c.tenant_id == work.scope.tenant, place.where))
    for table, rows in plan.changed.items():
        keys = [table.c[name.removeprefix("k_")] == bindparam(name) for name in rows[0] if name.startswith("k_")]
        values: dict[str, Any] = {name.removeprefix("v_"): bindparam(name) for name in rows[0] if name.startswith("v_")}
        if "version" in table.c and "updated_at" in table.c:
            # Whoever still has the form open gets `stale_version`, and puts nothing back.
            values["version"] = table.c.version + 1
        mine = and_(table.c.tenant_id == bindparam("of_tenant"), *keys)
        own = [{**row, "of_tenant": work.scope.tenant} for row in rows]
        work.connection.execute(update(table).where(mine).values(**values), own)


def _count(work: Work, plan: Plan, place: Place) -> None:
    table = table_of(place.model)
    rows = select(func.count()).select_from(table).where(table.c.tenant_id == work.scope.tenant, place.where)
    if number := work.connection.scalar(rows):
        plan.derived.append(place)
        plan.counts[_called(table)] = int(number)


def _look_at(work: Work, plan: Plan, subject: Subject, place: Place) -> None:
    table = table_of(place.model)
    told: dict[str, Personal] = {one.name: one.info["personal"] for one in table.columns if "personal" in one.info}
    keys = [one.name for one in table.primary_key.columns if one.name != "tenant_id"]
    wanted = [table.c[name] for name in dict.fromkeys((*keys, *told, *_ALSO.get(place.model, ())))]
    if place.model is File:
        wanted += [table.c.removed_at, table.c.removed_by]
    query = select(*wanted).where(table.c.tenant_id == work.scope.tenant, place.where)
    for row in work.connection.execute(query).yield_per(1000):
        before = {name: getattr(row, name) for name in told}
        after = {name: _after(subject, place, row, name, how) for name, how in told.items()}
        changed = [name for name in told if before[name] != after[name]]
        if not changed:
            continue
        plan.counts.update(f"{_called(table)}.{name}" for name in changed)
        new = {**after, **_swept(work, place, row)}
        plan.changed.setdefault(table, []).append(
            {f"k_{name}": getattr(row, name) for name in keys} | {f"v_{name}": value for name, value in new.items()}
        )


def _after(subject: Subject, place: Place, row: Any, name: str, how: Personal) -> Any:
    value = getattr(row, name)
    if place.beside:
        return _beside(subject, place, row, name, value)
    if how.how == "emptied" or (how.how == "own" and subject.customers):
        return None
    if how.how == "named":
        return ERASED
    if place.model is File:
        return ERASED + PurePath(value).suffix
    if place.model is Customer:
        return (value and {name: one for name, one in value.items() if name not in subject.custom}) or None
    if not subject.customers and _is_a_companys(subject, place, name, value):
        return _known_things(subject, value)
    told = subject.known.words(_facts(subject, place, row, name, value))
    longest = getattr(table_of(place.model).c[name].type, "length", None)
    return told[:longest] if isinstance(told, str) else told


def _beside(subject: Subject, place: Place, row: Any, name: str, value: Any) -> Any:
    """Words about others, without him. Their own facts stay: a company or a namesake may be called as he is."""
    if name in _FACTS:
        return value
    if isinstance(value, dict):
        facts = _FACTS | _columns(row.kind)
        return {key: one if key in facts else subject.known.words(one) for key, one in value.items()}
    told = subject.known.words(value)
    longest = getattr(table_of(place.model).c[name].type, "length", None)
    return told[:longest] if isinstance(told, str) else told


def _columns(kind: str) -> frozenset[str]:
    """The facts of a thing of this kind that are no words of people; a post's are told with its person."""
    if kind not in _OTHERS:
        return frozenset()
    columns = table_of(_OTHERS[kind]).columns
    facts = {one.name for one in columns if one.info.get("personal", Personal()).how != "words"}
    return frozenset(facts | ({"department"} if kind == "contact" else set()))


def _is_a_companys(subject: Subject, place: Place, name: str, value: Any) -> bool:
    """Names and facts of a company that has a person's name in its own: they are not his."""
    if place.model is Lead:
        return name == "company_name" and value not in subject.names
    return place.model is MergePart or (place.model is Merge and name not in ("reason", "split_because"))


def _facts(subject: Subject, place: Place, row: Any, name: str, value: Any) -> Any:
    """Facts of the audit, of merges and of kept answers, whose names say that they tell of him."""
    if place.model is AuditEntry and name == "changes":
        return _without(subject, row.kind, value)
    if place.model is Merge and name in ("winner", "loser"):
        return _without(subject, "customer", value) if subject.customers else value
    if place.model is DuplicateOverride and name == "draft":
        return _without(subject, "customer", value)
    if place.model in (IdempotencyKey, MergePart):
        return _known_things(subject, value)
    return value


def _without(subject: Subject, kind: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    names = _personal_names(kind)
    return {name: _fact(subject, names, name, value) for name, value in facts.items()}


def _fact(subject: Subject, names: frozenset[str], name: str, value: Any) -> Any:
    if name in names or (name.removeprefix("custom.") in subject.custom and name.startswith("custom.")):
        return [stood_in(one) for one in value] if isinstance(value, list) else stood_in(value)
    if name == "custom":
        return [_custom(subject, one) for one in value] if isinstance(value, list) else _custom(subject, value)
    return value


def _custom(subject: Subject, value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {name: stood_in(one) if name in subject.custom else one for name, one in value.items()}


def _known_things(subject: Subject, value: Any) -> Any:
    """An answer that was kept for a repeated act, or a row laid aside: each thing in it that is his, without facts."""
    if isinstance(value, list):
        return [_known_things(subject, one) for one in value]
    if not isinstance(value, dict):
        return value
    inner = {name: _known_things(subject, one) for name, one in value.items()}
    for kind, ids in subject.things.items():
        if kind in MODELS and str(value.get("id")) in {str(one) for one in ids}:
            return {name: _emptied(subject, kind, name, one) for name, one in inner.items()}
    if str(value.get("contact_id")) in {str(one) for one in subject.contacts}:
        return {name: None if name in ("title", "department") else one for name, one in inner.items()}
    return inner


def _emptied(subject: Subject, kind: str, name: str, value: Any) -> Any:
    if name == "custom":
        return {key: one for key, one in (value or {}).items() if key not in subject.custom}
    if name not in _personal_names(kind):
        return value
    return ERASED if name == "name" else [] if isinstance(value, list) else None


def _personal_names(kind: str) -> frozenset[str]:
    if kind not in MODELS:
        return frozenset({"name"} if kind == "file" else ())
    columns = table_of(MODELS[kind]).columns
    whole = frozenset(one.name for one in columns if one.info.get("personal", Personal("words")).how != "words")
    return whole | {"title", "department"} if kind == "contact" else whole


def _swept(work: Work, place: Place, row: Any) -> dict[str, Any]:
    """An attachment that goes is removed, and its content is due to be swept."""
    if place.model is not File:
        return {}
    now = work.journal.now()
    removed = (now, work.scope.actor.id) if row.removed_at is None else (row.removed_at, row.removed_by)
    return {"removed_at": removed[0], "removed_by": removed[1], "sweep_at": now}


def _forget_keys(work: Work, subject: Subject) -> None:
    """Nobody finds him by a duplicate check or by typing his name: his keys go, and none are made anew."""
    if not subject.customers:
        return
    table = table_of(Customer)
    query = select(table).where(table.c.tenant_id == work.scope.tenant, table.c.id.in_(subject.customers))
    drafts = [(row.id, clashes.row_draft(row._mapping)) for row in work.connection.execute(query)]
    clashes.forget_many(work, drafts)


def _called(table: Table) -> str:
    return table.name.removeprefix(PREFIX)
