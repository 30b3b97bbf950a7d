"""Nobody gets a customer on file past the duplicate check: what may be passed over, and what the database says."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from oa_crm.duplicates import Draft
from oa_crm.errors import DuplicateCustomer
from oa_crm.schemas import CustomerIn, Entrance, Verdict
from oa_crm.services import clashes
from oa_crm.services.base import words
from oa_crm.services.clashes import passing
from oa_crm.services.work import Work


def refuse(
    work: Work, id: UUID, data: CustomerIn, draft: Draft, override: str | None, entrance: Entrance
) -> str | None:
    """The reason for which a clash is passed over; None without one. Raises when it may not be."""
    found = clashes.report(work, draft, entrance, after_gate=True, only_clashes=True)
    if found.verdict is Verdict.CLEAR:
        return None
    policy, blocked = clashes.policy_for(work, entrance).policy, found.verdict is Verdict.BLOCK
    # A grant from before the company said never passes nothing any more.
    if not (blocked and policy.override == "never") and (granted := passing.use(work, data, id)):
        return granted
    if override is None or not override.strip():
        raise clashes.refused(work, draft, entrance, found)
    if blocked:
        passing.may_pass(work, policy)
    return words("override_reason", override, "zero_character")


def refuse_new(work: Work, id: UUID, before: Draft, draft: Draft) -> None:
    """A clash that was passed when the customer came in keeps nobody from changing its phone."""
    found = clashes.report(work, draft, Entrance.UPDATE, leave_out=id, after_gate=True, only_clashes=True)
    if found.verdict is not Verdict.BLOCK:
        return
    known = clashes.blocking(work, before, Entrance.UPDATE, leave_out=id)
    if clashes.blocking(work, draft, Entrance.UPDATE, leave_out=id, after_gate=True) - known:
        raise clashes.refused(work, draft, Entrance.UPDATE, found)


@contextmanager
def unless_taken(
    work: Work, facts: Any, draft: Draft, entrance: Entrance, leave_out: UUID | None = None
) -> Iterator[None]:
    """One customer a number, also where its keys are missing: answer as if we had come later."""
    if not (facts.get("credit_code") or facts.get("numbers")):
        yield
        return
    try:
        with work.connection.begin_nested():
            yield
    except IntegrityError:
        found = clashes.report(work, draft, entrance, leave_out=leave_out, after_gate=True)
        raise DuplicateCustomer(draft.name, found) from None
