"""A project's profit and loss: live, frozen, and compared with the host's books line by line."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from oa_crm.errors import IllegalState, InvalidInput
from oa_crm.hooks.payloads import ProjectSettled
from oa_crm.hooks.ports import Posting
from oa_crm.ids import new_id
from oa_crm.models import Contract, Expense, Project, Settlement, table_of
from oa_crm.money import Money
from oa_crm.schemas import Discrepancy, ProfitAndLoss, Reconciliation
from oa_crm.services import access
from oa_crm.services.agreed import AGREED
from oa_crm.services.amounts import profit_and_loss
from oa_crm.services.base import Service, first_facts, must_be


class Settlements(Service):
    """What a sale brought, what it cost, and whether finance agrees."""

    def preview(self, project_id: UUID) -> ProfitAndLoss:
        """The profit and loss as it stands; the frozen one once the project is settled.

        Revenue is the sum of approved contracts, expenses the sum of bookings and reversals, in SQL.
        """
        access.require(self.work, "read", "expense")
        project = self.one(Project, project_id)
        if project.state == "settled":
            return self._frozen(project)
        return self._sums(project).told(project)

    def settle(self, project_id: UUID, *, idempotency_key: str | None = None) -> ProfitAndLoss:
        """Freeze the profit and loss. From then on nothing is booked or reversed on the project.

        Raises `illegal_state` for a project that is open or settled, or has a contract in approval.
        """
        return self.act(
            "settlements.settle",
            lambda: self._settle(project_id),
            given={"project_id": project_id},
            answer=ProfitAndLoss,
            key=idempotency_key,
        )

    def reconcile(self, project_id: UUID) -> Reconciliation:
        """Compare every document of the project with the host's books.

        Needs a plugin that answers `provide_ledger`; without one it raises `invalid_input`.
        """
        access.require(self.work, "read", "expense")
        ledger = self.work.runtime.ports.ledger
        if ledger is None:
            raise InvalidInput.of("ledger", "no_ledger")
        project = self.one(Project, project_id)
        ours = self._documents(project.id)
        theirs: dict[UUID, list[Posting]] = defaultdict(list)
        for posting in ledger.postings(self.work.scope.tenant, list(ours)):
            theirs[posting.document_id].append(posting)
        found = [_compare(id, *ours[id], theirs[id]) for id in ours]
        wrong = tuple(one for one in found if one is not None)
        return Reconciliation(project_id=project.id, matched=len(found) - len(wrong), discrepancies=wrong)

    def _settle(self, project_id: UUID) -> ProfitAndLoss:
        project = self.one(Project, project_id, "settle", lock=True)
        must_be("project", project.state, "won", "lost", "invalid")
        self._nothing_in_approval(project.id)
        result = self._sums(project, firm=True)
        id, now = new_id(), self.work.journal.now()
        facts = {
            "currency": project.currency,
            "revenue_minor": result.revenue,
            "expenses_minor": sum(result.by_category.values()),
            "by_category": result.by_category,
        }
        self.change(Project, project, state="settled")
        self.add(
            Settlement,
            id=id,
            project_id=project.id,
            settled_at=now,
            settled_by=self.work.scope.actor.id,
            **facts,
        )
        self.work.journal.record("settlements.settle", "project", project.id, first_facts(facts))
        self.work.journal.emit(
            ProjectSettled,
            settlement_id=id,
            project_id=project.id,
            customer_id=project.customer_id,
            name=project.name,
            owner_id=project.owner_id,
            **result.amounts(project.currency),
        )
        return self._frozen(project)

    def _nothing_in_approval(self, project_id: UUID) -> None:
        table = table_of(Contract)
        waiting = (
            self.company_wide(Contract, table.c.number)
            .where(table.c.project_id == project_id, table.c.state == "in_approval")
            .with_for_update(read=True)
        )
        if (number := self.work.connection.scalars(waiting.limit(1)).first()) is not None:
            raise IllegalState(kind=f"contract {number}", state="in_approval", allowed=("decided",))

    def _sums(self, project: Any, *, firm: bool = False) -> "_Sums":
        contract, expense = table_of(Contract), table_of(Expense)
        approved = self.company_wide(Contract, contract.c.amount_minor).where(
            contract.c.project_id == project.id, contract.c.state.in_(AGREED)
        )
        booked = self.company_wide(Expense, expense.c.category, expense.c.amount_minor).where(
            expense.c.project_id == project.id
        )
        if firm:
            # A locking read sees what was committed while we waited for the project, whatever the snapshot.
            approved, booked = approved.with_for_update(read=True), booked.with_for_update(read=True)
        documents, lines = approved.subquery(), booked.subquery()
        revenue = self.work.connection.scalar(select(func.sum(documents.c.amount_minor)))
        sums = select(lines.c.category, func.sum(lines.c.amount_minor).label("minor")).group_by(lines.c.category)
        by_category = {row.category: int(row.minor) for row in self.work.connection.execute(sums)}
        return _Sums(int(revenue or 0), dict(sorted(by_category.items())))

    def _frozen(self, project: Any) -> ProfitAndLoss:
        query = self.company_wide(Settlement).where(table_of(Settlement).c.project_id == project.id)
        row = self.work.connection.execute(query).one()
        result = profit_and_loss(project.id, row.currency, row.revenue_minor, row.by_category)
        return result.model_copy(update={"settled_at": row.settled_at, "settled_by": row.settled_by})

    def _documents(self, project_id: UUID) -> dict[UUID, tuple[str, Money]]:
        found: dict[UUID, tuple[str, Money]] = {}
        contract, expense = table_of(Contract), table_of(Expense)
        approved = self.company_wide(Contract).where(contract.c.project_id == project_id, contract.c.state.in_(AGREED))
        booked = self.company_wide(Expense).where(expense.c.project_id == project_id)
        for kind, query in (("contract", approved), ("expense", booked)):
            for row in self.work.connection.execute(query):
                found[row.id] = (kind, Money(row.amount_minor, row.currency))
        return found


@dataclass(frozen=True, slots=True)
class _Sums:
    """Minor units in the project's currency."""

    revenue: int
    by_category: dict[str, int]

    def amounts(self, currency: str) -> dict[str, Money]:
        """Revenue, expenses and profit."""
        expenses = sum(self.by_category.values())
        sums = {"revenue": self.revenue, "expenses": expenses, "profit": self.revenue - expenses}
        return {name: Money(minor, currency) for name, minor in sums.items()}

    def told(self, project: Any) -> ProfitAndLoss:
        """As it is shown."""
        return profit_and_loss(project.id, project.currency, self.revenue, self.by_category)


def _compare(id: UUID, kind: str, ours: Money, postings: list[Posting]) -> Discrepancy | None:
    if [posting.amount for posting in postings] == [ours]:
        return None
    theirs = None
    if postings:
        theirs = Money(sum(posting.amount.minor for posting in postings), postings[0].amount.currency)
    return Discrepancy(document_kind=kind, document_id=id, ours=ours, theirs=theirs)
