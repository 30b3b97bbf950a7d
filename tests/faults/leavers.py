"""A process that executes a handover and dies in the midst: at its n-th statement that writes, by SIGKILL."""

import os
import signal

import sqlalchemy as sa

from oa_crm import CRM

WANTED = {"leaver_id": "seller", "rest_to": "colleague", "clock": "grace"}


def hand_over_and_die(url: str, fingerprint: str, at: int) -> None:
    """Execute, and be killed before the statement number `at`; with 0 nobody is killed."""
    crm = CRM(url)
    done = 0

    def count(_c: object, _cursor: object, statement: str, *_: object) -> None:
        nonlocal done
        done += statement.startswith(("INSERT", "UPDATE", "DELETE"))
        if done == at:
            os.kill(os.getpid(), signal.SIGKILL)

    with crm.begin(crm.scope(tenant="acme", actor="manager")) as unit:
        if at:
            sa.event.listen(crm.engine, "before_cursor_execute", count)
        unit.handover.execute(WANTED, fingerprint=fingerprint)
