"""From reach to SQL: which rows of a kind the person may see or touch.

The only place where permission becomes a condition. Default deny: a kind or an action that the authorizer
does not know reaches nothing.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, True_, and_, any_, false, func, or_, select, true

from oa_crm.errors import Forbidden
from oa_crm.hooks.answers import RowRule
from oa_crm.hooks.ports import Reach, Who
from oa_crm.models import (
    Base,
    Contact,
    Customer,
    Department,
    File,
    FollowUp,
    HelpRequest,
    Lead,
    Member,
    Plan,
    Post,
    Project,
    Share,
    Strategy,
    kind_of,
    rights_of,
    table_of,
)
from oa_crm.services import seated
from oa_crm.services.bounds import rules as remit_rules
from oa_crm.services.kinds import HOLDERS
from oa_crm.services.work import Work

Condition = ColumnElement[bool]
_EFFECTS = ("grant", "limit")


def visible(work: Work, model: type[Base], action: str = "read") -> Condition:
    """The condition that every query of `model` carries: tenant, reach, grants, limits, and that it is not merged."""
    table = table_of(model)
    allowed = allowed_rows(work, work.who, model, action)
    return and_(table.c.tenant_id == work.scope.tenant, allowed, *still_there(model))


def visible_apart(work: Work, model: type[Base]) -> list[Condition]:
    """What `visible` gives to read, as conditions that are each a range of an index: what the person reaches, and what
    he has seats on. A row may meet both."""
    table, rules = table_of(model), rules_on(work, work.who, model, "read")
    by_seats = [condition for _, condition in seated.rows(work, work.who, model, "read")]
    if not by_seats:
        return [visible(work, model)]
    limits = [condition for rule, condition in rules if rule.effect == "limit"]
    mine = (_ruled(reached_rows(work, work.who, model, "read"), rules), and_(or_(*by_seats), *limits))
    return [and_(table.c.tenant_id == work.scope.tenant, one, *still_there(model)) for one in mine]


def still_there(model: type[Base]) -> tuple[Condition, ...]:
    """A customer that was merged into another is in no list: its file is the other's."""
    return (table_of(Customer).c.merged_into.is_(None),) if model is Customer else ()


def require(work: Work, action: str, kind: str) -> Reach:
    """The person's reach; raises `Forbidden` when it is none."""
    reach = work.runtime.ports.authorizer.reach(work.who, action, kind)
    if reach is Reach.NONE:
        reason = work.runtime.ports.authorizer.because(work.who, action, kind)
        raise Forbidden(actor=work.who.id, action=action, kind=kind, reason=reason)
    return reach


def administers(work: Work, kind: str) -> bool:
    """Whether the person may administer things of this kind."""
    return work.runtime.ports.authorizer.reach(work.who, "administer", kind) is not Reach.NONE


def refuse_outsiders(work: Work, kind: str) -> None:
    """Raises `forbidden` for an outsider: it is the company's own affair."""
    if work.who.external:
        raise refusal(work, "read", kind, "it is the company's own; outsiders do not see it")


def refusal(work: Work, action: str, kind: str, reason: str) -> Forbidden:
    """The error for an act that this person may not do, with the reason."""
    return Forbidden(actor=work.who.id, action=action, kind=kind, reason=reason)


def out_of_reach(work: Work, action: str, kind: str) -> Forbidden:
    """The refusal for a row that may be seen but not acted on."""
    rule = work.runtime.ports.authorizer.because(work.who, action, kind)
    return refusal(work, action, kind, f"{rule}; this one is beyond that")


def allowed_rows(work: Work, who: Who, model: type[Base], action: str) -> Condition:
    """Reach OR grants, AND every limit. The tenant is the caller's part."""
    if who.is_system:
        return true()
    if rights_of(model) != kind_of(model):
        return _through_another(work, who, model, action)
    by_seats = (condition for _, condition in seated.rows(work, who, model, action))
    reached = or_(reached_rows(work, who, model, action), *by_seats)
    return _ruled(reached, rules_on(work, who, model, action))


def sees_all(work: Work, model: type[Base]) -> bool:
    """Whether the person may read every row of the company's, so that nothing but the tenant narrows them."""
    return isinstance(allowed_rows(work, work.who, model, "read"), True_)


