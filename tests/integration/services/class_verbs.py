"""The verbs of categories, classes, rules and digests."""

from typing import Any

from tests.integration.services.verb import Verb

from oa_crm.ids import new_id
from oa_crm.testing import Kit


def _nothing(kit: Kit) -> None:
    return None


def _rule(kit: Kit) -> Any:
    with kit.unit("admin") as unit:
        return unit.class_rules.define(_everybody(f"rule_{new_id().hex}"))


def _everybody(name: str) -> dict[str, Any]:
    return {"name": name, "tree": "level", "gives": "C"}


def _ruled(kit: Kit) -> Any:
    _rule(kit)
    return kit.given.customer()


def _tree(kit: Kit) -> Any:
    name = kit.given.category().tree
    with kit.unit(read_only=True) as unit:
        return next(one for one in unit.categories.trees() if one.name == name)


def _subscription(kit: Kit) -> Any:
    with kit.unit("manager") as unit:
        known = unit.digests.subscription()
        if known is not None and known.state == "active":
            return known
        return unit.digests.subscribe({"reach": "subtree", "expected_version": known and known.version})


def made_digest(kit: Kit) -> Any:
    """A digest that waits for the manager."""
    _subscription(kit)
    customer = kit.given.customer()
    with kit.unit() as unit:
        unit.customers.update(customer.id, {"expected_version": 1, "level": "A"})
    with kit.unit("manager") as unit:
        return unit.digests.build().digests[0]


def _class(category: Any, level: str) -> dict[str, Any]:
    categories = {category.tree: category.name}
    return {"expected_version": 1, "level": level, "categories": categories, "reason": "框架协议"}


CLASS_VERBS = (
    Verb(
        "customers.classify", "seller", lambda kit: (kit.given.customer(), kit.given.category()),
        lambda unit, it, **key: unit.customers.classify(it[0].id, _class(it[1], "A"), **key),
        lambda unit, it, **key: unit.customers.classify(it[0].id, _class(it[1], "B"), **key),
    ),
    Verb(
        "customers.classify_by_rules", "seller", _ruled,
        lambda unit, it: unit.customers.classify_by_rules(customer_ids=[it.id]),
        lambda unit, it: unit.customers.classify_by_rules(trees=["level"]),
    ),
    Verb(
        "categories.define_tree", "admin", _nothing,
        lambda unit, _: unit.categories.define_tree({"name": "type", "labels": {"zh": "客户类型"}}),
        lambda unit, _: unit.categories.define_tree({"name": "class", "labels": {"zh": "战略分级"}}),
    ),
    Verb(
        "categories.redefine_tree", "admin", _tree,
        lambda unit, it: unit.categories.redefine_tree(it.id, {"expected_version": 1, "retired": True}),
        lambda unit, it: unit.categories.redefine_tree(it.id, {"expected_version": 1, "position": 3}),
    ),
    Verb(
        "categories.define", "admin", lambda kit: kit.given.category(),
        lambda unit, it: unit.categories.define({"tree": it.tree, "name": "gold", "labels": {"zh": "金牌"}}),
        lambda unit, it: unit.categories.define({"tree": it.tree, "name": "iron", "labels": {"zh": "铁牌"}}),
    ),
    Verb(
        "categories.redefine", "admin", lambda kit: kit.given.category(),
        lambda unit, it: unit.categories.redefine(it.id, {"expected_version": 1, "retired": True}),
        lambda unit, it: unit.categories.redefine(it.id, {"expected_version": 1, "position": 3}),
    ),
    Verb(
        "class_rules.define", "admin", _nothing,
        lambda unit, _: unit.class_rules.define(_everybody("all")),
        lambda unit, _: unit.class_rules.define(_everybody("others")),
    ),
    Verb(
        "class_rules.redefine", "admin", _rule,
        lambda unit, it: unit.class_rules.redefine(it.id, {"expected_version": 1, "gives": "B"}),
        lambda unit, it: unit.class_rules.redefine(it.id, {"expected_version": 1, "retired": True}),
    ),
    Verb(
        "digests.subscribe", "manager", _nothing,
        lambda unit, _: unit.digests.subscribe({"reach": "subtree"}),
        lambda unit, _: unit.digests.subscribe({"kinds": ["level"]}),
    ),
    Verb(
        "digests.unsubscribe", "manager", _subscription,
        lambda unit, it: unit.digests.unsubscribe(expected_version=it.version),
        lambda unit, it: unit.digests.unsubscribe(expected_version=it.version + 1),
    ),
    Verb(
        "digests.build", "manager", _subscription,
        lambda unit, _: unit.digests.build(),
        lambda unit, _: unit.digests.build(),
    ),
    Verb(
        "digests.acknowledge", "manager", made_digest,
        lambda unit, it: unit.digests.acknowledge(it.id),
        lambda unit, it: unit.digests.acknowledge(it.member_id),
    ),
)  # fmt: skip

CLASS_KEYLESS = {
    "customers.classify_by_rules": "applied again, rules find what they made",
    "categories.define_tree": "a name is taken once",
    "categories.redefine_tree": "a tree carries the version that it replaces",
    "categories.define": "a name is taken once",
    "categories.redefine": "a category carries the version that it replaces",
    "class_rules.define": "a name is taken once",
    "class_rules.redefine": "a rule carries the version that it replaces",
    "digests.subscribe": "a subscription carries the version that it replaces",
    "digests.unsubscribe": "it carries the version that it ends",
    "digests.build": "nobody is told of a change twice",
    "digests.acknowledge": "a digest is acknowledged once",
}
