"""What one source of a timeline says of itself. A room joins the timeline by one such declaration in `sources.py`.

A source gives rows that never change: a table that is only added to, a column that is written once, or the audit.
Where a row may be changed later (who decided a request, and when), each step is a source of its own.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select

from oa_crm.models import Base, table_of
from oa_crm.services import access
from oa_crm.services.base import Service
from oa_crm.services.timeline.place import Place

Rows = Callable[[Service, Place, tuple[Any, ...]], Select[Any]]


@dataclass(frozen=True, slots=True)
class Source:
    """One source.

    `name` is unique, stands in cursors, and is what an entry is called unless the audit says it; `kind` is what people
    filter by. `rows` selects the given columns of `model` at a place, without an order. `at` is the column of when it
    happened, `recorded` of when it went on file where that differs, `by` of who did it, None for the system. `id`,
    `number` and `moment` are the columns that tell its rows apart; entries of one moment are ordered by them, in this
    order. `thing` and `thing_id` lead to what an entry is of; without `thing_id` the audit names it. `needs` are kinds
    that one must be able to read, `reach` one that no grant gives.
    `scattered` rows are found by the things they are of.
    """

    name: str
    kind: str
    model: type[Base]
    rows: Rows
    thing: str
    thing_id: str | None = "id"
    at: str = "at"
    recorded: str | None = None
    by: str | None = "by"
    id: str | None = "id"
    number: str | None = None
    moment: str | None = None
    facts: tuple[str, ...] = ()
    reason: str | None = None
    project: str | None = None
    needs: tuple[type[Base], ...] = ()
    reach: str | None = None
    customers_only: bool = False
    scattered: bool = False

    def withheld(self, service: Service) -> bool:
        """Whether the actor reads nothing of this."""
        return access.beyond(service.work, self.needs, self.reach)

    def has(self, place: Place) -> bool:
        """Whether it has anything to say at such a place."""
        return place.is_customer or not self.customers_only

    @property
    def audited(self) -> bool:
        """Whether its rows are entries of the audit."""
        return self.thing_id is None

    @property
    def keys(self) -> tuple[tuple[str, Any], ...]:
        """What tells its rows apart: which of id, number and moment, with its column, in the order of all sources."""
        columns = (("id", self.id), ("number", self.number), ("moment", self.moment))
        return tuple((what, table_of(self.model).c[name]) for what, name in columns if name is not None)
