"""CRM: the one object that a host holds. Engine, settings and plugins; units and the relay come from it.

Making one reads no environment, opens no connection and creates no table: that is `migrate()`.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property, partial
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import URL, Connection, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from oa_crm.clock import Clock, SystemClock
from oa_crm.database import (
    borrow,
    busy_said_plainly,
    engine_of,
    ensure_begun,
    lacks_tables,
    read_committed,
    with_schema,
)
from oa_crm.errors import Busy, ConfigurationError, CrmError
from oa_crm.exchange.running import FileExchange
from oa_crm.hooks.payloads import Event
from oa_crm.joined import forget, when_committed
from oa_crm.outbox import Relay, Wakeup
from oa_crm.outbox.wakeup import notify
from oa_crm.plugins import resolve
from oa_crm.plugins.builtin import HandoverStart, Notices, builtin_plugins
from oa_crm.plugins.dispatch import Dispatcher
from oa_crm.plugins.manager import PluginManager
from oa_crm.plugins.trace import HookCall
from oa_crm.pool_upkeep import PoolUpkeep
from oa_crm.regular_work import ClassWork, DigestWork
from oa_crm.reminding import ReminderWork
from oa_crm.schemas import Explanation
from oa_crm.scope import Actor, Scope
from oa_crm.services import asides
from oa_crm.services.custom.coded import as_coded
from oa_crm.services.custom_sets import Library
from oa_crm.services.handing import opening
from oa_crm.services.matching import Matching
from oa_crm.services.protection import keeping
from oa_crm.services.work import Runtime, Work
from oa_crm.settings import Settings
from oa_crm.signals import Signals
from oa_crm.stored_files import StoredFiles
from oa_crm.unit import Unit
from oa_crm.whole_base import WholeBase

if TYPE_CHECKING:
    from oa_crm.migrations import Migrations


class CRM:
    """A CRM on a database.

    `CRM("sqlite:///crm.db", plugins=[OurHost()])`, or `CRM(engine, ...)` with the host's own engine.
    `discover` is the allow-list of installed plugins (entry-point group `oa_crm.plugins`) to load; `block`
    keeps plugins out by name, built-in ones included. Whatever is wrong with a plugin is raised here.
    """

    def __init__(
        self,
        database: str | URL | Engine,
        *,
        plugins: Sequence[object] = (),
        discover: Iterable[str] = (),
        block: Iterable[str] = (),
        settings: Settings | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.settings = Settings() if settings is None else settings
        self.clock: Clock = SystemClock() if clock is None else clock
        _refuse_misfits(self.settings, self.clock)
        self.engine = read_committed(with_schema(engine_of(database), self.settings.db_schema))
        self.signals = Signals()
        builtin = builtin_plugins(self.settings.files.folder)
        self.plugins = PluginManager(builtin=builtin, plugins=plugins, discover=discover, block=block)
        self._runtime = self._resolve()
        self._wakeup = Wakeup()
        self.relay = Relay(
            self.engine,
            self._runtime.dispatcher,
            self.settings.relay,
            self.clock,
            self._wakeup,
            notify=self.settings.notify,
        )

    def scope(
        self,
        *,
        tenant: str,
        actor: str | Actor,
        request_id: str | None = None,
        locale: str | None = None,
        on_behalf_of: str | None = None,
    ) -> Scope:
        """Who acts, for which company. `actor` is the host's member id, or `Actor.system()`."""
        given = {"request_id": request_id, "locale": locale, "on_behalf_of": on_behalf_of}
        who = Actor(actor) if isinstance(actor, str) else actor
        return Scope(tenant, who, **{name: value for name, value in given.items() if value is not None})

    @contextmanager
    def begin(self, scope: Scope, *, read_only: bool = False) -> Iterator[Unit]:
        """A unit in a transaction of its own: committed at the end of the block, rolled back by an exception.

        On SQLite it holds the one write lock from the start, unless `read_only`.
        """
        with self._work(scope, read_only=read_only) as work:
            yield Unit(work)

    @contextmanager
    def _work(self, scope: Scope, *, read_only: bool = False) -> Iterator[Work]:
        with self._outdated_said_plainly(), busy_said_plainly(), self.engine.connect() as connection:
            connection.begin()
            ensure_begun(connection, write=not read_only)
            work = Work(self._runtime, connection, scope, read_only=read_only)
            try:
                yield work
                if not read_only:
                    asides.take_waiting(work)
                events = self._write_journal(work)
                if read_only:
                    asides.end_reading(work, connection)
                connection.commit()
                if not read_only:
                    work.noted.clear()
            except BaseException:
                # SQLite keeps a transaction whose commit failed. Told to roll back, the pool will really do so.
                connection.rollback()
                raise
            finally:
                work.close()
                asides.write_apart(work, connection)
        self._after_commit(events)

    @contextmanager
    def join(self, host: Session | Connection, scope: Scope) -> Iterator[Unit]:
        """A unit inside the host's transaction, in a savepoint.

        An exception in the block takes back what the unit did, and leaves the host's rows alone. The host's
        rollback takes everything along. Signals and the relay's wake-up come right after the host's COMMIT, when it
        succeeded; what a savepoint of the host took back is not signalled. A receiver works on a connection of its
        own: the host's is not yet free.
        """
        connection = borrow(self._host_connection(host), self.settings.db_schema)
        if not connection.in_transaction():
            connection.begin()
        ensure_begun(connection)
        work = Work(self._runtime, connection, scope)
        try:
            with self._outdated_said_plainly(joined=True), busy_said_plainly(), connection.begin_nested():
                yield Unit(work)
                events = self._write_journal(work)
        except Busy:
            # A deadlock on MariaDB took the host's whole transaction, and with it what earlier units did in it.
            forget(connection)
            raise
        except CrmError:
            asides.write(work, connection)
            raise
        finally:
            work.close()
        if events:
            when_committed(connection, partial(self._after_commit, events))

    @cached_property
    def duplicates(self) -> WholeBase:
        """Work on a company's whole base: `rebuild`, `scan`, `explain`."""
        return WholeBase(self._runtime.matching.engine, self._work)

    @cached_property
    def classes(self) -> ClassWork:
        """Classing of a company's whole base by its rules: `apply`."""
        return ClassWork(self._work)

    @cached_property
    def digests(self) -> DigestWork:
        """Digests of key changes for all who subscribed: `build`."""
        return DigestWork(self._work)

    @cached_property
    def exchange(self) -> FileExchange:
        """Files taken in: `import_customers`, `import_contacts`, `import_follow_ups`, `answers`."""
        return FileExchange(self._work, self.settings.exchange)

    @cached_property
    def pool(self) -> PoolUpkeep:
        """Upkeep of a company's pool: `sweep` warns and recycles, `recompute` follows a change of the rules."""
        return PoolUpkeep(self._work)

    @cached_property
    def reminders(self) -> ReminderWork:
        """Telling people what is due, overdue and neglected: `run`."""
        return ReminderWork(self._work)

    @cached_property
    def files(self) -> StoredFiles:
        """Upkeep of attachments: `sweep` takes away content that nobody needs."""
        return StoredFiles(self.engine, self._runtime.ports.file_store, self.settings.files, self.clock)

    @cached_property
    def migrations(self) -> "Migrations":
        """The versions of our tables: `upgrade`, `check`, `sql`."""
        from oa_crm.migrations import Migrations  # alembic is a third of the import, and seldom used

        return Migrations(self.engine, self.settings.db_schema)

    def migrate(self) -> str:
        """Create the tables or bring them up to date; returns their version. Never done by itself."""
        return self.migrations.upgrade()

    @property
    def hook_calls(self) -> tuple[HookCall, ...]:
        """The last calls of checks and event handlers in this process: which, how long, how it ended."""
        return tuple(self._runtime.dispatcher.recent)

    def explain(self, scope: Scope, action: str, kind: str, thing_id: UUID | None = None) -> Explanation:
        """May this person do `action` on `kind` (or on that very thing), and which rule says so?"""
        with self.begin(scope, read_only=True) as unit:
            return unit.permissions.explain(action, kind, thing_id)

    def close(self) -> None:
        """Give the engine's pooled connections back. For a CRM that was made from a URL."""
        self.engine.dispose()

    @contextmanager
    def _outdated_said_plainly(self, *, joined: bool = False) -> Iterator[None]:
        """Where a table is missing, say so as `SchemaOutdated`. While a host holds its transaction on a database in
        memory, there is no second connection to ask by."""
        try:
            yield
        except DBAPIError as error:
            if lacks_tables(error) and not (joined and isinstance(self.engine.pool, StaticPool)):
                self.migrations.check()
            raise

    def _resolve(self) -> Runtime:
        ports = resolve.ports(self.plugins)
        extras = resolve.extras(
            self.plugins, self.settings.expense_categories, as_coded(self.settings.default_currency)
        )
        for one in self.plugins.loaded:
            if isinstance(one.plugin, Notices):
                one.plugin.notifier = ports.notifier
            if isinstance(one.plugin, HandoverStart):
                one.plugin.open = self._open_handover
        matching = Matching.of(extras.duplicate_matchers)
        library = Library(extras.custom_fields, self.settings.default_currency)
        return Runtime(self.settings, self.clock, Dispatcher(self.plugins), ports, extras, matching, library)

    def _open_handover(
        self, connection: Connection, event: Event, member: str, cause: str, superior: str | None
    ) -> UUID | None:
        """Open a handover in the transaction of a delivery, and write what it owes there."""
        scope = Scope(event.tenant, Actor.system(), request_id=event.request_id)
        work = Work(self._runtime, connection, scope)
        try:
            id = opening.open_for(work, member, cause, superior, event.id)
            self._write_journal(work)
        finally:
            work.close()
        return id

    def _host_connection(self, host: Session | Connection) -> Connection:
        if not isinstance(host, Session | Connection):
            raise ConfigurationError(
                f"join() takes the host's Session or Connection, not {type(host).__name__}; from an AsyncSession, "
                "call it inside `await session.run_sync(...)`"
            )
        connection = host.connection() if isinstance(host, Session) else host
        if connection.dialect.name != self.engine.dialect.name:
            raise ConfigurationError(
                f"join() was given a {connection.dialect.name} connection; the CRM lives on {self.engine.dialect.name}"
            )
        return connection

    def _write_journal(self, work: Work) -> list[Event]:
        if not work.read_only:
            keeping.follow(work)
        events = work.journal.events
        work.journal.write(work.connection)
        if not work.read_only:
            asides.write(work, work.connection)
        if events and self.settings.notify:
            notify(work.connection)
        return events

    def _after_commit(self, events: list[Event]) -> None:
        if events:
            self._wakeup.wake()
        for one in events:
            self.signals.send(one)


def _refuse_misfits(settings: object, clock: object) -> None:
    """What was handed over under a wrong name would be missed much later."""
    if not isinstance(settings, Settings):
        raise ConfigurationError(f"`settings` is a Settings(...), not {type(settings).__name__}")
    if not callable(getattr(clock, "now", None)):
        raise ConfigurationError(f"`clock` is an object with a method now(), not {type(clock).__name__}")
