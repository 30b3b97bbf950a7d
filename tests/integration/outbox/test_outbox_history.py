"""After the delivery: receipts, once more with the same key, history for newcomers, and what may be forgotten."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from tests.integration.outbox.plugins import Listener, relay_settings, rename, states, with_books

from oa_crm import CRM
from oa_crm.errors import InvalidInput
from oa_crm.hooks import GiveUp, RetryLater
from oa_crm.models import DeliveryRow, EventRow, IdempotencyKey
from oa_crm.testing import CrmKit, Kit
from oa_crm.testing.company import KitCompany

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def joined_by(kit: Kit, *newcomers: object) -> CRM:
    """A CRM on the kit's database with plugins that came later."""
    return CRM(kit.crm.engine, plugins=[KitCompany(), *newcomers], clock=kit.clock)


def rows(kit: Kit, model: type[EventRow] | type[DeliveryRow]) -> int:
    with kit.crm.engine.connect() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def test_a_receipt_becomes_a_link_of_its_thing(crm_kit: CrmKit, database_url: str) -> None:
    kit, _ = with_books(crm_kit, database_url)
    customer, other = kit.given.customer(), kit.given.customer()
    kit.relay.drain()
    (done, _) = kit.crm.relay.deliveries("done", plugin="books")
    with kit.unit() as unit:
        (link,) = unit.links.of("customer", customer.id)
        assert len(unit.links.of("customer", other.id)) == 1
    assert (link.plugin, link.ref, link.label) == ("books", f"V-{done.id}", "voucher")


def test_a_redelivery_keeps_key_and_link_and_counts_its_tries(crm_kit: CrmKit, database_url: str) -> None:
    listener = Listener()
    kit, books = with_books(crm_kit, database_url, listener)
    customer = kit.given.customer()
    kit.relay.drain()
    (delivery,) = kit.crm.relay.deliveries("done", plugin="listener")
    assert kit.crm.relay.redeliver([delivery.id], plugin="books") == 0
    assert kit.crm.relay.redeliver([delivery.id]) == 1
    assert kit.crm.relay.redeliver(plugin="books") == 1
    kit.relay.drain()
    assert listener.tries == [1, 2]
    assert len(listener.keys) == 2
    assert len(set(listener.keys)) == 1
    assert len(books.calls) == 2
    with kit.unit() as unit:
        assert len(unit.links.of("customer", customer.id)) == 1


def test_a_newcomer_gets_history_once_and_in_order(crm_kit: CrmKit, database: Engine) -> None:
    kit = crm_kit(database=database)
    first = kit.given.customer(name="Brass Oyster")
    kit.clock.advance(days=1)
    noon = kit.clock.now()
    kit.given.customer(name="Velvet Jungle")
    rename(kit, first, "Brass Anchor", 1)
    kit.relay.drain()
    recent, late = Listener("recent"), Listener("late")
    crm = joined_by(kit, recent, late)
    assert crm.relay.replay("recent", since=noon) == 2
    assert crm.relay.replay("late", since=LONG_AGO, tenant="nobody") == 0
    assert crm.relay.replay("late", since=LONG_AGO, tenant="acme") == 3
    assert crm.relay.replay("late", since=LONG_AGO) == 0
    crm.relay.drain()
    assert recent.heard == ["Velvet Jungle", "Brass Anchor"]
    assert [name for name in late.heard if name.startswith("Brass")] == ["Brass Oyster", "Brass Anchor"]
    assert len(late.heard) == 3
    assert crm.relay.replay("late", since=LONG_AGO) == 0
    with pytest.raises(InvalidInput):
        crm.relay.replay("nobody", since=LONG_AGO)


def test_history_leaves_out_what_is_still_to_be_fanned_out(crm_kit: CrmKit, database: Engine) -> None:
    kit = crm_kit(database=database)
    kit.given.customer()
    late = Listener("late")
    crm = joined_by(kit, late)
    assert crm.relay.replay("late", since=LONG_AGO) == 0
    crm.relay.drain()
    assert len(late.heard) == 1


def test_two_who_ask_for_history_at_once_get_it_once(crm_kit: CrmKit, database: Engine) -> None:
    kit = crm_kit(database=database)
    for _ in range(20):
        kit.given.customer()
    kit.relay.drain()
    late = Listener("late")
    crm = joined_by(kit, late)
    together = threading.Barrier(2)

    def ask() -> int:
        together.wait()
        try:
            return crm.relay.replay("late", since=LONG_AGO)
        except IntegrityError:
            return 0

    with ThreadPoolExecutor(2) as pool:
        added = [one.result() for one in [pool.submit(ask) for _ in range(2)]]
    assert sorted(added) == [0, 20]
    crm.relay.drain()
    assert len(late.heard) == len(set(late.heard)) == 20


def test_history_does_not_reach_a_company_that_switched_the_plugin_off(crm_kit: CrmKit, database: Engine) -> None:
    kit = crm_kit(database=database)
    kit.given.customer()
    kit.relay.drain()
    late = Listener("late")
    crm = joined_by(kit, late)
    with crm.begin(kit.scope("admin")) as unit:
        unit.plugins.switch("late", enabled=False)
    crm.relay.replay("late", since=LONG_AGO)
    crm.relay.drain()
    assert late.heard == []


