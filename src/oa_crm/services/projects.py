"""Sales projects: create, get, find, move through the stages."""

from typing import Any
from uuid import UUID

from oa_crm.errors import InvalidInput
from oa_crm.hooks.payloads import ProjectUpdated
from oa_crm.models import Project, StageChange, table_of
from oa_crm.schemas import Page, ProjectFilter, ProjectIn, ProjectOut, ProjectPatch, StageChangeOut, StageMove
from oa_crm.services import beginning, custom, pages, stages
from oa_crm.services.amounts import money, optional_money
from oa_crm.services.base import Service, differences, given, must_be, shown

_ENDS = ("won", "lost", "invalid")


class Projects(Service):
    """Opportunities before signing, jobs to settle after it."""

    def create(self, data: ProjectIn | dict[str, Any], *, idempotency_key: str | None = None) -> ProjectOut:
        """Begin a sales project with a customer that the actor may see, in the pipeline's first stage."""
        draft = given(ProjectIn, data)
        return self.act(
            "projects.create",
            lambda: self._create(draft),
            given=draft,
            answer=ProjectOut,
            key=idempotency_key,
        )

    def get(self, id: UUID) -> ProjectOut:
        """One project. Raises `not_found`."""
        return _shown(self.one(Project, id))

    def find(
        self,
        where: ProjectFilter | dict[str, Any] | None = None,
        *,
        after: str | None = None,
        limit: int | None = None,
    ) -> Page[ProjectOut]:
        """The projects that the actor may see, newest first or by a custom field."""
        wanted = given(ProjectFilter, where or {})
        table = table_of(Project)
        equal = wanted.model_dump(exclude_none=True, exclude={"custom", "sort"})
        query = self.select(Project).where(*(table.c[name] == value for name, value in equal.items()))
        query = custom.matching(self.work, query, Project, wanted.custom)
        size, sort = pages.size(self.work, limit), wanted.sort
        if custom.is_custom(sort):
            rows = custom.ordered(self.work, query, Project, sort, after, size)
            return pages.page(rows, size, ProjectOut, sort, key=custom.key, expected=_expected)
        rows = pages.newest_first(self.work, query, table, after, limit)
        return pages.page(rows, size, ProjectOut, "newest", expected=_expected)

    def update(
        self, id: UUID, patch: ProjectPatch | dict[str, Any], *, idempotency_key: str | None = None
    ) -> ProjectOut:
        """Change facts of an open project. Raises `stale_version`, and `illegal_state` for one that ended."""
        wanted = given(ProjectPatch, patch)
        return self.act(
            "projects.update",
            lambda: self._update(id, wanted),
            given={"id": id, "patch": wanted},
            answer=ProjectOut,
            key=idempotency_key,
        )

    def move(self, id: UUID, move: StageMove | dict[str, Any], *, idempotency_key: str | None = None) -> ProjectOut:
        """Move an open project to a stage, or end it as won, lost or invalid.

        Raises `illegal_state` for a project that ended, `invalid_input` for an unknown stage or a missing reason.
        """
        wanted = given(StageMove, move)
        return self.act(
            "projects.move",
            lambda: self._move(id, wanted),
            given={"id": id, "move": wanted},
            answer=ProjectOut,
            key=idempotency_key,
        )

    def stages(self, id: UUID) -> tuple[StageChangeOut, ...]:
        """Every move of the project, oldest first; the last one is where it stands."""
        self.one(Project, id)
        table = table_of(StageChange)
        query = self.company_wide(StageChange).where(table.c.project_id == id).order_by(table.c.id)
        return tuple(shown(StageChangeOut, row) for row in self.work.connection.execute(query))

    def _create(self, data: ProjectIn) -> ProjectOut:
        return self._read_back(beginning.begin(self, data))

    def _update(self, id: UUID, patch: ProjectPatch) -> ProjectOut:
        row = self.one(Project, id, "write")
        self.fresh(Project, row, patch.expected_version)
        must_be("project", row.state, "open")
        values = patch.changes()
        if "name" in values and values["name"] is None:
            raise InvalidInput.of("name", "project_name_taken_away")
        if "expected" in values:
            expected = optional_money("expected", values.pop("expected"), row.currency)
            values["expected_minor"] = None if expected is None else expected.minor
        taken = custom.amend(self.work, "project", row.custom, values.pop("custom", {}))
        changed = differences(row, values)
        after = {name: value for name, (_, value) in changed.items()} | (
            {"custom": taken.stored} if taken.changes else {}
        )
        self.change(Project, row, patch.expected_version, **after)
        custom.keep(self.work, "project", [(id, taken)])
        changed |= taken.changes
        self.work.journal.record("projects.update", "project", id, changed)
        if changed:
            self._tell_update(row, values.get("name", row.name), changed)
        return self._read_back(id)

    def _tell_update(self, row: Any, name: str, changed: dict[str, Any]) -> None:
        self.work.journal.emit(
            ProjectUpdated,
            project_id=row.id,
            customer_id=row.customer_id,
            name=name,
            owner_id=row.owner_id,
            changed=tuple(sorted("expected" if one == "expected_minor" else one for one in changed)),
        )

    def _move(self, id: UUID, move: StageMove) -> ProjectOut:
        row = self.one(Project, id, "write")
        self.fresh(Project, row, move.expected_version)
        must_be("project", row.state, "open")
        self._legal(row.stage, move)
        state = move.to if move.to in _ENDS else "open"
        self.change(Project, row, move.expected_version, stage=move.to, state=state)
        stages.moved(self.work, "projects.move", row, move.to, move.reason)
        return self._read_back(id)

    def _legal(self, before: str, move: StageMove) -> None:
        pipeline = self.work.runtime.settings.stages
        if move.to not in (*pipeline, *_ENDS) or move.to == before:
            choices = ", ".join(stage for stage in (*pipeline, *_ENDS) if stage != before)
            raise InvalidInput.of("to", "unknown_stage", stage=move.to, known=choices)
        backwards = move.to in pipeline and pipeline.index(move.to) < pipeline.index(before)
        if move.reason is None and (backwards or move.to in ("lost", "invalid")):
            raise InvalidInput.of("reason", "move_without_reason", stage=move.to)

    def _read_back(self, id: UUID) -> ProjectOut:
        mine = self.company_wide(Project).where(table_of(Project).c.id == id)
        return _shown(self.work.connection.execute(mine).one())


def _expected(row: Any) -> Any:
    return None if row.expected_minor is None else money(row.expected_minor, row.currency)


def _shown(row: Any) -> ProjectOut:
    return shown(ProjectOut, row, expected=_expected(row))
