"""Projects and contracts in the complete file."""

from typing import Any

from sqlalchemy import Select, and_, func

from oa_crm.models import Approval, Contract, Project, table_of
from oa_crm.schemas import ContractInFile, ProjectOut
from oa_crm.services.amounts import money
from oa_crm.services.base import Service, shown
from oa_crm.services.customer_file.at import At
from oa_crm.services.latest import by_no_index


def projects(service: Service, at: At) -> Select[Any]:
    return service.at_customer(Project, at).order_by(by_no_index(service.work, table_of(Project).c.id).desc())


def projects_summed(service: Service, at: At) -> Select[Any]:
    """What is hoped for, by state and currency."""
    table = table_of(Project)
    return _summed(service, Project, at, table.c.state, table.c.expected_minor)


def project_out(row: Any) -> ProjectOut:
    expected = None if row.expected_minor is None else money(row.expected_minor, row.currency)
    return shown(ProjectOut, row, expected=expected)


def contracts(service: Service, at: At) -> Select[Any]:
    """With whom each waits on in its approval, if it is in one."""
    table, approval = table_of(Contract), table_of(Approval)
    of_it = and_(
        approval.c.tenant_id == service.work.scope.tenant,
        approval.c.thing_kind == "contract",
        approval.c.thing_id == table.c.id,
        approval.c.state == "waiting",
    )
    asked = (approval.c.waiting_on, approval.c.created_at.label("waiting_since"))
    query = service.at_customer(Contract, at, table, *asked).select_from(table.outerjoin(approval, of_it))
    return query.order_by(by_no_index(service.work, table.c.id).desc())


def contracts_summed(service: Service, at: At) -> Select[Any]:
    """By state and currency."""
    table = table_of(Contract)
    return _summed(service, Contract, at, table.c.state, table.c.amount_minor)


def contract_out(row: Any) -> ContractInFile:
    return shown(ContractInFile, row, amount=money(row.amount_minor, row.currency), waiting_on=row.waiting_on or ())


def _summed(service: Service, model: Any, at: At, word: Any, minor: Any) -> Select[Any]:
    currency, number = table_of(model).c.currency, func.count().label("number")
    summed = service.at_customer(model, at, word.label("word"), currency, number, func.sum(minor).label("minor"))
    return summed.group_by(word, currency)
