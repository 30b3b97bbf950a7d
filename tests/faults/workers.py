"""The processes that get killed: one kind sells, the other relays to two plugins.

`SameDatabase` writes through `delivery.connection`. `Remote` stands for a system elsewhere that de-duplicates
by `delivery.key`: a file per key, made with O_EXCL, and a log of every call. What they write survives a kill.
"""

import os
import random
import time
from datetime import timedelta
from pathlib import Path
from typing import NoReturn

import sqlalchemy as sa

from oa_crm import CRM, RelaySettings, Settings, hookimpl
from oa_crm.errors import Busy
from oa_crm.hooks import Delivery, Event, Receipt
from oa_crm.testing.company import TENANT, KitCompany
from tests.faults.phases import BETWEEN, HANDLER, UNIT, Phase

EFFECTS = sa.Table("fault_effect", sa.MetaData(), sa.Column("key", sa.String(120), index=True), mysql_engine="InnoDB")
LEASE = timedelta(seconds=0.5)
SETTINGS = Settings(relay=RelaySettings(lease=LEASE, batch=20, first_backoff=timedelta(seconds=0.1)))


class SameDatabase:
    name = "same_database"

    def __init__(self, phase: Phase | None) -> None:
        self._phase = phase

    @hookimpl
    def on_customer_created(self, event: Event, delivery: Delivery) -> Receipt:
        return self._write(delivery)

    @hookimpl
    def on_customer_updated(self, event: Event, delivery: Delivery) -> Receipt:
        return self._write(delivery)

    @hookimpl
    def on_follow_up_logged(self, event: Event, delivery: Delivery) -> Receipt:
        return self._write(delivery)

    def _write(self, delivery: Delivery) -> Receipt:
        connection = delivery.connection
        _enter(self._phase)
        connection.execute(EFFECTS.insert(), {"key": delivery.key})
        return Receipt(delivery.key)


class Remote:
    name = "remote"

    def __init__(self, folder: Path, phase: Phase | None) -> None:
        self._folder, self._phase = folder, phase

    @hookimpl
    def on_customer_created(self, event: Event, delivery: Delivery) -> Receipt:
        return self._post(delivery)

    @hookimpl
    def on_customer_updated(self, event: Event, delivery: Delivery) -> Receipt:
        return self._post(delivery)

    @hookimpl
    def on_follow_up_logged(self, event: Event, delivery: Delivery) -> Receipt:
        return self._post(delivery)

    def _post(self, delivery: Delivery) -> Receipt:
        _enter(self._phase)
        append(self._folder / "calls", delivery.key)
        try:
            os.close(os.open(self._folder / f"effect-{delivery.key}", os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            append(self._folder / "repeats", delivery.key)
        return Receipt(delivery.key)


def _enter(phase: Phase | None) -> None:
    if phase is not None:
        phase.set(HANDLER)


def append(path: Path, line: str) -> None:
    """One write per line: with O_APPEND, lines of several processes never mix and a kill cuts none."""
    file = os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY)
    os.write(file, f"{line}\n".encode())
    os.close(file)


def lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []


def make_crm(url: str, folder: Path, phase: Phase | None = None) -> CRM:
    """The CRM of every process here."""
    return CRM(url, plugins=[KitCompany(), SameDatabase(phase), Remote(folder, phase)], settings=SETTINGS)


def sell(url: str, folder: Path, phase_file: Path, seed: int) -> NoReturn:
    """Commit units for ever. What the database has confirmed is written down outside of it."""
    phase = Phase(phase_file)
    crm, chance = make_crm(url, folder, phase), random.Random(seed)
    phase.watch(crm.engine, UNIT)
    while True:
        try:
            append(folder / "committed", _sell_once(crm, chance))
        except (Busy, ZeroDivisionError):
            continue
        phase.set(BETWEEN)
        time.sleep(0.005)


def _sell_once(crm: CRM, chance: random.Random) -> str:
    with crm.begin(crm.scope(tenant=TENANT, actor="seller")) as unit:
        name = "".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=12))
        customer = unit.customers.create({"name": name}, override_reason="a fault test")
        talk = unit.followups.log({"customer_id": customer.id, "way": "phone", "outcome": "hello"})
        if chance.random() < 0.3:
            unit.customers.update(customer.id, {"expected_version": customer.version, "industry": "software"})
        if chance.random() < 0.1:
            raise ZeroDivisionError  # a unit that comes to nothing
    return f"{customer.id} {talk.id}"


def relay(url: str, folder: Path, phase_file: Path, seed: int) -> NoReturn:
    """Relay for ever, as a worker does whose database is under stress."""
    phase = Phase(phase_file)
    crm, chance = make_crm(url, folder, phase), random.Random(seed)
    phase.watch(crm.engine, BETWEEN)
    while True:
        try:
            idle = not crm.relay.drain(limit=chance.randint(5, 60)).tried
        except sa.exc.OperationalError as error:
            append(folder / "database-errors", str(error.orig))
            idle = True
        phase.set(BETWEEN)
        time.sleep(0.01 if idle else 0)
