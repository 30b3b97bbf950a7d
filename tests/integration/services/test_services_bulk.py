"""Many rows written in one go read back as they were given, in their order, and what does not fit is refused."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, or_, select
from sqlalchemy.exc import DBAPIError
from tests.integration.services.acting import SYSTEM, doing, listening

from oa_crm import Unit
from oa_crm.ids import new_id
from oa_crm.models import AuditEntry, Customer, DuplicateKey, EventRow, NamePrefix, table_of
from oa_crm.services.among import among
from oa_crm.services.bulk import insert_columns, insert_rows
from oa_crm.testing import CrmKit, Kit

WORDS = (
    "",
    "null",
    "NULL",
    '"',
    "\\",
    "\\N",
    "{}",
    "{a,b}",
    "a,b",
    "'; --",
    "%s",
    "换\n行\t",
    "\u2028",
    "😀",
    " ",
    "[1, 2]",
    "é",
)
MOMENT = datetime(2026, 3, 2, 9, 0, 0, 1, tzinfo=UTC)


@pytest.fixture
def kit(database: Engine, crm_kit: CrmKit) -> Kit:
    return crm_kit(database=database)


def _entry(number: int) -> dict[str, Any]:
    word = WORDS[number % len(WORDS)]
    return {
        "tenant_id": "bulk",
        "at": MOMENT + timedelta(microseconds=number),
        "actor_id": word or "-",
        "on_behalf_of": None if number % 3 else word,
        "request_id": str(number),
        "operation": "test",
        "kind": "customer",
        "thing_id": "-",
        "changes": {word: [None, number, word, {"so": [1.5, True]}]},
        "reason": word if number % 2 else None,
    }


@pytest.mark.parametrize("many", [3, 49, 50, 400])
def test_rows_read_back_as_given_and_in_order(kit: Kit, many: int) -> None:
    given = [_entry(number) for number in range(many)]
    assert _written(kit, AuditEntry, given) == given


def _event(number: int) -> dict[str, Any]:
    return {
        "tenant_id": "bulk",
        "event_id": new_id(),
        "hook": "on_test",
        "version": 1,
        "kind": "customer",
        "thing_id": "-",
        "lane": (-1) ** number * (2**63 - 1 - number),
        "payload": {"n": 2**53 + 1},
        "occurred_at": MOMENT,
        "open": None if number % 2 else 1,
        "open_lane": None,
    }


def test_numbers_ids_and_nothing_are_kept_to_the_last_bit(kit: Kit) -> None:
    given = [_event(number) for number in range(60)]
    assert _written(kit, EventRow, given) == given


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_many_rows_are_one_value_of_one_statement(kit: Kit) -> None:
    with listening(kit.crm.engine) as sent:
        _written(kit, AuditEntry, [_entry(number) for number in range(60)])
    (written,) = (one for one in sent if one.startswith("INSERT"))
    assert len(written.given) == 1


# SQLite knows no longest text.
@pytest.mark.parametrize("backend", ["postgresql", "mariadb"], indirect=True)
def test_text_that_is_too_long_is_refused_and_not_cut(kit: Kit) -> None:
    given = [_entry(number) for number in range(60)]
    given[30]["operation"] = "x" * 61
    with pytest.raises(DBAPIError):
        _written(kit, AuditEntry, given)


def _written(kit: Kit, model: Any, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    table = table_of(model)
    with kit.crm.engine.begin() as connection:
        insert_rows(connection, table, rows)
        query = select(*(table.c[name] for name in rows[0])).where(table.c.tenant_id == "bulk").order_by(table.c.id)
        return [dict(row._mapping) for row in connection.execute(query)]


def test_columns_of_ids_and_texts_read_back_as_given(kit: Kit) -> None:
    table, ids = table_of(NamePrefix), [kit.given.customer().id for _ in range(2)]
    # MariaDB takes texts that differ in spaces at their end for one.
    given = [(id, word) for id in ids for word in (*filter(str.strip, WORDS), '\\"', '"}', "NULL,x", "\\\\")]
    with kit.crm.engine.begin() as connection:
        columns = {"customer_id": [id for id, _ in given], "typed": [word for _, word in given]}
        insert_columns(connection, table, {"tenant_id": ["bulk"] * len(given), **columns})
        found = connection.execute(select(table.c.customer_id, table.c.typed).where(table.c.tenant_id == "bulk"))
        assert sorted(map(tuple, found)) == sorted(given)


def test_columns_of_numbers_read_back_as_given(kit: Kit) -> None:
    table, hashes = table_of(DuplicateKey), [-(2**63), -1, 0, 1, 2**63 - 1]
    with kit.crm.engine.begin() as connection:
        insert_columns(connection, table, {"key_hash": hashes, "entry_id": [2**62] * 5})
        query = select(table.c.key_hash).where(table.c.entry_id == 2**62).order_by(table.c.key_hash)
        assert list(connection.scalars(query)) == hashes


@pytest.mark.parametrize("many", [1, 49, 600])
def test_rows_of_columns_of_any_type_read_back_as_given(kit: Kit, many: int) -> None:
    table, one = table_of(Customer), kit.given.customer().id
    told = {"next_contact_on": date(2026, 12, 1), "latitude": Decimal("30.1234567"), "longitude": Decimal("-0.5")}
    with kit.crm.engine.begin() as connection:
        row = dict(connection.execute(select(table).where(table.c.id == one)).one()._mapping)
        given = [{**row, **told, "id": new_id(), "tenant_id": "bulk", "aliases": [str(at)]} for at in range(many)]
        insert_rows(connection, table, given)
        found = connection.execute(select(table).where(table.c.tenant_id == "bulk").order_by(table.c.id))
        assert [dict(one._mapping) for one in found] == given


@pytest.mark.parametrize("many", [1, 60])
def test_what_is_left_out_has_the_default_of_its_column(kit: Kit, many: int) -> None:
    table, one = table_of(Customer), kit.given.customer().id
    with kit.crm.engine.begin() as connection:
        row = dict(connection.execute(select(table).where(table.c.id == one)).one()._mapping)
        del row["version"]
        insert_rows(connection, table, [{**row, "id": new_id(), "tenant_id": "bulk"} for _ in range(many)])
        assert set(connection.scalars(select(table.c.version).where(table.c.tenant_id == "bulk"))) == {1}


@pytest.mark.parametrize("strangers", [0, 1, 15, 16, 17, 600, 6000])
def test_the_rows_of_many_ids_are_those_and_no_others(kit: Kit, strangers: int) -> None:
    ids = [kit.given.customer().id for _ in range(5)]

    def found(unit: Unit, wanted: list[UUID]) -> set[UUID]:
        c, work = table_of(Customer).c, unit.customers.work
        return set(work.connection.scalars(select(c.id).where(c.tenant_id == "acme", among(work, c.id, wanted))))

    others = [new_id() for _ in range(strangers)]
    for wanted in ([], ids[:1], ids[1:]):
        assert doing(kit, SYSTEM, lambda unit, wanted=wanted: found(unit, [*wanted, *others])) == set(wanted)
        assert doing(kit, SYSTEM, lambda unit, wanted=wanted: found(unit, [*others, *wanted])) == set(wanted)


def test_many_ids_are_one_value_where_the_database_can_take_them_apart(kit: Kit, backend: str) -> None:
    def sent(unit: Unit) -> Any:
        c, work = table_of(Customer).c, unit.customers.work
        query = select(c.id).where(c.tenant_id == "acme", among(work, c.id, [new_id() for _ in range(40)]))
        with listening(kit.crm.engine) as statements:
            work.connection.execute(query)
        return statements[-1].given

    # Beside the tenant. SQLite's statement names its one value in two places.
    marks = {"postgresql": 1, "sqlite": 2, "mariadb": 40}
    assert len(doing(kit, SYSTEM, sent)) - 1 == marks[backend]


def test_a_statement_may_name_several_lists_of_ids(kit: Kit) -> None:
    ids = [kit.given.customer().id for _ in range(4)]
    one, other = ([*ids[at : at + 2], *(new_id() for _ in range(40))] for at in (0, 2))

    def found(unit: Unit, *lists: list[UUID]) -> set[UUID]:
        c, work = table_of(Customer).c, unit.customers.work
        these = or_(*(among(work, c.id, some) for some in lists))
        return set(work.connection.scalars(select(c.id).where(c.tenant_id == "acme", these)))

    assert doing(kit, SYSTEM, lambda unit: found(unit, one, other)) == set(ids)
    assert doing(kit, SYSTEM, lambda unit: found(unit, other, one[:1])) == {ids[0], *ids[2:]}
