"""The kit with which an integrator proves a plugin before it meets money.

    pytest_plugins = ["oa_crm.testing"]

    def test_voucher_is_posted_once(crm_kit, fake_api):
        kit = crm_kit(AcmeFinance(api=fake_api))
        kit.given.expense(amount="1280.00")
        kit.relay.drain(); kit.relay.redeliver_all()
        assert fake_api.posted == 1

`crm_kit(*plugins)` makes a real CRM on a database of its own (SQLite unless `database=` is given: a URL, or an
engine of yours that stays open for the next kit), with a frozen clock, a small company, a recorder of every event, and
the relay in your hands. Conformance classes
(`EventHandlerContract`, `FileStoreContract`) are laws that every plugin of a kind must
keep: inherit one and fill it in.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest
from sqlalchemy import Engine

from oa_crm.settings import Settings
from oa_crm.testing.clock import FrozenClock
from oa_crm.testing.contracts import EventHandlerContract
from oa_crm.testing.file_stores import FileStoreContract
from oa_crm.testing.files import MemoryFiles
from oa_crm.testing.given import Given
from oa_crm.testing.kit import Kit
from oa_crm.testing.ready import ready_file
from oa_crm.testing.recorder import Recorder

__all__ = [
    "CrmKit",
    "EventHandlerContract",
    "FileStoreContract",
    "FrozenClock",
    "Given",
    "Kit",
    "MemoryFiles",
    "Recorder",
    "crm_kit",
]


class CrmKit(Protocol):
    """What the `crm_kit` fixture is: call it with your plugins."""

    def __call__(self, *plugins: object, database: str | Engine | None = None, settings: Settings | None = None) -> Kit:
        """A kit around a CRM with these plugins; several may be made in one test."""
        ...


@pytest.fixture
def crm_kit(tmp_path: Path) -> Iterator[CrmKit]:
    """Makes kits; everything they opened is closed after the test."""
    made: list[Kit] = []

    def make(*plugins: object, database: str | Engine | None = None, settings: Settings | None = None) -> Kit:
        url = database or ready_file(tmp_path / f"crm-{len(made)}.db")
        made.append(Kit(url, plugins, settings))
        return made[-1]

    yield make
    for kit in made:
        kit.close()
