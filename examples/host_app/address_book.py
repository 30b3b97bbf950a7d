"""The salesman's address book goes on file: who reports to whom, whoever is there already brought up to date. Then it
comes out to a file, a number is mended in it, and it goes in again.
"""

from pathlib import Path

from examples.host_app.app import HostApp
from examples.host_app.sale import SALESMAN, Sale
from examples.host_app.story import Story
from oa_crm.schemas import ReportingNode

CONTACTS = Path(__file__).with_name("data") / "contacts.csv"
BOOK = "address_book.csv"
WHOSE, WRONG, RIGHT = "阮青禾", "+8613900004321", "139 0000 4312"


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


def take_out(app: HostApp, story: Story, sale: Sale, folder: Path) -> None:
    """A file of those at the customer as he sees them. What he changes in it changes, and nothing else does."""
    scope, path, at = app.as_(SALESMAN), folder / BOOK, {"customer_id": sale.customer_id}
    with app.crm.begin(scope) as unit:
        out = unit.exchange.export_contacts(at, to=path, format="csv")
    story.tell(SALESMAN, f"takes {out.rows} people out to {BOOK}, one of their mobile numbers is wrong")
    path.write_text(path.read_text(encoding="utf-8-sig").replace(WRONG, RIGHT), encoding="utf-8-sig")
    app.crm.exchange.import_contacts(scope, path, {"on_duplicate": "update"})
    with app.crm.begin(scope, read_only=True) as unit:
        people = unit.contacts.find(at).items
    mended = {one.name: one.mobile for one in people if one.version > 1}
    story.tell(SALESMAN, "mends it there and takes the file in again", f"{WHOSE} has {mended[WHOSE]}")


def _line(one: ReportingNode) -> str:
    """Who reports to whom."""
    below = ", ".join(_line(other) for other in one.reports)
    return f"{one.name} ({below})" if below else str(one.name)
