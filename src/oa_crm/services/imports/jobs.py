"""How far each import is. A slice moves the position in its own transaction, so no row is taken in twice.

Of two processes that go on with one import, the position decides: the slower one's slice is taken back.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select, update
from sqlalchemy.exc import IntegrityError

from oa_crm.errors import IllegalState, NotFound
from oa_crm.hooks.payloads import CustomersImported
from oa_crm.ids import new_id
from oa_crm.models import Import, ImportRow, table_of
from oa_crm.schemas import ImportOut
from oa_crm.services import access, pages
from oa_crm.services.base import Service, as_id, shown
from oa_crm.services.imports.rows import CREATED, OUTCOMES, UPDATED, Outcome, stored

_KIND = "import"
_AT_ONCE = 500


def begin(service: Service, file_name: str, digest: str, options: dict[str, Any], what: str = "customers") -> ImportOut:
    """The person's import of this very file that was stopped, or a new one. Raises `forbidden`."""
    work, table = service.work, table_of(Import)
    access.require(work, "write", "customer")
    # The digest says whose it is as well.
    same = service.company_wide(Import).where(table.c.digest == digest, table.c.running == 1)
    if (held := work.connection.execute(same).one_or_none()) is not None:
        return shown(ImportOut, held)
    id = new_id()
    row = {
        "id": id,
        "what": what,
        "state": "running",
        "running": 1,
        "actor_id": work.scope.actor.id,
        "file_name": file_name[-200:],
        "digest": digest,
        "options": options,
        "position": 0,
        **dict.fromkeys(OUTCOMES, 0),
        "started_at": work.journal.now(),
        "ended_at": None,
    }
    try:
        with work.connection.begin_nested():
            service.add(Import, **row)
    except IntegrityError:
        # Somebody began it at the same moment. A locking read, since a snapshot may not show his row.
        return shown(ImportOut, work.connection.execute(same.with_for_update(read=True)).one())
    work.journal.record(f"exchange.import_{what}", _KIND, id, {"file": [None, file_name], "options": [None, options]})
    return ImportOut(**row)


def advance(
    service: Service, job: ImportOut, position: int, outcomes: Sequence[Outcome], headings: Mapping[str, str]
) -> ImportOut:
    """Keep what became of a slice; `headings` are those of the file, by field. Raises `illegal_state` when another
    process was faster."""
    counts = Counter(one.outcome for one in outcomes)
    values = {name: getattr(job, name) + counts[name] for name in OUTCOMES}
    _move(service, job, position=position, **values)
    held_back = [one for one in outcomes if one.outcome not in (CREATED, UPDATED)]
    service.add_many(
        ImportRow,
        [
            {"import_id": job.id, "at_row": one.row, "outcome": one.outcome, "problems": stored(one.problems, headings)}
            for one in held_back
        ],
    )
    return job.model_copy(update={"position": position, **values})


def finish(service: Service, job: ImportOut) -> ImportOut:
    """Every row is decided."""
    now = service.work.journal.now()
    _move(service, job, state="finished", running=None, ended_at=now)
    counts = {name: getattr(job, name) for name in OUTCOMES}
    changes: dict[str, list[Any]] = {"state": ["running", "finished"]}
    changes |= {name: [None, count] for name, count in counts.items()}
    service.work.journal.record(f"exchange.import_{job.what}", _KIND, job.id or "", changes)
    service.work.journal.emit(CustomersImported, import_id=job.id, file_name=job.file_name, what=job.what, **counts)
    return job.model_copy(update={"state": "finished", "ended_at": now})


def one(service: Service, id: UUID) -> ImportOut:
    """One of the actor's own imports; of anybody's for who may administer duplicates. Raises `not_found`."""
    table = table_of(Import)
    row = service.work.connection.execute(_seen(service).where(table.c.id == as_id(id))).one_or_none()
    if row is None:
        raise NotFound(_KIND, id)
    return shown(ImportOut, row)


def newest(service: Service, after: str | None, limit: int | None) -> Any:
    """The rows of a page of the same."""
    return pages.newest_first(service.work, _seen(service), table_of(Import), after, limit)


def held_back(service: Service, id: UUID) -> Iterator[Any]:
    """Every row of an import that did not simply go on file, by its number. Raises `not_found` like `one`."""
    table, held, after = table_of(ImportRow), one(service, id), 0
    mine = service.company_wide(ImportRow).where(table.c.import_id == held.id).order_by(table.c.at_row).limit(_AT_ONCE)
    while rows := service.work.connection.execute(mine.where(table.c.at_row > after)).all():
        yield from rows
        after = rows[-1].at_row


def _seen(service: Service) -> Any:
    work, table = service.work, table_of(Import)
    mine = table.c.tenant_id == work.scope.tenant
    if not work.who.is_system and not access.administers(work, "duplicate"):
        mine = and_(mine, table.c.actor_id == work.scope.actor.id)
    return select(table).where(mine)


def _move(service: Service, job: ImportOut, **values: Any) -> None:
    table = table_of(Import)
    this = and_(
        table.c.tenant_id == service.work.scope.tenant,
        table.c.id == job.id,
        table.c.position == job.position,
        table.c.state == "running",
    )
    if service.work.connection.execute(update(table).where(this).values(**values)).rowcount != 1:
        raise IllegalState(kind=_KIND, state="taken by another process", allowed=("one process for each file",))
