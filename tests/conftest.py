"""The suite's options and its database fixtures.

`database` is an engine on a migrated, empty database for one test, and `database_url` its URL, for tests that make
engines or processes of their own; a test that uses them runs on all three backends. `bare_database_url` has no tables.
`sqlite` and `sqlite_url` are the quick ones, for tests whose subject is not the database.
"""

import gc
import os
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy.engine import URL, Engine

from tests.support import demo
from tests.support.databases import Databases, ServerDatabases, SqliteFiles
from tests.support.engines import Engines
from tests.support.memory import use_memory
from tests.support.recipes import HOW, given_url, program
from tests.support.require import report_missing_parts, require
from tests.support.servers import Run, ServerStartError

BACKENDS = ("sqlite", "postgresql", "mariadb")

# A busy machine is no failure; and CI tries the same examples each time, so that red means a change.
settings.register_profile("here", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("here"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")

_RUN = pytest.StashKey[Run]()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("oa_crm")
    group.addoption("--backend", action="append", choices=BACKENDS, help="only this database backend; may be repeated")
    group.addoption("--long-faults", action="store_true", help="the long form of the fault tests")
    group.addoption("--soak-minutes", type=float, help="the soak of claims in its long form, so long on each database")
    group.addoption("--soak-customers", type=int, default=1000, help="how many customers the long soak is after")


def pytest_configure(config: pytest.Config) -> None:
    given = getattr(config, "workerinput", None)
    if given is None:
        use_memory()
    config.stash[_RUN] = Run(Path(given["oa_crm_run"])) if given else Run.begin()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: object) -> None:
    """Tell a new xdist worker where the run's directory is."""
    run = node.config.stash[_RUN]  # type: ignore[attr-defined]
    node.workerinput["oa_crm_run"] = str(run.directory)  # type: ignore[attr-defined]


def pytest_unconfigure(config: pytest.Config) -> None:
    if _RUN in config.stash:
        config.stash[_RUN].end()


@pytest.hookimpl(tryfirst=True)
def pytest_collection() -> None:
    """What is collected stays to the end, and looking through it again and again took a fifth of the run."""
    gc.disable()


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.set_threshold(20_000, 20, 5)
    gc.enable()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    chosen = config.getoption("--backend")
    if not chosen:
        return
    kept = [item for item in items if _backend_of(item) in {None, *chosen}]
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = kept


def _backend_of(item: pytest.Item) -> str | None:
    callspec = getattr(item, "callspec", None)
    return callspec.params.get("backend") if callspec else None


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for reason in config.stash[_RUN].failures():
        terminalreporter.section("A DATABASE SERVER DID NOT START", sep="!", red=True, bold=True)
        terminalreporter.write_line(reason)
    report_missing_parts(terminalreporter)


@pytest.fixture(scope="session")
def played(pytestconfig: pytest.Config) -> tuple[Path, str]:
    """The output folder of the run's one finished demo, to be read only, and what it printed."""
    folder = pytestconfig.stash[_RUN].once("demo", demo.play)
    return folder / "out", (folder / "told").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def long_faults(pytestconfig: pytest.Config) -> bool:
    """Whether fault tests should run their long form."""
    return bool(pytestconfig.getoption("--long-faults"))


@pytest.fixture(scope="session")
def soak_minutes(pytestconfig: pytest.Config) -> float | None:
    """How long the soak runs on each database; None for its short form."""
    given = pytestconfig.getoption("--soak-minutes")
    return None if given is None else float(given)


@pytest.fixture(scope="session")
def soak_customers(pytestconfig: pytest.Config) -> int:
    """How many customers the soak in its long form is after."""
    return int(pytestconfig.getoption("--soak-customers"))


@pytest.fixture(scope="session", params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    """The name of the database backend; narrow it with `parametrize("backend", [...], indirect=True)`."""
    name = str(request.param)
    if name != "sqlite":
        require(name, bool(given_url(name) or program(name)), HOW[name])
    return name


@pytest.fixture(scope="session")
def databases(
    pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Databases]]:
    """This worker's databases on a backend; the first call for a server starts it."""
    run = pytestconfig.stash[_RUN]
    worker = getattr(pytestconfig, "workerinput", {}).get("workerid", "main")
    opened: list[Databases] = []

    @cache
    def on(name: str) -> Databases:
        made = (
            SqliteFiles(tmp_path_factory.mktemp("sqlite"))
            if name == "sqlite"
            else ServerDatabases(_server(run, name), f"{run.token}_{worker}")
        )
        opened.append(made)
        return made

    yield on
    for made in opened:
        made.close()


def _server(run: Run, name: str) -> URL:
    try:
        return run.server(name)
    except ServerStartError:
        pytest.fail(f"{name} did not start; the end of the run says why", pytrace=False)


@pytest.fixture
def database_url(backend: str, databases: Callable[[str], Databases]) -> Iterator[str]:
    """A migrated, empty database for this test."""
    yield from _lent(databases(backend))


@pytest.fixture
def sqlite_url(databases: Callable[[str], Databases]) -> Iterator[str]:
    """A migrated, empty SQLite database for this test, which then runs once and not per backend."""
    yield from _lent(databases("sqlite"))


@pytest.fixture
def bare_database_url(backend: str, databases: Callable[[str], Databases]) -> Iterator[str]:
    """A database without any table, for this test only."""
    source = databases(backend)
    url = source.create()
    yield url
    source.drop(url)


@pytest.fixture(scope="session")
def engines(databases: Callable[[str], Databases]) -> Iterator[Engines]:
    """This worker's engines, closed before its databases are dropped."""
    made = Engines()
    yield made
    made.close()


@pytest.fixture
def database(database_url: str, engines: Engines) -> Engine:
    """The worker's engine, on a migrated, empty database for this test."""
    return engines.on(database_url)


@pytest.fixture
def sqlite(sqlite_url: str, engines: Engines) -> Engine:
    """The same on SQLite only, for tests whose subject is not the database."""
    return engines.on(sqlite_url)


def _lent(source: Databases) -> Iterator[str]:
    url = source.take()
    yield url
    source.give_back(url)
