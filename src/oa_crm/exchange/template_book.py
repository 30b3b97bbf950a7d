"""The workbook that people fill in: a heading for each column with a note, and lists to choose from."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from oa_crm.exchange import sheets
from oa_crm.exchange.column import Column
from oa_crm.exchange.places import Target
from oa_crm.i18n import language_of

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

_ROWS = 10_000
"""So many rows have lists to choose from."""
_CHOICES_SHEET = {"en": "choices", "zh": "选项"}


def write(
    to: Target,
    named: tuple[str, str],
    columns: Mapping[str, Column],
    suggested: Mapping[str, Sequence[str]],
    locale: str,
) -> None:
    """Write a template; `named` is its sheet in Chinese and English, `suggested` what is offered by column where other
    words may stand as well."""
    language = "zh" if language_of(locale) == "zh" else "en"
    given = [one for one in columns.values() if one.given and one.offered]
    with sheets.opened(to) as file, sheets.workbook(file, streamed=False) as book:
        sheet = book.add_worksheet(named[0 if language == "zh" else 1])
        lists = book.add_worksheet(_CHOICES_SHEET[language])
        bold, needed = book.add_format({"bold": True}), book.add_format({"bold": True, "font_color": "#C00000"})
        as_text = book.add_format({"num_format": "@"})
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(given):
            # As text, so that phones and codes keep every digit.
            sheet.set_column(place, place, 18, as_text)
            sheet.write_string(0, place, column.heading(locale), needed if column.needed else bold)
            if hint := _hint(column, locale):
                sheet.write_comment(0, place, hint)
            if names := suggested.get(column.name):
                _offer(sheet, lists, place, column.heading(locale), names, "information")
            elif choices := _choices(column, locale):
                _offer(sheet, lists, place, column.heading(locale), choices, "stop")


def _hint(column: Column, locale: str) -> str:
    own = column.custom
    if own is None:
        return column.hint(locale)
    return own.help.get(language_of(locale)) or next(iter(own.help.values()), "")


def _choices(column: Column, locale: str) -> Sequence[str]:
    """What a column takes; nothing where anything may stand."""
    own = column.custom
    if column.options:
        return [column.called(code, locale) for code in column.options]
    if own is not None and own.type == "choice":
        labels = ((code, words) for code, words in own.options.items() if code not in own.retired_options)
        return [words.get(language_of(locale)) or next(iter(words.values()), code) for code, words in labels]
    return ()


def _offer(
    sheet: "Worksheet", lists: "Worksheet", place: int, heading: str, choices: Sequence[str], insists: str
) -> None:
    """A list beside the data, and a rule that insists on one of it ("stop") or only suggests them ("information")."""
    from xlsxwriter.utility import xl_col_to_name

    lists.write_string(0, place, heading)
    for row, choice in enumerate(choices, start=1):
        lists.write_string(row, place, choice)
    letters = xl_col_to_name(place)
    source = f"='{lists.get_name()}'!${letters}$2:${letters}${len(choices) + 1}"
    sheet.data_validation(1, place, _ROWS, place, {"validate": "list", "source": source, "error_type": insists})
