"""What people have to do with two files that become one, and whose it is: plans, key issues and needs, the strategy.

As with a transfer of plans and a handover of the others, what an owner has to do with his own file goes to the
survivor's owner where that is somebody else; whoever else has one keeps it. Only who is to do it changes, as with all
that a merge leads over: a row keeps its version, but for a strategy, whose next version says who answers for it. The
merge's journal holds who had each before and after, so that a split gives it back.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import and_, select

from oa_crm.models import MergePart, table_of
from oa_crm.services import planned
from oa_crm.services.among import among
from oa_crm.services.duties import KINDS, PLAN, Duty
from oa_crm.services.merging.packing import packed, unpacked
from oa_crm.services.work import Work

if TYPE_CHECKING:
    from oa_crm.services.merging.folding import Fold

WHAT = "assigned"


@dataclass(frozen=True, slots=True)
class Assigned:
    """An open duty, who had it before a merge, and who has it after."""

    id: UUID
    before: str
    after: str

    @property
    def changes(self) -> bool:
        """Whether it is another's now."""
        return self.before != self.after

    def kept(self) -> list[Any]:
        """For the journal."""
        return [packed(self.id), self.before, self.after]


Each = dict[Duty, list[Assigned]]


def assigned(work: Work, folds: Sequence["Fold"], *, lock: bool = True) -> dict[UUID, Each]:
    """By merge, what is open of both files; each merge after those before it. One statement a kind."""
    found: dict[UUID, Each] = {one.id: {} for one in folds}
    ids = {id for one in folds for id in (one.winner["id"], one.loser["id"])}
    for duty in KINDS:
        at: dict[UUID, dict[UUID, str]] = defaultdict(dict)
        for row in _open(work, duty, among(work, duty.table.c.customer_id, ids), lock):
            at[row.customer_id][row.id] = row.who
        former: dict[UUID, set[str | None]] = defaultdict(set)
        for one in folds:
            found[one.id][duty] = _of_both(duty, one, at, former)
    return found


def counted(each: Each) -> dict[str, int]:
    """How many of each kind change hands."""
    return {duty.counted: sum(one.changes for one in ones) for duty, ones in each.items()}


def _of_both(
    duty: Duty, one: "Fold", at: dict[UUID, dict[UUID, str]], former: dict[UUID, set[str | None]]
) -> list[Assigned]:
    winner, loser = one.winner["id"], one.loser["id"]
    # Of several merges at once, those who had the survivor before it lay in a pool in between count as well.
    former[winner].add(one.winner["owner_id"])
    former[loser].add(one.loser["owner_id"])
    if duty.one and at.get(winner):
        at.pop(loser, None)
    found = [
        Assigned(id, who, one.owner if one.owner is not None and who in former[file] else who)
        for file in (winner, loser)
        for id, who in at.pop(file, {}).items()
    ]
    at[winner] = {it.id: it.after for it in found}
    former[winner] = former[winner] | former[loser] if one.owner is None else set()
    return found


def give(work: Work, folds: Sequence["Fold"]) -> None:
    """Give what changes hands to the survivors' owners, before the files are one: the journal keeps the version that a
    strategy has then. Four statements at most, however many pairs."""
    for duty in KINDS:
        if before := _before(duty, folds):
            after = {it.id: it.after for one in folds for it in one.assigned[duty]}
            given = {id: after[id] for id in before if after[id] != before[id]}
            duty.give(work, given, folds[0].reason)


def tell(work: Work, folds: Sequence["Fold"]) -> None:
    """The files are one: tell what changed hands. A statement a kind at most."""
    for duty in KINDS:
        reasons = {it.id: one.reason for one in folds for it in one.assigned[duty] if it.changes}
        duty.tell(work, _before(duty, folds), reasons.get)


