"""Classes of customers: trees and categories, classifying by hand and by rules, and the history of it."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BeforeValidator, Field, StringConstraints

from oa_crm.schemas.base import In, Line, Out, Patch, Reason, Record
from oa_crm.schemas.custom import FieldName, Labels

LEVEL = "level"
"""The name under which a customer's level stands among the trees."""
Position = Annotated[int, Field(ge=-(2**31), le=2**31 - 1)]
Level = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20)]
_LABELS = "a label by language, such as {'zh': '客户类型'}"
Fact = Literal[
    "size", "kind", "status", "source", "industry", "region", "tags", "level", "in_pool", "days_on_file",
    "days_since_follow_up", "contracts", "contract_amount", "won_projects", "open_projects", "stage_reached",
]  # fmt: skip
How = Literal["in", "not_in", "all_of", "at_least", "less_than", "is", "unknown"]


class TreeIn(In):
    """A category tree to add. `name` is how programs know it and stays."""

    name: FieldName = Field(description="1 to 40 of a-z, 0-9 and _, beginning with a letter")
    labels: Labels = Field(min_length=1, description=_LABELS)
    position: Position = 0


class TreePatch(Patch):
    """What to change of a tree. A retired one classes nobody anew and forgets nothing."""

    labels: Labels = Field(default={}, min_length=1, description=_LABELS)
    position: Position = 0
    retired: bool = False


class TreeOut(Record):
    """A category tree. `state` is in_use or retired."""

    name: str
    labels: dict[str, str]
    position: int
    state: str


class CategoryIn(In):
    """A category to add to the tree named `tree`, under the category named `parent` or at the top."""

    tree: FieldName
    name: FieldName = Field(description="1 to 40 of a-z, 0-9 and _, beginning with a letter")
    labels: Labels = Field(min_length=1, description=_LABELS)
    parent: FieldName | None = None
    position: Position = 0


class CategoryPatch(Patch):
    """What to change of a category: `parent` moves it with everything below; a retired one takes no more customers."""

    labels: Labels = Field(default={}, min_length=1, description=_LABELS)
    parent: FieldName | None = None
    position: Position = 0
    retired: bool = False


class CategoryOut(Record):
    """A category in its tree. `path` are the names from the top down to its own; `open` whether it takes customers."""

    tree: str
    name: str
    labels: dict[str, str]
    parent: str | None
    path: tuple[str, ...]
    position: int
    state: str
    open: bool


class Classification(Patch):
    """How to class a customer by hand, and why. What is left out stays; None takes the level or category away.

    `pin` keeps rules from changing what is named here; False lets them again; left out, it stays as it is.
    """

    level: Level | None = None
    categories: dict[FieldName, FieldName | None] = Field(default={}, max_length=100, description="by the tree's name")
    pin: bool | None = None
    reason: Reason


class ClassOut(Out):
    """What a customer is in one tree; `labels` are those of the category now, None for a level."""

    tree: str
    category: str | None
    labels: dict[str, str] | None = None
    pinned: bool


class ClassesOut(Out):
    """What a customer is: its level and its categories, by the tree's name, now or at `as_of`."""

    KIND = "customer"

    customer_id: UUID
    version: int
    as_of: datetime | None
    level: str | None
    level_pinned: bool
    categories: tuple[ClassOut, ...]

    def category(self, tree: str) -> str | None:
        """The category in the tree of that name."""
        return next((one.category for one in self.categories if one.tree == tree), None)


class ClassChangeOut(Out):
    """One change of a level (`tree` is "level") or category. `cause` is entry, hand, rule, merge, split or earlier.

    `customer_id` is that of another file where the change was made on one that was merged into this one.
    """

    id: UUID
    customer_id: UUID
    tree: str
    before: str | None
    after: str | None
    pinned: bool
    cause: str
    rule: str | None
    reason: str | None
    at: datetime
    by: str


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal | date) else value


class ClassCondition(In):
    """One condition: a fact of the customer, how to compare, and with what.

    Facts that are codes or words take `in`, `not_in` (a list; an industry or region holds all below it), tags also
    `all_of`; numbers, amounts ("100000.00") and `stage_reached` take `at_least` and `less_than`; `in_pool` takes `is`.
    `unknown` holds where there is nothing to compare. `within_days` narrows contracts to those approved so lately.
    """

    fact: Fact
    how: How
    value: Annotated[str | int | bool | tuple[str, ...] | None, BeforeValidator(_plain)] = None
    currency: str | None = Field(default=None, pattern=r"^[A-Z]{3}$", description="ISO 4217; the company's if left out")
    within_days: int | None = Field(default=None, ge=1, le=36_500)


Conditions = Annotated[tuple[ClassCondition, ...], Field(max_length=20)]


class ClassRuleIn(In):
    """A rule to add: where all `conditions` hold, the customer's `tree` (or level) is `gives`.

    Of the rules of a tree the first by `position` that holds decides; one without conditions always holds.
    """

    name: FieldName
    tree: FieldName = Field(description='the tree\'s name, or "level"')
    gives: str = Field(min_length=1, max_length=40, description="the level, or the category's name")
    labels: Labels = Field(default={}, description="why, by language")
    conditions: Conditions = ()
    position: Position = 0


class ClassRulePatch(Patch):
    """What to change of a rule; `conditions` are replaced as a whole. A retired rule classes nobody."""

    gives: str = Field(default="", min_length=1, max_length=40)
    labels: Labels = Field(default={})
    conditions: Conditions = ()
    position: Position = 0
    retired: bool = False


class ClassRuleOut(Record):
    """A rule as it stands. `state` is in_use or retired."""

    name: str
    tree: str
    gives: str
    labels: dict[str, str]
    conditions: tuple[ClassCondition, ...]
    position: int
    state: str


class RuleVerdict(Out):
    """Whether a rule holds of a customer, with each condition that does not."""

    rule: str
    tree: str
    gives: str
    holds: bool
    failed: tuple[ClassCondition, ...]


class ClassExplanation(Out):
    """Why rules make of a customer what they do: every rule in order. `pinned` trees are left alone."""

    customer_id: UUID
    verdicts: tuple[RuleVerdict, ...]
    decided: dict[str, str]
    pinned: tuple[str, ...]


class Reclassified(Out):
    """What a rule changes, or would change, of one customer."""

    KIND = "customer"

    customer_id: UUID
    name: Line
    tree: str
    before: str | None
    after: str | None
    rule: str


class ClassRun(Out):
    """A part of the base looked at by rules. `pinned` counts what they would have changed and left alone.

    Give `next` back as `after` to go on; it is None at the end.
    """

    dry_run: bool
    looked_at: int
    pinned: int
    changes: tuple[Reclassified, ...]
    next: str | None