def at_customer(work: Work, model: type[Base], customer_id: Any) -> Condition:
    """The rows at a customer whom the person was just found to see. Whoever reads the kind at all reads them through
    the customer, so that nobody's other customers are looked at; grants and limits hold as everywhere."""
    table, who = table_of(model), work.who
    theirs = and_(table.c.tenant_id == work.scope.tenant, table.c.customer_id == customer_id)
    if who.is_system or rights_of(model) != kind_of(model):
        return theirs
    reached = false() if reads_none(work, who, kind_of(model)) else true()
    return and_(theirs, or_(_ruled(reached, registered(work, who, model))))


def seen_by(work: Work, model: type[Base], id: UUID, whos: Sequence[Who], action: str = "read") -> set[str]:
    """Which of these people see (or may act on) this one row. One statement."""
    table = table_of(model)
    this = and_(table.c.tenant_id == work.scope.tenant, table.c.id == id, *still_there(model))
    asked = [
        select(func.count()).select_from(table).where(this, allowed_rows(work, who, model, action)).scalar_subquery()
        for who in whos
    ]
    if not asked:
        return set()
    found = work.connection.execute(select(*(one.label(f"who_{at}") for at, one in enumerate(asked)))).one()
    return {who.id for who, many in zip(whos, found, strict=True) if many}


def seen_among(work: Work, model: type[Base], ids: Collection[UUID], who: Who) -> set[UUID]:
    """Which of these rows a person sees. One statement."""
    table = table_of(model)
    these = and_(table.c.tenant_id == work.scope.tenant, table.c.id.in_(ids), *still_there(model))
    seen = select(table.c.id).where(these, allowed_rows(work, who, model, "read"))
    return set(work.connection.scalars(seen)) if ids else set()


def unread(work: Work) -> tuple[str, ...] | None:
    """The kinds that the person reads none of: with the tenant all that `at_customer` depends on. None where row rules
    have a say about him, and nothing may be kept."""
    kinds = {kind_of(model): model for model in HOLDERS.values() if rights_of(model) == kind_of(model)}
    for kind, model in kinds.items():
        for effect in ("grant", "limit"):
            if any(row_rules(work, work.who, kind, effect, table_of(model))):
                return None
    return tuple(kind for kind in kinds if reads_none(work, work.who, kind))


def reaches(work: Work) -> tuple[Reach, ...]:
    """How far the person reads each kind: what `visible` depends on beside him, his company and row rules."""
    kinds = sorted({rights_of(model) for model in HOLDERS.values()})
    return tuple(work.runtime.ports.authorizer.reach(work.who, "read", kind) for kind in kinds)


def withheld(work: Work, model: type[Base]) -> bool:
    """Whether the person reads nothing of this kind: it is out of his reach, and no rule grants him any."""
    who, kind = work.who, kind_of(model)
    return reads_none(work, who, kind) and not any(row_rules(work, who, kind, "grant", table_of(model)))


def beyond(work: Work, needs: Sequence[type[Base]], reach: str | None) -> bool:
    """Whether the person reads nothing of what needs these kinds, by reach or by a grant, and a reach that no grant
    gives."""
    return (reach is not None and reads_none(work, work.who, reach)) or any(withheld(work, model) for model in needs)


def reads_none(work: Work, who: Who, kind: str) -> bool:
    """Whether the person's reach is none, whatever rules may grant."""
    return not who.is_system and work.runtime.ports.authorizer.reach(who, "read", kind) is Reach.NONE


def rules_on(work: Work, who: Who, model: type[Base], action: str) -> list[tuple[RowRule, Condition]]:
    """Everything that has something to say about this person and these rows: registered rules, then his remits."""
    remits = (one for effect in _EFFECTS for one in remit_rules(work, who, model, effect, action))
    return [*registered(work, who, model), *remits]


def limits_on(work: Work, model: type[Base]) -> list[Condition]:
    """What keeps rows of a kind from this person, whoever has them."""
    return [condition for rule, condition in rules_on(work, work.who, model, "read") if rule.effect == "limit"]


def registered(work: Work, who: Who, model: type[Base]) -> list[tuple[RowRule, Condition]]:
    """The rules of plugins alone."""
    return [one for effect in _EFFECTS for one in row_rules(work, who, kind_of(model), effect, table_of(model))]


def _ruled(reached: Condition, rules: Sequence[tuple[RowRule, Condition]]) -> Condition:
    """What is reached, or granted, within every limit."""
    grants = [condition for rule, condition in rules if rule.effect == "grant"]
    limits = [condition for rule, condition in rules if rule.effect == "limit"]
    return and_(or_(reached, *grants), *limits) if grants or limits else reached


