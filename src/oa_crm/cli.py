"""The command line: `oa-crm migrate`, `relay`, `duplicates`, `classes`, `digests`, `files`, `exchange`, `pool`,
`reminders`.

Thin: it calls what the library offers.

Needs the extra `oa-crm[cli]`. A host's CRM is named as `module:attribute`, where the attribute is a CRM or
a function that makes one.
"""

import gc
import importlib
import logging
import sys
from enum import StrEnum
from pathlib import Path
from types import ModuleType
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from oa_crm.crm import CRM
from oa_crm.database import engine_of
from oa_crm.errors import ConfigurationError, CrmError
from oa_crm.migrations import Migrations
from oa_crm.outbox import Relay
from oa_crm.schemas import ClassRun
from oa_crm.scope import Actor, Scope
from oa_crm.whole_base import Progress

app = typer.Typer(no_args_is_help=True, help="oa_crm: the CRM inside an office-automation platform.")
migrate = typer.Typer(no_args_is_help=True, help="The CRM's tables in a database.")
relay = typer.Typer(no_args_is_help=True, help="Deliver events to plugins.")
duplicates = typer.Typer(no_args_is_help=True, help="Customers of a company that may be one.")
classes = typer.Typer(no_args_is_help=True, help="Levels and categories of a company's customers.")
digests = typer.Typer(no_args_is_help=True, help="Key changes, told to who wants to know.")
files = typer.Typer(no_args_is_help=True, help="Attachments of all companies.")
exchange = typer.Typer(
    no_args_is_help=True, help="Files of customers and their people in and out, by a member's rights."
)
pool = typer.Typer(no_args_is_help=True, help="The pool of a company, and how long its owners are safe.")
reminders = typer.Typer(no_args_is_help=True, help="What is due, overdue and neglected, told to a company's people.")
app.add_typer(migrate, name="migrate")
app.add_typer(relay, name="relay")
app.add_typer(duplicates, name="duplicates")
app.add_typer(classes, name="classes")
app.add_typer(digests, name="digests")
app.add_typer(files, name="files")
app.add_typer(exchange, name="exchange")
app.add_typer(pool, name="pool")
app.add_typer(reminders, name="reminders")

Url = Annotated[str, typer.Argument(help="database URL, such as sqlite:///crm.db")]
Schema = Annotated[str | None, typer.Option(help="database schema that holds the tables")]
App = Annotated[str, typer.Argument(help="the host's CRM, as module:attribute")]
Tenant = Annotated[str, typer.Argument(help="the company")]
Member = Annotated[str, typer.Argument(help="the member who acts")]
Full = Annotated[bool, typer.Option(help="everybody, not only what changed since the last scan")]
DryRun = Annotated[bool, typer.Option(help="say what would change, and change nothing")]


class Comes(StrEnum):
    """What a file holds."""

    CUSTOMERS = "customers"
    CONTACTS = "contacts"
    FOLLOW_UPS = "follow_ups"


What = Annotated[Comes, typer.Option(help="what the file holds")]
out, err = Console(), Console(stderr=True)


@migrate.command()
def upgrade(url: Url, schema: Schema = None) -> None:
    """Create the tables or bring them up to date."""
    out.print(f"at version {_migrations(url, schema).upgrade()}")


@migrate.command()
def check(url: Url, schema: Schema = None) -> None:
    """Exit with 1 unless the tables are at this code's version."""
    _migrations(url, schema).check()
    out.print("up to date")


@migrate.command()
def sql(url: Url, schema: Schema = None) -> None:
    """Print the statements that would make every table, for a DBA."""
    sys.stdout.write(_migrations(url, schema).sql())


