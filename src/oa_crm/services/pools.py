"""The company's pools and limits as they are set up. What people do with customers in them is `services/pool.py`."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import and_, delete, func, select, update
from sqlalchemy.exc import IntegrityError

from oa_crm import codes
from oa_crm.errors import FieldProblem, InvalidInput, NotFound, StaleVersion
from oa_crm.ids import new_id
from oa_crm.models import Customer, HoldingLimit, Pool, table_of
from oa_crm.schemas import (
    HoldingLimitIn,
    HoldingLimitOut,
    PoolFinding,
    PoolIn,
    PoolOut,
    PoolPatch,
    RouteRule,
    Seat,
)
from oa_crm.services import access
from oa_crm.services.base import Service, as_id, differences, first_facts, given, must_be, shown
from oa_crm.services.coded import coded
from oa_crm.services.holding import first, kept, ledger, linting
from oa_crm.services.holding.ledger import Cause

_LISTS = ("admins", "members")


class Pools(Service):
    """Pools and holding limits. To change them takes the right to administer pools."""

    def open(self, data: PoolIn | dict[str, Any], *, idempotency_key: str | None = None) -> PoolOut:
        """Open a pool. Customers that nobody had before there was any go into the first one.

        Raises `invalid_input` for a name that another pool has, and for a region or industry that is none.
        """
        wanted = given(PoolIn, data)
        return self.act("pools.open", lambda: self._open(wanted), given=wanted, answer=PoolOut, key=idempotency_key)

    def update(self, id: UUID, patch: PoolPatch | dict[str, Any], *, idempotency_key: str | None = None) -> PoolOut:
        """Change a pool; customers stay where they are. Raises `stale_version`, `illegal_state` for one that was
        dropped, `not_found`, and what `open` raises."""
        wanted = given(PoolPatch, patch)
        return self.act(
            "pools.update",
            lambda: self._update(as_id(id), wanted),
            given={"id": id, "patch": wanted},
            answer=PoolOut,
            key=idempotency_key,
        )

    def drop(self, id: UUID, *, expected_version: int, into: UUID | None = None) -> PoolOut:
        """Drop a pool; with `into` its customers go to that one first, and wait there as they waited here.

        Raises `invalid_input` for one that holds customers and for the company's last one, `stale_version`,
        `illegal_state` for one that was dropped, and `not_found`.
        """
        other = None if into is None else as_id(into)
        return self.act(
            "pools.drop",
            lambda: self._drop(as_id(id), expected_version, other),
            given={"id": id, "expected_version": expected_version, "into": other},
            answer=PoolOut,
        )

    def list(self) -> tuple[PoolOut, ...]:
        """The company's open pools in their order, for whoever may claim, assign or administer."""
        self._may_know()
        pools = kept.open_pools(self.work)
        if self.work.who.external:
            # An outsider hears of his pools, and of nobody who sits in them.
            mine = (row for row in pools if kept.member_of(self.work, row))
            return tuple(self._told(row).model_copy(update={"admins": (), "members": ()}) for row in mine)
        return tuple(self._told(row) for row in pools)

    def lint(self) -> tuple[PoolFinding, ...]:
        """What is wrong with how the pools are set up: people in none, rules that overlap, pools that nothing falls
        into by itself, seats of nobody. Constant in statements."""
        access.require(self.work, "administer", "pool")
        return linting.findings(self.work)

    def limits(self) -> tuple[HoldingLimitOut, ...]:
        """The company's limits, for those who administer pools."""
        access.require(self.work, "administer", "pool")
        table = table_of(HoldingLimit)
        mine = self.company_wide(HoldingLimit).order_by(table.c.subject_kind, table.c.subject, table.c.together)
        return tuple(_limit(row) for row in self.work.connection.execute(mine))

    def set_limit(
        self, data: HoldingLimitIn | dict[str, Any], *, idempotency_key: str | None = None
    ) -> HoldingLimitOut:
        """Set how much somebody may hold, claim a day and lock. What he holds already he keeps.

        Raises `stale_version` when it was set since, and `invalid_input`.
        """
        wanted = given(HoldingLimitIn, data)
        return self.act(
            "pools.set_limit",
            lambda: self._set_limit(wanted),
            given=wanted,
            answer=HoldingLimitOut,
            key=idempotency_key,
        )

    def drop_limit(self, id: UUID, *, expected_version: int) -> HoldingLimitOut:
        """Let a limit hold no longer; answers what it was. Raises `stale_version` and `not_found`."""
        return self.act(
            "pools.drop_limit",
            lambda: self._drop_limit(as_id(id), expected_version),
            given={"id": id, "expected_version": expected_version},
            answer=HoldingLimitOut,
        )

    def _may_know(self) -> None:
        kept.must_run_one(self.work, "claim")

    def _open(self, wanted: PoolIn) -> PoolOut:
        access.require(self.work, "administer", "pool")
        alone = not kept.open_pools(self.work)
        facts, id = _stored(wanted.model_dump()), new_id()
        try:
            with self.work.connection.begin_nested():
                self.add(Pool, id=id, state="open", **facts, **self.stamps())
        except IntegrityError:
            raise InvalidInput.of("name", "pool_name_taken", name=wanted.name) from None
        kept.forget(self.work)
        self.work.journal.record("pools.open", "pool", id, first_facts(_said(facts)))
        if alone:
            first.adopt(self.work, id)
        return self._read(id)

    def _update(self, id: UUID, patch: PoolPatch) -> PoolOut:
        access.require(self.work, "administer", "pool")
        row = kept.a_pool(self.work, id)
        self.fresh(Pool, row, patch.expected_version)
        must_be("pool", row.state, "open")
        changed = differences(row, _stored(_filled(patch)))
        try:
            with self.work.connection.begin_nested():
                self.change(Pool, row, patch.expected_version, **{name: new for name, (_, new) in changed.items()})
        except IntegrityError:
            raise InvalidInput.of("name", "pool_name_taken", name=patch.name) from None
        kept.forget(self.work)
        self.work.journal.record("pools.update", "pool", id, changed)
        return self._read(id)

    def _drop(self, id: UUID, expected_version: int, into: UUID | None) -> PoolOut:
        access.require(self.work, "administer", "pool")
        # The locks keep customers from being put into it meanwhile, for whoever does so holds the pool's row, and of
        # two who drop the last two pools the second from doing so.
        kept.open_pools(self.work, "write")
        row = kept.a_pool(self.work, id)
        self.fresh(Pool, row, expected_version)
        must_be("pool", row.state, "open")
        if into is not None:
            if into == id:
                raise InvalidInput.of("into", "no_such_pool")
            self._empty(id, kept.one_open(self.work, into, "into").id)
        if all(one.id == id for one in kept.open_pools(self.work)):
            raise InvalidInput.of("id", "last_pool")
        table = table_of(Customer)
        here = and_(table.c.tenant_id == self.work.scope.tenant, table.c.pool_id == id, table.c.merged_into.is_(None))
        if held := self.work.connection.scalar(select(func.count()).select_from(table).where(here)):
            raise InvalidInput.of("id", "pool_not_empty", customers=held)
        # Its name is free again for another one.
        self.change(Pool, row, expected_version, state="dropped", name=f"{row.name[:60]} {id}")
        kept.forget(self.work)
        self.work.journal.record("pools.drop", "pool", id, {"state": ["open", "dropped"], "into": [None, _text(into)]})
        return self._read(id)

    def _empty(self, id: UUID, into: UUID) -> None:
        table, c = table_of(Customer), table_of(Customer).c
        here = and_(c.tenant_id == self.work.scope.tenant, c.pool_id == id, c.owner_id.is_(None))
        # How long they have lain in a pool is not changed by this.
        values = {"pool_id": into, "owner_no": c.owner_no + 1}
        ids = list(self.work.connection.scalars(select(c.id).where(here).order_by(c.id).with_for_update()))
        self.work.connection.execute(update(table).where(here).values(values))
        ledger.keep(self.work, ids, Cause.MOVE)

    def _set_limit(self, wanted: HoldingLimitIn) -> HoldingLimitOut:
        access.require(self.work, "administer", "pool")
        _sound(wanted)
        kind, subject = ("everybody", "") if wanted.seat is None else (wanted.seat.kind, wanted.seat.id)
        named = {"subject_kind": kind, "subject": subject, "together": wanted.together}
        bounds = wanted.model_dump(mode="json", include={"holding", "claims_per_day", "locks", "free"})
        row = self._limit_of(named)
        held = 0 if row is None else row.version
        if held != wanted.expected_version:
            state = {} if row is None else _limit(row).model_dump(mode="json")
            raise StaleVersion(kind="holding_limit", expected=wanted.expected_version, current=held, state=state)
        if row is None:
            changes = self._first_limit(named, bounds)
        else:
            changes = differences(row, bounds)
            self.change(HoldingLimit, row, wanted.expected_version, **bounds)
        after = self._limit_of(named)
        self.work.journal.record("pools.set_limit", "holding_limit", after.id, changes)
        self._forget()
        return _limit(after)

    def _first_limit(self, named: dict[str, Any], bounds: dict[str, Any]) -> dict[str, Any]:
        try:
            with self.work.connection.begin_nested():
                self.add(HoldingLimit, id=new_id(), **named, **bounds, **self.stamps())
        except IntegrityError:
            state = _limit(self._limit_of(named)).model_dump(mode="json")
            raise StaleVersion(kind="holding_limit", expected=0, current=state["version"], state=state) from None
        return first_facts({**named, **bounds})

    def _limit_of(self, named: Mapping[str, Any]) -> Any:
        table = table_of(HoldingLimit)
        this = (table.c[name] == value for name, value in named.items())
        return self.work.connection.execute(self.company_wide(HoldingLimit).where(*this)).one_or_none()

    def _drop_limit(self, id: UUID, expected_version: int) -> HoldingLimitOut:
        access.require(self.work, "administer", "pool")
        table = table_of(HoldingLimit)
        query = self.company_wide(HoldingLimit).where(table.c.id == id).with_for_update()
        row = self.work.connection.execute(query).one_or_none()
        if row is None:
            raise NotFound("holding_limit", id)
        self.fresh(HoldingLimit, row, expected_version)
        this = and_(table.c.tenant_id == self.work.scope.tenant, table.c.id == id)
        self.work.connection.execute(delete(table).where(this))
        bounds = {name: [getattr(row, name), None] for name in ("holding", "claims_per_day", "locks")}
        self.work.journal.record("pools.drop_limit", "holding_limit", id, bounds)
        self._forget()
        return _limit(row)

    def _forget(self) -> None:
        self.work.policies.pop("holding_limits", None)

    def _read(self, id: UUID) -> PoolOut:
        query = self.company_wide(Pool).where(table_of(Pool).c.id == id)
        return self._told(self.work.connection.execute(query).one())

    def _told(self, row: Any) -> PoolOut:
        people = {name: tuple(Seat(kind=kind, id=id) for kind, id in getattr(row, name)) for name in _LISTS}
        routes = tuple(RouteRule(**rule) for rule in row.routes)
        mine, administered = kept.member_of(self.work, row), kept.admin_of(self.work, row)
        return shown(PoolOut, row, **people, routes=routes, mine=mine, administered=administered)


