"""The timeline: everything that happened with a customer or a project, as one stream, as of any moment.

It is read from what is on file anyway, when it is asked for; nothing is written for it. `sources.py` lists what it is
read from, `stream.py` makes one statement of that, `states.py` says what was known at a moment.
"""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from uuid import UUID

from oa_crm.errors import InvalidInput
from oa_crm.i18n.timeline import title
from oa_crm.models import Customer, Project
from oa_crm.schemas import CustomerOut, Page, TimelineEntry, TimelineState
from oa_crm.scope import SYSTEM_ACTOR_ID
from oa_crm.services import looking, pages
from oa_crm.services.base import Service, shown
from oa_crm.services.timeline import states, stream
from oa_crm.services.timeline.moments import moment
from oa_crm.services.timeline.place import CUSTOMER, PROJECT, Place, named
from oa_crm.services.timeline.source import Source
from oa_crm.services.timeline.sources import KINDS
from oa_crm.services.together import Line

Moment = date | datetime


class Timeline(Service):
    """What happened, in order, the newest first. What the actor may not read is left out and not counted."""

    def of_customer(
        self,
        id: UUID,
        *,
        kinds: Collection[str] | None = None,
        after: str | None = None,
        limit: int | None = None,
        as_of: Moment | None = None,
    ) -> Page[TimelineEntry]:
        """Everything that happened with a customer, those that were merged into it included.

        `kinds` asks for some kinds only. `as_of` shows what was on file at that time, or by the end of that day: what
        was recorded later is left out, also if it happened before. One statement a page, the hundredth like the first.
        Raises `not_found`, `merged`, and `invalid_input` for a kind that there is not or a time without zone.
        """
        row = self.one(Customer, id)
        page = self._page(CUSTOMER, row.id, kinds, after, limit, as_of)
        looking.opened(self.work, shown(CustomerOut, row))
        return page

    def of_project(
        self,
        id: UUID,
        *,
        kinds: Collection[str] | None = None,
        after: str | None = None,
        limit: int | None = None,
        as_of: Moment | None = None,
    ) -> Page[TimelineEntry]:
        """Everything that happened with a project; otherwise as `of_customer`."""
        return self._page(PROJECT, self.one(Project, id).id, kinds, after, limit, as_of)

    def state(self, customer_id: UUID, *, at: Moment) -> TimelineState:
        """What was known of a customer and its projects at that time, or at the end of that day, by the audit.

        It costs what was changed up to then. What was erased since reads as erased. Raises `not_found`, `merged`, and
        `invalid_input` for a time without zone.
        """
        row, then = self.one(Customer, customer_id), self._moment("at", at)
        looking.opened(self.work, shown(CustomerOut, row))
        customer = states.customer_then(self, row.id, then)
        return TimelineState(at=then, customer=customer, projects=states.projects_then(self, row.id, then))

    def _page(
        self, place: Place, id: UUID, kinds: Collection[str] | None, after: str | None, limit: int | None, as_of: Any
    ) -> Page[TimelineEntry]:
        size, end = pages.size(self.work, limit), stream.read_end(after)
        then = None if as_of is None else self._moment("as_of", as_of)
        sources = stream.wanted(self, place, _kinds(kinds))
        found = stream.read(self, place, sources, named(id), end=end, then=then, most=size + 1)
        last = stream.write_end(*found[size - 1]) if len(found) > size else None
        locale = self.work.scope.locale
        return Page(items=tuple(_entry(*one, locale) for one in found[:size]), next=last)

    def _moment(self, field: str, given: Moment) -> datetime:
        return moment(field, given, self.work.runtime.settings.time_zone)


def _kinds(given: Collection[str] | None) -> frozenset[str] | None:
    if given is None:
        return None
    wanted = {given} if isinstance(given, str) else set(given)
    for one in wanted:
        if one not in KINDS:
            raise InvalidInput.of("kinds", "unknown_kind", kind=one, known=", ".join(KINDS))
    return frozenset(wanted)


def _entry(source: Source, line: Line, locale: str) -> TimelineEntry:
    told = line._mapping
    what = told.get("operation", source.name)
    keys = (str(told[f"key_{name}"]) for name, _ in source.keys)
    return TimelineEntry(
        id="/".join((source.name, *keys)),
        kind=source.kind,
        what=what,
        title=title(what, locale),
        at=line.at,
        recorded_at=line.recorded_at,
        by=told.get("by", SYSTEM_ACTOR_ID),
        on_behalf_of=told.get("on_behalf_of"),
        thing_kind=source.thing,
        thing_id=UUID(line.thing_text) if source.audited else line.thing_id,
        project_id=told.get("project_id"),
        facts={name.removeprefix("fact_"): value for name, value in told.items() if name.startswith("fact_")},
        changes=told.get("changes", {}),
        reason=told.get("reason"),
    )
