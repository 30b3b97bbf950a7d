"""People: the mirror of the host's org chart, so that permission is a join and not a call per row."""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from sqlalchemy import ColumnElement, and_, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from oa_crm.errors import Busy, FieldProblem, InvalidInput
from oa_crm.hooks.payloads import MemberLeft, MemberMoved
from oa_crm.models import Base, Department, Member, table_of
from oa_crm.schemas import DepartmentIn, MemberIn, MemberOut, SyncReport
from oa_crm.services import access, charts
from oa_crm.services.base import Service, differences, first_facts, given, shown

_LONGEST_PATH = 700
_COMPLAINTS = 20


class Directory(Service):
    """Departments and members, as the host has them."""

    def sync(self, *, idempotency_key: str | None = None) -> SyncReport:
        """Bring the mirror up to the host's org chart, set-based. Whoever is gone becomes inactive, and
        `on_member_left` is announced for him. With the built-in local org chart there is nothing to bring.

        Raises `invalid_input`, and changes nothing, for departments that are no tree, for a member whose department or
        manager is neither in the chart nor known from before, and for whoever cannot be kept, naming him."""
        return self.act("directory.sync", self._sync, given={}, answer=SyncReport, key=idempotency_key)

    def save_department(self, data: DepartmentIn | dict[str, Any]) -> DepartmentIn:
        """Add or change a department. Only without a host org chart; else raises `invalid_input`."""
        department = given(DepartmentIn, data)
        return self.act(
            "directory.save_department",
            lambda: self._save_department(department),
            given=department,
            answer=DepartmentIn,
        )

    def save_member(self, data: MemberIn | dict[str, Any]) -> MemberOut:
        """Add or change a member, or let him leave with `active=False`. Only without a host org chart.

        Save his department and his manager first: an unknown one is `invalid_input`.
        """
        member = given(MemberIn, data)
        return self.act("directory.save_member", lambda: self._save_member(member), given=member, answer=MemberOut)

    def members(self, *, active_only: bool = True) -> tuple[MemberOut, ...]:
        """The members of the company by id, for those who may read the directory; to an outsider himself and the member
        whom he reports to."""
        access.require(self.work, "read", "directory")
        table = table_of(Member)
        query = self.company_wide(Member).order_by(table.c.id)
        if self.work.who.external:
            query = query.where(_beside(self.work.who.id))
        if active_only:
            query = query.where(table.c.active.is_(True))
        return tuple(shown(MemberOut, row) for row in self.work.connection.execute(query))

    def _sync(self) -> SyncReport:
        access.require(self.work, "administer", "directory")
        chart, tenant = self.work.runtime.ports.org_chart, self.work.scope.tenant
        departments, members = charts.departments(chart.departments(tenant)), charts.members(chart.members(tenant))
        if self._is_local:
            self.work.journal.record("directory.sync", "directory", tenant)
            return SyncReport(departments=0, added=0, changed=0, left=())
        paths = _paths(departments)
        rearranged, new = self._merge(
            "directory.sync", Department, {id: {**row, "path": paths[id]} for id, row in departments.items()}
        )
        self._must_be_known(members, departments)
        moved, added = self._merge("directory.sync", Member, members)
        left = self._let_go(set(members))
        self.work.journal.record("directory.sync", "directory", tenant)
        left += [row for row, new in moved if row.active and not new["active"]]
        self._announce(left)
        self._announce_moves(moved)
        return SyncReport(
            departments=len(rearranged) + new, added=added, changed=len(moved), left=tuple(row.id for row in left)
        )

    @property
    def _is_local(self) -> bool:
        return bool(getattr(self.work.runtime.ports.org_chart, "is_local", False))

    def _rows(self, model: type[Base]) -> dict[str, Any]:
        return {row.id: row for row in self.work.connection.execute(self.company_wide(model).with_for_update())}

    def _merge(
        self, operation: str, model: type[Base], wanted: Mapping[str, dict[str, Any]]
    ) -> tuple[list[tuple[Any, Any]], int]:
        """Insert the new, update the different; what was changed as (before, after), and how many are new."""
        known = self._rows(model)
        new = [{"tenant_id": self.work.scope.tenant, **row} for id, row in wanted.items() if id not in known]
        if new:
            self._insert(model, new)
        changed = [(known[id], row) for id, row in wanted.items() if id in known and differences(known[id], row)]
        table = table_of(model)
        for before, row in changed:
            mine = and_(table.c.tenant_id == self.work.scope.tenant, table.c.id == before.id)
            self.work.connection.execute(update(table).where(mine).values(**row))
        if model is Member:
            self._audit_people(operation, new, changed)
        return changed, len(new)

    def _insert(self, model: type[Base], rows: list[dict[str, Any]]) -> None:
        try:
            with self.work.connection.begin_nested():
                self.work.connection.execute(insert(model), rows)
        except IntegrityError as error:
            raise Busy from error  # somebody else brings the same people in at this moment

    def _audit_people(self, operation: str, new: Iterable[dict[str, Any]], changed: Iterable[tuple[Any, Any]]) -> None:
        record = self.work.journal.record
        for row in new:
            record(operation, "member", row["id"], first_facts(row))
        for before, row in changed:
            record(operation, "member", before.id, differences(before, row))

    def _let_go(self, staying: set[str]) -> list[Any]:
        gone = [row for id, row in self._rows(Member).items() if row.active and id not in staying]
        table = table_of(Member)
        for row in gone:
            mine = and_(table.c.tenant_id == self.work.scope.tenant, table.c.id == row.id)
            self.work.connection.execute(update(table).where(mine).values(active=False))
            self.work.journal.record("directory.sync", "member", row.id, {"active": [True, False]})
        return gone

    def _announce(self, left: Iterable[Any]) -> None:
        for row in left:
            self.work.journal.emit(
                MemberLeft,
                member_id=row.id,
                name=row.name,
                department_id=row.department_id,
                manager_id=row.manager_id,
            )

    def _announce_moves(self, changed: Iterable[tuple[Any, Any]]) -> None:
        """Who belongs to another department than before, and is still there."""
        for before, row in changed:
            if before.active and row["active"] and before.department_id != row["department_id"]:
                self.work.journal.emit(
                    MemberMoved,
                    member_id=before.id,
                    name=row["name"],
                    department_id=row["department_id"],
                    former_department_id=before.department_id,
                    manager_id=row["manager_id"],
                    former_manager_id=before.manager_id,
                )

    def _save_department(self, data: DepartmentIn) -> DepartmentIn:
        self._only_local()
        known = self._rows(Department)
        rows = {id: {name: getattr(row, name) for name in charts.DEPARTMENT} for id, row in known.items()}
        rows[data.id] = data.model_dump()
        paths = _paths(rows)
        self._merge(
            "directory.save_department",
            Department,
            {id: {**row, "path": paths[id]} for id, row in rows.items()},
        )
        self.work.journal.record("directory.save_department", "department", data.id, first_facts(data.model_dump()))
        return data

    def _save_member(self, data: MemberIn) -> MemberOut:
        self._only_local()
        row = charts.member(data.model_dump())
        self._must_be_known({data.id: row})
        changed, new = self._merge("directory.save_member", Member, {data.id: row})
        if not changed and not new:
            self.work.journal.record("directory.save_member", "member", data.id)
        self._announce(before for before, after in changed if before.active and not after["active"])
        self._announce_moves(changed)
        return MemberOut.model_validate(row)

    def _must_be_known(self, members: Mapping[str, dict[str, Any]], departments: Iterable[str] = ()) -> None:
        """Whom and what members name is of the same chart, in any order, or was known before. Somebody's manager
        may have left. Raises `InvalidInput` with the first of those who name nobody."""
        problems = [
            *self._strangers(members, "department_id", "unknown_department", Department, departments),
            *self._strangers(members, "manager_id", "unknown_manager", Member, members),
        ]
        if problems:
            raise InvalidInput(problems[:_COMPLAINTS])

    def _strangers(
        self, members: Mapping[str, dict[str, Any]], field: str, code: str, model: type[Base], chart: Iterable[str]
    ) -> list[FieldProblem]:
        named = {row[field] for row in members.values()} - {None, *chart}
        if not named:
            return []
        missing = named - set(self.work.connection.scalars(self.company_wide(model, table_of(model).c.id)))
        found = [(id, row[field]) for id, row in members.items() if row[field] in missing]
        return [FieldProblem.of(field, code, member=id, named=one) for id, one in found]

    def _only_local(self) -> None:
        access.require(self.work, "administer", "directory")
        if not self._is_local:
            raise InvalidInput.of("directory", "host_org_chart")


def _beside(outsider: str) -> ColumnElement[bool]:
    """Himself and his manager."""
    c, him = table_of(Member).c, table_of(Member).alias()
    his_manager = select(him.c.manager_id).where(him.c.tenant_id == c.tenant_id, him.c.id == outsider)
    return or_(c.id == outsider, c.id == his_manager.scalar_subquery())


def _paths(departments: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """The materialised path of every department. Raises `InvalidInput` for a loop or an unknown parent."""
    paths: dict[str, str] = {}

    def path(id: str, seen: tuple[str, ...]) -> str:
        if id in seen:
            raise InvalidInput.of("parent_id", "department_loop", path=" > ".join((*seen, id)))
        if id not in departments:
            raise InvalidInput.of("parent_id", "unknown_parent", department=seen[-1], parent=id)
        if id not in paths:
            parent = departments[id]["parent_id"]
            above = path(parent, (*seen, id)) if parent is not None else ""
            paths[id] = f"{above}{quote(id, safe='')}/"
            if len(paths[id]) > _LONGEST_PATH:
                raise InvalidInput.of("parent_id", "department_too_deep", department=id, longest=_LONGEST_PATH)
        return paths[id]

    for id in departments:
        path(id, ())
    return paths
