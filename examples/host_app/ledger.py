"""The finance plugin: what the CRM says happened, posted in the host's books.

Each handler writes through `delivery.connection`, so the entry and the mark "delivered" commit together: it is
in the books exactly once, whenever a process dies. The receipt is the voucher number, shown in the CRM.

Revenue on approval, without VAT, is a simplification; the README says where a real host differs.
"""

from collections.abc import Callable, Iterable, Sequence
from uuid import UUID

from sqlalchemy import Engine

from examples.host_app import books
from examples.host_app.books import Document, Move
from oa_crm import Money
from oa_crm.hooks import Delivery, Posting, Receipt, RetryLater, hookimpl
from oa_crm.hooks.payloads import ContractApproved, ExpenseBooked, ExpenseEvent, ExpenseReversed, ProjectSettled


class Ledger:
    """Posts entries, and answers the CRM's question what is in the books."""

    name = "oa_ledger"

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.after_posting: Callable[[str], None] = lambda _voucher: None
        """Called with each new voucher before its commit; the crash test holds the process there."""

    @hookimpl
    def provide_ledger(self) -> "Ledger":
        return self

    def postings(self, tenant: str, document_ids: Sequence[UUID]) -> Iterable[Posting]:
        """What is in the books about these documents, with the CRM's sign: revenue and cost above zero."""
        with self._engine.connect() as connection:
            found = books.result_of(connection, [str(id) for id in document_ids])
        return [
            Posting(kind, UUID(id), Money(-minor if kind == "contract" else minor, currency), voucher)
            for kind, id, voucher, minor, currency in found
        ]

    @hookimpl
    def on_contract_approved(self, event: ContractApproved, delivery: Delivery) -> Receipt:
        text, amount = f"{event.number} {event.title}", event.amount
        document = Document(
            "contract", str(event.contract_id), str(event.project_id), event.occurred_at.date(), text, amount.currency
        )
        return self._post(delivery, document, Move(books.RECEIVABLE, amount.minor), Move(books.REVENUE, -amount.minor))

    @hookimpl
    def on_expense_booked(self, event: ExpenseBooked, delivery: Delivery) -> Receipt:
        document = _expense(event, str(event.expense_id), event.description or event.category)
        return self._post_expense(delivery, document, event, event.amount.minor)

    @hookimpl
    def on_expense_reversed(self, event: ExpenseReversed, delivery: Delivery) -> Receipt:
        document = _expense(event, str(event.reversal_id), f"冲销: {event.description or event.category}")
        return self._post_expense(delivery, document, event, -event.amount.minor)

    @hookimpl
    def on_project_settled(self, event: ProjectSettled, delivery: Delivery) -> Receipt | None:
        balances = books.project_balances(delivery.connection, str(event.project_id))
        result = {code: minor for code, minor in balances.items() if code.startswith("6")}
        # Another aggregate's events may still be on their way here: only per project, contract and expense
        # is their order kept. Then this one comes again a moment later.
        if -sum(result.values()) != event.profit.minor or -result.get(books.REVENUE, 0) != event.revenue.minor:
            raise RetryLater("the books do not hold every document of the project yet", seconds=0.5)
        if not result:
            return None
        moves = [Move(code, -minor) for code, minor in result.items()]
        document = Document(
            "settlement",
            str(event.settlement_id),
            str(event.project_id),
            event.occurred_at.date(),
            f"结转: {event.name}",
            event.profit.currency,
        )
        return self._post(delivery, document, *moves, Move(books.PROFIT, -event.profit.minor))

    def _post_expense(self, delivery: Delivery, document: Document, event: ExpenseEvent, minor: int) -> Receipt:
        account = books.EXPENSES.get(event.category, books.EXPENSES["other"])
        return self._post(delivery, document, Move(account, minor), Move(books.OWED_TO_STAFF, -minor))

    def _post(self, delivery: Delivery, document: Document, *moves: Move) -> Receipt:
        voucher = books.post(delivery.connection, delivery.key, document, moves)
        self.after_posting(voucher)
        return Receipt(voucher, url=f"/oa/books/{voucher}", label="voucher")


def _expense(event: ExpenseEvent, document_id: str, text: str) -> Document:
    return Document("expense", document_id, str(event.project_id), event.occurred_on, text, event.amount.currency)
