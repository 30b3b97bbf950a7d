"""A slice of follow-ups taken in, with their true authors and times, by a constant number of statements.

No event tells of each; the import tells of all. The deadlines of the customers follow, as after any follow-up.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import or_

from oa_crm.errors import CrmError, FieldProblem, InvalidInput
from oa_crm.hooks.ports import Reach
from oa_crm.ids import new_id
from oa_crm.models import FollowUp, Member, table_of
from oa_crm.schemas.followups import FollowUpRow
from oa_crm.services import access, sights, talks
from oa_crm.services.base import Service
from oa_crm.services.imports.named import Named, Whom
from oa_crm.services.imports.rows import CREATED, SKIPPED, Given, Outcome, failed
from oa_crm.services.protection import keeping
from oa_crm.services.work import Work


def take(service: Service, rows: Sequence[Given], import_id: UUID | None, *, dry: bool) -> list[Outcome]:
    """What becomes of each row, in their order; with `dry` nothing is written."""
    outcomes: dict[int, Outcome] = {}
    read = [(row.row, said) for row in rows if (said := _accepted(service.work, row, outcomes)) is not None]
    customers = Named(service, [_whom(one) for _, one in read])
    authors, ids = _authors(service, [one for _, one in read]), sorted(customers.ids)
    if not dry:
        # Before we look what is on file: of two imports of one customer, the second sees what the first took in.
        keeping.lock(service.work, ids)
    known = _known(service, ids, read)
    new = []
    for number, said in read:
        try:
            row = _row(service.work, said, customers, authors)
        except InvalidInput as error:
            outcomes[number] = failed(number, error, service.work.scope.locale)
            continue
        if (key := _key(row)) in known:
            outcomes[number] = Outcome(number, SKIPPED, (FieldProblem.of("outcome", "on_file_already"),))
            continue
        known.add(key)
        new.append({**row, "id": new_id(), "import_id": import_id})
        outcomes[number] = Outcome(number, CREATED)
    if new and not dry:
        _write(service, new)
    return [outcomes[row.row] for row in rows]


def _accepted(work: Work, row: Given, outcomes: dict[int, Outcome]) -> FollowUpRow | None:
    try:
        if row.problems:
            raise InvalidInput(row.problems)
        said = FollowUpRow(**row.facts)
        sights.fit(work, said)
        _fits(work, said)
        return said
    except CrmError as error:
        outcomes[row.row] = failed(row.row, error, work.scope.locale)
        return None


def _fits(work: Work, said: FollowUpRow) -> None:
    settings, wrong = work.runtime.settings, list[FieldProblem]()
    for field, code, known in (
        ("way", "unknown_way", settings.follow_up_ways),
        ("result", "unknown_result", settings.follow_up_results),
    ):
        value = getattr(said, field)
        if value is not None and value not in known:
            wrong.append(FieldProblem.of(field, code, given=value, known=", ".join(known)))
    if _moment(work, said) > work.journal.now():
        wrong.append(FieldProblem.of("happened_at", "in_the_future"))
    if wrong:
        raise InvalidInput(wrong)


def _moment(work: Work, said: FollowUpRow) -> datetime:
    at = said.happened_at
    zone = ZoneInfo(work.runtime.settings.time_zone)
    return (at if at.tzinfo is not None else at.replace(tzinfo=zone)).astimezone(UTC)


def _whom(said: FollowUpRow) -> Whom:
    return Whom(said.customer_id, said.credit_code, said.number, said.name, "name")


def _authors(service: Service, said: Sequence[FollowUpRow]) -> Mapping[str, list[str]]:
    """Members, also former ones, whose customers the actor may write to, by their ids and names; himself always."""
    work, c = service.work, table_of(Member).c
    wanted = sorted({one.created_by for one in said if one.created_by})
    if not wanted:
        return {}
    reach = access.require(work, "write", "customer")
    query = service.company_wide(Member, c.id, c.name).where(or_(c.id.in_(wanted), c.name.in_(wanted)))
    if reach is not Reach.ALL and not work.who.is_system:
        query = query.where(or_(c.id == work.who.id, access.members_within(work.who, reach)))
    found: dict[str, list[str]] = {}
    for row in work.connection.execute(query):
        found.setdefault(row.id, []).append(row.id)
        if row.name != row.id:
            found.setdefault(row.name, []).append(row.id)
    return found


def _row(work: Work, said: FollowUpRow, customers: Named, authors: Mapping[str, list[str]]) -> dict[str, Any]:
    return {
        **said.model_dump(include={"way", "outcome", "result", "key_issue", "next_contact_on", "place"}),
        "customer_id": customers.one(_whom(said)),
        "happened_at": _moment(work, said),
        "created_at": work.journal.now(),
        "created_by": work.scope.actor.id if said.created_by is None else _author(authors, said.created_by),
    }


def _author(authors: Mapping[str, list[str]], wanted: str) -> str:
    found = authors.get(wanted, ())
    if len(found) != 1:
        raise InvalidInput.of("created_by", "several_of_that_name" if found else "no_such_author")
    return found[0]


def _known(service: Service, ids: Sequence[UUID], read: Sequence[Any]) -> set[tuple[Any, ...]]:
    """What is on file already, so that a talk that comes with two files is there once."""
    c = table_of(FollowUp).c
    if not ids:
        return set()
    at = sorted({_moment(service.work, said) for _, said in read})
    query = service.company_wide(FollowUp).where(c.customer_id.in_(ids), c.happened_at.in_(at))
    return {_key(dict(row._mapping)) for row in service.work.connection.execute(query)}


def _key(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in ("customer_id", "happened_at", "created_by", "way", "outcome"))


def _write(service: Service, new: list[dict[str, Any]]) -> None:
    work, ids = service.work, sorted({one["customer_id"] for one in new})
    service.add_many(FollowUp, new)
    talks.catch_up_many(work, ids)
    for id in ids:
        many = sum(one["customer_id"] == id for one in new)
        work.journal.record("exchange.import_follow_ups", "customer", id, {"follow_ups": [None, many]})
