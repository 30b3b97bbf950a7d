"""The rows that did not simply go on file, each with what is wrong and what would be right, to be filled in and
taken in again. Streams: memory does not grow with it.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from oa_crm.errors import FieldProblem
from oa_crm.exchange import sheets
from oa_crm.exchange.cells import shown
from oa_crm.exchange.column import DECIDES, DECISION, Column
from oa_crm.exchange.reading import Cells
from oa_crm.i18n import language_of
from oa_crm.schemas import ImportColumn, RowProblem

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
        self._decides = next((one.place for one in columns if one.field == DECISION), None)

    def row(self, number: int, cells: Cells, outcome: str, problems: Sequence[FieldProblem]) -> None:
        """Write one."""
        texts = [shown(cells[one.place]) if one.place < len(cells) else None for one in self._columns]
        why = "\n".join(self._why(one) for one in told(problems, self._columns, self._known, self._locale))
        which = _OUTCOMES.get(outcome, (outcome, outcome))[0 if language_of(self._locale) == "zh" else 1]
        more = [] if self._decides is not None or DECISION not in self._known else [None]
        self._table.row([*texts, *more, float(number), which, why])

    def _why(self, one: RowProblem) -> str:
        expected = f" ({one.expected})" if one.expected else ""
        return f"{one.heading}: {one.problem}{expected}" if one.heading else f"{one.problem}{expected}"


@contextmanager
def opened(
    to: sheets.Target, columns: Sequence[ImportColumn], known: Mapping[str, Column], locale: str
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


def told(
    problems: Sequence[FieldProblem], columns: Sequence[ImportColumn], known: Mapping[str, Column], locale: str
) -> tuple[RowProblem, ...]:
    """Problems by the headings of the file."""
    headings = {one.field: one.heading for one in columns if one.field}
    return tuple(_told(one.spoken(locale), headings, known, locale) for one in problems)


def _told(one: FieldProblem, headings: Mapping[str, str], known: Mapping[str, Column], locale: str) -> RowProblem:
    field = one.field
    # A list names the place in it, "phones.0.number"; the column is the list's.
    names = [field, field.rpartition(".")[0], field.partition(".")[0]]
    heading = next((headings[name] for name in names if name in headings), None)
    if heading is None and field in known:
        heading = known[field].heading(locale)
    return RowProblem(heading=heading or field or None, problem=one.problem, expected=one.expected)
