"""Looks are noted here; `asides.py` writes them. Only what the actor sees openly is a look; no value is kept.

The system looks at nothing: what it does for somebody says so by that actor.
"""

from collections.abc import Collection, Iterable
from typing import Any

from oa_crm.hooks.ports import Sight
from oa_crm.ids import new_id
from oa_crm.models import Look
from oa_crm.schemas.base import Record
from oa_crm.schemas.privacy import PERSONAL
from oa_crm.services.sights import strictest
from oa_crm.services.work import Work


def opened(work: Work, thing: Record) -> None:
    """The file of one person, customer or lead is shown."""
    kind = str(thing.KIND)
    if shown := _open(work, kind, (name for name in PERSONAL[kind] if getattr(thing, name))):
        _note(work, "opened", kind, shown, 1, thing_id=thing.id)


def searched(work: Work, kind: str, by: Iterable[tuple[str, str]], found: int) -> None:
    """Somebody was looked for by personal facts: `by` has field and mask of each, `found` how many were shown."""
    asked = dict(by)
    if asked:
        detail = ", ".join(f"{name} {mask}" for name, mask in asked.items())
        _note(work, "searched", kind, sorted(asked), found, detail=detail)


def exported(
    work: Work, kind: str, fields: Collection[str], many: int, *, detail: str, thing_id: Any = None, reason: Any = None
) -> None:
    """`many` things of a kind left as a file: a workbook, a printed customer file (then with its `thing_id`).

    `fields` are the columns; those that are personal and open to the actor are kept, and an export without any is
    kept as well. `detail` says what file. Call it once an export, in the unit that reads.
    """
    shown = _open(work, kind, (name for name in PERSONAL.get(kind, ()) if name in fields))
    _note(work, "exported", kind, shown, many, thing_id=thing_id, detail=detail, reason=reason)


def _open(work: Work, kind: str, fields: Iterable[str]) -> list[str]:
    return [name for name in fields if strictest(work, (f"{kind}.{name}",)) is Sight.OPEN]


def _note(work: Work, what: str, kind: str, fields: list[str], many: int, **more: Any) -> None:
    scope = work.scope
    if scope.actor.is_system and what != "exported":
        return
    detail, reason = more.pop("detail", None), more.pop("reason", None) or work.because
    work.note(
        Look,
        {
            "id": new_id(),
            "tenant_id": scope.tenant,
            "at": work.journal.now(),
            "actor_id": scope.actor.id,
            "on_behalf_of": scope.on_behalf_of,
            "request_id": scope.request_id,
            "what": what,
            "kind": kind,
            "thing_id": more.get("thing_id"),
            "fields": fields,
            "many": many,
            "detail": detail and detail[:200],
            "reason": reason,
        },
    )
