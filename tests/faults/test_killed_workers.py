"""Workers killed with SIGKILL at random moments: nothing committed goes unannounced, nothing is done twice.

A seller and two relays are always at work, and one of them is killed and replaced again and again. The kill
lands while the victim is in the phase that is aimed at, a random moment after it was seen there. `make faults`
runs the long form; OA_CRM_FAULT_SEED repeats a run's choices.
"""

import os
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest
import sqlalchemy as sa

from oa_crm import CRM
from oa_crm.models import Customer, DeliveryRow, EventRow, FollowUp, Link
from oa_crm.testing import Kit
from tests.faults import phases
from tests.faults.phases import Phase
from tests.faults.processes import warm
from tests.faults.workers import EFFECTS, lines, make_crm, relay, sell

pytestmark = pytest.mark.faults

SHORT, LONG = 12, 200
PATIENCE = 120.0
AIMS = (
    (sell, phases.COMMIT),
    (relay, phases.FAN_OUT),
    (relay, phases.HANDLER),
    (relay, phases.MARK_DONE),
    (sell, phases.UNIT),
    (relay, phases.CLAIM),
    (relay, None),
)


class Worker:
    """One process at work, to be killed."""

    def __init__(self, job: Callable[..., None], url: str, folder: Path, number: int, seed: int) -> None:
        self.job, self.phase = job, Phase(folder / f"phase-{number}")
        self._process = warm.Process(target=job, args=(url, folder, folder / f"phase-{number}", seed), daemon=True)
        self._process.start()

    def wait_for(self, reached: Callable[[int], bool], seconds: float) -> None:
        """Return when it is seen in such a phase, or after a while."""
        deadline = time.monotonic() + seconds
        while not reached(self.phase.now) and time.monotonic() < deadline:
            time.sleep(0)
        assert self._process.exitcode is None, f"a worker ended by itself with {self._process.exitcode}"

    def kill(self) -> str:
        """Kill it; the phase in which it died."""
        self._process.kill()
        self._process.join()
        died_in = phases.NAMES[self.phase.now]
        self._process.close()
        self.phase.close()
        return died_in


class Shift:
    """A seller and two relays; whoever is killed is replaced."""

    def __init__(self, url: str, folder: Path, chance: random.Random) -> None:
        self._url, self._folder, self._chance, self._numbers = url, folder, chance, count()
        self._before = 0
        self._workers = [self._hired(job) for job in (sell, relay, relay)]

    def kill_one(self, job: Callable[..., None], aim: int | None) -> str:
        victim = self._chance.choice([one for one in self._workers if one.job is job])
        victim.wait_for(lambda phase: phase != phases.STARTING, PATIENCE)
        if job is sell:  # however slow the machine is, a seller gets something done before it dies
            victim.wait_for(lambda _phase: self._committed() > self._before, PATIENCE)
        time.sleep(self._chance.uniform(0, 0.2))
        if aim is not None:
            victim.wait_for(lambda phase: phase == aim, 3.0)
            time.sleep(self._chance.choice((0.0, 0.0, self._chance.uniform(0, 0.002))))
        died_in = victim.kill()
        if job is sell:
            self._before = self._committed()
        self._workers[self._workers.index(victim)] = self._hired(job)
        return died_in

    def end(self) -> None:
        for one in self._workers:
            one.kill()

    def _committed(self) -> int:
        return len(lines(self._folder / "committed"))

    def _hired(self, job: Callable[..., None]) -> Worker:
        return Worker(job, self._url, self._folder, next(self._numbers), self._chance.randrange(2**30))


@contextmanager
def a_shift(url: str, folder: Path, chance: random.Random) -> Iterator[Shift]:
    shift = Shift(url, folder, chance)
    try:
        yield shift
    finally:
        shift.end()


