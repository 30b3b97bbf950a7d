"""The category trees of a company, whole: they are small, and every question about one needs most of it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import select

from oa_crm.errors import InvalidInput
from oa_crm.models import Category, CategoryTree, table_of
from oa_crm.services.work import Work

MOST, DEEPEST = 2000, 10


@dataclass
class Tree:
    """A tree and its categories, by id."""

    row: Any
    nodes: dict[UUID, Any] = field(default_factory=dict)

    @property
    def open(self) -> bool:
        """Whether it classes anybody anew."""
        return bool(self.row.state == "in_use")

    def named(self, name: str | None) -> Any:
        """The category of that name, or None."""
        return next((one for one in self.nodes.values() if one.name == name), None)

    def line(self, node: Any) -> list[Any]:
        """The category with those above it, from the top down."""
        line = [node]
        for _ in range(DEEPEST):
            if line[0].parent_id is None:
                return line
            line.insert(0, self.nodes[line[0].parent_id])
        raise AssertionError("the tree has a loop")

    def takes(self, node: Any) -> bool:
        """Whether customers may be put there: it, all above it, and the tree are in use."""
        return self.open and all(one.state == "in_use" for one in self.line(node))

    def below(self, node: Any) -> list[Any]:
        """The category and everything under it."""
        return [one for one in self.nodes.values() if node.id in (above.id for above in self.line(one))]

    def in_order(self) -> list[Any]:
        """From the top down, each category after the one above it, by position and name."""
        return sorted(
            self.nodes.values(), key=lambda node: [(one.position, one.name, one.id) for one in self.line(node)]
        )

    def takers(self) -> list[str]:
        """The names of the categories that take customers."""
        return [one.name for one in self.in_order() if self.takes(one)]


def load(work: Work) -> dict[str, Tree]:
    """Every tree of the company, by name and in order; two statements."""
    tree, category = table_of(CategoryTree), table_of(Category)
    mine = select(tree).where(tree.c.tenant_id == work.scope.tenant).order_by(tree.c.position, tree.c.name)
    found = {row.id: Tree(row) for row in work.connection.execute(mine)}
    if found:
        for row in work.connection.execute(select(category).where(category.c.tenant_id == work.scope.tenant)):
            found[row.tree_id].nodes[row.id] = row
    return {one.row.name: one for one in found.values()}


def tree_named(trees: dict[str, Tree], name: str, where: str = "tree") -> Tree:
    """The tree. Raises `InvalidInput` at the field `where`."""
    if name not in trees:
        raise InvalidInput.of(where, "unknown_tree", given=name, known=_known(trees))
    return trees[name]


def taker(trees: dict[str, Tree], name: str, category: str, where: str) -> Any:
    """The category that a customer is put into. Raises `InvalidInput` where there is none or it takes nobody."""
    tree = tree_named(trees, name, where)
    node = tree.named(category)
    if node is None or not tree.takes(node):
        raise InvalidInput.of(where, "unknown_class", given=category, tree=name, known=_known(tree.takers()))
    return node


def within(work: Work, tree: str, category: str) -> list[UUID]:
    """The ids of a category and of all below it, retired ones too. Raises `InvalidInput`."""
    found = tree_named(load(work), tree, "categories")
    node = found.named(category)
    if node is None:
        known = _known(one.name for one in found.in_order())
        raise InvalidInput.of("categories", "unknown_class", given=category, tree=tree, known=known)
    return [one.id for one in found.below(node)]


def _known(names: Iterable[str]) -> str:
    return ", ".join(list(names)[:20]) or "-"