def _filled(patch: PoolPatch) -> dict[str, Any]:
    """What a patch changes. Numbers may be taken away; a name or a list may not."""
    bounds = ("claims_per_day", "cooldown_days", "wait_hours")
    return {name: value for name, value in patch.changes().items() if value is not None or name in bounds}


def _stored(facts: dict[str, Any]) -> dict[str, Any]:
    """The facts of a pool as they are kept: seats as [kind, id], codes in their one form."""
    kept_as = dict(facts)
    for name in _LISTS:
        if name in facts:
            kept_as[name] = [[one["kind"], one["id"]] for one in facts[name]]
    if "hidden" in facts:
        kept_as["hidden"] = list(facts["hidden"])
    if "routes" in facts:
        kept_as["routes"] = [_rule(at, rule) for at, rule in enumerate(facts["routes"])]
    return kept_as


def _rule(at: int, rule: dict[str, Any]) -> dict[str, Any]:
    known = {"regions": codes.region, "industries": codes.industry}
    kept_as = {name: list(value) for name, value in rule.items() if value}
    for name in known.keys() & kept_as.keys():
        kept_as[name] = [coded(f"routes.{at}.{name}", known[name], one) for one in kept_as[name]]
    return kept_as


def _said(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if value != []}


def _sound(wanted: HoldingLimitIn) -> None:
    problems = []
    if wanted.holding is None and wanted.claims_per_day is None and wanted.locks is None:
        problems.append(FieldProblem.of("holding", "limit_of_nothing"))
    if wanted.together and (wanted.seat is None or wanted.seat.kind != "department"):
        problems.append(FieldProblem.of("seat", "together_needs_a_department"))
    elif wanted.together and (wanted.claims_per_day, wanted.locks) != (None, None):
        problems.append(FieldProblem.of("together", "only_holding_together"))
    if problems:
        raise InvalidInput(problems)


def _limit(row: Any) -> HoldingLimitOut:
    seat = None if row.subject_kind == "everybody" else Seat(kind=row.subject_kind, id=row.subject)
    return shown(HoldingLimitOut, row, seat=seat)


def _text(id: UUID | None) -> str | None:
    return None if id is None else str(id)
