"""The rules of a company, read once a unit, and held while deadlines are worked out by them."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

import pydantic_core
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from oa_crm.models import Protection, table_of
from oa_crm.schemas.protection import ProtectionRules
from oa_crm.services.protection.reckoning import Reckoner
from oa_crm.services.work import Work


@dataclass(frozen=True, slots=True)
class Kept:
    """The rules, their version, and whether deadlines of customers beyond `walked_to` wait to be worked out by them."""

    reckoner: Reckoner
    version: int
    waiting: bool
    walked_to: UUID | None
    row: Any


def hold(work: Work, *, to_change: bool = False) -> Kept:
    """The rules as committed, which stay so until we are done: a change waits for us, and we for it."""
    kept = _kept(work, "write" if to_change else "read")
    if kept.row is None:
        _begin(work)
        kept = _kept(work, "write" if to_change else "read")
    return kept


def read(work: Work) -> Kept:
    """The rules."""
    return _kept(work, None)


def _kept(work: Work, held: str | None) -> Kept:
    table = table_of(Protection)
    query = select(table).where(table.c.tenant_id == work.scope.tenant)
    row = work.connection.execute(query if held is None else query.with_for_update(read=held == "read")).one_or_none()
    document = None if row is None or row.document is None else pydantic_core.to_json(row.document).decode()
    reckoner = _reckoner(document, work.runtime.settings.time_zone)
    if row is None:
        return Kept(reckoner, 0, False, None, None)
    return Kept(reckoner, row.version, row.waiting, row.walked_to, row)


def walked(work: Work, version: int, to: UUID | None) -> None:
    """Keep how far the walk came, None at its end, unless the rules were changed meanwhile."""
    table = table_of(Protection)
    mine = (table.c.tenant_id == work.scope.tenant) & (table.c.version == version)
    work.connection.execute(update(table).where(mine).values(walked_to=to, waiting=to is not None))


def _begin(work: Work) -> None:
    # So that there is something to hold, before anybody changes a rule.
    shipped = {"version": 0, "document": None, "waiting": False, "walked_to": None}
    stamp = {"changed_at": work.journal.now(), "changed_by": work.scope.actor.id}
    try:
        with work.connection.begin_nested():
            work.connection.execute(insert(Protection), {"tenant_id": work.scope.tenant, **shipped, **stamp})
    except IntegrityError:
        return


@lru_cache(maxsize=256)
def _reckoner(document: str | None, time_zone: str) -> Reckoner:
    given = {} if document is None else pydantic_core.from_json(document)
    return Reckoner(ProtectionRules.model_validate(given), time_zone)
