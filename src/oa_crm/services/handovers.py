"""Handovers: what somebody held goes to others, planned, previewed, executed at once, and undone. (Features 4 and 6.)

The room `handing` does the work. Authorship and stages are never touched: who said or made a thing stays who it was.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select, update

from oa_crm.clock import day_began
from oa_crm.errors import HandoverConflicts, IllegalState, InvalidInput, NotFound, StaleVersion
from oa_crm.hooks.payloads import HandoverAcknowledged, HandoverExecuted, HandoverUndone
from oa_crm.ids import new_id
from oa_crm.models import Handover, HandoverItem, HandoverReceiver, Pool, table_of
from oa_crm.schemas import (
    HandoverDocument,
    HandoverIn,
    HandoverOut,
    HandoverPlan,
    HandoverPreview,
    HeldThing,
    Page,
)
from oa_crm.schemas import HandoverUndone as HandoverUndoneOut
from oa_crm.schemas.handovers import HandoverItemOut, HandoverReceiverOut, ReceiverShare
from oa_crm.services import access, cursors, pages, people
from oa_crm.services.base import Service, as_id, given, must_be, shown, words
from oa_crm.services.handing import closing, conflicts, document, giving, helping, holdings, standing, undoing
from oa_crm.services.handing.kinds import CUSTOMER, Run
from oa_crm.services.handing.splitting import Split
from oa_crm.services.handing.vetoes import ask_plugins
from oa_crm.services.holding import gates, kept
from oa_crm.services.holding.first import first_pool
from oa_crm.services.plain import text

_KIND, _ITEMS = "handover", "handover_items"


class Handovers(Service):
    """Whoever reaches a member may hand over what he holds, and he himself; see `docs/handover.md`."""

    def plan(self, leaver_id: str) -> HandoverPlan:
        """What a member holds, by kind. Raises `not_found` for one whom the actor does not reach, and `forbidden`."""
        return holdings.plan(self.work, standing.leaver(self.work, leaver_id))

    def holdings(
        self, leaver_id: str, kind: str, *, after: str | None = None, limit: int | None = None
    ) -> Page[HeldThing]:
        """The things of one kind that a member holds, oldest first. Raises as `plan`, and `invalid_input`."""
        leaver = standing.leaver(self.work, leaver_id)
        return holdings.page(self.work, leaver.id, kind, after, limit)

    def preview(self, data: HandoverIn | dict[str, Any]) -> HandoverPreview:
        """Who would receive how much, and everything that stands against it. Writes nothing.

        Raises `not_found`, `forbidden`, and `invalid_input` for a thing that the leaver does not hold.
        """
        wanted = given(HandoverIn, data)
        leaver = standing.leaver(self.work, wanted.leaver_id)
        split = self._split(wanted, leaver)
        found = conflicts.counts(split)
        return HandoverPreview(
            leaver_id=leaver.id,
            fingerprint=self._fingerprint(wanted, split),
            receivers=tuple(
                ReceiverShare(member_id=one, counts=counts) for one, counts in conflicts.by_receiver(found).items()
            ),
            pooled=conflicts.pooled(found),
            ends={closing.KIND: many} if (many := closing.count(split)) else {},
            stays=self._stays(wanted, found),
            conflicts=conflicts.find(self.work, split, leaver, found),
        )

    def execute(
        self, data: HandoverIn | dict[str, Any], *, fingerprint: str, idempotency_key: str | None = None
    ) -> HandoverOut:
        """Do what was previewed, all of it or nothing. `fingerprint` is the preview's.

        Raises `stale_version` when what he holds, or how it is to be split, is not as it was previewed,
        `handover_conflicts` with everything that stands against it, `vetoed`, `busy`, `not_found` and `forbidden`.
        """
        wanted, fingerprint = given(HandoverIn, data), text("fingerprint", fingerprint)
        return self.act(
            "handover.execute",
            lambda: self._execute(wanted, fingerprint),
            given={"data": wanted, "fingerprint": fingerprint},
            answer=HandoverOut,
            key=idempotency_key,
        )

    def undo(self, id: UUID, *, reason: str, idempotency_key: str | None = None) -> HandoverUndoneOut:
        """Take a handover back while `undo_until` is not over: what is still where it was put goes back as it was,
        what went on since stays and is told, and plans and issues that came since with what goes back are the leaver's.
        Raises `illegal_state`, `not_found`, `forbidden`."""
        why = words("reason", reason, "empty_comment")
        return self.act(
            "handover.undo",
            lambda: self._undo(as_id(id), why),
            given={"id": id, "reason": why},
            answer=HandoverUndoneOut,
            key=idempotency_key,
        )

    def get(self, id: UUID) -> HandoverOut:
        """One handover, for those who may hand over what that member holds, and its receivers. Raises `not_found`."""
        return self._told(self._one(as_id(id)))

    def find(
        self,
        *,
        state: str | None = None,
        leaver_id: str | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> Page[HandoverOut]:
        """Handovers that the actor may look at, newest first."""
        table = table_of(Handover)
        if state is not None and state not in _STATES:
            raise InvalidInput.of("state", "unknown_state", state=repr(state), known=", ".join(_STATES))
        query = select(table).where(standing.seen(self.work))
        for name, value in (("state", state), ("leaver_id", leaver_id)):
            if value is not None:
                query = query.where(table.c[name] == value)
        rows = pages.newest_first(self.work, query, table, after, limit)
        size = pages.size(self.work, limit)
        receivers = self._receivers([row.id for row in rows[:size]])
        return pages.page(
            rows, size, HandoverOut, "newest",
            receivers=lambda row: receivers.get(row.id, ()), pooled=lambda row: dict(row.counts or {}),
        )  # fmt: skip

    def items(self, id: UUID, *, after: str | None = None, limit: int | None = None) -> Page[HandoverItemOut]:
        """What was handed over, by kind and id. Raises `not_found`."""
        row, table, size = self._one(as_id(id)), table_of(HandoverItem), pages.size(self.work, limit)
        query = self.company_wide(HandoverItem).where(table.c.handover_id == row.id)
        if not self._is(row, standing.seen(self.work)):
            query = query.where(table.c.receiver_id == self.work.who.id)
        if after is not None:
            kind, last = cursors.read(_ITEMS, after, 2)
            later = and_(table.c.kind == kind, table.c.thing_id > cursors.value(UUID, last))
            query = query.where((table.c.kind > kind) | later)
        rows = self.work.connection.execute(query.order_by(table.c.kind, table.c.thing_id).limit(size + 1)).all()
        told = tuple(shown(HandoverItemOut, one, id=one.thing_id, put_back=one.put_back is not None) for one in rows)
        ends = [rows[size - 1].kind, str(rows[size - 1].thing_id)] if len(rows) > size else None
        return Page(items=told[:size], next=None if ends is None else cursors.write(_ITEMS, ends))

    def document(
        self, id: UUID, *, member_id: str | None = None, after: str | None = None, limit: int | None = None
    ) -> HandoverDocument:
        """What a receiver got, the actor himself or whom he names: his customers with what was said last, what is under
        way, open and planned, and the rest by title. Everything as far as the actor may see it now.

        `oa_crm.reports` makes a document of it. Raises `not_found`, `illegal_state` for one that is not executed, and
        `invalid_input` for somebody who received nothing.
        """
        row = self._one(as_id(id))
        must_be(_KIND, row.state, "executed")
        wanted = self.work.who.id if member_id is None else people.named("member_id", member_id)
        if wanted != self.work.who.id and not self._is(row, standing.seen(self.work)):
            raise NotFound(_KIND, row.id)
        told = self._told(row)
        counts = next((one.counts for one in told.receivers if one.member_id == wanted), None)
        if counts is None:
            raise InvalidInput.of("member_id", "received_nothing", member=wanted)
        return document.of(self, told, wanted, counts, after, limit)

    def acknowledge(self, id: UUID, *, comment: str | None = None) -> HandoverOut:
        """Take note of what one received; once, and by the receiver himself. Raises `illegal_state`, `not_found`, and
        `forbidden` for who received nothing."""
        said = None if comment is None else words("comment", comment, "empty_comment")
        return self.act(
            "handover.acknowledge",
            lambda: self._acknowledge(as_id(id), said),
            given={"id": id, "comment": comment},
            answer=HandoverOut,
        )

    def dismiss(self, id: UUID, *, reason: str) -> HandoverOut:
        """Say that a due handover needs none: everything stays where it is. Raises `illegal_state`, `not_found`."""
        why = words("reason", reason, "empty_comment")
        return self.act(
            "handover.dismiss", lambda: self._dismiss(as_id(id), why), given={"id": id, "reason": why},
            answer=HandoverOut,
        )  # fmt: skip

    def _split(self, wanted: HandoverIn, leaver: Any) -> Split:
        standing.must_pass(self.work, wanted.over_limits)
        if wanted.clock == "grace":
            standing.may_give_grace(self.work, leaver)
        if wanted.stays and (wanted.rest_to is not None or wanted.pool_id is not None):
            raise InvalidInput.of("stays", "rest_or_stays")
        rest = wanted.rest_to or (None if wanted.stays else standing.superior(self.work, leaver))
        split = Split(self.work, leaver.id, wanted, rest, None)
        split.must_be_held()
        if wanted.pool_id is not None:
            split.pool_id = kept.one_open(self.work, wanted.pool_id).id
        elif pools := kept.open_pools(self.work):
            split.pool_id = pools[0].id
        split.share_out()
        return split

    def _fingerprint(self, wanted: HandoverIn, split: Split) -> str:
        return holdings.fingerprint(self.work, split.leaver, wanted, split.rest, split.pool_id, split.shares)

    def _stays(self, wanted: HandoverIn, found: dict[str, dict[str | None, int]]) -> dict[str, int]:
        if not wanted.stays:
            return {}
        held = holdings.counted(self.work, wanted.leaver_id)
        left = {kind: many - sum(found[kind].values()) for kind, many in held.items()}
        return {kind: many for kind, many in left.items() if many}

    def _execute(self, wanted: HandoverIn, fingerprint: str) -> HandoverOut:
        leaver = standing.leaver(self.work, wanted.leaver_id)
        self._wait(wanted, leaver)
        run = Run(self.work, new_id(), leaver.id, clock=wanted.clock)
        names = giving.hold_customers(run)
        split = self._split(wanted, leaver)
        now = self._fingerprint(wanted, split)
        if now != fingerprint:
            raise StaleVersion(kind=_KIND, expected=fingerprint[:32], current=now, state={})
        counts = self._free_of_conflicts(split, leaver, wanted)
        if conflicts.pooled(counts).get(CUSTOMER.name):
            split.pool_id = first_pool(self) if split.pool_id is None else kept.one_open(self.work, split.pool_id).id
        shares = conflicts.by_receiver(counts)
        id = self._begin(run.id, wanted, leaver, counts)
        run = Run(
            self.work, id, leaver.id, tuple(shares), wanted.clock, split.pool_id, wanted.reason, not leaver.active
        )
        self.add_many(HandoverReceiver, [
            {"handover_id": run.id, "member_id": one, "counts": of, "acknowledged_at": None, "words": None}
            for one, of in shares.items()
        ])  # fmt: skip
        copied = giving.copy(run, split)
        ask_plugins(self, run, wanted.reason)
        ended = giving.give(run, names, copied, self._grace(wanted), wanted.reason)
        return self._say_executed(run, wanted, copied, ended)

    def _wait(self, wanted: HandoverIn, leaver: Any) -> None:
        named = {wanted.rest_to, standing.superior(self.work, leaver), *(one.to for one in wanted.items)}
        members = sorted({leaver.id, *named, *(to for rule in wanted.rules for to in rule.to)} - {None})
        gates.wait_for(self.work, *map(gates.hold_of, members), gates.hold_of_departments())

    def _free_of_conflicts(self, split: Split, leaver: Any, wanted: HandoverIn) -> dict[str, dict[str | None, int]]:
        counts = conflicts.counts(split)
        found = conflicts.find(self.work, split, leaver, counts)
        against = [one for one in found if not (one.soft and wanted.over_limits)]
        if against:
            raise HandoverConflicts(against)
        return counts

    def _begin(self, id: UUID, wanted: HandoverIn, leaver: Any, counts: dict[str, dict[str | None, int]]) -> UUID:
        """The handover's row: the one that is due, or a new one. One stays due while the actor's limits hide things."""
        table, now = table_of(Handover), self.work.journal.now()
        done: dict[str, Any] = {
            "state": "executed", "due_mark": None, "clock": wanted.clock, "counts": conflicts.pooled(counts),
            "reason": wanted.reason, "executed_at": now, "executed_by": self.work.scope.actor.id,
            "undo_until": now + timedelta(days=self.work.runtime.settings.handover_undo_days),
        }  # fmt: skip
        due = and_(table.c.tenant_id == self.work.scope.tenant, table.c.due_mark == leaver.id)
        row = self.work.connection.execute(select(table).where(due).with_for_update()).one_or_none()
        hidden = holdings.hides(self.work, leaver.id) or (not leaver.active and helping.hides(self.work, leaver.id))
        if row is not None and not hidden:
            self.change(Handover, row, **done)
            return UUID(str(row.id))
        superior = standing.superior(self.work, leaver)
        empty = dict.fromkeys(("event_id", "closed_at", "closed_by", "closed_because"))
        facts = {"leaver_id": leaver.id, "cause": "asked", "superior_id": superior}
        self.add(Handover, id=id, **facts, **empty, **done, **self.stamps())
        return id

    def _grace(self, wanted: HandoverIn) -> datetime | None:
        if wanted.clock != "grace":
            return None
        after = self.work.journal.now() + timedelta(days=wanted.grace_days + 1)
        return day_began(after, self.work.runtime.settings.time_zone)

    def _say_executed(self, run: Run, wanted: HandoverIn, copied: dict[str, int], ended: dict[str, int]) -> HandoverOut:
        told = self._told(self._row(run.id))
        changes: dict[str, list[Any]] = {f"given.{kind}": [None, many] for kind, many in copied.items() if many}
        changes |= {f"ended.{kind}": [None, many] for kind, many in ended.items() if many}
        changes |= {"leaver_id": [None, run.leaver], "clock": [None, wanted.clock]}
        if wanted.over_limits:
            changes["over_limits"] = [None, True]
        self.work.journal.record("handover.execute", _KIND, run.id, changes, wanted.reason)
        self.work.journal.emit(
            HandoverExecuted,
            handover_id=run.id,
            leaver_id=run.leaver,
            receivers={one.member_id: one.counts for one in told.receivers},
            pooled=told.pooled,
            reason=wanted.reason,
        )
        return told

    def _undo(self, id: UUID, why: str) -> HandoverUndoneOut:
        row = self._mine(id, lock=True)
        must_be(_KIND, row.state, "executed")
        now = self.work.journal.now()
        if now > row.undo_until:
            raise IllegalState(kind=_KIND, state="undo_over", allowed=("executed",))
        shares = self._receivers([id]).get(id, ())
        receivers = tuple(one.member_id for one in shares)
        gates.wait_for(self.work, *map(gates.hold_of, sorted({row.leaver_id, *receivers})), gates.hold_of_departments())
        if any(Pool.KIND in one.counts for one in shares):
            # Seats are given back. Pools before customers, as who drops a pool locks them.
            kept.open_pools(self.work, "write")
        run = Run(self.work, id, row.leaver_id, receivers, row.clock, self._pool_of(id), why)
        done = undoing.take_back(run, row.executed_at, why)
        closed: dict[str, Any] = {"closed_at": now, "closed_by": self.work.scope.actor.id, "closed_because": why}
        self.change(Handover, row, state="undone", **closed)
        counts = {"restored": done.restored, "handed_on": done.handed_on, "left": done.left_counts}
        changes = {f"{what}.{kind}": [None, many] for what, of in counts.items() for kind, many in of.items()}
        self.work.journal.record("handover.undo", _KIND, id, {"state": ["executed", "undone"], **changes}, why)
        self.work.journal.emit(
            HandoverUndone, handover_id=id, leaver_id=row.leaver_id, receivers=receivers, restored=done.restored,
            left=done.left_counts, reason=why,
        )  # fmt: skip
        told = self._told(self._row(id))
        said = {"restored": done.restored, "handed_on": done.handed_on, "left_counts": done.left_counts}
        return HandoverUndoneOut(handover=told, **said, left=done.left)

    def _acknowledge(self, id: UUID, said: str | None) -> HandoverOut:
        row, table, me = self._one(id), table_of(HandoverReceiver), self.work.scope.actor.id
        mine = and_(table.c.tenant_id == self.work.scope.tenant, table.c.handover_id == id, table.c.member_id == me)
        if self.work.connection.execute(select(table.c.member_id).where(mine)).first() is None:
            raise access.refusal(self.work, "acknowledge", _KIND, "only who received something takes note of it")
        must_be(_KIND, row.state, "executed")
        now = self.work.journal.now()
        first = update(table).where(mine, table.c.acknowledged_at.is_(None)).values(acknowledged_at=now, words=said)
        if self.work.connection.execute(first).rowcount != 1:
            raise IllegalState(kind=_KIND, state="acknowledged", allowed=("executed",))
        self.work.journal.record("handover.acknowledge", _KIND, id, {"acknowledged": [None, me]}, said)
        facts = {"handover_id": id, "leaver_id": row.leaver_id}
        self.work.journal.emit(HandoverAcknowledged, member_id=me, words=said, **facts)
        return self._told(self._row(id))

    def _pool_of(self, id: UUID) -> UUID | None:
        i = table_of(HandoverItem)
        query = self.company_wide(HandoverItem, i.c.pool_id).where(i.c.handover_id == id, i.c.pool_id.is_not(None))
        return self.work.connection.scalar(query.limit(1))  # type: ignore[no-any-return]

    def _dismiss(self, id: UUID, why: str) -> HandoverOut:
        row = self._mine(id, lock=True)
        must_be(_KIND, row.state, "due")
        closed: dict[str, Any] = {
            "closed_at": self.work.journal.now(),
            "closed_by": self.work.scope.actor.id,
            "closed_because": why,
        }
        self.change(Handover, row, state="dismissed", due_mark=None, **closed)
        self.work.journal.record("handover.dismiss", _KIND, id, {"state": ["due", "dismissed"]}, why)
        return self._told(self._row(id))

    def _row(self, id: UUID) -> Any:
        return self.work.connection.execute(self.company_wide(Handover).where(table_of(Handover).c.id == id)).one()

    def _mine(self, id: UUID, *, lock: bool = False) -> Any:
        """A handover that the actor may run. Raises `NotFound` for one that he may not even see."""
        row = self._one(id, lock=lock)
        access.require(self.work, standing.ACTION, standing.KIND)
        if not self._is(row, standing.runs(self.work)):
            raise access.refusal(self.work, standing.ACTION, _KIND, "who received it, or left, does not run it")
        return row

    def _one(self, id: UUID, *, lock: bool = False) -> Any:
        table, r = table_of(Handover), table_of(HandoverReceiver)
        mine = and_(r.c.tenant_id == self.work.scope.tenant, r.c.member_id == self.work.who.id)
        received = table.c.id.in_(select(r.c.handover_id).where(mine, r.c.handover_id == id))
        query = self.company_wide(Handover).where(table.c.id == id, standing.seen(self.work) | received)
        row = self.work.connection.execute(query.with_for_update() if lock else query).one_or_none()
        if row is None:
            raise NotFound(_KIND, id)
        return row

    def _is(self, row: Any, one_of: Any) -> bool:
        table = table_of(Handover)
        mine = select(table.c.id).where(table.c.id == row.id, one_of)
        return self.work.connection.execute(mine).first() is not None

    def _receivers(self, ids: Sequence[UUID]) -> dict[UUID, tuple[HandoverReceiverOut, ...]]:
        r = table_of(HandoverReceiver)
        query = self.company_wide(HandoverReceiver).where(r.c.handover_id.in_(ids)).order_by(r.c.member_id)
        found: dict[UUID, tuple[HandoverReceiverOut, ...]] = {}
        for row in self.work.connection.execute(query):
            found[row.handover_id] = (*found.get(row.handover_id, ()), shown(HandoverReceiverOut, row))
        return found

    def _told(self, row: Any) -> HandoverOut:
        receivers = self._receivers([row.id]).get(row.id, ())
        return shown(HandoverOut, row, receivers=receivers, pooled=dict(row.counts or {}))


_STATES = ("due", "executed", "undone", "dismissed")
