"""People found by what they are called, by a number, and by what they are at a customer: as persons for a list, as
those who stand or stood at customers for a file. An erased person is in no file.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select

from oa_crm.models import ERASED, Contact, ContactPhone, Customer, Post, table_of
from oa_crm.schemas import ContactFilter
from oa_crm.services import access
from oa_crm.services.base import Service
from oa_crm.services.beginnings import beginning_with
from oa_crm.services.persons import facts

_OF_PERSON = ("name", "mobile", "phones", "emails", "wechat", "birthday", "gender", "salutation", "notes")
_OF_POST = ("contact_id", "customer_id", "title", "department", "role", "status", "started_on", "ended_on")


def matching(service: Service, wanted: ContactFilter) -> Select[Any]:
    """The people that the actor may see and that match."""
    posts, query = table_of(Post), service.select(Contact).where(*_of_person(service, wanted))
    if at_customer := list(_of_post(wanted)):
        theirs = select(posts.c.contact_id).where(access.visible(service.work, Post), *at_customer)
        query = query.where(table_of(Contact).c.id.in_(theirs))
    return query


def standing(service: Service, wanted: ContactFilter) -> Select[Any]:
    """The posts of those who match at the customers that the actor may see: of a person at a customer the one that he
    has there, else his latest."""
    customers, posts, erased = table_of(Customer), table_of(Post), table_of(Contact).alias("erased")
    tenant, here = service.work.scope.tenant, service.select(Customer).with_only_columns(customers.c.id)
    his = and_(erased.c.tenant_id == tenant, erased.c.id == posts.c.contact_id, erased.c.name == ERASED)
    query = service.company_wide(Post).where(posts.c.customer_id.in_(here), ~exists().where(his))
    query = query.where(_last(tenant), *_of_post(wanted))
    if of_person := list(_of_person(service, wanted)):
        persons = table_of(Contact)
        found = select(persons.c.id).where(persons.c.tenant_id == tenant, *of_person)
        query = query.where(posts.c.contact_id.in_(found))
    return query


def with_names(service: Service, standing: Select[Any]) -> Select[Any]:
    """Such posts with the facts of each person, and the names of his customer and his superior.

    All of it hangs on the posts by outer joins, so that no database begins with the people of the whole company.
    """
    customers, posts, persons = table_of(Customer), table_of(Post), table_of(Contact)
    above, tenant = persons.alias("above"), service.work.scope.tenant
    # The superior of a post that ended may stand there no more.
    superior = and_(above.c.tenant_id == tenant, above.c.id == posts.c.reports_to, posts.c.is_current == 1)
    query = standing.outerjoin(customers, (customers.c.tenant_id == tenant) & (customers.c.id == posts.c.customer_id))
    query = query.outerjoin(persons, (persons.c.tenant_id == tenant) & (persons.c.id == posts.c.contact_id))
    return query.outerjoin(above, and_(superior, above.c.name != ERASED)).with_only_columns(
        posts.c.id.label("post_id"),
        *(posts.c[name] for name in _OF_POST),
        *(persons.c[name] for name in _OF_PERSON),
        posts.c.is_primary,
        customers.c.name.label("customer"),
        above.c.name.label("reports_to"),
    )


def _of_person(service: Service, wanted: ContactFilter) -> Iterator[ColumnElement[bool]]:
    persons, numbers = table_of(Contact), table_of(ContactPhone)
    if wanted.name and (key := facts.name_key(wanted.name)):
        yield beginning_with(persons.c.name_key, key)
    if wanted.phone:
        number = facts.phone(service.work, "phone", wanted.phone).split(";")[0]
        mine = select(numbers.c.contact_id).where(numbers.c.tenant_id == service.work.scope.tenant)
        yield persons.c.id.in_(mine.where(numbers.c.phone == number))


def _of_post(wanted: ContactFilter) -> Iterator[ColumnElement[bool]]:
    """Of one and the same post."""
    given = wanted.model_dump(include={"customer_id", "role", "status"}, exclude_none=True)
    yield from (table_of(Post).c[name] == value for name, value in given.items())


def _last(tenant: str) -> ColumnElement[bool]:
    """Of several posts of a person at a customer, the one that he has, else the latest."""
    posts, later = table_of(Post), table_of(Post).alias("later")
    same = (later.c[name] == posts.c[name] for name in ("customer_id", "contact_id"))
    newer = exists().where(later.c.tenant_id == tenant, *same, or_(later.c.is_current == 1, later.c.id > posts.c.id))
    return or_(posts.c.is_current == 1, ~newer)
