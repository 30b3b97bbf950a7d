"""What a customer cost and what its projects came to, in the complete file."""

from typing import Any

from sqlalchemy import Select, and_, func, literal, select

from oa_crm.models import Expense, Project, Settlement, table_of
from oa_crm.schemas import ExpenseOut, ProfitAndLoss
from oa_crm.services.amounts import money, profit_and_loss
from oa_crm.services.base import Service, shown
from oa_crm.services.customer_file.at import At
from oa_crm.services.latest import by_no_index


def expenses(service: Service, at: At) -> Select[Any]:
    return service.at_customer(Expense, at).order_by(by_no_index(service.work, table_of(Expense).c.id).desc())


def expenses_summed(service: Service, at: At) -> Select[Any]:
    """By category and currency, reversals included."""
    table = table_of(Expense)
    facts = (table.c.category.label("word"), table.c.currency, func.count().label("number"))
    summed = service.at_customer(Expense, at, *facts, func.sum(table.c.amount_minor).label("minor"))
    return summed.group_by(table.c.category, table.c.currency)


def expense_out(row: Any) -> ExpenseOut:
    return shown(ExpenseOut, row, amount=money(row.amount_minor, row.currency), claimant_id=row.owner_id)


def settled(service: Service, at: At) -> Select[Any]:
    """The frozen results of the projects that the actor sees."""
    table = table_of(Settlement)
    return _of_its_projects(service, at, table).order_by(table.c.id.desc())


def settled_summed(service: Service, at: At) -> Select[Any]:
    """The profit by currency."""
    table = table_of(Settlement)
    profit = func.sum(table.c.revenue_minor - table.c.expenses_minor).label("minor")
    facts = (literal("profit").label("word"), table.c.currency, func.count().label("number"), profit)
    return _of_its_projects(service, at, *facts).group_by(table.c.currency)


def settled_out(row: Any) -> ProfitAndLoss:
    result = profit_and_loss(row.project_id, row.currency, row.revenue_minor, row.by_category)
    return result.model_copy(update={"settled_at": row.settled_at, "settled_by": row.settled_by})


def _of_its_projects(service: Service, at: At, *columns: Any) -> Select[Any]:
    table, project = table_of(Settlement), table_of(Project)
    tenant = service.work.scope.tenant
    theirs = service.at_customer(Project, at, project.c.id)
    return select(*columns).where(and_(table.c.tenant_id == tenant, table.c.project_id.in_(theirs)))
