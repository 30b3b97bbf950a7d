"""A lead's score: the sum of all rules that hold, kept with the names of those rules."""

from collections.abc import Mapping
from typing import Any

from oa_crm.hooks.scoring import LeadFacts
from oa_crm.schemas import LeadReason
from oa_crm.services.amounts import money
from oa_crm.services.work import Work

_FACTS = ("company_name", "person_name", "phone", "email", "source", "region", "industry", "need")
MATTERS = frozenset({*_FACTS, "budget_minor", "last_follow_up_at"})
"""The columns that a rule may look at: when one of these changes, the score is made anew."""


def scored(work: Work, row: Mapping[str, Any]) -> dict[str, Any]:
    """`score` and `scored` of a lead with these facts. Raises `plugin_refused` for a rule that fails."""
    budget = None if row["budget_minor"] is None else money(row["budget_minor"], row["currency"])
    contacted = row["last_follow_up_at"] is not None
    facts = LeadFacts(budget=budget, contacted=contacted, **{name: row[name] for name in _FACTS})
    held = [[rule.name, rule.points] for rule in work.runtime.extras.lead_rules if rule.holds(facts)]
    return {"score": sum(points for _, points in held), "scored": held}


def reasons(work: Work, held: list[tuple[str, int]]) -> tuple[LeadReason, ...]:
    """The kept rules with their reasons; one that is registered no longer is told by its name."""
    known = {rule.name: rule.told(work.scope.locale) for rule in work.runtime.extras.lead_rules}
    told = (LeadReason(rule=name, points=points, reason=known.get(name, name)) for name, points in held)
    return tuple(sorted(told, key=lambda one: (-abs(one.points), one.rule)))
