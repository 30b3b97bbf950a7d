"""Who speaks in an approval for whom: those who took it over by a handover. The workflow knows of no handover, so it is
told of them by the names of those it asked, and whom it names is asked in the person of who has it now.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import and_, select

from oa_crm.hooks.ports import Judgement, Opinion
from oa_crm.models import Handover, HandoverItem, table_of
from oa_crm.services.base import Service

Judge = Callable[[Sequence[Opinion]], Judgement]


class StandIn(NamedTuple):
    """Since when `receiver` has the word of `leaver`."""

    leaver: str
    receiver: str
    since: datetime


def of(service: Service, approval: Any) -> tuple[StandIn, ...]:
    """The handovers of one approval that hold, oldest first: one that an undoing left where it was holds on. One
    statement, over those since it was asked for."""
    i, h = table_of(HandoverItem), table_of(Handover)
    of_item = and_(h.c.tenant_id == i.c.tenant_id, h.c.id == i.c.handover_id, i.c.thing_id == approval.id)
    mine = and_(h.c.executed_at >= approval.created_at, i.c.kind == "approval", i.c.put_back.is_(None))
    query = select(h.c.leaver_id, i.c.receiver_id, h.c.executed_at).join_from(i, h, of_item)
    ours = query.where(i.c.tenant_id == service.work.scope.tenant, mine, i.c.receiver_id.is_not(None))
    return tuple(StandIn(*row) for row in service.work.connection.execute(ours.order_by(h.c.executed_at, h.c.id)))


def asked(stand_ins: Sequence[StandIn], members: Sequence[str]) -> tuple[str, ...]:
    """Those whom the workflow names, in the persons of who speaks for them now."""
    return tuple(dict.fromkeys(_speaks(stand_ins, one) for one in members))


def heard(stand_ins: Sequence[StandIn], opinions: Sequence[Opinion], judge: Judge) -> list[Opinion]:
    """What was said, each by the names of those whom the workflow asked then: it is asked again after every word.
    Nobody speaks twice, so that who was asked for somebody else has spoken for himself as well."""
    if not stand_ins:
        return list(opinions)
    told = list[Opinion]()
    for opinion in opinions:
        then = [one for one in stand_ins if one.since <= opinion.given_at]
        meant = [one for one in judge(told).waiting_on if _speaks(then, one) == opinion.member_id]
        told += [replace(opinion, member_id=one) for one in meant or [opinion.member_id]]
    said, asked_again = {one.member_id: one for one in opinions}, set[str]()
    while again := {one for one in judge(told).waiting_on if _speaks(stand_ins, one) in said} - asked_again:
        told += [replace(said[_speaks(stand_ins, one)], member_id=one) for one in sorted(again)]
        asked_again |= again
    return told


def _speaks(stand_ins: Sequence[StandIn], member: str) -> str:
    for one in stand_ins:
        member = one.receiver if member == one.leaver else member
    return member
