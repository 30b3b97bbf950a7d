"""What a CRM remembers for its duplicate checks: the newest, and no more, whoever adds at once."""

import sys
from collections.abc import Iterator

import pytest
from tests.integration.services.acting import at_once

from oa_crm.services import matching
from oa_crm.services.matching import Remembered


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Threads take turns after a few steps, and little is kept."""
    monkeypatch.setattr(matching, "_AT_MOST", 10)
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


@pytest.mark.usefixtures("hurried")
def test_many_threads_that_remember_at_once_are_not_in_each_others_way() -> None:
    remembered = Remembered[tuple[int, int]]()

    def add(thread: int) -> None:
        for at in range(10_000):
            remembered.add((thread, at))

    at_once(4, add)
    assert sum((thread, at) in remembered for thread in range(4) for at in range(10_000)) == 10
