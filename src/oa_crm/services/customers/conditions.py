"""From a filter to SQL: every condition that a list of customers may carry, from a fixed table of fields.

Each narrows what the actor may see, and is a range of an index that the tenant leads, or an `IN` of one.
"""

from collections.abc import Iterator
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select

from oa_crm import codes
from oa_crm.duplicates import Draft
from oa_crm.duplicates.keys import key_of
from oa_crm.models import (
    Customer,
    CustomerClass,
    CustomerNumber,
    CustomerTag,
    Department,
    DuplicateEntry,
    DuplicateKey,
    Favourite,
    Member,
    table_of,
)
from oa_crm.schemas import CustomerFilter
from oa_crm.services import classes
from oa_crm.services.beginnings import beginning_with
from oa_crm.services.coded import coded
from oa_crm.services.customers import searching
from oa_crm.services.persons import facts as persons
from oa_crm.services.work import Work

Condition = ColumnElement[bool]
_EQUAL = ("owner_id", "kind", "level", "status", "size", "source")
_CODED = {"industry": codes.industry, "region": codes.region}
_TIMES = {
    "created": "created_at",
    "updated": "updated_at",
    "last_follow_up": "last_follow_up_at",
    "next_contact": "next_contact_on",
}


def conditions(work: Work, wanted: CustomerFilter) -> Iterator[Condition]:
    """Everything that `wanted` asks for, beside the tenant and what the actor may see."""
    table = table_of(Customer)
    yield from (table.c[field] == value for field in _EQUAL if (value := getattr(wanted, field)) is not None)
    yield from (_below(field, value) for field in _CODED if (value := getattr(wanted, field)) is not None)
    if wanted.levels:
        yield table.c.level.in_(wanted.levels)
    if wanted.name:
        yield beginning_with(table.c.name, wanted.name)
    for field, column in (("pooled", table.c.owner_id.is_(None)), ("has_parent", table.c.parent_id.is_not(None))):
        if (value := getattr(wanted, field)) is not None:
            yield column if value else ~column
    yield from _within_times(wanted)
    yield from _by_others(work, wanted)
    if wanted.text is not None:
        yield from searching.holding(work, wanted.text)


def _below(field: str, text: str) -> Condition:
    """Everything below a code, and whoever still has exactly these words from before there were codes."""
    column = table_of(Customer).c[field]
    code = coded(field, _CODED[field], text)
    ranges = (and_(column >= first, column < last) for first, last in codes.below(code))
    return or_(*ranges, *([column == text] if text != code else ()))


def _within_times(wanted: CustomerFilter) -> Iterator[Condition]:
    for name, column in _TIMES.items():
        since, before = getattr(wanted, f"{name}_since"), getattr(wanted, f"{name}_before")
        if since is not None:
            yield table_of(Customer).c[column] >= since
        if before is not None:
            yield table_of(Customer).c[column] < before


def _by_others(work: Work, wanted: CustomerFilter) -> Iterator[Condition]:
    """What other tables know of a customer."""
    table, tenant = table_of(Customer), work.scope.tenant
    if wanted.department_id is not None:
        yield table.c.owner_id.in_(_owners(tenant, wanted.department_id))
    if wanted.tags_any:
        yield table.c.id.in_(_tagged(tenant).where(CustomerTag.tag.in_(wanted.tags_any)))
    for tag in wanted.tags_all or ():
        yield table.c.id.in_(_tagged(tenant).where(CustomerTag.tag == tag))
    for tree, category in wanted.categories.items():
        yield table.c.id.in_(_classed(tenant, classes.within(work, tree, category)))
    if wanted.favourites is not None:
        mine = and_(Favourite.tenant_id == tenant, Favourite.member_id == work.scope.actor.id)
        kept = table.c.id.in_(select(Favourite.customer_id).where(mine))
        yield kept if wanted.favourites else ~kept
    if wanted.number is not None:
        yield table.c.id.in_(_numbered(tenant, wanted.number.scheme, wanted.number.number))
    if wanted.phone is not None:
        yield table.c.id.in_(_keyed(work, "phone", Draft(name="", phone=_national(work, wanted.phone))))
    if wanted.email is not None:
        yield table.c.id.in_(_keyed(work, "email", Draft(name="", emails=(wanted.email,))))


def _owners(tenant: str, department_id: str) -> Any:
    """The members of a department and of those below it."""
    top = (
        select(Department.path).where(Department.tenant_id == tenant, Department.id == department_id).scalar_subquery()
    )
    # Its path ends with a slash, and "0" follows "/".
    after = func.substr(top, 1, func.length(top) - 1) + "0"
    of_member = and_(Department.tenant_id == Member.tenant_id, Department.id == Member.department_id)
    members = select(Member.id).join(Department, of_member).where(Member.tenant_id == tenant)
    return members.where(Department.path >= top, Department.path < after)


def _tagged(tenant: str) -> Any:
    return select(CustomerTag.customer_id).where(CustomerTag.tenant_id == tenant)


def _classed(tenant: str, categories: list[UUID]) -> Any:
    mine = and_(CustomerClass.tenant_id == tenant, CustomerClass.category_id.in_(categories))
    return select(CustomerClass.customer_id).where(mine)


def _numbered(tenant: str, scheme: str, number: str) -> Any:
    told = coded("number", partial(codes.number, scheme), number)
    table = CustomerNumber
    return select(table.customer_id).where(table.tenant_id == tenant, table.scheme == scheme, table.number == told)


def _national(work: Work, text: str) -> str:
    """The number as the duplicate check knows it."""
    return codes.national(persons.phone(work, "phone", text))


def _keyed(work: Work, matcher: str, draft: Draft) -> Any:
    """Who has a key in common with `draft`, as one matcher makes keys; two texts share a hash once in 2^64."""
    engine, tenant = work.runtime.matching.engine, work.scope.tenant
    keys = (key for one in engine.matchers if one.name == matcher for key in one.keys(draft))
    entry, key = table_of(DuplicateEntry), table_of(DuplicateKey)
    found = select(entry.c.customer_id).join(key, key.c.entry_id == entry.c.id)
    hashes = [key_of(tenant, one).hash for one in keys]
    return found.where(entry.c.tenant_id == tenant, key.c.key_hash.in_(hashes))