def in_pool(work: Work, model: type[Base], action: str = "claim") -> Condition:
    """The rows that nobody has, for whoever may do `action` with this kind at all; every limit holds here too."""
    require(work, action, kind_of(model))
    return nobodys(work, model)


def nobodys(work: Work, model: type[Base]) -> Condition:
    """The rows that nobody has. Whether the person may have to do with them is the caller's part; limits hold."""
    table, who = table_of(model), work.who
    if who.external and model is not Customer:
        return false()  # only pools of customers have members by name
    return and_(table.c.tenant_id == work.scope.tenant, table.c.owner_id.is_(None), *limits_on(work, model))


def reached_rows(work: Work, who: Who, model: type[Base], action: str) -> Condition:
    """What the reach alone gives, without any row rule on this kind: one's own or one's people's, or through
    the customer."""
    if who.is_system:
        return true()
    if rights_of(model) != kind_of(model):
        return _through_another(work, who, model, action)
    kind, table = kind_of(model), table_of(model)
    reach = work.runtime.ports.authorizer.reach(who, action, kind)
    own = _owned_within(who, model, reach)
    if kind != "customer" and reach is not Reach.NONE and "customer_id" in table.c:
        return or_(own, _through_customer(work, who, table, action))
    return own


@lru_cache(maxsize=1024)
def owned_apart(who: Who, model: type[Base], reach: Reach, dialect: str) -> tuple[Condition, ...]:
    """What `owned_within` gives, as conditions that are each a range of an index. Kept as that is."""
    return _ranges(who, table_of(model).c.owner_id, reach, _in_array if dialect == "postgresql" else _in)


def _in(owner: ColumnElement[Any], people: Any) -> Condition:
    return owner.in_(people)


def _in_array(owner: ColumnElement[Any], people: Any) -> Condition:
    """PostgreSQL reads a table for a list of which it expects much; of an array it expects ten."""
    return owner == any_(func.array(people.scalar_subquery()))


def row_rules(work: Work, who: Who, kind: str, effect: str, table: FromClause) -> Iterator[tuple[RowRule, Condition]]:
    """The registered rules that have something to say about this person; about the system, none has. An outsider is
    granted nothing by a rule."""
    nothing = who.is_system or (who.external and effect == "grant")
    for rule in () if nothing else work.runtime.extras.row_rules:
        if rule.kind == kind and rule.effect == effect:
            condition = rule.condition(who, table.c)
            if condition is not None:
                yield rule, condition


def owned_within(who: Who, model: type[Base], reach: Reach) -> Condition:
    """The rows of `model` whose owner a person would reach with `reach`, whatever he may do with them."""
    return _owned_within(who, model, reach)


def members_within(who: Who, reach: Reach) -> Condition:
    """The condition on the member table for the people a person reaches."""
    return _reached(who, table_of(Member).c.id, reach)


@lru_cache(maxsize=1024)
def _owned_within(who: Who, model: type[Base], reach: Reach) -> Condition:
    """Kept, for a condition takes longer to build than to run; it holds nothing but what it was asked for."""
    # Bracketed: a bare "false" would take the tenant's condition beside it along.
    return or_(_reached(who, table_of(model).c.owner_id, reach))


def _reached(who: Who, owner: ColumnElement[Any], reach: Reach) -> Condition:
    return or_(*_ranges(who, owner, reach, _in))


def _ranges(
    who: Who, owner: ColumnElement[Any], reach: Reach, among: Callable[[ColumnElement[Any], Any], Condition]
) -> tuple[Condition, ...]:
    if reach is Reach.NONE:
        return (false(),)
    if reach is Reach.ALL:
        return (true(),)
    if reach is Reach.OWN:
        return (owner == who.id,)
    if reach is Reach.TEAM:
        return owner == who.id, among(owner, _members(who).where(Member.manager_id == who.id))
    # Nobody's customers are the company's: who reaches a department sees those in the pool too.
    return owner == who.id, owner.is_(None), among(owner, _of_department(who, reach))


