"""Custom fields: what a company adds to its customers and projects, and how that changes without losing a value."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from oa_crm.errors import InvalidInput, NotFound
from oa_crm.hooks.ports import Reach
from oa_crm.ids import new_id
from oa_crm.models import CustomFieldRow, CustomSet, table_of
from oa_crm.schemas import CustomFieldIn, CustomFieldOut, CustomFieldPatch, IndexProgress
from oa_crm.schemas.custom import CustomFieldFacts
from oa_crm.services import access, custom
from oa_crm.services.base import Service, as_id, first_facts, given, must_be
from oa_crm.services.custom import changing, rebuilding
from oa_crm.services.custom.definitions import as_field
from oa_crm.services.custom.kinds import kind_named
from oa_crm.services.custom.soundness import facts_of, facts_only, sound
from oa_crm.services.custom_sets import Definitions, Field
from oa_crm.services.upsert import upsert

_KIND = "field"
_AT_ONCE = 1000


class Fields(Service):
    """The definitions of custom fields. The values go in and out with the things themselves."""

    def of(self, kind: str, *, retired: bool = False) -> tuple[CustomFieldOut, ...]:
        """The custom fields of a kind that the actor sees, in their order: what a form or a list needs.

        `retired` adds those that take no values any more; administrators see every field. Raises `forbidden` for
        who may not read that kind.
        """
        kind_named(kind)
        if not self._administers():
            access.require(self.work, "read", kind)
        known = custom.definitions(self.work, kind)
        fields = list(known.fields.values()) if retired else known.active
        visible = {one.name for one in fields} if self._administers() else custom.shown_fields(self.work, fields)
        indexing = rebuilding.running(self.work, kind) if fields else set()
        return tuple(self._out(one, one.name in indexing) for one in fields if one.name in visible)

    def define(self, data: CustomFieldIn | dict[str, Any]) -> CustomFieldOut:
        """Add a field to a kind. It takes values from the next act on; things on file have none yet.

        Raises `forbidden` for all but those who administer fields, and `invalid_input` for a name that is taken, also
        by a retired field, or a definition that cannot be.
        """
        wanted = given(CustomFieldIn, data)
        return self.act("fields.define", lambda: self._define(wanted), given=wanted, answer=CustomFieldOut)

    def redefine(self, id: UUID, patch: CustomFieldPatch | dict[str, Any]) -> CustomFieldOut:
        """Change a definition. No value is lost: what those on file do not fit is refused, with a count and examples.

        An option in use is retired, not removed. `required` holds from the next edit of the field on. After a change of
        type, decimals or the like in a large base, the field has `indexing` until `rebuild` has finished. Raises
        `stale_version`, and `illegal_state` for a retired field.
        """
        wanted = given(CustomFieldPatch, patch)
        return self.act(
            "fields.redefine",
            lambda: self._redefine(id, wanted),
            given={"id": id, "patch": wanted},
            answer=CustomFieldOut,
        )

    def retire(self, id: UUID, *, expected_version: int) -> CustomFieldOut:
        """Take a field out of use. Its values stay on file, seen by nobody, and come back with `revive`."""
        return self.act(
            "fields.retire",
            lambda: self._set_state(id, expected_version, "retired"),
            given={"id": id},
            answer=CustomFieldOut,
        )

    def revive(self, id: UUID, *, expected_version: int) -> CustomFieldOut:
        """Bring a retired field back, with its values."""
        return self.act(
            "fields.revive",
            lambda: self._set_state(id, expected_version, "in_use"),
            given={"id": id},
            answer=CustomFieldOut,
        )

    def rebuild(self, kind: str, name: str, *, slice: int = _AT_ONCE) -> IndexProgress:
        """Make the index of a field anew from what is on file, `slice` things a call; call until it is finished.

        Goes on where the last call stopped. Needed after a change that says `indexing`, and after a plugin changed a
        field that it registers. While it runs, nothing is filtered or sorted by the field.
        """
        return self.act(
            "fields.rebuild",
            lambda: self._rebuild(kind, name, slice),
            given={"kind": kind, "name": name},
            answer=IndexProgress,
        )

    def _define(self, wanted: CustomFieldIn) -> CustomFieldOut:
        access.require(self.work, "administer", _KIND)
        field = sound(Field(wanted.kind, wanted.name, facts_of(wanted)), self.work.runtime.custom.currency)
        self._alone(wanted.kind)
        self._free(field)
        row = {"id": new_id(), "kind": field.kind, "name": field.name, "state": "in_use", **self.stamps()}
        try:
            with self.work.connection.begin_nested():
                self.add(CustomFieldRow, **row, definition=facts_only(field.facts))
        except IntegrityError:
            raise InvalidInput.of("name", "field_name_taken", name=field.name, by="-") from None
        told = {name: value for name, value in facts_only(field.facts).items() if value}
        self.work.journal.record("fields.define", _KIND, row["id"], first_facts({"kind": field.kind, **told}))
        return self._out(replace(field, id=row["id"], version=1), False)

    def _redefine(self, id: UUID, patch: CustomFieldPatch) -> CustomFieldOut:
        row = self._mine(id, patch.expected_version)
        before = as_field(row)
        must_be(_KIND, before.state, "in_use")
        merged = {**facts_only(before.facts), **patch.model_dump(mode="json", exclude_unset=True)}
        merged.pop("expected_version")
        facts = CustomFieldFacts(**merged)
        after = sound(replace(before, facts=facts), self.work.runtime.custom.currency)
        indexing = self._fit(before, after)
        changes = _differences(before, after)
        self._store(row, patch.expected_version, definition=facts_only(after.facts))
        self.work.journal.record("fields.redefine", _KIND, id, changes)
        return self._out(replace(after, version=patch.expected_version + 1), indexing)

    def _fit(self, before: Field, after: Field) -> bool:
        """Let the values on file meet the changed definition; whether its index has to be made anew later."""
        known = Definitions([after], self.work.runtime.custom.currency)
        if before.facts.unique != after.facts.unique:
            self._turn_unique(after)
        if not changing.reshaped(before, after):
            return False
        changing.require_fitting(self.work, before, known)
        if before.facts.unique or after.facts.unique:
            self._without_values(before)
        rebuilding.begin(self.work, after)
        return not rebuilding.go_on(self.work, known, after, _AT_ONCE).finished

    def _turn_unique(self, field: Field) -> None:
        if field.name in rebuilding.running(self.work, field.kind):
            raise InvalidInput.of("unique", "index_being_made")
        if field.facts.unique:
            changing.require_different(self.work, field)
        try:
            with self.work.connection.begin_nested():
                rebuilding.mark_unique(self.work, field, unique=field.facts.unique)
        except IntegrityError:
            # A host's transaction that reads an older snapshot did not see them.
            raise InvalidInput.of("unique", "values_shared", count=2, examples="-") from None

    def _without_values(self, field: Field) -> None:
        # Old and new keys would stand side by side, and the constraint would compare the one with the other.
        if changing.any_value(self.work, field):
            raise InvalidInput.of("unique", "unique_while_reshaped")

    def _set_state(self, id: UUID, expected_version: int, state: str) -> CustomFieldOut:
        row = self._mine(id, expected_version)
        before = as_field(row)
        must_be(_KIND, before.state, *{"in_use", "retired"} - {state})
        self._store(row, expected_version, state=state)
        verb = "fields.retire" if state == "retired" else "fields.revive"
        self.work.journal.record(verb, _KIND, id, {"state": [before.state, state]})
        return self._out(replace(before, state=state, version=expected_version + 1), False)

    def _rebuild(self, kind: str, name: str, slice: int) -> IndexProgress:
        access.require(self.work, "administer", _KIND)
        kind_named(kind)
        if not 1 <= slice <= 10_000:
            raise InvalidInput.of("slice", "slice_size", given=slice)
        known = custom.definitions(self.work, kind, writing=True)
        active = {one.name: one for one in known.active}
        if name not in active:
            raise InvalidInput.of("name", "unknown_field", known=", ".join(active) or "-")
        if name not in rebuilding.running(self.work, kind):
            rebuilding.begin(self.work, active[name])
        progress = rebuilding.go_on(self.work, known, active[name], slice)
        self.work.journal.record("fields.rebuild", _KIND, f"{kind}.{name}", {"done": [None, progress.done]})
        return progress

    def _mine(self, id: UUID, expected_version: int) -> Any:
        """The row of a definition, nobody else changing any of its kind or writing values meanwhile."""
        access.require(self.work, "administer", _KIND)
        table, id = table_of(CustomFieldRow), as_id(id)
        query = self.company_wide(CustomFieldRow).where(table.c.id == id)
        row = self.work.connection.execute(query).one_or_none()
        if row is None:
            raise NotFound(_KIND, id)
        self._alone(row.kind)
        row = self.work.connection.execute(query.with_for_update()).one()
        self.fresh(CustomFieldRow, row, expected_version)
        return row

    def _store(self, row: Any, expected_version: int, **values: Any) -> None:
        self.change(CustomFieldRow, row, expected_version, **values)

    def _alone(self, kind: str) -> None:
        upsert(
            self.work.connection,
            table_of(CustomSet),
            {"tenant_id": self.work.scope.tenant, "kind": kind},
            {"stamp": new_id()},
        )
        self.work.custom.clear()

    def _free(self, field: Field) -> None:
        for one in self.work.runtime.custom.registered(field.kind):
            if one.name == field.name:
                raise InvalidInput.of("name", "field_name_taken", name=field.name, by=one.plugin)

    def _administers(self) -> bool:
        return self.work.runtime.ports.authorizer.reach(self.work.who, "administer", _KIND) is not Reach.NONE

    def _out(self, field: Field, indexing: bool) -> CustomFieldOut:
        right = custom.right(self.work, field)
        return CustomFieldOut(
            **field.facts.model_dump(),
            id=field.id,
            version=field.version,
            kind=field.kind,
            name=field.name,
            state=field.state,
            plugin=field.plugin,
            sight=right.sight.value,
            editable=right.edit and field.active,
            indexing=indexing,
        )


def _differences(before: Field, after: Field) -> dict[str, list[Any]]:
    old, new = facts_only(before.facts), facts_only(after.facts)
    return {name: [old[name], new[name]] for name in new if old[name] != new[name]}
