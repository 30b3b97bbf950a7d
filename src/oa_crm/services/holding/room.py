"""How much room somebody has who claims customers: counted once, with his gates held, and then kept in hand.

Nobody else gives him any before his transaction ends, so what he takes himself is all that changes the count.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from oa_crm.errors import ClaimQuotaReached, HoldingLimitReached
from oa_crm.hooks.ports import Who
from oa_crm.services.holding import gates, kept, limits
from oa_crm.services.work import Work

Lying = tuple[Any, Any]
"""A customer that nobody has, and the pool that it lies in."""


@dataclass
class _Quota:
    """So many claims a day, from one pool or from all."""

    limit: int
    pool_id: UUID | None
    claimed: int = 0


@dataclass
class _Bound:
    """So many customers, his own or his department's; `counting` are those that would count."""

    limit: Any
    counting: set[UUID]
    held: int = 0


class Room:
    """The room of one person among the customers that he claims now."""

    def __init__(self, work: Work, who: Who, wanted: Sequence[Lying]) -> None:
        self._who, mine, rows = who, limits.of(work, who), [row for row, _ in wanted]
        bounded = {pool.id: pool for _, pool in wanted if not kept.admin_of(work, pool)}
        self._admins = {pool.id for _, pool in wanted} - bounded.keys()
        self._quotas = _quotas(mine, list(bounded.values()))
        self._bounds = [_Bound(one, limits.counting_among(work, one, rows)) for one in mine.on_holding]
        self._count(work)

    def _count(self, work: Work) -> None:
        names = [gates.hold_of(self._who.id)] if self._quotas or self._bounds else []
        names += [gates.hold_of_departments()] * any(one.limit.together for one in self._bounds)
        gates.wait_for(work, *names)
        asked = [limits.claims_today(work, self._who.id, one.pool_id) for one in self._quotas]
        found = limits.counts(work, asked + [limits.held(work, one.limit, self._who.id) for one in self._bounds])
        for quota, claimed in zip(self._quotas, found[: len(asked)], strict=True):
            quota.claimed = claimed
        for bound, held in zip(self._bounds, found[len(asked) :], strict=True):
            bound.held = held

    def must_hold(self, row: Any, pool: Any) -> None:
        """Raises `claim_quota` and `holding_limit` where there is none for this customer."""
        for quota in self._quotas_on(pool):
            if quota.claimed >= quota.limit:
                raise ClaimQuotaReached(owner=self._who.id, limit=quota.limit, claimed=quota.claimed)
        for one in self._bounds:
            if row.id in one.counting and one.held + 1 > one.limit.holding:
                raise HoldingLimitReached(
                    owner=self._who.id, limit=one.limit.holding, held=one.held, together=one.limit.together
                )

    def taken(self, row: Any, pool: Any) -> None:
        """He has this one now."""
        for quota in self._quotas:
            quota.claimed += quota.pool_id in (None, pool.id)
        for one in self._bounds:
            one.held += row.id in one.counting

    def _quotas_on(self, pool: Any) -> list[_Quota]:
        if pool.id in self._admins:
            return []
        return [one for one in self._quotas if one.pool_id in (None, pool.id)]


def _quotas(mine: limits.Limits, pools: Sequence[Any]) -> list[_Quota]:
    """His own first, as he is told of it first; none where he runs all these pools."""
    own = mine.own and mine.own.claims_per_day
    everywhere = [_Quota(own, None)] if pools and own is not None else []
    return everywhere + [_Quota(one.claims_per_day, one.id) for one in pools if one.claims_per_day is not None]
