"""What is known of a project: amount lines, slips of its day, competitors, and who decides."""

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert
from sqlalchemy.exc import IntegrityError

from oa_crm.errors import FieldProblem, InvalidInput, NotFound
from oa_crm.hooks.payloads import ProjectUpdated
from oa_crm.ids import new_id
from oa_crm.models import ChainLink, Competitor, Post, Project, ProjectLine, ProjectSlip, table_of
from oa_crm.money import Money
from oa_crm.schemas.deals import (
    ChainIn,
    ChainLinkOut,
    CompetitorIn,
    CompetitorOut,
    CompetitorPatch,
    ProjectLineIn,
    ProjectLineOut,
    ProjectLinesIn,
    ProjectSlipOut,
)
from oa_crm.schemas.projects import ProjectOut
from oa_crm.services import sights
from oa_crm.services.amounts import money, optional_money, read_money
from oa_crm.services.base import Service, as_id, differences, first_facts, given, must_be, shown
from oa_crm.services.projects import showing

_MILLI, _HUNDREDTH = Decimal(1000), Decimal(100)


class Dealing(Service):
    """The part of `Projects` that keeps what is known of them."""

    def set_lines(self, id: UUID, data: ProjectLinesIn | dict[str, Any]) -> ProjectOut:
        """Set the amount lines of an open project, all at once. From then on its expected amount is their sum, until
        it has none again. Raises `stale_version`, and `invalid_input` for an amount that cannot be exact."""
        wanted = given(ProjectLinesIn, data)
        return self.act(
            "projects.set_lines",
            lambda: self._set_lines(id, wanted),
            given={"id": id, "data": wanted},
            answer=ProjectOut,
        )

    def lines(self, id: UUID) -> tuple[ProjectLineOut, ...]:
        """The amount lines of a project, in order."""
        project = self.one(Project, id)
        table = table_of(ProjectLine)
        query = self.company_wide(ProjectLine).where(table.c.project_id == project.id).order_by(table.c.position)
        return tuple(_line_out(row, project.currency) for row in self.work.connection.execute(query))

    def slips(self, id: UUID) -> tuple[ProjectSlipOut, ...]:
        """Every change of the day on which the project is expected to close, oldest first."""
        project, table = self.one(Project, id), table_of(ProjectSlip)
        query = self.company_wide(ProjectSlip).where(table.c.project_id == project.id).order_by(table.c.id)
        return tuple(shown(ProjectSlipOut, row) for row in self.work.connection.execute(query))

    def add_competitor(self, id: UUID, data: CompetitorIn | dict[str, Any]) -> CompetitorOut:
        """Note who else would win the project. Raises `invalid_input` for a name that is noted already."""
        wanted = given(CompetitorIn, data)
        return self.act(
            "projects.add_competitor",
            lambda: self._add_competitor(id, wanted),
            given={"id": id, "data": wanted},
            answer=CompetitorOut,
        )

    def update_competitor(self, competitor_id: UUID, patch: CompetitorPatch | dict[str, Any]) -> CompetitorOut:
        """Change what is known of a competitor, or how he stands."""
        wanted = given(CompetitorPatch, patch)
        return self.act(
            "projects.update_competitor",
            lambda: self._update_competitor(as_id(competitor_id), wanted),
            given={"competitor_id": competitor_id, "patch": wanted},
            answer=CompetitorOut,
        )

    def competitors(self, id: UUID) -> tuple[CompetitorOut, ...]:
        """Who else would win the project, in the order in which they were noted."""
        project, table = self.one(Project, id), table_of(Competitor)
        query = self.company_wide(Competitor).where(table.c.project_id == project.id).order_by(table.c.id)
        return tuple(shown(CompetitorOut, row) for row in self.work.connection.execute(query))

    def set_chain(self, id: UUID, data: ChainIn | dict[str, Any]) -> ProjectOut:
        """Set who decides on the project, all at once and in order. Everybody must stand, or have stood, at its
        customer."""
        wanted = given(ChainIn, data)
        return self.act(
            "projects.set_chain",
            lambda: self._set_chain(id, wanted),
            given={"id": id, "data": wanted},
            answer=ProjectOut,
        )

    def chain(self, id: UUID) -> tuple[ChainLinkOut, ...]:
        """Who decides on the project, in order."""
        project, table = self.one(Project, id), table_of(ChainLink)
        query = self.company_wide(ChainLink).where(table.c.project_id == project.id).order_by(table.c.position)
        return tuple(shown(ChainLinkOut, row) for row in self.work.connection.execute(query))

    def _open(self, id: UUID, version: int) -> Any:
        row = self.one(Project, id, "write")
        self.fresh(Project, row, version)
        must_be("project", row.state, "open")
        return row

    def _set_lines(self, id: UUID, wanted: ProjectLinesIn) -> ProjectOut:
        if not sights.right(self.work, "project", "expected").edit:
            raise InvalidInput.of("lines", "not_yours_to_edit")
        project = self._open(id, wanted.expected_version)
        rows = _priced(project, wanted.lines)
        total = sum(row["amount_minor"] for row in rows) if rows else project.expected_minor
        if rows:
            read_money("lines", Money(total, project.currency).amount, project.currency)
        before = self.lines(id)
        # The project first: of two who set lines at once, the second finds another version before he touches a line.
        self.change(Project, project, wanted.expected_version, expected_minor=total)
        self._replace(ProjectLine, project.id, rows)
        changed = {"lines": [len(before), len(rows)]} | differences(project, {"expected_minor": total})
        self.work.journal.record("projects.set_lines", "project", project.id, changed)
        fields = ("expected", "lines") if total != project.expected_minor else ("lines",)
        tell(self, project, fields)
        return showing.read_back(self, project.id)

    def _add_competitor(self, id: UUID, wanted: CompetitorIn) -> CompetitorOut:
        project = self.one(Project, id, "write")
        must_be("project", project.state, "open")
        own, facts = new_id(), {"project_id": project.id, **wanted.model_dump()}
        try:
            with self.work.connection.begin_nested():
                self.add(Competitor, id=own, **facts, **self.stamps())
        except IntegrityError:
            raise InvalidInput.of("name", "competitor_twice", name=wanted.name) from None
        named = first_facts({"competitor": own, "name": wanted.name, "state": wanted.state})
        self.work.journal.record("projects.add_competitor", "project", project.id, _prefixed(named))
        tell(self, project, ("competitors",))
        return self._competitor(own)

    def _update_competitor(self, id: UUID, patch: CompetitorPatch) -> CompetitorOut:
        table = table_of(Competitor)
        row = self.work.connection.execute(self.company_wide(Competitor).where(table.c.id == id)).one_or_none()
        if row is None:
            raise NotFound("competitor", id)
        try:
            project = self.one(Project, row.project_id, "write")
        except NotFound:
            raise NotFound("competitor", id) from None
        must_be("project", project.state, "open")
        changed = differences(row, patch.changes())
        self.change(Competitor, row, patch.expected_version, **{name: new for name, (_, new) in changed.items()})
        self.work.journal.record("projects.update_competitor", "project", project.id, _prefixed(changed))
        tell(self, project, ("competitors",))
        return self._competitor(id)

    def _competitor(self, id: UUID) -> CompetitorOut:
        query = self.company_wide(Competitor).where(table_of(Competitor).c.id == id)
        return shown(CompetitorOut, self.work.connection.execute(query).one())

    def _set_chain(self, id: UUID, wanted: ChainIn) -> ProjectOut:
        project = self._open(id, wanted.expected_version)
        ids = [one.contact_id for one in wanted.links]
        self._known(project, ids)
        before = len(self.chain(id))
        self.change(Project, project, wanted.expected_version)
        rows = [{"position": at, **one.model_dump()} for at, one in enumerate(wanted.links)]
        self._replace(ChainLink, project.id, rows)
        self.work.journal.record("projects.set_chain", "project", project.id, {"chain": [before, len(rows)]})
        tell(self, project, ("chain",))
        return showing.read_back(self, project.id)

    def _known(self, project: Any, ids: Sequence[UUID]) -> None:
        posts = table_of(Post)
        mine = self.company_wide(Post, posts.c.contact_id).where(
            posts.c.customer_id == project.customer_id, posts.c.contact_id.in_(ids)
        )
        there = set(self.work.connection.scalars(mine)) if ids else set()
        wrong = [
            FieldProblem.of(f"links.{at}.contact_id", "contact_of_another" if one not in there else "contact_twice")
            for at, one in enumerate(ids)
            if one not in there or one in ids[:at]
        ]
        if wrong:
            raise InvalidInput(wrong)

    def _replace(self, model: Any, project_id: UUID, rows: Sequence[dict[str, Any]]) -> None:
        table, mine = table_of(model), {"tenant_id": self.work.scope.tenant, "project_id": project_id}
        old = delete(table).where(*(table.c[name] == value for name, value in mine.items()))
        self.work.connection.execute(old)
        if rows:
            self.work.connection.execute(insert(model), [{**mine, **row} for row in rows])


