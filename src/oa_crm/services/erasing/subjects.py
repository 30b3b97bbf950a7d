"""Whom an erasure is about: every file that is his, and what tells of him in each, also what did so before."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import and_, false, or_, select

from oa_crm.errors import InvalidInput
from oa_crm.models import (
    AuditEntry,
    Base,
    Contact,
    Contract,
    Customer,
    DuplicateOverride,
    Expense,
    File,
    FollowUp,
    HelpRequest,
    Lead,
    Matter,
    Plan,
    Post,
    Project,
    ProtectionExtension,
    Reminder,
    Share,
    StageRequest,
    Strategy,
    kind_of,
    table_of,
)
from oa_crm.services import custom
from oa_crm.services.base import Service
from oa_crm.services.erasing.known import Known, leaves
from oa_crm.services.work import Work

MODELS: dict[str, type[Base]] = {"contact": Contact, "customer": Customer, "lead": Lead}
_TELLING = frozenset(
    {
        "name", "person_name", "short_name", "foreign_name", "former_names", "aliases", "mobile", "phone", "phones",
        "email", "emails", "wechat", "birthday", "credit_code", "numbers", "address", "invoice", "website",
    }
)  # fmt: skip
"""Columns whose values are looked for in words. A gender or a place is none: half the world would go."""


_AT_ONCE = 1000
AT_CUSTOMERS: dict[str, type[Base]] = {
    "lead": Lead, "project": Project, "contract": Contract, "expense": Expense, "extension": ProtectionExtension,
    "strategy": Strategy, "plan": Plan, "matter": Matter, "help_request": HelpRequest, "share": Share,
}  # fmt: skip
_HELD = {kind: AT_CUSTOMERS[kind] for kind in ("strategy", "plan", "matter", "help_request", "share")}


@dataclass(frozen=True)
class Subject:
    """The person as `kind` and `id`, his files by kind, and what tells of him."""

    kind: str
    id: UUID
    contacts: tuple[UUID, ...]
    customers: tuple[UUID, ...]
    leads: tuple[UUID, ...]
    projects: tuple[UUID, ...]
    near: tuple[UUID, ...]
    """Customers at whom words may tell of him: his own, and those where he stands or stood."""
    held: dict[str, tuple[UUID, ...]]
    """What people did and planned with him where he is the customer himself, by kind: his name in it is his."""
    beside: dict[str, tuple[UUID, ...]]
    """Things at those customers by kind, which are not his: only words about them may tell of him."""
    names: tuple[str, ...]
    overrides: tuple[UUID, ...]
    """Requests to put somebody of his name on file."""
    files: tuple[UUID, ...]
    custom: frozenset[str]
    """Custom fields that tell of a person."""
    known: Known

    @property
    def things(self) -> dict[str, tuple[UUID, ...]]:
        """His things by kind, without kinds of which he has none."""
        own = {"contact": self.contacts, "customer": self.customers, "lead": self.leads}
        more = {"project": self.projects, "override": self.overrides, "file": self.files}
        return {kind: ids for kind, ids in {**own, **more, **self.held}.items() if ids}


def subject_of(service: Service, kind: str, id: UUID, *, attachments: bool) -> Subject:
    """The person behind a contact, a customer of the kind person, or a lead, held against others until we are done.

    Raises `InvalidInput` for any other kind, and for a customer that is no person; `not_found`, `merged`.
    """
    if kind not in MODELS:
        raise InvalidInput.of("kind", "unknown_kind", kind=kind, known=", ".join(MODELS))
    row = service.one(MODELS[kind], id, lock=not service.work.read_only)
    if kind == "customer" and row.kind != "person":
        raise InvalidInput.of("thing_id", "not_a_person", kind=row.kind)
    work = service.work
    contacts = (row.id,) if kind == "contact" else ()
    customers = _merged_into(work, (row.id,)) if kind == "customer" else ()
    leads = (row.id,) if kind == "lead" else _leads(work, contacts, customers)
    stands = _ids(work, Post, Post.contact_id.in_(contacts), "customer_id") if contacts else ()
    own: dict[str, tuple[UUID, ...]] = {"contact": contacts, "customer": customers, "lead": leads}
    told = [*_told(kind, [one for of, ids in own.items() for one in _rows(work, MODELS[of], ids)])]
    told += _told_before(work, own)
    called = ("name", "person_name", "company_name")
    names = tuple(sorted({text for name, text in told if name in called and len(text) > 1}))
    so_called = or_(false(), *(DuplicateOverride.name.contains(text, autoescape=True) for text in names))
    asked = or_(DuplicateOverride.customer_id.in_(customers), so_called) if customers and names else None
    # What stays with the id that it was written on lies at files that went into these.
    near = _merged_into(work, (*customers, *stands, *_led_to(work, leads)))
    attached = or_(false(), *(and_(File.kind == of, File.thing_id.in_(ids)) for of, ids in own.items() if ids))
    projects = _ids(work, Project, Project.customer_id.in_(customers)) if customers else ()
    overrides = () if asked is None else _ids(work, DuplicateOverride, asked)
    files = _ids(work, File, attached) if attachments else ()
    held = _at(work, customers, (), _HELD) if customers else {}
    own_things = {one for ids in held.values() for one in ids}
    return Subject(
        kind,
        row.id,
        contacts,
        customers,
        leads,
        projects=projects,
        near=near,
        held=held,
        beside=_beside(work, near, leads, {*contacts, *customers, *leads, *projects, *overrides, *files, *own_things}),
        names=names,
        overrides=overrides,
        files=files,
        custom=frozenset(
            one.name for one in custom.definitions(work, "customer").fields.values() if one.facts.personal
        ),
        known=Known(value for _, value in told),
    )


def _merged_into(work: Work, ids: tuple[UUID, ...]) -> tuple[UUID, ...]:
    """These and every file that became theirs, however often."""
    found, last = set(ids), set(ids)
    while last:
        last = set(_ids(work, Customer, Customer.merged_into.in_(last))) - found
        found |= last
    return tuple(sorted(found))


def _leads(work: Work, contacts: Sequence[UUID], customers: Sequence[UUID]) -> tuple[UUID, ...]:
    return _ids(work, Lead, or_(Lead.contact_id.in_(contacts), Lead.customer_id.in_(customers)))


def _led_to(work: Work, leads: Sequence[UUID]) -> tuple[UUID, ...]:
    """The customers that his leads became."""
    return _ids(work, Lead, and_(Lead.id.in_(leads), Lead.customer_id.is_not(None)), "customer_id") if leads else ()


def _beside(
    work: Work, near: Sequence[UUID], leads: Sequence[UUID], own: Collection[UUID]
) -> dict[str, tuple[UUID, ...]]:
    """What lies at the customers where he stands, by the kind under which audit and events speak of it."""
    found: dict[str, tuple[UUID, ...]] = {"customer": tuple(near)}
    found |= _at(work, near, leads, AT_CUSTOMERS)
    found["follow_up"] = _ids(work, FollowUp, or_(FollowUp.customer_id.in_(near), FollowUp.lead_id.in_(leads)))
    found["file"] = _of_those(work, File, "thing_id", [id for ids in found.values() for id in ids])
    found["contact"] = _ids(work, Post, Post.customer_id.in_(near), "contact_id")
    return {kind: left for kind, ids in found.items() if (left := tuple(one for one in ids if one not in own))}


def _at(
    work: Work, near: Sequence[UUID], leads: Sequence[UUID], models: Mapping[str, type[Base]]
) -> dict[str, tuple[UUID, ...]]:
    """What lies at these customers and is planned with these leads, with what hangs on it."""
    found = {kind: _ids(work, model, table_of(model).c.customer_id.in_(near)) for kind, model in models.items()}
    found["plan"] = _ids(work, Plan, or_(Plan.customer_id.in_(near), Plan.lead_id.in_(leads)))
    projects = found.get("project") or _ids(work, Project, Project.customer_id.in_(near))
    found["stage_request"] = _of_those(work, StageRequest, "project_id", projects)
    found["reminder"] = _of_those(work, Reminder, "thing_id", (*near, *found["plan"]))
    return found


def _of_those(work: Work, model: type[Base], column: str, ids: Sequence[UUID]) -> tuple[UUID, ...]:
    """The rows of these things, a thousand at a time."""
    some, c = (ids[at : at + _AT_ONCE] for at in range(0, len(ids), _AT_ONCE)), table_of(model).c
    return tuple(id for those in some for id in _ids(work, model, c[column].in_(those)))


def _ids(work: Work, model: type[Base], where: Any, column: str = "id") -> tuple[UUID, ...]:
    table = table_of(model)
    query = select(table.c[column]).where(table.c.tenant_id == work.scope.tenant, where)
    return tuple(sorted(set(work.connection.scalars(query))))


def _rows(work: Work, model: type[Base], ids: Sequence[UUID]) -> list[tuple[str, Any]]:
    table = table_of(model)
    query = select(table).where(table.c.tenant_id == work.scope.tenant, table.c.id.in_(ids))
    return [(kind_of(model), row) for row in work.connection.execute(query)] if ids else []


def _told(kind: str, rows: list[tuple[str, Any]]) -> Iterator[tuple[str, str]]:
    for of, row in rows:
        for name in _TELLING & set(row._mapping):
            yield from ((name, text) for text in leaves(getattr(row, name)))
        if of == "lead" and kind == "customer":
            yield "company_name", row.company_name


def _told_before(work: Work, things: dict[str, tuple[UUID, ...]]) -> Iterator[tuple[str, str]]:
    """What the audit says that there was: an old number stands in old words."""
    table = table_of(AuditEntry)
    for kind, ids in things.items():
        mine = select(table.c.changes).where(
            table.c.tenant_id == work.scope.tenant,
            table.c.kind == kind,
            table.c.thing_id.in_([str(one) for one in ids]),
        )
        for changes in work.connection.scalars(mine) if ids else ():
            for name in _TELLING & set(changes):
                yield from ((name, text) for text in leaves(changes[name]))
