"""What a column of a file is, of whatever kind its rows are: its headings, and how its cells are read and told."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from oa_crm.exchange import cells, reading
from oa_crm.i18n import language_of
from oa_crm.schemas.custom import CustomFieldOut

Options = Mapping[str, tuple[str, ...]]
"""Codes with what they are called in Chinese, in English, and otherwise."""
Cell = str | float | None
DECISION = "decision"


@dataclass(frozen=True)
class Column:
    """One column: the field's name, its headings, and other words by which it is known. `given` says whether it is
    taken in; what only the CRM knows is told and never taken, and what is not `told` only taken. `needed`: a row
    without it cannot be taken in. A template has those that are given and `offered`. A cell of one with `options` holds
    one of them."""

    name: str
    zh: str
    en: str
    also: tuple[str, ...] = ()
    given: bool = True
    told: bool = True
    needed: bool = False
    offered: bool = True
    note: tuple[str, str] = ("", "")
    custom: CustomFieldOut | None = None
    options: Options = field(default_factory=dict)
    read: Callable[[reading.Cell], Any] = cells.text

    def heading(self, locale: str) -> str:
        """What stands above it."""
        return self.zh if language_of(locale) == "zh" else self.en

    def hint(self, locale: str) -> str:
        """What to fill in, for a note on the heading."""
        return self.note[0 if language_of(locale) == "zh" else 1]

    def called(self, code: str, locale: str) -> str:
        """What one of its options is called."""
        return self.options[code][0 if language_of(locale) == "zh" else 1]

    def taken(self, cell: reading.Cell) -> Any:
        """What a cell of it says. A word that means no option stays, and the schema says what is wrong with it."""
        if not self.options:
            return self.read(cell)
        said = cells.text(cell)
        wanted = said.lower()
        meant = (code for code, words in self.options.items() if wanted in (code, *(word.lower() for word in words)))
        return next(meant, said)


DECIDES = Column(
    DECISION,
    "处理方式",
    "decision",
    ("处理",),
    told=False,
    offered=False,
    note=("对疑似重复的行:跳过、更新或新建", "what to do where it may be on file: skip, update or create"),
    options={"skip": ("跳过", "skip"), "update": ("更新", "update"), "create": ("新建", "create")},
)
"""In which a person answers for a row that may be on file already."""
NUMBER = ("种类:号码,如 us.ein:91-1144442;可代替名称", "scheme:number, such as us.ein:91-1144442, instead of the name")
"""What to fill in where a customer is told by an identity number."""


def plain(value: Any) -> Cell:
    """A value as a cell."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    return None if value is None else str(value)
