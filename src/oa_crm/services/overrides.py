"""Overrides: a salesperson asks to put a customer on file in spite of a clash, and somebody else decides."""

from typing import Any
from uuid import UUID

from sqlalchemy import and_, false, select, update

from oa_crm.errors import IllegalState, InvalidInput, NotFound
from oa_crm.hooks.payloads import OverrideDecided, OverrideRequested
from oa_crm.hooks.ports import Reach
from oa_crm.ids import new_id
from oa_crm.models import DuplicateOverride, Member, table_of
from oa_crm.schemas import CheckReport, CustomerIn, Entrance, OverrideIn, OverrideOut, Page, Verdict
from oa_crm.services import access, clashes, pages
from oa_crm.services.base import Service, as_id, given, shown, words
from oa_crm.services.clashes import passing, searches

_KIND = "override"
STATES = ("requested", "granted", "refused", "used")


class Overrides(Service):
    """Requests and grants. A grant holds for exactly the customer that was asked for, once."""

    def request(self, data: OverrideIn | dict[str, Any], *, idempotency_key: str | None = None) -> OverrideOut:
        """Ask to put a customer on file in spite of a clash.

        Raises `invalid_input` when nothing on file clashes, and `forbidden` where the company's policy lets nobody
        pass. Once granted, `customers.create` with the very same customer goes through, once.
        """
        wanted = given(OverrideIn, data)
        return self.act(
            "overrides.request",
            lambda: self._request(wanted),
            given=wanted,
            answer=OverrideOut,
            key=idempotency_key,
        )

    def grant(self, id: UUID, *, comment: str | None = None) -> OverrideOut:
        """Let the requester put the customer on file. For those who may override within whose reach he is, and
        never for himself. Raises `illegal_state` when it was decided before."""
        return self.act(
            "overrides.grant",
            lambda: self._decide("overrides.grant", as_id(id), "granted", comment),
            given={"id": id, "comment": comment},
            answer=OverrideOut,
        )

    def refuse(self, id: UUID, *, comment: str | None = None) -> OverrideOut:
        """Say no. The same people may, and the same errors arise, as for `grant`."""
        return self.act(
            "overrides.refuse",
            lambda: self._decide("overrides.refuse", as_id(id), "refused", comment),
            given={"id": id, "comment": comment},
            answer=OverrideOut,
        )

    def find(
        self, *, state: str | None = None, after: str | None = None, limit: int | None = None
    ) -> Page[OverrideOut]:
        """The actor's own requests and those that he may decide, newest first; of one `state` if it is given."""
        if state is not None and state not in STATES:
            raise InvalidInput.of("state", "unknown_state", state=repr(state), known=", ".join(STATES))
        table = table_of(DuplicateOverride)
        query = select(table).where(self._seen())
        if state is not None:
            query = query.where(table.c.state == state)
        rows = pages.newest_first(self.work, query, table, after, limit)
        return pages.page(rows, pages.size(self.work, limit), OverrideOut, "newest")

    def _request(self, wanted: OverrideIn) -> OverrideOut:
        access.require(self.work, "write", "customer")
        customer = wanted.customer
        clashes.credit_code(customer.credit_code)
        searches.within_limit(self.work, Entrance.CREATE)
        report = clashes.report(self.work, clashes.draft_of(customer), Entrance.CREATE)
        searches.note(self.work, customer.name, Entrance.CREATE, report)
        if report.verdict is Verdict.CLEAR:
            raise InvalidInput.of("customer", "no_clash")
        passing.may_ask(self.work, clashes.policy_for(self.work, Entrance.CREATE).policy)
        id = new_id()
        self.add(DuplicateOverride, id=id, **self._facts(wanted, customer, report))
        self.work.journal.record("overrides.request", _KIND, id, {"name": [None, customer.name]}, wanted.reason)
        self.work.journal.emit(
            OverrideRequested,
            override_id=id,
            name=customer.name,
            requested_by=self.work.scope.actor.id,
            reason=wanted.reason,
            manager_id=self._manager(),
        )
        return self._read(id)

    def _facts(self, wanted: OverrideIn, customer: CustomerIn, report: CheckReport) -> dict[str, Any]:
        return {
            "state": "requested",
            "name": customer.name,
            "draft": passing.as_kept(customer),
            "report": report.model_dump(mode="json"),
            "reason": wanted.reason,
            "requested_at": self.work.journal.now(),
            "requested_by": self.work.scope.actor.id,
        }

    def _manager(self) -> str | None:
        mine = and_(Member.tenant_id == self.work.scope.tenant, Member.id == self.work.scope.actor.id)
        return self.work.connection.scalar(select(Member.manager_id).where(mine))

    def _decide(self, operation: str, id: UUID, state: str, comment: str | None) -> OverrideOut:
        row = self._read(id)
        access.require(self.work, "override", "customer")
        if row.requested_by == self.work.scope.actor.id:
            raise access.refusal(self.work, "override", "customer", "nobody grants his own request")
        note = None if comment is None else words("comment", comment, "empty_comment")
        table = table_of(DuplicateOverride)
        open_ = and_(self._decidable(), table.c.id == id, table.c.state == "requested")
        values = {
            "state": state,
            "decided_at": self.work.journal.now(),
            "decided_by": self.work.scope.actor.id,
            "comment": note,
        }
        if self.work.connection.execute(update(table).where(open_).values(**values)).rowcount != 1:
            raise IllegalState(kind=_KIND, state=self._read(id).state, allowed=("requested",))
        self.work.journal.record(operation, _KIND, id, {"state": ["requested", state]}, note)
        self.work.journal.emit(
            OverrideDecided,
            override_id=id,
            name=row.name,
            requested_by=row.requested_by,
            granted=state == "granted",
            comment=note,
        )
        return self._read(id)

    def _read(self, id: UUID) -> OverrideOut:
        table = table_of(DuplicateOverride)
        row = self.work.connection.execute(select(table).where(self._seen(), table.c.id == id)).one_or_none()
        if row is None:
            raise NotFound(_KIND, id)
        return shown(OverrideOut, row)

    def _seen(self) -> Any:
        """His own, and those of people whom he may decide for."""
        table = table_of(DuplicateOverride)
        own = and_(table.c.tenant_id == self.work.scope.tenant, table.c.requested_by == self.work.scope.actor.id)
        return own | self._decidable()

    def _decidable(self) -> Any:
        table, who = table_of(DuplicateOverride), self.work.who
        reach = self.work.runtime.ports.authorizer.reach(who, "override", "customer")
        if reach is Reach.NONE:
            return false()
        people = select(Member.id).where(Member.tenant_id == who.tenant, access.members_within(who, reach))
        return and_(table.c.tenant_id == who.tenant, table.c.requested_by.in_(people))
