"""Whose the credit for a project is. Every split sums to 10,000 hundredths of a percent; the next replaces it whole.

While nothing was said each owner has it all for his time. The project's row is held by who sets it, and the version
decides.
"""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import and_
from sqlalchemy.exc import IntegrityError

from oa_crm.errors import FieldProblem, InvalidInput, StaleVersion
from oa_crm.hooks.payloads import ProjectSharesChanged
from oa_crm.models import CreditShare, CreditSplit, TeamSeat, table_of
from oa_crm.schemas import CreditIn, CreditOut, CreditShareIn, CreditShareOut, Page
from oa_crm.services import cursors, pages
from oa_crm.services.base import Service
from oa_crm.services.teaming import seats, terms

WHOLE = 10_000
_SORT = "credit"
Hundredths = dict[str, int]


def present(service: Service, project: Any, at: datetime | None = None) -> CreditOut:
    """The split that held at a moment, or holds now: while none was set it is its owner's of then. Two statements."""
    c = table_of(CreditSplit).c
    query = _splits(service, project.id)
    if at is not None:
        query = query.where(c.since <= at)
    row = service.work.connection.execute(query.order_by(c.number.desc()).limit(1)).one_or_none()
    return _untold(service, project, at) if row is None else _filled(service, project.id, [row])[0]


def page(service: Service, project: Any, after: str | None, limit: int | None) -> Page[CreditOut]:
    """Every split, newest first, and last whose it was before the first was set, owner by owner."""
    size, query = pages.size(service.work, limit), _splits(service, project.id)
    c, place = table_of(CreditSplit).c, None
    if after is not None:
        told, _ = cursors.read(_SORT, after, 2)
        place = cursors.value(cursors.number, told)
        query = query.where(c.number < place)
    rows = list(service.work.connection.execute(query.order_by(c.number.desc()).limit(size)))
    items = dict(zip((row.number for row in rows), _filled(service, project.id, rows), strict=True))
    if len(items) < size:
        untold = _before_the_first(service, project)
        items |= {at: one for at, one in untold.items() if place is None or at < place}
    places = list(items)[:size]
    # Behind the first split there is always whose it was before.
    more = len(items) > size or (places and places[-1] >= 1)
    ends = cursors.write(_SORT, [str(places[-1]), str(project.id)]) if more else None
    return Page(items=tuple(items[at] for at in places), next=ends)


def set_split(
    service: Service, operation: str, project: Any, wanted: CreditIn, without: str | None = None
) -> CreditOut:
    """Divide the credit anew. Raises `StaleVersion`, and `InvalidInput` for shares that are not a whole, or of
    somebody who neither owns the project nor is on its team; `without` is who leaves."""
    work, before = service.work, present(service, project)
    if before.version != wanted.expected_version:
        raise _stale(before, wanted)
    parts = _parts(wanted.shares)
    _theirs(service, project, parts, without)
    number, since = before.version + 1, max(work.journal.now(), before.since)
    try:
        with work.connection.begin_nested():
            said = {"since": since, "by_id": work.scope.actor.id, "reason": wanted.reason}
            service.add(CreditSplit, project_id=project.id, number=number, **said)
    except IntegrityError:
        raise _stale(present(service, project), wanted) from None
    of = {"project_id": project.id, "number": number}
    service.add_many(CreditShare, [{**of, "member_id": id, "hundredths": part} for id, part in parts.items()])
    after = present(service, project)
    work.journal.record(operation, "project", project.id, {"credit": [_told(before), _told(after)]}, wanted.reason)
    work.journal.emit(
        ProjectSharesChanged,
        project_id=project.id,
        customer_id=project.customer_id,
        name=project.name,
        owner_id=project.owner_id,
        number=number,
        shares=_pairs(after),
        before=_pairs(before),
        reason=wanted.reason,
    )
    return after


def holds(split: CreditOut, member: str) -> bool:
    """Whether a member has a share."""
    return any(one.member_id == member for one in split.shares)


