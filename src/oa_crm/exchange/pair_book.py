"""A workbook of the pairs that scans found, for the people who clear them up. Streams: memory does not grow with it."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from oa_crm.errors import ConfigurationError
from oa_crm.schemas import DuplicatePairOut

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

_HEADS = {
    "en": ("score", "tier", "customer", "other customer", "why", "id", "other id"),
    "zh": ("相似度", "程度", "客户", "另一客户", "原因", "编号", "另一编号"),
}
_WIDTHS = (8, 10, 36, 36, 60, 38, 38)
_MOST_ROWS = 1_048_575


def write(pairs: Iterable[DuplicatePairOut], path: Path | str, locale: str) -> int:
    """Write the pairs, one a row; how many. A sheet holds a million; what is beyond begins another."""
    try:
        from xlsxwriter import Workbook
    except ModuleNotFoundError as missing:
        raise ConfigurationError("a workbook needs xlsxwriter; install oa-crm[excel]") from missing
    heads = _HEADS["zh" if locale.lower().startswith("zh") else "en"]
    count = 0
    with Workbook(str(path), {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = _sheet(book.add_worksheet(), heads)
        for count, pair in enumerate(pairs, start=1):
            row = (count - 1) % _MOST_ROWS + 1
            if row == 1 and count > 1:
                sheet = _sheet(book.add_worksheet(), heads)
            _row(sheet, row, pair)
    return count


def _sheet(sheet: "Worksheet", heads: tuple[str, ...]) -> "Worksheet":
    for column, (head, width) in enumerate(zip(heads, _WIDTHS, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, head)
    sheet.freeze_panes(1, 0)
    return sheet


def _row(sheet: "Worksheet", row: int, pair: DuplicatePairOut) -> None:
    texts = (pair.tier, pair.one_name, pair.other_name, "; ".join(pair.reasons), str(pair.one_id), str(pair.other_id))
    sheet.write_number(row, 0, pair.score)
    for column, text in enumerate(texts, start=1):
        # As text, so that a name that begins with an equals sign is no formula.
        sheet.write_string(row, column, text)
