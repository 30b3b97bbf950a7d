"""Do the CRM and the books agree, to the cent?

`python -m examples.host_app.reconcile DATABASE` answers for the database of an earlier demo, and exits 1 when a
figure differs. The CRM compares document by document; here the totals and the books themselves come to it.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table
from sqlalchemy import Connection

from examples.host_app import books
from examples.host_app.app import HostApp, build
from examples.host_app.org_chart import FINANCE_LEAD
from oa_crm import Money, Unit
from oa_crm.schemas import ProfitAndLoss, ProjectOut


@dataclass(frozen=True)
class Check:
    """One figure, as the CRM has it and as the books have it."""

    what: str
    crm: Money | int
    books: Money | int

    @property
    def agrees(self) -> bool:
        """Equal, to the cent."""
        return self.crm == self.books


def reconcile(app: HostApp) -> list[Check]:
    """Every figure of every project, and the books in themselves."""
    with app.crm.begin(app.as_(FINANCE_LEAD), read_only=True) as unit, app.engine.connect() as connection:
        checks: list[Check] = []
        for project in _projects(unit):
            checks += _project(unit, connection, project)
        return [*checks, *_books(connection)]


def show(checks: list[Check], console: Console) -> None:
    """The checks as a table."""
    table = Table(box=None, header_style="bold", padding=(0, 2))
    for title, side in (("figure", "left"), ("CRM", "right"), ("books", "right"), ("", "left")):
        table.add_column(title, justify=side)  # type: ignore[arg-type]
    for one in checks:
        mark = "[green]✓ agrees[/]" if one.agrees else "[bold red]✗ DIFFERS[/]"
        table.add_row(one.what, str(one.crm), str(one.books), mark)
    console.print(table)


def _projects(unit: Unit) -> Iterator[ProjectOut]:
    after = None
    while True:
        page = unit.projects.find(after=after)
        yield from page.items
        if (after := page.next) is None:
            return


def _project(unit: Unit, connection: Connection, project: ProjectOut) -> Iterator[Check]:
    lines = unit.settlements.reconcile(project.id)
    documents = lines.matched + len(lines.discrepancies)
    yield Check(f"{project.name}: documents, one by one", documents, lines.matched)
    result = unit.settlements.preview(project.id)
    balance = Counter(books.project_balances(connection, str(project.id)))
    currency = project.currency
    yield Check("revenue (6001)", result.revenue, Money(-balance[books.REVENUE], currency))
    yield Check("receivable (1122)", result.revenue, Money(balance[books.RECEIVABLE], currency))
    for category, ours in result.by_category.items():
        account = books.EXPENSES.get(category, books.EXPENSES["other"])
        yield Check(f"{category} ({account})", ours, Money(balance[account], currency))
    yield Check("owed to staff (2241)", result.expenses, Money(-balance[books.OWED_TO_STAFF], currency))
    if project.state == "settled":
        yield from _closing(connection, project, result)


def _closing(connection: Connection, project: ProjectOut, result: ProfitAndLoss) -> Iterator[Check]:
    closed = Counter(books.project_balances(connection, str(project.id), closing=True))
    left = sum(abs(minor) for code, minor in closed.items() if code.startswith("6"))
    yield Check("profit (4103)", result.profit, Money(-closed[books.PROFIT], project.currency))
    yield Check("left on accounts of the result", Money(0, project.currency), Money(left, project.currency))


def _books(connection: Connection) -> Iterator[Check]:
    balance = books.trial_balance(connection)
    debits, credits = sum(row[2] for row in balance), sum(row[3] for row in balance)
    yield Check("trial balance: debits = credits", Money(debits, "CNY"), Money(credits, "CNY"))
    yield Check("entries that do not sum to zero", 0, len(books.unbalanced_entries(connection)))


def main(arguments: list[str] | None = None) -> int:
    """Reconcile the database of an earlier demo."""
    parser = argparse.ArgumentParser(prog="reconcile", description=main.__doc__)
    parser.add_argument("database", type=Path)
    path = parser.parse_args(arguments).database
    if not path.is_file():
        parser.error(f"there is no {path}; run `make demo` first")
    app = build(f"sqlite:///{path.resolve()}")
    checks = reconcile(app)
    show(checks, Console())
    app.close()
    return 0 if all(one.agrees for one in checks) else 1


if __name__ == "__main__":
    sys.exit(main())
