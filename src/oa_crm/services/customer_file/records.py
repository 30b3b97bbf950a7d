"""People, files and what became of the customer itself, in the complete file."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    Subquery,
    and_,
    case,
    func,
    literal,
    or_,
    select,
    type_coerce,
    union_all,
)

from oa_crm.models import AuditEntry, Contact, Customer, File, Post, table_of
from oa_crm.schemas import AuditOut, ContactOut, FileOut, PostOut
from oa_crm.services.base import Service, shown
from oa_crm.services.customer_file.at import At
from oa_crm.services.kinds import HOLDERS
from oa_crm.services.latest import by_no_index

HISTORY = ("owner_id", "level", "status")
"""The facts of a customer whose changes are told: who had it, and what it was held for."""

_POST = tuple(name for name in PostOut.model_fields if name != "primary")


def contacts(service: Service, at: At) -> Select[Any]:
    """One row for each post: whom to turn to first, then who is there, then who was."""
    person, post = table_of(Contact), table_of(Post)
    rank = case((post.c.is_primary == 1, 2), (post.c.is_current == 1, 1), else_=0).label("rank")
    held = [post.c[name].label(f"post_{name}") for name in _POST]
    told = [person.c[name].label(f"person_{name}") for name in ContactOut.model_fields if name != "posts"]
    who = and_(person.c.tenant_id == service.work.scope.tenant, person.c.id == post.c.contact_id)
    query = service.at_customer(Post, at, rank, post.c.id, *held, *told, post.c.is_primary)
    return query.select_from(post.join(person, who)).order_by(rank.desc(), post.c.id.desc())


def contacts_counted(service: Service, at: At) -> Select[Any]:
    """By whether they are there now."""
    table = table_of(Post)
    counted = service.at_customer(Post, at, table.c.status.label("word"), func.count().label("number"))
    return counted.group_by(table.c.status)


def contact_out(row: Any) -> ContactOut:
    """The person, with this one of his posts."""
    post = PostOut(**_named(row, "post_"), primary=row.is_primary is not None)
    return ContactOut(**_named(row, "person_"), posts=(post,))


def files(service: Service, at: At) -> Select[Any]:
    """What is attached to the customer and to everything at it that the actor sees."""
    held = _attached(service, at, *table_of(File).c)
    return select(held).order_by(by_no_index(service.work, held.c.id).desc())


def files_counted(service: Service, at: At) -> Select[Any]:
    held = _attached(service, at, table_of(File).c.id)
    counted: tuple[Any, ...] = (literal("").label("word"), func.count().label("number"))
    return select(*counted).select_from(held)


def file_out(row: Any) -> FileOut:
    return shown(FileOut, row)


def history(service: Service, at: At) -> Select[Any]:
    """The audit of the customer where it tells of owner, level or status."""
    return _changes(service, at, table_of(AuditEntry)).order_by(table_of(AuditEntry).c.id.desc())


def history_counted(service: Service, at: At) -> Select[Any]:
    return _changes(service, at, literal("").label("word"), func.count().label("number"))


def audit_out(row: Any) -> AuditOut:
    changes = {name: row.changes[name] for name in HISTORY if name in row.changes}
    return shown(AuditOut, row, changes=changes)


def _named(row: Any, prefix: str) -> dict[str, Any]:
    return {name.removeprefix(prefix): value for name, value in row._mapping.items() if name.startswith(prefix)}


def _attached(service: Service, at: At, *columns: Any) -> Subquery:
    # One kind after the other: over an OR of them, two of three databases read every file of the company.
    table = table_of(File)
    kept = service.company_wide(File, *columns).where(table.c.removed_at.is_(None))
    return union_all(*(kept.where(one) for one in _holders(service, at))).subquery("held")


def _holders(service: Service, at: At) -> Iterator[ColumnElement[bool]]:
    table = table_of(File)
    for kind, model in HOLDERS.items():
        if model is Customer:
            held = table.c.thing_id == at.id
        elif model is Contact:
            held = table.c.thing_id.in_(service.at_customer(Post, at, table_of(Post).c.contact_id))
        else:
            held = table.c.thing_id.in_(service.at_customer(model, at, table_of(model).c.id))
        yield and_(table.c.kind == kind, held)


def _changes(service: Service, at: At, *columns: Any) -> Select[Any]:
    table = table_of(AuditEntry)
    mine = and_(table.c.kind == "customer", table.c.thing_id == at.text)
    # JSON lies as text that we wrote ourselves: a quotation mark inside a value has a backslash before it.
    text = type_coerce(table.c.changes, String)
    told = or_(*(text.contains(f'"{name}":', autoescape=True) for name in HISTORY))
    return service.company_wide(AuditEntry, *columns).where(mine, told)
