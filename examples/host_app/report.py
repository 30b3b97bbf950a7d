"""What the demo found, and the HTML report about it: one file, which loads nothing from anywhere."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from examples.host_app import books, crash, pictures, reconcile
from examples.host_app.app import HostApp
from examples.host_app.crash import Kills, Proof
from examples.host_app.importer import INVALID, Import
from examples.host_app.org_chart import COMPANY_NAME, FINANCE_LEAD, NAMES
from examples.host_app.reconcile import Check
from examples.host_app.sale import Sale
from examples.host_app.story import Story
from examples.host_app.tables import ApprovalProcess, Entry, InboxMessage
from examples.host_app.truth import KINDS, Comparison
from oa_crm import Money

CHINESE = {
    "customers on file": "建档客户",
    "planted duplicates found": "查出预埋重复",
    "contract approved": "批准合同额",
    "expenses after one reversal": "费用（冲销后）",
    "profit, settled": "结算利润",
    "entries in the books": "入账凭证",
    "figures that agree": "账实相符",
    "counts that hold after two kills": "两次被杀后仍相符",
}
STATES = {
    "running": "进行中",
    "agreed": "已通过",
    "rejected": "已驳回",
    "cancelled": "已撤回",
    "asked": "待审批",
    "agree": "同意",
    "reject": "驳回",
}


@dataclass
class Findings:
    """Everything that the report shows and the verdict rests on."""

    story: Story
    run: Import
    comparison: Comparison
    kills: Kills
    sale: Sale
    checks: list[Check] = field(default_factory=list)
    proofs: list[Proof] = field(default_factory=list)
    retried: int = 0
    customers: int = 0
    entries: list[Entry] = field(default_factory=list)
    processes: list[ApprovalProcess] = field(default_factory=list)
    inbox: list[InboxMessage] = field(default_factory=list)
    trial_balance: list[tuple[str, str, int, int]] = field(default_factory=list)

    def gather(self, app: HostApp) -> None:
        """Read the end of the story from the database."""
        self.checks, self.proofs, self.retried = reconcile.reconcile(app), crash.proofs(app), crash.retried(app)
        self.customers = _customers_on_file(app)
        with Session(app.engine, expire_on_commit=False) as session:
            self.entries = list(session.scalars(select(Entry).options(selectinload(Entry.lines)).order_by(Entry.id)))
            processes = select(ApprovalProcess).options(selectinload(ApprovalProcess.steps))
            self.processes = list(session.scalars(processes.order_by(ApprovalProcess.id)))
            self.inbox = list(session.scalars(select(InboxMessage).order_by(InboxMessage.id)))
            self.trial_balance = books.trial_balance(session.connection())

    @property
    def all_agree(self) -> bool:
        """Whether every figure reconciles and nothing was lost or doubled."""
        return bool(self.checks) and all(one.agrees for one in self.checks) and all(one.holds for one in self.proofs)

    def key_figures(self) -> list[tuple[str, str]]:
        """The few figures that a reader wants first."""
        result, found = self.sale.result, self.comparison
        assert result is not None
        agree = sum(one.agrees for one in self.checks)
        hold = sum(one.holds for one in self.proofs)
        return [
            ("customers on file", str(self.customers)),
            ("planted duplicates found", f"{len(found.found)} of {found.planted}"),
            ("contract approved", str(result.revenue)),
            ("expenses after one reversal", str(result.expenses)),
            ("profit, settled", str(result.profit)),
            ("entries in the books", str(len(self.entries))),
            ("figures that agree", f"{agree} of {len(self.checks)}"),
            ("counts that hold after two kills", f"{hold} of {len(self.proofs)}"),
        ]


def _customers_on_file(app: HostApp) -> int:
    """As the finance lead counts them, who sees the whole company."""
    with app.crm.begin(app.as_(FINANCE_LEAD), read_only=True) as unit:
        page = unit.customers.find(limit=500)
        count = len(page.items)
        while page.next is not None:
            page = unit.customers.find(after=page.next, limit=500)
            count += len(page.items)
    return count


def write(findings: Findings, path: Path) -> None:
    """Write the report."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).with_name("templates")), autoescape=True, undefined=StrictUndefined
    )
    environment.filters |= {"money": _money, "who": _who}
    template = environment.get_template("report.html.j2")
    path.write_text(template.render(**_shown(findings)), encoding="utf-8")


def _shown(findings: Findings) -> dict[str, Any]:
    outcomes = findings.run.outcomes
    drawn = pictures.draw(findings)
    return {
        "f": findings,
        "company": COMPANY_NAME,
        "accounts": {code: name for code, name, _ in books.ACCOUNTS},
        "kinds": KINDS,
        "chinese": CHINESE,
        "states": STATES,
        "clashes": [one for one in outcomes if one.hit],
        "invalid": [one for one in outcomes if one.result == INVALID],
        "kind_of": {outcome.row.number: pair.kind for pair, outcome in findings.comparison.found},
        "pictures": {name: Markup(svg) for name, svg in drawn.items()},  # noqa: S704 - drawn by us
    }


def _money(minor: int) -> str:
    return f"{Money(minor, 'CNY').amount:,}" if minor else ""


def _who(employee: str) -> str:
    return NAMES.get(employee, employee)