def test_an_old_event_that_is_replayed_may_be_told_to_wait(crm_kit: CrmKit, database: Engine) -> None:
    kit = crm_kit(database=database)
    kit.given.customer()
    kit.relay.drain()
    kit.clock.advance(days=30)
    busy = [RetryLater("too many requests", seconds=30)]

    def answer(_heard: str) -> None:
        if busy:
            raise busy.pop()

    late = Listener("late", answer)
    crm = joined_by(kit, late)
    crm.relay.replay("late", since=LONG_AGO)
    assert crm.relay.drain().dead == 0


def test_only_what_is_finished_and_old_is_forgotten(crm_kit: CrmKit, database: Engine) -> None:
    def refuse(heard: str) -> None:
        if heard == "Brass Oyster":
            raise GiveUp("no")
        if heard == "Velvet Jungle":
            raise RuntimeError("not this year")

    patient = relay_settings(first_backoff=200 * 86400.0, longest_backoff=200 * 86400.0)
    kit = crm_kit(Listener("picky", refuse), database=database, settings=patient)
    for name in ("Brass Oyster", "Velvet Jungle", "Canyon Anchor", "Marble Drum"):
        kit.given.customer(name=name)
    kit.relay.drain()
    kit.clock.advance(days=89)
    kit.given.customer(name="Pepper Falcon")
    kit.relay.drain()
    assert kit.crm.relay.retain() == 0
    kit.clock.advance(days=2)
    kit.given.customer(name="Copper Lantern")  # not fanned out
    assert kit.crm.relay.retain() == 3  # two customers, and the announcement of the death
    assert states(kit, "picky") == ["dead", "pending", "done"]
    kit.clock.advance(days=365)
    assert kit.crm.relay.retain() == 1
    assert states(kit, "picky") == ["dead", "pending"]
    assert rows(kit, EventRow) == 3


def test_many_old_events_are_forgotten_in_slices(crm_kit: CrmKit, sqlite: Engine) -> None:
    kit = crm_kit(database=sqlite)
    kit.given.customer()
    kit.relay.drain()
    with kit.crm.engine.begin() as connection:
        one = connection.execute(sa.select(EventRow.__table__)).one()._mapping
        copies = [{**one, "id": None, "event_id": UUID(int=number + 1)} for number in range(2500)]
        connection.execute(sa.insert(EventRow), [{k: v for k, v in copy.items() if k != "id"} for copy in copies])
    kit.clock.advance(timedelta(days=91))
    commits: list[int] = []
    sa.event.listen(kit.crm.engine, "commit", lambda _connection: commits.append(1))
    assert kit.crm.relay.retain() == 2501
    assert rows(kit, EventRow) == rows(kit, DeliveryRow) == 0
    assert len(commits) >= 3


def an_event(number: int, at: datetime, open_: int | None) -> dict[str, object]:
    return {
        "tenant_id": "acme", "event_id": UUID(int=number + 1), "hook": "on_customer_created", "version": 1,
        "kind": "customer", "thing_id": str(number), "lane": number, "payload": {}, "occurred_at": at,
        "open": open_, "open_lane": open_ and number,
    }  # fmt: skip


def test_what_has_to_stay_is_read_once_and_what_is_young_hardly_at_all(crm_kit: CrmKit, database: Engine) -> None:
    kit = crm_kit(database=database)
    with kit.crm.engine.begin() as connection:
        # Three slices: old and not fanned out, old and finished, and six that are young.
        old, young = kit.clock.now() - timedelta(days=91), kit.clock.now()
        connection.execute(sa.insert(EventRow), [an_event(number, old, 1) for number in range(1000)])
        connection.execute(sa.insert(EventRow), [an_event(number, old, None) for number in range(1000, 2000)])
        connection.execute(sa.insert(EventRow), [an_event(number, young, None) for number in range(2000, 8000)])
    reads: list[object] = []
    sa.event.listen(kit.crm.engine, "before_cursor_execute", lambda _c, _cursor, sql, given, *_: reads.append(sql))
    assert kit.crm.relay.retain() == 1000
    assert rows(kit, EventRow) == 7000
    assert sum("occurred_at" in str(sql).partition("FROM")[0] for sql in reads) == 3


def test_old_keys_are_forgotten_in_slices_and_young_ones_stay(crm_kit: CrmKit, database: Engine) -> None:
    kit = crm_kit(database=database)
    limit = kit.clock.now() - timedelta(days=30)
    keys = [
        {"tenant_id": "acme", "operation": "customers.create", "key": str(number), "fingerprint": "", "answer": None,
         "created_at": limit + timedelta(seconds=number - 2500)}
        for number in range(2510)
    ]  # fmt: skip
    with kit.crm.engine.begin() as connection:
        connection.execute(sa.insert(IdempotencyKey), keys)
    deletes: list[int] = []

    def count(_c: object, cursor: object, sql: str, *_: object) -> None:
        if sql.startswith("DELETE") and "oa_crm_idempotency" in sql:
            deletes.append(cursor.rowcount)  # type: ignore[attr-defined]

    sa.event.listen(kit.crm.engine, "after_cursor_execute", count)
    kit.crm.relay.retain()
    assert deletes == [1000, 1000, 500]
    with kit.crm.engine.connect() as connection:
        left = connection.scalars(sa.select(IdempotencyKey.key).where(IdempotencyKey.fingerprint == ""))
        assert sorted(map(int, left)) == list(range(2500, 2510))
