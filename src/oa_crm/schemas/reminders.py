"""Reminders: when a company reminds, and what a run told."""

from typing import Annotated

from pydantic import Field

from oa_crm.schemas.base import In, Out

Days = Annotated[int, Field(ge=1, le=3660)]
Steps = Annotated[tuple[Days, ...], Field(max_length=10, description="numbers of days, at most 10")]


class ReminderRules(In):
    """When to remind. A plan or a next contact that is overdue is told again after each of `overdue_days`, a customer
    that nobody followed up after each of `neglected_days`; from `..._manager_from` days on the manager is told as well.
    """

    overdue_days: Steps = (1, 3, 7)
    overdue_manager_from: Days = 3
    neglected_days: Steps = (7, 15, 30, 90, 180)
    neglected_manager_from: Days = 30


class ReminderChange(In):
    """Rules to set. `expected_version` is the version you read, 0 where none were set."""

    rules: ReminderRules
    expected_version: Annotated[int, Field(ge=0, le=2**31 - 1)]


class ReminderRulesOut(Out):
    """The rules as they hold."""

    rules: ReminderRules
    version: int


class RemindersGiven(Out):
    """What a run told, each once for its step. `finished`: everything up to today is told."""

    due: int = 0
    overdue: int = 0
    neglected: int = 0
    finished: bool = True
