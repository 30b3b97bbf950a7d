"""What the complete file of a customer consists of: one list, in the order in which it is read.

A section costs no statement of its own: its newest rows and its totals are read together with all others'. Its queries
depend on the tenant, on what the actor reads none of and on row rules alone; the rest they are given by `At`. Who adds
one adds it here, to `CustomerFileOut` and to the document's template; a test fails until all three have it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select

from oa_crm.models import Base, Contract, Expense, Project
from oa_crm.schemas import Out
from oa_crm.services import access
from oa_crm.services.base import Service
from oa_crm.services.customer_file import deals, matters, money, plans, records, talks, team
from oa_crm.services.customer_file.at import At

Query = Callable[[Service, At], Select[Any]]


@dataclass(frozen=True, slots=True)
class Section:
    """One section. `newest` is ordered by the columns `order`, all downwards; the file takes as many as it wants.

    `totals` has the columns `word`, `number` and, for money, `currency` and `minor`: a row for each word and currency.
    `needs` are the kinds that one must be able to read, by reach or by a grant, `reach` one that no grant gives; what
    is the customer's own needs none.
    """

    name: str
    newest: Query
    order: tuple[str, ...]
    totals: Query
    out: Callable[[Any], Out]
    needs: tuple[type[Base], ...] = ()
    reach: str | None = None

    def withheld(self, service: Service) -> bool:
        """Whether the actor reads nothing of this."""
        return access.beyond(service.work, self.needs, self.reach)


# fmt: off
SECTIONS = (
    Section("contacts", records.contacts, ("rank", "id"), records.contacts_counted, records.contact_out),
    Section("team", team.newest, ("id",), team.counted, team.out),
    Section("projects", deals.projects, ("id",), deals.projects_summed, deals.project_out, (Project,)),
    Section("strategies", plans.strategies, ("id",), plans.strategies_counted, plans.strategy_out),
    Section("help_requests", plans.help_requests, ("id",), plans.help_counted, plans.help_out),
    Section("follow_ups", talks.newest, ("happened_at", "id"), talks.counted, talks.out),
    Section("plans", matters.planned, ("due_at", "id"), matters.planned_counted, matters.plan_out),
    Section("matters", matters.newest, ("id",), matters.counted, matters.out),
    Section("contracts", deals.contracts, ("id",), deals.contracts_summed, deals.contract_out, (Contract,)),
    Section("expenses", money.expenses, ("id",), money.expenses_summed, money.expense_out, (Expense,)),
    Section("settlements", money.settled, ("id",), money.settled_summed, money.settled_out, (Project,), "expense"),
    Section("files", records.files, ("id",), records.files_counted, records.file_out),
    Section("history", records.history, ("id",), records.history_counted, records.audit_out),
)
# fmt: on
