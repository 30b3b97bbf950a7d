"""What follow-ups say of the stage of a project, beside the projects that were won. A hint with its reasons: it reads,
and moves nothing.

Medians over at most 200 won projects among the newest 2,000 of the same pipeline; under five there is none, so that
nobody learns of a single project that he may not see.
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from statistics import median
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from oa_crm.i18n.advice import reason
from oa_crm.models import FollowUp, Matter, Project, StageChange, table_of
from oa_crm.schemas.advice import AdviceReason, Hint, StageAdvice
from oa_crm.services.base import Service, as_id

ENOUGH, AT_MOST, NEWEST = 5, 200, 2000
_WON = ("won", "settled")


class Advice(Service):
    """Hints, explained."""

    def stage(self, project_id: UUID) -> StageAdvice:
        """How a project stands in its stage. Raises `not_found`, also for one that the actor may not see."""
        project = self.one(Project, as_id(project_id))
        facts = self._facts(project)
        if project.state != "open":
            return self._told(project, "closed", facts, ["closed"])
        compared = self._compared(project)
        facts |= {"similar": len(compared)}
        beside = ["never_talked" if facts["silent_days"] is None else "silent"] + ["issues"] * bool(facts["issues"])
        if len(compared) < ENOUGH:
            return self._told(project, "not_enough_history", facts, ["not_enough_history", *beside])
        facts |= {
            "median_talks": float(median(talks for talks, _ in compared)),
            "median_days": float(median(days for _, days in compared)),
        }
        return self._told(project, _hint(facts), facts, ["talks", "days", *beside])

    def _told(self, project: Any, hint: Hint, facts: dict[str, Any], codes: Sequence[str]) -> StageAdvice:
        reasons = (AdviceReason(code=code, said=reason(code, self.work.scope.locale, facts)) for code in codes)
        return StageAdvice(project_id=project.id, stage=project.stage, hint=hint, reasons=tuple(reasons), **facts)

    def _facts(self, project: Any) -> dict[str, Any]:
        now, talk, matter = self.work.journal.now(), table_of(FollowUp).c, table_of(Matter).c
        counted = self.company_wide(FollowUp, func.count(), func.max(talk.happened_at))
        talks, last = self.work.connection.execute(counted.where(talk.project_id == project.id)).one()
        open_ones = self.company_wide(Matter, func.count()).where(
            matter.what == "issue", matter.project_id == project.id, matter.state == "open"
        )
        moves = self._moves([project.id]).get(project.id, [])
        entered = moves[-1].at if moves else project.created_at
        return {
            "talks": talks,
            "days": (now - entered).days,
            "silent_days": None if last is None else (now - last).days,
            "issues": self.work.connection.scalar(open_ones) or 0,
            "similar": 0,
            "median_talks": None,
            "median_days": None,
        }

    def _compared(self, project: Any) -> list[tuple[int, float]]:
        """Talks until it left the stage, and days in it, of each won project of its pipeline that went through it."""
        ids, stage = self._won(project.pipeline_id), project.stage
        if not ids:
            return []
        talks, found = self._talks(ids), []
        for id, moves in self._moves(ids).items():
            stays = [(one.at, after.at) for one, after in pairwise(moves) if one.after == stage]
            if stays:
                days = sum((left - entered).total_seconds() for entered, left in stays) / 86_400
                found.append((sum(at <= stays[-1][1] for at in talks.get(id, ())), round(days, 1)))
        return found

    def _won(self, pipeline: UUID | None) -> list[UUID]:
        table = table_of(Project)
        same = table.c.pipeline_id.is_(None) if pipeline is None else table.c.pipeline_id == pipeline
        newest = (
            self.company_wide(Project, table.c.id, table.c.state).where(same).order_by(table.c.id.desc()).limit(NEWEST)
        )
        among = newest.subquery()
        won = select(among.c.id).where(among.c.state.in_(_WON)).order_by(among.c.id.desc()).limit(AT_MOST)
        return list(self.work.connection.scalars(won))

    def _moves(self, ids: Sequence[UUID]) -> dict[UUID, list[Any]]:
        table = table_of(StageChange)
        query = self.company_wide(StageChange, table.c.project_id, table.c.after, table.c.at)
        found: dict[UUID, list[Any]] = {}
        for row in self.work.connection.execute(query.where(table.c.project_id.in_(ids)).order_by(table.c.id)):
            found.setdefault(row.project_id, []).append(row)
        return found

    def _talks(self, ids: Sequence[UUID]) -> dict[UUID, list[datetime]]:
        table = table_of(FollowUp)
        query = self.company_wide(FollowUp, table.c.project_id, table.c.happened_at)
        found: dict[UUID, list[datetime]] = {}
        for row in self.work.connection.execute(query.where(table.c.project_id.in_(ids))):
            found.setdefault(row.project_id, []).append(row.happened_at)
        return found


def _hint(facts: dict[str, Any]) -> Hint:
    if facts["talks"] >= facts["median_talks"] and not facts["issues"]:
        return "ready"
    slow = facts["days"] > 2 * facts["median_days"] and facts["talks"] < facts["median_talks"]
    return "behind" if slow else "on_course"
