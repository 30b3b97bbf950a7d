"""Who receives what, as SQL: the rules become one CASE, and equal shares become ranks. Nothing is read row by row.

Of one split the same rows come to the same people whenever it is worked out: oldest first, people by what they hold
and then by id.
"""

import heapq
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_, select, type_coerce
from sqlalchemy import true as always

from oa_crm.codes import below
from oa_crm.errors import InvalidInput
from oa_crm.models import Customer, table_of
from oa_crm.models.types import PublicId, text
from oa_crm.schemas.handovers import HandoverIn, SplitRule
from oa_crm.services.handing import holdings
from oa_crm.services.handing.kinds import CUSTOMER, HeldKind
from oa_crm.services.work import Work

_ID = text(64)
_FOLLOWS, _SETTLED, _REST = -2, -1, 0
Shares = Mapping[int, Sequence[tuple[str, int]]]


@dataclass
class Split:
    """How one handover is split. `pool_id` is where customers go that nobody takes, `rest` who gets what else nobody
    takes; `shares` how many customers each gets of a rule that names several."""

    work: Work
    leaver: str
    wanted: HandoverIn
    rest: str | None
    pool_id: UUID | None
    shares: Shares = field(default_factory=dict)

    def of(self, kind: HeldKind, taken: Any) -> Select[Any]:
        """The things of a kind with `receiver_id` and `pool_id`; `taken` says who takes which customer."""
        s = self._ranked(kind, taken)
        receiver = self._receiver(kind, s)
        pool = literal(self.pool_id if kind is CUSTOMER else None, PublicId())
        lies = case((receiver.is_(None), pool), else_=literal(None, PublicId()))
        query = select(s, receiver.label("receiver_id"), type_coerce(lies, PublicId()).label("pool_id"))
        return query.where(receiver.is_not(None)) if self.wanted.stays else query

    def customers(self) -> Any:
        """Who takes which customer, before it is written."""
        return self.of(CUSTOMER, None).subquery("customers")

    def takers(self, kind: HeldKind) -> dict[UUID, str | None]:
        """Who takes which of a kind that others follow. One statement."""
        s = self.of(kind, None).subquery()
        return {row[0]: row[1] for row in self.work.connection.execute(select(s.c.thing_id, s.c.receiver_id))}

    def counts(self, kind: HeldKind, takers: Mapping[UUID, str | None]) -> Counter[str | None]:
        """How many of a kind each would get; None is nobody. One statement: what follows a customer is counted by
        customer, for a database that knows nothing of its tables joins what nobody wrote yet row by row."""
        s = self._ranked(kind, None, follow=bool(kind.follows))
        follows = s.c.rule_no == _FOLLOWS
        receiver = case((follows, literal(None, _ID)), else_=self._receiver(kind, s))
        at = case((follows, s.c.with_id), else_=literal(None, PublicId()))
        each = select(receiver.label("receiver_id"), type_coerce(at, PublicId()).label("at")).subquery("each")
        query = select(each.c.receiver_id, each.c.at, func.count()).group_by(each.c.receiver_id, each.c.at)
        if self.wanted.stays:
            query = query.where(or_(each.c.receiver_id.is_not(None), each.c.at.is_not(None)))
        found: Counter[str | None] = Counter()
        for to, at, many in self.work.connection.execute(query):
            found[to if at is None else takers[at]] += many
        return found

    def given(self, kind: HeldKind, *, to_somebody: bool) -> Select[Any]:
        """The ids of the things of a kind that would come to somebody, or to nobody."""
        s = self.of(kind, None).subquery(kind.name)
        return select(s.c.thing_id).where(s.c.receiver_id.is_not(None) if to_somebody else s.c.receiver_id.is_(None))

    def _ranked(self, kind: HeldKind, taken: Any, *, follow: bool = False) -> Any:
        s = self._ruled(kind, taken, follow=follow)
        rank = func.row_number().over(partition_by=s.c.rule_no, order_by=s.c.thing_id)
        return select(s, rank.label("rank_no")).subquery("ranked")

    def _ruled(self, kind: HeldKind, taken: Any, *, follow: bool = False) -> Any:
        """The things with who is named for each, and the number of the rule that it falls under; with `follow` what
        goes with its customer is told by a number of its own."""
        held = kind.held(self.work, self.leaver).subquery("held")
        named: Any = self._named(kind, held)
        joined: Any = held
        if kind.follows and taken is not None:
            joined = held.outerjoin(taken, taken.c.thing_id == held.c.with_id)
            named = func.coalesce(named, taken.c.receiver_id)
        rules = [(self._matches(rule, held), number) for number, rule in self._rules(kind)]
        goes = named.is_not(None)
        if follow:
            theirs = or_(*(held.c.with_id.in_(self.given(one, to_somebody=True)) for one in kind.follows))
            rules.insert(0, (theirs, _FOLLOWS))
            goes = or_(goes, theirs)
        rule_no = case((named.is_not(None), _SETTLED), *rules, else_=_REST)
        columns = (type_coerce(named, _ID).label("named"), rule_no.label("rule_no"))
        query = select(held, *columns).select_from(joined)
        return (query.where(or_(goes, ~self._at_his(kind, held))) if kind.ends else query).subquery("ruled")

    def _at_his(self, kind: HeldKind, held: Any) -> ColumnElement[bool]:
        """Whether a thing is of one that the leaver holds."""
        his = (one.held(self.work, self.leaver).subquery(one.name) for one in kind.follows)
        return or_(*(held.c.with_id.in_(select(one.c.thing_id)) for one in his))

    def _rules(self, kind: HeldKind) -> list[tuple[int, SplitRule]]:
        numbered = enumerate(self.wanted.rules, start=1)
        return [(number, rule) for number, rule in numbered if not rule.kinds or kind.name in rule.kinds]

    def _named(self, kind: HeldKind, held: Any) -> ColumnElement[Any]:
        by_member: dict[str, list[UUID]] = defaultdict(list)
        for item in self.wanted.items:
            if item.kind == kind.name:
                by_member[item.to].append(item.id)
        each = [(held.c.thing_id.in_(ids), literal(to, _ID)) for to, ids in by_member.items()]
        return case(*each, else_=literal(None, _ID)) if each else literal(None, _ID)

    def _matches(self, rule: SplitRule, held: Any) -> ColumnElement[bool]:
        parts: list[ColumnElement[bool]] = []
        if rule.regions:
            ranges = [one for code in rule.regions for one in below(code)]
            parts.append(or_(*(and_(held.c.region >= first, held.c.region < last) for first, last in ranges)))
        if rule.levels:
            parts.append(held.c.level.in_(rule.levels))
        return and_(always(), *parts)

    def _receiver(self, kind: HeldKind, s: Any) -> ColumnElement[Any]:
        each: list[tuple[Any, Any]] = [(s.c.rule_no == _SETTLED, s.c.named)]
        for number, rule in self._rules(kind):
            ours = s.c.rule_no == number
            if number in self.shares and kind is CUSTOMER:
                each += [(and_(ours, s.c.rank_no <= upto), literal(to, _ID)) for to, upto in self.shares[number]]
            else:
                turn = (s.c.rank_no - 1) % len(rule.to)
                each += [(and_(ours, turn == at), literal(to, _ID)) for at, to in enumerate(rule.to)]
        rest = None if kind.free and self.wanted.rest_to is None else self.rest
        return type_coerce(case(*each, else_=literal(rest, _ID)), _ID)

    def share_out(self) -> None:
        """Decide how many customers each gets of a rule that names several, or bounds them. Two statements."""
        several = [number for number, rule in self._rules(CUSTOMER) if len(rule.to) > 1 or rule.capacity is not None]
        if not several:
            return
        s = self._ruled(CUSTOMER, None)
        rows = self.work.connection.execute(
            select(s.c.rule_no, s.c.named, func.count()).group_by(s.c.rule_no, s.c.named)
        )
        found = {(row[0], row[1]): row[2] for row in rows}
        load = self._load() + Counter({to: many for (_, to), many in found.items() if to is not None})
        shares: dict[int, list[tuple[str, int]]] = {}
        for number, rule in self._rules(CUSTOMER):
            many = found.get((number, None), 0)
            given = filled(rule.to, load, many, rule.capacity) if number in several else {rule.to[0]: many}
            load.update(given)
            if number in several:
                shares[number] = list(zip(given, accumulate(given.values()), strict=True))
        self.shares = shares

    def _load(self) -> Counter[str]:
        c = table_of(Customer).c
        members = sorted({to for rule in self.wanted.rules for to in rule.to})
        theirs = and_(c.tenant_id == self.work.scope.tenant, c.owner_id.in_(members), c.merged_into.is_(None))
        rows = self.work.connection.execute(select(c.owner_id, func.count()).where(theirs).group_by(c.owner_id))
        return Counter({row[0]: row[1] for row in rows})

    def must_be_held(self) -> None:
        """Raises `InvalidInput` for a named thing that the leaver does not hold."""
        for at, item in enumerate(self.wanted.items):
            holdings.a_kind(item.kind, f"items.{at}.kind")
        for kind in {item.kind for item in self.wanted.items}:
            ids = {item.id for item in self.wanted.items if item.kind == kind}
            held = holdings.a_kind(kind).held(self.work, self.leaver).subquery()
            there = set(self.work.connection.scalars(select(held.c.thing_id).where(held.c.thing_id.in_(ids))))
            for at, item in enumerate(self.wanted.items):
                if item.kind == kind and item.id not in there:
                    raise InvalidInput.of(f"items.{at}.id", "not_held", kind=kind, id=str(item.id))


def filled(members: Sequence[str], load: Mapping[str, int], many: int, capacity: int | None) -> dict[str, int]:
    """How many of `many` each gets when every one goes to who holds fewest then; nobody beyond `capacity`."""
    given = dict.fromkeys(sorted(set(members)), 0)
    heap = [(load.get(one, 0), one) for one in given if capacity is None or load.get(one, 0) < capacity]
    heapq.heapify(heap)
    for _ in range(many):
        if not heap:
            break
        held, one = heap[0]
        given[one] += 1
        if capacity is not None and held + 1 >= capacity:
            heapq.heappop(heap)
        else:
            heapq.heapreplace(heap, (held + 1, one))
    return given
