"""No surprise at import: nothing heavy is loaded, no file is made, the environment is not read.

Each test imports in a process of its own, since this one has loaded everything already.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import oa_crm

OPTIONAL = {
    "pandas",
    "typer",
    "rich",
    "fastapi",
    "altair",
    "pytest",
    "psycopg",
    "pymysql",
    "flask",
    "xlsxwriter",
    "jinja2",
    "weasyprint",
}
DATABASE = {"sqlalchemy", "alembic"}

# Runs `statement` and tells what it loaded, which files it opened for writing, what it asked the environment
# for (only our own modules count) and whether a thread or a socket appeared.
WATCH = """
import json, os, sys, threading
opened, asked = [], []

def audit(name, args):
    if name == "open" and isinstance(args[1], str) and set(args[1]) & set("wax+"):
        opened.append(str(args[0]))
    if name in ("os.mkdir", "socket.connect", "sqlite3.connect", "subprocess.Popen"):
        opened.append(name)

class Watched(type(os.environ)):
    def __getitem__(self, key):
        frame = sys._getframe(1)
        while frame and frame.f_globals.get("__name__") in ("os", "collections.abc", __name__):
            frame = frame.f_back
        if frame and frame.f_globals.get("__name__", "").split(".")[0] == "oa_crm":
            asked.append(f"{frame.f_globals['__name__']}: {key}")
        return super().__getitem__(key)

os.environ.__class__ = Watched
sys.dont_write_bytecode = True
sys.addaudithook(audit)
before = set(sys.modules)
exec(sys.argv[1])
print(json.dumps({
    "loaded": sorted({name.split(".")[0] for name in set(sys.modules) - before}),
    "modules": sorted(set(sys.modules) - before),
    "opened": opened, "asked": asked, "threads": threading.active_count(),
}))
"""

PACKAGE = Path(oa_crm.__file__).parent
# The edges have needs of their own; what alembic runs is no module to import.
EDGES = ("cli", "testing", "contrib", "migrations.env", "migrations.versions")
NAMES = sorted(".".join(path.relative_to(PACKAGE).with_suffix("").parts) for path in PACKAGE.rglob("[!_]*.py"))
EVERY_MODULE = "import importlib\n" + "\n".join(
    f"importlib.import_module('oa_crm.{name}')" for name in NAMES if not name.startswith(EDGES)
)


def _after(statement: str, folder: Path) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", WATCH, statement], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_importing_the_package_loads_nothing_heavy(tmp_path: Path) -> None:
    loaded = set(_after("import oa_crm", tmp_path)["loaded"])
    assert "oa_crm" in loaded
    assert not loaded & (OPTIONAL | DATABASE)


def test_importing_the_crm_loads_no_optional_part(tmp_path: Path) -> None:
    found = _after("from oa_crm import CRM", tmp_path)
    assert "sqlalchemy" in found["loaded"]
    assert not set(found["loaded"]) & (OPTIONAL | {"alembic"})
    assert not [name for name in found["modules"] if name.startswith("sqlalchemy.dialects.") and "sqlite" not in name]


@pytest.mark.parametrize(
    "statement", ["import oa_crm.hooks", "from oa_crm import hookimpl", "import oa_crm.hooks.events"]
)
def test_the_hook_contract_loads_no_database(tmp_path: Path, statement: str) -> None:
    loaded = set(_after(statement, tmp_path)["loaded"])
    assert "pydantic" in loaded
    assert not loaded & (OPTIONAL | DATABASE | {"blinker", "rapidfuzz"})


@pytest.mark.parametrize(
    "statement", [EVERY_MODULE, "from oa_crm import CRM; CRM('sqlite:///made.db')"], ids=["every module", "a CRM"]
)
def test_neither_importing_nor_making_a_crm_touches_anything(tmp_path: Path, statement: str) -> None:
    found = _after(statement, tmp_path)
    assert not set(found["loaded"]) & OPTIONAL
    assert found["opened"] == []
    assert found["asked"] == []
    assert found["threads"] == 1
    assert list(tmp_path.iterdir()) == []


def test_the_watch_itself_sees_what_it_looks_for(tmp_path: Path) -> None:
    ours = "{'__name__': 'oa_crm.thing'}"
    found = _after(f'exec(\'import os; os.environ.get("HOME"); open("made.txt", "w").close()\', {ours})', tmp_path)
    assert found["asked"] == ["oa_crm.thing: HOME"]
    assert found["opened"] == ["made.txt"]


def test_public_names_are_all_there_and_a_wrong_one_is_an_attribute_error() -> None:
    assert all(getattr(oa_crm, name) is not None for name in oa_crm.__all__)
    assert set(oa_crm.__all__) <= set(dir(oa_crm))
    with pytest.raises(AttributeError, match="Nothing"):
        oa_crm.Nothing  # noqa: B018
