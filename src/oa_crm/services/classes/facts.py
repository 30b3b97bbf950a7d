"""The facts that rules ask of customers, for many at once: at most four statements beside the customers' own rows.

They are those of the whole company, whoever runs the rules: a customer's level does not depend on who looks.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, case, func, literal_column, select

from oa_crm.models import Contract, Project, StageChange, table_of
from oa_crm.schemas.classes import ClassCondition
from oa_crm.services.agreed import AGREED
from oa_crm.services.base import Service
from oa_crm.services.classes.conditions import AMOUNT, NUMBERS, OF_CONTRACTS, STAGE, WON, Rule, facts_of
from oa_crm.services.piping import courses
from oa_crm.services.piping.courses import Course
from oa_crm.services.work import Work

_WON, _OPEN = ("won", "settled"), ("open",)
Key = tuple[str, str | None, int | None]


@dataclass
class Known:
    """What is known of one customer."""

    own: Mapping[str, Any]
    asked: dict[Key, Any] = field(default_factory=dict)

    def __call__(self, one: ClassCondition) -> Any:
        """The value that a condition asks for."""
        return self.own[one.fact] if one.fact in self.own else self.asked.get(_key(one), 0 if _counted(one) else None)


def gathered(work: Work, rows: Sequence[Any], rules: Iterable[Rule]) -> dict[UUID, Known]:
    """What `rules` need to know of the customers in `rows`, by their ids."""
    asked = {_key(one): one for rule in rules for one, _ in rule.conditions}
    known = {row.id: Known({**facts_of(row), **_days(work, row)}) for row in rows}
    if known:
        _contracts(work, known, [one for one in asked.values() if one.fact in OF_CONTRACTS])
        if any(one.fact in ("won_projects", "open_projects") for one in asked.values()):
            _projects(work, known)
        if any(one.fact == STAGE for one in asked.values()):
            _stages(work, known)
    return known


def _key(one: ClassCondition) -> Key:
    return one.fact, one.currency, one.within_days


def _counted(one: ClassCondition) -> bool:
    return one.fact in NUMBERS or one.fact == AMOUNT


def _days(work: Work, row: Any) -> dict[str, Any]:
    now, last = work.journal.now(), row.last_follow_up_at
    return {
        "days_on_file": max((now - row.created_at).days, 0),
        "days_since_follow_up": None if last is None else max((now - last).days, 0),
    }


def _contracts(work: Work, known: dict[UUID, Known], asked: list[ClassCondition]) -> None:
    if not asked:
        return
    table = table_of(Contract)
    sums = [func.sum(_counting(work, table, one)).label(f"f{at}") for at, one in enumerate(asked)]
    agreed = and_(
        table.c.tenant_id == work.scope.tenant, table.c.customer_id.in_(list(known)), table.c.state.in_(AGREED)
    )
    query = select(table.c.customer_id, *sums).where(agreed).group_by(table.c.customer_id)
    for row in work.connection.execute(query):
        for one, value in zip(asked, row[1:], strict=True):
            known[row.customer_id].asked[_key(one)] = int(value)


def _counting(work: Work, table: Any, one: ClassCondition) -> Any:
    """What a contract adds to the sum that is asked for."""
    counts = []
    if one.fact == AMOUNT:
        counts.append(table.c.currency == (one.currency or work.runtime.settings.default_currency))
    if one.within_days is not None:
        counts.append(table.c.approved_at >= work.journal.now() - timedelta(days=one.within_days))
    value = table.c.amount_minor if one.fact == AMOUNT else literal_column("1")
    return case((and_(*counts), value), else_=literal_column("0")) if counts else value


def _projects(work: Work, known: dict[UUID, Known]) -> None:
    table = table_of(Project)
    mine = and_(table.c.tenant_id == work.scope.tenant, table.c.customer_id.in_(list(known)))
    query = select(table.c.customer_id, table.c.state, func.count().label("projects")).where(mine)
    for row in work.connection.execute(query.group_by(table.c.customer_id, table.c.state)):
        for fact, states in (("won_projects", _WON), ("open_projects", _OPEN)):
            if row.state in states:
                asked = known[row.customer_id].asked
                asked[fact, None, None] = asked.get((fact, None, None), 0) + row.projects


def _stages(work: Work, known: dict[UUID, Known]) -> None:
    change, project = table_of(StageChange), table_of(Project)
    same = and_(project.c.tenant_id == change.c.tenant_id, project.c.id == change.c.project_id)
    mine = and_(change.c.tenant_id == work.scope.tenant, project.c.customer_id.in_(list(known)))
    query = select(project.c.customer_id, change.c.pipeline_id, change.c.after).join(project, same).where(mine)
    ways = courses.all_of(Service(work))
    for row in work.connection.execute(query.distinct()):
        asked = known[row.customer_id].asked
        reached = _reached(ways.get(row.pipeline_id), row.after)
        asked[STAGE, None, None] = asked.get((STAGE, None, None), frozenset()) | reached


def _reached(course: Course | None, stage: str) -> frozenset[str]:
    """A stage with all before it. A stage that the pipeline has no more is never reached, nor is lost."""
    if stage == WON:
        return frozenset({WON})
    keys = () if course is None else course.keys
    return frozenset(keys[: keys.index(stage) + 1]) if stage in keys else frozenset()
