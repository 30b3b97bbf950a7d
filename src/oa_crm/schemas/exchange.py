"""Imports and exports: how a file is read, what is planned, what became of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from oa_crm.schemas.base import In, Line, Out, Reason

OnDuplicate = Literal["skip", "update", "ask", "create"]
Format = Literal["xlsx", "csv"]
Names = Annotated[tuple[Annotated[str, Field(max_length=60)], ...], Field(min_length=1, max_length=400)]


class ImportOptions(In):
    """How a file is taken in.

    `columns` says by heading which field a column holds, None for a column to leave out; what it does not name is
    guessed. `on_duplicate` is what follows where the check of a customer warns or blocks, or where somebody like a
    contact stands at his customer: `skip` the row, `update` what is on file where it is certain and may be changed,
    `ask` people, or `create` all the same with `reason`, as far as the company's policy lets one pass. A row's own
    answer in a column "decision" comes before it.
    """

    columns: Mapping[Annotated[str, Field(max_length=300)], Annotated[str, Field(max_length=60)] | None] = Field(
        default={}, max_length=400
    )
    on_duplicate: OnDuplicate = "ask"
    reason: Reason | None = None
    sheet: Line | None = None


class ImportColumn(Out):
    """A column of the file: its place from 0, its heading, and the field that it holds; None when it is left out."""

    place: int
    heading: str
    field: str | None


class ImportPlan(Out):
    """How a file would be read: its columns, the row that holds the headings, and the first rows as they stand."""

    columns: tuple[ImportColumn, ...]
    heading_row: int
    sample: tuple[tuple[str, ...], ...]

    @property
    def unknown(self) -> tuple[str, ...]:
        """The headings that no field was found for."""
        return tuple(one.heading for one in self.columns if one.field is None)


class RowProblem(Out):
    """What is wrong in a row: the heading of the column (None: the whole row), why, and what would be right."""

    heading: str | None
    problem: str
    expected: str = ""


class ImportedRow(Out):
    """A row that did not simply go on file: skipped, asked or failed. `row` counts as a spreadsheet does."""

    row: int
    outcome: str
    problems: tuple[RowProblem, ...]


class ImportOut(Out):
    """An import: how far it is and what became of its rows. `id` is None of a dry run; `state` is running or
    finished, or `dry_run`; `what` is customers, contacts or follow_ups. `position` is the place of the last row that is
    done: rows that wait for others of their file come behind all."""

    id: UUID | None
    state: str
    file_name: str
    actor_id: str
    position: int
    created: int
    updated: int
    skipped: int
    asked: int
    failed: int
    started_at: datetime
    ended_at: datetime | None
    what: str = "customers"

    @property
    def done(self) -> int:
        """Rows that are decided."""
        return self.created + self.updated + self.skipped + self.asked + self.failed


class ExportOut(Out):
    """What was taken out: how many rows, which fields of each, in order. `id` names it in audit and events."""

    id: UUID
    rows: int
    fields: tuple[str, ...]
