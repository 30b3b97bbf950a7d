"""What the services of one unit share: connection, scope, the person, and the journal.

`Runtime` is the CRM's own and lives as long as it; `Work` lives as long as one unit.
"""

from collections import deque
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from sqlalchemy import Connection, bindparam, or_, select

from oa_crm.clock import Clock
from oa_crm.errors import ConfigurationError, UnitClosed, UnknownActor
from oa_crm.hooks.ports import Who
from oa_crm.models import Base, Department, FieldRuleSet, Member, PluginSwitch, RemitSet, TeamSeat
from oa_crm.models.types import UtcDateTime
from oa_crm.plugins.dispatch import Dispatcher
from oa_crm.plugins.resolve import Extras, Ports
from oa_crm.scope import SYSTEM_ACTOR_ID, Scope
from oa_crm.services.custom_sets import Library
from oa_crm.services.field_rules import Rules
from oa_crm.services.journal import Journal
from oa_crm.services.matching import Matching
from oa_crm.services.once import once
from oa_crm.services.prepared import Prepared
from oa_crm.services.remit_book import Remits
from oa_crm.services.shelf import Shelf
from oa_crm.settings import Settings

Seat = tuple[str, UUID, str]
"""A seat on a team: customer or project, its id, and read or write."""
_UNWRITTEN_AT_MOST = 10_000


@dataclass(frozen=True, slots=True)
class Runtime:
    """Settings, clock and plugins of one CRM."""

    settings: Settings
    clock: Clock
    dispatcher: Dispatcher
    ports: Ports
    extras: Extras
    matching: Matching
    custom: Library
    rules: Shelf[Rules] = field(default_factory=Shelf)
    remits: Shelf[Remits] = field(default_factory=Shelf)
    unwritten: deque[tuple[type[Base], dict[str, Any]]] = field(
        default_factory=lambda: deque(maxlen=_UNWRITTEN_AT_MOST)
    )
    """Rows of logs that wait for a writer; beyond so many, the oldest are lost."""

    @property
    def expense_categories(self) -> tuple[str, ...]:
        """Our own categories and those that plugins registered."""
        return (*self.settings.expense_categories, *(one.name for one in self.extras.expense_categories))


class Work:
    """One unit's shared state. Services never open a connection of their own."""

    def __init__(self, runtime: Runtime, connection: Connection, scope: Scope, *, read_only: bool = False) -> None:
        if not isinstance(scope, Scope):
            raise ConfigurationError(
                f"a unit needs a scope, crm.scope(tenant=..., actor=...), not {type(scope).__name__}"
            )
        self.runtime = runtime
        self.scope = scope
        self.read_only = read_only
        self.journal = Journal(scope, runtime.clock, runtime.settings)
        self.policies: dict[str, Any] = {}
        self.noted: dict[type[Base], list[dict[str, Any]]] = {}
        self.because: str | None = None
        self.custom: dict[Any, Any] = {}
        self.sights: dict[Any, Any] = {}
        self.inside: int | None = None
        """The thread that a verb is at work in."""
        self._seats_moved = False
        self._seats: dict[str, tuple[Seat, ...]] = {}
        self._ruled = False
        self._connection: Connection | None = connection

    @property
    def connection(self) -> Connection:
        """The unit's connection; raises `UnitClosed` after its end."""
        if self._connection is None:
            raise UnitClosed
        return self._connection

    def close(self) -> None:
        """Make every later call fail clearly instead of working outside the transaction."""
        self._connection = None

    def note(self, model: type[Base], row: dict[str, Any]) -> None:
        """Remember a row of a log until the end of the unit."""
        self.noted.setdefault(model, []).append(row)

    @property
    def who(self) -> Who:
        """The actor as the mirror knows him. Raises `UnknownActor` for anyone but an active member, also for
        whom he acts: the audit names nobody who is not there."""
        return self._actor.who

    @property
    def rules_stamp(self) -> UUID | None:
        """Stands for the company's rules on fields as they are; None where it has none. Read with who acts."""
        return self._actor.rules

    def rules_changed(self, stamp: UUID) -> None:
        """The rules on fields were just changed, and have this stamp now."""
        self.__dict__["_actor"] = self._actor._replace(rules=stamp)
        self.sights.clear()
        self._ruled = True

    @property
    def remits_stamp(self) -> UUID | None:
        """Stands for the company's remits as they are; None where it has none. Read with who acts; the system, which
        has none itself, asks for it when it is about somebody."""
        return self._remits_of_company if self.who.is_system else self._actor.remits

    def remits_changed(self, stamp: UUID) -> None:
        """The remits were just changed, and have this stamp now."""
        self.__dict__["_actor"] = self._actor._replace(remits=stamp)
        self.__dict__.pop("_remits_of_company", None)
        self._ruled = True

    def taken_back(self) -> None:
        """An act failed: forget what was learnt of definitions and rules that it may have changed."""
        self.custom.clear()
        self.policies.clear()
        self._seats.clear()
        if self._ruled:
            self.sights.clear()
            self.__dict__.pop("_actor", None)
            self.__dict__.pop("_remits_of_company", None)

    @once
    def _actor(self) -> "Known":
        scope = self.scope
        if scope.on_behalf_of not in (None, SYSTEM_ACTOR_ID):
            who_is(self.connection, scope.tenant, scope.on_behalf_of)
        if scope.actor.is_system:
            return Known(Who(scope.tenant, scope.actor.id, is_system=True), None, None, None)
        return who_is(self.connection, scope.tenant, scope.actor.id)

    def seats_of(self, who: Who) -> tuple[Seat, ...]:
        """The seats on teams that a person has at this moment. No statement for an actor without any, else one."""
        if who.is_system or (who.id == self.who.id and self._actor.seat is None and not self._seats_moved):
            return ()
        if who.id not in self._seats:
            given = {"tenant": who.tenant, "member": who.id, "now": self.journal.now()}
            found = self.connection.execute(_SEATS, given)
            self._seats[who.id] = tuple((row.kind, row.thing_id, row.level) for row in found)
        return self._seats[who.id]

    def seats_changed(self) -> None:
        """Somebody came to a team or left one: what was read of seats holds no longer."""
        self._seats_moved = True
        self._seats.clear()

    @once
    def _remits_of_company(self) -> UUID | None:
        return self.connection.scalar(select(RemitSet.stamp).where(RemitSet.tenant_id == self.scope.tenant))

    @once
    def _switched_off(self) -> frozenset[str]:
        switches = select(PluginSwitch.plugin).where(
            PluginSwitch.tenant_id == self.scope.tenant, PluginSwitch.enabled.is_(False)
        )
        return frozenset(self.connection.scalars(switches))

    def forget_switches(self) -> None:
        """Read the switches anew: one of them was just turned."""
        self.__dict__.pop("_switched_off", None)

    def plugin_active(self, plugin: str) -> bool:
        """Whether the plugin takes part for this tenant."""
        return plugin not in self._switched_off


