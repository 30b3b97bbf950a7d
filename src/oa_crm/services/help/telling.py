"""What each act on a request says: an entry, the audit, the world where it should know. And the request as shown."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, update

from oa_crm.errors import IllegalState
from oa_crm.hooks.ports import Who
from oa_crm.ids import new_id
from oa_crm.models import HelpEntry, HelpRequest, table_of
from oa_crm.schemas import HelpOut
from oa_crm.services import shown_facts, subjects
from oa_crm.services.base import Service, shown


def out(service: Service, row: Any) -> HelpOut:
    """A request as the actor may see it."""
    return shown(HelpOut, row, shown=shown_to(service, [row])(row))


def shown_to(service: Service, rows: Sequence[Any]) -> Callable[[Any], dict[str, str | None]]:
    """The facts of each of these rows as the actor may see them."""
    return shown_facts.seen_of(service, rows, "shown", lambda row: asks(row, service.work.who))


def asks(row: Any, who: Who) -> bool:
    """Whether a request is this person's: `access.addressed`, of a row."""
    if row.helper_id is not None:
        return bool(row.helper_id == who.id)
    named = {"member": (who.id,)} if who.external else {
        "member": (who.id,), "department": (who.department_id,), "role": who.roles
    }  # fmt: skip
    return row.to_id in named.get(row.to_kind, ())


def moved(service: Service, id: UUID, allowed: tuple[str, ...], whose: ColumnElement[bool], **values: Any) -> Any:
    """Change a request that is in one of these states: one conditional UPDATE, so that of two who race one does it.

    The row as it is then. Raises `IllegalState`.
    """
    work, table = service.work, table_of(HelpRequest)
    mine = (table.c.tenant_id == work.scope.tenant) & (table.c.id == id)
    stamps = {"version": table.c.version + 1, "updated_at": work.journal.now(), "updated_by": work.scope.actor.id}
    change = update(table).where(mine, table.c.state.in_(allowed), whose).values(**values, **stamps)
    done = work.connection.execute(change).rowcount
    row = work.connection.execute(
        service.company_wide(HelpRequest).where(table.c.id == id).with_for_update(read=True)
    ).one()
    if done != 1:
        raise IllegalState(kind="help_request", state=row.state, allowed=allowed)
    return row


def entered(service: Service, operation: str, row: Any, what: str, words: str | None) -> None:
    """Keep an entry, and the audit."""
    now, me = service.work.journal.now(), service.work.scope.actor.id
    service.add(HelpEntry, id=new_id(), request_id=row.id, what=what, words=words, at=now, by=me)
    service.work.journal.record(operation, "help_request", row.id, {"what": [None, what]})


def facts(service: Service, row: Any) -> dict[str, Any]:
    """What every event of a request says."""
    return {
        "help_id": row.id,
        "customer_id": row.customer_id,
        "project_id": row.project_id,
        "name": subjects.named(service, row).name,
        "asked_by": row.created_by,
        "due_on": row.due_on,
    }
