"""What we mean to do, and what colleagues were asked, in the complete file: about the customer and its projects."""

from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, or_

from oa_crm.models import HelpRequest, Project, Strategy, table_of
from oa_crm.schemas import HelpInFile, StrategyInFile
from oa_crm.services.base import Service, shown
from oa_crm.services.customer_file.at import At
from oa_crm.services.strategies import reading


def strategies(service: Service, at: At) -> Select[Any]:
    """That of the customer, and those of the projects that the actor sees."""
    return service.at_customer(Strategy, at).where(_seen(service, at)).order_by(table_of(Strategy).c.id.desc())


def strategies_counted(service: Service, at: At) -> Select[Any]:
    counted = service.at_customer(Strategy, at, literal("").label("word"), func.count().label("number"))
    return counted.where(_seen(service, at))


def strategy_out(row: Any) -> StrategyInFile:
    return shown(StrategyInFile, row, state=reading.state(row), steps=reading.steps(row))


def help_requests(service: Service, at: At) -> Select[Any]:
    """What was asked about the customer, and about the projects that the actor sees, each with its last answer."""
    table = table_of(HelpRequest)
    columns = [table.c[name] for name in HelpInFile.model_fields]
    return service.at_customer(HelpRequest, at, *columns).where(_of_seen(service, at)).order_by(table.c.id.desc())


def help_counted(service: Service, at: At) -> Select[Any]:
    """By state."""
    state = table_of(HelpRequest).c.state
    counted = service.at_customer(HelpRequest, at, state.label("word"), func.count().label("number"))
    return counted.where(_of_seen(service, at)).group_by(state)


def help_out(row: Any) -> HelpInFile:
    return shown(HelpInFile, row)


def _of_seen(service: Service, at: At) -> ColumnElement[bool]:
    project, projects = table_of(HelpRequest).c.project_id, service.at_customer(Project, at, table_of(Project).c.id)
    return or_(project.is_(None), project.in_(projects))


def _seen(service: Service, at: At) -> ColumnElement[bool]:
    table, projects = table_of(Strategy), service.at_customer(Project, at, table_of(Project).c.id)
    return or_(
        table.c.living_customer.is_not(None), table.c.living_project.is_not(None) & table.c.project_id.in_(projects)
    )
