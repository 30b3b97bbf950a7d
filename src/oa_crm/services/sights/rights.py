"""How the actor has a built-in field: the company's rule, and what the authorizer adds. Asked once a unit and field."""

from collections.abc import Iterable

from sqlalchemy import and_, select

from oa_crm.hooks.ports import FieldRight, Sight, Who
from oa_crm.models import FieldRule, FieldRuleSet, table_of
from oa_crm.services.field_rules import Rule, Rules
from oa_crm.services.sights.roles import STRICT, asked_of, by_roles, joined
from oa_crm.services.work import Work

_NO_RULES: Rules = {}


def right(work: Work, kind: str, field: str) -> FieldRight:
    """What this person may do with the field."""
    known: FieldRight | None = work.sights.get((kind, field))
    if known is None:
        known = work.sights[kind, field] = _decided(work, kind, field)
    return known


def strictest(work: Work, fields: Iterable[str]) -> Sight:
    """How the person sees what tells all of these, each "kind.field"."""
    sights = [right(work, *one.split(".")).sight for one in fields]
    return max(sights, key=STRICT.index, default=Sight.OPEN)


def openly(work: Work, who: Who, kind: str, field: str) -> bool:
    """Whether somebody else sees the field as it is."""
    rule = _rules(work).get(f"{kind}.{field}")
    ours = FieldRight() if rule is None else by_roles(rule, who.roles)
    return joined(ours, asked_of(work.runtime.ports.authorizer, who, kind, field)).sight is Sight.OPEN


def all_open(work: Work) -> bool:
    """Whether nothing is masked, hidden or kept from being edited for anybody of this company."""
    if work.who.is_system:
        return True
    return work.rules_stamp is None and not hasattr(work.runtime.ports.authorizer, "field")


def _decided(work: Work, kind: str, field: str) -> FieldRight:
    if all_open(work):
        return FieldRight()
    rule = _rules(work).get(f"{kind}.{field}")
    ours = FieldRight() if rule is None else by_roles(rule, work.who.roles)
    return joined(ours, asked_of(work.runtime.ports.authorizer, work.who, kind, field))


def _rules(work: Work) -> Rules:
    if (stamp := work.rules_stamp) is None:
        return _NO_RULES
    tenant, shelf = work.scope.tenant, work.runtime.rules
    if (found := shelf.find(tenant, stamp)) is not None:
        return found
    sets, rules = table_of(FieldRuleSet), table_of(FieldRule)
    # One statement, so that the stamp is the one of these very rules; a locking read, since a host may see old rows.
    of_set = rules.c.tenant_id == sets.c.tenant_id
    query = select(sets.c.stamp, rules).join(rules, of_set, isouter=True)
    rows = work.connection.execute(query.where(and_(sets.c.tenant_id == tenant))).all()
    read = {
        f"{row.kind}.{row.field}": Rule(tuple(row.see), tuple(row.edit), tuple(row.masked))
        for row in rows
        if row.kind is not None
    }
    return shelf.keep(tenant, rows[0].stamp, read)
