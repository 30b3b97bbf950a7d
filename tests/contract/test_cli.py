"""The command line: it does what the library does, exits with 1 when something is wrong, and says so plainly."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, inspect
from typer.testing import CliRunner, Result

from oa_crm import CRM, Actor
from oa_crm.cli import app
from oa_crm.errors import InvalidInput, SchemaOutdated

APP = """
from oa_crm import CRM, Settings
from oa_crm.hooks import GiveUp, hookimpl

class Finance:
    name = "finance"

    @hookimpl
    def on_customer_created(self, event):
        if "Refused" in event.name:
            raise GiveUp("the finance system does not know it")

def make():
    return CRM("sqlite:///crm.db", plugins=[Finance()])

def with_files():
    return CRM("sqlite:///crm.db", settings=Settings(files={"folder": "attachments"}))

crm = make()
number = 7

def broken():
    return "no CRM"
"""
_NUMBERS = count(1)


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The name of a host's module in the working directory, with a migrated database beside it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    name = f"host_app_{next(_NUMBERS)}"
    (tmp_path / f"{name}.py").write_text(APP)
    _crm().migrate()
    yield name
    sys.modules.pop(name, None)


def _crm() -> CRM:
    return CRM("sqlite:///crm.db")


def _customers(*names: str) -> None:
    crm = _crm()
    with crm.begin(crm.scope(tenant="acme", actor=Actor.system())) as unit:
        unit.directory.save_member({"id": "li.na", "name": "李娜", "roles": ("salesperson",)})
    with crm.begin(crm.scope(tenant="acme", actor="li.na")) as unit:
        for name in names:
            unit.customers.create({"name": name})
    crm.close()


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def test_upgrade_makes_the_tables_and_may_be_repeated(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new.db'}"
    for _ in range(2):
        result = _run("migrate", "upgrade", url)
        assert (result.exit_code, result.output.strip()) == (0, f"at version {CRM(url).migrations.head}")
    assert "oa_crm_customer" in inspect(create_engine(url)).get_table_names()


def test_check_fails_before_the_upgrade_and_passes_after(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new.db'}"
    before = _run("migrate", "check", url)
    assert before.exit_code == 1
    assert isinstance(before.exception, SchemaOutdated)
    _run("migrate", "upgrade", url)
    after = _run("migrate", "check", url)
    assert (after.exit_code, after.output.strip()) == (0, "up to date")


@pytest.mark.parametrize(
    "url", ["sqlite://", "postgresql+psycopg://nobody@nowhere/x", "mysql+pymysql://nobody@nowhere/x"]
)
def test_sql_prints_every_statement_without_any_database(url: str) -> None:
    result = _run("migrate", "sql", url)
    assert result.exit_code == 0
    assert "CREATE TABLE oa_crm_customer" in result.output
    assert "INSERT INTO oa_crm_alembic_version" in result.output


def test_sql_takes_a_schema() -> None:
    result = _run("migrate", "sql", "postgresql+psycopg://nobody@nowhere/x", "--schema", "crm")
    assert "CREATE TABLE crm.oa_crm_customer" in result.output
    assert "CREATE TABLE oa_crm_" not in result.output


@pytest.mark.parametrize("attribute", ["crm", "make"], ids=["a CRM", "a function that makes one"])
def test_drain_delivers_what_is_due(host: str, attribute: str) -> None:
    _customers("Quill Foundry", "Zinnia Harbour")
    result = _run("relay", "drain", f"{host}:{attribute}")
    assert (result.exit_code, result.output.strip()) == (0, "2 delivered, 0 to be tried again, 0 dead")
    assert _run("relay", "drain", f"{host}:{attribute}").output.startswith("0 delivered")


def test_the_attribute_is_crm_unless_another_is_named(host: str) -> None:
    assert _run("relay", "drain", host).exit_code == 0


def test_status_is_quiet_when_all_is_well_and_fails_when_something_died(host: str) -> None:
    _customers("Quill Foundry")
    waiting = _run("relay", "status", f"{host}:crm")
    assert waiting.exit_code == 0
    _run("relay", "drain", f"{host}:crm")
    assert _run("relay", "status", f"{host}:crm").exit_code == 0
    _customers("Refused Ltd")
    drained = _run("relay", "drain", f"{host}:crm")
    assert drained.output.strip() == "0 delivered, 0 to be tried again, 1 dead"
    dead = _run("relay", "status", f"{host}:crm")
    assert dead.exit_code == 1
    row = next(line for line in dead.output.splitlines() if "finance" in line)
    assert "dead" in row
    assert "1" in row


def test_retain_deletes_what_is_old_and_keeps_the_rest(host: str) -> None:
    _customers("Quill Foundry")
    _run("relay", "drain", f"{host}:crm")
    assert _run("relay", "retain", f"{host}:crm").output.strip() == "0 events deleted"
    crm = _crm()
    with crm.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE oa_crm_event SET occurred_at = '2020-01-01 00:00:00.000000'")
    crm.close()
    assert _run("relay", "retain", f"{host}:crm").output.strip() == "1 events deleted"


@pytest.mark.parametrize("command", ["run", "drain", "status", "retain"])
def test_a_relay_without_tables_says_what_to_do(host: str, command: str) -> None:
    Path("crm.db").unlink()
    result = _run("relay", command, f"{host}:crm")
    assert isinstance(result.exception, SchemaOutdated)
    assert "crm.migrate()" in str(result.exception)


@pytest.mark.parametrize("attribute", ["nothing", "number", "broken"])
def test_an_attribute_that_is_no_crm_is_named(host: str, attribute: str) -> None:
    result = _run("relay", "drain", f"{host}:{attribute}")
    assert result.exit_code == 2
    said = " ".join(result.output.split())
    assert f"{host}:{attribute}" in said
    assert "module:attribute" in said


@pytest.mark.parametrize("name", ["no_such_host_app:crm", ":crm", ""])
def test_a_module_that_cannot_be_found_is_a_usage_error_and_no_traceback(host: str, name: str) -> None:
    result = _run("relay", "drain", name)
    assert result.exit_code == 2, repr(result.exception)
    assert "module:attribute" in " ".join(result.output.split())


@pytest.mark.parametrize("url", ["nonsense", "nosuchdialect://x"])
def test_a_url_that_is_none_is_a_usage_error_and_no_traceback(url: str) -> None:
    result = _run("migrate", "check", url)
    assert result.exit_code == 2, repr(result.exception)
    assert url in " ".join(result.output.split())


def test_the_installed_command_tells_an_error_in_one_line(tmp_path: Path) -> None:
    command = Path(sys.executable).with_name("oa-crm")
    done = subprocess.run(
        [command, "migrate", "check", f"sqlite:///{tmp_path / 'new.db'}"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "run crm.migrate()" in " ".join(done.stdout.split())
    assert "Traceback" not in done.stdout + done.stderr


def test_a_base_is_rebuilt_scanned_and_written_out(host: str, tmp_path: Path) -> None:
    _customers("云帆智能科技有限公司")
    crm = _crm()
    with crm.begin(crm.scope(tenant="acme", actor=Actor.system())) as unit:
        twin = {"name": "云帆智能科技股份有限公司", "owner_id": "li.na"}
        unit.customers.create(twin, override_reason="old data")
    crm.close()
    assert "0 customers keyed anew" in _run("duplicates", "rebuild", host, "acme").output
    assert "2 customers looked at, 1 pairs found" in _run("duplicates", "scan", host, "acme").output
    assert "1 pairs in" in _run("duplicates", "workbook", host, "acme", str(tmp_path / "pairs.xlsx")).output


def test_a_nightly_job_sweeps_the_pool(host: str) -> None:
    _customers("云帆智能科技有限公司")
    assert "0 customers looked at" in _run("pool", "recompute", host, "acme").output
    assert "0 warned, 0 recycled" in _run("pool", "sweep", host, "acme").output
    crm = _crm()
    system = crm.scope(tenant="acme", actor=Actor.system())
    with crm.begin(system) as unit:
        soon = {"name": "试行", "when": {"what": "held", "days": 10}}
        unit.pool.set_protection({"rules": {"rules": [soon]}, "expected_version": 0})
    crm.close()
    assert "1 warned, 0 recycled" in _run("pool", "sweep", host, "acme").output


def test_a_nightly_job_sweeps_the_files(host: str, tmp_path: Path) -> None:
    lost = tmp_path / "attachments" / f"{datetime.now(UTC) - timedelta(days=4):%Y-%m-%d}" / "a" / uuid4().hex
    lost.parent.mkdir(parents=True)
    lost.write_bytes(b"of a unit that was rolled back")
    assert "1 orphans and 0 removed files swept" in _run("files", "sweep", f"{host}:with_files").output
    assert not lost.exists()
    assert isinstance(_run("files", "sweep", host).exception, InvalidInput), "it has nowhere to keep files"


def test_a_nightly_job_classes_customers_and_builds_digests(host: str) -> None:
    _customers("Quill Foundry", "Zinnia Harbour")
    crm = _crm()
    with crm.begin(crm.scope(tenant="acme", actor=Actor.system())) as unit:
        unit.class_rules.define({"name": "rest", "tree": "level", "gives": "C"})
    dry = _run("classes", "apply", host, "acme", "--dry-run").output
    assert "Quill Foundry: level - -> C by rest" in dry
    assert "2 customers looked at, 2 changes to make" in dry
    assert "2 customers looked at, 2 changes" in _run("classes", "apply", host, "acme").output
    assert "2 customers looked at, 0 changes" in _run("classes", "apply", host, "acme").output
    assert "0 digests for 0 subscribers" in _run("digests", "build", host, "acme").output
    crm.close()


def test_files_of_customers_go_in_and_out_by_a_members_rights(host: str, tmp_path: Path) -> None:
    _customers("Quill Foundry")
    (tmp_path / "in.csv").write_text("name,phone\nMarble Drum,\nQuill Foundry,\nBrass Oyster,1\n")
    whom = (f"{host}:make", "acme", "li.na")
    tried = _run("exchange", "import", *whom, "in.csv", "--dry-run")
    assert (tried.exit_code, "dry run: 1 created, 0 updated, 0 skipped, 1 asked, 1 failed" in tried.output) == (1, True)
    done = _run("exchange", "import", *whom, "in.csv", "--on-duplicate", "skip", "--answers", "answers.xlsx")
    assert (done.exit_code, "finished: 1 created, 0 updated, 1 skipped, 0 asked, 1 failed" in done.output) == (1, True)
    assert (tmp_path / "answers.xlsx").is_file()
    out = _run("exchange", "export", *whom, "out.csv", "--format", "csv", "--locale", "en")
    assert (out.exit_code, "customers in out.csv: 2" in out.output) == (0, True)
    assert _run("exchange", "template", *whom, "template.xlsx").exit_code == 0
    (tmp_path / "people.csv").write_text("customer,name\nQuill Foundry,Lin Xiao\n")
    people = _run("exchange", "import", *whom, "people.csv", "--what", "contacts")
    assert (people.exit_code, "finished: 1 created" in people.output) == (0, True)
    people = _run("exchange", "export", *whom, "people.csv", "--what", "contacts", "--format", "csv", "--locale", "en")
    assert (people.exit_code, "contacts in people.csv: 1" in people.output) == (0, True)
    again = _run("exchange", "import", *whom, "people.csv", "--what", "contacts", "--on-duplicate", "update")
    assert (again.exit_code, "finished: 0 created, 1 updated" in again.output) == (0, True)
    (tmp_path / "talks.csv").write_text("customer,when,way,outcome\nQuill Foundry,2021-03-05,visit,They like it\n")
    assert "finished: 1 created" in _run("exchange", "import", *whom, "talks.csv", "--what", "follow_ups").output
    talks = _run("exchange", "export", *whom, "talks.xlsx", "--what", "follow_ups")
    assert (talks.exit_code, "follow_ups in talks.xlsx: 1" in talks.output) == (0, True)
    assert _run("exchange", "template", *whom, "people.xlsx", "--what", "contacts").exit_code == 0
    refused = _run("exchange", "import", *whom, "none.csv")
    assert refused.exit_code == 1
    assert isinstance(refused.exception, InvalidInput)


def test_what_the_page_types_of_files_works_line_by_line(host: str) -> None:
    _customers("Quill Foundry")
    crm = _crm()
    with crm.begin(crm.scope(tenant="acme", actor="li.na")) as unit:
        firm = unit.customers.find().items[0]
        unit.contacts.create({"customer_id": firm.id, "name": "Lin Xiao", "mobile": "13800138000"})
        unit.exchange.export_customers(to=Path("customers.xlsx"))
    crm.close()
    page = (Path(__file__).parents[2] / "docs" / "exchange.md").read_text(encoding="utf-8")
    typed = [line.split()[1:] for line in page.splitlines() if line.startswith("    oa-crm exchange ")]
    assert len(typed) == 6
    named = {"app:crm": f"{host}:make", "wang": "li.na"}
    for line in typed:
        ran = _run(*(named.get(word, word) for word in line))
        assert ran.exit_code == 0, (line, ran.output)
