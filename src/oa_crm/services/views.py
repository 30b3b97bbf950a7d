"""Saved views: a list of customers as somebody wants it, for himself, his department, or everybody.

A view is a filter and says nothing of what is in the list: whoever opens it sees what he may see. Only its owner
changes it.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import and_, delete, or_
from sqlalchemy.exc import IntegrityError

from oa_crm.errors import InvalidInput, NotFound
from oa_crm.ids import new_id
from oa_crm.models import View, table_of
from oa_crm.schemas import CustomerFilter, ViewIn, ViewOut, ViewPatch
from oa_crm.services import access
from oa_crm.services.base import Service, as_id, differences, first_facts, given, shown


class Views(Service):
    """What people keep of their lists."""

    def save(self, data: ViewIn | dict[str, Any], *, idempotency_key: str | None = None) -> ViewOut:
        """Keep a view. Raises `invalid_input` for a name that the actor has already given, and for sharing with a
        department by somebody who is in none."""
        wanted = given(ViewIn, data)
        return self.act("views.save", lambda: self._save(wanted), given=wanted, answer=ViewOut, key=idempotency_key)

    def list(self) -> tuple[ViewOut, ...]:
        """The actor's views and those that are shared with him, his own first, by name."""
        access.require(self.work, "read", "customer")
        rows = self.work.connection.execute(self.company_wide(View).where(self._seen())).all()
        views = (self._told(row) for row in rows)
        return tuple(sorted(views, key=lambda one: (not one.mine, one.name, one.id)))

    def update(self, id: UUID, patch: ViewPatch | dict[str, Any], *, idempotency_key: str | None = None) -> ViewOut:
        """Rename a view, share it, or keep another filter under its name. Raises `stale_version`, `not_found` and
        `forbidden` for another's."""
        wanted = given(ViewPatch, patch)
        return self.act(
            "views.update",
            lambda: self._update(as_id(id), wanted),
            given={"id": id, "patch": wanted},
            answer=ViewOut,
            key=idempotency_key,
        )

    def delete(self, id: UUID, *, expected_version: int) -> ViewOut:
        """Keep a view no longer; answers what it was. Raises as `update` does."""
        return self.act(
            "views.delete",
            lambda: self._delete(as_id(id), expected_version),
            given={"id": id, "expected_version": expected_version},
            answer=ViewOut,
        )

    def _save(self, wanted: ViewIn) -> ViewOut:
        access.require(self.work, "read", "customer")
        facts = {
            "owner_id": self.work.scope.actor.id,
            "name": wanted.name,
            "wanted": _kept(wanted.where),
            "fields": list(wanted.columns),
            **self._sharing(wanted.shared),
        }
        row = {"id": new_id(), "tenant_id": self.work.scope.tenant, **facts, **self.stamps()}
        try:
            with self.work.connection.begin_nested():
                self.add(View, **row)
        except IntegrityError:
            raise InvalidInput.of("name", "view_name_taken", name=wanted.name) from None
        self.work.journal.record("views.save", "view", row["id"], first_facts(facts))
        return self._read(row["id"])

    def _update(self, id: UUID, patch: ViewPatch) -> ViewOut:
        row = self._mine(id)
        given = patch.model_dump(exclude_unset=True, exclude={"expected_version", "where"})
        values = {name: value for name, value in given.items() if name == "name" and value is not None}
        if patch.where is not None:
            values["wanted"] = _kept(patch.where)
        if patch.columns is not None:
            values["fields"] = list(patch.columns)
        if patch.shared is not None:
            values.update(self._sharing(patch.shared))
        changed = differences(row, values)
        try:
            with self.work.connection.begin_nested():
                self.change(View, row, patch.expected_version, **{name: new for name, (_, new) in changed.items()})
        except IntegrityError:
            raise InvalidInput.of("name", "view_name_taken", name=values["name"]) from None
        self.work.journal.record("views.update", "view", id, changed)
        return self._read(id)

    def _delete(self, id: UUID, expected_version: int) -> ViewOut:
        row, table = self._mine(id), table_of(View)
        self.fresh(View, row, expected_version)
        this = and_(table.c.tenant_id == self.work.scope.tenant, table.c.id == id, table.c.version == expected_version)
        if self.work.connection.execute(delete(table).where(this)).rowcount != 1:
            raise NotFound("view", id)
        facts = {name: getattr(row, name) for name in ("name", "wanted", "fields", "shared")}
        self.work.journal.record("views.delete", "view", id, {name: [value, None] for name, value in facts.items()})
        return self._told(row)

    def _sharing(self, shared: str) -> dict[str, Any]:
        department = self.work.who.department_id if shared == "department" else None
        if shared == "department" and department is None:
            raise InvalidInput.of("shared", "no_department")
        return {"shared": shared, "department_id": department}

    def _seen(self) -> Any:
        table, who = table_of(View), self.work.who
        with_me = and_(table.c.shared == "department", table.c.department_id == who.department_id)
        if who.external:
            return table.c.owner_id == who.id
        ways = [table.c.owner_id == who.id, table.c.shared == "everybody"]
        return or_(*ways, *([with_me] if who.department_id is not None else []))

    def _mine(self, id: UUID) -> Any:
        row = self._one(id)
        if row.owner_id != self.work.scope.actor.id:
            raise access.refusal(self.work, "write", "view", "only its owner changes a view")
        return row

    def _one(self, id: UUID) -> Any:
        query = self.company_wide(View).where(table_of(View).c.id == id, self._seen())
        row = self.work.connection.execute(query).one_or_none()
        if row is None:
            raise NotFound("view", id)
        return row

    def _read(self, id: UUID) -> ViewOut:
        return self._told(self._one(id))

    def _told(self, row: Any) -> ViewOut:
        mine = row.owner_id == self.work.scope.actor.id
        return shown(ViewOut, row, where=CustomerFilter(**row.wanted), columns=tuple(row.fields), mine=mine)


def _kept(where: CustomerFilter) -> dict[str, Any]:
    """Only what was asked for, so that a filter that comes later does not change an old view."""
    return where.model_dump(mode="json", exclude_defaults=True)
