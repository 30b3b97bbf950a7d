"""Sales expenses: booked once, reversed, never edited. (Feature 8 of the mission.)"""

from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from oa_crm.errors import IllegalState, InvalidInput
from oa_crm.hooks.drafts import ExpenseDraft, ReversalDraft
from oa_crm.hooks.payloads import ExpenseBooked, ExpenseReversed
from oa_crm.ids import new_id
from oa_crm.models import Expense, Project, table_of
from oa_crm.money import Money
from oa_crm.schemas import ExpenseFilter, ExpenseIn, ExpenseOut, Page, ReversalIn
from oa_crm.services import days, pages, people
from oa_crm.services.amounts import positive_money
from oa_crm.services.base import Service, first_facts, given, must_be, shown


class Expenses(Service):
    """What a sale costs, charged to its project."""

    def book(self, data: ExpenseIn | dict[str, Any], *, idempotency_key: str | None = None) -> ExpenseOut:
        """Book an expense on a project that is not settled, in the project's currency.

        Give an `idempotency_key` wherever a caller may try twice. Raises `vetoed` when a plugin objects.
        """
        draft = given(ExpenseIn, data)
        return self.act("expenses.book", lambda: self._book(draft), given=draft, answer=ExpenseOut, key=idempotency_key)

    def reverse(self, id: UUID, data: ReversalIn | dict[str, Any], *, idempotency_key: str | None = None) -> ExpenseOut:
        """Reverse a booked expense in full; the answer is the reversing document.

        Raises `illegal_state` for one that is reversed already, or is itself a reversal.
        """
        wanted = given(ReversalIn, data)
        return self.act(
            "expenses.reverse",
            lambda: self._reverse(id, wanted),
            given={"id": id, "data": wanted},
            answer=ExpenseOut,
            key=idempotency_key,
        )

    def get(self, id: UUID) -> ExpenseOut:
        """One expense or reversal. Raises `not_found`."""
        return _shown(self.one(Expense, id))

    def find(
        self,
        where: ExpenseFilter | dict[str, Any] | None = None,
        *,
        after: str | None = None,
        limit: int | None = None,
    ) -> Page[ExpenseOut]:
        """The expenses that the actor may see, newest first, reversals among them."""
        wanted = given(ExpenseFilter, where or {}).model_dump(exclude_none=True)
        table = table_of(Expense)
        columns = {
            "claimant_id": table.c.owner_id,
            "project_id": table.c.project_id,
            "category": table.c.category,
        }
        query = self.select(Expense).where(*(columns[name] == value for name, value in wanted.items()))
        rows = pages.newest_first(self.work, query, table, after, limit)
        return pages.page(
            rows, pages.size(self.work, limit), ExpenseOut, "newest", amount=_amount, claimant_id=_claimant
        )

    def _book(self, data: ExpenseIn) -> ExpenseOut:
        claimant = people.new_owner(self.work, "expense", data.claimant_id, "claimant_id")
        project = self._open_project(data.project_id)
        amount = positive_money("amount", data.amount, self._currency(data, project.currency))
        self._known_category(data.category)
        facts = {
            "project_id": project.id,
            "customer_id": project.customer_id,
            "category": data.category,
            "amount": amount,
            "occurred_on": data.occurred_on,
            "claimant_id": claimant,
            "description": data.description,
        }
        self.work.runtime.dispatcher.check_expense_booking(
            self.check_context(), ExpenseDraft(**facts), self.work.plugin_active
        )
        id = self._write(facts, reversal_of=None)
        self.work.journal.record("expenses.book", "expense", id, first_facts(facts))
        self.work.journal.emit(ExpenseBooked, expense_id=id, **facts)
        return self._read_back(id)

    def _reverse(self, id: UUID, data: ReversalIn) -> ExpenseOut:
        row = self.one(Expense, id, "reverse")
        if row.reversal_of is not None:
            raise IllegalState(kind="expense", state="a reversal", allowed=("a booking",))
        self._unsettled_project(row.project_id)
        amount, on = _amount(row), data.occurred_on or days.today(self.work)
        self.work.runtime.dispatcher.check_expense_reversal(
            self.check_context(),
            ReversalDraft(id, row.project_id, amount, on, data.reason),
            self.work.plugin_active,
        )
        facts = {
            "project_id": row.project_id,
            "customer_id": row.customer_id,
            "category": row.category,
            "amount": amount,
            "occurred_on": on,
            "claimant_id": row.owner_id,
            "description": row.description,
        }
        reversal_id = self._write({**facts, "amount": -amount}, reversal_of=id)
        self.work.journal.record("expenses.reverse", "expense", id, {"reversed_by": [None, reversal_id]}, data.reason)
        self.work.journal.emit(ExpenseReversed, expense_id=id, reversal_id=reversal_id, reason=data.reason, **facts)
        return self._read_back(reversal_id)

    def _open_project(self, id: UUID) -> Any:
        self.one(Project, id)
        return self._unsettled_project(id)

    def _unsettled_project(self, id: UUID) -> Any:
        # Shared lock: bookings run side by side, a settlement waits for them and they for it.
        row = self.held(Project, id)
        must_be("project", row.state, "open", "won", "lost", "invalid")
        return row

    def _currency(self, data: ExpenseIn, currency: str) -> str:
        if data.currency not in (None, currency):
            raise InvalidInput.of("currency", "other_currency", currency=currency)
        return currency

    def _known_category(self, category: str) -> None:
        known = self.work.runtime.expense_categories
        if category not in known:
            raise InvalidInput.of("category", "unknown_category", category=category, known=", ".join(known))

    def _write(self, facts: dict[str, Any], *, reversal_of: UUID | None) -> UUID:
        id, amount = new_id(), facts["amount"]
        columns = {name: value for name, value in facts.items() if name not in ("amount", "claimant_id")}
        try:
            with self.work.connection.begin_nested():
                self.add(
                    Expense,
                    id=id,
                    owner_id=facts["claimant_id"],
                    currency=amount.currency,
                    amount_minor=amount.minor,
                    reversal_of=reversal_of,
                    created_at=self.work.journal.now(),
                    created_by=self.work.scope.actor.id,
                    **columns,
                )
        except IntegrityError:
            if reversal_of is None:
                raise
            raise IllegalState(kind="expense", state="reversed", allowed=("booked",)) from None
        return id

    def _read_back(self, id: UUID) -> ExpenseOut:
        mine = self.company_wide(Expense).where(table_of(Expense).c.id == id)
        return _shown(self.work.connection.execute(mine).one())


def _amount(row: Any) -> Money:
    return Money(row.amount_minor, row.currency)


def _claimant(row: Any) -> str:
    return str(row.owner_id)


def _shown(row: Any) -> ExpenseOut:
    return shown(ExpenseOut, row, amount=_amount(row), claimant_id=row.owner_id)
