"""A page of a customer's timeline, the first and one in the midst, beside two statements by hand, as what was said to
the customer grows a hundredfold. It has ten of everything else.

By hand are the newest talks and the newest lines of the audit, put in order by the program: two of the many sources
that ours reads, since most of what this customer has is there.
"""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, bindparam, text
from tests.support.thick_files import thicken

from benchmarks.databases import Place
from benchmarks.department_pages import settle, times
from benchmarks.firm_base import ASKER, TENANT, own_tables, staff
from benchmarks.measure import Row, Spread, quotients, scaled, take_turns
from benchmarks.options import Options
from oa_crm import CRM, Scope
from oa_crm.models.types import PublicId

PAGE, SMALLER, THINGS, GOAL = 50, 100, 10, 1.5
_OF_CUSTOMER = "WHERE tenant_id = :tenant AND customer_id = :id"
_TALKS = f"SELECT * FROM oa_crm_follow_up {_OF_CUSTOMER} ORDER BY happened_at DESC, id DESC LIMIT {PAGE + 1}"
_CHANGES = (
    "SELECT * FROM oa_crm_audit WHERE tenant_id = :tenant AND kind = 'customer' AND thing_id = :text_id "
    f"ORDER BY id DESC LIMIT {PAGE + 1}"
)
_SEEN = f"SELECT id FROM oa_crm_customer WHERE tenant_id = :tenant AND id = :id AND owner_id = '{ASKER}'"
Asked = dict[str, Callable[[], int]]


def run(place: Place, options: Options) -> Iterator[Row]:
    """Both customers lie in one base, and the sides take turns, so that what grew is the history alone."""
    engine = place.engine()
    crm = CRM(engine)
    staff(crm)
    scope = crm.scope(tenant=TENANT, actor=ASKER)
    sizes = (max(PAGE * 2, options.talks // SMALLER), options.talks)
    made = {size: _customer(crm, engine, scope, size) for size in sizes}
    settle(engine)
    asked: Asked = {
        f"{name} of {size:,}": do for size in sizes for name, do in _sides(crm, engine, scope, made[size], size).items()
    }
    if wrong := {name: many for name, many in ((name, do()) for name, do in asked.items()) if many < PAGE}:
        raise AssertionError(f"no full page: {wrong}")
    rounds = take_turns({name: times(do) for name, do in asked.items()}, rounds=options.rounds, each=options.each)
    for size in sizes:
        yield from _rows(place, rounds, size, sizes[0])
    engine.dispose()


def _rows(place: Place, rounds: dict[str, list[float]], size: int, least: int) -> Iterator[Row]:
    what, hand = f"timeline of {size:,} talks", rounds[f"by hand of {size:,}"]
    yield Row(what, place.kind, "by hand, first page", scaled(hand, 1000), "ms")
    for page in ("first page", "page in the midst"):
        ours, small = rounds[f"{page} of {size:,}"], rounds[f"{page} of {least:,}"]
        yield Row(what, place.kind, f"timeline, {page}", scaled(ours, 1000), "ms", quotients(ours, hand), "by hand")
        if size != least:
            grew = quotients(ours, small)
            yield Row(
                what, place.kind, f"{page}, grew", Spread.of([size / least]), "times the talks", grew,
                f"of {least:,}", f"< {GOAL} times", grew.median < GOAL,
            )  # fmt: skip


def _customer(crm: CRM, engine: Engine, scope: Scope, talks: int) -> UUID:
    with crm.begin(scope) as unit:
        id = unit.customers.create({"name": f"云帆{talks}号智能科技有限公司"}).id
    thicken(engine, TENANT, ASKER, id, THINGS, talks=talks)
    return id


def _sides(crm: CRM, engine: Engine, scope: Scope, id: UUID, talks: int) -> Asked:
    half = _cursor(crm, scope, id, talks // 2)

    def page(after: str | None) -> int:
        with crm.begin(scope, read_only=True) as unit:
            return len(unit.timeline.of_customer(id, after=after, limit=PAGE).items)

    def by_hand() -> int:
        with own_tables(engine).connect() as connection:
            given = {"tenant": TENANT, "id": id, "text_id": str(id)}
            if connection.execute(_asking(_SEEN), _only(_SEEN, given)).first() is None:
                raise AssertionError("the customer is not his")
            found = [("happened_at", _TALKS), ("at", _CHANGES)]
            lines = [
                (str(row._mapping[at]), dict(row._mapping))
                for at, said in found
                for row in connection.execute(_asking(said), _only(said, given))
            ]
            return len(sorted(lines, key=lambda line: line[0], reverse=True)[:PAGE])

    return {"by hand": by_hand, "first page": lambda: page(None), "page in the midst": lambda: page(half)}


def _cursor(crm: CRM, scope: Scope, id: UUID, behind: int) -> str | None:
    """Behind so many entries, as one gets there who pages on."""
    after, read = None, 0
    with crm.begin(scope, read_only=True) as unit:
        while read < behind:
            found = unit.timeline.of_customer(id, after=after, limit=min(200, behind - read))
            after, read = found.next, read + len(found.items)
    return after


def _asking(said: str) -> Any:
    return text(said).bindparams(bindparam("id", type_=PublicId())) if ":id" in said else text(said)


def _only(said: str, given: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if f":{name}" in said}
