"""Which custom fields a kind has now: one small query a unit, and one more when they changed since."""

from typing import Any
from uuid import UUID

from sqlalchemy import and_, select

from oa_crm.models import CustomFieldRow, CustomSet, table_of
from oa_crm.schemas.custom import CustomFieldFacts
from oa_crm.services.custom_sets import Definitions, Field
from oa_crm.services.work import Work


def definitions(work: Work, kind: str, *, writing: bool = False) -> Definitions:
    """The fields of a kind. With `writing` nobody changes them until we are done.

    Raises `ConfigurationError` where a plugin and the company use one name.
    """
    known: Definitions | None = work.custom.get((kind, True)) or (None if writing else work.custom.get((kind, False)))
    if known is None:
        known = work.custom[(kind, writing)] = _found(work, kind, writing)
    return known


def _found(work: Work, kind: str, writing: bool) -> Definitions:
    table, library = table_of(CustomSet), work.runtime.custom
    mine = and_(table.c.tenant_id == work.scope.tenant, table.c.kind == kind)
    query = select(table.c.stamp).where(mine)
    stamp: UUID | None = work.connection.scalar(query.with_for_update(read=True) if writing else query)
    if (built := library.find(work.scope.tenant, kind, stamp)) is not None:
        return built
    if stamp is None:
        return library.keep(work.scope.tenant, kind, None, ())
    return _read(work, kind, writing)


def _read(work: Work, kind: str, writing: bool) -> Definitions:
    sets, fields = table_of(CustomSet), table_of(CustomFieldRow)
    of_set = and_(fields.c.tenant_id == sets.c.tenant_id, fields.c.kind == sets.c.kind)
    # One statement, so that the stamp is the one of these very fields.
    query = select(sets.c.stamp, fields).join(fields, of_set)
    query = query.where(sets.c.tenant_id == work.scope.tenant, sets.c.kind == kind)
    # A host's transaction may read a snapshot from before them; a locking read sees them as they are.
    rows = work.connection.execute(query.with_for_update(read=True) if writing else query).all()
    return work.runtime.custom.keep(work.scope.tenant, kind, rows[0].stamp, [as_field(row) for row in rows])


def as_field(row: Any) -> Field:
    """A stored definition."""
    facts = CustomFieldFacts(**row.definition)
    return Field(row.kind, row.name, facts, state=row.state, id=row.id, version=row.version)
