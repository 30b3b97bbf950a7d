"""From remits to SQL. Each is made of ranges and lists that an index can be asked for; what is unknown is outside."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, and_, or_, select

from oa_crm.codes import below
from oa_crm.hooks.answers import RowRule
from oa_crm.hooks.ports import Reach, Who
from oa_crm.models import Base, Contract, Customer, CustomerClass, CustomValue, Expense, Project, table_of
from oa_crm.services.bounds.reading import of
from oa_crm.services.remit_book import OneRemit
from oa_crm.services.work import Work

Condition = ColumnElement[bool]
_CODED = {"regions": "region", "industries": "industry"}
_LISTED = {"sources": "source", "levels": "level", "kinds": "kind"}
_AT_CUSTOMERS = (Project, Contract, Expense)
"""What is at a customer outside a limit is outside, whoever has it."""


def rules(work: Work, who: Who, model: type[Base], effect: str, action: str) -> Iterator[tuple[RowRule, Condition]]:
    """What this person's remits of one effect say for an action: on customers, and limits on what is at them.

    A grant widens how far somebody reaches, never what he may do: where he may not do it with his own, it gives
    nothing.
    """
    if model is not Customer and (effect == "grant" or model not in _AT_CUSTOMERS):
        return
    remits = [one for one in of(work, who) if one.effect == effect and _speaks(one, action)]
    if not remits or (effect == "grant" and _may_not(work, who, action)):
        return
    customers, table = table_of(Customer), table_of(model)
    for one in remits:
        fits = and_(*_parts(one, who.tenant, customers))
        if model is not Customer:
            theirs = select(customers.c.id).where(customers.c.tenant_id == who.tenant, fits)
            fits = and_(table.c.customer_id.in_(theirs))
        yield _told(one, model, fits), fits


def _speaks(one: OneRemit, action: str) -> bool:
    """A limit holds for everything; a grant gives reading, and writing where it says so, and nothing else."""
    return one.effect == "limit" or action == "read" or action == one.may


def _may_not(work: Work, who: Who, action: str) -> bool:
    return who.external or work.runtime.ports.authorizer.reach(who, action, "customer") is Reach.NONE


def _told(one: OneRemit, model: type[Base], fits: Condition) -> RowRule:
    kind = str(getattr(model, "KIND", ""))
    effect: Any = one.effect
    return RowRule(f"remit {one.name}", kind, effect, lambda _who, _columns: fits, one.words())


def _parts(one: OneRemit, tenant: str, customers: FromClause) -> Iterator[Condition]:
    c, wanted = customers.c, one.wanted
    for name, column in _CODED.items():
        if codes := wanted.get(name):
            yield or_(*(and_(c[column] >= first, c[column] < last) for code in codes for first, last in below(code)))
    for name, column in _LISTED.items():
        if values := wanted.get(name):
            yield c[column].in_(values)
    for ids in one.classes:
        yield c.id.in_(_classed(tenant, ids))
    for field, options in wanted.get("custom", {}).items():
        yield c.id.in_(_chosen(tenant, field, options))
    if pools := wanted.get("pools"):
        inside = c.pool_id.in_([UUID(one) for one in pools])
        # A limit to pools is about what lies in pools.
        yield or_(c.owner_id.is_not(None), inside) if one.effect == "limit" else and_(c.owner_id.is_(None), inside)


def _classed(tenant: str, ids: Sequence[UUID]) -> Any:
    c = table_of(CustomerClass).c
    return select(c.customer_id).where(c.tenant_id == tenant, c.category_id.in_(ids))


def _chosen(tenant: str, field: str, options: Sequence[str]) -> Any:
    c = table_of(CustomValue).c
    of_customers = and_(c.tenant_id == tenant, c.kind == "customer", c.field == field)
    return select(c.thing_id).where(of_customers, c.text_key.in_(options))
