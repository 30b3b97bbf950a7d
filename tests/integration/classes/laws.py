"""The law of classes: what the history of a customer says last is what the customer is, in every tree."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from tests.integration.services.acting import doing

from oa_crm.models import Category, CategoryTree, ClassChange, Customer, CustomerClass, table_of
from oa_crm.schemas import CategoryOut, ClassesOut
from oa_crm.testing import Kit

State = dict[str, tuple[str | None, bool]]
NOTHING = (None, False)


def replayed(kit: Kit) -> dict[UUID, State]:
    """Every customer's history played from its beginning: each change begins where the one before ended."""
    table, states = table_of(ClassChange), dict[UUID, State]()
    numbers: dict[UUID, int] = {}
    with kit.crm.engine.connect() as connection:
        for row in connection.execute(select(table).order_by(table.c.customer_id, table.c.number)):
            state = states.setdefault(row.customer_id, {})
            assert row.number == numbers.get(row.customer_id, 0) + 1, "a change is missing"
            assert row.before == state.get(row.tree, NOTHING)[0], "a change does not begin where the last one ended"
            numbers[row.customer_id] = row.number
            state[row.tree] = (row.after, bool(row.pinned))
    return {id: _something(state) for id, state in states.items()}


def present(kit: Kit) -> dict[UUID, State]:
    """What every customer that is still there is, by its rows."""
    customer, seat = table_of(Customer), table_of(CustomerClass)
    tree, category = table_of(CategoryTree), table_of(Category)
    states: dict[UUID, State] = {}
    with kit.crm.engine.connect() as connection:
        for row in connection.execute(select(customer).where(customer.c.merged_into.is_(None))):
            states[row.id] = {"level": (row.level, bool(row.level_pinned))}
        named = select(seat.c.customer_id, tree.c.name, category.c.name.label("category"), seat.c.pinned)
        joined = named.join(tree, tree.c.id == seat.c.tree_id).outerjoin(category, category.c.id == seat.c.category_id)
        for row in connection.execute(joined):
            states[row.customer_id][row.name] = (row.category, bool(row.pinned))
    return {id: _something(state) for id, state in states.items()}


def holds(kit: Kit) -> None:
    """Raises where the history of a customer that is there does not explain what it is."""
    told = replayed(kit)
    for id, state in present(kit).items():
        assert told.get(id, {}) == state


def _something(state: State) -> State:
    return {tree: standing for tree, standing in state.items() if standing != NOTHING}


def tree(kit: Kit, name: str, *categories: str) -> dict[str, CategoryOut]:
    """A tree with categories, by name; "gold<dealer" stands below "dealer"."""
    found = {}

    def make(unit: Any) -> None:
        unit.categories.define_tree({"name": name, "labels": {"zh": name}})
        for one in categories:
            own, _, parent = one.partition("<")
            data = {"tree": name, "name": own, "labels": {"zh": own}, "parent": parent or None}
            found[own] = unit.categories.define(data)

    doing(kit, "admin", make)
    return found


def classify(kit: Kit, id: UUID, actor: str = "seller", **what: Any) -> ClassesOut:
    """Class a customer as it stands now."""

    def act(unit: Any) -> ClassesOut:
        version = unit.customers.get(id).version
        return unit.customers.classify(id, {"expected_version": version, "reason": "复核", **what})

    return doing(kit, actor, act)
