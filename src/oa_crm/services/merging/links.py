"""Everything that points to a customer, read from the tables: foreign keys, declared ids, and the host's own links.

A table that is added tomorrow is found by its foreign key; what it wants to happen stands beside its column.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Column, ColumnElement, String, Table, TypeDecorator, UniqueConstraint, and_, true

from oa_crm.hooks.answers import MergeLink
from oa_crm.models import PREFIX, Base, Customer, WhenMerged, table_of
from oa_crm.services.work import Work

CUSTOMER = "customer"
Row = Sequence[Any]


@dataclass(frozen=True)
class LinkTo:
    """One column that names a customer, and what becomes of its rows."""

    name: str
    table: Table
    column: Column[Any]
    rule: WhenMerged
    tenant: Column[Any] | None

    @cached_property
    def key(self) -> tuple[Column[Any], ...]:
        """What tells its rows apart, beside the customer and the company."""
        return tuple(one for one in self.table.primary_key if one is not self.column and one is not self.tenant)

    @cached_property
    def version(self) -> Column[Any] | None:
        """The version of its rows, where people edit them."""
        return self.table.c.get("version") if self.tenant is not None else None

    @cached_property
    def uniques(self) -> tuple[tuple[Column[Any], ...], ...]:
        """The unique keys that the customer is part of: where two rows of a survivor could be one too many."""
        keys = [tuple(self.table.primary_key)]
        keys += [tuple(one.columns) for one in self.table.constraints if isinstance(one, UniqueConstraint)]
        keys += [tuple(one.columns) for one in self.table.indexes if one.unique]
        return tuple(one for one in keys if self.column in one)

    @cached_property
    def parents(self) -> tuple["LinkTo", ...]:
        """Links of the things that its rows hang on: a contract goes where its project goes."""
        return tuple(one for one in links() if one.hangs and self.hangs_on(one) is not None)

    @property
    def hangs(self) -> bool:
        """Whether other rows may go along with its rows."""
        return self.rule.how == "moves" and self.rule.kind is None and "id" in self.table.c and not self.of_customer

    @property
    def of_customer(self) -> bool:
        """Whether a customer points to a customer."""
        return self.table is table_of(Customer)

    def hangs_on(self, parent: "LinkTo") -> Column[Any] | None:
        """The column that leads from its rows to the other's."""
        if parent.table is self.table or self.rule.kind is not None:
            return None
        to = parent.table.c.id
        mine = (one for one in self.table.c if any(key.column is to for key in one.foreign_keys))
        return next(mine, None)

    def of_tenant(self, work: Work) -> ColumnElement[bool]:
        """Its rows of the company, and of our kind."""
        mine = [] if self.tenant is None else [self.tenant == work.scope.tenant]
        kind = [] if self.rule.kind is None else [self.table.c[self.rule.kind] == CUSTOMER]
        return and_(true(), *mine, *kind)

    def stored(self, id: UUID) -> Any:
        """A customer's id as the column holds it."""
        type_ = self.column.type
        kind = type_.impl_instance if isinstance(type_, TypeDecorator) else type_
        return str(id) if isinstance(kind, String) else id


@cache
def links() -> tuple[LinkTo, ...]:
    """Every link of our own tables, those that others hang on first."""
    return tuple(one for table in Base.metadata.sorted_tables for one in _of(table))


def links_of(work: Work) -> tuple[LinkTo, ...]:
    """Every link, those of the host's tables last."""
    return (*links(), *map(_hosts, work.runtime.extras.merge_links))


def named(work: Work) -> dict[str, LinkTo]:
    """Every link by its name."""
    return {one.name: one for one in links_of(work)}


def acting(all_: Iterable[LinkTo]) -> list[LinkTo]:
    """Those whose rows a merge touches."""
    return [one for one in all_ if one.rule.how in ("moves", "parts")]


def _of(table: Table) -> Iterator[LinkTo]:
    for column in table.columns:
        rule = column.info.get("when_merged")
        points = any(key.target_fullname.endswith(f"{PREFIX}customer.id") for key in column.foreign_keys)
        if rule is not None or points:
            name = f"{table.name.removeprefix(PREFIX)}.{column.name}"
            yield LinkTo(name, table, column, rule or WhenMerged(), table.c.get("tenant_id"))


def _hosts(link: MergeLink) -> LinkTo:
    table = cast("Table", link.table)  # looked at when the CRM was made
    tenant = None if link.tenant_column is None else table.c[link.tenant_column]
    return LinkTo(link.name, table, table.c[link.column], WhenMerged(), tenant)