def _parts(shares: Iterable[CreditShareIn]) -> Hundredths:
    """The shares in hundredths of a percent. Raises `InvalidInput` with everything that is wrong."""
    parts: Hundredths = {}
    problems = []
    for at, one in enumerate(shares):
        part = _hundredths(one.percent)
        if part is None:
            problems.append(FieldProblem.of(f"shares.{at}.percent", "no_percentage", given=str(one.percent)))
        elif one.member_id in parts:
            problems.append(FieldProblem.of(f"shares.{at}.member_id", "share_twice", member=one.member_id))
        parts[one.member_id] = part or 0
    if not problems and sum(parts.values()) != WHOLE:
        problems.append(FieldProblem.of("shares", "shares_not_whole", sum=str(_percent(sum(parts.values())))))
    if problems:
        raise InvalidInput(problems)
    return parts


def _hundredths(given: object) -> int | None:
    try:
        value = Decimal(str(given)) * 100
        whole = int(value) if value.is_finite() and abs(value) <= WHOLE else 0
    except ArithmeticError:
        return None
    return whole if whole > 0 and whole == value else None


def _theirs(service: Service, project: Any, parts: Hundredths, without: str | None) -> None:
    c = table_of(TeamSeat).c
    team = service.company_wide(TeamSeat, c.member_id).where(
        seats.of_thing("project", project.id), c.open == 1, seats.holding(service.work.journal.now())
    )
    known = {project.owner_id, *service.work.connection.scalars(team)} - {without}
    problems = [
        FieldProblem.of(f"shares.{at}.member_id", "share_of_a_stranger", member=id)
        for at, id in enumerate(parts)
        if id not in known
    ]
    if problems:
        raise InvalidInput(problems)


def _splits(service: Service, project_id: UUID) -> Any:
    return service.company_wide(CreditSplit).where(table_of(CreditSplit).c.project_id == project_id)


def _filled(service: Service, project_id: UUID, rows: list[Any]) -> list[CreditOut]:
    if not rows:
        return []
    c, found = table_of(CreditShare).c, {row.number: Hundredths() for row in rows}
    these = and_(c.project_id == project_id, c.number.in_(list(found)))
    for one in service.work.connection.execute(service.company_wide(CreditShare).where(these).order_by(c.member_id)):
        found[one.number][one.member_id] = one.hundredths
    return [_out(project_id, row, found[row.number]) for row in rows]


def _out(project_id: UUID, row: Any, parts: Hundredths) -> CreditOut:
    largest_first = sorted(parts.items(), key=lambda part: (-part[1], part[0]))
    shares = tuple(CreditShareOut(member_id=id, percent=_percent(part)) for id, part in largest_first)
    said = {"since": row.since, "by_id": row.by_id, "reason": row.reason}
    return CreditOut(project_id=project_id, version=row.number, shares=shares, **said)


def _untold(service: Service, project: Any, at: datetime | None) -> CreditOut:
    return _all_his(project, terms.at_moment(terms.of_project(service, project), at))


def _before_the_first(service: Service, project: Any) -> dict[int, CreditOut]:
    """Whose it was until it was divided, the latest first, by their places behind the first split: 0, -1, ..."""
    first = service.work.connection.scalar(
        service.company_wide(CreditSplit, table_of(CreditSplit).c.since).where(
            table_of(CreditSplit).c.project_id == project.id, table_of(CreditSplit).c.number == 1
        )
    )
    made, *later = terms.of_project(service, project)
    until = [made, *(one for one in later if first is None or one.since < first)]
    return {-number: _all_his(project, one) for number, one in enumerate(reversed(until))}


def _all_his(project: Any, term: terms.Term) -> CreditOut:
    shares = (CreditShareOut(member_id=term.owner_id, percent=_percent(WHOLE)),)
    return CreditOut(project_id=project.id, version=0, since=term.since, by_id=None, reason=None, shares=shares)


def _percent(hundredths: int) -> Decimal:
    return Decimal(hundredths).scaleb(-2)


def _pairs(split: CreditOut) -> tuple[tuple[str, Decimal], ...]:
    return tuple((one.member_id, one.percent) for one in split.shares)


def _told(split: CreditOut) -> str:
    return ", ".join(f"{one.member_id} {one.percent}" for one in split.shares)


def _stale(now: CreditOut, wanted: CreditIn) -> StaleVersion:
    state = now.model_dump(mode="json")
    return StaleVersion(kind="credit_split", expected=wanted.expected_version, current=now.version, state=state)
