"""Two who act on one team at once: one seat, one end, one division of the credit."""

from typing import Any

import pytest
from sqlalchemy import select
from tests.integration.services.acting import at_once, count, doing, meanwhile, patiently, rows
from tests.integration.teams.sitting import seat, shares

from oa_crm.models import CreditShare, CreditSplit, TeamSeat, table_of
from oa_crm.testing import Kit

MANY = 6


def test_of_many_who_give_the_same_seat_one_gives_it(kit: Kit) -> None:
    customer = kit.given.customer()
    result = at_once(MANY, lambda number: patiently(lambda: seat(kit, customer, by=_by(number))))
    assert len(result.answers) == 1
    assert result.codes == {"invalid_input"}
    assert count(kit, TeamSeat) == 1


def test_of_many_who_change_a_seat_one_does_and_the_history_has_no_gap(kit: Kit) -> None:
    customer = kit.given.customer()
    given = seat(kit, customer)
    kit.clock.advance(hours=1)

    def adjust(number: int) -> Any:
        level = {"level": "write" if number % 2 else "read"}
        return patiently(lambda: doing(kit, _by(number), lambda unit: unit.teams.adjust(given.id, level)))

    result = at_once(MANY, adjust)
    assert len(result.answers) == 1
    assert result.codes == {"illegal_state"}
    before, after = rows(kit, TeamSeat)
    assert (before["ended_at"], before["open"], after["open"]) == (after["since"], None, 1)


def test_of_many_who_divide_the_credit_one_does_and_the_others_are_told_that_it_is_stale(kit: Kit) -> None:
    project = kit.given.project()
    seat(kit, project)

    def divide(number: int) -> Any:
        split = shares(0, seller=50 + number, helper=50 - number)
        return patiently(lambda: doing(kit, _by(number), lambda unit: unit.teams.set_shares(project.id, split)))

    result = at_once(MANY, divide)
    assert len(result.answers) == 1
    assert result.codes == {"stale_version"}
    assert count(kit, CreditSplit) == 1
    assert sum(_parts(kit)) == 10_000


@pytest.mark.parametrize("backend", ["postgresql", "mariadb"], indirect=True)
def test_a_seat_given_while_the_customer_goes_into_the_pool_does_not_outlive_it(kit: Kit) -> None:
    """Who releases it comes right after the seat was written, before it is there for others."""
    customer = kit.given.customer()
    release = {"expected_version": 1, "reason": "没有需求"}

    def release_it() -> Any:
        return doing(kit, "seller", lambda unit: unit.pool.release(customer.id, **release))

    with meanwhile(kit, lambda sql: sql.startswith("INSERT") and "oa_crm_team_seat" in sql, release_it) as other:
        given = seat(kit, customer, by="manager")
    assert [one.owner_id for one in other.answers] == [None], other.errors
    assert [(row["id"], row["open"], row["ended_how"]) for row in rows(kit, TeamSeat)] == [(given.id, None, "pooled")]


def _by(number: int) -> str:
    return ("seller", "manager")[number % 2]


def _parts(kit: Kit) -> list[int]:
    with kit.crm.engine.connect() as connection:
        return list(connection.scalars(select(table_of(CreditShare).c.hundredths)))
