"""Searching by text: words of a name, its beginning, its pinyin or initials; each word must be found.

A word stands in the index of names as a beginning of it or, marked, of a part further in. Rare words are fetched;
a word that thousands have is asked of each customer on the way through the list, which then soon finds its page.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, and_, any_, func, or_, select, union_all

from oa_crm.duplicates.prefixes import typed
from oa_crm.errors import InvalidInput
from oa_crm.models import Customer, NamePrefix, table_of
from oa_crm.services.beginnings import beginning_with
from oa_crm.services.clashes.inner_words import INSIDE, LONGEST
from oa_crm.services.work import Work

COMMON = 2000
"""A word that leads to so many customers is no longer fetched."""
_MOST_WORDS = 8


def holding(work: Work, text: str) -> Iterator[ColumnElement[bool]]:
    """One condition a word. Raises `invalid_input` for text without any letter."""
    words = [word for part in text.split() if (word := typed(part))][:_MOST_WORDS]
    if not words:
        raise InvalidInput.of("text", "nothing_to_search")
    for word in dict.fromkeys(words):
        yield _holding(work, word)


def _holding(work: Work, word: str) -> ColumnElement[bool]:
    customer, prefix = table_of(Customer), table_of(NamePrefix)
    ways = [_way(work, word), _way(work, INSIDE + word[:LONGEST])]
    if _is_common(work, ways):
        # Asked of each customer that the list comes by: for one row, since of EXISTS MariaDB makes a list of all.
        theirs = and_(prefix.c.customer_id == customer.c.id, or_(*ways), prefix.c.tenant_id == work.scope.tenant)
        return select(prefix.c.typed).where(theirs).limit(1).scalar_subquery().is_not(None)
    # One list, for of two SQLite and MariaDB take none and walk through the company; a table, so that it is made once.
    parts = (select(prefix.c.customer_id).where(way).subquery() for way in ways)
    found = union_all(*(select(one.c.customer_id) for one in parts)).subquery("found")
    ids = select(found.c.customer_id)
    if work.connection.dialect.name == "postgresql":
        # It would rather walk through all customers in the order of the list, to meet the few that are found.
        return customer.c.id == any_(func.array(ids.scalar_subquery()))
    return customer.c.id.in_(ids)


def _way(work: Work, beginning: str) -> Any:
    prefix = table_of(NamePrefix)
    return and_(prefix.c.tenant_id == work.scope.tenant, beginning_with(prefix.c.typed, beginning))


def _is_common(work: Work, ways: list[Any]) -> bool:
    """Counts no further than to the limit, whatever the base."""
    prefix = table_of(NamePrefix)
    for way in ways:
        some = select(prefix.c.customer_id).where(way).limit(COMMON).subquery()
        if work.connection.scalar(select(func.count()).select_from(some)) == COMMON:
            return True
    return False
