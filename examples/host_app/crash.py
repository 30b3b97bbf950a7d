"""The relay process is killed twice, and then it is counted what arrived.

Once while it works off what the import announced, at whatever it is doing; once at the worst moment there is:
inside a transaction, the voucher written and not committed. Nothing may be lost, nothing may be there twice.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from examples.host_app.app import HostApp
from examples.host_app.relay_process import RelayProcess, until, until_quiet
from examples.host_app.story import Story
from examples.host_app.tables import Activity, Entry

_ALL = 100_000


@dataclass
class Kills:
    """When which process died, and what was there at that moment."""

    killed_at: list[datetime] = field(default_factory=list)
    restarted_at: list[datetime] = field(default_factory=list)
    held_voucher: str = ""


@dataclass(frozen=True)
class Proof:
    """Something that must be equal, counted on both sides."""

    what: str
    expected: int
    found: int

    @property
    def holds(self) -> bool:
        """Whether it is equal."""
        return self.expected == self.found


@contextmanager
def kill_at_work(app: HostApp, story: Story, kills: Kills, url: str, log: Path) -> Iterator[None]:
    """Kill the relay somewhere in the import's events, start it anew, and wait for the rest; the new one
    runs through the `with` block."""
    story.chapter("The relay is killed at work", "投递进程被杀")
    waiting = app.crm.relay.status().get("", {}).get("not fanned out", 0)
    with RelayProcess(url, log) as relay:
        until(lambda: _count(app, Activity) > waiting // 4, "a quarter of the deliveries")
        _kill(relay, kills)
        there = _count(app, Activity)
        story.tell(f"relay {relay.pid}", f"carries {waiting} events of the import, and is killed (SIGKILL)")
        story.tell("OA", f"finds {there} of the events in its news, {waiting - there} still to come")
    with _restart(kills, url, log) as relay:
        until_quiet(app)
        there = _count(app, Activity)
        story.tell(f"relay {relay.pid}", "starts anew and carries the rest", f"{there} of {waiting} events in the news")
        yield


@contextmanager
def kill_in_a_posting(app: HostApp, story: Story, kills: Kills, url: str, log: Path) -> Iterator[None]:
    """Kill the relay between writing a voucher and its commit, start it anew, and wait for the rest; the
    new one runs through the `with` block."""
    story.chapter("The relay is killed in the middle of a posting", "记账中途被杀")
    with RelayProcess(url, log, hold_at=4) as relay:
        kills.held_voucher = relay.hear("HOLDING")
        _kill(relay, kills)
        written = _count(app, Entry)
        text = f"has written vouchers up to {kills.held_voucher}, not committed them, and is killed (SIGKILL)"
        story.tell(
            f"relay {relay.pid}", text, f"{written} entries in the books; {kills.held_voucher} is not among them"
        )
    with _restart(kills, url, log) as relay:
        until_quiet(app)
        text = "starts anew, takes over the lease and posts what is missing"
        story.tell(f"relay {relay.pid}", text, f"{_count(app, Entry)} entries in the books")
        yield


def proofs(app: HostApp) -> list[Proof]:
    """Events against effects, by the CRM's own deliveries."""
    relay = app.crm.relay
    to_ledger = [one for one in relay.deliveries("done", limit=_ALL) if one.plugin == "oa_ledger"]
    to_watch = [one for one in relay.deliveries("done", limit=_ALL) if one.plugin == "oa_watch"]
    open_ = sum(sum(states.values()) for states in relay.status().values())
    with app.engine.connect() as connection:
        keys = set(connection.scalars(select(Entry.key)))
        news = set(connection.scalars(select(Activity.key)))
        vouchers = connection.scalar(select(func.count(func.distinct(Entry.voucher)))) or 0
    return [
        Proof("events still on their way, or dead", 0, open_),
        Proof("deliveries to the ledger = entries in the books", len(to_ledger), _count(app, Entry)),
        Proof("... each under its own key", len(to_ledger), len(keys & {_key(one) for one in to_ledger})),
        Proof("... each with its own voucher", _count(app, Entry), vouchers),
        Proof("deliveries to the news = lines in the news", len(to_watch), _count(app, Activity)),
        Proof("... each under its own key", len(to_watch), len(news & {_key(one) for one in to_watch})),
    ]


def retried(app: HostApp) -> int:
    """Deliveries that were begun more than once: what the kills interrupted."""
    return sum(one.attempts > 1 for one in app.crm.relay.deliveries("done", limit=_ALL))


def _key(delivery: Any) -> str:
    return f"{delivery.event_id}:{delivery.plugin}"


def _kill(relay: RelayProcess, kills: Kills) -> None:
    relay.kill()
    kills.killed_at.append(datetime.now(UTC))


def _restart(kills: Kills, url: str, log: Path) -> RelayProcess:
    relay = RelayProcess(url, log)
    kills.restarted_at.append(datetime.now(UTC))
    return relay


def _count(app: HostApp, table: type[Activity] | type[Entry]) -> int:
    with app.engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0
