"""A handover of everything that somebody holds, and its undoing, beside the least that anybody could do.

That is one UPDATE a kind, the items by which it can be undone, the ledger, and the event a customer that others wait
for. Ours works out who gets what, asks what stands against it, and writes the audit and the key changes as well. The
raw side hands back what ours gave, so that both find the same base in every round.
"""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, and_, func, insert, literal, select, update

from benchmarks.bare import TABLES
from benchmarks.companies import customer_row
from benchmarks.crm_side import SELLER, hire, open_crm
from benchmarks.databases import Place
from benchmarks.measure import Row, Spread, quotients
from benchmarks.options import Options
from oa_crm import CRM, Actor, Scope
from oa_crm.ids import new_id
from oa_crm.services.journal import lane

TENANT, TO, AT_ONCE = "crm", "successor", 10_000
GOAL_TIMES = 3
_PROJECTS, _CONTACTS, _TALKS = 1.6, 4, 12
_REGIONS = ("330106", "440300", "110000", "310000")
_CUSTOMER, _PROJECT, _LEDGER, _EVENT, _ITEM = (
    TABLES.tables[f"oa_crm_{name}"] for name in ("customer", "project", "ownership", "event", "handover_item")
)
_STAMPS = ("version", "updated_at", "updated_by")
Times = dict[str, list[float]]


def run(place: Place, options: Options) -> Iterator[Row]:
    """One base. Ours previews, executes and undoes; then the raw side does what `execute` does, there and back."""
    engine, many = place.engine(), options.handed
    crm = open_crm(engine)
    hire(crm, TENANT)
    scope = crm.scope(tenant=TENANT, actor=Actor.system())
    with crm.begin(scope) as unit:
        person = {"id": TO, "name": "Successor", "department_id": "sales", "roles": ("salesperson",)}
        unit.directory.save_member(person)
    _fill(engine, many)
    times: Times = {name: [] for name in ("preview", "execute", "undo", "raw")}
    for number in range(options.handovers + 1):
        took = {**_ours(crm, scope, many), "raw": _timed(lambda: _raw(engine, many, SELLER, TO))}
        _raw(engine, many, TO, SELLER)
        for name, seconds in took.items() if number else ():
            times[name].append(seconds)
    what = f"hand over {many:,} customers, {int(many * _PROJECTS):,} projects"
    yield Row(what, place.kind, "raw UPDATEs, items, ledger, events", Spread.of(times["raw"]), "s")
    for name in ("preview", "execute", "undo"):
        ratio, goal = quotients(times[name], times["raw"]), name == "execute"
        yield Row(what, place.kind, f"oa_crm {name}", Spread.of(times[name]), "s", ratio, "raw time",
                  f"<= {GOAL_TIMES} times" if goal else "", ratio.median <= GOAL_TIMES if goal else None)  # fmt: skip
    engine.dispose()


def _timed(do: Callable[[], object]) -> float:
    started = time.perf_counter()
    do()
    return time.perf_counter() - started


def _ours(crm: CRM, scope: Scope, many: int) -> dict[str, float]:
    wanted = {"leaver_id": SELLER, "rules": [{"regions": ["330000"], "to": [TO]}], "rest_to": TO}
    found: dict[str, Any] = {}

    def preview() -> None:
        with crm.begin(scope) as unit:
            found["print"] = unit.handover.preview(wanted).fingerprint

    def execute() -> None:
        with crm.begin(scope) as unit:
            found["done"] = unit.handover.execute(wanted, fingerprint=found["print"])
        (share,) = found["done"].receivers
        _must(share.counts["customer"], many)

    def undo() -> None:
        with crm.begin(scope) as unit:
            _must(unit.handover.undo(found["done"].id, reason="measured").restored["customer"], many)

    return {do.__name__: _timed(do) for do in (preview, execute, undo)}