@relay.command()
def run(app: App) -> None:
    """Work until SIGTERM or Ctrl-C."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    _relay(app).run()


@relay.command()
def drain(app: App) -> None:
    """Deliver everything that is due, then end. For cron."""
    tally = _relay(app).drain()
    out.print(f"{tally.delivered} delivered, {tally.retried} to be tried again, {tally.dead} dead")


@relay.command()
def status(app: App) -> None:
    """What is open, per plugin; exit with 1 if there are dead letters."""
    found = _relay(app).status()
    table = Table("plugin", "state", "deliveries")
    for plugin, states in sorted(found.items()):
        for state, count in sorted(states.items()):
            table.add_row(plugin or "-", state, str(count))
    out.print(table)
    if any("dead" in states for states in found.values()):
        raise typer.Exit(1)


@relay.command()
def retain(app: App) -> None:
    """Delete old events, keys and logs, as the settings `keep_...` allow. For a nightly job."""
    out.print(f"{_relay(app).retain()} events deleted")


@duplicates.command()
def rebuild(app: App, tenant: Tenant) -> None:
    """Give every customer of a company the keys that the matchers make now."""
    crm = _crm(app)
    done = crm.duplicates.rebuild(_system(crm, tenant), on_progress=_show_progress)
    out.print(f"{done.done} customers keyed anew, {done.found} old keys swept")


@duplicates.command()
def scan(app: App, tenant: Tenant, full: Full = False, shard: int = 0, shards: int = 1) -> None:
    """Look through a company's base for customers that may be one. Goes on where it was stopped."""
    crm = _crm(app)
    done = crm.duplicates.scan(_system(crm, tenant), full=full, shard=shard, shards=shards, on_progress=_show_progress)
    out.print(f"{done.done} customers looked at, {done.found} pairs found")


@duplicates.command()
def workbook(app: App, tenant: Tenant, path: Path, locale: str = "zh-CN") -> None:
    """Write the pairs that scans found to an Excel file."""
    crm = _crm(app)
    out.print(f"{crm.duplicates.workbook(_system(crm, tenant, locale), path)} pairs in {path}")


@classes.command()
def apply(app: App, tenant: Tenant, dry_run: DryRun = False) -> None:
    """Class a company's customers by its rules. For cron."""
    crm = _crm(app)
    done = crm.classes.apply(_system(crm, tenant), dry_run=dry_run, on_slice=_show_changes if dry_run else None)
    out.print(f"{done.done} customers looked at, {done.found} changes{' to make' if dry_run else ''}")


@digests.command()
def build(app: App, tenant: Tenant) -> None:
    """Build the digests of a company's subscribers. For cron."""
    crm = _crm(app)
    done = crm.digests.build(_system(crm, tenant))
    out.print(f"{done.found} digests for {done.done} subscribers")


@files.command()
def sweep(app: App) -> None:
    """Take away content that nobody needs. For cron."""
    swept = _crm(app).files.sweep()
    out.print(f"{swept.orphans} orphans and {swept.removed} removed files swept")


@exchange.command("import")
def import_(
    app: App,
    tenant: Tenant,
    member: Member,
    path: Path,
    on_duplicate: str = "ask",
    reason: str | None = None,
    dry_run: bool = False,
    answers: Path | None = None,
    locale: str = "zh-CN",
    what: What = Comes.CUSTOMERS,
) -> None:
    """Take a file of customers, contacts or follow-ups in. Goes on where it was stopped; exit with 1 when rows stayed
    out."""
    crm = _crm(app)
    scope, options = _member(crm, tenant, member, locale), {"on_duplicate": on_duplicate, "reason": reason}
    take_in = {
        Comes.CUSTOMERS: crm.exchange.import_customers,
        Comes.CONTACTS: crm.exchange.import_contacts,
        Comes.FOLLOW_UPS: crm.exchange.import_follow_ups,
    }[what]
    done = take_in(
        scope, path, options, dry_run=dry_run, answers=answers, on_progress=lambda job: _show_count(job.done)
    )
    counts = ", ".join(f"{getattr(done, name)} {name}" for name in ("created", "updated", "skipped", "asked", "failed"))
    out.print(f"{done.state.replace('_', ' ')}: {counts}")
    if done.asked or done.failed:
        raise typer.Exit(1)


@exchange.command()
def export(
    app: App,
    tenant: Tenant,
    member: Member,
    path: Path,
    format: str = "xlsx",
    locale: str = "zh-CN",
    what: What = Comes.CUSTOMERS,
) -> None:
    """Write the customers that a member may see, their contacts or follow-ups, to a file. Logged, and counted towards
    his day."""
    crm = _crm(app)
    with crm.begin(_member(crm, tenant, member, locale)) as unit:
        write = {
            Comes.CUSTOMERS: unit.exchange.export_customers,
            Comes.CONTACTS: unit.exchange.export_contacts,
            Comes.FOLLOW_UPS: unit.exchange.export_follow_ups,
        }[what]
        written = write(to=path, format=format)
    out.print(f"{what.value} in {path}: {written.rows}")


