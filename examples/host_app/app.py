"""The host put together: one engine, the CRM on it, and every plugin of ours.

`build` opens and wires; it creates nothing. `install` makes both sides' tables and seeds the host's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from examples.host_app import books, org_chart
from examples.host_app.approval import ApprovalProcesses
from examples.host_app.database import open_engine
from examples.host_app.documents import Documents
from examples.host_app.finance_rules import FinanceRules
from examples.host_app.inbox import Inbox
from examples.host_app.lead_rules import LeadScores
from examples.host_app.ledger import Ledger
from examples.host_app.numbering import Numbering
from examples.host_app.old_numbers import OldNumbers
from examples.host_app.org_chart import COMPANY, OrgChart
from examples.host_app.partner_fields import PartnerFields
from examples.host_app.permissions import Permissions
from examples.host_app.tables import Base, LegalHold, Period
from examples.host_app.tickets import Tickets
from examples.host_app.watch import Watch
from oa_crm import CRM, Actor, RelaySettings, Scope, Settings

# A killed worker's deliveries are free again after two seconds; a busy platform would take a minute.
RELAY = RelaySettings(lease=timedelta(seconds=2), idle_poll=timedelta(milliseconds=100))


@dataclass(frozen=True)
class HostApp:
    """The running platform."""

    engine: Engine
    crm: CRM
    ledger: Ledger

    def as_(self, employee: str) -> Scope:
        """The scope of an employee's request: what the platform's login knows."""
        return self.crm.scope(tenant=COMPANY, actor=employee, locale="zh-CN")

    def as_system(self) -> Scope:
        """The scope of a scheduled job."""
        return self.crm.scope(tenant=COMPANY, actor=Actor.system(), locale="zh-CN")

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()


def build(url: str, more: Sequence[object] = ()) -> HostApp:
    """Open the platform on a database; `more` are plugins beside our own."""
    engine = open_engine(url)
    ledger = Ledger(engine)
    plugins = [
        OrgChart(engine),
        Permissions(),
        Numbering(),
        ApprovalProcesses(),
        ledger,
        Inbox(engine),
        Documents(engine),
        FinanceRules(),
        LeadScores(),
        OldNumbers(),
        Tickets(),
        PartnerFields(),
        Watch(),
        *more,
    ]
    return HostApp(engine, CRM(engine, plugins=plugins, settings=Settings(relay=RELAY)), ledger)


def install(app: HostApp) -> None:
    """Make the tables, seed the company, and let the CRM mirror its people."""
    Base.metadata.create_all(app.engine)
    with Session(app.engine) as session, session.begin():
        org_chart.seed(session)
        books.seed(session.connection())
        session.add(Period(month=long_ago()))
        session.add(LegalHold(name="赤霄环宇", reason="合同纠纷, 诉讼中"))
    app.crm.migrate()
    with app.crm.begin(app.as_system()) as unit:
        unit.directory.sync()


def long_ago() -> str:
    """The month of a hundred days ago, whose books are closed."""
    return f"{datetime.now(UTC) - timedelta(days=100):%Y-%m}"
