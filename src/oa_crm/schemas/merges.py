"""Merging customers and splitting them again: what is asked for, what would happen, what did."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from oa_crm.schemas.base import In, Out, Reason, Version
from oa_crm.schemas.duplicates import CheckReport

Choice = Literal["keep", "take", "both"]


class MergePair(In):
    """Two files that are one customer: the loser's is merged into the winner's.

    `choices` says per field whose value stays: "keep" the winner's, "take" the loser's, or, where the field is a
    list, "both". Left out, the winner's stays, the loser's fills what is empty, and lists are put together.
    """

    winner_id: UUID
    loser_id: UUID
    choices: dict[str, Choice] = Field(default={}, description="a field of the customer: keep, take, or both for lists")


class MergeIn(MergePair):
    """The same with the versions that were looked at."""

    winner_version: Version = Field(description="the version you read before merging")
    loser_version: Version = Field(description="the version you read before merging")
    reason: Reason | None = None


class MergedField(Out):
    """One field of two files: both values, what was chosen, and what stays. `differs` where both have one."""

    field: str
    winner: Any
    loser: Any
    choice: Choice
    result: Any
    differs: bool


class MergePreview(Out):
    """What a merge would do. `moves` and `laid_aside` count rows by link, such as "project.customer_id".

    What is laid aside is there twice: the survivor has its like already. A split puts it back.
    """

    winner_id: UUID
    winner_version: int
    loser_id: UUID
    loser_version: int
    fields: tuple[MergedField, ...]
    moves: Mapping[str, int]
    laid_aside: Mapping[str, int]


class MergeOut(Out):
    """A merge as it was done: merged, or split again."""

    id: UUID
    state: Literal["merged", "split"]
    winner_id: UUID
    winner_name: str
    loser_id: UUID
    loser_name: str
    moved: Mapping[str, int]
    laid_aside: Mapping[str, int]
    reason: str | None
    merged_at: datetime
    merged_by: str
    split_at: datetime | None
    split_by: str | None
    split_because: str | None


class PairAnswer(Out):
    """What became of one pair of many: its merge, or the code of what keeps it from being one."""

    winner_id: UUID
    loser_id: UUID
    merge_id: UUID | None
    problem: str | None = None


class MergeAnswers(Out):
    """One answer a pair, in their order."""

    pairs: tuple[PairAnswer, ...]
    merged: int


class LeftRow(Out):
    """A row that a split did not put back, or found changed: the link it belongs to, its key, and why.

    `why`: "moved_on" leads to another customer now, or is gone; "taken" cannot come back, since another row has its
    place; "edited" went back with what was changed in it since.
    """

    link: str
    key: str
    why: Literal["moved_on", "taken", "edited"]


class SplitOut(Out):
    """A merge that was taken back, and what was not, since it was changed meanwhile.

    `restored` counts rows by link; `came_along` those that were written since and hang on one that went back.
    `fields_left` are the survivor's fields that somebody changed since: they stay as they are.
    """

    merge: MergeOut
    restored: Mapping[str, int]
    came_along: Mapping[str, int]
    left: tuple[LeftRow, ...]
    fields_left: tuple[str, ...]
    check: CheckReport
