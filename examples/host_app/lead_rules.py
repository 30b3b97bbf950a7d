"""The platform knows which leads are worth a call: those who were met, and those in its home province."""

from collections.abc import Iterable

from oa_crm.hooks import LeadFacts, LeadRule, hookimpl


class LeadScores:
    """Two rules of the sales department, beside the built-in ones."""

    name = "oa_lead_scores"

    @hookimpl
    def register_lead_rules(self) -> Iterable[LeadRule]:
        return [
            LeadRule("met_at_a_fair", 25, _met, "met at a trade fair", "展会上认识"),
            LeadRule("close_by", 10, _close_by, "in our home province", "本省客户"),
        ]


def _met(lead: LeadFacts) -> bool:
    return lead.source == "展会"


def _close_by(lead: LeadFacts) -> bool:
    return (lead.region or "").startswith("33")
