"""A department's page of customers, as its manager asks for it, beside the query that one would write by hand.

Once the two statements alone, fetched in full, and once as a program meets them: by hand with the look at who asks,
ours with a unit of its own and every customer as the library answers it.
"""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Engine, event, text

from benchmarks.databases import Place
from benchmarks.firm_base import TENANT, load, own_tables, staff
from benchmarks.firms import firms
from benchmarks.measure import Row, quotients, scaled, take_turns
from benchmarks.options import Options
from oa_crm import CRM, Actor

MANAGER, DEPARTMENTS, PAGE, GOAL = "manager", 20, 50, 1.3
_ASKER = text(
    "SELECT m.roles, d.path FROM oa_crm_member m JOIN oa_crm_department d ON d.tenant_id = m.tenant_id "
    "AND d.id = m.department_id WHERE m.tenant_id = :tenant AND m.id = :member"
)
_THEIRS = (
    "SELECT * FROM oa_crm_customer WHERE tenant_id = :tenant AND merged_into IS NULL AND (owner_id IS NULL "
    "OR owner_id IN (SELECT m.id FROM oa_crm_member m JOIN oa_crm_department d ON d.tenant_id = m.tenant_id "
    "AND d.id = m.department_id WHERE m.tenant_id = :tenant AND d.path >= :path AND d.path < :after)) "
    "ORDER BY {} LIMIT 51"
)
ORDERS = {"newest": "id DESC", "name": "name, id"}


def run(place: Place, options: Options) -> Iterator[Row]:
    """Each order at each size: the statements alone, then everything around them."""
    engine, made, held = place.engine(), firms(7), 0
    crm = CRM(engine)
    staff(crm)
    departments(crm)
    for size in options.firms:
        load(engine, islice(made, size - held))
        held = size
        settle(engine)
        for sort, order in ORDERS.items():
            yield from _measured(place, crm, engine, options, size, sort, text(_THEIRS.format(order)))
    engine.dispose()


def _measured(
    place: Place, crm: CRM, engine: Engine, options: Options, size: int, sort: str, theirs: Any
) -> Iterator[Row]:
    scope, (made, given) = crm.scope(tenant=TENANT, actor=MANAGER), _statement(crm, engine, sort)
    engine = own_tables(engine)

    def whole() -> int:
        with crm.begin(scope, read_only=True) as unit:
            return len(unit.customers.find({"sort": sort}, limit=PAGE).items)

    def by_hand() -> int:
        with engine.connect() as connection:
            rows = connection.execute(theirs, who_asks(connection))
            return len([dict(row._mapping) for row in rows][:PAGE])

    with engine.connect() as connection:
        asked = who_asks(connection)
        alone: dict[str, Callable[[], int]] = {
            "by hand, statement": lambda: len(connection.execute(theirs, asked).all()),
            "find, statement": lambda: len(connection.exec_driver_sql(made, given).all()),
            "by hand, page": by_hand,
            "find, page": whole,
        }
        found = {name: do() for name, do in alone.items()}
        if not set(found.values()) <= {PAGE, PAGE + 1}:
            raise AssertionError(f"the sides find different pages: {found}")
        rounds = take_turns({name: times(do) for name, do in alone.items()}, rounds=options.rounds, each=options.each)
    what = f"department's page by {sort}, {size:,}"
    for part, goal in (("statement", GOAL), ("page", None)):
        ours, hand = rounds[f"find, {part}"], rounds[f"by hand, {part}"]
        ratio = quotients(ours, hand)
        yield Row(what, place.kind, f"by hand, {part}", scaled(hand, 1000), "ms")
        yield Row(
            what, place.kind, f"find, {part}", scaled(ours, 1000), "ms", ratio, f"by hand, {part}",
            "" if goal is None else f"<= {goal} times", None if goal is None else ratio.median <= goal,
        )  # fmt: skip


def who_asks(connection: Connection) -> dict[str, str]:
    """What the statement by hand needs to know of who asks."""
    path = connection.execute(_ASKER, {"tenant": TENANT, "member": MANAGER}).one().path
    return {"tenant": TENANT, "path": path, "after": f"{path[:-1]}0"}


def departments(crm: CRM) -> None:
    """The salespeople share twenty departments, each under sales; one has the manager who asks."""
    with crm.begin(crm.scope(tenant=TENANT, actor=Actor.system())) as unit:
        for number in range(DEPARTMENTS):
            unit.directory.save_department({"id": f"d-{number}", "name": f"Department {number}"})
        for number in range(200):
            seller = {"id": f"seller-{number}", "name": f"Seller {number}", "roles": ("salesperson",)}
            unit.directory.save_member({**seller, "department_id": f"d-{number % DEPARTMENTS}"})
        manager = {"id": MANAGER, "name": "Manager", "department_id": "d-3", "roles": ("sales_manager",)}
        unit.directory.save_member(manager)


def _statement(crm: CRM, engine: Engine, sort: str) -> tuple[str, Any]:
    """The statement that a page is read by, as the driver gets it, not the one for the ids of who sees few."""
    seen = list[tuple[str, Any]]()

    def note(_: Any, __: Any, statement: str, given: Any, *___: Any) -> None:
        seen.append((statement, given))

    event.listen(engine, "before_cursor_execute", note)
    with crm.begin(crm.scope(tenant=TENANT, actor=MANAGER), read_only=True) as unit:
        unit.customers.find({"sort": sort}, limit=PAGE)
    event.remove(engine, "before_cursor_execute", note)
    return next(one for one in seen if "oa_crm_customer.industry" in one[0])


def times(do: Callable[[], int]) -> Callable[[int], None]:
    def some(each: int) -> None:
        for _ in range(each):
            do()

    return some


def settle(engine: Engine) -> None:
    if engine.dialect.name in ("postgresql", "sqlite"):
        with engine.begin() as connection:
            connection.exec_driver_sql("ANALYZE")
