"""What was said to a customer last is found by an index of theirs on MariaDB, too, which would rather walk the whole
company's talks in the order of time."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection
from tests.integration.services.acting import doing
from tests.support.thick_files import BEGAN, thicken

from oa_crm import Unit
from oa_crm.testing import Kit

TALKS, CUSTOMERS, A_FEW = 6000, 60, 100
ON_MARIADB = pytest.mark.parametrize("backend", ["mariadb"], indirect=True)
Act = Callable[[Unit], Any]


def _rows_read(kit: Kit, act: Act, actor: str = "seller") -> int:
    """How many rows the server looked at for an act, wherever it found them."""
    with kit.crm.engine.connect() as connection:
        before = _looked_at(connection)
        with kit.crm.join(connection, kit.scope(actor)) as unit:
            act(unit)
        after = _looked_at(connection)
        connection.commit()
    return after - before


def _looked_at(connection: Connection) -> int:
    told = connection.exec_driver_sql("SHOW SESSION STATUS LIKE 'Handler_read_%%'")
    return sum(int(value) for name, value in told if not name.endswith("_deleted"))


def _quiet_customer(kit: Kit, others: int) -> UUID:
    """One whom nobody called for long, while another was called so often."""
    id = kit.given.customer().id
    said = {"customer_id": id, "way": "visit", "outcome": "初次拜访", "happened_at": BEGAN - timedelta(days=1)}
    doing(kit, "seller", lambda unit: unit.followups.log(said))
    thicken(kit.crm.engine, "acme", "seller", kit.given.customer().id, 0, talks=others)
    return UUID(str(id))


def _changed(id: UUID) -> Act:
    return lambda unit: unit.customers.update(id, {"expected_version": 1, "level": "A"})


def _called(id: UUID) -> Act:
    return lambda unit: unit.followups.log({"customer_id": id, "way": "phone", "outcome": "再联系"})


@ON_MARIADB
@pytest.mark.parametrize("act", [_changed, _called])
def test_a_customer_whom_nobody_called_for_long_costs_what_any_does(kit: Kit, act: Callable[[UUID], Act]) -> None:
    assert _rows_read(kit, act(_quiet_customer(kit, TALKS))) < A_FEW


@ON_MARIADB
def test_many_customers_that_are_handed_over_cost_so_many_times_one(kit: Kit) -> None:
    for _ in range(CUSTOMERS // 2):
        _quiet_customer(kit, TALKS * 2 // CUSTOMERS)
    wanted = {"leaver_id": "seller", "rest_to": "colleague"}
    seen = doing(kit, "manager", lambda unit: unit.handover.preview(wanted)).fingerprint
    read = _rows_read(kit, lambda unit: unit.handover.execute(wanted, fingerprint=seen), "manager")
    assert read < CUSTOMERS * A_FEW