@exchange.command()
def template(
    app: App, tenant: Tenant, member: Member, path: Path, locale: str = "zh-CN", what: What = Comes.CUSTOMERS
) -> None:
    """Write the workbook that a member fills in."""
    crm = _crm(app)
    with crm.begin(_member(crm, tenant, member, locale), read_only=True) as unit:
        unit.exchange.template(to=path, what=what.value)
    out.print(f"template in {path}")


def _member(crm: CRM, tenant: str, member: str, locale: str) -> Scope:
    return crm.scope(tenant=tenant, actor=member, locale=locale)


@pool.command("sweep")
def sweep_pool(app: App, tenant: Tenant) -> None:
    """Warn owners and recycle what is due. For a nightly job; exit with 1 if customers were passed over."""
    crm = _crm(app)
    done = crm.pool.sweep(_system(crm, tenant))
    out.print(f"{done.warned} warned, {done.recycled} recycled{', recycling held' if done.held else ''}")
    if done.brought_back:
        out.print(f"{done.brought_back} brought back from pools that were dropped")
    for kept in done.kept:
        out.print(f"kept {kept.customer_id}: {kept.why}", markup=False)
    for one in done.failed:
        err.print(f"passed over {one.customer_id}: {one.error}", markup=False)
    if done.failed:
        raise typer.Exit(1)


@pool.command("recompute")
def recompute_pool(app: App, tenant: Tenant) -> None:
    """Work out the deadlines that a change of the rules left waiting."""
    crm = _crm(app)
    out.print(f"{crm.pool.recompute(_system(crm, tenant))} customers looked at")


@reminders.command("run")
def run_reminders(app: App, tenant: Tenant) -> None:
    """Tell of everything that is due by now. For cron, as often as one likes."""
    crm = _crm(app)
    told = crm.reminders.run(_system(crm, tenant))
    out.print(f"{told.due} due, {told.overdue} overdue, {told.neglected} neglected")


def _system(crm: CRM, tenant: str, locale: str = "en") -> Scope:
    return crm.scope(tenant=tenant, actor=Actor.system(), locale=locale)


def _show_changes(run: ClassRun) -> None:
    for one in run.changes:
        out.print(f"{one.name}: {one.tree} {one.before or '-'} -> {one.after or '-'} by {one.rule}", highlight=False)


def _show_progress(progress: Progress) -> None:
    _show_count(progress.done)


def _show_count(done: int) -> None:
    err.print(f"{done} ...", end="\r", highlight=False)


def _migrations(url: str, schema: str | None) -> Migrations:
    try:
        return Migrations(engine_of(url), schema)
    except ConfigurationError as error:
        raise typer.BadParameter(f"{url}: {error}") from error


def _crm(name: str) -> CRM:
    module, _, attribute = name.partition(":")
    sys.path.insert(0, str(Path.cwd()))
    found = getattr(_module(module, name), attribute or "crm", None)
    made = found() if callable(found) and not isinstance(found, CRM) else found
    if not isinstance(made, CRM):
        raise typer.BadParameter(f"{name} is no CRM and makes none; name it as module:attribute")
    # What is loaded by now stays to the end; else each full collection of a long job walks through all of it. And a job
    # makes hundreds of things of each row that no ring holds, so looking for rings can wait for some hundred rows.
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    return made


def _relay(name: str) -> Relay:
    """The relay of a CRM whose tables are there: a worker without them would say so once a second."""
    crm = _crm(name)
    crm.migrations.check()
    return crm.relay


def _module(module: str, name: str) -> ModuleType:
    try:
        return importlib.import_module(module)
    except (ModuleNotFoundError, ValueError) as error:
        missing = getattr(error, "name", None)
        if missing is not None and not f"{module}.".startswith(f"{missing}."):
            raise  # the host's own module was found, and lacks something itself
        raise typer.BadParameter(f"there is no module for {name!r}; name the CRM as module:attribute") from error


def main() -> None:
    """The entry point `oa-crm`."""
    try:
        app()
    except CrmError as error:
        out.print(f"[red]{error}[/red]")
        sys.exit(1)
