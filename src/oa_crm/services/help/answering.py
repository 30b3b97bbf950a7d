"""What the asked one does: he takes it up, declines, answers. Each is one conditional change, so nobody helps twice."""

from typing import Any
from uuid import UUID

from oa_crm.errors import InvalidInput
from oa_crm.hooks.payloads import HelpAnswered
from oa_crm.models import HelpRequest, table_of
from oa_crm.schemas import HelpOut
from oa_crm.services import access
from oa_crm.services.base import Service
from oa_crm.services.help import telling

_LONGEST = 20_000


def accept(service: Service, id: UUID) -> HelpOut:
    """One of those who are asked has it."""
    _asked(service, id)
    row = _moved(service, id, ("asked",), helper_id=service.work.scope.actor.id, state="accepted")
    return _said(service, "help.accept", row, "accepted", None)


def decline(service: Service, id: UUID, reason: str) -> HelpOut:
    """He who has it, or is asked while nobody has, does not help."""
    _asked(service, id)
    row = _moved(service, id, ("asked", "accepted"), helper_id=None, state="declined", open_due=None)
    return _said(service, "help.decline", row, "declined", reason)


def answer(service: Service, id: UUID, words: str) -> HelpOut:
    """His word stands on the request; all his words are its entries."""
    _asked(service, id)
    me, now = service.work.scope.actor.id, service.work.journal.now()
    said = {"answer": words, "answered_at": now, "answered_by": me, "helper_id": me}
    row = _moved(service, id, ("asked", "accepted", "answered"), **said, state="answered", open_due=None)
    return _said(service, "help.answer", row, "answered", words)


def prose(text: object) -> str:
    """An answer. Raises `InvalidInput` for none, for one that is too long, and for what no database takes."""
    if not isinstance(text, str) or not text.strip():
        raise InvalidInput.of("text", "answer_missing")
    if "\0" in text:
        raise InvalidInput.of("text", "zero_character")
    if len(text) > _LONGEST:
        raise InvalidInput.of("text", "answer_too_long", most=_LONGEST)
    return text.encode(errors="replace").decode().strip()


def _asked(service: Service, id: UUID) -> None:
    """Raises `NotFound` for a request that the actor does not see, `Forbidden` for one that he is not asked."""
    service.one(HelpRequest, id)
    mine = service.company_wide(HelpRequest).where(
        table_of(HelpRequest).c.id == id, access.addressed(service.work.who, at_any_time=True)
    )
    if service.work.connection.execute(mine).first() is None:
        raise access.refusal(service.work, "read", "help_request", "only who is asked may do this")


def _moved(service: Service, id: UUID, allowed: tuple[str, ...], **values: Any) -> Any:
    return telling.moved(service, id, allowed, access.addressed(service.work.who), **values)


def _said(service: Service, operation: str, row: Any, what: str, words: str | None) -> HelpOut:
    telling.entered(service, operation, row, what, words)
    facts = telling.facts(service, row)
    service.work.journal.emit(HelpAnswered, **facts, what=what, helper_id=service.work.scope.actor.id)
    return telling.out(service, row)
