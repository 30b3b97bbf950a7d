"""People at customers: the person, his posts, and who reports to whom."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from oa_crm.schemas.base import In, Line, Out, Patch, Prose, Reason, Record, Shows
from oa_crm.schemas.times import Day

Role = Literal["decision_maker", "influencer", "user", "gatekeeper", "other"]
Gender = Literal["male", "female", "other"]
Number = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
Email = Annotated[str, StringConstraints(strip_whitespace=True, max_length=254, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]
Short = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
_BIRTHDAY = re.compile(r"(?:([0-9]{4})|-)-([0-9]{2})-([0-9]{2})")
_A_LEAP_YEAR = 2000


def _day(value: Any) -> Any:
    return value.isoformat() if type(value) is date else value


def _birthday(value: str) -> str:
    found = _BIRTHDAY.fullmatch(value)
    try:
        if found:
            date(int(found[1] or _A_LEAP_YEAR), int(found[2]), int(found[3]))
            return value
    except ValueError:
        pass
    raise PydanticCustomError("not_a_birthday", "{given} is no day", {"given": repr(value[:20])})


Birthday = Annotated[str, BeforeValidator(_day), AfterValidator(_birthday)]
"""A day, "1985-03-02", or without its year, "--03-02", as RFC 6350 writes it."""


class _Person(In):
    mobile: Number | None = Field(default=None, description="a phone number, such as 138 0013 8000 or +49 30 901820")
    phones: tuple[Number, ...] = Field(default=(), max_length=10, description="at most 10 phone numbers")
    emails: tuple[Email, ...] = Field(default=(), max_length=10, description="at most 10 e-mail addresses")
    wechat: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)] | None = None
    birthday: Birthday | None = Field(default=None, description="1985-03-02, or --03-02 without the year")
    gender: Gender | None = None
    salutation: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)] | None = None
    notes: Prose | None = None


class _Standing(In):
    title: Short | None = None
    department: Short | None = None
    role: Role | None = Field(default=None, description="the part he plays in the decision")
    reports_to: UUID | None = Field(default=None, description="the contact at the same customer who is his superior")
    started_on: Day | None = None


class ContactIn(_Person, _Standing):
    """A person, and what he is at a customer. Numbers without a country code are of `settings.phone_region`."""

    KIND = "contact"

    name: Line = Field(description="the person's name, 1 to 200 characters")
    customer_id: UUID = Field(description="the id of a customer on file")
    primary: bool = Field(default=False, description="whom to turn to first; takes it from whoever was it")


class ContactRow(_Person):
    """A contact as a row of a file tells it: at the customer that is called so, or has this id, Unified Social Credit
    Code or identity number, and below `reports_to`, who is called so there. `post_id` says who he is of those on file,
    as an export tells it. Of somebody who `left`, `ended_on` left out means today."""

    KIND = "contact"
    FOUND_BY: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "credit_code": ("customer.credit_code",),
        "number": ("customer.numbers",),
        "reports_to": ("contact.name",),
    }

    name: Line = Field(description="the person's name, 1 to 200 characters")
    customer: Line | None = None
    customer_id: UUID | None = None
    credit_code: Line | None = None
    number: Line | None = Field(default=None, description="scheme:number, such as us.ein:91-1144442")
    post_id: UUID | None = Field(default=None, description="as an export tells it; empty for somebody new")
    title: Short | None = None
    department: Short | None = None
    role: Role | None = Field(default=None, description="the part he plays in the decision")
    reports_to: Line | None = None
    started_on: Day | None = None
    status: Literal["active", "left"] = "active"
    ended_on: Day | None = None
    primary: bool = Field(default=False, description="yes or no")


class ContactPatch(Patch):
    """Facts to change on a person. `phones` and `emails` replace all there were."""

    KIND = "contact"

    name: Line | None = Field(default=None, description="the person's name, 1 to 200 characters")
    mobile: Number | None = Field(default=None, description="a phone number, such as 138 0013 8000 or +49 30 901820")
    phones: tuple[Number, ...] | None = Field(default=None, max_length=10, description="at most 10 phone numbers")
    emails: tuple[Email, ...] | None = Field(default=None, max_length=10, description="at most 10 e-mail addresses")
    wechat: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)] | None = None
    birthday: Birthday | None = Field(default=None, description="1985-03-02, or --03-02 without the year")
    gender: Gender | None = None
    salutation: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)] | None = None
    notes: Prose | None = None


class PostPatch(Patch):
    """What to change on a current post."""

    title: Short | None = None
    department: Short | None = None
    role: Role | None = Field(default=None, description="the part he plays in the decision")
    reports_to: UUID | None = Field(default=None, description="the contact at the same customer who is his superior")
    started_on: Day | None = None


class ContactMove(_Standing):
    """A person takes a post at a customer, and leaves those that he has unless `keep_posts`.

    `started_on` left out means today; it is also the day on which the others end."""

    customer_id: UUID = Field(description="the id of a customer on file")
    keep_posts: bool = Field(default=False, description="he stands at both")
    primary: bool = Field(default=False, description="whom to turn to first; takes it from whoever was it")


class LeaveIn(In):
    """The end of a post."""

    expected_version: Annotated[int, Field(ge=1, le=2**31 - 1)] = Field(
        description="the version you read before editing"
    )
    on: Day | None = Field(default=None, description="left out: today")
    reason: Reason | None = None


class PostOut(Record):
    """What a person is or was at a customer. `reports_to` is a contact."""

    contact_id: UUID
    customer_id: UUID
    title: str | None
    department: str | None
    role: str | None
    reports_to: UUID | None
    started_on: date | None
    ended_on: date | None
    status: str
    primary: bool


Kept = Annotated[tuple[str, ...], BeforeValidator(lambda kept: kept or ())]


class ContactOut(Record):
    """A person, with the posts that the reader may see: current ones first, then the latest. Phones are E.164; an
    extension follows as ";ext=801". `name` is None for those who may not see it."""

    KIND = "contact"

    name: str | None
    mobile: str | None
    phones: Kept
    emails: Kept
    wechat: str | None
    birthday: str | None
    gender: str | None
    salutation: str | None
    notes: str | None
    posts: tuple[PostOut, ...]


class ContactLine(Out):
    """A person at a customer as a row of a file tells it: what he is there now, or was last. `reports_to` is called so
    there; `primary` is None of who left."""

    KIND = "contact"

    post_id: UUID
    contact_id: UUID
    customer_id: UUID
    customer: str
    name: str | None
    title: str | None
    department: str | None
    role: str | None
    reports_to: Annotated[str | None, Shows.of("contact.name")]
    mobile: str | None
    phones: Kept
    emails: Kept
    wechat: str | None
    birthday: str | None
    gender: str | None
    salutation: str | None
    primary: bool | None
    status: str
    started_on: date | None
    ended_on: date | None
    notes: str | None


class ContactFilter(In):
    """Which people to list; every given field must match. `name` matches the beginning, whatever its case; role,
    status and customer are those of one and the same post."""

    FOUND_BY: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "name": ("contact.name",),
        "phone": ("contact.mobile", "contact.phones"),
    }

    customer_id: UUID | None = None
    name: str | None = Field(default=None, max_length=200)
    phone: Number | None = Field(default=None, description="a phone number, such as 138 0013 8000 or +49 30 901820")
    role: Role | None = None
    status: Literal["active", "left"] | None = None


class ReportingNode(Out):
    """A person at a customer, and who reports to him there, at most 50 levels deep."""

    contact_id: UUID
    post_id: UUID
    name: Annotated[str | None, Shows.of("contact.name")]
    title: str | None
    department: str | None
    role: str | None
    primary: bool
    reports: "tuple[ReportingNode, ...]"
