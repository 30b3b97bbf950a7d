"""Who looked for whom: kept, and limited per person, so that nobody lists the base by asking.

`asides.py` writes them, also when the unit only reads or is taken back.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import bindparam, func, select

from oa_crm.errors import TooManySearches
from oa_crm.models import DuplicateSearch, table_of
from oa_crm.schemas import CheckReport, Entrance, Verdict
from oa_crm.services import access
from oa_crm.services.clashes import verdicts
from oa_crm.services.prepared import Prepared
from oa_crm.services.work import Work

_AN_HOUR = timedelta(hours=1)
_TABLE = table_of(DuplicateSearch)
_RECENT = (
    select(_TABLE.c.id)
    .where(
        _TABLE.c.tenant_id == bindparam("tenant"),
        _TABLE.c.actor_id == bindparam("actor"),
        _TABLE.c.at > bindparam("since", type_=_TABLE.c.at.type),
    )
    .limit(bindparam("limit"))
    .subquery()
)
_COUNT = select(func.count().label("many")).select_from(_RECENT)
_ALONE, _WITH_POLICY = Prepared(_COUNT), verdicts.beside(_COUNT.scalar_subquery())


def within_limit(work: Work, entrance: Entrance, more: int = 1) -> None:
    """Raises `too_many_searches` when `more` searches go beyond the person's hour.

    The system has no limit, nor has an import by somebody who administers duplicates.
    """
    scope, limit = work.scope, work.runtime.settings.searches_per_hour
    if scope.actor.is_system or (entrance is Entrance.IMPORT and access.administers(work, "duplicate")):
        return
    since = work.journal.now() - _AN_HOUR
    asked = {"tenant": scope.tenant, "actor": scope.actor.id, "since": since, "limit": limit}
    unwritten = [row for model, row in tuple(work.runtime.unwritten) if model is DuplicateSearch]
    waiting = (*work.noted.get(DuplicateSearch, ()), *unwritten)
    more_of_his = sum(
        (one["tenant_id"], one["actor_id"]) == (scope.tenant, scope.actor.id) and one["at"] > since for one in waiting
    )
    if _written(work, entrance, asked) + more_of_his + more > limit:
        raise TooManySearches(limit=limit, actor=scope.actor.id)


def _written(work: Work, entrance: Entrance, asked: dict[str, Any]) -> int:
    """How many searches of his are in the log. The first time in a unit the policy comes along, which is asked next."""
    if entrance in work.policies:
        return int(_ALONE.rows(work.connection, asked)[0].many)
    rows = _WITH_POLICY.rows(work.connection, {**asked, "entrance": entrance.value})
    verdicts.learnt(work, entrance, rows)
    return int(rows[0].many)


def note(work: Work, name: str, entrance: Entrance, report: CheckReport) -> None:
    """Remember a search until the end of the unit."""
    _keep(work, name, entrance, report.verdict, len(report.hits))


def note_card(work: Work, name: str) -> None:
    """Remember that somebody learnt of a customer that he may not open: it counts as a search."""
    _keep(work, name, Entrance.CARD, Verdict.CLEAR, 1)


def _keep(work: Work, name: str, entrance: Entrance, verdict: Verdict, shown: int) -> None:
    scope = work.scope
    work.note(
        DuplicateSearch,
        {
            "tenant_id": scope.tenant,
            "at": work.journal.now(),
            "actor_id": scope.actor.id,
            "request_id": scope.request_id,
            "entrance": entrance.value,
            "name": name[:200],
            "verdict": verdict.value,
            "shown": shown,
        },
    )