def tell(service: Service, project: Any, fields: tuple[str, ...], name: str | None = None) -> None:
    """Say which facts of a project changed."""
    facts = {"customer_id": project.customer_id, "name": name or project.name, "owner_id": project.owner_id}
    service.work.journal.emit(ProjectUpdated, project_id=project.id, **facts, changed=fields)


def slipped(service: Service, project: Any, after: date | None) -> None:
    """Keep that the expected day was moved; `project` is as it was before."""
    before: date | None = project.expected_close_on
    row = {
        "tenant_id": service.work.scope.tenant,
        "project_id": project.id,
        "before": before,
        "after": after,
        "days": None if before is None or after is None else (after - before).days,
        "at": service.work.journal.now(),
        "by": service.work.scope.actor.id,
    }
    service.work.connection.execute(insert(ProjectSlip), row)


def has_lines(service: Service, project: Any) -> bool:
    """Whether the expected amount is the sum of lines."""
    table = table_of(ProjectLine)
    mine = service.company_wide(ProjectLine, func.count()).where(table.c.project_id == project.id)
    return bool(service.work.connection.scalar(mine))


def _priced(project: Any, lines: Sequence[ProjectLineIn]) -> list[dict[str, Any]]:
    problems, rows = list[FieldProblem](), []
    for at, one in enumerate(lines):
        try:
            rows.append({"position": at, **_row(one, project.currency)})
        except InvalidInput as wrong:
            problems += [FieldProblem.of(f"lines.{at}.unit_price", told.code, **told.params) for told in wrong.problems]
    if problems:
        raise InvalidInput(problems)
    return rows


def _row(one: ProjectLineIn, currency: str) -> dict[str, Any]:
    price = optional_money("unit_price", one.unit_price, currency)
    assert price is not None
    exact = Decimal(price.minor) * one.quantity * (100 - one.discount) / 100
    amount = int(exact.quantize(Decimal(1), ROUND_HALF_UP))
    read_money("unit_price", Money(amount, currency).amount, currency)
    return {
        "code": one.code,
        "name": one.name,
        "product_line": one.product_line,
        "quantity": int(one.quantity * _MILLI),
        "unit_price_minor": price.minor,
        "discount": int(one.discount * _HUNDREDTH),
        "amount_minor": amount,
    }


def _line_out(row: Any, currency: str) -> ProjectLineOut:
    numbers = {"quantity": Decimal(row.quantity) / _MILLI, "discount": Decimal(row.discount) / _HUNDREDTH}
    amounts = {"unit_price": money(row.unit_price_minor, currency), "amount": money(row.amount_minor, currency)}
    return shown(ProjectLineOut, row, **numbers, **amounts)


def _prefixed(changes: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """Changes of a competitor, in the audit of his project."""
    return {f"competitor.{name}": values for name, values in changes.items()}