def _of_department(who: Who, reach: Reach) -> Any:
    if who.department_path is None:
        return _members(who).where(false())
    if reach is Reach.DEPARTMENT:
        return _members(who).where(Member.department_id == who.department_id)
    below = (Department.path >= who.department_path) & (Department.path < _after(who.department_path))
    of_tenant = (Department.tenant_id == Member.tenant_id) & (Department.id == Member.department_id)
    return _members(who).join(Department, of_tenant).where(below)


def _members(who: Who) -> Any:
    return select(Member.id).where(Member.tenant_id == who.tenant)


def _after(path: str) -> str:
    """The first text after everything that begins with `path`, which ends with a slash ("0" follows "/")."""
    return path[:-1] + "0"


def _through_customer(work: Work, who: Who, table: FromClause, action: str) -> Condition:
    customers = table_of(Customer)
    seen = and_(customers.c.tenant_id == who.tenant, allowed_rows(work, who, Customer, action))
    return table.c.customer_id.in_(select(customers.c.id).where(seen))


def _through_another(work: Work, who: Who, model: type[Base], action: str) -> Condition:
    if model is Contact:
        return _through_posts(work, who, action)
    if model is File:
        return _through_holder(work, who, action)
    if model in (Strategy, Share):
        return _through_subject(work, who, table_of(model), action)
    if model is HelpRequest:
        through = _through_subject(work, who, table_of(model), action)
        return or_(through, addressed(who)) if action == "read" else through
    ours = _through_customer(work, who, table_of(model), action)
    return or_(ours, _of_a_lead(work, who, model, action)) if model in (FollowUp, Plan) else ours


def _of_a_lead(work: Work, who: Who, model: type[Base], action: str) -> Condition:
    """What was said to a lead that is no customer yet, or is planned with it, is the lead's."""
    said, leads = table_of(model), table_of(Lead)
    reached = and_(leads.c.tenant_id == who.tenant, allowed_rows(work, who, Lead, action))
    return and_(said.c.customer_id.is_(None), said.c.lead_id.in_(select(leads.c.id).where(reached)))


def _through_subject(work: Work, who: Who, table: FromClause, action: str) -> Condition:
    """What is about a project is the project's, the rest is the customer's."""
    projects = table_of(Project)
    reached = and_(projects.c.tenant_id == who.tenant, allowed_rows(work, who, Project, action))
    of_project = table.c.project_id.in_(select(projects.c.id).where(reached))
    return or_(of_project, and_(table.c.project_id.is_(None), _through_customer(work, who, table, action)))


def addressed(who: Who, *, at_any_time: bool = False) -> Condition:
    """The requests for help that a person has taken up, or is asked while nobody has; `at_any_time` also those that
    another of those asked has taken up. An outsider is asked by name alone."""
    table = table_of(HelpRequest)
    ways = [and_(table.c.to_kind == "member", table.c.to_id == who.id)]
    if who.department_id is not None and not who.external:
        ways.append(and_(table.c.to_kind == "department", table.c.to_id == who.department_id))
    if who.roles and not who.external:
        ways.append(and_(table.c.to_kind == "role", table.c.to_id.in_(who.roles)))
    asked = or_(*ways) if at_any_time else and_(table.c.helper_id.is_(None), or_(*ways))
    return or_(table.c.helper_id == who.id, asked)


def _through_posts(work: Work, who: Who, action: str) -> Condition:
    """A person is seen by whoever sees a customer where he stands or stood. He is changed where he stands; where he
    stood, only while he stands nowhere: who lost him to another customer has no more say."""
    persons, posts = table_of(Contact), table_of(Post)
    ours = select(posts.c.contact_id).where(posts.c.tenant_id == who.tenant)
    reached = ours.where(_through_customer(work, who, posts, action))
    if action == "read":
        return persons.c.id.in_(reached)
    stands, somewhere = posts.c.is_current == 1, persons.c.id.in_(ours.where(posts.c.is_current == 1))
    return or_(persons.c.id.in_(reached.where(stands)), and_(~somewhere, persons.c.id.in_(reached)))


def _through_holder(work: Work, who: Who, action: str) -> Condition:
    """A file is seen, and taken away, by whoever may do so with what it is attached to."""
    files = table_of(File)
    ways = []
    for kind, model in HOLDERS.items():
        holders = table_of(model)
        reached = and_(holders.c.tenant_id == who.tenant, allowed_rows(work, who, model, action))
        ways.append(and_(files.c.kind == kind, files.c.thing_id.in_(select(holders.c.id).where(reached))))
    return or_(*ways)
