"""The host's double-entry books. Nothing here knows the CRM.

Every entry's lines sum to zero, or it is not written. An entry's key is unique: posting it again answers with
the voucher that it has. All on a connection that the caller commits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import Connection, case, func, insert, select

from examples.host_app.tables import Account, Entry, Line

RECEIVABLE, OWED_TO_STAFF, PROFIT, REVENUE = "1122", "2241", "4103", "6001"
EXPENSES = {
    "travel": "6601.01",
    "lodging": "6601.02",
    "entertainment": "6601.03",
    "gifts": "6601.04",
    "exhibition": "6601.05",
    "other": "6601.99",
}
ACCOUNTS = (
    (RECEIVABLE, "应收账款", "asset"),
    (OWED_TO_STAFF, "其他应付款-员工报销", "liability"),
    (PROFIT, "本年利润", "equity"),
    (REVENUE, "主营业务收入", "revenue"),
    ("6601.01", "销售费用-差旅费", "expense"),
    ("6601.02", "销售费用-住宿费", "expense"),
    ("6601.03", "销售费用-业务招待费", "expense"),
    ("6601.04", "销售费用-礼品费", "expense"),
    ("6601.05", "销售费用-展会费", "expense"),
    ("6601.99", "销售费用-其他", "expense"),
)


class Unbalanced(Exception):
    """The lines of an entry do not sum to zero."""


@dataclass(frozen=True)
class Move:
    """An amount on an account in minor units: debit above zero, credit below."""

    account: str
    minor: int


@dataclass(frozen=True)
class Document:
    """What an entry is about."""

    kind: str
    id: str
    project_id: str
    on: date
    text: str
    currency: str


def post(connection: Connection, key: str, document: Document, moves: Sequence[Move]) -> str:
    """Write an entry and give its voucher number; the one it has, if `key` was posted before."""
    known: str | None = connection.scalar(select(Entry.voucher).where(Entry.key == key))
    if known is not None:
        return known
    moves = [move for move in moves if move.minor]
    if sum(move.minor for move in moves) != 0 or not moves:
        raise Unbalanced(f"{document.text}: the lines sum to {sum(move.minor for move in moves)}, not to zero")
    voucher = _next_voucher(connection, document.on)
    values = {"voucher": voucher, "key": key, "on": document.on, "text": document.text}
    values |= {"document_kind": document.kind, "document_id": document.id, "project_id": document.project_id}
    values |= {"currency": document.currency, "posted_at": datetime.now(UTC)}
    entry = connection.scalars(insert(Entry).values(**values).returning(Entry.id)).one()
    for move in moves:
        sides = {"debit_minor": max(move.minor, 0), "credit_minor": max(-move.minor, 0)}
        connection.execute(insert(Line).values(entry_id=entry, account_code=move.account, **sides))
    return voucher


def _next_voucher(connection: Connection, on: date) -> str:
    # Two who count at once collide on the unique voucher; the loser's delivery is simply tried again.
    series = f"记-{on:%Y%m}-"
    used = connection.scalar(select(func.count()).select_from(Entry).where(Entry.voucher.startswith(series)))
    return f"{series}{(used or 0) + 1:04d}"


_BALANCE = func.sum(Line.debit_minor - Line.credit_minor)


def trial_balance(connection: Connection) -> list[tuple[str, str, int, int]]:
    """Per account: code, name, debits and credits, in minor units."""
    query = (
        select(Account.code, Account.name, func.sum(Line.debit_minor), func.sum(Line.credit_minor))
        .join(Line, Line.account_code == Account.code)
        .group_by(Account.code, Account.name)
        .order_by(Account.code)
    )
    return [(code, name, int(debit), int(credit)) for code, name, debit, credit in connection.execute(query)]


def project_balances(connection: Connection, project_id: str, *, closing: bool = False) -> dict[str, int]:
    """The balance of every account from the entries about a project, with or without those that close it."""
    query = select(Line.account_code, _BALANCE).join(Entry, Entry.id == Line.entry_id)
    query = query.where(Entry.project_id == project_id)
    if not closing:
        query = query.where(Entry.document_kind != "settlement")
    return {code: int(minor) for code, minor in connection.execute(query.group_by(Line.account_code))}


def unbalanced_entries(connection: Connection) -> list[str]:
    """The vouchers whose lines do not sum to zero."""
    query = select(Entry.voucher).join(Line, Line.entry_id == Entry.id).group_by(Entry.voucher).having(_BALANCE != 0)
    return list(connection.scalars(query))


def result_of(connection: Connection, document_ids: Sequence[str]) -> list[tuple[str, str, str, int, str]]:
    """Per entry about these documents: document kind and id, voucher, what it moved on revenue and expense
    accounts (debits less credits), and its currency. An entry that touches neither moved nothing."""
    on_result = Account.kind.in_(("revenue", "expense"))
    moved = func.sum(case((on_result, Line.debit_minor - Line.credit_minor), else_=0))
    query = (
        select(Entry.document_kind, Entry.document_id, Entry.voucher, moved, Entry.currency)
        .join(Line, Line.entry_id == Entry.id)
        .join(Account, Account.code == Line.account_code)
        .where(Entry.document_id.in_(document_ids))
        .group_by(Entry.id, Entry.document_kind, Entry.document_id, Entry.voucher, Entry.currency)
    )
    return [
        (kind, id, voucher, int(minor), currency) for kind, id, voucher, minor, currency in connection.execute(query)
    ]


def seed(connection: Connection) -> None:
    """Open the accounts."""
    for code, name, kind in ACCOUNTS:
        connection.execute(insert(Account).values(code=code, name=name, kind=kind))
