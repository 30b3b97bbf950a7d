"""The complete file of a customer: everything about it that the actor may see, newest first, with how much there is.

At most ten statements, and the same ones however long the history: `sections` says what is in it, `together` reads all
of it at one moment.
"""

from collections.abc import Callable, Hashable, Iterator, Mapping
from functools import cache, lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, bindparam, select

from oa_crm.errors import InvalidInput
from oa_crm.models import Customer, Department, Member, Project, table_of
from oa_crm.money import Money
from oa_crm.schemas import (
    AuditOut,
    CustomerFileOut,
    CustomerOut,
    FieldLabel,
    FileMember,
    FileSection,
    FileSum,
    FollowUpOut,
    Out,
    StrategyInFile,
)
from oa_crm.schemas.custom import CustomFieldFacts
from oa_crm.services import access, custom, looking, notes, together
from oa_crm.services.base import Service, shown
from oa_crm.services.customer_file.at import CUSTOMER, named
from oa_crm.services.customer_file.sections import SECTIONS, Section
from oa_crm.services.together import Line, Together
from oa_crm.services.work import Work

MOST = 200
_PEOPLE = (
    "owner_id", "created_by", "members", "actor_id", "on_behalf_of", "claimant_id", "settled_by", "waiting_on", "to_id",
    "helper_id", "answered_by", "assignee_id", "member_id",
)  # fmt: skip


def read(service: Service, id: UUID, newest: int) -> CustomerFileOut:
    """The file, with at most `newest` rows of each section."""
    if not 1 <= newest <= MOST:
        raise InvalidInput.of("newest", "newest_limit", given=repr(newest), most=MOST)
    work, row = service.work, service.one(Customer, id)
    customer = shown(CustomerOut, row)
    looking.opened(work, customer)
    sections = _with_notes(service, _sections(service, row, newest))
    people, projects = _names(service, row, [customer, *_items(sections)])
    return CustomerFileOut(
        customer=customer,
        owner=people.get(customer.owner_id or ""),
        labels=_labels(work) if row.custom else {},
        people=people,
        project_names=projects,
        newest=newest,
        read_at=work.journal.now(),
        read_by=work.scope.actor.id,
        **sections,
    )


def _sections(service: Service, customer: Any, newest: int) -> dict[str, FileSection[Any]]:
    readable = [one for one in SECTIONS if not one.withheld(service)]
    found = _lists(service, readable, newest).read(service.work, named(customer.id, service.work.journal.now()))
    told = {one.name: _section(one, found[one.name], found[f"{one.name} in all"]) for one in readable}
    return {one.name: told.get(one.name, FileSection(withheld=True)) for one in SECTIONS}


def _with_notes(service: Service, sections: dict[str, FileSection[Any]]) -> dict[str, FileSection[Any]]:
    """What corrects a follow-up stands with it."""
    said = sections["follow_ups"]
    return {**sections, "follow_ups": said.model_copy(update={"items": notes.with_notes(service, said.items)})}


def _lists(service: Service, readable: list[Section], newest: int) -> Together:
    def lists() -> dict[str, Select[Any]]:
        newest_of = {one.name: one.newest(service, CUSTOMER).limit(newest) for one in readable}
        return newest_of | {f"{one.name} in all": one.totals(service, CUSTOMER) for one in readable}

    return _made(service.work, ("lists", newest, tuple(one.name for one in readable)), lists)


def _made(work: Work, about: tuple[Hashable, ...], lists: Callable[[], dict[str, Select[Any]]]) -> Together:
    """The statement of these lists, as it was made before for the same rights: making it takes longer than reading."""
    on, unread = work.connection.dialect.name, access.unread(work)
    if unread is None:
        return together.made(lists(), on)
    kept = _kept((work.scope.tenant, work.who.is_system, unread, on, *about))
    if not kept:
        kept.append(together.made(lists(), on))
    return kept[0]


@lru_cache(maxsize=1024)
def _kept(of: tuple[Hashable, ...]) -> list[Together]:  # noqa: ARG001 - what it is kept by
    return []


def _section(of: Section, rows: list[Line], totals: list[Line]) -> FileSection[Any]:
    rows.sort(key=lambda row: [getattr(row, name) for name in of.order], reverse=True)
    total = sum(int(one.number) for one in totals)
    totals.sort(key=lambda one: (one.word, one._mapping.get("currency", "")))
    sums = [_sum(one) for one in totals if one.word]
    return FileSection(total=total, items=tuple(of.out(row) for row in rows), sums=tuple(sums))


def _sum(row: Line) -> FileSum:
    minor = row._mapping.get("minor")
    amount = None if "minor" not in row._mapping else Money(int(minor or 0), row.currency)
    return FileSum(word=row.word, number=int(row.number), amount=amount)


def _items(sections: Mapping[str, FileSection[Any]]) -> Iterator[Out]:
    for section in sections.values():
        yield from section.items


def _ids(of: Out) -> Iterator[str]:
    for name in _naming_people(type(of)):
        value = getattr(of, name) or ()
        yield from (value,) if isinstance(value, str) else value
    if isinstance(of, FollowUpOut):
        yield from (one.created_by for one in of.addenda)
    if isinstance(of, StrategyInFile):
        yield from (one.who_id for one in of.steps if one.who_id is not None)
    if isinstance(of, AuditOut):
        yield from (str(owner) for owner in of.changes.get("owner_id", ()) if owner is not None)


@cache
def _naming_people(schema: type[Out]) -> tuple[str, ...]:
    return tuple(name for name in _PEOPLE if name in schema.model_fields)


def _names(service: Service, customer: Any, told: list[Out]) -> tuple[dict[str, FileMember], dict[UUID, str]]:
    """Who and which projects are mentioned by an id, by name."""
    work = service.work
    members = {work.scope.actor.id, *(id for one in told for id in _ids(one))}
    projects = {id for one in told if (id := getattr(one, "project_id", None)) is not None}
    given = {**named(customer.id, work.journal.now()), "members": sorted(members), "projects": sorted(projects)}

    def lists() -> dict[str, Select[Any]]:
        return {"members": _members(work), "projects": _projects(service)}

    found = _made(work, ("names",), lists).read(work, given)
    people = {row.id: shown(FileMember, row) for row in found["members"]}
    return people, {row.id: row.name for row in found["projects"]}


def _members(work: Work) -> Select[Any]:
    member, department = table_of(Member), table_of(Department)
    theirs = and_(department.c.tenant_id == member.c.tenant_id, department.c.id == member.c.department_id)
    facts = (member.c.id, member.c.name, member.c.active, department.c.name.label("department"))
    query = select(*facts).select_from(member.outerjoin(department, theirs))
    mentioned = member.c.id.in_(bindparam("members", expanding=True))
    return query.where(member.c.tenant_id == work.scope.tenant, mentioned)


def _projects(service: Service) -> Select[Any]:
    project = table_of(Project)
    theirs = service.at_customer(Project, CUSTOMER, project.c.id, project.c.name)
    return theirs.where(project.c.id.in_(bindparam("projects", expanding=True)))


def _labels(work: Work) -> dict[str, FieldLabel]:
    fields = custom.shown_fields(work, custom.definitions(work, "customer").active)
    return {name: _label(one.facts) for name, one in fields.items()}


def _label(facts: CustomFieldFacts) -> FieldLabel:
    return FieldLabel(label=dict(facts.label), options={code: dict(names) for code, names in facts.options.items()})
