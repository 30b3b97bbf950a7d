"""Host plugins that several tests plug in: org charts, routes, books."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from oa_crm import Money
from oa_crm.hooks import (
    ApprovalFacts,
    Decision,
    Department,
    Judgement,
    Member,
    Opinion,
    Posting,
    hookimpl,
)
from oa_crm.testing.company import DEPARTMENTS, MEMBERS


class NoChart:
    """Keeps the kit from bringing its company, and has no org chart itself: the built-in local one answers."""

    name = "no_chart"

    @hookimpl
    def provide_org_chart(self) -> None:
        return None


class Chart:
    """An org chart that a test fills and changes; the kit's company to begin with, for every tenant."""

    name = "chart"

    def __init__(self) -> None:
        self.known_departments: list[Department] = list(DEPARTMENTS)
        self.known_members: list[Member] = list(MEMBERS)

    @hookimpl
    def provide_org_chart(self) -> "Chart":
        return self

    def departments(self, tenant: str) -> Iterable[Department]:
        return list(self.known_departments)

    def members(self, tenant: str) -> Iterable[Member]:
        return list(self.known_members)


class Route:
    """A workflow over fixed approvers: "in_turn" one after the other, "all" of them, or "any" of them."""

    name = "route"

    def __init__(self, how: str, *approvers: str) -> None:
        self.how, self.approvers = how, approvers

    @hookimpl
    def provide_workflow(self) -> "Route":
        return self

    def judge(self, facts: ApprovalFacts, opinions: Sequence[Opinion]) -> Judgement:
        if any(one.decision is Decision.REJECT for one in opinions):
            return Judgement.rejected()
        agreed = {one.member_id for one in opinions}
        left = tuple(one for one in self.approvers if one not in agreed)
        if not left or (self.how == "any" and agreed):
            return Judgement.approved()
        return Judgement.waiting(*(left[:1] if self.how == "in_turn" else left))


class Books:
    """A ledger that holds whatever a test posts."""

    name = "books"

    def __init__(self) -> None:
        self.lines: list[Posting] = []

    @hookimpl
    def provide_ledger(self) -> "Books":
        return self

    def post(self, kind: str, document: UUID, amount: Money) -> None:
        self.lines.append(Posting(kind, document, amount, f"V-{len(self.lines) + 1}"))

    def postings(self, tenant: str, document_ids: Sequence[UUID]) -> Iterable[Posting]:
        return [line for line in self.lines if line.document_id in set(document_ids)]
