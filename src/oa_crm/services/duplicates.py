"""Duplicates: the company's policy, the log of searches, and customers on file that may be one."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, update
from sqlalchemy.exc import IntegrityError

from oa_crm.duplicates import Draft
from oa_crm.duplicates.explain import explain
from oa_crm.errors import InvalidInput, NotFound, StaleVersion
from oa_crm.models import Customer, DuplicatePolicy, DuplicateSearch, table_of
from oa_crm.schemas import (
    DuplicateCluster,
    DuplicatePairOut,
    DuplicatePolicyOut,
    Entrance,
    Page,
    PolicyChange,
    SearchOut,
)
from oa_crm.services import access, clashes, pages, sights
from oa_crm.services.base import Service, as_id, given, shown, words
from oa_crm.services.clashes import as_entrance, pairs

_KIND = "duplicate"


class Duplicates(Service):
    """The duplicate check beyond a single check. Scans and rebuilds, which take longer, are `crm.duplicates`."""

    def policy(self, entrance: Entrance | str = Entrance.ANY) -> DuplicatePolicyOut:
        """What holds at an entrance: its own policy, else the one for any, else the default."""
        return clashes.policy_for(self.work, as_entrance(entrance))

    def set_policy(self, data: PolicyChange | dict[str, Any]) -> DuplicatePolicyOut:
        """Set the policy of an entrance, or of any. Holds from the next check on.

        Raises `forbidden` for all but those who may administer duplicates, `invalid_input` for a condition that
        names no matcher, and `stale_version` when somebody set it since.
        """
        wanted = given(PolicyChange, data)
        return self.act(
            "duplicates.set_policy", lambda: self._set_policy(wanted), given=wanted, answer=DuplicatePolicyOut
        )

    def explain(self, one: UUID | str, other: UUID | str) -> str:
        """Two customers, by id, or plain names: both taken apart, the score and every reason, in the actor's
        language. What he does not see openly is not compared. Raises `not_found` for a customer that he may not see."""
        engine = self.work.runtime.matching.engine
        return explain(engine, self._draft(one), self._draft(other), self.work.scope.locale)

    def searches(
        self, *, actor_id: str | None = None, since: datetime | None = None, limit: int | None = None
    ) -> tuple[SearchOut, ...]:
        """Who looked for whom, newest first. Raises `forbidden` for all but those who may administer duplicates."""
        access.require(self.work, "administer", _KIND)
        table = table_of(DuplicateSearch)
        query = self.company_wide(DuplicateSearch)
        if actor_id is not None:
            query = query.where(table.c.actor_id == actor_id)
        if since is not None and since.tzinfo is None:
            raise InvalidInput.of("since", "without_time_zone", given=str(since))
        if since is not None:
            query = query.where(table.c.at >= since)
        newest = query.order_by(table.c.at.desc(), table.c.id.desc()).limit(pages.size(self.work, limit))
        return tuple(shown(SearchOut, row) for row in self.work.connection.execute(newest))

    def pairs(
        self, *, at_least: float = 0.75, after: str | None = None, limit: int | None = None
    ) -> Page[DuplicatePairOut]:
        """Pairs that scans found and nobody dismissed, of which the actor may see both, the likeliest first."""
        return pairs.page(self.work, at_least, after, limit)

    def clusters(self, *, at_least: float = 0.75, limit: int = 100) -> tuple[DuplicateCluster, ...]:
        """The same pairs put together: customers that may all be one, the largest clusters first."""
        return pairs.clusters(self.work, at_least, limit)

    def dismiss(self, one: UUID, other: UUID, *, because: str) -> DuplicatePairOut:
        """These two are not the same customer: no scan brings the pair up again.

        Raises `not_found` for a pair that no scan found, or of which the actor may not change both customers.
        """
        return self.act(
            "duplicates.dismiss",
            lambda: self._dismiss(as_id(one), as_id(other), because),
            given={"one": one, "other": other, "because": because},
            answer=DuplicatePairOut,
        )

    def _set_policy(self, wanted: PolicyChange) -> DuplicatePolicyOut:
        access.require(self.work, "administer", _KIND)
        self._know_matchers(wanted)
        before = clashes.policy_for(self.work, wanted.entrance)
        held = before.version if before.entrance is wanted.entrance else 0
        if not self._wrote_policy(wanted, held):
            state = before.model_dump(mode="json")
            raise StaleVersion(kind="policy", expected=wanted.expected_version, current=held, state=state)
        self.work.policies.clear()
        after = clashes.policy_for(self.work, wanted.entrance)
        # Not remembered: an act that fails after this takes it back.
        self.work.policies.clear()
        changes = {"policy": [one.policy.model_dump(mode="json") for one in (before, after)]}
        self.work.journal.record("duplicates.set_policy", _KIND, wanted.entrance.value, changes)
        return after

    def _wrote_policy(self, wanted: PolicyChange, held: int) -> bool:
        table = table_of(DuplicatePolicy)
        values = {
            "policy": wanted.policy.model_dump(mode="json"),
            "version": wanted.expected_version + 1,
            "updated_at": self.work.journal.now(),
            "updated_by": self.work.scope.actor.id,
        }
        if wanted.expected_version == 0:
            return held == 0 and self._first(wanted.entrance, values)
        this = and_(
            table.c.tenant_id == self.work.scope.tenant,
            table.c.entrance == wanted.entrance.value,
            table.c.version == wanted.expected_version,
        )
        return bool(self.work.connection.execute(update(table).where(this).values(**values)).rowcount)

    def _first(self, entrance: Entrance, values: dict[str, Any]) -> bool:
        """Whether we were the first to set one here."""
        try:
            with self.work.connection.begin_nested():
                self.add(DuplicatePolicy, entrance=entrance.value, **values)
        except IntegrityError:
            return False
        return True

    def _know_matchers(self, wanted: PolicyChange) -> None:
        known = [*(one.name for one in self.work.runtime.matching.engine.matchers), "score"]
        for at, rule in enumerate(wanted.policy.rules):
            for condition in rule.all_of:
                if condition.matcher not in known:
                    field = f"policy.rules.{at}.all_of"
                    raise InvalidInput.of(field, "unknown_matcher", matcher=condition.matcher, known=", ".join(known))

    def _draft(self, given: UUID | str) -> Draft:
        if isinstance(given, str):
            return Draft(given)
        row = self.one(Customer, given)._mapping
        return clashes.row_draft(sights.open_facts(self.work, "customer", row))

    def _dismiss(self, one: UUID, other: UUID, because: str) -> DuplicatePairOut:
        reason = words("because", because, "dismissal_without_reason")
        for id in (one, other):
            self.one(Customer, id, "write")
        row = pairs.between(self.work, one, other)
        if row is None:
            raise NotFound("pair", f"{one}, {other}")
        pairs.dismiss(self.work, row, reason)
        self.work.journal.record(
            "duplicates.dismiss", "customer", row.one_id, {"other": [None, str(row.other_id)]}, reason
        )
        return pairs.told(self.work, row)
