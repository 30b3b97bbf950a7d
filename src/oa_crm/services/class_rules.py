"""Rules that class customers: conditions on facts, and the level or category that follows. Data of each company."""

from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from oa_crm.errors import InvalidInput, NotFound
from oa_crm.ids import new_id
from oa_crm.models import ClassRule, table_of
from oa_crm.schemas import ClassExplanation, ClassRuleIn, ClassRuleOut, ClassRulePatch
from oa_crm.schemas.classes import LEVEL
from oa_crm.services import access
from oa_crm.services.base import Service, as_id, differences, first_facts, given, shown
from oa_crm.services.classes import applying, trees
from oa_crm.services.classes.conditions import sound
from oa_crm.services.piping import courses

_KIND = "class_rule"
_LONGEST_LEVEL = 20


class ClassRules(Service):
    """Kept by those who administer categories; `customers.classify_by_rules` applies them."""

    def of(self, tree: str | None = None, *, retired: bool = False) -> tuple[ClassRuleOut, ...]:
        """The rules in the order in which they are asked, of one tree or of all; `retired` adds those out of use.
        Raises `forbidden` for who may not read customers."""
        access.require(self.work, "read", "customer")
        table = table_of(ClassRule)
        query = self.company_wide(ClassRule).order_by(table.c.tree, table.c.position, table.c.name)
        if tree is not None:
            query = query.where(table.c.tree == tree)
        if not retired:
            query = query.where(table.c.state == "in_use")
        return tuple(shown(ClassRuleOut, row) for row in self.work.connection.execute(query))

    def define(self, data: ClassRuleIn | dict[str, Any]) -> ClassRuleOut:
        """Add a rule. It classes nobody until rules are applied. Raises `forbidden`, and `invalid_input` for a name
        that is taken, a tree or category that is none, and conditions that cannot be asked."""
        wanted = given(ClassRuleIn, data)
        return self.act("class_rules.define", lambda: self._define(wanted), given=wanted, answer=ClassRuleOut)

    def redefine(self, id: UUID, patch: ClassRulePatch | dict[str, Any]) -> ClassRuleOut:
        """Change a rule, its place in the order, or take it out of use and back. Raises as `define`, and
        `stale_version`."""
        wanted = given(ClassRulePatch, patch)
        return self.act(
            "class_rules.redefine",
            lambda: self._redefine(as_id(id), wanted),
            given={"id": id, "patch": wanted},
            answer=ClassRuleOut,
        )

    def explain(self, customer_id: UUID) -> ClassExplanation:
        """What every rule says of a customer, and which conditions fail; `decided` is what follows, by tree.
        Raises `not_found`."""
        return applying.explain(self, as_id(customer_id))

    def _define(self, wanted: ClassRuleIn) -> ClassRuleOut:
        access.require(self.work, "administer", "category")
        facts = {
            "name": wanted.name,
            "tree": wanted.tree,
            "gives": self._gives(wanted.tree, wanted.gives),
            "labels": wanted.labels,
            "conditions": self._kept(wanted.conditions),
            "position": wanted.position,
            "state": "in_use",
        }
        id = new_id()
        try:
            with self.work.connection.begin_nested():
                self.add(ClassRule, id=id, **facts, **self.stamps())
        except IntegrityError:
            raise InvalidInput.of("name", "class_name_taken", name=wanted.name) from None
        self.work.journal.record("class_rules.define", _KIND, id, first_facts(facts))
        return shown(ClassRuleOut, self._row(id))

    def _redefine(self, id: UUID, patch: ClassRulePatch) -> ClassRuleOut:
        access.require(self.work, "administer", "category")
        row, values = self._row(id), patch.changes()
        if "retired" in values:
            values["state"] = "retired" if values.pop("retired") else "in_use"
        if "gives" in values:
            values["gives"] = self._gives(row.tree, values["gives"])
        if "conditions" in values:
            values["conditions"] = self._kept(patch.conditions)
        changed = differences(row, values)
        self.change(ClassRule, row, patch.expected_version, **{name: new for name, (_, new) in changed.items()})
        self.work.journal.record("class_rules.redefine", _KIND, id, changed)
        return shown(ClassRuleOut, self._row(id))

    def _gives(self, tree: str, name: str) -> str:
        if tree != LEVEL:
            return str(trees.taker(trees.load(self.work), tree, name, "gives").name)
        if len(name) > _LONGEST_LEVEL or not name.strip():
            raise InvalidInput.of("gives", "no_level", given=name, longest=_LONGEST_LEVEL)
        return name.strip()

    def _kept(self, conditions: Any) -> list[dict[str, Any]]:
        stages = dict.fromkeys(key for course in courses.all_of(self).values() for key in course.keys)
        settled = sound(conditions, self.work.runtime.settings, stages)
        return [one.model_dump(mode="json", exclude_none=True) for one in settled]

    def _row(self, id: UUID) -> Any:
        query = self.company_wide(ClassRule).where(table_of(ClassRule).c.id == id)
        row = self.work.connection.execute(query).one_or_none()
        if row is None:
            raise NotFound(_KIND, id)
        return row
