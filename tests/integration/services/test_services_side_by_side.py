"""Units of several threads do not wait for each other to learn who acts."""

import threading

from sqlalchemy import Engine, event
from tests.integration.services.acting import at_once

from oa_crm.testing import CrmKit, Kit


def test_units_of_two_threads_ask_at_the_same_time_who_acts(database: Engine, crm_kit: CrmKit) -> None:
    kit = crm_kit(database=database)
    both = threading.Barrier(2)

    def asked(_connection: object, _cursor: object, sql: str, *_: object) -> None:
        if "oa_crm_member" in sql and "oa_crm_field_rule_set" in sql:
            both.wait(timeout=10)  # broken, should one of them have to wait until the other knows

    event.listen(database, "before_cursor_execute", asked)
    try:
        told = at_once(2, lambda number: _name(kit, ("seller", "colleague")[number]))
    finally:
        event.remove(database, "before_cursor_execute", asked)
    assert sorted(told.answers) == ["colleague", "seller"]


def _name(kit: Kit, actor: str) -> str:
    with kit.unit(actor, read_only=True) as unit:
        return str(unit.pool.holding().member_id)
