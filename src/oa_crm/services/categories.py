"""Category trees: how a company classes its customers, as data. Names stay, nothing is lost, no branch is a loop."""

from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from oa_crm.errors import InvalidInput, NotFound
from oa_crm.ids import new_id
from oa_crm.models import Base, Category, CategoryTree, kind_of, table_of
from oa_crm.schemas import CategoryIn, CategoryOut, CategoryPatch, TreeIn, TreeOut, TreePatch
from oa_crm.schemas.classes import LEVEL
from oa_crm.services import access, bounds
from oa_crm.services.base import Service, as_id, differences, first_facts, given, shown
from oa_crm.services.classes import trees
from oa_crm.services.classes.trees import DEEPEST, MOST, Tree

_MOST_TREES = 50


class Categories(Service):
    """Seen by whoever reads customers, changed by whoever may `administer` categories."""

    def trees(self, *, retired: bool = False) -> tuple[TreeOut, ...]:
        """The trees of the company in their order; `retired` adds those out of use. Raises `forbidden`."""
        access.require(self.work, "read", "customer")
        known = trees.load(self.work).values()
        return tuple(shown(TreeOut, one.row) for one in known if retired or one.open)

    def of(self, tree: str, *, retired: bool = False) -> tuple[CategoryOut, ...]:
        """The categories of a tree from the top down, each after the one above it; `retired` adds those that take no
        customers. Raises `forbidden`, and `invalid_input` for no tree."""
        access.require(self.work, "read", "customer")
        found = trees.tree_named(trees.load(self.work), tree)
        return tuple(_out(found, node) for node in found.in_order() if retired or found.takes(node))

    def define_tree(self, data: TreeIn | dict[str, Any]) -> TreeOut:
        """Add a tree. Raises `forbidden`, and `invalid_input` for a name that is taken."""
        wanted = given(TreeIn, data)
        return self.act("categories.define_tree", lambda: self._define_tree(wanted), given=wanted, answer=TreeOut)

    def redefine_tree(self, id: UUID, patch: TreePatch | dict[str, Any]) -> TreeOut:
        """Change a tree's labels or place, or take it out of use and back. Customers keep what they are in it.
        Raises `stale_version`, `not_found`, `forbidden`."""
        wanted = given(TreePatch, patch)
        return self.act(
            "categories.redefine_tree",
            lambda: self._redefine_tree(as_id(id), wanted),
            given={"id": id, "patch": wanted},
            answer=TreeOut,
        )

    def define(self, data: CategoryIn | dict[str, Any]) -> CategoryOut:
        """Add a category. At most 2,000 in a tree, 10 deep. Raises `forbidden`, and `invalid_input` for a name that the
        tree has already, or a parent that is none."""
        wanted = given(CategoryIn, data)
        return self.act("categories.define", lambda: self._define(wanted), given=wanted, answer=CategoryOut)

    def redefine(self, id: UUID, patch: CategoryPatch | dict[str, Any]) -> CategoryOut:
        """Change a category's labels or place, move it with all below, or take it out of use and back. Customers keep
        it. Raises `stale_version`, and `invalid_input` for a parent below itself."""
        wanted = given(CategoryPatch, patch)
        return self.act(
            "categories.redefine",
            lambda: self._redefine(as_id(id), wanted),
            given={"id": id, "patch": wanted},
            answer=CategoryOut,
        )

    def _define_tree(self, wanted: TreeIn) -> TreeOut:
        access.require(self.work, "administer", "category")
        if wanted.name == LEVEL:
            raise InvalidInput.of("name", "class_name_taken", name=LEVEL)
        count = self.company_wide(CategoryTree, func.count())
        if (self.work.connection.scalar(count) or 0) >= _MOST_TREES:
            raise InvalidInput.of("name", "too_many_categories", most=_MOST_TREES)
        id, facts = new_id(), {**wanted.model_dump(), "state": "in_use"}
        self._insert(CategoryTree, id, facts)
        self.work.journal.record("categories.define_tree", "tree", id, first_facts(facts))
        return shown(TreeOut, self._row(CategoryTree, id))

    def _redefine_tree(self, id: UUID, patch: TreePatch) -> TreeOut:
        row, changed = self._changed(CategoryTree, id, patch.changes())
        self.change(CategoryTree, row, patch.expected_version, **{name: new for name, (_, new) in changed.items()})
        self.work.journal.record("categories.redefine_tree", "tree", id, changed)
        return shown(TreeOut, self._row(CategoryTree, id))

    def _define(self, wanted: CategoryIn) -> CategoryOut:
        access.require(self.work, "administer", "category")
        tree = self._alone(trees.tree_named(trees.load(self.work), wanted.tree).row.id)
        if len(tree.nodes) >= MOST:
            raise InvalidInput.of("name", "too_many_categories", most=MOST)
        parent = self._parent(tree, wanted.parent, None)
        id = new_id()
        facts = {**wanted.model_dump(exclude={"tree", "parent"}), "tree_id": tree.row.id, "parent_id": parent}
        facts["state"] = "in_use"
        self._insert(Category, id, facts)
        self.work.journal.record("categories.define", "category", id, first_facts(facts))
        bounds.restamp(self.work)
        return self._told(wanted.tree, id)

    def _redefine(self, id: UUID, patch: CategoryPatch) -> CategoryOut:
        access.require(self.work, "administer", "category")
        tree_id = self._row(Category, id).tree_id
        tree, values = self._alone(tree_id), patch.changes()
        if "parent" in values:
            values["parent_id"] = self._parent(tree, values.pop("parent"), tree.nodes[id])
        row, changed = self._changed(Category, id, values)
        self.change(Category, row, patch.expected_version, **{name: new for name, (_, new) in changed.items()})
        self.work.journal.record("categories.redefine", "category", id, changed)
        bounds.restamp(self.work)
        return self._told(tree.row.name, id)

    def _changed(self, model: type[Base], id: UUID, values: dict[str, Any]) -> tuple[Any, dict[str, list[Any]]]:
        access.require(self.work, "administer", "category")
        row = self._row(model, id)
        if "retired" in values:
            values["state"] = "retired" if values.pop("retired") else "in_use"
        return row, differences(row, values)

    def _parent(self, tree: Tree, name: str | None, moved: Any) -> UUID | None:
        """Where a category goes. Nobody else changes the tree meanwhile, so no two moves make a loop together."""
        if name is None:
            return None
        parent = tree.named(name)
        if parent is None:
            known = ", ".join([one.name for one in tree.in_order()][:20]) or "-"
            raise InvalidInput.of("parent", "unknown_class", given=name, tree=tree.row.name, known=known)
        branch = [] if moved is None else tree.below(moved)
        if any(parent.id == one.id for one in branch):
            raise InvalidInput.of("parent", "category_loop", given=name)
        height = max((len(tree.line(one)) for one in branch), default=0) - (len(tree.line(moved)) - 1 if moved else -1)
        if len(tree.line(parent)) + height > DEEPEST:
            raise InvalidInput.of("parent", "category_too_deep", deepest=DEEPEST)
        return parent.id  # type: ignore[no-any-return]

    def _alone(self, tree_id: UUID) -> Tree:
        """The tree as it is now, kept so: whoever else would change its categories waits."""
        query = self.company_wide(CategoryTree).where(table_of(CategoryTree).c.id == tree_id).with_for_update()
        tree, table = Tree(self.work.connection.execute(query).one()), table_of(Category)
        mine = select(table).where(table.c.tenant_id == self.work.scope.tenant, table.c.tree_id == tree_id)
        tree.nodes.update((row.id, row) for row in self.work.connection.execute(mine))
        return tree

    def _insert(self, model: type[Base], id: UUID, facts: dict[str, Any]) -> None:
        try:
            with self.work.connection.begin_nested():
                self.add(model, id=id, **facts, **self.stamps())
        except IntegrityError:
            raise InvalidInput.of("name", "class_name_taken", name=facts["name"]) from None

    def _row(self, model: type[Base], id: UUID) -> Any:
        row = self.work.connection.execute(self.company_wide(model).where(table_of(model).c.id == id)).one_or_none()
        if row is None:
            raise NotFound(kind_of(model), id)
        return row

    def _told(self, tree: str, id: UUID) -> CategoryOut:
        found = trees.load(self.work)[tree]
        return _out(found, found.nodes[id])


def _out(tree: Tree, node: Any) -> CategoryOut:
    line = [one.name for one in tree.line(node)]
    parent = line[-2] if len(line) > 1 else None
    return shown(CategoryOut, node, tree=tree.row.name, parent=parent, path=tuple(line), open=tree.takes(node))
