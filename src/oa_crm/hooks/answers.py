"""What a plugin may answer. Small frozen values; nothing here knows a database.

`Objection` answers a check, `Receipt` an event; `RetryLater` and `GiveUp` are raised by an event handler.
`RowRule` is what `register_row_rules` returns, `MergeLink` what `register_merge_links` does.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, FromClause

    from oa_crm.hooks.ports import Who


@dataclass(frozen=True, slots=True)
class Objection:
    """Why a check refuses: a stable `code`, a `message` for the person, and the `field` if one is to blame."""

    code: str
    message: str
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What an event handler leaves behind: a voucher number, a process id. Kept as a link of the thing.

    `ref` has 1 to 200 characters; `url` may lead a person to it; `label` names what it is ("voucher").
    """

    ref: str
    url: str | None = None
    label: str | None = None

    def __post_init__(self) -> None:
        if not self.ref or len(self.ref) > 200:
            raise ValueError("a receipt's ref has 1 to 200 characters, such as a voucher number")
        for name, value, longest in (("url", self.url, 500), ("label", self.label, 60)):
            if value is not None and len(value) > longest:
                raise ValueError(f"a receipt's {name} has at most {longest} characters")


class RetryLater(Exception):
    """Raised by a handler whose remote side is not ready: come back in `seconds`.

    It does not count as a failed attempt; it ends in a dead letter only after `settings.relay.max_age`.
    """

    def __init__(self, reason: str = "", *, seconds: float = 60.0) -> None:
        if seconds < 0:
            raise ValueError("seconds to wait must not be negative")
        self.seconds = seconds
        super().__init__(reason)


class GiveUp(Exception):
    """Raised by a handler that can never succeed: the delivery becomes a dead letter at once."""


@dataclass(frozen=True, slots=True)
class RowRule:
    """One more rule about which rows a person sees, by `kind` ("customer", "project", "contract", "expense").

    `effect="grant"` adds rows to the person's reach (OR), `effect="limit"` takes rows away (AND).
    `condition(who, columns)` gets the person and the columns of the kind's table, and returns an SQL
    expression over them, or None when the rule has nothing to say about this person.
    `because` is shown by `crm.explain`, behind "gives it" or "forbids it".
    """

    name: str
    kind: str
    effect: Literal["grant", "limit"]
    condition: "Callable[[Who, Any], ColumnElement[bool] | None]"
    because: str


@dataclass(frozen=True, slots=True)
class ExpenseCategory:
    """A category that a plugin adds to the expense categories; `name` is what `ExpenseIn.category` takes."""

    name: str
    label: str


@dataclass(frozen=True, slots=True)
class MergeLink:
    """A column of a table of the host's own that holds ids of customers; its rows follow a customer that is merged.

    The table lies in the CRM's database and has a primary key. The column is text (the id as `str`) or an SQLAlchemy
    `Uuid`, and has an index. `tenant_column` is the company's, where the table has one. A row that the survivor has
    already, by a unique key that the table declares, is laid aside until the merge is split.
    """

    name: str
    table: "FromClause"
    """A `Table`; of a mapped class its `__table__`, which is one and is typed as a `FromClause`."""
    column: str
    tenant_column: str | None = None
