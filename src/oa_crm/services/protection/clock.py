"""What people do with the protection clock: ask it, foresee it, set its rules, sweep, extend, strike out."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from oa_crm.errors import InvalidInput
from oa_crm.models import Customer, ProtectionExtension, table_of
from oa_crm.schemas.base import Page
from oa_crm.schemas.protection import (
    DueCustomer,
    ExtensionIn,
    ExtensionOut,
    ProtectionChange,
    ProtectionOut,
    ProtectionRule,
    ProtectionRulesOut,
    RuleTrial,
    StruckOut,
    SweepOut,
)
from oa_crm.services import access, pages
from oa_crm.services.base import Service, as_id, given, words
from oa_crm.services.protection import changing, explaining, extending, foreseeing, striking, sweeping

_LARGEST = 10_000


class ProtectionClock(Service):
    """The part of the pool that is about how long an owner is safe."""

    def explain(self, customer_id: UUID) -> ProtectionOut:
        """Until when a customer is protected, by which rule, since when, what would extend it, what was warned of and
        what keeps it out of the clock. Raises `not_found`."""
        return explaining.explain(self.work, self.one(Customer, customer_id))

    def preview(
        self, *, on: date | None = None, after: str | None = None, limit: int | None = None
    ) -> Page[DueCustomer]:
        """The customers that a sweep would recycle at the end of `on` (left out: now) if nothing more happens, the
        earliest deadline first; of those that the actor may see."""
        return foreseeing.due(self, on, after, limit)

    def try_rule(self, rule: ProtectionRule | dict[str, Any], *, on: date | None = None) -> RuleTrial:
        """Who would be past his deadline at the end of `on` (now) if this rule came first, or took the place of the
        one of its name. Reads the whole base and writes nothing; about 30 seconds for a million customers.

        Raises `forbidden` for all but those who may administer protection, and `invalid_input` for a pool that is not
        there.
        """
        access.require(self.work, "administer", changing.KIND)
        return foreseeing.tried(self, given(ProtectionRule, rule), on)

    def protection(self) -> ProtectionRulesOut:
        """The company's rules of protection as they hold, the shipped ones where it set none."""
        access.require(self.work, "read", "customer")
        return changing.shown_rules(self)

    def set_protection(self, data: ProtectionChange | dict[str, Any]) -> ProtectionRulesOut:
        """Set the rules. They hold at once; deadlines of more than five hundred customers follow with
        `crm.pool.recompute`, or the next sweep. Nobody is recycled by them without the warnings and their notice.

        Raises `forbidden` for all but those who may administer protection, `invalid_input` for a pool that is not
        there, and `stale_version`.
        """
        wanted = given(ProtectionChange, data)
        return self.act(
            "pool.set_protection", lambda: changing.change(self, wanted), given=wanted, answer=ProtectionRulesOut
        )

    def sweep(self, *, limit: int = 500, after: str | None = None) -> SweepOut:
        """Warn and recycle what is due, one slice of at most 10,000 customers; `next` of the answer goes on as `after`.

        A customer that cannot be done is passed over and named. For a whole company `crm.pool.sweep` does slice
        after slice in transactions of their own. Raises `forbidden` for all but those who may administer protection.
        """
        if not 1 <= limit <= _LARGEST:
            raise InvalidInput.of("limit", "slice_size", given=limit)
        return self.act(
            "pool.sweep", lambda: self._sweep(limit, after), given={"limit": limit, "after": after}, answer=SweepOut
        )

    def _sweep(self, limit: int, after: str | None) -> SweepOut:
        access.require(self.work, "administer", changing.KIND)
        return sweeping.sweep(self, limit, after)

    def extend(self, data: ExtensionIn | dict[str, Any], *, idempotency_key: str | None = None) -> ExtensionOut:
        """Ask for more days for a customer. Whoever may extend for the requester decides.

        Raises `invalid_input` for more days than the rules allow at once, and when they allow no further request of
        this owner; `illegal_state` for a customer that nobody has.
        """
        wanted = given(ExtensionIn, data)
        return self.act(
            "pool.extend",
            lambda: extending.request(self, wanted),
            given=wanted,
            answer=ExtensionOut,
            key=idempotency_key,
        )

    def grant_extension(self, id: UUID, *, comment: str | None = None) -> ExtensionOut:
        """Give the days, counted from the deadline that holds now. Never for oneself. Raises `illegal_state` when it
        was decided before, or when the owner has lost the customer."""
        return self.act(
            "pool.grant_extension",
            lambda: extending.decide(self, "pool.grant_extension", as_id(id), "granted", comment),
            given={"id": id, "comment": comment},
            answer=ExtensionOut,
        )

    def refuse_extension(self, id: UUID, *, comment: str | None = None) -> ExtensionOut:
        """Say no. The same people may as for `grant_extension`."""
        return self.act(
            "pool.refuse_extension",
            lambda: extending.decide(self, "pool.refuse_extension", as_id(id), "refused", comment),
            given={"id": id, "comment": comment},
            answer=ExtensionOut,
        )

    def extensions(
        self, *, state: str | None = None, after: str | None = None, limit: int | None = None
    ) -> Page[ExtensionOut]:
        """The actor's own requests for more days and those that he may decide, newest first."""
        if state is not None and state not in extending.STATES:
            raise InvalidInput.of("state", "unknown_state", state=repr(state), known=", ".join(extending.STATES))
        table = table_of(ProtectionExtension)
        query = select(table).where(extending.seen(self))
        if state is not None:
            query = query.where(table.c.state == state)
        rows = pages.newest_first(self.work, query, table, after, limit)
        return pages.page(rows, pages.size(self.work, limit), ExtensionOut, "newest")

    def strike(self, follow_up_id: UUID, *, reason: str) -> StruckOut:
        """Have the clock pass over a talk that was none. The talk stays as it was recorded. Never one's own.

        Raises `not_found`, `forbidden`, and `illegal_state` for one that was struck out before.
        """
        said = words("reason", reason, "strike_without_reason")
        return self.act(
            "pool.strike",
            lambda: striking.strike(self, as_id(follow_up_id), said),
            given={"follow_up_id": follow_up_id, "reason": reason},
            answer=StruckOut,
        )

    def struck(self, customer_id: UUID) -> tuple[StruckOut, ...]:
        """The talks with a customer that the clock passes over, why and by whom. Raises `not_found`."""
        return striking.of(self, as_id(customer_id))
