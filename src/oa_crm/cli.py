"""The command line: `oa-crm migrate` and `oa-crm relay`. Thin: it calls what the library offers.

Needs the extra `oa-crm[cli]`. A host's CRM is named as `module:attribute`, where the attribute is a CRM or
a function that makes one.
"""

import importlib
import logging
import sys
from pathlib import Path
from types import ModuleType
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy import create_engine
from sqlalchemy.exc import ArgumentError

from oa_crm.crm import CRM
from oa_crm.errors import CrmError
from oa_crm.migrations import Migrations

app = typer.Typer(no_args_is_help=True, help="oa_crm: the CRM inside an office-automation platform.")
migrate = typer.Typer(no_args_is_help=True, help="The CRM's tables in a database.")
relay = typer.Typer(no_args_is_help=True, help="Deliver events to plugins.")
app.add_typer(migrate, name="migrate")
app.add_typer(relay, name="relay")

Url = Annotated[str, typer.Argument(help="database URL, such as sqlite:///crm.db")]
Schema = Annotated[str | None, typer.Option(help="database schema that holds the tables")]
App = Annotated[str, typer.Argument(help="the host's CRM, as module:attribute")]
out = Console()


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
    _crm(app).relay.run()


@relay.command()
def drain(app: App) -> None:
    """Deliver everything that is due, then end. For cron."""
    tally = _crm(app).relay.drain()
    out.print(f"{tally.delivered} delivered, {tally.retried} to be tried again, {tally.dead} dead")


@relay.command()
def status(app: App) -> None:
    """What is open, per plugin; exit with 1 if there are dead letters."""
    found = _crm(app).relay.status()
    table = Table("plugin", "state", "deliveries")
    for plugin, states in sorted(found.items()):
        for state, count in sorted(states.items()):
            table.add_row(plugin or "-", state, str(count))
    out.print(table)
    if any("dead" in states for states in found.values()):
        raise typer.Exit(1)


def _migrations(url: str, schema: str | None) -> Migrations:
    try:
        return Migrations(create_engine(url), schema)
    except ArgumentError as error:
        raise typer.BadParameter(f"{url}: {error}") from error


def _crm(name: str) -> CRM:
    module, _, attribute = name.partition(":")
    sys.path.insert(0, str(Path.cwd()))
    found = getattr(_module(module, name), attribute or "crm", None)
    made = found() if callable(found) and not isinstance(found, CRM) else found
    if not isinstance(made, CRM):
        raise typer.BadParameter(f"{name} is no CRM and makes none; name it as module:attribute")
    return made


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
