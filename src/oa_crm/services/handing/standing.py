"""Who may hand over what somebody holds, and to whom.

The leaver himself, to his own department and his superior; who reaches him, to those whom he reaches; who reaches
everybody, to anybody; and the superior whom a due handover names, also when the leaver is elsewhere by now.
"""

from typing import Any

from sqlalchemy import and_, or_, select

from oa_crm.errors import NotFound
from oa_crm.hooks.ports import Reach, Who
from oa_crm.models import Department, Handover, Member, table_of
from oa_crm.services import access, people
from oa_crm.services.work import Work

ACTION, KIND = "hand_over", "customer"


def leaver(work: Work, id: str) -> Any:
    """The member, present or gone, if the actor may hand over what he holds. Raises `forbidden` and `not_found`."""
    reach, m, id = access.require(work, ACTION, KIND), table_of(Member), people.named("leaver_id", id)
    mine = select(m).where(m.c.tenant_id == work.scope.tenant, m.c.id == id)
    if reach is not Reach.ALL and id != work.who.id:
        mine = mine.where(or_(access.members_within(work.who, reach), m.c.id.in_(_told_of(work))))
    row = work.connection.execute(mine).one_or_none()
    if row is None:
        raise NotFound("member", id)
    return row


def administers(work: Work) -> bool:
    """Whether the actor administers handovers."""
    return access.administers(work, "handover")


def candidates(work: Work, ids: set[str], reach_of: Any) -> dict[str, tuple[Who, bool, bool]]:
    """These members as permissions see them, whether each is active, and whether the actor may give to him."""
    m = table_of(Member)
    of_member = and_(Department.tenant_id == m.c.tenant_id, Department.id == m.c.department_id)
    columns = (
        m.c.id, m.c.roles, m.c.department_id, m.c.active, m.c.external, Department.path,
        within(work, reach_of).label("near"),
    )  # fmt: skip
    mine = and_(m.c.tenant_id == work.scope.tenant, m.c.id.in_(sorted(ids)))
    rows = work.connection.execute(select(*columns).outerjoin_from(m, Department.__table__, of_member).where(mine))
    return {
        row.id: (
            Who(work.scope.tenant, row.id, tuple(row.roles), row.department_id, row.path, external=row.external),
            bool(row.active),
            bool(row.near),
        )
        for row in rows
    }


def within(work: Work, of: Any) -> Any:
    """The condition on members to whom the actor may give what `of` holds."""
    reach, m = access.require(work, ACTION, KIND), table_of(Member)
    if reach is Reach.OWN:
        return or_(m.c.department_id == of.department_id, m.c.id == of.manager_id)
    return access.members_within(work.who, reach)


def superior(work: Work, of: Any) -> str | None:
    """Who stands above the leaver and is there."""
    m = table_of(Member)
    mine = and_(m.c.tenant_id == work.scope.tenant, m.c.id == of.manager_id, m.c.active.is_(True))
    return work.connection.scalar(select(m.c.id).where(mine))


def seen(work: Work) -> Any:
    """The condition on handovers that the actor may look at: of those whom he may hand over, and that name him."""
    h, me = table_of(Handover), work.who.id
    mine = [h.c.superior_id == me, h.c.executed_by == me, h.c.leaver_id == me, *_of_reached(work)]
    return and_(h.c.tenant_id == work.scope.tenant, or_(*mine))


def runs(work: Work) -> Any:
    """The condition on handovers that the actor may undo or dismiss: of those whom he reaches, his own if he ran it
    himself, and as the superior whom it names while it is due, or what he ran as that."""
    h, me = table_of(Handover), work.who.id
    ran = and_(h.c.executed_by == me, or_(h.c.leaver_id == me, h.c.superior_id == me))
    mine = [ran, and_(h.c.superior_id == me, h.c.state.in_(("due", "dismissed"))), *_of_reached(work)]
    return and_(h.c.tenant_id == work.scope.tenant, or_(*mine))


def may_give_grace(work: Work, of: Any) -> None:
    """Raises `forbidden` for who may not extend the protection of what `of` holds: nobody extends his own."""
    reach, m = access.require(work, "extend", KIND), table_of(Member)
    if work.who.is_system:
        return
    within = select(m.c.id).where(
        m.c.tenant_id == work.scope.tenant, m.c.id == of.id, access.members_within(work.who, reach)
    )
    if of.id == work.who.id or work.connection.scalar(within) is None:
        raise access.refusal(work, "extend", KIND, "days of grace are given by who may extend the leaver's protection")


def _told_of(work: Work) -> Any:
    h = table_of(Handover)
    named = and_(h.c.tenant_id == work.scope.tenant, h.c.superior_id == work.who.id)
    return select(h.c.leaver_id).where(named, h.c.state == "due")


def _of_reached(work: Work) -> list[Any]:
    h, m = table_of(Handover), table_of(Member)
    reach = work.runtime.ports.authorizer.reach(work.who, ACTION, KIND)
    if reach in (Reach.NONE, Reach.OWN):
        return []
    reached = access.members_within(work.who, reach)
    return [h.c.leaver_id.in_(select(m.c.id).where(m.c.tenant_id == work.scope.tenant, reached))]


def must_pass(work: Work, over_limits: bool) -> None:
    """Raises `forbidden` for who would pass limits and administers no handovers."""
    if over_limits and not administers(work):
        raise access.refusal(work, "administer", "handover", "only who administers handovers goes past limits")
