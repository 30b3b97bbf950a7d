"""Digests of key changes: what a manager wants to know, told once, seen as far as he may, acknowledged by himself."""

from typing import Any
from uuid import UUID

from sqlalchemy import and_, update
from sqlalchemy.exc import IntegrityError

from oa_crm.errors import IllegalState, InvalidInput, NotFound
from oa_crm.hooks.ports import Reach
from oa_crm.ids import new_id
from oa_crm.models import Digest, DigestSubscription, table_of
from oa_crm.schemas import DigestLineOut, DigestOut, DigestsBuilt, Page, SubscriptionIn, SubscriptionOut
from oa_crm.services import access, pages
from oa_crm.services.base import Service, as_id, differences, first_facts, given, shown
from oa_crm.services.digesting import building, reading
from oa_crm.services.digesting.kinds import KINDS

_ORDER = list(Reach)


class Digests(Service):
    """A member's own: nobody reads or acknowledges another's digest."""

    def kinds(self) -> tuple[str, ...]:
        """The kinds of changes that digests tell of."""
        access.require(self.work, "read", "customer")
        return tuple(KINDS)

    def subscription(self) -> SubscriptionOut | None:
        """What the actor wants to be told of; None before he said so."""
        row = self._own()
        return None if row is None else shown(SubscriptionOut, row)

    def subscribe(self, data: SubscriptionIn | dict[str, Any]) -> SubscriptionOut:
        """Be told of changes from now on, or of others than until now; one subscription a member.

        Raises `invalid_input` for a kind that is none and for a reach beyond the one that the authorizer gives for
        reading customers, `stale_version`, and `forbidden` for who may read none.
        """
        wanted = given(SubscriptionIn, data)
        return self.act("digests.subscribe", lambda: self._subscribe(wanted), given=wanted, answer=SubscriptionOut)

    def unsubscribe(self, *, expected_version: int) -> SubscriptionOut:
        """Be told no more; the digests that there are stay. Raises `stale_version`, and `not_found` without one."""
        return self.act(
            "digests.unsubscribe",
            lambda: self._unsubscribe(expected_version),
            given={"expected_version": expected_version},
            answer=SubscriptionOut,
        )

    def build(self) -> DigestsBuilt:
        """Put together what is new for the actor, now; nothing where nothing is. For all: `crm.digests.build`."""
        return self.act("digests.build", self._build, given={}, answer=DigestsBuilt)

    def find(
        self, *, acknowledged: bool | None = None, after: str | None = None, limit: int | None = None
    ) -> Page[DigestOut]:
        """The actor's digests, newest first; those that wait for him with `acknowledged=False`."""
        table = table_of(Digest)
        query = self.company_wide(Digest).where(table.c.member_id == self.work.who.id)
        if acknowledged is not None:
            query = query.where(
                table.c.acknowledged_at.is_not(None) if acknowledged else table.c.acknowledged_at.is_(None)
            )
        rows = pages.newest_first(self.work, query, table, after, limit)
        return pages.page(rows, pages.size(self.work, limit), DigestOut, "newest")

    def read(self, id: UUID, *, after: str | None = None, limit: int | None = None) -> Page[DigestLineOut]:
        """The changes of one's digest, first things first; without those of things that one may see no more, so a page
        may hold less than it could. Raises `not_found`."""
        return reading.lines(self, self._mine(as_id(id)), after, limit)

    def acknowledge(self, id: UUID) -> DigestOut:
        """Say that one has read it, once. Raises `not_found`, and `illegal_state` for one that is acknowledged."""
        return self.act("digests.acknowledge", lambda: self._acknowledge(as_id(id)), given={"id": id}, answer=DigestOut)

    def _subscribe(self, wanted: SubscriptionIn) -> SubscriptionOut:
        if self.work.scope.actor.is_system:
            raise InvalidInput.of("actor", "owner_missing")
        widest = access.require(self.work, "read", "customer")
        if wanted.reach is Reach.NONE or _ORDER.index(wanted.reach) > _ORDER.index(widest):
            raise InvalidInput.of("reach", "reach_too_wide", given=wanted.reach.value, widest=widest.value)
        kinds = tuple(KINDS) if wanted.kinds is None else tuple(dict.fromkeys(wanted.kinds))
        for one in kinds:
            if one not in KINDS:
                raise InvalidInput.of("kinds", "unknown_change", given=one, known=", ".join(KINDS))
        facts = {"kinds": list(kinds), "reach": wanted.reach.value, "state": "active"}
        row = self._own()
        if row is None and wanted.expected_version is None:
            self._first(facts)
        else:
            self._again(row, facts, wanted.expected_version or 0)
        return shown(SubscriptionOut, self._own())

    def _first(self, facts: dict[str, Any]) -> None:
        id, now = new_id(), self.work.journal.now()
        row = {"member_id": self.work.who.id, **facts, "since": now, "built_at": now}
        try:
            with self.work.connection.begin_nested():
                self.add(DigestSubscription, id=id, **row, **self.stamps())
        except IntegrityError:
            # Of two first ones at once, the second has not seen the first.
            self._again(self._own(), facts, 0)
        self.work.journal.record("digests.subscribe", "subscription", id, first_facts(facts))

    def _again(self, row: Any, facts: dict[str, Any], expected_version: int) -> None:
        if row is None:
            raise NotFound("subscription", self.work.who.id)
        self.fresh(DigestSubscription, row, expected_version)
        changed = differences(row, facts)
        values = {name: new for name, (_, new) in changed.items()}
        if "state" in values:
            # What happened while he wanted to know nothing is not told now.
            values |= {"since": self.work.journal.now(), "built_at": self.work.journal.now()}
        self.change(DigestSubscription, row, expected_version, **values)
        self.work.journal.record("digests.subscribe", "subscription", row.id, changed)

    def _unsubscribe(self, expected_version: int) -> SubscriptionOut:
        row = self._own()
        if row is None:
            raise NotFound("subscription", self.work.who.id)
        self.fresh(DigestSubscription, row, expected_version)
        changed = differences(row, {"state": "ended"})
        self.change(DigestSubscription, row, expected_version, state="ended")
        self.work.journal.record("digests.unsubscribe", "subscription", row.id, changed)
        return shown(SubscriptionOut, self._own())

    def _build(self) -> DigestsBuilt:
        row = self._own()
        built = None if row is None else building.build(self.work, row.id)
        if built is None:
            self.work.journal.record("digests.build", "digest", "-", {"changes": [None, 0]})
            return DigestsBuilt(members=0 if row is None else 1, digests=())
        return DigestsBuilt(members=1, digests=(shown(DigestOut, self._mine(built)),))

    def _acknowledge(self, id: UUID) -> DigestOut:
        row, table, now = self._mine(id), table_of(Digest), self.work.journal.now()
        this = and_(table.c.tenant_id == self.work.scope.tenant, table.c.id == id, table.c.acknowledged_at.is_(None))
        if self.work.connection.execute(update(table).where(this).values(acknowledged_at=now)).rowcount != 1:
            raise IllegalState(kind="digest", state="acknowledged", allowed=("built",))
        self.work.journal.record("digests.acknowledge", "digest", id, {"acknowledged_at": [None, now]})
        return shown(DigestOut, row, acknowledged_at=now)

    def _own(self) -> Any:
        table = table_of(DigestSubscription)
        mine = self.company_wide(DigestSubscription).where(table.c.member_id == self.work.who.id)
        return self.work.connection.execute(mine).one_or_none()

    def _mine(self, id: UUID) -> Any:
        table = table_of(Digest)
        mine = self.company_wide(Digest).where(table.c.id == id, table.c.member_id == self.work.who.id)
        row = self.work.connection.execute(mine).one_or_none()
        if row is None:
            raise NotFound("digest", id)
        return row
