"""Merges: two files that are one customer are put together, and split again as if it had not been."""

from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_, update

from oa_crm.errors import IllegalState, InvalidInput, NotFound
from oa_crm.hooks.payloads import CustomerMerged, CustomerSplit
from oa_crm.models import Customer, Merge, table_of
from oa_crm.schemas import (
    CheckReport,
    Entrance,
    MergeAnswers,
    MergeIn,
    MergeOut,
    MergePair,
    MergePreview,
    Page,
    SplitOut,
    Verdict,
)
from oa_crm.services import access, clashes, classes, custom, pages, planned, sights
from oa_crm.services.base import Service, as_id, given, given_row, shown, words
from oa_crm.services.clashes import passing
from oa_crm.services.customers import clashing, grouping, keeping
from oa_crm.services.holding import kept, ledger, routing, telling
from oa_crm.services.merging import due, fields, many, unfolding, writing
from oa_crm.services.merging.folding import Fold, fold
from oa_crm.services.merging.links import acting, links_of
from oa_crm.services.merging.plans import plans
from oa_crm.services.protection import resuming
from oa_crm.services.teaming import ending

_KIND = "merge"
_MERGED, _SPLIT = "customer merged", "customer split"


class Merges(Service):
    """Merging needs the right to `merge` both customers: by default a sales manager's, within his reach."""

    def preview(self, winner: UUID, loser: UUID, *, choices: dict[str, str] | None = None) -> MergePreview:
        """What a merge would do: field by field what would stay, and by link how many rows would move. Writes nothing.

        Raises `not_found`, `forbidden`, `merged` for one that is another's file already, and `invalid_input`.
        """
        pair = MergePair(winner_id=as_id(winner), loser_id=as_id(loser), choices=choices or {})
        sights.fit(self.work, pair)
        fields.known(pair.choices)
        rows = self._both(pair, lock=False)
        resolution = fields.resolved(*rows, pair.choices)
        moves, aside = self._counts(Fold(*rows, resolution))
        return MergePreview(
            winner_id=pair.winner_id,
            winner_version=rows[0]["version"],
            loser_id=pair.loser_id,
            loser_version=rows[1]["version"],
            fields=resolution.fields,
            moves=moves,
            laid_aside=aside,
        )

    def merge(self, data: MergeIn | dict[str, Any], *, idempotency_key: str | None = None) -> MergeOut:
        """Merge the loser's file into the winner's: everything that points to the loser leads to the winner, the
        loser's id answers `merged` naming him, and both versions rise. Nothing is deleted.

        Raises `stale_version` when either was changed since it was looked at, `merged` for one that is another's file
        already, `illegal_state` for a loser that stands in a group (`customers.update` with `parent_id` takes it
        out), `not_found`, `forbidden`, and `invalid_input` for a choice that cannot be.
        """
        wanted = given(MergeIn, data)
        return self.act("merges.merge", lambda: self._merge(wanted), given=wanted, answer=MergeOut, key=idempotency_key)

    def merge_many(
        self,
        pairs: Sequence[MergePair | dict[str, Any]],
        *,
        reason: str | None = None,
        idempotency_key: str | None = None,
    ) -> MergeAnswers:
        """Merge many pairs at once, such as those of a scan's clusters, each as it stands now.

        One answer a pair, in their order: its merge, or the code of what keeps it from being one (`not_found`,
        `forbidden`, `merged`, `invalid_input` for a pair of one customer, `illegal_state` for a loser in a group or
        into whom this very call merges another). Raises `invalid_input`, naming the row, for a choice that cannot be.
        """
        wanted = [given_row(MergePair, at, one) for at, one in enumerate(pairs)]
        why = None if reason is None else words("reason", reason, "empty_comment")
        return self.act(
            "merges.merge_many",
            lambda: self._merge_many(wanted, why),
            given={"pairs": wanted, "reason": why},
            answer=MergeAnswers,
            key=idempotency_key,
        )

    def split(
        self, id: UUID, *, reason: str, override_reason: str | None = None, idempotency_key: str | None = None
    ) -> SplitOut:
        """Take a merge back: the loser has its own file again, with every row that came from it.

        What was changed since stays as it is and is told. Of several merges on one another the last is split first:
        a merge whose winner was merged on raises `merged`. Raises `illegal_state` for one that is split already, and
        `duplicate_customer` when the loser clashes with a customer that came or changed since (entrance `split`);
        `override_reason` goes past that, for those who may override.
        """
        why = words("reason", reason, "split_without_reason")
        return self.act(
            "merges.split",
            lambda: self._split(as_id(id), why, override_reason),
            given={"id": id, "reason": why, "override_reason": override_reason},
            answer=SplitOut,
            key=idempotency_key,
        )

    def get(self, id: UUID) -> MergeOut:
        """One merge, for those who may see its winner. Raises `not_found`."""
        row = self._row(as_id(id))
        self._winner(row, "read")
        return shown(MergeOut, row)

    def of(self, customer_id: UUID, *, after: str | None = None, limit: int | None = None) -> Page[MergeOut]:
        """The merges that a customer took part in, newest first, those that were split included."""
        id, table = self.one(Customer, customer_id).id, table_of(Merge)
        query = self.company_wide(Merge).where(or_(table.c.winner_id == id, table.c.loser_id == id))
        rows = pages.newest_first(self.work, query, table, after, limit)
        return pages.page(rows, pages.size(self.work, limit), MergeOut, "newest")

    def _both(self, pair: MergePair, *, lock: bool) -> tuple[Any, Any]:
        if pair.winner_id == pair.loser_id:
            raise InvalidInput.of("loser_id", "merge_with_itself")
        access.require(self.work, "merge", "customer")
        # In the order of ids, so that two merges of the same customers wait and do not deadlock.
        rows = {id: self.one(Customer, id, "merge", lock=lock) for id in sorted((pair.winner_id, pair.loser_id))}
        return rows[pair.winner_id]._mapping, rows[pair.loser_id]._mapping

    def _counts(self, one: Fold) -> tuple[dict[str, int], dict[str, int]]:
        moves, aside = Counter[str](), Counter[str]()
        moves.update(due.counted(due.assigned(self.work, [one], lock=False)[one.id]))
        for link in acting(links_of(self.work)):
            for plan in plans(self.work, link, [one.pair]):
                moves[link.name] += len(plan.moved)
                aside[link.name] += len(plan.laid_aside)
        return dict(+moves), dict(+aside)

    def _merge(self, wanted: MergeIn) -> MergeOut:
        fields.known(wanted.choices)
        winner, loser = self._both(wanted, lock=True)
        for row, version in ((winner, wanted.winner_version), (loser, wanted.loser_version)):
            if row["version"] != version:
                self.fresh(Customer, self.held(Customer, row["id"]), version)
        if grouping.grouped(self.work, [loser["id"]]):
            raise IllegalState(kind="customer", state="grouped", allowed=("not_grouped",))
        one = Fold(winner, loser, fields.resolved(winner, loser, wanted.choices), wanted.reason)
        fold(self.work, [one])
        self._see_to_duties([one])
        self._say("merges.merge", one)
        classes.follow(self.work, [one.winner["id"]], "merges.merge", "merge", wanted.reason)
        return shown(MergeOut, self._row(one.id))

    def _merge_many(self, wanted: list[MergePair], why: str | None) -> MergeAnswers:
        answers, folds = many.folds(self.work, wanted, why)
        fold(self.work, folds)
        self._see_to_duties(folds)
        for one in folds:
            self._say("merges.merge_many", one)
        winners = sorted({one.winner["id"] for one in folds})
        classes.follow(self.work, winners, "merges.merge_many", "merge", why)
        if not folds:
            asked = {"pairs": [None, len(wanted)], "merged": [None, 0]}
            self.work.journal.record("merges.merge_many", _KIND, "-", asked, why)
        return MergeAnswers(pairs=answers, merged=len(folds))

    def _say(self, operation: str, one: Fold) -> None:
        changes = {name: [one.winner[name], value] for name, value in one.resolution.winner.items()}
        loser = {"merged": [None, str(one.loser["id"])], "merged_name": [None, one.loser["name"]]}
        self.work.journal.record(operation, "customer", one.winner["id"], {**changes, **loser}, one.reason)
        if "owner_id" in one.resolution.winner:
            telling.owner_changed(self.work, one.winner, one.resolution.winner, ledger.Cause.MERGE, one.reason)
        self.work.journal.emit(
            CustomerMerged,
            customer_id=one.winner["id"],
            name=one.resolution.winner.get("name", one.winner["name"]),
            owner_id=one.owner,
            merge_id=one.id,
            loser_id=one.loser["id"],
            loser_name=one.loser["name"],
            fields=tuple(sorted(one.resolution.winner)),
            moved=dict(+one.moved),
        )

    def _see_to_duties(self, folds: Sequence[Fold]) -> None:
        """What is to be done went to who has the survivor; with one that lies in a pool plans end: nobody is to call
        it."""
        due.tell(self.work, folds)
        owners = {one.winner["id"]: one.owner for one in folds}
        if pooled := [id for id, owner in owners.items() if owner is None]:
            planned.end(self, Customer, pooled, _MERGED)

    def _row(self, id: UUID, *, lock: bool = False) -> Any:
        query = self.company_wide(Merge).where(table_of(Merge).c.id == id)
        row = self.work.connection.execute(query.with_for_update() if lock else query).one_or_none()
        if row is None:
            raise NotFound(_KIND, id)
        return row

    def _winner(self, merge: Any, action: str, *, lock: bool = False) -> Any:
        """Whose file it is now. Who may not see him is not told by a merge who he is."""
        try:
            return self.one(Customer, merge.winner_id, action, lock=lock)
        except NotFound:
            raise NotFound(_KIND, merge.id) from None

    def _split(self, id: UUID, why: str, override: str | None) -> SplitOut:
        merge = self._row(id)
        # A file may go back into one. Pools before customers, as who drops a pool locks them.
        kept.open_pools(self.work, "read")
        winner = self._winner(merge, "merge", lock=True)
        self._to_split(merge, why)
        loser = self._loser(merge)
        own, left = unfolding.restored_facts(winner._mapping, merge.winner)
        theirs, _ = unfolding.restored_facts(loser._mapping, merge.loser)
        check = self._check({**loser._mapping, **theirs}, merge, override)
        done = unfolding.restore_rows(self.work, merge)
        self._give_back(merge, winner, own)
        self._let_out(loser, theirs)
        done.rows.update(self._give_duties_back(merge, winner, loser, own, why))
        self._key_anew(winner, {**winner._mapping, **own}, {**loser._mapping, **theirs})
        self._say_split(merge, winner, own, done, why)
        classes.follow(self.work, sorted((winner.id, loser.id)), "merges.split", "split", why)
        return SplitOut(
            merge=shown(MergeOut, self._row(id)),
            restored=dict(+done.rows),
            came_along=dict(+done.came_along),
            left=tuple(done.left),
            fields_left=left,
            check=check,
        )

    def _key_anew(self, winner: Any, own: dict[str, Any], theirs: dict[str, Any]) -> None:
        draft = clashes.row_draft(theirs)
        clashes.forget(self.work, winner.id, clashes.row_draft(winner._mapping))
        clashes.keep(self.work, [(winner.id, clashes.row_draft(own)), (theirs["id"], draft)])
        with clashing.unless_taken(self.work, theirs, draft, Entrance.SPLIT, leave_out=winner.id):
            keeping.set_anew(self.work, {winner.id: own, theirs["id"]: theirs})
        custom.reindex(self.work, "customer", {winner.id: own["custom"], theirs["id"]: theirs["custom"]})

    def _to_split(self, merge: Any, why: str) -> None:
        """Of two who split it, one does."""
        table = table_of(Merge)
        mine = and_(table.c.tenant_id == self.work.scope.tenant, table.c.id == merge.id, table.c.state == "merged")
        values = {
            "state": "split",
            "split_at": self.work.journal.now(),
            "split_by": self.work.scope.actor.id,
            "split_because": why,
        }
        if self.work.connection.execute(update(table).where(mine).values(**values)).rowcount != 1:
            raise IllegalState(kind=_KIND, state="split", allowed=("merged",))

    def _loser(self, merge: Any) -> Any:
        query = self.company_wide(Customer).where(table_of(Customer).c.id == merge.loser_id)
        return self.work.connection.execute(query.with_for_update()).one()

    def _check(self, loser: Any, merge: Any, override: str | None) -> CheckReport:
        draft = clashes.row_draft(loser)
        clashes.wait_for_equals(self.work, draft)
        found = clashes.report(self.work, draft, Entrance.SPLIT, leave_out=merge.winner_id, after_gate=True)
        if found.verdict is Verdict.BLOCK and self._newer(draft, merge):
            if override is None or not override.strip():
                raise clashes.refused(self.work, draft, Entrance.SPLIT, found)
            passing.may_pass(self.work, clashes.policy_for(self.work, Entrance.SPLIT).policy)
        return found

    def _newer(self, draft: Any, merge: Any) -> bool:
        """A clash with a customer that was there, as it is, before the merge keeps nobody from splitting."""
        table = table_of(Customer)
        blocking = clashes.blocking(self.work, draft, Entrance.SPLIT, leave_out=merge.winner_id, after_gate=True)
        since = and_(table.c.id.in_(blocking), table.c.updated_at >= merge.merged_at)
        return self.work.connection.execute(self.company_wide(Customer, table.c.id).where(since)).first() is not None

    def _set_back(self, row: Any, values: dict[str, Any]) -> None:
        stamps = {"updated_at": self.work.journal.now(), "updated_by": self.work.scope.actor.id}
        writing.set_customers(self.work, {row.id: {**values, "version": row.version + 1}}, **stamps)

    def _give_back(self, merge: Any, winner: Any, own: dict[str, Any]) -> None:
        """The survivor as it was; a pool only with the owner that the merge brought."""
        if "owner_id" not in own:
            own.pop("pool_id", None)
            self._set_back(winner, own)
            return
        if own["owner_id"] is None:
            own |= {"pool_id": routing.still_open(self, winner.id, own.get("pool_id")), "next_contact_on": None}
        self._set_back(winner, own | ledger.turned_from(self.work, winner._mapping))
        ledger.keep(self.work, [winner.id], ledger.Cause.SPLIT)
        if own["owner_id"] is None:
            planned.end(self, Customer, [winner.id], _SPLIT)
        elif (clock := unfolding.clock_of(self.work, merge)) is not None:
            resuming.resume(self.work, winner.id, clock)
        ending.owner_changed(self.work, [winner.id])

    def _give_duties_back(self, merge: Any, winner: Any, loser: Any, own: dict[str, Any], why: str) -> Counter[str]:
        apart = due.Apart(winner.owner_id, loser.owner_id, own.get("owner_id"))
        return due.give_back(self, merge, apart, _SPLIT, why)

    def _let_out(self, loser: Any, theirs: dict[str, Any]) -> None:
        """The loser as it was; where its pool was dropped meanwhile, in the one that it falls into."""
        back: dict[str, Any] = {**theirs, "merged_into": None}
        if loser.owner_id is None:
            pool = routing.still_open(self, loser.id, loser.pool_id)
            if moved := pool != loser.pool_id:
                back |= {"pool_id": pool, "owner_no": loser.owner_no + 1}
            self._set_back(loser, back)
            return ledger.keep(self.work, [loser.id], ledger.Cause.MOVE) if moved else None
        return self._set_back(loser, back)

    def _say_split(self, merge: Any, winner: Any, own: dict[str, Any], done: unfolding.Restored, why: str) -> None:
        changes = {name: [getattr(winner, name), value] for name, value in own.items()}
        loser = {"merged": [str(merge.loser_id), None]}
        self.work.journal.record("merges.split", "customer", winner.id, {**changes, **loser}, why)
        self.work.journal.record(
            "merges.split", "customer", merge.loser_id, {"merged_into": [str(winner.id), None]}, why
        )
        if "owner_id" in own:
            telling.owner_changed(self.work, winner._mapping, own, ledger.Cause.SPLIT, why)
        self.work.journal.emit(
            CustomerSplit,
            customer_id=winner.id,
            name=own.get("name", winner.name),
            owner_id=own.get("owner_id", winner.owner_id),
            merge_id=merge.id,
            loser_id=merge.loser_id,
            loser_name=merge.loser_name,
            restored=dict(+done.rows),
        )
