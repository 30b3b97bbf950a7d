"""Forecasts: what open projects may bring, weighted by the win rates of their stages; frozen, and compared.

Amounts are added up in SQL by stage, and each sum is weighted once: exact, and within the bounds of every database.
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, and_, case, cast, extract, func, insert, literal, update

from oa_crm.errors import InvalidInput, NotFound
from oa_crm.ids import new_id
from oa_crm.models import Forecast, ForecastLine, Member, Project, table_of
from oa_crm.schemas import Page
from oa_crm.schemas.forecasts import By, ForecastAsk, ForecastChange, ForecastIn, ForecastOut, ForecastSum
from oa_crm.services import access, pages
from oa_crm.services.amounts import money
from oa_crm.services.base import Service, as_id, first_facts, given, shown
from oa_crm.services.piping import courses

_Sums = dict[tuple[str | None, str], ForecastSum]


class Forecasts(Service):
    """What may come in."""

    def show(self, where: ForecastAsk | dict[str, Any] | None = None) -> tuple[ForecastSum, ...]:
        """What the open projects that the actor may see may bring, by pipeline, stage, owner, department or the month
        of their expected day; a sum for each currency. Two statements."""
        wanted = given(ForecastAsk, where or {})
        return tuple(self._now(wanted).values())

    def freeze(self, data: ForecastIn | dict[str, Any], *, idempotency_key: str | None = None) -> ForecastOut:
        """Keep what is expected of a period now, project by project, for those who may `freeze`, as far as they reach.
        A frozen forecast is never changed."""
        wanted = given(ForecastIn, data)
        return self.act(
            "forecasts.freeze",
            lambda: self._freeze(wanted),
            given=wanted,
            answer=ForecastOut,
            key=idempotency_key,
        )

    def list(self, *, after: str | None = None, limit: int | None = None) -> Page[ForecastOut]:
        """The frozen forecasts of the company, newest first. What is in them, one sees as far as one sees projects."""
        access.require(self.work, "read", "project")
        access.refuse_outsiders(self.work, "forecast")
        rows = pages.newest_first(self.work, self.company_wide(Forecast), table_of(Forecast), after, limit)
        return pages.page(rows, pages.size(self.work, limit), ForecastOut, "newest")

    def read(self, id: UUID, *, by: By = "pipeline") -> tuple[ForecastSum, ...]:
        """The sums of a frozen forecast, of those of its projects that the actor may see now."""
        return tuple(self._frozen(self._head(id), _by(by)).values())

    def compare(self, id: UUID, other_id: UUID | None = None, *, by: By = "pipeline") -> tuple[ForecastChange, ...]:
        """A frozen forecast beside a later one, or beside now. What was won or lost meanwhile is in neither sum of now:
        it is not open any more."""
        head, by = self._head(id), _by(by)
        before = self._frozen(head, by)
        if other_id is None:
            period = {"closes_from": head.closes_from, "closes_to": head.closes_to}
            after = self._now(ForecastAsk(by=by, **period))
        else:
            after = self._frozen(self._head(other_id), by)
        keys = sorted({*before, *after}, key=lambda key: (key[0] is None, key[0] or "", key[1]))
        return tuple(_change(key, before.get(key), after.get(key)) for key in keys)

    def _head(self, id: UUID) -> Any:
        access.require(self.work, "read", "project")
        access.refuse_outsiders(self.work, "forecast")
        query = self.company_wide(Forecast).where(table_of(Forecast).c.id == as_id(id))
        row = self.work.connection.execute(query).one_or_none()
        if row is None:
            raise NotFound("forecast", id)
        return row

    def _now(self, wanted: ForecastAsk) -> _Sums:
        table, rates = table_of(Project), self._rates()
        query = self.select(Project).where(*_period(table, wanted))
        key, department = _key(table, wanted.by), _department(table)
        source = query if wanted.by != "department" else query.join_from(table, *department, isouter=True)
        facts = (key.label("key"), table.c.currency, table.c.pipeline_id, table.c.stage)
        summed = source.with_only_columns(*facts, func.count().label("projects"), _total(table))
        rows = self.work.connection.execute(
            summed.group_by("key", table.c.currency, table.c.pipeline_id, table.c.stage)
        )
        return _added((row, rates.get((row.pipeline_id, row.stage), 0)) for row in rows)

    def _frozen(self, head: Any, by: By) -> _Sums:
        table = table_of(ForecastLine)
        seen = self.select(Project).with_only_columns(table_of(Project).c.id)
        mine = self.company_wide(ForecastLine).where(table.c.forecast_id == head.id, table.c.project_id.in_(seen))
        key = table.c.department_id if by == "department" else _key(table, by)
        facts = (key.label("key"), table.c.currency, table.c.win_rate)
        summed = mine.with_only_columns(*facts, func.count().label("projects"), _total(table))
        rows = self.work.connection.execute(summed.group_by("key", table.c.currency, table.c.win_rate))
        return _added((row, row.win_rate) for row in rows)

    def _freeze(self, wanted: ForecastIn) -> ForecastOut:
        access.require(self.work, "freeze", "project")
        if wanted.closes_from and wanted.closes_to and wanted.closes_from > wanted.closes_to:
            raise InvalidInput.of("closes_to", "period_backwards")
        id, now = new_id(), self.work.journal.now()
        period = {"closes_from": wanted.closes_from, "closes_to": wanted.closes_to}
        head = {"name": wanted.name, **period, "frozen_at": now, "frozen_by": self.work.scope.actor.id}
        self.add(Forecast, id=id, projects=0, **head)
        count = self._keep_lines(id, self.select(Project, "freeze").where(*_period(table_of(Project), wanted)))
        mine = and_(table_of(Forecast).c.tenant_id == self.work.scope.tenant, table_of(Forecast).c.id == id)
        self.work.connection.execute(update(Forecast).where(mine).values(projects=count))
        self.work.journal.record("forecasts.freeze", "forecast", id, first_facts({**period, "projects": count}))
        return shown(ForecastOut, self._head(id))

    def _keep_lines(self, id: UUID, projects: Any) -> int:
        """One statement: the database copies what stands there at one moment. How many it were. The pipelines are held,
        so that stages and win rates are of one moment, too."""
        table, line = table_of(Project), table_of(ForecastLine)
        whens = [(_stands(table, key), rate) for key, rate in self._rates(hold=True).items()]
        facts = {
            "tenant_id": table.c.tenant_id,
            "forecast_id": literal(id, line.c.forecast_id.type),
            "project_id": table.c.id,
            "owner_id": table.c.owner_id,
            "department_id": table_of(Member).c.department_id,
            "pipeline_id": table.c.pipeline_id,
            "stage": table.c.stage,
            "win_rate": cast(case(*whens, else_=0), Integer),
            "currency": table.c.currency,
            "expected_minor": table.c.expected_minor,
            "expected_close_on": table.c.expected_close_on,
        }
        copied = projects.join_from(table, *_department(table), isouter=True).with_only_columns(*facts.values())
        kept = insert(line).from_select(list(facts), copied)
        # An INSERT keeps no count otherwise.
        return int(self.work.connection.execute(kept, execution_options={"preserve_rowcount": True}).rowcount)

    def _rates(self, *, hold: bool = False) -> Mapping[tuple[UUID | None, str], int]:
        all = courses.all_of(self, hold=hold)
        return {(id, one.key): one.win_rate for id, course in all.items() for one in course.stages}


def _by(by: object) -> By:
    """Raises `InvalidInput` for another grouping than there is."""
    return given(ForecastAsk, {"by": by}).by


def _period(table: Any, wanted: ForecastAsk | ForecastIn) -> list[Any]:
    day, found = table.c.expected_close_on, [table.c.state == "open"]
    found += [] if wanted.closes_from is None else [day >= wanted.closes_from]
    return found + ([] if wanted.closes_to is None else [day <= wanted.closes_to])


def _key(table: Any, by: By) -> Any:
    if by == "month":
        year, month = (extract(part, table.c.expected_close_on) for part in ("year", "month"))
        return cast(year * 100 + month, Integer)
    if by == "department":
        return table_of(Member).c.department_id
    return table.c[{"pipeline": "pipeline_id", "stage": "stage", "owner": "owner_id"}[by]]


def _department(table: Any) -> tuple[Any, Any]:
    """What a project's owner is in, for an outer join."""
    member = table_of(Member)
    same = and_(member.c.tenant_id == table.c.tenant_id, member.c.id == table.c.owner_id)
    return member, same


