"""The two things that are held by standing in a list: a seat among the admins of a pool, and an approval's wait.

The list is text, so that one word of it is put in the place of another by one statement for all rows.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    delete,
    false,
    insert,
    literal,
    or_,
    select,
    type_coerce,
    update,
)

from oa_crm.models import Approval, Contract, Customer, Pool, Waiting, table_of
from oa_crm.models.types import Json, long_text
from oa_crm.services import sql
from oa_crm.services.handing.kinds import ITEM, HeldKind, Run, within_limits
from oa_crm.services.handing.owned import OWNED
from oa_crm.services.work import Work


class InList(HeldKind):
    """Rows whose column `owner` is a list that names the holder."""

    def word(self, member: str) -> Any:
        """How the list names a member."""
        return member

    def more(self) -> list[Any]:
        return [sql.as_text(self.table.c[self.owner]).label("kept")]

    def give(self, run: Run) -> int:
        t = self.table
        same = and_(self._joined(run), t.c.version == ITEM.c.version, sql.has(t.c[self.owner], self.word(run.leaver)))
        values = {t.c[self.owner]: self._after(run, t.c[self.owner]), t.c.version: t.c.version + 1}
        stamps = {t.c[name]: value for name, value in run.stamps.items()}
        return int(run.work.connection.execute(update(t).where(same).values({**values, **stamps})).rowcount)

    def put_back(self, run: Run) -> None:
        t, now = self.table, run.stamps
        stamps = {
            t.c[name]: case((ITEM.c.put_back == 1, ITEM.c[name]), else_=literal(now[name], t.c[name].type))
            for name in now
        }
        marked = and_(self._joined(run), ITEM.c.put_back.is_not(None))
        values = {t.c[self.owner]: type_coerce(ITEM.c.kept, Json()), t.c.version: t.c.version + 1, **stamps}
        run.work.connection.execute(update(t).where(marked).values(values))

    def still(self, run: Run) -> Any:
        return sql.as_text(self.table.c[self.owner]) == self._after(run, ITEM.c.kept)

    def _after(self, run: Run, column: Any) -> ColumnElement[Any]:
        """What the list is with the receiver in the leaver's place."""
        old = self.word(run.leaver)
        each = [(ITEM.c.receiver_id == one, sql.instead(column, old, self.word(one))) for one in run.receivers]
        return type_coerce(case(*each, else_=sql.as_text(column)) if each else sql.as_text(column), long_text())


class Seats(InList):
    """Pools that somebody administers in person. A seat of his department or role is not his to give."""

    def word(self, member: str) -> Any:
        return ["member", member]

    def _his(self, leaver: str) -> Iterator[ColumnElement[bool]]:
        yield self.table.c.state == "open"
        yield sql.has(self.table.c.admins, self.word(leaver))


class Asked(InList):
    """Approvals that wait for somebody's word. What he said already stays said, and by him."""

    def held(self, work: Work, leaver: str, *, every: bool = False) -> Select[Any]:
        a, w, k, c = (table_of(one) for one in (Approval, Waiting, Contract, Customer))
        his = and_(w.c.tenant_id == a.c.tenant_id, w.c.approval_id == a.c.id, w.c.member_id == leaver)
        of_contract = and_(k.c.tenant_id == a.c.tenant_id, a.c.thing_kind == "contract", k.c.id == a.c.thing_id)
        at_customer = and_(c.c.tenant_id == k.c.tenant_id, c.c.id == k.c.customer_id)
        joined = a.join(w, his).outerjoin(k, of_contract).outerjoin(c, at_customer)
        columns = [
            a.c.id.label("thing_id"),
            k.c.customer_id,
            k.c.customer_id.label("with_id"),
            c.c.region,
            c.c.level,
            k.c.title,
        ]
        stamps = [a.c[name] for name in ("version", "updated_at", "updated_by", "requested_by")]
        limits = () if every else within_limits(work, Contract)
        bound = (or_(k.c.id.is_(None), one) for one in limits)
        mine = [a.c.tenant_id == work.scope.tenant, a.c.state == "waiting", *bound]
        return select(*columns, *stamps, *self.more()).select_from(joined).where(*mine)

    def give(self, run: Run) -> int:
        done = super().give(run)
        self._swap(run, run.items(self.name))
        return done

    def put_back(self, run: Run) -> None:
        super().put_back(run)
        w = table_of(Waiting)
        marked = and_(run.items(self.name), ITEM.c.put_back.is_not(None))
        kept = (and_(ITEM.c.receiver_id == one, sql.has(ITEM.c.kept, one)) for one in run.receivers)
        newly = and_(marked, ~or_(false(), *kept))
        gone = select(ITEM.c.thing_id).where(newly, ITEM.c.receiver_id == w.c.member_id)
        theirs = and_(w.c.tenant_id == run.work.scope.tenant, w.c.approval_id.in_(gone.correlate(w)))
        run.work.connection.execute(delete(w).where(theirs))
        back = select(ITEM.c.tenant_id, literal(run.leaver), ITEM.c.thing_id).where(marked)
        run.work.connection.execute(insert(w).from_select(["tenant_id", "member_id", "approval_id"], back))

    def still(self, run: Run) -> Any:
        return and_(super().still(run), self.table.c.state == "waiting")

    def _swap(self, run: Run, items: ColumnElement[bool]) -> None:
        """Put the approvals on the receivers' lists, and take them off the leaver's."""
        w = table_of(Waiting)
        mine = select(ITEM.c.thing_id).where(items)
        off = and_(w.c.tenant_id == run.work.scope.tenant, w.c.member_id == run.leaver, w.c.approval_id.in_(mine))
        run.work.connection.execute(delete(w).where(off))
        theirs = w.alias("theirs")
        there = and_(theirs.c.tenant_id == ITEM.c.tenant_id, theirs.c.approval_id == ITEM.c.thing_id)
        asked = select(theirs.c.approval_id).where(there, theirs.c.member_id == ITEM.c.receiver_id).exists()
        new = select(ITEM.c.tenant_id, ITEM.c.receiver_id, ITEM.c.thing_id).where(items, ~asked)
        run.work.connection.execute(insert(w).from_select(["tenant_id", "member_id", "approval_id"], new))


APPROVAL = Asked(model=Approval, title="id", owner="waiting_on", needs_right=False)
KINDS: tuple[HeldKind, ...] = (*OWNED, APPROVAL, Seats(model=Pool, title="name", owner="admins", needs_right=False))
BY_NAME = {one.name: one for one in KINDS}
FOLLOWED = tuple(one for one in KINDS if any(one in other.follows for other in KINDS))
