"""Things whose every maskable fact is a canary: a value that is found again wherever it leaks."""

from datetime import date
from itertools import count
from typing import Any

from oa_crm.duplicates.credit_code import check_character
from oa_crm.schemas import ContactOut, ContractOut, CustomerOut, ExpenseOut, FollowUpOut, LeadOut, ProjectOut
from oa_crm.schemas.privacy import FIELDS
from oa_crm.testing import Given, Kit

_CODE = "91330106MA2WXYT7{}"
CANARIES: dict[str, dict[str, str]] = {
    "customer": {
        "credit_code": "91330106MA2WXYT7",
        "numbers": "911144442",
        "phone": "13911112222",
        "phones": "13922223333",
        "email": "canary.mail",
        "website": "canarysite",
        "address": "金丝雀路",
        "latitude": "30.1234567",
        "longitude": "120.7654321",
        "invoice": "6222021234567890",
    },
    "contact": {
        "name": "雀舌儿",
        "mobile": "13933334444",
        "phones": "13944445555",
        "emails": "canary.person",
        "wechat": "canary_wx",
        "birthday": "1985-03-17",
        "gender": "other",
        "salutation": "雀总",
        "notes": "笔记里的金丝雀",
    },
    "lead": {
        "person_name": "雀尾儿",
        "phone": "13955556666",
        "email": "canary.lead",
        "need": "需求里的金丝雀",
        "budget": "718273",
        "notes": "线索里的金丝雀",
    },
    "follow_up": {
        "outcome": "谈话里的金丝雀",
        "key_issue": "问题里的金丝雀",
        "place": "约在雀园茶楼",
        "latitude": "31.7654321",
        "longitude": "121.1234567",
    },
    "project": {"expected": "818273"},
    "contract": {"amount": "918273"},
    "expense": {"amount": "618273", "description": "费用里的金丝雀"},
}
"""What to look for, by kind and field."""
_NOT_ALONE = {("contact", "gender")}
"""A word that stands in other answers as well: what it says of a person is looked for as a field."""
DERIVED = ("300000.00", "300000.91", "91827364", "81827364", "71827364", "61827364")
"""Sums and minor units that tell an amount."""


def leaks(said: str) -> set[str]:
    """The canaries in a text, whatever commas its amounts have."""
    said = said.replace(",", "")
    wanted = {f"{kind}.{field}": text for kind, texts in CANARIES.items() for field, text in texts.items()}
    found = {name for name, text in wanted.items() if text in said and tuple(name.split(".")) not in _NOT_ALONE}
    return found | {one for one in DERIVED if one in said}


def all_fields_have_one() -> bool:
    """Whether no maskable field is without a canary."""
    return {kind: set(fields) for kind, fields in FIELDS.items()} == {kind: set(c) for kind, c in CANARIES.items()}


_LAST = "0123456789ABCDEFGHJKLMNPQRTUWXY"


class CanaryGiven(Given):
    """Given things with canaries in every field that a caller leaves open."""

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit)
        self._number = count()

    def customer(self, **fields: Any) -> CustomerOut:
        at = next(self._number)
        known = CANARIES["customer"]
        facts: dict[str, Any] = {
            "credit_code": (body := f"{known['credit_code']}{_LAST[at]}") + check_character(body),
            "phone": known["phone"],
            "phones": [{"number": known["phones"], "label": "前台"}],
            "email": "canary.mail@example.com",
            "website": "https://www.canarysite.example",
            "address": "杭州市金丝雀路 7 号",
            "latitude": known["latitude"],
            "longitude": known["longitude"],
            "invoice": {"title": "雀", "bank_account": known["invoice"], "phone": "13966667777"},
        }
        numbers = {"numbers": [{"scheme": "us.ein", "number": known["numbers"]}]} if at == 0 else {}
        return super().customer(**{**facts, **numbers, **fields})

    def contact(self, customer: CustomerOut | None = None, **fields: Any) -> ContactOut:
        known = CANARIES["contact"]
        facts: dict[str, Any] = {name: known[name] for name in known if name not in ("phones", "emails")}
        facts |= {"phones": [known["phones"]], "emails": ["canary.person@example.com"]}
        return super().contact(customer, **{**facts, **fields})

    def lead(self, **fields: Any) -> LeadOut:
        known = CANARIES["lead"]
        facts = {**known, "email": "canary.lead@example.com", "budget": "718273.64"}
        return super().lead(**{**facts, **fields})

    def project(self, customer: CustomerOut | None = None, **fields: Any) -> ProjectOut:
        return super().project(customer, **{"expected": "818273.64", **fields})

    def follow_up(self, customer: CustomerOut | None = None, **fields: Any) -> FollowUpOut:
        return super().follow_up(customer, **{**CANARIES["follow_up"], **fields})

    def contract(self, project: ProjectOut | None = None, **fields: Any) -> ContractOut:
        return super().contract(project, **{"amount": "918273.64", **fields})

    def expense(self, project: ProjectOut | None = None, **fields: Any) -> ExpenseOut:
        facts: dict[str, Any] = {"amount": "618273.64", "description": CANARIES["expense"]["description"]}
        return super().expense(project, **{**facts, "occurred_on": date(2026, 3, 2), **fields})
