"""Many pairs looked at together: who may be merged, and what keeps the others from it. Constant in statements."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from oa_crm.models import Customer, table_of
from oa_crm.schemas import MergePair, PairAnswer
from oa_crm.services import access
from oa_crm.services.customers import grouping
from oa_crm.services.merging import fields
from oa_crm.services.merging.folding import Fold
from oa_crm.services.work import Work

_AT_ONCE = 1000
Facts = Mapping[str, Any]


def folds(work: Work, pairs: Sequence[MergePair], reason: str | None) -> tuple[tuple[PairAnswer, ...], list[Fold]]:
    """An answer to each pair, and the merges to do. The customers are locked, in the order of their ids."""
    for at, pair in enumerate(pairs):
        fields.known(pair.choices, f"rows.{at}.")
    base = _Base(work, sorted({id for pair in pairs for id in (pair.winner_id, pair.loser_id)}))
    answers, done = [], []
    for at, pair in enumerate(pairs):
        problem = base.problem(pair)
        if problem is None:
            done.append(base.fold(pair, reason, f"rows.{at}."))
        answers.append(
            PairAnswer(
                winner_id=pair.winner_id,
                loser_id=pair.loser_id,
                merge_id=None if problem else done[-1].id,
                problem=problem,
            )
        )
    return tuple(answers), done


class _Base:
    """The customers of a call as they are, and as its merges leave them."""

    def __init__(self, work: Work, ids: Sequence[UUID]) -> None:
        table = table_of(Customer)
        self._rows: dict[UUID, Facts] = {}
        self._seen: dict[UUID, bool] = {}
        self._gone: set[UUID] = set()
        self._grouped: set[UUID] = set()
        self._winners: set[UUID] = set()
        for some in _parts(ids):
            mergeable = select(table).where(access.visible(work, Customer, "merge"), table.c.id.in_(some))
            locked = mergeable.order_by(table.c.id).with_for_update()
            self._rows |= {row.id: row._mapping for row in work.connection.execute(locked)}
            company = table.c.tenant_id == work.scope.tenant
            seen = select(table.c.id, table.c.merged_into).where(
                company, access.allowed_rows(work, work.who, Customer, "read"), table.c.id.in_(some)
            )
            self._seen |= {row.id: row.merged_into is not None for row in work.connection.execute(seen)}
            self._grouped |= grouping.grouped(work, some)

    def problem(self, pair: MergePair) -> str | None:
        """What keeps these two from being merged."""
        both = (pair.winner_id, pair.loser_id)
        if pair.winner_id == pair.loser_id:
            return "invalid_input"
        if any(id not in self._seen for id in both):
            return "not_found"
        if any(self._seen[id] or id in self._gone for id in both):
            return "merged"
        if any(id not in self._rows for id in both):
            return "forbidden"
        return "illegal_state" if pair.loser_id in self._winners | self._grouped else None

    def fold(self, pair: MergePair, reason: str | None, prefix: str) -> Fold:
        """The merge of these two, after those before it."""
        winner, loser = self._rows[pair.winner_id], self._rows[pair.loser_id]
        resolution = fields.resolved(winner, loser, pair.choices, prefix)
        self._rows[pair.winner_id] = {**winner, **resolution.winner, "version": winner["version"] + 1}
        self._gone.add(pair.loser_id)
        self._winners.add(pair.winner_id)
        return Fold(winner, loser, resolution, reason)


def _parts(ids: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    return (ids[at : at + _AT_ONCE] for at in range(0, len(ids), _AT_ONCE))
