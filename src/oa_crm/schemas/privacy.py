"""Rights on built-in fields: which fields may be masked or hidden, and a company's rules for them.

What names or sorts a thing (a customer's name, kind, industry, region, level, owner) is seen by whoever sees the thing.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from oa_crm.hooks.ports import Sight
from oa_crm.masks import EMAIL, NUMBER, PERSON, PHONE, TEXT, Mask
from oa_crm.schemas.base import HostId, In, Out
from oa_crm.schemas.custom import Roles
from oa_crm.schemas.times import Moment

Shape = Mask | Mapping[str, Mask] | None
"""How a field is masked: as a text, by the parts of what it holds, or, where there is no mask, not shown at all."""

_INVOICE = {
    "title": TEXT, "tax_number": NUMBER, "address": TEXT, "phone": PHONE, "bank_name": TEXT, "bank_account": NUMBER,
}  # fmt: skip
FIELDS: Mapping[str, Mapping[str, Shape]] = {
    "customer": {
        "credit_code": NUMBER,
        "numbers": {"number": NUMBER},
        "phone": PHONE,
        "phones": {"number": PHONE},
        "email": EMAIL,
        "website": TEXT,
        "address": TEXT,
        "latitude": None,
        "longitude": None,
        "invoice": _INVOICE,
    },
    "contact": {
        "name": PERSON,
        "mobile": PHONE,
        "phones": PHONE,
        "emails": EMAIL,
        "wechat": TEXT,
        "birthday": TEXT,
        "gender": TEXT,
        "salutation": TEXT,
        "notes": TEXT,
    },
    "lead": {"person_name": PERSON, "phone": PHONE, "email": EMAIL, "need": TEXT, "budget": None, "notes": TEXT},
    "follow_up": {
        "outcome": TEXT,
        "key_issue": TEXT,
        "place": TEXT,
        "latitude": None,
        "longitude": None,
    },
    "project": {"expected": None},
    "contract": {"amount": None},
    "expense": {"amount": None, "description": TEXT},
}
PERSONAL: Mapping[str, tuple[str, ...]] = {
    "customer": ("phone", "phones", "email"),
    "contact": tuple(FIELDS["contact"]),
    "lead": ("person_name", "phone", "email"),
}
"""What of a kind tells of a person: being shown it is kept."""
KEPT_AS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "contact": {"name_key": ("contact.name",)},
    "lead": {"budget_minor": ("lead.budget",)},
    "project": {
        "expected_minor": ("project.expected",),
        "revenue_minor": ("contract.amount",),
        "expenses_minor": ("expense.amount",),
        "by_category": ("expense.amount",),
    },
    "contract": {"amount_minor": ("contract.amount",)},
    "expense": {"amount_minor": ("expense.amount",)},
    "plan": {"purpose": ("follow_up.outcome",), "ended_because": ("follow_up.outcome",)},
    "matter": {"words": ("follow_up.key_issue",)},
}
"""Columns, and facts of the audit, that tell a field under another name."""


class FieldRuleFacts(In):
    """Who sees a field, and who fills it in.

    `see` and `edit` name the only roles that may (empty: everybody), `masked` those that see a mask. What has no mask,
    such as money, is not shown to those at all.
    """

    kind: str = Field(max_length=20, description="the kind of thing, such as customer")
    field: str = Field(max_length=40, description="a field of that kind, such as phone")
    see: Roles = ()
    edit: Roles = ()
    masked: Roles = ()


class FieldRuleIn(FieldRuleFacts):
    """A rule to set. `expected_version` is the version you read, 0 where none was set."""

    expected_version: Annotated[int, Field(ge=0, le=2**31 - 1)]


class FieldRuleOut(Out):
    """A rule as it holds."""

    kind: str
    field: str
    see: tuple[str, ...]
    edit: tuple[str, ...]
    masked: tuple[str, ...]
    version: int
    updated_at: datetime
    updated_by: str


class FieldSight(Out):
    """How the asking person has a field: `sight`, whether he may fill it in, and what a mask shows of it."""

    kind: str
    field: str
    sight: Sight
    editable: bool
    mask: str | None


class LookFilter(In):
    """Which looks to list; every given field must match. `since` is taken along, `before` is not."""

    actor_id: HostId | None = None
    what: Literal["opened", "searched", "exported"] | None = None
    kind: str | None = Field(default=None, max_length=20, description="the kind of thing, such as customer")
    thing_id: UUID | None = None
    since: Moment | None = None
    before: Moment | None = None


class LookOut(Out):
    """That somebody was shown personal data: which `fields` of which thing, or of how `many`, and why if he said so."""

    id: UUID
    at: datetime
    actor_id: str
    on_behalf_of: str | None
    request_id: str
    what: str
    kind: str
    thing_id: UUID | None
    fields: tuple[str, ...]
    many: int
    detail: str | None
    reason: str | None
