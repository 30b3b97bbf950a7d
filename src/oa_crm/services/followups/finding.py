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
_WORDS = 5


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
    for word in (wanted.text or "").split()[:_WORDS]:
        told = (func.lower(one).contains(word.lower(), autoescape=True) for one in (c.outcome, c.key_issue))
        yield or_(*told)
