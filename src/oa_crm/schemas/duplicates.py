"""The answer of the duplicate check, a company's rules for it, and what a scan of the whole base finds."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from oa_crm.schemas.base import In, Out, Reason
from oa_crm.schemas.customers import CustomerIn


class Verdict(StrEnum):
    """What follows from a check: go on, look first, or stop."""

    CLEAR = "clear"
    WARN = "warn"
    BLOCK = "block"


class Entrance(StrEnum):
    """Where a customer comes in, or changes its name or numbers. `any` is for policies: where no other is set; `card`
    is where nobody comes in, and somebody learns that a customer exists."""

    ANY = "any"
    CREATE = "create"
    UPDATE = "update"
    CONVERT = "convert"
    IMPORT = "import"
    SPLIT = "split"
    API = "api"
    AGENT = "agent"
    CARD = "card"


class NextStep(StrEnum):
    """What the asker may do about a hit: open the file, claim it from the pool, apply for a transfer, or ask the
    manager."""

    OPEN = "open"
    CLAIM = "claim"
    APPLY_FOR_TRANSFER = "apply_for_transfer"
    ASK_MANAGER = "ask_manager"


class Hit(Out):
    """A customer on file that the draft may be the same as, and who follows it.

    `customer_id` is None where the asker may not open the file; contact data is never shown. Whether
    `owner_name` and `department` are, the company's policy says. `score` is 0 to 1; `tier` is certain, suspected
    or related; `reasons` are in the asker's language, `codes` the same for programs. `row` is set for an earlier row of
    the same batch (`customers.check_many`), counted from 0, which is no customer yet.
    """

    customer_id: UUID | None
    row: int | None = None
    name: str
    owner_name: str | None
    department: str | None
    pooled: bool = False
    last_follow_up_at: datetime | None
    score: float
    tier: str
    verdict: Verdict = Verdict.CLEAR
    reasons: tuple[str, ...]
    codes: tuple[str, ...] = ()
    next_steps: tuple[NextStep, ...] = ()


class CustomerCard(Out):
    """That a customer exists, and who follows it, as far as the company's policy tells; never contact data, nor any
    other fact. `may_open` says whether the asker may open the file."""

    customer_id: UUID
    may_open: bool
    name: str
    owner_name: str | None
    department: str | None
    pooled: bool
    last_follow_up_at: datetime | None
    next_steps: tuple[NextStep, ...] = ()


class CheckReport(Out):
    """The answer of the duplicate check: the verdict and the hits, best first."""

    verdict: Verdict
    hits: tuple[Hit, ...] = ()

    def summary(self, locale: str = "en") -> str:
        """The best hit in one sentence: which customer, who follows it, and why we think so."""
        if not self.hits:
            return "未发现重复" if locale.startswith("zh") else "nothing like it is on file"
        best = self.hits[0]
        why = ", ".join(best.reasons)
        if locale.startswith("zh"):
            return f"{best.name},{_holder_zh(best)}({why})"
        return f"{best.name}, {_holder_en(best)} ({why})"


def _holder_en(hit: Hit) -> str:
    if hit.row is not None:
        return f"row {hit.row} of the batch"
    if hit.owner_name:
        return f"followed by {hit.owner_name}"
    return "in the pool" if hit.pooled else "followed by a colleague"


def _holder_zh(hit: Hit) -> str:
    if hit.row is not None:
        return f"本批第{hit.row}行"
    if hit.owner_name:
        return f"由{hit.owner_name}跟进"
    return "现在公海" if hit.pooled else "由同事跟进"


class DuplicateCondition(In):
    """One matcher that must speak for it: "names", "identity", "phone", "email", "domain", "address", one that a
    plugin adds, or "score" for the verdict of all together."""

    matcher: str = Field(min_length=1, max_length=60)
    at_least: float = Field(default=1.0, gt=0, le=1, description="0 to 1, where 1 is equal")


class DuplicateRule(In):
    """When every condition holds, this verdict follows. The rules of a policy are alternatives."""

    verdict: Literal["warn", "block"]
    all_of: tuple[DuplicateCondition, ...] = Field(min_length=1, max_length=10)


Told = Literal["name", "masked", "department", "nothing"]


class DuplicatePolicyIn(In):
    """A company's rules for an entrance. The hardest of the tier's verdict and of every rule that holds counts.

    `override` says how a block may be passed: with a reason by those who may override, only with the approval
    of one of them, or never. `tell_owner` says what is told of the owner of a file that the asker may not open, and
    `tell_outsiders` what of it outsiders are told, such as agents; of the two the less is told. `cards` is what may be
    known of a customer that one may not open, by its id: nothing, or its name, in full or masked, with what
    `tell_owner` says. Outsiders get no cards.
    """

    certain: Verdict = Verdict.BLOCK
    suspected: Verdict = Verdict.WARN
    related: Verdict = Verdict.CLEAR
    rules: tuple[DuplicateRule, ...] = Field(default=(), max_length=50)
    override: Literal["reason", "approval", "never"] = "reason"
    tell_owner: Told = "name"
    tell_outsiders: Told = "nothing"
    cards: Literal["nothing", "masked", "name"] = "nothing"


class DuplicatePolicyOut(Out):
    """A policy as it holds at an entrance. `version` is 0 for the default that nobody has changed."""

    entrance: Entrance
    policy: DuplicatePolicyIn
    version: int
    updated_at: datetime | None = None
    updated_by: str | None = None


class PolicyChange(In):
    """A policy to set at an entrance. `expected_version` is the version you read, 0 where none was set."""

    entrance: Entrance
    policy: DuplicatePolicyIn
    expected_version: Annotated[int, Field(ge=0, le=2**31 - 1)]


class Suggestion(Out):
    """A customer that the typed beginning may mean."""

    customer_id: UUID
    name: str
    short_name: str | None


class SearchOut(Out):
    """Who looked for whom, and what he was told."""

    at: datetime
    actor_id: str
    entrance: Entrance
    name: str
    verdict: Verdict
    shown: int


class OverrideIn(In):
    """A request to put this very customer on file in spite of a clash."""

    customer: CustomerIn
    reason: Reason = Field(description="why it is another customer, 1 to 500 characters")


class OverrideOut(Out):
    """A request to put a customer on file in spite of a clash: requested, granted, refused, or used."""

    id: UUID
    state: Literal["requested", "granted", "refused", "used"]
    name: str
    report: CheckReport
    reason: str
    requested_at: datetime
    requested_by: str
    decided_at: datetime | None
    decided_by: str | None
    comment: str | None
    customer_id: UUID | None


class DuplicatePairOut(Out):
    """Two customers on file that may be one, and why; `reasons` are in the asker's language, `codes` for programs."""

    one_id: UUID
    one_name: str
    other_id: UUID
    other_name: str
    score: float
    tier: str
    reasons: tuple[str, ...]
    codes: tuple[str, ...] = ()


class DuplicateCluster(Out):
    """Customers that may all be one: each is linked to another by a pair. `names` by customer id."""

    names: dict[UUID, str]
    pairs: tuple[DuplicatePairOut, ...]