def test_nothing_is_lost_or_doubled(database_url: str, tmp_path: Path, long_faults: bool) -> None:
    fresh = random.SystemRandom().randrange(2**30) if long_faults else 20260302
    seed = int(os.environ.get("OA_CRM_FAULT_SEED", fresh))
    kills, chance, died_in = LONG if long_faults else SHORT, random.Random(seed), Counter[str]()
    print(f"OA_CRM_FAULT_SEED={seed}")  # noqa: T201 - shown on failure
    kit = Kit(database_url, [])
    EFFECTS.create(kit.crm.engine)
    kit.close()
    started = time.monotonic()
    with a_shift(database_url, tmp_path, chance) as shift:
        for number in range(kills):
            died_in[shift.kill_one(*AIMS[number % len(AIMS)])] += 1
    killed = time.monotonic() - started
    crm = make_crm(database_url, tmp_path)
    try:
        drain_to_the_end(crm)
        changes = check(crm, tmp_path)
    finally:
        crm.close()
    print(  # noqa: T201 - shown with -s
        f"{kills} kills in {killed:.0f} s, by phase {dict(died_in)}; {changes} changes; "
        f"{len(lines(tmp_path / 'calls'))} calls of the remote side, {len(lines(tmp_path / 'repeats'))} repeated; "
        f"{Counter(lines(tmp_path / 'database-errors'))}; {time.monotonic() - started:.0f} s in all"
    )
    assert died_in["starting"] == 0
    if long_faults:
        missed = {phases.NAMES[phase] for phase in phases.AT_WORK} - set(died_in)
        assert not missed, f"no kill hit {missed}"


def drain_to_the_end(crm: CRM) -> None:
    """Deliver what the dead left behind, as their leases run out and the servers roll their work back."""
    deadline = time.monotonic() + PATIENCE
    while crm.relay.drain().tried or crm.relay.status():
        assert time.monotonic() < deadline, f"still open: {crm.relay.status()}, {crm.relay.deliveries('dead')}"
        time.sleep(0.05)


def check(crm: CRM, folder: Path) -> int:
    """Count everything against everything; how many changes there were."""
    with crm.engine.connect() as connection:
        customers = set(map(str, connection.scalars(sa.select(Customer.id))))
        talks = set(map(str, connection.scalars(sa.select(FollowUp.id))))
        changed = connection.scalar(sa.select(sa.func.count()).select_from(Customer).where(Customer.version > 1))
        events = connection.execute(
            sa.select(EventRow.event_id, EventRow.hook, EventRow.thing_id, EventRow.payload).order_by(EventRow.id)
        ).all()
        deliveries = Counter(map(tuple, connection.execute(sa.select(DeliveryRow.plugin, DeliveryRow.state))))
        effects = Counter(connection.scalars(sa.select(EFFECTS.c.key)))
        links = Counter(connection.scalars(sa.select(Link.ref)))
    assert events
    # What the database confirmed is there, and every change has its one event.
    confirmed = [line.split() for line in lines(folder / "committed")]
    assert {customer for customer, _ in confirmed} <= customers
    assert {talk for _, talk in confirmed} <= talks
    assert sorted(customers) == sorted(one.thing_id for one in events if one.hook == "on_customer_created")
    assert sorted(talks) == sorted(one.payload["follow_up_id"] for one in events if one.hook == "on_follow_up_logged")
    assert changed == sum(one.hook == "on_customer_updated" for one in events)
    # Every event has its delivery, and every delivery its effect: once here, once per key over there.
    ids = [str(one.event_id) for one in events]
    assert deliveries == {("same_database", "done"): len(ids), ("remote", "done"): len(ids)}
    assert effects == Counter(f"{id}:same_database" for id in ids)
    assert {one.name for one in folder.glob("effect-*")} == {f"effect-{id}:remote" for id in ids}
    assert links == Counter(f"{id}:{plugin}" for id in ids for plugin in ("same_database", "remote"))
    check_order(lines(folder / "calls"), [(f"{one.event_id}:remote", one.thing_id) for one in events])
    return len(ids)


def check_order(calls: list[str], events: list[tuple[str, str]]) -> None:
    """Nothing reached the remote side before what had happened to the same customer earlier."""
    first_call = {key: number for number, key in reversed(list(enumerate(calls)))}
    assert set(first_call) == {key for key, _ in events}
    latest: dict[str, int] = {}
    for key, customer in events:
        assert first_call[key] > latest.get(customer, -1), f"{key} overtook an earlier event of {customer}"
        latest[customer] = first_call[key]
