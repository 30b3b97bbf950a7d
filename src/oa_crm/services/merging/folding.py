"""Many files merged at once: the rows of each link led over, the journal kept, the survivors keyed anew.

The customers are locked by the caller. Statements grow with the links and with slices of two hundred pairs, never
with the rows that move. Whatever is taken out of a table is in the journal first.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from oa_crm.ids import new_id
from oa_crm.models import Merge, MergePart
from oa_crm.services import clashes, custom
from oa_crm.services.customers import keeping
from oa_crm.services.holding import ledger
from oa_crm.services.merging import due, fields, writing
from oa_crm.services.merging.links import LinkTo, acting, links_of
from oa_crm.services.merging.packing import packed, packed_all, packed_row
from oa_crm.services.merging.plans import Pair, Plan, plans
from oa_crm.services.protection import resuming
from oa_crm.services.teaming import ending
from oa_crm.services.work import Work

SLICE = 200
_PART = 2000
CLOCK_LINK, CLOCK = "customer.merged_into", "clock"
Facts = Mapping[str, Any]


@dataclass
class Fold:
    """One file on its way into another: both rows as they are, and what was chosen."""

    winner: Facts
    loser: Facts
    resolution: fields.Resolution
    reason: str | None = None
    id: UUID = field(default_factory=new_id)
    moved: Counter[str] = field(default_factory=Counter)
    laid_aside: Counter[str] = field(default_factory=Counter)
    parts: list[dict[str, Any]] = field(default_factory=list)
    assigned: due.Each = field(default_factory=dict)

    @property
    def owner(self) -> str | None:
        """Who has the survivor."""
        return self.resolution.winner.get("owner_id", self.winner["owner_id"])

    @property
    def pair(self) -> Pair:
        """Who goes into whom."""
        return Pair(self.id, self.winner["id"], self.loser["id"])

    def note(self, work: Work, link: str, what: str, rows: Sequence[Any]) -> None:
        """Write into the journal what happens to rows of a link, so that it can be taken back."""
        for at in range(0, len(rows), _PART):
            self.parts.append(
                {
                    "tenant_id": work.scope.tenant,
                    "merge_id": self.id,
                    "number": len(self.parts),
                    "link": link,
                    "what": what,
                    "kept": rows[at : at + _PART],
                }
            )


def fold(work: Work, folds: Sequence[Fold]) -> None:
    """Merge them; no loser may be a winner of the same call."""
    _keep_clocks(work, folds)
    for at in range(0, len(folds), SLICE):
        _fold(work, folds[at : at + SLICE])


def _keep_clocks(work: Work, folds: Sequence[Fold]) -> None:
    """The protection clock of whoever loses his customer by it, for a split to go on with. Who has it only between two
    merges of one call has none."""
    handed = set()
    for one in folds:
        id = one.winner["id"]
        if "owner_id" in one.resolution.winner and id not in handed:
            handed.add(id)
            if one.winner["owner_id"] is not None:
                one.note(work, CLOCK_LINK, CLOCK, [packed_row({name: one.winner[name] for name in resuming.TERM})])


def _fold(work: Work, folds: Sequence[Fold]) -> None:
    _assign(work, folds)
    for link in acting(links_of(work)):
        _follow(work, link, {one.id: one for one in folds})
    work.connection.execute(insert(Merge), [_journal(work, one) for one in folds])
    if parts := [part for one in folds for part in one.parts]:
        work.connection.execute(insert(MergePart), parts)
    _set_customers(work, folds)


def _assign(work: Work, folds: Sequence[Fold]) -> None:
    """Whose the open duties are to be, before they are led over: by then nobody could tell of which file each was."""
    found = due.assigned(work, folds)
    for one in folds:
        one.assigned = found[one.id]
        one.moved.update(due.counted(one.assigned))
        for duty, ones in one.assigned.items():
            one.note(work, duty.link, due.WHAT, [it.kept() for it in ones])
    due.give(work, folds)


def _follow(work: Work, link: LinkTo, folds: Mapping[UUID, Fold]) -> None:
    found = plans(work, link, [one.pair for one in folds.values()])
    for plan in found:
        _keep(work, link, plan, folds[plan.pair.merge_id])
    for plan in found:
        loser = plan.pair.loser_id
        writing.remove(work, link, [_key(link, row) for row in plan.laid_aside], loser)
        for name in {name for _, name in plan.gave_up}:
            keys = [_key(link, row) for row, given in plan.gave_up if given == name]
            writing.set_on(work, link, keys, link.column == link.stored(loser), **{name: None})
    if into := {plan.pair.loser_id: plan.pair.winner_id for plan in found if plan.moved}:
        writing.lead_over(work, link, into)


def _keep(work: Work, link: LinkTo, plan: Plan, one: Fold) -> None:
    version = link.version
    moved = [[*packed_all(_key(link, row)), None if version is None else row[version]] for row in plan.moved]
    aside = [packed_row(row) for row in plan.laid_aside]
    given = [[*packed_all(_key(link, row)), name, packed(row[link.table.c[name]])] for row, name in plan.gave_up]
    one.moved[link.name] += len(moved)
    one.laid_aside[link.name] += len(aside)
    for what, rows in (("moved", moved), ("gave_up", given), ("laid_aside", aside)):
        one.note(work, link.name, what, rows)


def _key(link: LinkTo, row: Mapping[Any, Any]) -> tuple[Any, ...]:
    return tuple(row[one] for one in link.key)


def _journal(work: Work, one: Fold) -> dict[str, Any]:
    return {
        "id": one.id,
        "tenant_id": work.scope.tenant,
        "winner_id": one.winner["id"],
        "loser_id": one.loser["id"],
        "state": "merged",
        "winner_name": one.winner["name"],
        "loser_name": one.loser["name"],
        "winner": _before_and_after(one.winner, one.resolution.winner),
        "loser": _before_and_after(one.loser, one.resolution.loser),
        "moved": dict(+one.moved),
        "laid_aside": dict(+one.laid_aside),
        "reason": one.reason,
        "merged_at": work.journal.now(),
        "merged_by": work.scope.actor.id,
    }


def _before_and_after(row: Facts, after: Facts) -> dict[str, list[Any]]:
    return {name: [packed(row[name]), packed(value)] for name, value in after.items()}


def _set_customers(work: Work, folds: Sequence[Fold]) -> None:
    stamps = {"updated_at": work.journal.now(), "updated_by": work.scope.actor.id}
    # The losers first: what they give up, such as their number, a survivor may take.
    losers = {
        one.loser["id"]: {**one.resolution.loser, "merged_into": one.winner["id"], "version": one.loser["version"] + 1}
        for one in folds
    }
    writing.set_customers(work, losers, **stamps)
    winners = {one.winner["id"]: one for one in folds}
    first = {one.winner["id"]: one.winner for one in reversed(folds)}
    merged: dict[UUID, dict[str, Any]] = {id: {} for id in winners}
    for one in folds:
        merged[one.winner["id"]] |= {**one.resolution.winner, "version": one.winner["version"] + 1}
    handed = [id for id, values in merged.items() if "owner_id" in values]
    for id in handed:
        merged[id] |= ledger.turned_from(work, first[id])
    writing.set_customers(work, merged, **stamps)
    ledger.keep(work, handed, ledger.Cause.MERGE)
    # Also of a survivor that stays in the pool: whoever is led to it from the other file had a team there.
    ending.owner_changed(work, list(winners))
    gone = [(one.loser["id"], clashes.row_draft(one.loser)) for one in folds]
    before = [(id, clashes.row_draft(row)) for id, row in first.items()]
    clashes.forget_many(work, [*gone, *before])
    after = {id: {**first[id], **merged[id]} for id in winners}
    clashes.keep(work, [(id, clashes.row_draft(facts)) for id, facts in after.items()])
    keeping.set_anew(work, {**{one.loser["id"]: {} for one in folds}, **after})
    values = {one.loser["id"]: None for one in folds}
    custom.reindex(work, "customer", values | {id: facts["custom"] for id, facts in after.items()})
