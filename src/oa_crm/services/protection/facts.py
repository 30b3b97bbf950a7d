"""The facts that deadlines are worked out from: one statement for as many customers as are asked for.

Whatever is a fact here is a fact of the customer, its talks, its projects and its contracts.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, exists, func, or_, select

from oa_crm.models import (
    WON_STEP,
    Contract,
    Customer,
    FollowUp,
    Ownership,
    Project,
    ProtectionExtension,
    StageChange,
    StruckFollowUp,
    table_of,
)
from oa_crm.schemas.protection import Progress
from oa_crm.services.agreed import AGREED
from oa_crm.services.among import Form, among_given, form_of, in_form
from oa_crm.services.latest import OF_CUSTOMER, by_index
from oa_crm.services.work import Work

_OWN = (
    "id", "name", "kind", "level", "owner_id", "owner_since", "owner_no", "pool_id", "locked_at", "merged_into",
    "created_at", "protected_until", "protected_by", "warned_for", "warned_days", "warned_at", "sweep_at",
)  # fmt: skip


def of(work: Work, progress: Progress, ids: Sequence[UUID]) -> list[Any]:
    """The facts of these customers."""
    form = form_of(work, ids)
    mine = _of_some(progress, work.runtime.settings.stages, form)
    return list(work.connection.execute(mine, {"tenant": work.scope.tenant, "ids": in_form(form, ids)}))


def of_those(work: Work, progress: Progress, ids: Select[Any]) -> list[Any]:
    """The facts of the customers whose ids a query names, however many."""
    mine = _of_all(progress, work.runtime.settings.stages).where(table_of(Customer).c.id.in_(ids))
    return list(work.connection.execute(mine, {"tenant": work.scope.tenant}))


@lru_cache(maxsize=256)
def _of_some(progress: Progress, stages: tuple[str, ...], form: Form) -> Select[Any]:
    """Kept, for every unit that touches a customer asks it, and building it takes longer than running it."""
    return _of_all(progress, stages).where(among_given(table_of(Customer).c.id, "ids", form))


def _of_all(progress: Progress, stages: tuple[str, ...]) -> Select[Any]:
    c = table_of(Customer).c
    return select(
        *(c[name] for name in _OWN),
        func.coalesce(c.clock_from, c.owner_since, c.created_at).label("counts_from"),
        _from_pool(c).label("from_pool"),
        _last_talk(c, None).label("last_follow_up"),
        _last_talk(c, progress.ways).label("last_talk"),
        _last_move(c, progress, stages).label("last_move"),
        _alive_project(c).label("alive_project"),
        _contract(c, func.max(table_of(Contract).c.approved_at), AGREED).scalar_subquery().label("last_contract"),
        exists(_contract(c, table_of(Contract).c.id, ("in_approval",))).label("in_approval"),
        _extended(c).label("extended_until"),
    ).where(c.tenant_id == bindparam("tenant"))


def _from_pool(c: Any) -> ColumnElement[Any]:
    """The pool that it was in before its owner got it."""
    o = table_of(Ownership).c
    before = and_(o.tenant_id == c.tenant_id, o.customer_id == c.id, o.number == c.owner_no - 1)
    return select(o.pool_id).where(before).scalar_subquery()


def _last_talk(c: Any, ways: Sequence[str] | None) -> ColumnElement[Any]:
    f, struck = table_of(FollowUp).c, table_of(StruckFollowUp).c
    is_struck = exists().where(struck.tenant_id == f.tenant_id, struck.follow_up_id == f.id)
    theirs = and_(f.tenant_id == c.tenant_id, f.customer_id == c.id, ~is_struck)
    counts = theirs if ways is None else and_(theirs, f.way.in_(ways))
    latest = select(f.happened_at).where(counts).order_by(f.happened_at.desc()).limit(1)
    return by_index(latest, table_of(FollowUp), OF_CUSTOMER).scalar_subquery()


def _last_move(c: Any, progress: Progress, stages: Sequence[str]) -> ColumnElement[Any]:
    """When a project of the customer last began or got further than it ever was: a move to and fro counts once."""
    p, m, earlier = table_of(Project).c, table_of(StageChange).c, table_of(StageChange).alias().c
    ranks = {**{stage: rank for rank, stage in enumerate(stages)}, "won": WON_STEP}
    # A move from before there were pipelines stands where the settings say.
    rank, was = (func.coalesce(one.step, case(ranks, value=one.after, else_=-1)) for one in (m, earlier))
    so_far = and_(earlier.tenant_id == m.tenant_id, earlier.project_id == m.project_id, earlier.id < m.id)
    further = and_(rank >= 0, m.before.is_not(None), ~exists().where(so_far, was >= rank))
    counts = [*([m.before.is_(None)] if progress.projects else []), *([further] if progress.stages else [])]
    theirs = and_(p.tenant_id == c.tenant_id, p.customer_id == c.id, m.tenant_id == p.tenant_id, m.project_id == p.id)
    return select(func.max(m.at)).where(theirs, or_(*counts) if counts else m.id < 0).scalar_subquery()


def _alive_project(c: Any) -> ColumnElement[Any]:
    """When an open project of the customer last moved."""
    p, m = table_of(Project).c, table_of(StageChange).c
    theirs = and_(p.tenant_id == c.tenant_id, p.customer_id == c.id, p.state == "open")
    return select(func.max(m.at)).where(theirs, m.tenant_id == p.tenant_id, m.project_id == p.id).scalar_subquery()


def _contract(c: Any, column: Any, states: Sequence[str]) -> Select[Any]:
    k = table_of(Contract).c
    return select(column).where(k.tenant_id == c.tenant_id, k.customer_id == c.id, k.state.in_(states))


def _extended(c: Any) -> ColumnElement[Any]:
    e = table_of(ProtectionExtension).c
    theirs = and_(e.tenant_id == c.tenant_id, e.customer_id == c.id, e.owner_no == c.owner_no, e.state == "granted")
    return select(func.max(e.until)).where(theirs).scalar_subquery()
