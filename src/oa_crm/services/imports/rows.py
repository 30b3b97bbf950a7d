"""A row as it comes from a file, and what became of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from oa_crm.errors import CrmError, FieldProblem, InvalidInput
from oa_crm.models import Member, table_of
from oa_crm.schemas import CheckReport
from oa_crm.services.work import Work

CREATED, UPDATED, SKIPPED, ASKED, FAILED = "created", "updated", "skipped", "asked", "failed"
OUTCOMES = (CREATED, UPDATED, SKIPPED, ASKED, FAILED)


@dataclass(frozen=True)
class Given:
    """What a row of a file says: facts as its schema takes them, its own decision, and what is wrong already."""

    row: int
    facts: Mapping[str, Any]
    decision: str | None = None
    problems: tuple[FieldProblem, ...] = ()


@dataclass(frozen=True)
class How:
    """How a slice is taken in: what follows where its rows may be on file, and the reason that passes a clash. With
    `seen`, a dry run's memory of the slices before, it is decided and nothing is written."""

    on_duplicate: str
    reason: str
    import_id: UUID | None = None
    seen: dict[Any, Any] | None = None

    @property
    def dry(self) -> bool:
        """Whether nothing is written."""
        return self.seen is not None


@dataclass(frozen=True)
class Outcome:
    """What became of a row; `problems` say why it did not simply go on file."""

    row: int
    outcome: str
    problems: tuple[FieldProblem, ...] = ()


def failed(row: int, error: CrmError, locale: str) -> Outcome:
    """A row that could not be taken."""
    if isinstance(error, InvalidInput):
        return Outcome(row, FAILED, error.problems)
    return Outcome(row, FAILED, (FieldProblem("", error.text(locale)),))


def clashed(row: int, outcome: str, report: CheckReport, locale: str) -> Outcome:
    """A row that the check held back."""
    return Outcome(row, outcome, (FieldProblem("name", report.summary(locale)),))


def heading_of(field: str, headings: Mapping[str, str]) -> str | None:
    """The heading, by field, of the column that a field stands in. A list names the place in it, "phones.0.number";
    the column is the list's."""
    names = (field, field.rpartition(".")[0], field.partition(".")[0])
    return next((headings[name] for name in names if name in headings), None)


def stored(problems: Iterable[FieldProblem], headings: Mapping[str, str]) -> list[dict[str, Any]]:
    """Problems as they are kept, to be told in whatever language somebody reads, each with its heading in the file:
    the file itself is not kept."""
    return [
        {
            "field": one.field,
            "heading": heading_of(one.field, headings),
            "problem": one.problem,
            "expected": one.expected,
            "code": one.code,
            "params": {name: str(value) for name, value in one.params.items()},
        }
        for one in problems
    ]


def told(kept: Iterable[Mapping[str, Any]], locale: str) -> list[tuple[FieldProblem, str | None]]:
    """Kept problems in the reader's language, each with its heading in the file."""
    found = []
    for one in map(dict, kept):
        # Those of older imports were kept without one.
        heading = one.pop("heading", None)
        found.append((FieldProblem(**one).spoken(locale), heading))
    return found


def members_by_name(work: Work, said: Sequence[str]) -> dict[str, str]:
    """Ids of members by what is said of them, an id or a name; a name that several active members bear is nobody's."""
    if not said:
        return {}
    table, wanted = table_of(Member), sorted(set(said))
    known = select(table.c.id, table.c.name, table.c.active).where(
        table.c.tenant_id == work.scope.tenant, or_(table.c.id.in_(wanted), table.c.name.in_(wanted))
    )
    rows = work.connection.execute(known).all()
    ids = {row.id for row in rows}
    named: dict[str, list[str]] = {}
    for row in rows:
        if row.active:
            named.setdefault(row.name, []).append(row.id)
    found = {name: those[0] for name, those in named.items() if len(those) == 1 and name not in ids}
    return {one: found[one] for one in wanted if one in found}
