"""How the rows of a source are found at a place: by their own customer, by the thing they are of, or in the audit.

Each function gives what selects given columns. What is of a thing is read through that thing, so that its rights are
the thing's own, and it goes where the thing goes when customers are merged and split.
"""

from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, literal, not_, or_, type_coerce

from oa_crm.models import (
    Approval,
    AuditEntry,
    Base,
    Contract,
    Customer,
    Merge,
    Opinion,
    Post,
    Project,
    kind_of,
    table_of,
)
from oa_crm.models.types import text
from oa_crm.services.base import Service
from oa_crm.services.timeline.id_text import IdText
from oa_crm.services.timeline.place import Place, among, in_family, seen
from oa_crm.services.timeline.source import Rows

FILES = ("files.attach", "files.remove")
TOLD_OF_PROJECTS = (
    "projects.place",
    *FILES,
    "settlements.settle",
    "strategies.write",
    "strategies.revise",
    "strategies.retire",
)
_MOVED = '{"stage":'
"""How the audit of a move begins: the history of stages tells it."""


def direct(model: type[Base]) -> Rows:
    """Rows that name their customer and their project themselves."""
    return lambda service, place, columns: seen(service, place, model, *columns)


def of_family(model: type[Base], written: Any = None) -> Rows:
    """Rows that stay with the customer they were written for; with `written`, those where that column is filled."""
    table = table_of(model)
    there = [] if written is None else [table.c[written.key].is_not(None)]
    return lambda service, _, columns: service.company_wide(model, *columns).where(
        in_family(service, table.c.customer_id), *there
    )


def merges(written: Any = None) -> Rows:
    """Merges in which the customer, or one that is part of it now, took part."""
    table = table_of(Merge)
    there = [] if written is None else [table.c[written.key].is_not(None)]

    def rows(service: Service, _: Place, columns: tuple[Any, ...]) -> Select[Any]:
        sides = (in_family(service, one) for one in (table.c.winner_id, table.c.loser_id))
        took_part = (service.company_wide(Merge, table.c.id).where(one) for one in sides)
        return service.company_wide(Merge, *columns).where(among(table.c.id, *took_part), *there)

    return rows


def through(model: type[Base], of: type[Base], column: str) -> Rows:
    """Rows of things of another kind that the actor sees at the place."""
    table, thing = table_of(model), table_of(of)
    return lambda service, place, columns: service.company_wide(model, *columns).where(
        table.c[column].in_(seen(service, place, of, thing.c.id))
    )


def of_subjects(model: type[Base], of: type[Base], column: str = "id", written: Any = None) -> Rows:
    """What became of strategies, requests for help or shares of the customer, and of the projects that the actor sees;
    with `written`, where that column is filled."""
    table, about = table_of(model), table_of(of)
    there = [] if written is None else [table.c[written.key].is_not(None)]

    def rows(service: Service, place: Place, columns: tuple[Any, ...]) -> Select[Any]:
        projects = seen(service, place, Project, table_of(Project).c.id)
        whose = or_(about.c.project_id.is_(None), about.c.project_id.in_(projects))
        ids = seen(service, place, of, about.c.id).where(whose)
        return service.company_wide(model, *columns).where(table.c[column].in_(ids), *there)

    return rows


def opinions(service: Service, place: Place, columns: tuple[Any, ...]) -> Select[Any]:
    """What was said in the approvals of contracts that the actor sees."""
    asked, opinion = table_of(Approval), table_of(Opinion)
    of_contracts = and_(
        asked.c.thing_kind == kind_of(Contract),
        asked.c.thing_id.in_(seen(service, place, Contract, table_of(Contract).c.id)),
    )
    mine = service.company_wide(Approval, asked.c.id).where(of_contracts)
    return service.company_wide(Opinion, *columns).where(opinion.c.approval_id.in_(mine))


def of_the_place(operation: str) -> Rows:
    """One act on the customer itself: each is a range of an index of its own, however much else was done."""
    table = table_of(AuditEntry)

    def rows(service: Service, place: Place, columns: tuple[Any, ...]) -> Select[Any]:
        mine = and_(table.c.kind == kind_of(Customer), table.c.thing_id == place.text)
        return service.company_wide(AuditEntry, *columns).where(mine, table.c.operation == operation)

    return rows


def of_things(model: type[Base], *, only: tuple[str, ...] = (), but: tuple[str, ...] = ()) -> Rows:
    """What was done to things that the actor sees at the place: `only` these acts, or all `but` those. The moves of a
    project are not among them."""
    table, thing = table_of(AuditEntry), table_of(model)

    def rows(service: Service, place: Place, columns: tuple[Any, ...]) -> Select[Any]:
        things = seen(service, place, model, IdText(thing.c.id))
        wanted = table.c.operation.in_(only) if only else not_(or_(table.c.operation.in_(but), _begins(_MOVED)))
        mine = and_(table.c.kind == kind_of(model), table.c.thing_id.in_(things))
        return service.company_wide(AuditEntry, *columns).where(mine, wanted)

    return rows


def of_persons(*operations: str) -> Rows:
    """What was done to people who stand or stood at the customer."""
    table, post = table_of(AuditEntry), table_of(Post)

    def rows(service: Service, place: Place, columns: tuple[Any, ...]) -> Select[Any]:
        people = seen(service, place, Post, IdText(post.c.contact_id))
        mine = and_(table.c.kind == "contact", table.c.thing_id.in_(people), table.c.operation.in_(operations))
        return service.company_wide(AuditEntry, *columns).where(mine)

    return rows


def of_posts(service: Service, place: Place, columns: tuple[Any, ...]) -> Select[Any]:
    """What became of posts at this very customer; what a person is elsewhere is none of its business."""
    table, post = table_of(AuditEntry), table_of(Post)
    mine = and_(table.c.tenant_id == post.c.tenant_id, table.c.thing_id == IdText(post.c.contact_id))
    entries = seen(service, place, Post, *columns).join_from(post, table, and_(mine, table.c.kind == "contact"))
    return entries.where(names_post(post.c.id))


def of_posts_where(service: Service, *where: Any) -> ColumnElement[bool]:
    """Of entries about a person: what is his own, or of a post of these; what he is elsewhere may be hidden."""
    entry, post = table_of(AuditEntry), table_of(Post)
    named = or_(names_post(post.c.id), names_post(post.c.id, new=True))
    his = IdText(post.c.contact_id) == entry.c.thing_id
    theirs = service.company_wide(Post, post.c.id).where(*where, his, named)
    return or_(~_changes().contains('"post_id":'), theirs.correlate(entry).exists())


def names_post(post_id: Any, *, new: bool = False) -> ColumnElement[bool]:
    """Whether an entry of the audit is about this post, or how it began."""
    # JSON lies as text that we wrote ourselves, without blanks; a post that is new stands behind a null.
    before = 'null,"' if new else '"'
    pattern = literal(f'%"post_id":[{before}', text(30)).concat(IdText(post_id)).concat('"%')
    return _changes().like(pattern)  # type: ignore[no-any-return]


def _begins(words: str) -> ColumnElement[bool]:
    return _changes().startswith(words, autoescape=True)  # type: ignore[no-any-return]


def _changes() -> Any:
    return type_coerce(table_of(AuditEntry).c.changes, String)
