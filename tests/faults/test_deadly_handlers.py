"""A handler that kills its process is laid aside in the end, and takes its neighbours along once at most."""

import os
import signal
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from oa_crm import CRM, RelaySettings, Settings, hookimpl
from oa_crm.hooks import Delivery
from oa_crm.hooks.payloads import CustomerCreated
from oa_crm.models import DeliveryRow
from oa_crm.testing import Kit
from oa_crm.testing.company import KitCompany
from tests.faults.processes import warm
from tests.faults.workers import EFFECTS, append, lines

pytestmark = pytest.mark.faults

PATIENCE = 60.0
ATTEMPTS = 3
SETTINGS = Settings(relay=RelaySettings(lease=timedelta(seconds=0.5), max_attempts=ATTEMPTS))
BEFORE, DEADLY, AFTER = ("Brass Oyster", "Velvet Jungle"), "Canyon Anchor", ("Marble Drum", "Pepper Falcon")


class Deadly:
    """Writes one row per customer. At one of them its process ends as by a fault in a C library."""

    name = "deadly"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @hookimpl
    def on_customer_created(self, event: CustomerCreated, delivery: Delivery) -> None:
        append(self._folder / "tries", event.name)
        delivery.connection.execute(EFFECTS.insert(), {"key": event.name})
        if event.name == DEADLY:
            os.kill(os.getpid(), signal.SIGKILL)


def relay_until_all_is_settled(url: str, folder: Path) -> None:
    crm = CRM(url, plugins=[KitCompany(), Deadly(folder)], settings=SETTINGS)
    while any(set(states) != {"dead"} for states in crm.relay.status().values()):
        if not crm.relay.drain().tried:
            time.sleep(0.05)
    crm.close()


def test_a_deadly_delivery_dies_alone_and_its_neighbours_arrive(database_url: str, tmp_path: Path) -> None:
    kit = Kit(database_url, [Deadly(tmp_path)])
    EFFECTS.create(kit.crm.engine)
    for name in (*BEFORE, DEADLY, *AFTER):
        kit.given.customer(name=name)
    ends = supervise(database_url, tmp_path)
    (dead,) = kit.crm.relay.deliveries("dead", plugin="deadly")
    with kit.crm.engine.connect() as connection:
        effects = sorted(connection.scalars(sa.select(EFFECTS.c.key)))
        states = Counter(connection.scalars(sa.select(DeliveryRow.state).where(DeliveryRow.plugin == "deadly")))
    kit.close()
    assert ends == [-signal.SIGKILL] * ATTEMPTS + [0]
    assert dead.attempts == ATTEMPTS
    assert (dead.last_error or "").startswith("WorkerLost: ")
    assert states == {"done": 4, "dead": 1}
    assert effects == sorted(BEFORE + AFTER)
    tries = Counter(lines(tmp_path / "tries"))
    assert tries[DEADLY] == ATTEMPTS
    assert max(tries[name] for name in BEFORE + AFTER) <= 2


def supervise(url: str, folder: Path) -> list[int | None]:
    """Start the relay again whenever it dies, as a supervisor does; how each of them ended."""
    ends: list[int | None] = []
    deadline = time.monotonic() + PATIENCE
    while not ends or ends[-1] != 0:
        assert time.monotonic() < deadline, f"it goes on for ever: {ends}"
        process = warm.Process(target=relay_until_all_is_settled, args=(url, folder), daemon=True)
        process.start()
        process.join(PATIENCE)
        ends.append(process.exitcode)
    return ends
