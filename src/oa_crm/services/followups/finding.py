"""Follow-ups found by what they say, who recorded them, when and with whom."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select

from oa_crm.models import FollowUp, FollowUpContact, table_of
from oa_crm.schemas.followups import FollowUpFilter
from oa_crm.services import cursors
from oa_crm.services.base import Service
from oa_crm.services.keyset import Order

LAST_SAID = Order("happened_at", down=True, parse=cursors.moment)
_EQUAL = ("customer_id", "lead_id", "project_id", "created_by", "way", "result")


def matching(service: Service, wanted: FollowUpFilter) -> Select[Any]:
    """The follow-ups that the actor may see and that match."""
    return service.select(FollowUp).where(*_conditions(service, wanted))


def _conditions(service: Service, wanted: FollowUpFilter) -> Iterator[ColumnElement[bool]]:
    c = table_of(FollowUp).c
    yield from (c[name] == value for name in _EQUAL if (value := getattr(wanted, name)) is not None)
    if wanted.since is not None:
        yield c.happened_at >= wanted.since
    if wanted.before is not None:
        yield c.happened_at < wanted.before
    if wanted.contact_id is not None:
        met = table_of(FollowUpContact).c
        mine = (met.tenant_id == service.work.scope.tenant) & (met.contact_id == wanted.contact_id)
        yield c.id.in_(select(met.follow_up_id).where(mine))
    for word in sorted({_small(one) for one in (wanted.text or "").split()}):
        yield or_(*(_small_in(one, word).contains(word, autoescape=True) for one in (c.outcome, c.key_issue)))


def _small(word: str) -> str:
    """A word in small letters, letter by letter, so that none becomes two."""
    return "".join(low if len(low := one.lower()) == 1 else one for one in word)


def _small_in(column: Any, word: str) -> Any:
    """The column with the letters of a small word in small. `lower` of some databases knows Latin letters alone: the
    others are replaced one by one."""
    told = func.lower(column)
    for letter in sorted(set(word)):
        if not letter.isascii() and len(large := letter.upper()) == 1 and large != letter:
            told = func.replace(told, large, letter)
    return told
