"""The only place that builds a scoped query, and the frame of every act.

A service method that changes something runs inside `act`: a savepoint, an idempotency key, the audit. A
query comes from `select`, `one` or `company_wide`, each of which names the tenant. Services do not import
each other.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from inspect import isfunction
from typing import Any, TypeVar
from uuid import UUID

from pydantic import BaseModel, TypeAdapter
from sqlalchemy import Select, and_, insert, select, update

from oa_crm.errors import CustomerMerged, IllegalState, InvalidInput, NotFound, ReadOnlyUnit, StaleVersion
from oa_crm.hooks.drafts import CheckContext
from oa_crm.models import PREFIX, Base, Customer, WhenMerged, kind_of, rights_of, table_of
from oa_crm.services import access, idempotency, plain, showing
from oa_crm.services.bulk import insert_rows
from oa_crm.services.inputs import given, given_row
from oa_crm.services.picture import shown
from oa_crm.services.plain import as_id
from oa_crm.services.work import Work

Answer = TypeVar("Answer", bound=BaseModel)

__all__ = [
    "Service",
    "as_id",
    "differences",
    "first_facts",
    "given",
    "given_row",
    "must_be",
    "shown",
    "words",
]


class Service:
    """Base of all services of a unit."""

    def __init__(self, work: Work) -> None:
        self.work = work

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        for name, method in list(vars(cls).items()):
            if isfunction(method) and not name.startswith("_"):
                setattr(cls, name, showing.through(plain.values(method)))

    def act(
        self,
        operation: str,
        do: Callable[[], Answer],
        *,
        given: BaseModel | Mapping[str, Any],
        answer: type[Answer],
        key: str | None = None,
    ) -> Answer:
        """Run one act in a savepoint. With `key`, a repeated act answers as the first one did.

        If it raises, its rows, its audit and its events are gone together, and the unit can go on.
        """
        if self.work.read_only:
            raise ReadOnlyUnit(operation)
        mark = self.work.journal.mark()
        try:
            with self.work.connection.begin_nested():
                if key is None:
                    return self._audited(operation, do)
                return idempotency.once(self.work, operation, key, given, answer, lambda: self._audited(operation, do))
        except BaseException:
            self.work.journal.back_to(mark)
            self.work.taken_back()
            raise

    def _audited(self, operation: str, do: Callable[[], Answer]) -> Answer:
        before = self.work.journal.mark()
        result = do()
        if self.work.journal.mark()[0] == before[0]:
            raise AssertionError(f"{operation} wrote no audit entry")
        return result

    def select(self, model: type[Base], action: str = "read") -> Select[Any]:
        """The rows of `model` that the person may see (or act on)."""
        return select(table_of(model)).where(access.visible(self.work, model, action))

    def select_apart(self, model: type[Base]) -> list[Select[Any]]:
        """The rows that the person may see, as queries that are each read by an index; they may have rows in common."""
        return [select(table_of(model)).where(one) for one in access.visible_apart(self.work, model)]

    def company_wide(self, model: type[Base], *columns: Any) -> Select[Any]:
        """Rows of the whole company, whoever asks. For rules that must hold for all, never to show rows."""
        table = table_of(model)
        return select(*(columns or (table,))).where(table.c.tenant_id == self.work.scope.tenant)

    def at_customer(self, model: type[Base], customer: Any, *columns: Any) -> Select[Any]:
        """The rows of `model` at a customer whom the actor was just found to see, as far as he may see them."""
        table = table_of(model)
        return select(*(columns or (table,))).where(access.at_customer(self.work, model, customer.id))

    def one(self, model: type[Base], id: UUID, action: str = "read", *, lock: bool = False) -> Any:
        """One row, locked against others with `lock`. Raises `NotFound`, also for what may not be seen;
        `Forbidden` when it may be seen but not acted on; `CustomerMerged` for a customer that is another's file now."""
        kind, id = kind_of(model), as_id(id)
        by_id = table_of(model).c.id == id
        query = self.select(model, action).where(by_id)
        row = self.work.connection.execute(query.with_for_update() if lock else query).one_or_none()
        if row is not None:
            return row
        if action != "read" and self.work.connection.execute(self.select(model).where(by_id)).first():
            access.require(self.work, action, rights_of(model))
            raise access.out_of_reach(self.work, action, rights_of(model))
        if model is Customer:
            self._say_where_it_went(id)
        raise NotFound(kind, id)

    def _say_where_it_went(self, id: UUID) -> None:
        """Raises `CustomerMerged` for one whose file is another's now, to those who may see that one."""
        table = table_of(Customer)
        into = self.work.connection.scalar(self.company_wide(Customer, table.c.merged_into).where(table.c.id == id))
        if into and self.work.connection.execute(self.select(Customer).where(table.c.id == into)).first():
            raise CustomerMerged(id=id, into=into)

    def held(self, model: type[Base], id: UUID) -> Any:
        """One row of the company as committed, shared-locked: it stays so until we are done."""
        query = self.company_wide(model).where(table_of(model).c.id == id).with_for_update(read=True)
        return self.work.connection.execute(query).one()

    def add(self, model: type[Base], **values: Any) -> None:
        """Insert one row of this tenant."""
        row = {"tenant_id": self.work.scope.tenant, **values}
        self.hold_customers(_customers_in(model, row))
        self.work.connection.execute(insert(model), row)

    def add_many(self, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert rows of this tenant, all with the same columns."""
        mine = [{"tenant_id": self.work.scope.tenant, **row} for row in rows]
        self.hold_customers(id for row in mine for id in _customers_in(model, row))
        if mine:
            insert_rows(self.work.connection, table_of(model), mine)

    def hold_customers(self, ids: Iterable[UUID]) -> None:
        """Shared-lock customers that new rows will point to. Raises `CustomerMerged` for one that was merged into
        another since it was read: nothing is written to a file that is gone. SQLite has one writer, who saw it."""
        wanted = set(ids)
        if not wanted or self.work.connection.dialect.name == "sqlite":
            return
        table = table_of(Customer)
        mine = self.company_wide(Customer, table.c.id, table.c.merged_into).where(table.c.id.in_(wanted))
        for row in self.work.connection.execute(mine.order_by(table.c.id).with_for_update(read=True)):
            if row.merged_into is not None:
                raise CustomerMerged(id=row.id, into=row.merged_into)

    def stamps(self) -> dict[str, Any]:
        """Who made it and when, for a new row that people will edit."""
        now, by = self.work.journal.now(), self.work.scope.actor.id
        return {"version": 1, "created_at": now, "created_by": by, "updated_at": now, "updated_by": by}

    def change(self, model: type[Base], row: Any, expected_version: int | None = None, **values: Any) -> None:
        """Update one row that was read before, if it is still at `expected_version` (or as read)."""
        table = table_of(model)
        held = row.version if expected_version is None else expected_version
        statement = (
            update(table)
            .where(and_(table.c.tenant_id == self.work.scope.tenant, table.c.id == row.id, table.c.version == held))
            .values(
                version=held + 1,
                updated_at=self.work.journal.now(),
                updated_by=self.work.scope.actor.id,
                **values,
            )
        )
        if self.work.connection.execute(statement).rowcount != 1:
            self._stale(model, row.id, held)

    def fresh(self, model: type[Base], row: Any, expected_version: int) -> None:
        """Raise `StaleVersion` at once when the row has moved on from what the editor saw."""
        if row.version != expected_version:
            self._stale(model, row.id, expected_version)

    def _stale(self, model: type[Base], id: UUID, held: int) -> None:
        current = self.work.connection.execute(
            self.company_wide(model).where(table_of(model).c.id == id).with_for_update(read=True)
        ).one()
        state = TypeAdapter(dict[str, Any]).dump_python(dict(current._mapping), mode="json")
        raise StaleVersion(kind=kind_of(model), expected=held, current=current.version, state=state)

    def check_context(self) -> CheckContext:
        """What a `check_*` hook is given beside the draft."""
        work = self.work
        return CheckContext(work.who, work.journal.now(), work.scope.request_id, work.connection)


def _customers_in(model: type[Base], row: Mapping[str, Any]) -> Iterator[UUID]:
    """The customers that a new row points to: by a foreign key, or as the thing that it is about."""
    for name, kind in _naming_a_customer(model):
        if row.get(name) is not None and (kind is None or row[kind] == kind_of(Customer)):
            yield row[name]


@cache
def _naming_a_customer(model: type[Base]) -> tuple[tuple[str, str | None], ...]:
    to, found = f"{PREFIX}customer.id", []
    for one in table_of(model).columns:
        rule = one.info.get("when_merged", WhenMerged())
        if rule.kind is not None or any(key.target_fullname.endswith(to) for key in one.foreign_keys):
            found.append((one.name, rule.kind))
    return tuple(found)


def words(field: str, value: object, missing: str) -> str:
    """What somebody says in a sentence, at most 500 characters. Raises `InvalidInput` by the code `missing` for no
    words, and for what no database takes."""
    if not isinstance(value, str) or not value.strip():
        raise InvalidInput.of(field, missing)
    if "\0" in value:
        raise InvalidInput.of(field, "zero_character")
    return value.encode(errors="replace").decode().strip()[:500]


def must_be(kind: str, state: str, *allowed: str) -> None:
    """Raises `IllegalState` unless `state` is one of `allowed`."""
    if state not in allowed:
        raise IllegalState(kind=kind, state=state, allowed=allowed)


def differences(row: Any, values: Mapping[str, Any]) -> dict[str, list[Any]]:
    """What `values` would change on `row`, as the audit keeps it: field, before, after."""
    return {name: [getattr(row, name), value] for name, value in values.items() if getattr(row, name) != value}


def first_facts(values: Mapping[str, Any]) -> dict[str, list[Any]]:
    """The facts of a new thing, as the audit keeps them: field, nothing before, value after."""
    return {name: [None, value] for name, value in values.items() if value is not None}
