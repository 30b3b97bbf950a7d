"""Remits: a company says by region, industry, category and the like who may have to do with which customers.

They become conditions in `services/bounds`; `access.py` alone asks for them. Of two who change one, the second is told.
"""

from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from oa_crm.errors import InvalidInput, NotFound
from oa_crm.ids import new_id
from oa_crm.models import Remit, table_of
from oa_crm.schemas import MyRemit, RemitIn, RemitOut, RemitPatch, Seat
from oa_crm.schemas.remits import RemitWhere
from oa_crm.services import access, bounds
from oa_crm.services.base import Service, as_id, differences, first_facts, given, must_be, shown
from oa_crm.services.bounds import reading, sound

_KIND = "remit"


class Remits(Service):
    """Who has to do with which customers, by their facts. To change it takes the right to administer remits."""

    def give(self, data: RemitIn | dict[str, Any], *, idempotency_key: str | None = None) -> RemitOut:
        """Give a remit; it holds from the next unit on, in every list and every act.

        Raises `forbidden`, and `invalid_input` for a name that is taken, somebody who is not there, no condition, and a
        code, category, field or pool that is none.
        """
        wanted = given(RemitIn, data)
        return self.act("remits.give", lambda: self._give(wanted), given=wanted, answer=RemitOut, key=idempotency_key)

    def redefine(self, id: UUID, patch: RemitPatch | dict[str, Any], *, idempotency_key: str | None = None) -> RemitOut:
        """Change a remit in force. Raises `stale_version`, `illegal_state`, `not_found`, and what `give` does."""
        wanted = given(RemitPatch, patch)
        return self.act(
            "remits.redefine",
            lambda: self._redefine(as_id(id), wanted),
            given={"id": id, "patch": wanted},
            answer=RemitOut,
            key=idempotency_key,
        )

    def withdraw(self, id: UUID, *, expected_version: int) -> RemitOut:
        """Let a remit hold no longer; it stays on file. Raises `stale_version`, `illegal_state` and `not_found`."""
        return self.act(
            "remits.withdraw",
            lambda: self._withdraw(as_id(id), expected_version),
            given={"id": id, "expected_version": expected_version},
            answer=RemitOut,
        )

    def list(self, *, withdrawn: bool = False) -> tuple[RemitOut, ...]:
        """The company's remits in the order in which they were given, for those who administer them."""
        access.require(self.work, "administer", _KIND)
        table = table_of(Remit)
        query = self.company_wide(Remit).order_by(table.c.id)
        rows = self.work.connection.execute(query if withdrawn else query.where(table.c.state == "in_force"))
        return tuple(_told(row) for row in rows)

    def mine(self) -> tuple[MyRemit, ...]:
        """The remits that hold for the actor, so that he knows why he sees what he sees."""
        return tuple(
            MyRemit(name=one.name, effect=one.effect, may=one.may, where=one.wanted)
            for one in reading.of(self.work, self.work.who)
        )

    def _give(self, wanted: RemitIn) -> RemitOut:
        access.require(self.work, "administer", _KIND)
        sound.seat(self.work, wanted.seat)
        id, facts = new_id(), {**wanted.model_dump(include={"name", "effect", "may"}), "state": "in_force"}
        facts |= {"subject_kind": wanted.seat.kind, "subject": wanted.seat.id, "wanted": self._settled(wanted.where)}
        bounds.restamp(self.work, first=True)
        try:
            with self.work.connection.begin_nested():
                self.add(Remit, id=id, **facts, **self.stamps())
        except IntegrityError:
            raise InvalidInput.of("name", "remit_name_taken", name=wanted.name) from None
        self.work.journal.record("remits.give", _KIND, id, first_facts(facts))
        return _told(self._row(id))

    def _redefine(self, id: UUID, patch: RemitPatch) -> RemitOut:
        row = self._mine(id, patch.expected_version)
        values = {name: value for name, value in patch.changes().items() if value is not None and name != "where"}
        if patch.where is not None:
            values["wanted"] = self._settled(patch.where)
        self._store("remits.redefine", row, values)
        return _told(self._row(id))

    def _withdraw(self, id: UUID, expected_version: int) -> RemitOut:
        row = self._mine(id, expected_version)
        # Its name is free again for another one.
        self._store("remits.withdraw", row, {"state": "withdrawn", "name": f"{row.name} {id}"})
        return _told(self._row(id))

    def _settled(self, where: RemitWhere) -> dict[str, Any]:
        return sound.settled(self.work, where)

    def _mine(self, id: UUID, expected_version: int) -> Any:
        """The remit as it stands, nobody else changing any of the company's until we are done."""
        access.require(self.work, "administer", _KIND)
        bounds.restamp(self.work, first=True)
        row = self._row(id)
        self.fresh(Remit, row, expected_version)
        must_be(_KIND, row.state, "in_force")
        return row

    def _store(self, operation: str, row: Any, values: dict[str, Any]) -> None:
        changed = differences(row, values)
        try:
            with self.work.connection.begin_nested():
                self.change(Remit, row, **{name: new for name, (_, new) in changed.items()})
        except IntegrityError:
            raise InvalidInput.of("name", "remit_name_taken", name=values["name"]) from None
        self.work.journal.record(operation, _KIND, row.id, changed)

    def _row(self, id: UUID) -> Any:
        query = self.company_wide(Remit).where(table_of(Remit).c.id == id)
        row = self.work.connection.execute(query.with_for_update(read=True)).one_or_none()
        if row is None:
            raise NotFound(_KIND, id)
        return row


def _told(row: Any) -> RemitOut:
    seat = Seat(kind=row.subject_kind, id=row.subject)
    return shown(RemitOut, row, seat=seat, where=RemitWhere(**row.wanted))
