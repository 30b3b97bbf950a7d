"""An act under a caller's key happens once; whoever repeats it gets the first answer.

The key is taken by an insert before the work begins: a second caller waits on it, and then finds either
nothing (the first one failed) or the answer.
"""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel
from pydantic_core import to_json
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from oa_crm.errors import IdempotencyConflict, InvalidInput
from oa_crm.models import IdempotencyKey, table_of
from oa_crm.services.work import Work

Answer = TypeVar("Answer", bound=BaseModel)


def once(
    work: Work,
    operation: str,
    key: str,
    given: BaseModel | Mapping[str, Any],
    answer: type[Answer],
    do: Callable[[], Answer],
) -> Answer:
    """Do it, or answer as it was answered before. Raises `IdempotencyConflict` for other input or another actor."""
    if not 0 < len(key) <= 100:
        raise InvalidInput.of("idempotency_key", "key_length", length=len(key))
    # The actor is part of it, so that nobody reads another person's answer by guessing his key.
    scope = work.scope
    said = to_json([scope.actor.id, scope.on_behalf_of, given])
    fingerprint = hashlib.sha256(said).hexdigest()
    mine = {"tenant_id": work.scope.tenant, "operation": operation, "key": key}
    if not _take(work, mine, fingerprint):
        return _answered(work, mine, fingerprint, answer)
    result = do()
    table = table_of(IdempotencyKey)
    kept = update(table).where(*(table.c[name] == value for name, value in mine.items()))
    work.connection.execute(kept.values(answer=result.model_dump(mode="json")))
    return result


def _take(work: Work, mine: Mapping[str, str], fingerprint: str) -> bool:
    try:
        with work.connection.begin_nested():
            row = {**mine, "fingerprint": fingerprint, "answer": None, "created_at": work.journal.now()}
            work.connection.execute(insert(IdempotencyKey), row)
    except IntegrityError:
        return False
    return True


def _answered(work: Work, mine: Mapping[str, str], fingerprint: str, answer: type[Answer]) -> Answer:
    table = table_of(IdempotencyKey)
    query = select(table.c.fingerprint, table.c.answer).where(*(table.c[name] == value for name, value in mine.items()))
    # A locking read, because a snapshot taken before the first caller committed would not show his row.
    row = work.connection.execute(query.with_for_update(read=True)).one()
    if row.fingerprint != fingerprint:
        raise IdempotencyConflict(mine["key"])
    return answer.model_validate(row.answer)
