"""Rules class customers, a slice of the base at a time: what they would change, or that it is changed.

The number of statements grows with the rules, not with the customers of a slice.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from oa_crm.errors import InvalidInput
from oa_crm.models import ClassRule, Customer, table_of
from oa_crm.schemas.classes import LEVEL, ClassExplanation, ClassRun, Reclassified, RuleVerdict
from oa_crm.services import cursors
from oa_crm.services.base import Service
from oa_crm.services.classes import facts, states, trees, writing
from oa_crm.services.classes.conditions import Rule, ready
from oa_crm.services.classes.keeping import Change
from oa_crm.services.classes.states import NOTHING, Standing, Standings
from oa_crm.services.classes.trees import Tree

OPERATION = "customers.classify_by_rules"
_SORT = "rules"


@dataclass(frozen=True)
class Asked:
    """Which part of the base the rules of which trees are asked about."""

    trees: Sequence[str] | None
    customer_ids: Sequence[UUID] | None
    after: str | None
    limit: int
    dry_run: bool


def run(service: Service, asked: Asked) -> ClassRun:
    """One slice of the base."""
    work, known = service.work, trees.load(service.work)
    rules = rules_in_use(service, known, asked.trees)
    rows = _slice(service, asked) if rules else []
    more, rows = len(rows) > asked.limit, rows[: asked.limit]
    before = states.present(work, rows, held=not asked.dry_run)
    found = facts.gathered(work, rows, rules)
    decided = {row.id: dict(_decided(rules, found[row.id])) for row in rows}
    changes = [change for row in rows for change in _changes(row.id, before[row.id], decided[row.id])]
    if not asked.dry_run:
        _write(service, changes, {row.id: row for row in rows}, before, known)
    names = {row.id: row.name for row in rows}
    return ClassRun(
        dry_run=asked.dry_run,
        looked_at=len(rows),
        pinned=sum(_spared(before[row.id], decided[row.id]) for row in rows),
        changes=tuple(_told(one, names) for one in changes),
        next=cursors.write(_SORT, [str(rows[-1].id)]) if more else None,
    )


def explain(service: Service, id: UUID) -> ClassExplanation:
    """What the rules say of one customer that the actor sees, each on its own."""
    work, row = service.work, service.one(Customer, id)
    rules = rules_in_use(service, trees.load(work), None)
    found, standings = facts.gathered(work, [row], rules)[id], states.present(work, [row])[id]
    verdicts = [(rule, tuple(rule.failed(found))) for rule in rules]
    return ClassExplanation(
        customer_id=id,
        verdicts=tuple(
            RuleVerdict(rule=one.name, tree=one.tree, gives=one.gives, holds=not failed, failed=failed)
            for one, failed in verdicts
        ),
        decided={tree: rule.gives for tree, rule in _decided(rules, found)},
        pinned=tuple(sorted(tree for tree, standing in standings.items() if standing.pinned)),
    )


def rules_in_use(service: Service, known: Mapping[str, Tree], wanted: Sequence[str] | None) -> list[Rule]:
    """The rules, in order; those that give a category which takes nobody any more are passed over."""
    for name in wanted or ():
        if name != LEVEL and name not in known:
            raise InvalidInput.of("trees", "unknown_tree", given=name, known=", ".join((LEVEL, *known)))
    table = table_of(ClassRule)
    query = service.company_wide(ClassRule).where(table.c.state == "in_use")
    rows = service.work.connection.execute(query.order_by(table.c.position, table.c.name))
    rules = (ready(row, service.work.runtime.settings) for row in rows if wanted is None or row.tree in wanted)
    return [one for one in rules if one.tree == LEVEL or _takes(known[one.tree], one.gives)]


def _takes(tree: Tree, name: str) -> bool:
    node = tree.named(name)
    return node is not None and tree.takes(node)


def _slice(service: Service, asked: Asked) -> list[Any]:
    table = table_of(Customer)
    query = service.select(Customer, "write")
    if asked.customer_ids is not None:
        query = query.where(table.c.id.in_(asked.customer_ids))
    if asked.after is not None:
        (last,) = cursors.read(_SORT, asked.after, 1)
        query = query.where(table.c.id > UUID(last))
    query = query.order_by(table.c.id).limit(asked.limit + 1)
    # Locked, so that nobody changes meanwhile what we judge by.
    return list(service.work.connection.execute(query if asked.dry_run else query.with_for_update()).all())


def _decided(rules: Sequence[Rule], found: facts.Known) -> Iterator[tuple[str, Rule]]:
    """The first rule of each tree that holds."""
    done = set[str]()
    for rule in rules:
        if rule.tree not in done and not any(rule.failed(found)):
            done.add(rule.tree)
            yield rule.tree, rule


def _changes(id: UUID, before: Mapping[str, Standing], decided: Mapping[str, Rule]) -> Iterator[Change]:
    for tree, rule in decided.items():
        old = before.get(tree, NOTHING)
        if old.value != rule.gives and not old.pinned:
            yield Change(id, tree, old.value, rule.gives, False, rule.name)


def _spared(before: Mapping[str, Standing], decided: Mapping[str, Rule]) -> bool:
    olds = ((before.get(tree, NOTHING), rule) for tree, rule in decided.items())
    return any(old.pinned and old.value != rule.gives for old, rule in olds)


def _write(
    service: Service, changes: list[Change], rows: dict[UUID, Any], before: Standings, known: Mapping[str, Tree]
) -> None:
    if changes:
        writing.stamp(service.work, sorted({one.customer_id for one in changes}))
        writing.write(service.work, OPERATION, changes, rows, before, known, cause="rule")


def _told(one: Change, names: Mapping[UUID, str]) -> Reclassified:
    assert one.rule is not None
    return Reclassified(
        customer_id=one.customer_id,
        name=names[one.customer_id],
        tree=one.tree,
        before=one.before,
        after=one.after,
        rule=one.rule,
    )
