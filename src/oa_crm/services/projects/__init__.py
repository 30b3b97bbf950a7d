"""Sales projects: create, get, find, update. How they move through their stages is in `staging.py`."""

from typing import Any
from uuid import UUID

from sqlalchemy import and_, not_

from oa_crm.errors import InvalidInput
from oa_crm.models import Project, table_of
from oa_crm.schemas import Page, ProjectFilter, ProjectIn, ProjectOut, ProjectPatch
from oa_crm.services import beginning, cursors, custom, keyset, pages
from oa_crm.services.amounts import optional_money
from oa_crm.services.base import Service, differences, given, must_be
from oa_crm.services.projects import dealing, showing
from oa_crm.services.projects.boarding import Boarding
from oa_crm.services.projects.dealing import Dealing
from oa_crm.services.projects.staging import Staging

_STALLED = keyset.Order("stalls_at", down=False, parse=cursors.moment)


class Projects(Staging, Dealing, Boarding, Service):
    """Opportunities before signing, jobs to settle after it."""

    def create(self, data: ProjectIn | dict[str, Any], *, idempotency_key: str | None = None) -> ProjectOut:
        """Begin a sales project with a customer that the actor may see, in the first stage of its pipeline.

        The pipeline is the company's first that fits the project's type and its owner's department, or else that of
        the settings.
        """
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
        return showing.project(self.one(Project, id))

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
        equal = wanted.model_dump(exclude_none=True, exclude={"custom", "sort", "stalled"})
        query = self.select(Project).where(*(table.c[name] == value for name, value in equal.items()))
        if wanted.stalled is not None:
            query = query.where(self._takes_too_long() if wanted.stalled else not_(self._takes_too_long()))
        query = custom.matching(self.work, query, Project, wanted.custom)
        size, sort = pages.size(self.work, limit), wanted.sort
        if custom.is_custom(sort):
            rows = custom.ordered(self.work, query, Project, sort, after, size)
            return pages.page(rows, size, ProjectOut, sort, key=custom.key, expected=showing.expected)
        rows = pages.newest_first(self.work, query, table, after, limit)
        return pages.page(rows, size, ProjectOut, "newest", expected=showing.expected)

    def stalled(self, *, after: str | None = None, limit: int | None = None) -> Page[ProjectOut]:
        """The open projects that the actor may see and that are in their stage for longer than it should take, the
        longest overdue first."""
        size = pages.size(self.work, limit)
        query = self.select(Project).where(self._takes_too_long())
        rows = keyset.read(self.work, query, table_of(Project), "stalled", _STALLED, after, size)
        return keyset.page(rows, size, ProjectOut, "stalled", _STALLED, expected=showing.expected)

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

    def _takes_too_long(self) -> Any:
        stalls_at = table_of(Project).c.stalls_at
        return and_(stalls_at.is_not(None), stalls_at <= self.work.journal.now())

    def _create(self, data: ProjectIn) -> ProjectOut:
        return showing.read_back(self, beginning.begin(self, data))

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
            if values["expected_minor"] != row.expected_minor and dealing.has_lines(self, row):
                raise InvalidInput.of("expected", "sum_of_lines")
        taken = custom.amend(self.work, "project", row.custom, values.pop("custom", {}))
        changed = differences(row, values)
        after = {name: value for name, (_, value) in changed.items()} | (
            {"custom": taken.stored} if taken.changes else {}
        )
        self.change(Project, row, patch.expected_version, **after)
        custom.keep(self.work, "project", [(id, taken)])
        if "expected_close_on" in changed:
            dealing.slipped(self, row, values["expected_close_on"])
        changed |= taken.changes
        self.work.journal.record("projects.update", "project", id, changed)
        if changed:
            names = tuple(sorted("expected" if one == "expected_minor" else one for one in changed))
            dealing.tell(self, row, names, values.get("name", row.name))
        return showing.read_back(self, id)
