"""A handover that is killed in the midst leaves nothing half done, wherever it is hit; and is done by the next one."""

import signal
from typing import Any

import pytest

from oa_crm.models import Customer, Handover
from oa_crm.testing import CrmKit, Kit
from tests.faults.leavers import WANTED, hand_over_and_die
from tests.faults.processes import warm
from tests.integration.handing.leaving import desk, handed, held_by
from tests.integration.services.acting import count, doing, everything

AIMS = (1, 3, 6, 9, 12, 16, 20, 24, 28)
"""Before which writing statement it dies: the handover's row, the items, the rows, the audit, the ledger, the clock,
the events."""


def _die(url: str, fingerprint: str, at: int) -> int | None:
    process = warm.Process(target=hand_over_and_die, args=(url, fingerprint, at))
    process.start()
    process.join(timeout=120)
    return process.exitcode


@pytest.fixture
def kit(crm_kit: CrmKit, database_url: str) -> Kit:
    return crm_kit(database=database_url)


def test_whoever_is_killed_in_the_midst_leaves_nothing_half_done(kit: Kit, database_url: str) -> None:
    desk(kit)
    before, rows = everything(kit), handed(kit)
    seen = doing(kit, "manager", lambda unit: unit.handover.preview(WANTED))
    ended: list[Any] = []
    for at in AIMS:
        ended.append(_die(database_url, seen.fingerprint, at))
        assert everything(kit) == before, at
        assert handed(kit) == rows, at
    assert set(ended) == {-signal.SIGKILL}
    assert _die(database_url, seen.fingerprint, 0) == 0
    assert held_by(kit, Customer, "seller") == set()
    assert count(kit, Handover, state="executed") == 1
