"""The workbook that people fill in: a heading for each column with a note, and lists to choose from."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from oa_crm.exchange import sheets
from oa_crm.exchange.column import DECISION, Column
from oa_crm.i18n import language_of

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

_ROWS = 10_000
"""So many rows have lists to choose from."""
_CHOICES_SHEET = {"en": "choices", "zh": "选项"}
_DATA_SHEET = {"en": "customers", "zh": "客户"}


def write(
    to: sheets.Target, columns: Mapping[str, Column], members: Sequence[str], levels: Sequence[str], locale: str
) -> None:
    """Write the template for customers."""
    language = "zh" if language_of(locale) == "zh" else "en"
    given = [one for one in columns.values() if one.given and one.name != DECISION]
    with sheets.opened(to) as file, sheets.workbook(file, streamed=False) as book:
        sheet = book.add_worksheet(_DATA_SHEET[language])
        lists = book.add_worksheet(_CHOICES_SHEET[language])
        bold, needed = book.add_format({"bold": True}), book.add_format({"bold": True, "font_color": "#C00000"})
        as_text = book.add_format({"num_format": "@"})
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(given):
            # As text, so that phones and codes keep every digit.
            sheet.set_column(place, place, 18, as_text)
            sheet.write_string(0, place, column.heading(locale), needed if column.name == "name" else bold)
            if hint := _hint(column, locale):
                sheet.write_comment(0, place, hint)
            if choices := _choices(column, members, levels, locale):
                _offer(sheet, lists, place, column, choices, locale)


def _hint(column: Column, locale: str) -> str:
    own = column.custom
    if own is None:
        return column.hint(locale)
    return own.help.get(language_of(locale)) or next(iter(own.help.values()), "")


def _choices(column: Column, members: Sequence[str], levels: Sequence[str], locale: str) -> Sequence[str]:
    """What may be chosen in a column; nothing where anything may stand."""
    own = column.custom
    if column.options:
        return [column.called(code, locale) for code in column.options]
    if column.name == "owner_id" or (own is not None and own.type == "member"):
        return members
    if column.name == "level":
        return levels
    if own is not None and own.type == "choice":
        labels = ((code, words) for code, words in own.options.items() if code not in own.retired_options)
        return [words.get(language_of(locale)) or next(iter(words.values()), code) for code, words in labels]
    return ()


def _offer(
    sheet: "Worksheet",
    lists: "Worksheet",
    place: int,
    column: Column,
    choices: Sequence[str],
    locale: str,
) -> None:
    """A list beside the data, and a rule that asks for one of it; members and levels only suggest."""
    from xlsxwriter.utility import xl_col_to_name

    lists.write_string(0, place, column.heading(locale))
    for row, choice in enumerate(choices, start=1):
        lists.write_string(row, place, choice)
    letters = xl_col_to_name(place)
    source = f"='{lists.get_name()}'!${letters}$2:${letters}${len(choices) + 1}"
    suggests = column.name in ("owner_id", "level") or (column.custom is not None and column.custom.type == "member")
    kind = "information" if suggests else "stop"
    sheet.data_validation(1, place, _ROWS, place, {"validate": "list", "source": source, "error_type": kind})
