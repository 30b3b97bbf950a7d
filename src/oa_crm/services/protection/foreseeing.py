"""What a sweep would take: on a day, by the rules of now; and by a rule that is not switched on."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_

from oa_crm.models import Customer, table_of
from oa_crm.schemas.base import Page
from oa_crm.schemas.protection import DueCustomer, OwnerLoss, ProtectionRule, RuleTrial
from oa_crm.services import cursors, keyset, pages
from oa_crm.services.base import Service, shown
from oa_crm.services.holding import kept as pools
from oa_crm.services.protection import facts, rules, runs
from oa_crm.services.protection.calendars import ONE
from oa_crm.services.protection.reckoning import Reckoner
from oa_crm.services.work import Work

_SORT, _ORDER = "deadline", keyset.Order("protected_until", down=False, parse=cursors.moment)
_SLICE, _EXAMPLES = 1000, 100
_FIRST, _LAST = date(1900, 1, 1), date(2199, 12, 31)


def due(service: Service, on: date | None, after: str | None, limit: int | None) -> Page[DueCustomer]:
    """The customers that a sweep would take at the end of that day (now), the earliest deadline first."""
    work = service.work
    reckoner, now = rules.read(work).reckoner, work.journal.now()
    moment, size = _at_the_end(reckoner, on, now), pages.size(work, limit)
    held = runs.held_until(work, now, reckoner.rules)
    if held is not None and held > moment:
        return Page(items=())
    table = table_of(Customer)
    query = service.select(Customer).where(table.c.owner_id.is_not(None), _taken_by(reckoner, now, moment))
    rows = keyset.read(work, query, table, _SORT, _ORDER, after, size)
    return keyset.page(rows, size, DueCustomer, _SORT, _ORDER)


def _at_the_end(reckoner: Reckoner, on: date | None, now: datetime) -> datetime:
    """The end of a day, or now. No deadline lies further off than people look, and a calendar has a last day."""
    return now if on is None else reckoner.days.end(min(max(on, _FIRST), _LAST))


def _taken_by(reckoner: Reckoner, now: datetime, moment: datetime) -> ColumnElement[bool]:
    """Past its deadline by then, and its owner warned for long enough: as he was, or as he will be in time."""
    c, days = table_of(Customer).c, reckoner.days
    past = c.protected_until <= moment
    if not reckoner.stages:
        return past
    last = days.of(moment) - (reckoner.rules.notice_days + 1) * ONE
    warned = and_(c.warned_for == c.protected_until, c.warned_at < days.end(last))
    if days.of(now) > last:
        return and_(past, warned)
    unwarned = or_(c.warned_for.is_(None), c.warned_for != c.protected_until)
    # His first warning comes on the first of its days, and the notice is whole days after that one.
    in_time = c.protected_until <= days.end(last + (reckoner.stages[0] - 1) * ONE)
    return and_(past, or_(warned, and_(unwarned, in_time)))


def tried(service: Service, rule: ProtectionRule, on: date | None) -> RuleTrial:
    """Who would be past his deadline with this rule in front of the others, or in the place of the one of its name.

    Reads the real base a thousand customers at a time, and writes nothing.
    """
    work = service.work
    pools.must_be_there(work, {f"pools.{at}": id for at, id in enumerate(rule.pools)})
    kept = rules.read(work).reckoner
    others = tuple(one for one in kept.rules.rules if one.name != rule.name)
    at = next((at for at, one in enumerate(kept.rules.rules) if one.name == rule.name), 0)
    changed = kept.rules.model_copy(update={"rules": (*others[:at], rule, *others[at:])})
    trial = Reckoner(changed, work.runtime.settings.time_zone)
    moment = _at_the_end(kept, on, work.journal.now())
    considered, now, then = 0, Counter[str](), Counter[str]()
    examples: list[DueCustomer] = []
    for row in _owned(service, kept):
        considered += 1
        before, after = kept.verdict(row).until, trial.verdict(row)
        lost = after.until is not None and after.until <= moment
        now[row.owner_id] += before is not None and before <= moment
        then[row.owner_id] += lost
        if lost and (before is None or before > moment) and len(examples) < _EXAMPLES:
            told = {"protected_until": after.until, "protected_by": after.rule}
            examples.append(shown(DueCustomer, row, **told))
    owners = [OwnerLoss(owner_id=one, now=now[one], then=then[one]) for one in sorted(now) if now[one] or then[one]]
    return RuleTrial(
        considered=considered,
        now=now.total(),
        then=then.total(),
        owners=tuple(owners),
        examples=tuple(examples),
    )


def _owned(service: Service, reckoner: Reckoner) -> Iterator[Any]:
    """The facts of every customer that has an owner and that the actor may see."""
    work, c, last = service.work, table_of(Customer).c, None
    while True:
        ids = _next(service, work, c, last)
        yield from facts.of(work, reckoner.rules.progress, ids)
        if len(ids) < _SLICE:
            return
        last = ids[-1]


def _next(service: Service, work: Work, c: Any, last: UUID | None) -> list[UUID]:
    mine = service.select(Customer).with_only_columns(c.id).where(c.owner_id.is_not(None))
    if last is not None:
        mine = mine.where(c.id > last)
    return list(work.connection.scalars(mine.order_by(c.id).limit(_SLICE)))