def _raw(engine: Engine, many: int, leaver: str, to: str) -> None:
    """One transaction, with the same columns set and the same events written."""
    c, p, now, id = _CUSTOMER.c, _PROJECT.c, datetime.now(UTC), new_id()
    stamps = {"updated_at": now, "updated_by": "system"}
    with engine.begin() as connection:
        held = and_(c.tenant_id == TENANT, c.owner_id == leaver)
        rows = connection.execute(select(c.id, c.name, c.owner_no).where(held)).all()
        for table, kind in ((_CUSTOMER, "customer"), (_PROJECT, "project")):
            said = (literal(id, _ITEM.c.handover_id.type), literal(kind), literal(to))
            more = ("owner_no", "clock_from", "locked_at") if table is _CUSTOMER else ("customer_id",)
            names = ["tenant_id", "handover_id", "kind", "receiver_id", "thing_id", *_STAMPS, *more]
            theirs = select(table.c.tenant_id, *said, table.c.id, *(table.c[one] for one in (*_STAMPS, *more)))
            these = theirs.where(table.c.tenant_id == TENANT, table.c.owner_id == leaver)
            connection.execute(insert(_ITEM).from_select(names, these))
        turned = {"owner_no": c.owner_no + 1, "owner_since": now, "clock_from": None, "version": c.version + 1}
        _must(connection.execute(update(_CUSTOMER).where(held).values(owner_id=to, **turned, **stamps)).rowcount, many)
        works = update(_PROJECT).where(p.tenant_id == TENANT, p.owner_id == leaver)
        connection.execute(works.values(owner_id=to, version=p.version + 1, **stamps))
        given = (literal("handover"), literal("system"), literal("measured"))
        columns = ["tenant_id", "customer_id", "number", "owner_id", "since", "cause", "by_id", "reason"]
        ledger = select(c.tenant_id, c.id, c.owner_no, c.owner_id, c.owner_since, *given)
        theirs = ledger.where(c.tenant_id == TENANT, c.owner_id == to)
        connection.execute(insert(_LEDGER).from_select(columns, theirs))
        for at in range(0, len(rows), AT_ONCE):
            connection.execute(insert(_EVENT), [_event(row, leaver, to, now) for row in rows[at : at + AT_ONCE]])


def _event(row: Any, leaver: str, to: str, now: datetime) -> dict[str, Any]:
    own, id = lane(TENANT, "customer", str(row.id)), new_id()
    payload = {
        "id": str(id), "tenant": TENANT, "actor": "system", "on_behalf_of": None, "request_id": "r",
        "occurred_at": now.isoformat(), "customer_id": str(row.id), "name": row.name, "owner_id": to,
        "former_owner_id": leaver, "pool_id": None, "former_pool_id": None, "cause": "handover", "reason": "measured",
    }  # fmt: skip
    return {
        "tenant_id": TENANT, "event_id": id, "hook": "on_customer_owner_changed", "version": 1, "kind": "customer",
        "thing_id": str(row.id), "lane": own, "payload": payload, "occurred_at": now, "open": 1, "open_lane": own,
    }  # fmt: skip


def _fill(engine: Engine, many: int) -> None:
    """Everything that the seller holds, and what goes along: contacts where they stand, talks."""
    now = datetime.now(UTC)
    stamps = {"version": 1, "created_at": now, "created_by": SELLER, "updated_at": now, "updated_by": SELLER}
    made = {"tenant_id": TENANT, **stamps}
    ids = [new_id() for _ in range(many)]
    rows: dict[str, list[dict[str, Any]]] = {
        "customer": [_customer(id, number, now) for number, id in enumerate(ids)],
        "ownership": [
            {"tenant_id": TENANT, "customer_id": id, "number": 1, "owner_id": SELLER, "pool_id": None, "since": now,
             "cause": "create", "by_id": SELLER, "reason": None}
            for id in ids
        ],
    }  # fmt: skip
    people = [(new_id(), ids[number % many]) for number in range(many * _CONTACTS)]
    rows["contact"] = [{"id": id, **made, "name": "张伟", "name_key": "张伟"} for id, _ in people]
    stands = {"status": "active", "is_current": 1, "title": "采购", "role": "user"}
    rows["post"] = [{"id": new_id(), "contact_id": id, "customer_id": at, **stands, **made} for id, at in people]
    sale = {"owner_id": SELLER, "stage": "qualified", "state": "open", "name": "项目", "currency": "CNY"}
    rows["project"] = [
        {"id": new_id(), "customer_id": ids[number % many], "expected_minor": 100, **sale, **made}
        for number in range(int(many * _PROJECTS))
    ]
    said = {"tenant_id": TENANT, "way": "visit", "outcome": "拜访", "happened_at": now, "created_at": now}
    rows["follow_up"] = [
        {"id": new_id(), "customer_id": ids[number % many], **said, "created_by": SELLER}
        for number in range(many * _TALKS)
    ]
    with engine.begin() as connection:
        for name, all_of_it in rows.items():
            for at in range(0, len(all_of_it), AT_ONCE):
                connection.execute(insert(TABLES.tables[f"oa_crm_{name}"]), all_of_it[at : at + AT_ONCE])
        _must(connection.scalar(select(func.count()).select_from(_CUSTOMER)) or 0, many)
    with engine.begin() as connection:
        if engine.dialect.name in ("postgresql", "sqlite"):
            connection.exec_driver_sql("ANALYZE")


def _customer(id: UUID, number: int, now: datetime) -> dict[str, Any]:
    kept = {"owner_since": now, "owner_no": 1, "pool_id": None, "region": _REGIONS[number % len(_REGIONS)]}
    return {**customer_row(TENANT, SELLER, id, f"客户 {number}"), **kept}


def _must(found: int, wanted: int) -> None:
    if found != wanted:
        raise AssertionError(f"{found} instead of {wanted}")
