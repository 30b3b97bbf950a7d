"""The rows that did not simply go on file, each with what is wrong and what would be right, to be filled in and
taken in again. Streams: memory does not grow with it.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from oa_crm.errors import FieldProblem
from oa_crm.exchange import mapping, sheets
from oa_crm.exchange.cells import shown
from oa_crm.exchange.column import DECIDES, DECISION, Column
from oa_crm.exchange.places import Target
from oa_crm.exchange.reading import Cells
from oa_crm.i18n import language_of
from oa_crm.schemas import ImportColumn, RowProblem
from oa_crm.services.imports.rows import heading_of

_HEADS = {"en": ("row", "outcome", "what is wrong"), "zh": ("行号", "结果", "问题说明")}
_OUTCOMES = {
    "skipped": ("已跳过", "skipped"),
    "asked": ("待决定", "to decide"),
    "failed": ("有误", "failed"),
}


class AnswerBook:
    """Takes rows as they were, with what is wrong with them."""

    def __init__(
        self, table: sheets.Table, columns: Sequence[ImportColumn], known: Mapping[str, Column], locale: str
    ) -> None:
        self._table, self._columns, self._known, self._locale = table, columns, known, locale
        self._headings = mapping.headings(columns)
        self._decides = next((one.place for one in columns if one.field == DECISION), None)

    def row(self, number: int, cells: Cells, outcome: str, problems: Sequence[FieldProblem]) -> None:
        """Write one."""
        texts = [shown(cells[one.place]) if one.place < len(cells) else None for one in self._columns]
        why = "\n".join(self._why(one.spoken(self._locale)) for one in problems)
        which = _OUTCOMES.get(outcome, (outcome, outcome))[0 if language_of(self._locale) == "zh" else 1]
        more = [] if self._decides is not None or DECISION not in self._known else [None]
        self._table.row([*texts, *more, float(number), which, why])

    def _why(self, problem: FieldProblem) -> str:
        one = told(problem, heading_of(problem.field, self._headings), self._known, self._locale)
        expected = f" ({one.expected})" if one.expected else ""
        return f"{one.heading}: {one.problem}{expected}" if one.heading else f"{one.problem}{expected}"


@contextmanager
def opened(
    to: Target, columns: Sequence[ImportColumn], known: Mapping[str, Column], locale: str
) -> Iterator[AnswerBook]:
    """An annotated workbook with the file's own headings; a column for decisions is added where there is none and
    something may be decided."""
    heads = [one.heading for one in columns]
    decides = next((one.place for one in columns if one.field == DECISION), None)
    if decides is None and DECISION in known:
        decides = len(heads)
        heads.append(DECIDES.heading(locale))
    language = "zh" if language_of(locale) == "zh" else "en"
    with sheets.opened(to) as file, sheets.workbook(file) as book:
        table = sheets.BookTable(book, [*heads, *_HEADS[language]])
        if decides is not None:
            table.choices(decides, [DECIDES.called(code, locale) for code in DECIDES.options])
        yield AnswerBook(table, columns, known, locale)


def told(one: FieldProblem, heading: str | None, known: Mapping[str, Column], locale: str) -> RowProblem:
    """A problem by its heading in the file; by what its column is called where the file has none of it."""
    if heading is None and one.field in known:
        heading = known[one.field].heading(locale)
    return RowProblem(heading=heading or one.field or None, problem=one.problem, expected=one.expected)