def _before(duty: Duty, folds: Sequence["Fold"]) -> dict[UUID, str]:
    """What changes hands, and who had it first; nobody gets what is at a survivor that lies in a pool."""
    last = {one.winner["id"]: one for one in folds}
    before: dict[UUID, str] = {}
    for one in folds:
        if last[one.winner["id"]].owner is not None:
            for it in one.assigned[duty]:
                if it.changes:
                    before.setdefault(it.id, it.before)
    return before


@dataclass(frozen=True, slots=True)
class Apart:
    """Whose two files are after a split: `had` had the survivor until now, `loser` has the loser's again, `winner` the
    survivor, where he is another than `had`; None for nobody's."""

    had: str | None
    loser: str | None
    winner: str | None


def give_back(service: Any, merge: Any, apart: Apart, because: str, reason: str) -> Counter[str]:
    """The files are apart: give duties back to who had them; how many of each kind that the merge had given on. What
    came since to who had the survivor goes with the file that it is of; where that is nobody's, a plan ends, with
    `because`, and all else stays his. As many statements for ten as for a thousand."""
    journal = _journal(service.work, merge)
    return Counter({duty.counted: _back(service, merge, apart, duty, journal[duty], because, reason) for duty in KINDS})


def _back(service: Any, merge: Any, apart: Apart, duty: Duty, journal: "_Kept", because: str, reason: str) -> int:
    work = service.work
    files = [merge.loser_id] if apart.winner is None else [merge.loser_id, merge.winner_id]
    whose: dict[UUID, str | None] = {}
    before: dict[UUID, str] = {}
    for row in _open(work, duty, duty.table.c.customer_id.in_(files)):
        home = apart.loser if row.customer_id == merge.loser_id else apart.winner
        to = _whose_again(row, journal.assigned.get(row.id), apart, row.who if row.id in journal.moved else home)
        if to != row.who and (to is not None or duty is PLAN):
            whose[row.id], before[row.id] = to, row.who
    given = {id: to for id, to in whose.items() if to is not None}
    if given:
        duty.give(work, given, reason)
    planned.end_each(service, sorted(id for id, to in whose.items() if to is None), because)
    duty.tell(work, {id: before[id] for id in given}, lambda _: reason)
    return sum(id in journal.assigned and journal.assigned[id].changes for id in whose)


def _whose_again(row: Any, one: Assigned | None, apart: Apart, since: str | None) -> str | None:
    """Who is to do it now; `since` one of the survivor's owner that the journal does not know."""
    if one is not None:
        return one.before if row.who in (one.after, apart.had) else row.who
    return since if row.who == apart.had else row.who


def _open(work: Work, duty: Duty, condition: Any, lock: bool = True) -> Sequence[Any]:
    """What is open and somebody's. The customers are locked by whoever asks for them locked."""
    t = duty.table
    mine = and_(t.c.tenant_id == work.scope.tenant, condition, duty.is_open, t.c[duty.who].is_not(None))
    query = select(t.c.id, t.c.customer_id, t.c[duty.who].label("who")).where(mine)
    return work.connection.execute((query.with_for_update() if lock else query).order_by(t.c.id)).all()


@dataclass(frozen=True, slots=True)
class _Kept:
    """Who had each open duty of both files, and which came from the loser."""

    assigned: dict[UUID, Assigned]
    moved: set[UUID]


def _journal(work: Work, merge: Any) -> dict[Duty, _Kept]:
    part, by_link = table_of(MergePart), {duty.link: duty for duty in KINDS}
    mine = and_(part.c.tenant_id == work.scope.tenant, part.c.merge_id == merge.id, part.c.link.in_(by_link))
    these = select(part.c.link, part.c.what, part.c.kept).where(mine, part.c.what.in_((WHAT, "moved")))
    found = {duty: _Kept({}, set()) for duty in KINDS}
    for row in work.connection.execute(these):
        into = found[by_link[row.link]]
        for id, *more in row.kept:
            if row.what == WHAT:
                into.assigned[unpacked(id)] = Assigned(unpacked(id), *more)
            else:
                into.moved.add(unpacked(id))
    return found
