"""What stands against a handover: people who cannot receive, limits, and things that nobody would have.

Named all at once, so that the preview tells of everything that `execute` would refuse.
"""

from collections import ChainMap, Counter
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Select, func, select

from oa_crm.hooks.ports import Reach
from oa_crm.i18n.handover import conflict_words
from oa_crm.schemas.handovers import HandoverConflict
from oa_crm.services.handing import standing
from oa_crm.services.handing.kinds import CUSTOMER
from oa_crm.services.handing.lists import APPROVAL, FOLLOWED, KINDS
from oa_crm.services.handing.splitting import Split
from oa_crm.services.holding import limits
from oa_crm.services.work import Work

Counts = Mapping[str, Mapping[str | None, int]]


def counts(split: Split) -> dict[str, dict[str | None, int]]:
    """How many of each kind each receiver would get; None is nobody. One statement a kind."""
    followed = {one.name: split.takers(one) for one in FOLLOWED}
    found: dict[str, dict[str | None, int]] = {}
    for kind in KINDS:
        takers = ChainMap(*(followed[one.name] for one in kind.follows))
        found[kind.name] = dict(
            Counter(followed[kind.name].values()) if kind.name in followed else split.counts(kind, takers)
        )
    return found


def by_receiver(found: Counts) -> dict[str, dict[str, int]]:
    """The same by receiver."""
    each: dict[str, dict[str, int]] = {}
    for kind, receivers in found.items():
        for member, many in receivers.items():
            if member is not None:
                each.setdefault(member, {})[kind] = many
    return dict(sorted(each.items()))


def pooled(found: Counts) -> dict[str, int]:
    """What would lie in a pool, by kind."""
    return {one.name: found[one.name][None] for one in KINDS if one.free and found[one.name].get(None)}


def find(work: Work, split: Split, leaver: Any, found: Counts) -> tuple[HandoverConflict, ...]:
    """Everything that stands against it."""
    told = [*_people(work, leaver, found), *_nobody(found), *_asked_himself(work, split)]
    if not told:
        told += _limits(work, split, found)
    return tuple(one.model_copy(update={"text": conflict_words(one, work.scope.locale)}) for one in told)


def _people(work: Work, leaver: Any, found: Counts) -> Iterator[HandoverConflict]:
    receivers = set(by_receiver(found))
    known = standing.candidates(work, receivers, leaver)
    for id in sorted(receivers):
        if id == leaver.id:
            yield HandoverConflict(code="receiver_is_leaver", member_id=id)
            continue
        who, active, near = known.get(id, (None, False, False))
        if who is None or not active:
            yield HandoverConflict(code="receiver_inactive", member_id=id)
        elif not near:
            yield HandoverConflict(code="receiver_out_of_reach", member_id=id)
        else:
            yield from _without_right(work, who, [kind for kind in found if found[kind].get(id)])


def _without_right(work: Work, who: Any, kinds: list[str]) -> Iterator[HandoverConflict]:
    """He cannot write what he would have. Whoever is asked for his word or runs a pool needs no right on those, but he
    is of the company."""
    for kind in KINDS:
        if kind.name in kinds and not kind.needs_right and who.external:
            yield HandoverConflict(code="receiver_external", member_id=who.id, kind=kind.name)
        asked = kind.name in kinds and kind.needs_right
        if asked and work.runtime.ports.authorizer.reach(who, "write", kind.rights) is Reach.NONE:
            yield HandoverConflict(code="receiver_without_right", member_id=who.id, kind=kind.name)


def _nobody(found: Counts) -> Iterator[HandoverConflict]:
    for kind in KINDS:
        left = found[kind.name].get(None)
        if left and not kind.free:
            yield HandoverConflict(code="nobody_takes", kind=kind.name, count=left)


def _asked_himself(work: Work, split: Split) -> Iterator[HandoverConflict]:
    """Nobody gives his word on what he asked for himself."""
    s = split.of(APPROVAL, None).subquery()
    own = select(s.c.receiver_id, func.count()).where(s.c.receiver_id == s.c.requested_by).group_by(s.c.receiver_id)
    for row in work.connection.execute(own.order_by(s.c.receiver_id)):
        yield HandoverConflict(code="own_request", member_id=row[0], kind="approval", count=row[1])


def _limits(work: Work, split: Split, found: Counts) -> Iterator[HandoverConflict]:
    for member in sorted(one for one in found[CUSTOMER.name] if one is not None):
        for bound, held, more in limits.too_many(work, member, customers_of(split, member)):
            yield HandoverConflict(
                code="holding_limit", member_id=member, count=more, held=held, limit=bound.holding, soft=True
            )


def customers_of(split: Split, member: str) -> Select[Any]:
    """The ids of the customers that somebody would get."""
    s = split.customers()
    return select(s.c.thing_id).where(s.c.receiver_id == member)
