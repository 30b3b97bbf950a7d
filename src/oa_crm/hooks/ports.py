"""Ports: what the host has, as Protocols. A port only reads; side effects are events.

Hosts return an implementation from the matching `provide_*` hook. Values that cross a port are frozen
dataclasses of plain data. Ids of people and departments are the host's own opaque strings.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from oa_crm.money import Money


@dataclass(frozen=True, slots=True)
class Member:
    """A person as the host's org chart has him. `roles` are names such as "salesperson" or "finance". Who is `external`
    is none of the company's own people, such as an agent: whatever his roles are, he has his own only."""

    id: str
    name: str
    department_id: str | None = None
    manager_id: str | None = None
    roles: tuple[str, ...] = ()
    active: bool = True
    external: bool = False


@dataclass(frozen=True, slots=True)
class Department:
    """A department; `parent_id` is None at the top. `manager_id` is the member who heads it."""

    id: str
    name: str
    parent_id: str | None = None
    manager_id: str | None = None


class OrgChart(Protocol):
    """The host's people. Mirrored into our tables by `unit.directory.sync()`."""

    def departments(self, tenant: str) -> Iterable[Department]:
        """Every department of the company, in any order."""
        ...

    def members(self, tenant: str) -> Iterable[Member]:
        """Every member of the company, in any order, those who left with `active=False` or left out.

        His department and his manager must be of the same chart, or known from an earlier sync.
        """
        ...


class Reach(StrEnum):
    """How far a person reaches, from nothing to the whole company. Each step includes the ones before."""

    NONE = "none"
    OWN = "own"
    TEAM = "team"
    DEPARTMENT = "department"
    SUBTREE = "subtree"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Who:
    """The person whom a permission question is about, as the mirror knows him."""

    tenant: str
    id: str
    roles: tuple[str, ...] = ()
    department_id: str | None = None
    department_path: str | None = None
    is_system: bool = False
    external: bool = False


class Sight(StrEnum):
    """How a person sees a field: as it is, masked, or not at all."""

    OPEN = "open"
    MASKED = "masked"
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True)
class FieldRight:
    """What a person may do with one field. Only who sees it openly can edit it."""

    sight: Sight = Sight.OPEN
    edit: bool = True


class FieldAuthorizer(Protocol):
    """What an authorizer may answer besides: rights on single fields. One that does not is asked about rows only."""

    def field(self, who: "Who", kind: str, field: str) -> FieldRight | None:
        """The right on `field` of that kind ("phone", "custom.grade"); None when there is nothing to say.

        The stricter of this and the company's own rules holds. It is asked once a unit and field, without a thing.
        """
        ...


class Authorizer(Protocol):
    """How far may this person reach for this action on this kind of thing?"""

    def reach(self, who: Who, action: str, kind: str) -> Reach:
        """Answer without any query per row; the core turns the reach into SQL. Unknown actions: `Reach.NONE`."""
        ...

    def because(self, who: Who, action: str, kind: str) -> str:
        """The rule behind the answer, in words, for `crm.explain`."""
        ...


class Decision(StrEnum):
    """What an approver may say in this version."""

    AGREE = "agree"
    REJECT = "reject"


@dataclass(frozen=True, slots=True)
class Opinion:
    """One approver's word. `member_id` is whom the workflow asked: who took an approval over by a handover is heard by
    the name of who had it, and the record keeps who spoke."""

    member_id: str
    decision: Decision
    words: str
    given_at: datetime


@dataclass(frozen=True, slots=True)
class ApprovalFacts:
    """What is to be approved: the kind and id of the thing, its money, who asks, and on which customer."""

    tenant: str
    kind: str
    thing_id: UUID
    title: str
    amount: Money
    requested_by: str
    manager_id: str | None


@dataclass(frozen=True, slots=True)
class Judgement:
    """Where an approval stands: "waiting" on these people, "approved" or "rejected"."""

    state: str
    waiting_on: tuple[str, ...] = ()

    @classmethod
    def waiting(cls, *members: str) -> "Judgement":
        """Still open; these people are asked now."""
        if not members:
            raise ValueError("an approval that waits must wait for somebody; name at least one member")
        return cls("waiting", members)

    @classmethod
    def approved(cls) -> "Judgement":
        """Everybody who had to agree did."""
        return cls("approved")

    @classmethod
    def rejected(cls) -> "Judgement":
        """Somebody refused."""
        return cls("rejected")


class Workflow(Protocol):
    """The host's approval route. Pure: the same facts and opinions give the same judgement."""

    def judge(self, facts: ApprovalFacts, opinions: Sequence[Opinion]) -> Judgement:
        """Where the approval stands after `opinions`, oldest first (none yet when it is submitted)."""
        ...


@dataclass(frozen=True, slots=True)
class Posting:
    """One line of the host's books about one of our documents. `amount` is what was posted, signed.

    `document_kind` is "contract" or "expense"; an expense's reversal is posted under the reversal's own id.
    """

    document_kind: str
    document_id: UUID
    amount: Money
    voucher: str


class Ledger(Protocol):
    """The host's books, to be compared with ours."""

    def postings(self, tenant: str, document_ids: Sequence[UUID]) -> Iterable[Posting]:
        """The postings of these documents; a document that was never posted is simply missing."""
        ...


@dataclass(frozen=True, slots=True)
class Message:
    """A short note to one member: a stable `topic`, and `text` with its facts, which the host words by the topic.
    `kind` and `thing_id` are what it is about."""

    tenant: str
    to: str
    topic: str
    text: str
    kind: str | None = None
    thing_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """How a number is written: `prefix`, then the counter padded to `width`.

    `series` names the counter; a series that contains the year starts again each year.
    """

    series: str
    prefix: str = ""
    width: int = 4


class Numbering(Protocol):
    """How documents are numbered. The counter itself is ours, so that numbers are gap-free."""

    def number_format(self, tenant: str, kind: str, on: date) -> NumberFormat:
        """The format of the next number of `kind` ("contract") on that day, the company's."""
        ...


class Notifier(Protocol):
    """Gets word to people: the OA's inbox, a chat. Called by the relay, never inside a transaction."""

    def notify(self, message: Message, *, key: str) -> None:
        """Deliver one message; `key` is the same whenever the same message is tried again."""
        ...


class FileStore(Protocol):
    """Where the content of attachments lies. Keys are ours: lower-case letters, digits, hyphens and slashes, at most
    120 characters, never reused. They name no person and no file.

    `oa_crm.testing.FileStoreContract` proves an implementation.
    """

    def write(self, key: str, chunks: Iterable[bytes]) -> None:
        """Keep what the chunks hold, one at a time, never all in memory. When `chunks` raises, nothing is kept
        under the key and the exception comes out."""
        ...

    def read(self, key: str) -> Iterator[bytes]:
        """The content in chunks of at most 1 MiB. Raises `FileNotFoundError` for a key that is not there."""
        ...

    def delete(self, key: str) -> None:
        """Forget the content. A key that is not there is no error."""
        ...

    def keys(self, prefix: str) -> Iterator[str]:
        """The keys that begin with `prefix`, which ends with a slash; also what an interrupted write left behind."""
        ...
