"""The few rules by which leads are scored without any plugin; block this one to have none of them."""

from oa_crm.hooks import LeadRule, hookimpl


class LeadRules:
    """Who says what he needs and what he may spend, and can be reached, is worth the first call."""

    name = "lead_rules"

    @hookimpl
    def register_lead_rules(self) -> list[LeadRule]:
        return [
            LeadRule("has_budget", 30, lambda lead: lead.budget is not None, "the budget is known", "已知预算"),
            LeadRule("has_need", 20, lambda lead: lead.need is not None, "the need is known", "已知需求"),
            LeadRule("has_phone", 20, lambda lead: lead.phone is not None, "there is a phone number", "有电话"),
            LeadRule("has_person", 10, lambda lead: lead.person_name is not None, "a person is named", "有联系人"),
            LeadRule("has_email", 10, lambda lead: lead.email is not None, "there is an e-mail address", "有邮箱"),
            LeadRule("contacted", 10, lambda lead: lead.contacted, "somebody has talked to it", "已有跟进"),
        ]
