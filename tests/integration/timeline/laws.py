"""What holds for every timeline, and how tests read whole ones."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import pydantic_core
from sqlalchemy import select
from tests.integration.services.acting import SYSTEM, doing

from oa_crm import Actor
from oa_crm.models import Base, Customer, Project, table_of
from oa_crm.schemas import TimelineEntry
from oa_crm.services.timeline.states import FACTS
from oa_crm.testing import Kit

Told = tuple[Any, ...]


def whole(
    kit: Kit, id: UUID, by: str | Actor = SYSTEM, *, size: int = 500, of: str = "customer", **how: Any
) -> list[TimelineEntry]:
    """Every entry, page by page."""
    found: list[TimelineEntry] = []
    after = None
    while True:
        page = doing(
            kit, by, lambda unit, after=after: getattr(unit.timeline, f"of_{of}")(id, after=after, limit=size, **how)
        )
        found += page.items
        if (after := page.next) is None:
            return found


def told(entries: list[TimelineEntry]) -> list[Told]:
    """What entries say, but for the file that they lie in now."""
    return [(one.id, one.at, one.recorded_at, one.what, one.by, dict(one.facts), dict(one.changes)) for one in entries]


def facts_of(kit: Kit, model: type[Base], **where: Any) -> dict[UUID, Mapping[str, Any]]:
    """The facts of things as their rows have them now."""
    table, names = table_of(model), sorted(FACTS[model])
    query = select(table).where(*(table.c[name] == value for name, value in where.items()))
    with kit.crm.engine.connect() as connection:
        return {row.id: _plain({name: row._mapping[name] for name in names}) for row in connection.execute(query)}


def state_of(kit: Kit, id: UUID, at: datetime) -> tuple[Any, dict[UUID, Any]]:
    """The same as a timeline's state has them."""
    state = doing(kit, SYSTEM, lambda unit: unit.timeline.state(id, at=at))
    projects = {one.id: _plain(one.facts) for one in state.projects}
    return None if state.customer is None else _plain(state.customer.facts), projects


def facts_now(kit: Kit, id: UUID) -> tuple[Any, dict[UUID, Any]]:
    """What a state of this moment has to say."""
    return facts_of(kit, Customer, id=id).get(id), facts_of(kit, Project, customer_id=id)


def _plain(facts: Mapping[str, Any]) -> dict[str, Any]:
    plain = pydantic_core.from_json(pydantic_core.to_json(dict(facts)))
    return {name: value for name, value in plain.items() if value not in (None, [], {})}
