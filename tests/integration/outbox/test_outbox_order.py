"""Order per aggregate: whoever carries, whoever fails, however the fan-outs overlap."""

import random
import threading
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine
from tests.integration.outbox.plugins import Listener, relay_settings, rename

from oa_crm.outbox.fan_out import fan_out
from oa_crm.testing import CrmKit, Kit

WORDS = ("Brass", "Oyster", "Velvet", "Jungle", "Canyon", "Anchor")
LENGTH = 6


def history(kit: Kit) -> None:
    """Six customers with five changes each, interleaved."""
    customers = {word: kit.given.customer(name=f"{word} 0") for word in WORDS}
    for number in range(1, LENGTH):
        for word, customer in customers.items():
            rename(kit, customer, f"{word} {number}", number)


class Orderly:
    """Keeps what was heard per customer; `chance` of a failure at each try, until `recover()`."""

    def __init__(self, failing: float, seed: int) -> None:
        self._failing, self._chance, self._lock = failing, random.Random(seed), threading.Lock()
        self.heard: defaultdict[str, list[int]] = defaultdict(list)
        self.listener = Listener("orderly", self._hear)

    def recover(self) -> None:
        self._failing = 0.0

    def _hear(self, name: str) -> None:
        with self._lock:
            fails = self._chance.random() < self._failing
        time.sleep(0)  # lets the other thread in
        if fails:
            raise RuntimeError("not now")
        word, number = name.split()
        with self._lock:
            self.heard[word].append(int(number))


@pytest.mark.parametrize("failing", [0.0, 0.3])
def test_order_holds_per_customer_with_two_relays_at_work(crm_kit: CrmKit, database: Engine, failing: float) -> None:
    orderly = Orderly(failing, seed=7)
    kit = crm_kit(orderly.listener, database=database, settings=relay_settings(batch=5, max_attempts=1000))
    history(kit)
    for _ in range(30):
        with ThreadPoolExecutor(2) as pool:
            for one in [pool.submit(kit.crm.relay.drain) for _ in range(2)]:
                one.result()
        kit.clock.advance(hours=2)
    orderly.recover()
    kit.relay.drain_with_retries()
    assert orderly.heard == {word: list(range(LENGTH)) for word in WORDS}


# Not on SQLite: with one writer, two fan-outs never overlap.
@pytest.mark.parametrize("backend", ["postgresql", "mariadb"], indirect=True)
def test_a_later_event_waits_for_a_fan_out_that_has_not_committed(crm_kit: CrmKit, database: Engine) -> None:
    listener = Listener()
    kit = crm_kit(listener, database=database)
    customer = kit.given.customer(name="Brass Oyster")
    with kit.crm.engine.connect() as slow:
        subscribers = {"on_customer_created": ["listener"]}
        assert fan_out(slow, subscribers, kit.clock.now(), limit=1).events == 1
        rename(kit, customer, "Brass Anchor", 1)
        assert kit.crm.relay.drain().fanned_out == 1  # the second event, while the first one is in slow hands
        assert listener.heard == []
        slow.commit()
    kit.relay.drain()
    assert listener.heard == ["Brass Oyster", "Brass Anchor"]


def test_a_claim_takes_one_delivery_of_a_lane(crm_kit: CrmKit, database: Engine) -> None:
    listener = Listener()
    kit = crm_kit(listener, database=database)
    history(kit)
    while kit.crm.relay.fan_out():
        pass
    courier = kit.crm.relay.courier("listener")
    for number in range(LENGTH):
        courier.carry()
        assert listener.heard[number * len(WORDS) :] == [f"{word} {number}" for word in WORDS]


def test_a_batch_goes_on_with_other_customers_past_one_that_fails(crm_kit: CrmKit, database: Engine) -> None:
    failing = {"Brass 2"}

    def fail(name: str) -> None:
        if name in failing:
            raise RuntimeError("not now")

    listener = Listener("listener", fail)
    kit = crm_kit(listener, database=database)
    history(kit)
    kit.relay.drain()
    assert [name for name in listener.heard if name.startswith("Brass")] == ["Brass 0", "Brass 1"]
    assert len(listener.heard) == LENGTH * (len(WORDS) - 1) + 2
    failing.clear()
    kit.relay.drain_with_retries()
    assert [name for name in listener.heard if name.startswith("Brass")] == [f"Brass {n}" for n in range(LENGTH)]
