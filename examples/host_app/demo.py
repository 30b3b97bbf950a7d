"""The main job, played from a messy workbook to settled books: `python -m examples.host_app.demo`.

Starts from nothing, ends by itself, writes only below `--out`, needs no server and no network. It exits 1 when a
figure of the CRM and of the books differs by a cent, or when a kill lost or doubled anything.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.panel import Panel
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from examples.host_app import (
    address_book,
    crash,
    customer_paper,
    leaving,
    reconcile,
    renewals,
    report,
    sale,
    truth,
    workbook,
)
from examples.host_app.app import HostApp, build, install
from examples.host_app.crash import Kills
from examples.host_app.importer import CREATED, DUPLICATE, INVALID, SUSPECTED, Import
from examples.host_app.relay_process import until_quiet
from examples.host_app.report import Findings
from examples.host_app.story import Story

DATA = Path(__file__).with_name("data")
DATABASE, RELAY_LOG, REPORT = "oa.db", "relay.log", "report.html"


def main(arguments: Sequence[str] | None = None) -> int:
    """Play the demo; 0 when everything agrees."""
    parser = argparse.ArgumentParser(prog="demo", description="Play the main job of oa_crm in a small OA.")
    parser.add_argument("--out", type=Path, default=Path("out/demo"), help="where everything is written")
    out = parser.parse_args(arguments).out.resolve()
    started = time.monotonic()
    console = Console(width=None if sys.stdout.isatty() else 110)
    url = f"sqlite:///{_cleared(out) / DATABASE}"
    app = build(url)
    try:
        install(app)
        findings = play(app, url, out, console)
    finally:
        app.close()
    report.write(findings, out / REPORT)
    _summary(findings, console, out, time.monotonic() - started)
    return 0 if findings.all_agree else 1


def play(app: HostApp, url: str, out: Path, console: Console) -> Findings:
    """The whole story, in order."""
    story, kills, log = Story(console), Kills(), out / RELAY_LOG
    run, comparison = import_workbook(app, story)
    with crash.kill_at_work(app, story, kills, url, log):
        deal = sale.meet(app, story)
        sale.win(app, story, deal)
        sale.sign(app, story, deal)
    sale.book_expenses(app, story, deal)
    with crash.kill_in_a_posting(app, story, kills, url, log):
        sale.settle(app, story, deal)
        until_quiet(app)
    renewals.renew(app, story, deal)
    address_book.take_in(app, story, deal)
    address_book.take_out(app, story, deal, out)
    app.crm.relay.drain()
    leaving.look_back(app, story, deal)
    leaving.leave(app, story, out)
    print_file(app, story, deal, out)
    return judge(app, story, Findings(story, run, comparison, kills, deal))


def import_workbook(app: HostApp, story: Story) -> tuple[Import, truth.Comparison]:
    """The workbook with a progress bar, and what the duplicate check made of it."""
    story.chapter("A workbook of customers goes on file", "导入客户表并查重")
    rows = workbook.read(DATA / "customers.xlsx")
    run = Import(app)
    columns = (TextColumn("  {task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=story.console) as progress:
        for _ in progress.track(run.run(rows), total=len(rows), description="customers.xlsx"):
            pass
    counts = run.counts()
    text = f"created {counts[CREATED]}, duplicates {counts[DUPLICATE]}, suspected {counts[SUSPECTED]}"
    story.tell("OA", f"reads {len(rows)} rows, each as its own salesperson", f"{text}, invalid {counts[INVALID]}")
    comparison = truth.compare(truth.read(DATA / "planted_duplicates.csv"), run.outcomes)
    _show_clashes(run, comparison, story)
    return run, comparison


def print_file(app: HostApp, story: Story, deal: sale.Sale, out: Path) -> None:
    """The manager prints the customer's file."""
    story.chapter("The whole file on paper", "打印客户档案")
    written = customer_paper.print_file(app, sale.MANAGER, deal.customer_id, out)
    story.tell(sale.MANAGER, f"prints everything about {sale.NAME}", ", ".join(one.name for one in written))


def judge(app: HostApp, story: Story, findings: Findings) -> Findings:
    """The figures that must agree."""
    story.chapter("Do the CRM and the books agree?", "核对")
    findings.gather(app)
    reconcile.show(findings.checks, story.console)
    proofs = Table(box=None, header_style="bold", padding=(0, 2))
    for title in ("after two kills", "expected", "found", ""):
        proofs.add_column(title, justify="right" if title in ("expected", "found") else "left")
    for one in findings.proofs:
        mark = "[green]✓ holds[/]" if one.holds else "[bold red]✗ BROKEN[/]"
        proofs.add_row(one.what, str(one.expected), str(one.found), mark)
    story.console.print()
    story.console.print(proofs)
    return findings


def _show_clashes(run: Import, comparison: truth.Comparison, story: Story) -> None:
    table = Table(box=None, header_style="bold", padding=(0, 2))
    for title in ("row", "typed", "on file", "followed by", "because"):
        table.add_column(title, overflow="fold", justify="right" if title == "row" else "left")
    clashes = [one for one in run.outcomes if one.hit]
    for one in clashes[:8]:
        assert one.hit is not None
        table.add_row(str(one.row.number), one.row.name, one.hit.name, one.hit.owner_name or "公海", one.hit.reasons[0])
    story.console.print(table)
    story.console.print(f"  [dim]... and {len(clashes) - 8} more in the report[/]")
    story.tell(
        "OA",
        f"compares with the truth: {comparison.planted} duplicates were planted",
        f"found {len(comparison.found)}, missed {len(comparison.missed)}, refused in error {len(comparison.false)}",
    )


def _summary(findings: Findings, console: Console, out: Path, seconds: float) -> None:
    table = Table(box=None, show_header=False, padding=(0, 2))
    for what, value in findings.key_figures():
        table.add_row(what, f"[bold]{value}[/]")
    table.add_row("time", f"{seconds:.1f} s")
    table.add_row("report", str(out / REPORT))
    table.add_row("database", str(out / DATABASE))
    verdict = "every figure agrees to the cent" if findings.all_agree else "THE FIGURES DO NOT AGREE"
    colour = "green" if findings.all_agree else "red"
    console.print()
    console.print(Panel(table, title=f"[bold {colour}]{verdict}[/]", border_style=colour, expand=False))


def _cleared(out: Path) -> Path:
    """The output folder without what an earlier run left; nothing else in it is touched."""
    out.mkdir(parents=True, exist_ok=True)
    papers = (customer_paper.HTML, customer_paper.PDF, leaving.PAPER, address_book.BOOK)
    for name in (DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm", RELAY_LOG, REPORT, *papers):
        (out / name).unlink(missing_ok=True)
    return out


if __name__ == "__main__":
    sys.exit(main())
