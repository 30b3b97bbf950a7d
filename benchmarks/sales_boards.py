"""The board of a department and its forecast, as its manager asks for them, beside the queries by hand.

By hand is a look at who asks, the statements that one would write, and a dict a row; ours a unit, and models.
Both must tell the same projects and amounts.
"""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, bindparam, insert, text

from benchmarks.databases import Place
from benchmarks.department_pages import MANAGER, departments, settle, times, who_asks
from benchmarks.firm_base import BOSS, SELLERS, TENANT, own_tables, row, staff
from benchmarks.firms import firms
from benchmarks.measure import Row, quotients, scaled, take_turns
from benchmarks.options import Options
from oa_crm import CRM
from oa_crm.ids import new_id
from oa_crm.models import Customer, Project, table_of

STAGES = {"contacted": 10, "shown": 30, "quoted": 50, "negotiated": 70, "agreed": 90}
CARDS, _SLICE = 20, 20_000
_OPEN = (
    "FROM oa_crm_project WHERE tenant_id = :tenant AND pipeline_id = :pipeline AND state = 'open' "
    "AND owner_id IN (SELECT m.id FROM oa_crm_member m JOIN oa_crm_department d ON d.tenant_id = m.tenant_id "
    "AND d.id = m.department_id WHERE m.tenant_id = :tenant AND d.path >= :path AND d.path < :after)"
)
_SUMS = f"SELECT stage, currency, count(*) AS projects, sum(expected_minor) AS minor {_OPEN} GROUP BY stage, currency"
_CARDS = (
    "SELECT * FROM (SELECT oa_crm_project.*, row_number() OVER (PARTITION BY stage ORDER BY board_rank, id) AS place "
    f"{_OPEN}) cards WHERE place <= {CARDS + 1} ORDER BY stage, place"
)
_RATE = "CASE stage " + " ".join(f"WHEN '{stage}' THEN {rate}" for stage, rate in STAGES.items()) + " END"
_FORECAST = (
    f"SELECT currency, count(*) AS projects, sum(expected_minor) AS minor, sum(expected_minor * {_RATE}) AS weighted "
    f"{_OPEN} GROUP BY currency"
)


def run(place: Place, options: Options) -> Iterator[Row]:
    """The board and the forecast over the open projects of a company, a twentieth of which are the department's."""
    engine = place.engine()
    crm = CRM(engine)
    staff(crm)
    departments(crm)
    with crm.begin(crm.scope(tenant=TENANT, actor=BOSS)) as unit:
        stages = [{"key": key, "win_rate": rate} for key, rate in STAGES.items()]
        pipeline = unit.pipelines.define({"name": "direct", "stages": stages}).id
    many = options.firms[0]
    _load(engine, pipeline, many)
    settle(engine)
    yield from _measured(place, crm, engine, options, pipeline, many)
    engine.dispose()


def _measured(place: Place, crm: CRM, engine: Engine, options: Options, pipeline: UUID, many: int) -> Iterator[Row]:
    scope, own = crm.scope(tenant=TENANT, actor=MANAGER), own_tables(engine)

    def board() -> int:
        with crm.begin(scope, read_only=True) as unit:
            return sum(one.projects for one in unit.projects.board(pipeline, limit=CARDS))

    def board_by_hand() -> int:
        with own.connect() as connection:
            sums, _ = (_rows(connection, pipeline, said) for said in (_SUMS, _CARDS))
            return sum(one["projects"] for one in sums)

    def forecast() -> int:
        with crm.begin(scope, read_only=True) as unit:
            return sum(one.projects for one in unit.forecasts.show({"by": "pipeline"}))

    def forecast_by_hand() -> int:
        with own.connect() as connection:
            return sum(one["projects"] for one in _rows(connection, pipeline, _FORECAST))

    for name, ours, hand in (("board", board, board_by_hand), ("forecast", forecast, forecast_by_hand)):
        yield from _beside(place, options, f"department's {name}, {many:,} projects", name, ours, hand)


def _beside(
    place: Place, options: Options, what: str, name: str, ours: Callable[[], int], hand: Callable[[], int]
) -> Iterator[Row]:
    if ours() != hand():
        raise AssertionError(f"the sides count different projects: {ours()} and {hand()}")
    rounds = take_turns(
        {"by hand": times(hand), name: times(ours)}, rounds=options.rounds, each=max(1, options.each // 10)
    )
    yield Row(what, place.kind, "by hand", scaled(rounds["by hand"], 1000), "ms")
    ratio = quotients(rounds[name], rounds["by hand"])
    yield Row(what, place.kind, name, scaled(rounds[name], 1000), "ms", ratio, "by hand")


def _rows(connection: Connection, pipeline: UUID, said: str) -> list[dict[str, Any]]:
    asked = text(said).bindparams(bindparam("pipeline", pipeline, type_=table_of(Project).c.pipeline_id.type))
    return [dict(one._mapping) for one in connection.execute(asked, who_asks(connection))]


def _load(engine: Engine, pipeline: UUID, many: int) -> None:
    """A customer for each salesperson, and projects at them, which take turns in the stages."""
    made = firms(7)
    customers = [row(new_id(), next(made), number) for number in range(SELLERS)]
    with own_tables(engine).begin() as connection:
        connection.execute(insert(table_of(Customer)), customers)
    for first in range(0, many, _SLICE):
        some = [_project(customers[n % SELLERS], pipeline, n) for n in range(first, min(first + _SLICE, many))]
        with own_tables(engine).begin() as connection:
            connection.execute(insert(table_of(Project)), some)


def _project(customer: dict[str, Any], pipeline: UUID, number: int) -> dict[str, Any]:
    """A seller's projects stand in every stage; one of three ended."""
    turn = number // SELLERS
    stamps = {name: customer[name] for name in ("version", "created_at", "created_by", "updated_at", "updated_by")}
    stage = tuple(STAGES)[turn % len(STAGES)]
    id, state = new_id(), "lost" if turn % 3 == 2 else "open"
    return {
        "id": id, "tenant_id": TENANT, "name": f"Project {number}", "customer_id": customer["id"],
        "owner_id": customer["owner_id"], "stage": stage if state == "open" else "lost", "state": state,
        "currency": "CNY", "expected_minor": 1000 * (number % 997), "pipeline_id": pipeline, "board_rank": id.hex,
        **stamps,
    }  # fmt: skip
