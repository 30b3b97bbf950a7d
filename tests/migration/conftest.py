"""A second bare database beside `bare_database_url`, and a CRM that is closed after the test."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.support.databases import Databases

from oa_crm import CRM

Opened = Callable[..., CRM]


@pytest.fixture
def other_bare_url(backend: str, databases: Callable[[str], Databases]) -> Iterator[str]:
    source = databases(backend)
    url = source.create()
    yield url
    source.drop(url)


@pytest.fixture
def opened() -> Iterator[Opened]:
    """Makes CRMs; their connections are given back after the test."""
    made: list[CRM] = []

    def make(url: str, **options: Any) -> CRM:
        made.append(CRM(url, **options))
        return made[-1]

    yield make
    for crm in made:
        crm.close()