def _stands(table: Any, key: tuple[UUID | None, str]) -> Any:
    id, stage = key
    here = table.c.pipeline_id.is_(None) if id is None else table.c.pipeline_id == id
    return and_(here, table.c.stage == stage)


def _total(table: Any) -> Any:
    return func.sum(table.c.expected_minor).label("minor")


def _added(rows: Any) -> _Sums:
    """Rows by stage or rate, added up by key and currency. The weighted sum is in hundredths until it is told."""
    counts = defaultdict[tuple[str | None, str], list[int]](lambda: [0, 0, 0])
    for row, rate in rows:
        sums = counts[_told(row.key), row.currency]
        minor = int(row.minor or 0)
        sums[0], sums[1], sums[2] = sums[0] + row.projects, sums[1] + minor, sums[2] + minor * rate
    ordered = sorted(counts.items(), key=lambda one: (one[0][0] is None, one[0][0] or "", one[0][1]))
    return {key: _sum(key, *sums) for key, sums in ordered}


def _sum(key: tuple[str | None, str], projects: int, minor: int, hundredths: int) -> ForecastSum:
    weighted = money((hundredths + 50) // 100, key[1])
    return ForecastSum(key=key[0], currency=key[1], projects=projects, expected=money(minor, key[1]), weighted=weighted)


def _told(key: Any) -> str | None:
    return f"{key // 100:04d}-{key % 100:02d}" if isinstance(key, int) else None if key is None else str(key)


def _change(key: tuple[str | None, str], before: ForecastSum | None, after: ForecastSum | None) -> ForecastChange:
    minors = [0 if one is None or one.weighted is None else one.weighted.minor for one in (before, after)]
    grown = money(minors[1] - minors[0], key[1])
    return ForecastChange(key=key[0], currency=key[1], before=before, after=after, weighted=grown)
