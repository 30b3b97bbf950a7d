"""What is planned with two files that become one, and whose it is to do.

As with a transfer, the open plans that an owner has with his own file go to the survivor's owner where that is
somebody else; whoever else has one keeps it. Only the assignee changes, as with all that a merge leads over: a row
keeps its version. The merge's journal holds who had each open plan before and after, so that a split gives it back.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import and_, select, update

from oa_crm.models import Customer, MergePart, Plan, table_of
from oa_crm.services import planned
from oa_crm.services.among import among
from oa_crm.services.merging.packing import packed, unpacked
from oa_crm.services.work import Work

if TYPE_CHECKING:
    from oa_crm.services.merging.folding import Fold

COUNTED = "plan.assignee_id"
LINK, WHAT = "plan.customer_id", "assigned"
_PLAN = table_of(Plan)


@dataclass(frozen=True, slots=True)
class Assigned:
    """An open plan, who had it before a merge, and who has it after."""

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


def assigned(work: Work, folds: Sequence["Fold"], *, lock: bool = True) -> dict[UUID, list[Assigned]]:
    """By merge, the open plans of both files; each merge after those before it. One statement."""
    ids = {id for one in folds for id in (one.winner["id"], one.loser["id"])}
    at: dict[UUID, dict[UUID, str]] = defaultdict(dict)
    for row in _open(work, among(work, _PLAN.c.customer_id, ids), lock):
        at[row.customer_id][row.id] = row.assignee_id
    former: dict[UUID, set[str | None]] = defaultdict(set)
    return {one.id: _of_both(one, at, former) for one in folds}


def _of_both(one: "Fold", at: dict[UUID, dict[UUID, str]], former: dict[UUID, set[str | None]]) -> list[Assigned]:
    winner, loser = one.winner["id"], one.loser["id"]
    # Of several merges at once, those who had the survivor before it lay in a pool in between count as well.
    former[winner].add(one.winner["owner_id"])
    former[loser].add(one.loser["owner_id"])
    found = [
        Assigned(id, who, one.owner if one.owner is not None and who in former[file] else who)
        for file in (winner, loser)
        for id, who in at.pop(file, {}).items()
    ]
    at[winner] = {plan.id: plan.after for plan in found}
    former[winner] = former[winner] | former[loser] if one.owner is None else set()
    return found


def hand_on(work: Work, folds: Sequence["Fold"]) -> None:
    """The files are one: give the plans that change hands to the survivors' owners, and tell. Two statements at most,
    however many pairs and plans."""
    last = {one.winner["id"]: one for one in folds}
    of_owned = [one for one in folds if last[one.winner["id"]].owner is not None]
    before: dict[UUID, str] = {}
    for plan in (plan for one in of_owned for plan in one.assigned if plan.changes):
        before.setdefault(plan.id, plan.before)
    if not before:
        return
    customer = table_of(Customer)
    has_it = and_(customer.c.tenant_id == _PLAN.c.tenant_id, customer.c.id == _PLAN.c.customer_id)
    _set(work, before, select(customer.c.owner_id).where(has_it).scalar_subquery())
    reasons = {plan.id: one.reason for one in of_owned for plan in one.assigned if plan.changes}
    planned.tell_handed_on(work, before, reasons.get)


@dataclass(frozen=True, slots=True)
class Apart:
    """Whose two files are after a split: `had` had the survivor until now, `loser` has the loser's again, `winner` the
    survivor, where he is another than `had`; None for nobody's."""

    had: str | None
    loser: str | None
    winner: str | None


def give_back(service: Any, merge: Any, apart: Apart, because: str, reason: str) -> int:
    """The files are apart: give plans back to who had them; how many that the merge had given on. What was planned
    since by who had the survivor goes with the file that it is of, and ends, with `because`, where that is nobody's.
    As many statements for ten plans as for a thousand."""
    work = service.work
    kept, moved = _journal(work, merge)
    files = [merge.loser_id] if apart.winner is None else [merge.loser_id, merge.winner_id]
    whose: dict[UUID, str | None] = {}
    before: dict[UUID, str] = {}
    for row in _open(work, _PLAN.c.customer_id.in_(files)):
        home = apart.loser if row.customer_id == merge.loser_id else apart.winner
        to = _whose_again(row, kept.get(row.id), apart, row.assignee_id if row.id in moved else home)
        if to != row.assignee_id:
            whose[row.id], before[row.id] = to, row.assignee_id
    for to in sorted({to for to in whose.values() if to is not None}):
        _set(work, [id for id, one in whose.items() if one == to], to)
    planned.end_each(service, sorted(id for id, to in whose.items() if to is None), because)
    given = {id: before[id] for id, to in whose.items() if to is not None}
    planned.tell_handed_on(work, given, lambda _: reason)
    return sum(id in kept and kept[id].changes for id in whose)


def _whose_again(row: Any, plan: Assigned | None, apart: Apart, since: str | None) -> str | None:
    """Who is to do a plan now; `since` one of the survivor's owner that the journal does not know."""
    if plan is not None:
        return plan.before if row.assignee_id in (plan.after, apart.had) else row.assignee_id
    return since if row.assignee_id == apart.had else row.assignee_id


def _open(work: Work, condition: Any, lock: bool = True) -> Sequence[Any]:
    """Open plans. The customers are locked by whoever asks for them locked."""
    mine = and_(_PLAN.c.tenant_id == work.scope.tenant, condition, _PLAN.c.state == "planned")
    query = select(_PLAN.c.id, _PLAN.c.customer_id, _PLAN.c.assignee_id).where(mine)
    return work.connection.execute((query.with_for_update() if lock else query).order_by(_PLAN.c.id)).all()


def _journal(work: Work, merge: Any) -> tuple[dict[UUID, Assigned], set[UUID]]:
    """Who had each open plan of both files, and which plans came from the loser."""
    part = table_of(MergePart)
    mine = and_(part.c.tenant_id == work.scope.tenant, part.c.merge_id == merge.id, part.c.link == LINK)
    these = select(part.c.what, part.c.kept).where(mine, part.c.what.in_((WHAT, "moved")))
    kept, moved = dict[UUID, Assigned](), set[UUID]()
    for row in work.connection.execute(these):
        for id, *more in row.kept:
            if row.what == WHAT:
                kept[unpacked(id)] = Assigned(unpacked(id), *more)
            else:
                moved.add(unpacked(id))
    return kept, moved


def _set(work: Work, ids: Collection[UUID], to: Any) -> None:
    these = and_(_PLAN.c.tenant_id == work.scope.tenant, among(work, _PLAN.c.id, ids))
    work.connection.execute(update(_PLAN).where(these).values(assignee_id=to))
