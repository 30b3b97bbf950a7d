"""The salesman's address book goes on file: who reports to whom, whoever is there already brought up to date."""

from pathlib import Path

from examples.host_app.app import HostApp
from examples.host_app.sale import SALESMAN, Sale
from examples.host_app.story import Story
from oa_crm.schemas import ReportingNode

CONTACTS = Path(__file__).with_name("data") / "contacts.csv"


def take_in(app: HostApp, story: Story, sale: Sale) -> None:
    """A row that cannot be taken stays out by itself, and says in which column."""
    story.chapter("An address book goes on file", "导入联系人")
    scope, options = app.as_(SALESMAN), {"on_duplicate": "update"}
    tried = app.crm.exchange.import_contacts(scope, CONTACTS, options, dry_run=True)
    story.tell(SALESMAN, f"tries {CONTACTS.name}", f"{tried.created} new, {tried.updated} known, {tried.failed} wrong")
    done = app.crm.exchange.import_contacts(scope, CONTACTS, options)
    assert done.id is not None
    with app.crm.begin(scope, read_only=True) as unit:
        for row in unit.exchange.held_back(done.id):
            problem = row.problems[0]
            story.tell("OA", f"leaves row {row.row} out", f"{problem.heading}: {problem.problem}")
        (top,) = unit.contacts.reporting(sale.customer_id)
    told = f"{done.created} new, {done.updated} brought up to date"
    story.tell(SALESMAN, f"takes it in: {told}", _line(top))


def _line(one: ReportingNode) -> str:
    """Who reports to whom."""
    below = ", ".join(_line(other) for other in one.reports)
    return f"{one.name} ({below})" if below else str(one.name)
