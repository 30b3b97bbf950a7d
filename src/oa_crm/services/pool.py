"""The pool: customers that nobody has, and how one comes to somebody and back. The rooms `holding` and `protection`
do the work."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from oa_crm.errors import CrmError, InvalidInput
from oa_crm.models import Customer
from oa_crm.schemas import (
    CustomerOut,
    DistributionIn,
    DistributionOut,
    Holding,
    OwnershipOut,
    Page,
    PoolAnswer,
    PoolAnswers,
    PooledCustomer,
    PoolFilter,
)
from oa_crm.services import people
from oa_crm.services.base import as_id, given, shown, words
from oa_crm.services.holding import claiming, distributing, history, kept, limits, moving, pooled
from oa_crm.services.protection.clock import ProtectionClock
from oa_crm.services.work import who_is

_AT_ONCE = 500
_ASKS = {"claim_many": "claim", "assign_many": "assign", "move": "assign"}


class Pool(ProtectionClock):
    """What people do with customers that nobody has, and with who has them.

    Each act on one customer answers it as it is then; each on many has one answer a customer, and what could not be
    done for one leaves the others alone.
    """

    def find(
        self, where: PoolFilter | dict[str, Any] | None = None, *, after: str | None = None, limit: int | None = None
    ) -> Page[PooledCustomer]:
        """The customers in the actor's pools, those that lie longest first, without any way to reach them."""
        return pooled.page(self, given(PoolFilter, where or {}), after, limit)

    def claim(self, customer_id: UUID, *, idempotency_key: str | None = None) -> CustomerOut:
        """Take a customer out of a pool. Of many who try at once one has it.

        Raises `illegal_state` for one that somebody has, `forbidden` without a seat in its pool, `claim_too_early`,
        `claim_quota`, `holding_limit`, `vetoed`, and `not_found`.
        """
        id = as_id(customer_id)
        return self._act("claim", lambda: claiming.claim(self, id), {"id": id}, idempotency_key)

    def claim_many(self, customer_ids: Sequence[UUID], *, idempotency_key: str | None = None) -> PoolAnswers:
        """Take up to 500 customers."""
        ids = _ids(customer_ids)
        if self.work.runtime.dispatcher.asked_of_owners(self.work.plugin_active):
            # What a plugin says of one may depend on those before it.
            return self._many("claim_many", ids, lambda one: claiming.claim(self, one), {"ids": ids}, idempotency_key)
        return self.act("pool.claim_many", lambda: self._claimed(ids), given={"ids": ids}, answer=PoolAnswers,
                        key=idempotency_key)  # fmt: skip

    def assign(
        self, customer_id: UUID, to: str, *, reason: str | None = None, idempotency_key: str | None = None
    ) -> CustomerOut:
        """Give a customer of a pool to a member: by an admin of the pool to anybody, by a manager within his reach.

        Raises `illegal_state` for one that somebody has, `forbidden`, `holding_limit`, `invalid_input` for whom it
        cannot be given to, `vetoed`, and `not_found`.
        """
        id, to, why = as_id(customer_id), people.named("to", to), _why(reason)
        do = {"id": id, "to": to, "reason": why}
        return self._act("assign", lambda: moving.assign(self, id, to, why), do, idempotency_key)

    def assign_many(
        self,
        customer_ids: Sequence[UUID],
        to: str,
        *,
        reason: str | None = None,
        idempotency_key: str | None = None,
    ) -> PoolAnswers:
        """Give up to 500 customers to one member."""
        ids, to, why = _ids(customer_ids), people.named("to", to), _why(reason)
        do = {"ids": ids, "to": to, "reason": why}
        return self._many("assign_many", ids, lambda one: moving.assign(self, one, to, why), do, idempotency_key)

    def transfer(
        self,
        customer_id: UUID,
        to: str,
        *,
        expected_version: int,
        reason: str,
        dissolve_team: bool = False,
        idempotency_key: str | None = None,
    ) -> CustomerOut:
        """Let a customer go from its owner to another member, both within the actor's reach. Its team stays, unless
        it is dissolved; a seat that the new owner had on it ends.

        Raises `stale_version`, `illegal_state` for one in a pool, `forbidden`, `holding_limit`, `invalid_input`,
        `vetoed`, and `not_found`.
        """
        id, to, why = as_id(customer_id), people.named("to", to), words("reason", reason, "empty_comment")
        facts = {"id": id, "to": to, "expected_version": expected_version, "reason": why}
        return self._act(
            "transfer",
            lambda: moving.transfer(self, id, to, expected_version, why, dissolve=dissolve_team),
            facts | ({"dissolve_team": True} if dissolve_team else {}),
            idempotency_key,
        )

    def release(
        self,
        customer_id: UUID,
        *,
        expected_version: int,
        reason: str,
        pool_id: UUID | None = None,
        idempotency_key: str | None = None,
    ) -> CustomerOut:
        """Put a customer back into a pool: `pool_id`, or the one that it falls into by the pools' rules.

        Raises `stale_version`, `illegal_state` for one in a pool, `forbidden`, `invalid_input` for a pool that is
        none, `vetoed`, and `not_found`.
        """
        id, into = as_id(customer_id), None if pool_id is None else as_id(pool_id)
        why = words("reason", reason, "empty_comment")
        return self._act(
            "release",
            lambda: moving.release(self, id, expected_version, why, into),
            {"id": id, "expected_version": expected_version, "reason": why, "pool_id": into},
            idempotency_key,
        )

    def move(
        self,
        customer_ids: Sequence[UUID],
        pool_id: UUID,
        *,
        reason: str | None = None,
        idempotency_key: str | None = None,
    ) -> PoolAnswers:
        """Move up to 500 customers to another pool, by who runs both."""
        ids, into, why = _ids(customer_ids), as_id(pool_id), _why(reason)
        do = {"ids": ids, "pool_id": into, "reason": why}
        return self._many("move", ids, lambda one: moving.move(self, one, into, why), do, idempotency_key)

    def lock(self, customer_id: UUID, *, expected_version: int) -> CustomerOut:
        """Keep a customer from being recycled. Raises `lock_limit`, `illegal_state` for one in a pool,
        `stale_version`, `forbidden` and `not_found`. A lock ends when somebody else gets the customer."""
        id = as_id(customer_id)
        do = {"id": id, "expected_version": expected_version}
        return self._act("lock", lambda: moving.lock(self, id, expected_version, True), do)

    def unlock(self, customer_id: UUID, *, expected_version: int) -> CustomerOut:
        """Let a customer be recycled again. Raises as `lock` does."""
        id = as_id(customer_id)
        do = {"id": id, "expected_version": expected_version}
        return self._act("unlock", lambda: moving.lock(self, id, expected_version, False), do)

    def distribute(
        self, data: DistributionIn | dict[str, Any], *, idempotency_key: str | None = None
    ) -> DistributionOut:
        """Give customers of a pool out, those that lie longest first: in turn, or to whoever holds fewest.

        Who was given how many and why others were passed over stands in the audit of the pool. Raises `forbidden`,
        and `invalid_input` where nobody could get any.
        """
        wanted = given(DistributionIn, data)
        return self.act(
            "pool.distribute",
            lambda: distributing.distribute(self, wanted, self._give_one),
            given=wanted,
            answer=DistributionOut,
            key=idempotency_key,
        )

    def history(self, customer_id: UUID, *, after: str | None = None, limit: int | None = None) -> Page[OwnershipOut]:
        """Who had a customer when, newest first; the intervals follow each other without a gap. Raises `not_found`."""
        return history.page(self.work, self.one(Customer, customer_id).id, after, limit)

    def owner_at(self, customer_id: UUID, moment: datetime) -> OwnershipOut | None:
        """Who had a customer at a moment, to whom what happened then is credited; None before it came on file.

        Raises `not_found`, and `invalid_input` for a time without zone.
        """
        if not isinstance(moment, datetime) or moment.tzinfo is None:
            raise InvalidInput.of("moment", "without_time_zone", given=str(moment))
        return history.at(self.work, self.one(Customer, customer_id).id, moment)

    def holding(self, member_id: str | None = None) -> Holding:
        """What a member holds and what he may; the actor without `member_id`. Raises `not_found` for somebody
        out of the actor's reach."""
        who = self.work.who
        if member_id is not None and member_id != who.id:
            member_id = people.whose(self.work, "customer", member_id)
            who = who_is(self.work.connection, self.work.scope.tenant, member_id).who
        return limits.told(self.work, who)

    def _act(self, verb: str, do: Callable[[], Any], facts: dict[str, Any], key: str | None = None) -> CustomerOut:
        return self.act(f"pool.{verb}", lambda: shown(CustomerOut, do()), given=facts, answer=CustomerOut, key=key)

    def _many(
        self, verb: str, ids: list[UUID], do: Callable[[UUID], Any], facts: dict[str, Any], key: str | None
    ) -> PoolAnswers:
        return self.act(f"pool.{verb}", lambda: self._each(verb, ids, do), given=facts, answer=PoolAnswers, key=key)

    def _each(self, verb: str, ids: list[UUID], do: Callable[[UUID], Any]) -> PoolAnswers:
        kept.must_run_one(self.work, _ASKS[verb])
        # In the order of their ids, so that two batches wait for each other and do not deadlock.
        return self._answered(verb, ids, {id: self._answer(id, do) for id in sorted(set(ids))})

    def _claimed(self, ids: list[UUID]) -> PoolAnswers:
        kept.must_run_one(self.work, "claim")
        refused = claiming.claim_each(self, list(dict.fromkeys(ids)))
        return self._answered("claim_many", ids, {id: self._became(id, refused.get(id)) for id in ids})

    def _answered(self, verb: str, ids: list[UUID], became: dict[UUID, PoolAnswer]) -> PoolAnswers:
        answers = tuple(became[id] for id in ids)
        done = sum(one.done for one in became.values())
        counts: dict[str, list[Any]] = {"customers": [None, len(became)], "done": [None, done]}
        self.work.journal.record(f"pool.{verb}", "pool", "-", counts)
        return PoolAnswers(answers=answers, done=done)

    def _answer(self, id: UUID, do: Callable[[UUID], Any]) -> PoolAnswer:
        try:
            self._one(lambda: do(id))
        except CrmError as error:
            if error.code == "busy":
                raise
            return self._became(id, error)
        return self._became(id, None)

    def _became(self, id: UUID, error: CrmError | None) -> PoolAnswer:
        if error is None:
            return PoolAnswer(customer_id=id, done=True)
        return PoolAnswer(customer_id=id, done=False, problem=error.code, text=error.text(self.work.scope.locale))

    def _give_one(self, id: UUID, to: str) -> None:
        self._one(lambda: moving.assign(self, id, to, None))

    def _one(self, do: Callable[[], Any]) -> None:
        """One of many, in a savepoint of its own."""
        mark = self.work.journal.mark()
        try:
            with self.work.connection.begin_nested():
                do()
        except BaseException:
            self.work.journal.back_to(mark)
            raise


def _ids(customer_ids: Sequence[UUID]) -> list[UUID]:
    if not 1 <= len(customer_ids) <= _AT_ONCE:
        raise InvalidInput.of("customer_ids", "page_limit", limit=len(customer_ids))
    return [as_id(id) for id in customer_ids]


def _why(reason: str | None) -> str | None:
    return None if reason is None else words("reason", reason, "empty_comment")
