"""Advice on the stage of a project: what won projects had done by then. A hint, never an action."""

from typing import Literal
from uuid import UUID

from oa_crm.schemas.base import Out

Hint = Literal["ready", "on_course", "behind", "not_enough_history", "closed"]


class AdviceReason(Out):
    """One reason: a stable `code`, and the same in the reader's words, numbers included."""

    code: str
    said: str


class StageAdvice(Out):
    """Where a project stands beside those that were won.

    `talks` are its follow-ups so far, `days` how long it has stood in `stage`, `silent_days` how long nobody talked,
    `issues` its open key issues. `similar` won projects went through the stage; when they left it, half of them had
    more than `median_talks`, and had stood there longer than `median_days`. `hint` is "ready" to move on, "on_course",
    "behind", "not_enough_history" under five won projects, or "closed" for a project that is not open.
    """

    project_id: UUID
    stage: str
    hint: Hint
    talks: int
    days: int
    silent_days: int | None
    issues: int
    similar: int
    median_talks: float | None
    median_days: float | None
    reasons: tuple[AdviceReason, ...]
