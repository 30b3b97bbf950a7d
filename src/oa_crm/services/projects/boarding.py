"""The board: stages side by side, and the order of the cards in each, which people give them by hand."""

from collections import defaultdict
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update

from oa_crm.errors import InvalidInput
from oa_crm.models import Project, table_of
from oa_crm.schemas.base import Page
from oa_crm.schemas.forecasts import BoardColumn, BoardSum, PlaceIn
from oa_crm.schemas.projects import ProjectOut
from oa_crm.services import cursors, keyset, pages
from oa_crm.services.amounts import money
from oa_crm.services.base import Service, as_id, given, must_be
from oa_crm.services.piping import courses, ranks
from oa_crm.services.projects import places, showing

_ORDER = keyset.Order("board_rank", down=False)
_MOST_CARDS = 100


class Boarding(Service):
    """The part of `Projects` that shows them side by side."""

    def board(self, pipeline_id: UUID | None = None, *, limit: int = 20) -> tuple[BoardColumn, ...]:
        """The stages of a pipeline with their open projects that the actor may see: counts, sums, the first cards.

        Three statements at most, however many stages and cards. Without `pipeline_id` that of the settings.
        """
        if not 1 <= limit <= _MOST_CARDS:
            raise InvalidInput.of("limit", "page_limit", limit=limit)
        pipeline_id = None if pipeline_id is None else as_id(pipeline_id, "pipeline_id")
        course = courses.on_board(self, pipeline_id)
        sums, cards = self._sums(pipeline_id), self._cards(pipeline_id, limit)
        return tuple(
            BoardColumn(
                stage=one.key,
                win_rate=one.win_rate,
                projects=sum(told.projects for told in sums[one.key]),
                sums=tuple(sums[one.key]),
                cards=tuple(showing.project(row) for row in cards[one.key][:limit]),
                next=_next(cards[one.key], limit),
            )
            for one in course.stages
        )

    def column(
        self, pipeline_id: UUID | None, stage: str, *, after: str | None = None, limit: int | None = None
    ) -> Page[ProjectOut]:
        """The cards of one column, in their order; `after` is the `next` of a column or of a page."""
        pipeline_id = None if pipeline_id is None else as_id(pipeline_id, "pipeline_id")
        courses.on_board(self, pipeline_id).must_have(stage, "stage")
        size = pages.size(self.work, limit)
        query = self._standing(pipeline_id).where(table_of(Project).c.stage == stage)
        rows = keyset.read(self.work, query, table_of(Project), "board", _ORDER, after, size)
        return keyset.page(rows, size, ProjectOut, "board", _ORDER, expected=showing.expected)

    def place(self, id: UUID, data: PlaceIn | dict[str, Any]) -> ProjectOut:
        """Put a card elsewhere in its column: right below another one, or to the top. No other card is written unless
        places have run short there, and the project's version stays: nothing is known of it that was not."""
        wanted = given(PlaceIn, data)
        return self.act(
            "projects.place",
            lambda: self._place(id, wanted),
            given={"id": id, "data": wanted},
            answer=ProjectOut,
        )

    def _standing(self, pipeline_id: UUID | None) -> Any:
        table = table_of(Project)
        here = table.c.pipeline_id.is_(None) if pipeline_id is None else table.c.pipeline_id == pipeline_id
        return self.select(Project).where(here, table.c.state == "open")

    def _sums(self, pipeline_id: UUID | None) -> dict[str, list[BoardSum]]:
        table = table_of(Project)
        facts = (table.c.stage, table.c.currency, func.count().label("projects"))
        query = self._standing(pipeline_id).with_only_columns(*facts, func.sum(table.c.expected_minor).label("minor"))
        found = defaultdict[str, list[BoardSum]](list)
        grouped = query.group_by(table.c.stage, table.c.currency).order_by(table.c.stage, table.c.currency)
        for row in self.work.connection.execute(grouped):
            expected = money(int(row.minor or 0), row.currency)
            found[row.stage].append(BoardSum(currency=row.currency, projects=row.projects, expected=expected))
        return found

    def _cards(self, pipeline_id: UUID | None, limit: int) -> dict[str, list[Any]]:
        table = table_of(Project)
        order = (table.c.board_rank, table.c.id)
        number = func.row_number().over(partition_by=table.c.stage, order_by=order).label("number")
        cards = self._standing(pipeline_id).add_columns(number).subquery("cards")
        first = select(cards).where(cards.c.number <= limit + 1).order_by(cards.c.stage, cards.c.number)
        found = defaultdict[str, list[Any]](list)
        for row in self.work.connection.execute(first):
            found[row.stage].append(row)
        return found

    def _place(self, id: UUID, wanted: PlaceIn) -> ProjectOut:
        project = self.one(Project, id, "write")
        self.fresh(Project, project, wanted.expected_version)
        must_be("project", project.state, "open")
        self._hold(project.id, wanted.below)
        rank = self._rank(project, wanted.below)
        if rank is None:
            places.deal_anew(self, project)
            rank = self._rank(project, wanted.below)
        table = table_of(Project)
        mine = (table.c.tenant_id == self.work.scope.tenant) & (table.c.id == project.id)
        self.work.connection.execute(update(table).where(mine).values(board_rank=rank))
        below = None if wanted.below is None else str(wanted.below)
        self.work.journal.record("projects.place", "project", project.id, {"placed_below": [None, below]})
        return showing.read_back(self, project.id)

    def _hold(self, *ids: UUID | None) -> None:
        """Two who place below the same card come one after the other, and the second sees the first."""
        table = table_of(Project)
        some = self.company_wide(Project, table.c.id).where(table.c.id.in_([one for one in ids if one is not None]))
        self.work.connection.execute(some.order_by(table.c.id).with_for_update()).all()

    def _rank(self, project: Any, below: UUID | None) -> str | None:
        """A place right below another card or at the top; none where they have become too narrow to write."""
        low = "" if below is None else self._rank_of(project, below)
        rank = ranks.between(low, self._next_rank(project, low))
        return rank if len(rank) <= ranks.LONGEST else None

    def _rank_of(self, project: Any, below: UUID) -> str:
        other = self.one(Project, below)
        same = other.state == "open" and (other.pipeline_id, other.stage) == (project.pipeline_id, project.stage)
        if not same or other.id == project.id:
            raise InvalidInput.of("below", "card_of_another_column")
        return str(self.held(Project, below).board_rank or "")

    def _next_rank(self, project: Any, low: str) -> str | None:
        """The place that comes next in the column, of the whole company: there may be cards that he does not see."""
        table = table_of(Project)
        column = self.company_wide(Project, table.c.board_rank).where(places.column(project), table.c.id != project.id)
        first = column.where(table.c.board_rank > low).order_by(table.c.board_rank).limit(1)
        rank: str | None = self.work.connection.scalar(first.with_for_update(read=True))
        return rank


def _next(cards: list[Any], limit: int) -> str | None:
    if len(cards) <= limit:
        return None
    last = cards[limit - 1]
    return cursors.write("board", [last.board_rank, str(last.id)])
