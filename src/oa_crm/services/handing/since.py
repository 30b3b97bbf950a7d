"""What came to the receivers since, when a handover is taken back: plans, key issues and needs, a strategy. Who has the
customer or the lead again is to see to it, as with a transfer.

A receiver keeps what he had with it before: what he planned there as a helper. That is told by when it was made, but
for what a merge brought since: whatever came with the other file came to him as who had the survivor.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select

from oa_crm.models import Merge, MergePart, kind_of, table_of
from oa_crm.services.among import among
from oa_crm.services.duties import KINDS, Duty
from oa_crm.services.handing import giving
from oa_crm.services.handing.kinds import CUSTOMER, ITEM, Run
from oa_crm.services.handing.lists import BY_NAME
from oa_crm.services.handing.owned import LEAD
from oa_crm.services.merging.packing import unpacked


def hand_on(run: Run, executed_at: datetime, reason: str) -> dict[str, int]:
    """Things were put back: so goes what came since; how much of each kind. Six statements a kind at most."""
    merged_in = _merged_in(run, executed_at)
    done = {}
    for duty in KINDS:
        if former := _since(run, duty, executed_at, merged_in[duty]):
            duty.give(run.work, dict.fromkeys(former, run.leaver), reason, raised=True)
            duty.tell(run.work, former, lambda _: reason)
            done[kind_of(duty.model)] = len(former)
    return done


def _since(run: Run, duty: Duty, executed_at: datetime, merged_in: list[UUID]) -> Mapping[UUID, str]:
    """What receivers have to do since with what went back from them, held, and whose each is."""
    t = duty.table
    since = or_(t.c.created_at >= executed_at, among(run.work, t.c.id, merged_in))
    mine = and_(t.c.tenant_id == run.work.scope.tenant, duty.is_open, _came_back(run, duty), since)
    rows = run.work.connection.execute(select(t.c.id, t.c[duty.who]).where(mine).order_by(t.c.id).with_for_update())
    return {row[0]: row[1] for row in rows}


def _came_back(run: Run, duty: Duty) -> ColumnElement[bool]:
    """What it is of went back from who is to see to it."""
    t, of = duty.table, BY_NAME[kind_of(duty.model)].of(duty.table)
    back = and_(run.items(CUSTOMER.name, LEAD.name), ITEM.c.put_back.is_not(None))
    one = select(ITEM.c.thing_id).where(back, ITEM.c.thing_id == of, ITEM.c.receiver_id == t.c[duty.who])
    return one.correlate(t).exists()


def _merged_in(run: Run, executed_at: datetime) -> dict[Duty, list[UUID]]:
    """What merges brought since to customers that went back."""
    m, part, by_link = table_of(Merge), table_of(MergePart), {duty.link: duty for duty in KINDS}
    here = and_(m.c.tenant_id == run.work.scope.tenant, m.c.winner_id.in_(giving.ids(run, back=True)))
    of_merge = and_(part.c.tenant_id == m.c.tenant_id, part.c.merge_id == m.c.id, part.c.link.in_(by_link))
    query = select(part.c.link, part.c.kept).select_from(m.join(part, of_merge)).where(
        here, m.c.merged_at >= executed_at, m.c.state == "merged", part.c.what == "moved"
    )  # fmt: skip
    found: dict[Duty, list[UUID]] = {duty: [] for duty in KINDS}
    for link, kept in run.work.connection.execute(query):
        found[by_link[link]] += [unpacked(row[0]) for row in kept]
    return found
