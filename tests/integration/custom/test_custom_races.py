"""Many at once: one winner of a unique value, and no value by a definition that is just being changed."""

from typing import Any

import pytest
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.pool import NullPool
from tests.integration.custom.defining import customer, define, index
from tests.integration.services.acting import at_once, doing, invalid, patiently

from oa_crm.errors import InvalidInput
from oa_crm.testing import Kit

MANY = 8


def test_of_many_who_create_with_one_unique_value_one_wins(kit: Kit) -> None:
    define(kit, "number", "number", unique=True)

    def create(number: int) -> Any:
        given = {"name": f"公司{number}", "custom": {"number": ("7", "7.0", "7.00")[number % 3]}}
        return patiently(
            lambda: doing(kit, "seller", lambda unit: unit.customers.create(given, override_reason="测试"))
        )

    result = at_once(MANY, create)
    assert len(result.answers) == 1
    assert result.codes == {"invalid_input"}
    assert {error.problems[0].field for error in result.errors if isinstance(error, InvalidInput)} == {"custom.number"}
    assert len(index(kit)) == 1


def test_of_many_who_change_to_one_unique_value_one_wins(kit: Kit) -> None:
    define(kit, "number", unique=True)
    things = [customer(kit, number=str(number)) for number in range(MANY)]

    def change(number: int) -> Any:
        patch = {"expected_version": 1, "custom": {"number": "same"}}
        return patiently(lambda: doing(kit, "seller", lambda unit: unit.customers.update(things[number].id, patch)))

    result = at_once(MANY, change)
    assert len(result.answers) == 1
    assert result.codes == {"invalid_input"}
    assert len(index(kit)) == MANY


@pytest.mark.parametrize("backend", ["postgresql", "mariadb"], indirect=True)
def test_a_host_that_reads_an_old_snapshot_still_writes_by_the_definitions_of_now(kit: Kit, database_url: str) -> None:
    host = create_engine(database_url, poolclass=NullPool)
    known = kit.given.customer()
    with host.connect() as connection:
        connection.execute(select(func.count()).select_from(text("oa_crm_customer")))
        define(kit, "volume", "number", unique=True)
        with kit.crm.join(connection, kit.scope("seller")) as unit:
            with invalid("custom.volume"):
                unit.customers.update(known.id, {"expected_version": 1, "custom": {"volume": "many"}})
            unit.customers.update(known.id, {"expected_version": 1, "custom": {"volume": "7"}})
        connection.commit()
    assert len(index(kit)) == 1


def test_no_value_is_written_by_a_definition_that_is_being_narrowed(kit: Kit) -> None:
    for round in range(3):
        field = define(kit, f"volume_{round}")

        def act(number: int, field: Any = field) -> Any:
            if number == 0:
                patch = {"expected_version": 1, "type": "number"}
                return patiently(lambda: doing(kit, "admin", lambda unit: unit.fields.redefine(field.id, patch)))
            given = {"name": f"公司{field.name}{number}", "custom": {field.name: "many"}}
            create = lambda unit: unit.customers.create(given, override_reason="测试")  # noqa: E731
            return patiently(lambda: doing(kit, "seller", create))

        at_once(4, act)
        with kit.unit("admin", read_only=True) as unit:
            (now,) = [one for one in unit.fields.of("customer") if one.name == field.name]
            written = [one for one in unit.customers.find().items if field.name in one.custom]
        assert now.type == "text" or not written
