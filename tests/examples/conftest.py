"""A freshly installed example host per test, and a few things that happened in it."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from examples.host_app.app import HostApp, build, install


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database of the platform after its installation, to be copied."""
    path = tmp_path_factory.mktemp("installed") / "oa.db"
    with closing(build(f"sqlite:///{path}")) as app:
        install(app)
    return path


@pytest.fixture
def url(tmp_path: Path) -> str:
    """Where the host's database is."""
    return f"sqlite:///{tmp_path / 'oa.db'}"


@pytest.fixture
def host(url: str, installed: Path, tmp_path: Path) -> Iterator[HostApp]:
    """The platform, installed and empty."""
    shutil.copyfile(installed, tmp_path / "oa.db")
    app = build(url)
    yield app
    app.close()
