"""Groups of companies: one tree each, told as far as one sees, and never a ring, whoever moves at once."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from tests.integration.services.acting import SYSTEM, at_once, doing, invalid, listening, patiently, refused

from oa_crm.errors import CrmError
from oa_crm.models import Customer, table_of
from oa_crm.schemas import CustomerOut
from oa_crm.testing import Kit

BRANDS = ("远山", "长风", "青山", "星河", "启明", "云帆")


def _make(kit: Kit, brand: str, above: CustomerOut | None = None, actor: Any = "seller") -> CustomerOut:
    facts = {"name": f"{brand}实业有限公司", "parent_id": above and above.id}
    if actor is SYSTEM:
        facts["owner_id"] = "seller"
    return doing(kit, actor, lambda unit: unit.customers.create(facts, override_reason="同一集团"))


def _move(kit: Kit, it: Any, above: Any, actor: Any = SYSTEM) -> CustomerOut:
    def move(unit: Any) -> CustomerOut:
        patch = {"expected_version": unit.customers.get(it).version, "parent_id": above}
        return unit.customers.update(it, patch)

    return doing(kit, actor, move)


def _tree(kit: Kit, it: CustomerOut, actor: Any = "seller") -> list[tuple[str, int]]:
    group = doing(kit, actor, lambda unit: unit.customers.group(it.id))
    return [(one.name[:2], one.depth) for one in group.members]


def test_a_group_is_told_from_the_top_down(kit: Kit) -> None:
    top = _make(kit, "远山")
    one, other = _make(kit, "长风", top), _make(kit, "青山", top)
    leaf = _make(kit, "星河", one)
    alone = _make(kit, "启明")
    whole = [("远山", 0), ("长风", 1), ("星河", 2), ("青山", 1)]
    for it in (top, one, other, leaf):
        assert _tree(kit, it) == whole
    assert _tree(kit, alone) == [("启明", 0)]
    _move(kit, one.id, alone.id)
    assert _tree(kit, leaf) == [("启明", 0), ("长风", 1), ("星河", 2)], "whoever is below goes along"
    assert _tree(kit, top) == [("远山", 0), ("青山", 1)]
    _move(kit, one.id, None)
    assert _tree(kit, leaf) == [("长风", 0), ("星河", 1)]
    assert doing(kit, "seller", lambda unit: unit.customers.get(leaf.id)).version == 1, "nobody edited it"


def test_a_ring_is_refused(kit: Kit) -> None:
    top = _make(kit, "远山")
    middle = _make(kit, "长风", top)
    leaf = _make(kit, "星河", middle)
    for below in (top, middle, leaf):
        with invalid("parent_id"):
            _move(kit, top.id, below.id)
    assert _tree(kit, leaf) == [("远山", 0), ("长风", 1), ("星河", 2)]


def test_whom_one_may_not_see_is_counted_and_no_more(kit: Kit) -> None:
    top = _make(kit, "远山")
    hidden = _make(kit, "长风", top, SYSTEM)
    leaf = _make(kit, "星河", hidden, SYSTEM)
    table = table_of(Customer)
    with kit.crm.engine.begin() as connection:
        moved = table.update().where(table.c.id == hidden.id).values(owner_id="colleague")
        connection.execution_options(schema_translate_map={"oa_crm": None}).execute(moved)
    group = doing(kit, "seller", lambda unit: unit.customers.group(leaf.id))
    assert [(one.name[:2], one.above, one.depth) for one in group.members] == [("远山", None, 0), ("星河", top.id, 1)]
    assert group.hidden == 1
    with refused("not_found"):
        doing(kit, "seller", lambda unit: unit.customers.group(hidden.id))
    with refused("not_found"):
        _move(kit, top.id, hidden.id, "seller")


def test_a_group_costs_the_same_statements_however_deep(kit: Kit) -> None:
    above = _make(kit, BRANDS[0])
    costs = []
    for brand in BRANDS[1:]:
        above = _make(kit, brand, above)
        with kit.unit("seller", read_only=True) as unit:
            unit.customers.find(limit=1)
            with listening(kit.crm.engine) as sent:
                unit.customers.group(above.id)
        costs.append(len(sent))
    assert set(costs) == {3}


def test_two_who_move_at_once_close_no_ring(kit: Kit) -> None:
    one, other = (_make(kit, brand) for brand in BRANDS[:2])
    for _ in range(4):
        pair = (one.id, other.id)
        result = at_once(2, lambda at, pair=pair: patiently(lambda: _move(kit, pair[at], pair[1 - at])))
        assert len(result.answers) == 1
        assert result.codes == {"invalid_input"}
        _assert_trees(kit)
        for it in (one, other):
            _move(kit, it.id, None)


def _assert_trees(kit: Kit) -> None:
    table = table_of(Customer)
    with kit.crm.engine.connect() as connection:
        found = connection.execution_options(schema_translate_map={"oa_crm": None}).execute(select(table)).all()
    rows = {row.id: row for row in found}
    for row in rows.values():
        top, steps = row, 0
        while top.parent_id is not None:
            top, steps = rows[top.parent_id], steps + 1
            assert steps <= len(rows), "a ring"
        assert (row.group_id or row.id) == top.id


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=st.lists(st.tuples(st.integers(0, 5), st.integers(-1, 5)), min_size=1, max_size=12))
def test_whatever_is_moved_where_each_group_stays_a_tree(sqlite_kit: Kit, moves: list[tuple[int, int]]) -> None:
    kit = sqlite_kit
    held = doing(kit, SYSTEM, lambda unit: unit.customers.find({"sort": "oldest"})).items
    firms = held or [_make(kit, brand) for brand in BRANDS]
    for it, above in moves:
        try:
            _move(kit, firms[it].id, None if above < 0 else firms[above].id)
        except CrmError as exc:
            assert exc.code == "invalid_input"
        _assert_trees(kit)
