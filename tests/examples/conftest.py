"""A freshly installed example host per test, and a few things that happened in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from examples.host_app.app import HostApp, build, install


@pytest.fixture
def url(tmp_path: Path) -> str:
    """Where the host's database is."""
    return f"sqlite:///{tmp_path / 'oa.db'}"


@pytest.fixture
def host(url: str) -> Iterator[HostApp]:
    """The platform, installed and empty."""
    app = build(url)
    install(app)
    yield app
    app.close()
