"""One kit: a real CRM in a test's hands."""

from collections.abc import Sequence
from contextlib import AbstractContextManager

from sqlalchemy import Engine

from oa_crm.crm import CRM
from oa_crm.outbox import Relay, Tally
from oa_crm.scope import Actor, Scope
from oa_crm.settings import Settings
from oa_crm.testing.clock import FrozenClock
from oa_crm.testing.company import TENANT, KitCompany
from oa_crm.testing.files import MemoryFiles
from oa_crm.testing.given import Given
from oa_crm.testing.recorder import Recorder
from oa_crm.unit import Unit


class RelayControls:
    """The relay, stepped by hand. `kit.crm.relay` is still there for the rest."""

    def __init__(self, relay: Relay, clock: FrozenClock) -> None:
        self._relay, self._clock = relay, clock

    def drain(self, *, limit: int | None = None) -> Tally:
        """Deliver everything that is due at the clock's moment."""
        return self._relay.drain(limit=limit)

    def redeliver_all(self) -> Tally:
        """Deliver everything once more that was delivered before, as after a crash at the worst moment."""
        self._relay.redeliver()
        return self._relay.drain()

    def drain_with_retries(self, *, hours: float = 24.0) -> Tally:
        """Deliver, moving the clock from retry to retry, until nothing is pending or `hours` are over."""
        total, end = self._relay.drain(), self._clock.now().timestamp() + hours * 3600
        while self._pending() and self._clock.now().timestamp() < end:
            self._clock.advance(minutes=10)
            total.add(self._relay.drain())
        return total

    def dead(self) -> list[str]:
        """Why each dead letter died, oldest first."""
        return [one.last_error or "" for one in self._relay.deliveries("dead")]

    def _pending(self) -> bool:
        return any("pending" in states for states in self._relay.status().values())


class Kit:
    """A CRM on a real database with the plugins under test, a frozen clock and a small company in it."""

    def __init__(self, database: str | Engine, plugins: Sequence[object], settings: Settings | None = None) -> None:
        self.clock = FrozenClock()
        self.recorder = Recorder()
        self.company = KitCompany()
        self.files = MemoryFiles()
        standing_in: dict[str, object] = {"provide_org_chart": self.company, "provide_file_store": self.files}
        if settings is not None and settings.files.folder is not None:
            del standing_in["provide_file_store"]
        own = [self.recorder, *(one for hook, one in standing_in.items() if not _takes(plugins, hook))]
        self._opened = not isinstance(database, Engine)
        self.crm = CRM(database, plugins=[*own, *plugins], settings=settings, clock=self.clock)
        self.crm.migrate()
        self.relay = RelayControls(self.crm.relay, self.clock)
        self.given = Given(self)
        with self.unit(Actor.system()) as unit:
            unit.directory.sync()

    def scope(self, actor: str | Actor = "seller", *, tenant: str = TENANT, locale: str = "en") -> Scope:
        """A scope in the kit's company: seller, colleague, manager, accountant, people, chief, admin."""
        return self.crm.scope(tenant=tenant, actor=actor, locale=locale)

    def unit(self, actor: str | Actor = "seller", *, read_only: bool = False) -> AbstractContextManager[Unit]:
        """A unit of the kit's company."""
        return self.crm.begin(self.scope(actor), read_only=read_only)

    def close(self) -> None:
        """Close what the kit opened; a given engine stays as it is."""
        if self._opened:
            self.crm.close()


def _takes(plugins: Sequence[object], hook: str) -> bool:
    return any(hasattr(plugin, hook) for plugin in plugins)
