"""Who looked at what, newest first, for those who administer privacy."""

from collections.abc import Iterator
from typing import Any

from oa_crm.models import Look, table_of
from oa_crm.schemas import LookFilter, LookOut, Page
from oa_crm.services import cursors, keyset, pages
from oa_crm.services.base import Service
from oa_crm.services.keyset import Order

_ORDER = Order("at", down=True, parse=cursors.moment)
_EQUAL = ("actor_id", "what", "kind", "thing_id")


def find(service: Service, wanted: LookFilter, after: str | None, limit: int | None) -> Page[LookOut]:
    """One page, in one statement."""
    size = pages.size(service.work, limit)
    query = service.company_wide(Look).where(*_conditions(wanted))
    rows = keyset.read(service.work, query, table_of(Look), "looks", _ORDER, after, size)
    found: Page[LookOut] = keyset.page(rows, size, LookOut, "looks", _ORDER)
    return found


def _conditions(wanted: LookFilter) -> Iterator[Any]:
    table = table_of(Look)
    yield from (table.c[name] == value for name in _EQUAL if (value := getattr(wanted, name)) is not None)
    if wanted.since is not None:
        yield table.c.at >= wanted.since
    if wanted.before is not None:
        yield table.c.at < wanted.before
