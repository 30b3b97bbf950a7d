"""What somebody reaches by his seats on teams: a customer or a project, and what is at it. `access` puts it beside what
he reaches anyway.
"""

from collections.abc import Iterator

from sqlalchemy import ColumnElement, and_, select

from oa_crm.hooks.ports import Reach, Who
from oa_crm.models import Base, Contact, Contract, Customer, Expense, Post, Project, kind_of, table_of
from oa_crm.services.work import Work

Condition = ColumnElement[bool]
_SEATED: dict[type[Base], tuple[str, str]] = {
    Customer: ("customer", "id"),
    Project: ("project", "id"),
    Contract: ("project", "project_id"),
    Expense: ("project", "project_id"),
}


def rows(work: Work, who: Who, model: type[Base], action: str) -> Iterator[tuple[str, Condition]]:
    """What the person's seats on teams give of a kind, with words for it: to read, or with the level write to write as
    well, and no other action. A seat widens whose things he reaches, never what he may do: who may not do the action
    with his own gets nothing by it, and neither does an outsider. His seats are few and read once, so that the
    condition is a range of an index."""
    on, name = _SEATED.get(model, ("", ""))
    if not on or who.external or action not in ("read", "write"):
        return
    reach = work.runtime.ports.authorizer.reach(who, action, kind_of(model))
    if reach in (Reach.NONE, Reach.ALL):
        return
    table = table_of(model)
    ids = sorted(id for kind, id, level in work.seats_of(who) if kind == on and level in (action, "write"))
    if ids and model is Customer:
        # Nobody's customer has no team.
        yield "a team seat on it", and_(table.c.owner_id.is_not(None), table.c.id.in_(ids))
    elif ids:
        yield f"a team seat on {'it' if name == 'id' else 'its project'}", table.c[name].in_(ids)


def behind(work: Work, who: Who, model: type[Base], action: str) -> Iterator[tuple[str, Condition]]:
    """The seats that may be why a row of `model` is reached: on it, on its project, or on its customer."""
    yield from rows(work, who, model, action)
    table = table_of(model)
    for _, condition in rows(work, who, Customer, action) if model is not Customer else ():
        theirs = select(table_of(Customer).c.id).where(table_of(Customer).c.tenant_id == who.tenant, condition)
        if model is Contact:
            posts = table_of(Post)
            there = posts.c.tenant_id == who.tenant, posts.c.customer_id.in_(theirs)
            yield "a team seat on a customer of his", table.c.id.in_(select(posts.c.contact_id).where(*there))
        elif "customer_id" in table.c:
            yield "a team seat on its customer", table.c.customer_id.in_(theirs)
