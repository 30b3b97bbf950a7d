"""Workers killed with SIGKILL at random moments: nothing committed goes unannounced, nothing is done twice.

The workers are forked from a warm parent, so that a kill lands in the work and not in the start-up. One
plugin writes to the same database, one to a "remote" folder where a file's name is the delivery's key.
"""

import multiprocessing
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from oa_crm import CRM, RelaySettings, Settings, hookimpl
from oa_crm.errors import Busy
from oa_crm.hooks import Receipt
from oa_crm.models import Customer, DeliveryRow, EventRow, FollowUp
from oa_crm.schemas import CustomerIn
from oa_crm.testing import Kit
from oa_crm.testing.company import TENANT, KitCompany

pytestmark = pytest.mark.faults

EFFECTS = sa.Table("fault_effect", sa.MetaData(), sa.Column("key", sa.String(120), index=True))
SETTINGS = Settings(relay=RelaySettings(lease=timedelta(seconds=0.6), batch=20, first_backoff=timedelta(seconds=0.1)))
PHASES = ("unit", "commit", "fan-out", "claim", "handler", "mark-done")
fork = multiprocessing.get_context("fork")


class SameDatabase:
    name = "same_database"

    @hookimpl
    def on_customer_created(self, event: object, delivery: object) -> Receipt:
        return self._write(delivery)

    @hookimpl
    def on_follow_up_logged(self, event: object, delivery: object) -> Receipt:
        return self._write(delivery)

    def _write(self, delivery: object) -> Receipt:
        delivery.connection.execute(EFFECTS.insert(), {"key": delivery.key})  # type: ignore[attr-defined]
        return Receipt(str(delivery.id))  # type: ignore[attr-defined]


class Remote:
    """A remote side that de-duplicates by key, as `delivery.key` promises it can."""

    name = "remote"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @hookimpl
    def on_customer_created(self, event: object, delivery: object) -> None:
        (self.folder / delivery.key.replace(":", "_")).touch()  # type: ignore[attr-defined]

    @hookimpl
    def on_follow_up_logged(self, event: object, delivery: object) -> None:
        (self.folder / delivery.key.replace(":", "_")).touch()  # type: ignore[attr-defined]


class Phase:
    """What the victim keeps up to date and its killer reads: its phase, and how many units it committed."""

    def __init__(self) -> None:
        self._byte = fork.Value("B", 0, lock=False)
        self.units = fork.Value("I", 0, lock=False)

    def watch(self, engine: sa.Engine) -> None:
        def statement(_c: object, _cur: object, sql: str, *_: object) -> None:
            self._byte.value = PHASES.index(_phase_of(sql))

        def commit(_connection: object) -> None:
            self._byte.value = PHASES.index("commit")

        sa.event.listen(engine, "before_cursor_execute", statement)
        sa.event.listen(engine, "commit", commit)

    @property
    def name(self) -> str:
        return PHASES[self._byte.value]


def _phase_of(sql: str) -> str:
    if "fault_effect" in sql:
        return "handler"
    if "INSERT INTO" in sql and "oa_crm_delivery" in sql:
        return "fan-out"
    if "UPDATE" in sql and "oa_crm_delivery" in sql:
        return "mark-done" if "finished_at" in sql else "claim"
    return "unit"


def _crm(url: str, remote: Path) -> CRM:
    return CRM(url, plugins=[KitCompany(), SameDatabase(), Remote(remote)], settings=SETTINGS)


def _sell(url: str, remote: Path, seed: int, phase: Phase) -> None:
    crm, chance = _crm(url, remote), random.Random(seed)
    phase.watch(crm.engine)
    scope = crm.scope(tenant=TENANT, actor="seller")
    while True:
        try:
            with crm.begin(scope) as unit:
                name = "".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=12))
                customer = unit.customers.create(CustomerIn(name=name), override_reason="a fault test")
                unit.followups.log({"customer_id": customer.id, "way": "phone", "outcome": "hello"})
            phase.units.value += 1
        except Busy:
            continue


def _relay(url: str, remote: Path, _seed: int, phase: Phase) -> None:
    crm = _crm(url, remote)
    phase.watch(crm.engine)
    while True:
        try:
            if not crm.relay.drain(limit=50).tried:
                time.sleep(0.005)
        except sa.exc.OperationalError:
            continue


AIMS = (
    (_sell, "commit"),
    (_relay, "fan-out"),
    (_sell, "unit"),
    (_relay, "handler"),
    (_sell, "commit"),
    (_relay, "mark-done"),
    (_sell, "unit"),
    (_relay, "claim"),
    (_sell, "commit"),
    (_relay, "commit"),
)


def _killed(worker: Callable[..., None], aim: str, url: str, remote: Path, chance: random.Random) -> str:
    """Kill a worker a random moment after it started, or as soon after that as it is seen in the phase aimed at."""
    phase = Phase()
    victim = fork.Process(target=worker, args=(url, remote, chance.randrange(2**30), phase))
    victim.start()
    time.sleep(chance.uniform(0.03, 0.15))
    # However slow the machine is, a seller gets something done before he dies.
    working_by = time.monotonic() + 20
    while worker is _sell and not phase.units.value and time.monotonic() < working_by:
        time.sleep(0.005)
    seen_by = time.monotonic() + 0.3
    while phase.name != aim and time.monotonic() < seen_by:
        time.sleep(0)
    time.sleep(chance.uniform(0, 0.0005))
    assert victim.pid is not None
    os.kill(victim.pid, signal.SIGKILL)
    victim.join()
    return phase.name


def test_nothing_is_lost_or_doubled(database_url: str, tmp_path: Path, long_faults: bool) -> None:
    kills, seed = (200 if long_faults else 14), int(os.environ.get("OA_CRM_FAULT_SEED", "20260302"))
    chance, phases = random.Random(seed), Counter[str]()
    kit = Kit(database_url, [])
    EFFECTS.create(kit.crm.engine)
    kit.close()
    for round_ in range(kills):
        worker, aim = AIMS[round_ % len(AIMS)]
        phases[_killed(worker, aim, database_url, tmp_path, chance)] += 1
    crm = _crm(database_url, tmp_path)
    deadline = time.monotonic() + 120
    while crm.relay.drain().tried or crm.relay.status():
        assert time.monotonic() < deadline, f"seed {seed}: still open: {crm.relay.status()}"
        time.sleep(0.1)
    print(f"seed {seed}: {kills} kills, by phase {dict(phases)}")  # noqa: T201 - shown by pytest -s and on failure
    _check(crm, tmp_path)
    if long_faults:
        assert set(phases) == set(PHASES), f"seed {seed}: no kill hit {set(PHASES) - set(phases)}"
    crm.close()


def _check(crm: CRM, remote: Path) -> None:
    with crm.engine.connect() as connection:
        changes = sum(
            connection.scalar(sa.select(sa.func.count()).select_from(model)) or 0 for model in (Customer, FollowUp)
        )
        events = list(connection.scalars(sa.select(EventRow.event_id)))
        states = Counter(connection.scalars(sa.select(DeliveryRow.state)))
        effects = list(connection.scalars(sa.select(EFFECTS.c.key)))
    assert changes > 0
    assert len(events) == changes
    assert states == {"done": 2 * changes}
    assert sorted(effects) == sorted(f"{event}:same_database" for event in events)
    assert {path.name for path in remote.iterdir() if path.is_file() and "remote" in path.name} == {
        f"{event}_remote" for event in events
    }
