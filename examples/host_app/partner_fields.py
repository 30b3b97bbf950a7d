"""What the platform wants to know of every company's customers beyond the CRM's own fields, defined in code."""

from oa_crm.hooks import CustomField, hookimpl

_GRADES = {
    "strategic": {"zh": "战略伙伴", "en": "Strategic partner"},
    "regular": {"zh": "普通伙伴", "en": "Regular partner"},
}


class PartnerFields:
    """Adds a partner grade that everybody sees, and a credit line that finance alone fills in."""

    name = "oa_partner_fields"

    @hookimpl
    def register_custom_fields(self) -> list[CustomField]:
        grade = {"zh": "伙伴等级", "en": "Partner grade"}
        line = {"zh": "授信额度", "en": "Credit line"}
        return [
            CustomField("customer", "partner_grade", "choice", grade, options=_GRADES),
            CustomField("customer", "credit_line", "money", line, currency="CNY", edit=("finance", "crm_admin")),
        ]
