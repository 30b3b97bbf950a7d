"""Strategies: how we mean to win, as a document in versions. The rooms beside this file do the work.

`writing` makes versions, `steps` numbers the next steps and ticks them off, `readers` says who is told and who has
acknowledged, `talking` keeps comments, `reading` shows strategies and versions, `comparing` lays two of them side by
side, `telling` is what a change says to the audit and the world.
"""

from datetime import date
from typing import Any
from uuid import UUID

from oa_crm.models import Strategy, StrategyComment, StrategyMark, StrategyVersion, table_of
from oa_crm.schemas import (
    Page,
    StrategyCommentIn,
    StrategyCommentOut,
    StrategyComparison,
    StrategyFilter,
    StrategyIn,
    StrategyMarkOut,
    StrategyOut,
    StrategyRevision,
    StrategyVersionOut,
)
from oa_crm.services import cursors, days, keyset, pages, people
from oa_crm.services.base import Service, as_id, given, words
from oa_crm.services.strategies import comparing, readers, reading, steps, talking, writing

_DUE = keyset.Order("review_on", down=False, parse=date.fromisoformat)
_VERSIONS = keyset.Order("number", down=True, parse=cursors.number)


class Strategies(Service):
    """One living strategy for each customer and each project. Whoever may write to that may write its strategy."""

    def write(self, data: StrategyIn | dict[str, Any], *, idempotency_key: str | None = None) -> StrategyOut:
        """The first version of a strategy of a customer or an open project. (Features 2 and 6 of the mission.)

        Raises `illegal_state` where there is a living one: that is revised, or retired first.
        """
        wanted = given(StrategyIn, data)
        return self.act(
            "strategies.write",
            lambda: writing.write(self, wanted),
            given=wanted,
            answer=StrategyOut,
            key=idempotency_key,
        )

    def revise(
        self, id: UUID, revision: StrategyRevision | dict[str, Any], *, idempotency_key: str | None = None
    ) -> StrategyOut:
        """The next version of a living strategy, and why. Raises `stale_version`, `illegal_state`, and
        `invalid_input` for a revision that changes nothing."""
        wanted = given(StrategyRevision, revision)
        return self.act(
            "strategies.revise",
            lambda: writing.revise(self, as_id(id), wanted),
            given={"id": id, "revision": wanted},
            answer=StrategyOut,
            key=idempotency_key,
        )

    def retire(
        self, id: UUID, *, reason: str, expected_version: int, idempotency_key: str | None = None
    ) -> StrategyOut:
        """End a living strategy, and say why; it stays on file. Raises `stale_version`, `illegal_state`."""
        why = words("reason", reason, "reason_missing")
        return self.act(
            "strategies.retire",
            lambda: writing.retire(self, as_id(id), why, expected_version),
            given={"id": id, "reason": why, "expected_version": expected_version},
            answer=StrategyOut,
            key=idempotency_key,
        )

    def tick(
        self, id: UUID, *, step: int, done: bool = True, note: str | None = None, idempotency_key: str | None = None
    ) -> StrategyOut:
        """Tick off a next step, or open it again with `done=False`: by who may write the strategy, and by whose step it
        is. It is kept as an entry of its own and makes no version, so nobody has to acknowledge it.

        Raises `invalid_input` for a step that is none, `illegal_state` for one that is so already.
        """
        said = None if note is None else words("note", note, "empty_comment")
        return self.act(
            "strategies.tick",
            lambda: steps.tick(self, as_id(id), step, done, said),
            given={"id": id, "step": step, "done": done, "note": said},
            answer=StrategyOut,
            key=idempotency_key,
        )

    def comment(
        self, id: UUID, data: StrategyCommentIn | dict[str, Any], *, idempotency_key: str | None = None
    ) -> StrategyCommentOut:
        """Say something to the present version; who may see the strategy may. It is never changed.

        Raises `invalid_input` for a mention of somebody who is not there or may not see the strategy.
        """
        wanted = given(StrategyCommentIn, data)
        return self.act(
            "strategies.comment",
            lambda: talking.comment(self, as_id(id), wanted),
            given={"id": id, "data": wanted},
            answer=StrategyCommentOut,
            key=idempotency_key,
        )

    def acknowledge(self, id: UUID, *, number: int) -> StrategyOut:
        """Say that one knows a version: once for each person and version, by whoever may see it and did not write it.

        Raises `illegal_state` for one that he has acknowledged, `forbidden` for his own, `not_found`.
        """
        return self.act(
            "strategies.acknowledge",
            lambda: readers.acknowledge(self, as_id(id), number),
            given={"id": id, "number": number},
            answer=StrategyOut,
        )

    def get(self, id: UUID) -> StrategyOut:
        """A strategy as it stands, with its steps and who has not acknowledged it yet. Raises `not_found`."""
        return reading.whole(self, self.one(Strategy, as_id(id)))

    def of(self, kind: str, thing_id: UUID) -> StrategyOut | None:
        """The living strategy of a "customer" or a "project" that the actor may see; None where there is none."""
        return reading.living(self, kind, as_id(thing_id))

    def find(
        self,
        where: StrategyFilter | dict[str, Any] | None = None,
        *,
        after: str | None = None,
        limit: int | None = None,
    ) -> Page[StrategyOut]:
        """The strategies that the actor may see, newest first; also those retired and set aside."""
        table, query = table_of(Strategy), reading.wanted(self, given(StrategyFilter, where or {}))
        rows = pages.newest_first(self.work, query, table, after, limit)
        return reading.page(self, rows, pages.size(self.work, limit), "newest", keyset.Order(None, down=True))

    def due(
        self,
        on: date | None = None,
        *,
        owner_id: str | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> Page[StrategyOut]:
        """The living strategies whose review is due by that day (by default today), the longest due first; those
        of projects that ended are left out."""
        day = on or days.today(self.work)
        table, size = table_of(Strategy), pages.size(self.work, limit)
        whose = None if owner_id is None else people.named("owner_id", owner_id)
        query = reading.due(self, day, whose)
        rows = keyset.read(self.work, query, table, "due", _DUE, after, size)
        return reading.page(self, rows, size, "due", _DUE)

    def waiting(self, *, after: str | None = None, limit: int | None = None) -> Page[StrategyOut]:
        """The strategies whose present version waits for the actor's acknowledgement, newest first."""
        table = table_of(Strategy)
        query = self.select(Strategy).where(readers.waits_for(self))
        rows = pages.newest_first(self.work, query, table, after, limit)
        return reading.page(self, rows, pages.size(self.work, limit), "newest", keyset.Order(None, down=True))

    def versions(self, id: UUID, *, after: str | None = None, limit: int | None = None) -> Page[StrategyVersionOut]:
        """Every version, newest first: whole, with what changed, why, and who has acknowledged it."""
        self.one(Strategy, as_id(id))
        table, size = table_of(StrategyVersion), pages.size(self.work, limit)
        query = self.company_wide(StrategyVersion).where(table.c.strategy_id == as_id(id))
        rows = keyset.read(self.work, query, table, "versions", _VERSIONS, after, size)
        return reading.versions(self, as_id(id), rows, size, _VERSIONS)

    def marks(self, id: UUID, *, after: str | None = None, limit: int | None = None) -> Page[StrategyMarkOut]:
        """Every time a step was ticked off or opened again, last first."""
        self.one(Strategy, as_id(id))
        table = table_of(StrategyMark)
        query = self.company_wide(StrategyMark).where(table.c.strategy_id == as_id(id))
        rows = pages.newest_first(self.work, query, table, after, limit)
        return pages.page(rows, pages.size(self.work, limit), StrategyMarkOut, "newest")

    def compare(self, id: UUID, one: int, other: int) -> StrategyComparison:
        """What differs between two versions, by their numbers. Raises `not_found` for a number that is none."""
        self.one(Strategy, as_id(id))
        return comparing.compare(self, as_id(id), one, other)

    def comments(self, id: UUID, *, after: str | None = None, limit: int | None = None) -> Page[StrategyCommentOut]:
        """What was said to all versions, last first."""
        self.one(Strategy, as_id(id))
        table = table_of(StrategyComment)
        query = self.company_wide(StrategyComment).where(table.c.strategy_id == as_id(id))
        rows = pages.newest_first(self.work, query, table, after, limit)
        return pages.page(rows, pages.size(self.work, limit), StrategyCommentOut, "newest")