class Begin(Protocol):
    """Opens the work of one unit."""

    def __call__(self, scope: Scope, *, read_only: bool = False) -> AbstractContextManager[Work]: ...


class Known(NamedTuple):
    """A person as the mirror has him, with the stamps of the company's rules on fields and of its remits, and a seat of
    his on a team if he has any."""

    who: Who
    rules: UUID | None
    remits: UUID | None
    seat: UUID | None


# Built once: every unit asks it first. The stamps come along, so that rules on fields and remits cost no statement, and
# one seat, so that teams cost none for who sits on none.
_RULES = select(FieldRuleSet.stamp).where(FieldRuleSet.tenant_id == bindparam("tenant")).scalar_subquery()
_REMITS = select(RemitSet.stamp).where(RemitSet.tenant_id == bindparam("tenant")).scalar_subquery()
_SEAT = (
    select(TeamSeat.id)
    .where(TeamSeat.tenant_id == bindparam("tenant"), TeamSeat.member_id == bindparam("member"), TeamSeat.open == 1)
    .limit(1)
    .scalar_subquery()
)
_SEATS = select(TeamSeat.kind, TeamSeat.thing_id, TeamSeat.level).where(
    TeamSeat.tenant_id == bindparam("tenant"),
    TeamSeat.member_id == bindparam("member"),
    TeamSeat.open == 1,
    or_(TeamSeat.ends_at.is_(None), TeamSeat.ends_at > bindparam("now", type_=UtcDateTime())),
)
_WHO = Prepared(
    select(
        Member.id,
        Member.roles,
        Member.department_id,
        Member.external,
        Department.path,
        _RULES.label("rules"),
        _REMITS.label("remits"),
        _SEAT.label("seat"),
    )
    .outerjoin(Department, (Department.tenant_id == Member.tenant_id) & (Department.id == Member.department_id))
    .where(Member.tenant_id == bindparam("tenant"), Member.id == bindparam("member"), Member.active.is_(True))
)


def who_is(connection: Connection, tenant: str, member_id: str) -> Known:
    """An active member of the mirror, with roles and department, the company's stamps and a seat of his. Raises
    `UnknownActor`."""
    rows = _WHO.rows(connection, {"tenant": tenant, "member": member_id})
    if not rows:
        raise UnknownActor(actor=member_id, tenant=tenant)
    row = rows[0]
    who = Who(tenant, row.id, tuple(row.roles), row.department_id, row.path, external=row.external)
    return Known(who, row.rules, row.remits, row.seat)
