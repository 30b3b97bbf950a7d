"""Customers: check, create, get, find, update, group, keep at hand. The rooms beside this file do the work.

`facts` brings input into its one form, `clashing` lets nobody past the duplicate check, `creating` and `updating`
write, `keeping` has numbers and tags in step, `grouping` is the tree, `conditions`, `searching` and `finding` list.
What customers are, level and categories, lives next door in `services.classes`.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from oa_crm.errors import InvalidInput
from oa_crm.masks import EMAIL, PHONE
from oa_crm.models import Customer
from oa_crm.schemas import (
    CheckReport,
    ClassChangeOut,
    ClassesOut,
    Classification,
    ClassRun,
    CustomerCard,
    CustomerFileOut,
    CustomerFilter,
    CustomerGroup,
    CustomerIn,
    CustomerOut,
    CustomerPatch,
    DealFacts,
    Entrance,
    Page,
    Suggestion,
)
from oa_crm.services import access, clashes, customer_file, looking, pages
from oa_crm.services.base import Service, as_id, given, given_row, shown
from oa_crm.services.clashes import as_entrance, searches
from oa_crm.services.classes import applying, byhand, reading
from oa_crm.services.customers import cards, creating, deals, facts, favourites, finding, grouping, updating

_PAGE = 500


class Customers(Service):
    """The customer file's first page."""

    def check(
        self,
        data: CustomerIn | dict[str, Any],
        *,
        entrance: Entrance | str = Entrance.CREATE,
        thorough: bool = False,
    ) -> CheckReport:
        """Is this customer on file, and who follows it? Changes nothing but the log of searches.

        The company's policy at `entrance` makes the verdict; by default it is block for a certain clash, warn
        for a suspected one. A person who may not open the other file still learns who follows it. `thorough`
        looks at ten times as many candidates. Raises `too_many_searches` when the person's hour is used up.
        (Feature 1 of the mission.)
        """
        access.require(self.work, "write", "customer")
        customer, entrance = given(CustomerIn, data), as_entrance(entrance)
        searches.within_limit(self.work, entrance)
        clashes.credit_code(customer.credit_code)
        facts.numbers(customer.numbers)
        report = clashes.report(self.work, clashes.draft_of(customer), entrance, thorough=thorough)
        searches.note(self.work, customer.name, entrance, report)
        return report

    def check_many(
        self, rows: Sequence[CustomerIn | dict[str, Any]], *, entrance: Entrance | str = Entrance.IMPORT
    ) -> tuple[CheckReport, ...]:
        """The check for rows of an import: each against the base, and against the rows before it.

        One report a row, in their order; a hit in the batch has its `row`, counted from 0. Each row counts as a
        search. Raises `invalid_input` naming the row, and `too_many_searches`; an import by somebody who
        administers duplicates has no limit.
        """
        access.require(self.work, "write", "customer")
        customers, way = [given_row(CustomerIn, at, row) for at, row in enumerate(rows)], as_entrance(entrance)
        searches.within_limit(self.work, way, len(customers))
        reports = clashes.reports(self.work, [clashes.draft_of(one) for one in customers], way)
        for customer, report in zip(customers, reports, strict=True):
            searches.note(self.work, customer.name, way, report)
        return reports

    def suggest(self, beginning: str, *, limit: int = 10) -> list[Suggestion]:
        """Customers that the actor may see whose name begins so: as written, without its region, short, by
        pinyin or initials. At most 20; for type-ahead in a field."""
        access.require(self.work, "read", "customer")
        return clashes.suggestions(self.work, beginning, max(1, min(limit, 20)))

    def create(
        self,
        data: CustomerIn | dict[str, Any],
        *,
        override_reason: str | None = None,
        entrance: Entrance | str = Entrance.CREATE,
        idempotency_key: str | None = None,
    ) -> CustomerOut:
        """Put a customer on file, followed by `owner_id` or by the actor.

        Raises `duplicate_customer` with the report when the check warns or blocks. `override_reason` goes
        past a warning, and past a block for those who may override where the company's policy lets a reason
        do; never past an equal credit code. A request that was granted (`unit.overrides.request`)
        goes past either, once. `entrance` says where the customer comes in, for the policy.
        """
        draft, way = given(CustomerIn, data), as_entrance(entrance)
        return self.act(
            "customers.create",
            lambda: creating.create(self, draft, override_reason, way),
            given={"data": draft, "override_reason": override_reason},
            answer=CustomerOut,
            key=idempotency_key,
        )

    def get(self, id: UUID) -> CustomerOut:
        """One customer. Raises `not_found`, also for one that the actor may not see."""
        found = shown(CustomerOut, self.one(Customer, id))
        looking.opened(self.work, found)
        return found

    def card(self, id: UUID) -> CustomerCard:
        """That a customer exists, and who follows it: also one that the actor may not open, as far as the company's
        policy tells (`cards`, `tell_owner`); never contact data. Raises `not_found`, also where the policy tells
        nothing, and `too_many_searches`: each hidden file that is shown counts as a search."""
        return cards.card(self, as_id(id))

    def file(self, id: UUID, *, newest: int = 20) -> CustomerFileOut:
        """Everything about a customer that the actor may see: facts, people, projects, follow-ups, contracts, expenses,
        settlements, files, and who had it when. At most `newest` rows (1 to 200) of each, with how many there are.

        At most ten statements, however long the history. What the actor may not read is `withheld`. The lists go on
        where it ends: `followups.history`, `projects.find`, `contracts.find`, `files.of`, `audit.of`. Raises
        `not_found`, `invalid_input`. `oa_crm.reports` makes a document of it.
        """
        return customer_file.read(self, as_id(id), newest)

    def find(
        self,
        where: CustomerFilter | dict[str, Any] | None = None,
        *,
        after: str | None = None,
        limit: int | None = None,
    ) -> Page[CustomerOut]:
        """The customers that the actor may see, by any of their facts, a page at a time.

        At most two statements a page, three for who sees few, whatever is filtered and however large the base is;
        `text` costs two more for each of its words. Raises `invalid_input` for a field, a code or a cursor that is
        none.
        """
        wanted = given(CustomerFilter, where or {})
        page = finding.find(self, wanted, after, limit)
        looking.searched(self.work, "customer", _asked_for(wanted), len(page.items))
        return page

    def group(self, id: UUID) -> CustomerGroup:
        """The whole group that a customer stands in, from the top down; of those that the actor may not see, only
        how many they are. Raises `not_found`."""
        return grouping.group(self, as_id(id))

    def deals(self, customer_ids: Sequence[UUID]) -> tuple[DealFacts, ...]:
        """What was sold to each of these customers: number and sums of the approved contracts that the actor sees.

        One statement for a whole page of customers, at most 500. One that he may not see has none.
        """
        if len(customer_ids) > _PAGE:
            raise InvalidInput.of("customer_ids", "page_limit", limit=len(customer_ids))
        return deals.of(self, [as_id(id) for id in customer_ids])

    def favour(self, id: UUID) -> CustomerOut:
        """Keep a customer at hand; `find({"favourites": True})` lists those. Nobody else sees it."""
        return self.act(
            "customers.favour",
            lambda: favourites.keep(self, as_id(id), kept=True),
            given={"id": id},
            answer=CustomerOut,
        )

    def unfavour(self, id: UUID) -> CustomerOut:
        """Keep it at hand no longer."""
        return self.act(
            "customers.unfavour",
            lambda: favourites.keep(self, as_id(id), kept=False),
            given={"id": id},
            answer=CustomerOut,
        )

    def update(
        self, id: UUID, patch: CustomerPatch | dict[str, Any], *, idempotency_key: str | None = None
    ) -> CustomerOut:
        """Change facts of a customer. Raises `stale_version` when somebody changed it since, and
        `duplicate_customer` when the new name or number belongs to a customer that it did not clash with before."""
        wanted = given(CustomerPatch, patch)
        return self.act(
            "customers.update",
            lambda: updating.update(self, as_id(id), wanted),
            given={"id": id, "patch": wanted},
            answer=CustomerOut,
            key=idempotency_key,
        )

    def classify(
        self, id: UUID, data: Classification | dict[str, Any], *, idempotency_key: str | None = None
    ) -> ClassesOut:
        """Say what a customer is, its level or its category in trees, and why. (Feature 4 of the mission.)

        Each change is kept with before and after, and told by `on_customer_reclassified`. `pin` keeps rules off. Raises
        `stale_version`, and `invalid_input` for a tree or category that is none or takes nobody any more.
        """
        wanted = given(Classification, data)
        return self.act(
            "customers.classify",
            lambda: byhand.classify(self, as_id(id), wanted),
            given={"id": id, "data": wanted},
            answer=ClassesOut,
            key=idempotency_key,
        )

    def classes_of(self, id: UUID, *, as_of: datetime | None = None) -> ClassesOut:
        """What a customer is, or was at a moment by its history. At most four statements. Raises `not_found`."""
        return reading.of(self, as_id(id), as_of)

    def class_history(
        self, id: UUID, *, tree: str | None = None, after: str | None = None, limit: int | None = None
    ) -> Page[ClassChangeOut]:
        """Every change of a customer's level (`tree="level"`) and categories, newest first, a page at a time; also of
        the files that were merged into it. Raises `not_found`."""
        return reading.history(self, as_id(id), tree, after, limit)

    def classify_by_rules(
        self,
        *,
        trees: Sequence[str] | None = None,
        customer_ids: Sequence[UUID] | None = None,
        dry_run: bool = False,
        after: str | None = None,
        limit: int | None = None,
    ) -> ClassRun:
        """Apply the rules to customers that the actor may write to, a slice at a time (`limit`, at most 500).

        The first rule of a tree that holds decides; where none does, or what stands is pinned, nothing changes.
        `dry_run` only says what would. `trees` are names, with "level"; left out, all. Raises `forbidden`, and
        `invalid_input` for a tree that is none. For the whole base: `crm.classes.apply`.
        """
        access.require(self.work, "write", "customer")
        if customer_ids is not None and len(customer_ids) > _PAGE:
            raise InvalidInput.of("customer_ids", "page_limit", limit=len(customer_ids))
        ids = None if customer_ids is None else [as_id(one) for one in customer_ids]
        size = pages.size(self.work, _PAGE if limit is None else limit)
        asked = applying.Asked(trees, ids, after, size, dry_run)
        if dry_run:
            return applying.run(self, asked)
        return self.act("customers.classify_by_rules", lambda: self._by_rules(asked), given={}, answer=ClassRun)

    def _by_rules(self, asked: applying.Asked) -> ClassRun:
        done = applying.run(self, asked)
        if not done.changes:
            self.work.journal.record(applying.OPERATION, "customer", "-", {"looked_at": [None, done.looked_at]})
        return done


def _asked_for(wanted: CustomerFilter) -> Iterator[tuple[str, str]]:
    """The personal facts that a list is asked by."""
    for name, mask in (("phone", PHONE), ("email", EMAIL)):
        if (value := getattr(wanted, name)) is not None:
            yield name, mask.of(value)
