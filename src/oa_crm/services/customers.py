"""Customers: check, create, get, find, update. Nobody gets a customer on file past the duplicate check."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from oa_crm.duplicates import Draft
from oa_crm.errors import DuplicateCustomer, InvalidInput
from oa_crm.hooks.drafts import CustomerDraft
from oa_crm.hooks.payloads import CustomerCreated, CustomerUpdated
from oa_crm.ids import new_id
from oa_crm.models import Customer, table_of
from oa_crm.schemas import (
    CheckReport,
    CustomerFilter,
    CustomerIn,
    CustomerOut,
    CustomerPatch,
    Entrance,
    Page,
    Suggestion,
    Verdict,
)
from oa_crm.services import access, clashes, pages, people
from oa_crm.services.base import Service, differences, first_facts, given, given_row, shown, words
from oa_crm.services.clashes import as_entrance, passing, searches

# A range instead of LIKE: it uses the index, and LIKE ignores case on SQLite only.
_LAST = "\U0010ffff"
_FORMER_NAMES = 20


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
            lambda: self._create(draft, override_reason, way),
            given={"data": draft, "override_reason": override_reason},
            answer=CustomerOut,
            key=idempotency_key,
        )

    def get(self, id: UUID) -> CustomerOut:
        """One customer. Raises `not_found`, also for one that the actor may not see."""
        return shown(CustomerOut, self.one(Customer, id))

    def find(
        self,
        where: CustomerFilter | dict[str, Any] | None = None,
        *,
        after: str | None = None,
        limit: int | None = None,
    ) -> Page[CustomerOut]:
        """The customers that the actor may see, newest first or by name, a page at a time."""
        wanted = given(CustomerFilter, where or {})
        table = table_of(Customer)
        query = self.select(Customer)
        for field in ("owner_id", "industry", "region", "level"):
            if (value := getattr(wanted, field)) is not None:
                query = query.where(table.c[field] == value)
        if wanted.name:
            query = query.where(table.c.name >= wanted.name, table.c.name < wanted.name + _LAST)
        ordered = pages.by_name if wanted.sort == "name" else pages.newest_first
        rows = ordered(self.work, query, table, after, limit)
        return pages.page(rows, pages.size(self.work, limit), CustomerOut, wanted.sort)

    def update(
        self, id: UUID, patch: CustomerPatch | dict[str, Any], *, idempotency_key: str | None = None
    ) -> CustomerOut:
        """Change facts of a customer. Raises `stale_version` when somebody changed it since, and
        `duplicate_customer` when the new name or number belongs to a customer that it did not clash with before."""
        wanted = given(CustomerPatch, patch)
        return self.act(
            "customers.update",
            lambda: self._update(id, wanted),
            given={"id": id, "patch": wanted},
            answer=CustomerOut,
            key=idempotency_key,
        )

    def _create(self, data: CustomerIn, override: str | None, entrance: Entrance) -> CustomerOut:
        owner = people.new_owner(self.work, "customer", data.owner_id)
        facts = {**data.model_dump(), "owner_id": owner, "credit_code": clashes.credit_code(data.credit_code)}
        self._ask_plugins(facts)
        draft = clashes.draft_of(data)
        clashes.wait_for_equals(self.work, draft)
        id = new_id()
        overrode = self._refuse_clash(id, data, draft, override, entrance)
        row = {"id": id, "last_follow_up_at": None, **facts, **self.stamps()}
        with self._unless_taken(draft, entrance):
            self.add(Customer, **row)
        clashes.keep(self.work, [(row["id"], draft)])
        self.work.journal.record("customers.create", "customer", row["id"], first_facts(facts), overrode)
        self.work.journal.emit(
            CustomerCreated,
            customer_id=row["id"],
            name=data.name,
            owner_id=owner,
            industry=data.industry,
            region=data.region,
            credit_code=facts["credit_code"],
            overrode_clash=overrode,
        )
        return CustomerOut(**row)

    @contextmanager
    def _unless_taken(self, draft: Draft, entrance: Entrance, leave_out: UUID | None = None) -> Iterator[None]:
        """One customer a number, also where its keys are missing: answer as if we had come later."""
        if draft.credit_code is None:
            yield
            return
        try:
            with self.work.connection.begin_nested():
                yield
        except IntegrityError:
            found = clashes.report(self.work, draft, entrance, leave_out=leave_out, after_gate=True)
            raise DuplicateCustomer(draft.name, found) from None

    def _ask_plugins(self, facts: dict[str, Any]) -> None:
        draft = CustomerDraft(
            **{name: facts[name] for name in ("name", "owner_id", "industry", "region", "credit_code", "source")}
        )
        self.work.runtime.dispatcher.check_customer_creation(self.check_context(), draft, self.work.plugin_active)

    def _refuse_clash(
        self, id: UUID, data: CustomerIn, draft: Draft, override: str | None, entrance: Entrance
    ) -> str | None:
        """The reason for which a clash is passed over; None without one. Raises when it may not be."""
        found = clashes.report(self.work, draft, entrance, after_gate=True)
        if found.verdict is Verdict.CLEAR:
            return None
        policy, blocked = clashes.policy_for(self.work, entrance).policy, found.verdict is Verdict.BLOCK
        # A grant from before the company said never passes nothing any more.
        if not (blocked and policy.override == "never") and (granted := passing.use(self.work, data, id)):
            return granted
        if override is None or not override.strip():
            raise clashes.refused(self.work, draft, entrance, found)
        if blocked:
            passing.may_pass(self.work, policy)
        return words("override_reason", override, "zero_character")

    def _update(self, id: UUID, patch: CustomerPatch) -> CustomerOut:
        row = self.one(Customer, id, "write")
        values = patch.changes()
        if "name" in values and values["name"] is None:
            raise InvalidInput.of("name", "name_taken_away")
        if "credit_code" in values:
            values["credit_code"] = clashes.credit_code(values["credit_code"])
        changed = differences(row, _with_old_name(row, values))
        self._change_row(row, patch.expected_version, {name: after for name, (_, after) in changed.items()})
        if changed:
            self.work.journal.emit(
                CustomerUpdated,
                customer_id=id,
                name=values.get("name", row.name),
                owner_id=row.owner_id,
                changed=tuple(sorted(changed)),
            )
        self.work.journal.record("customers.update", "customer", id, changed)
        return self._read_back(id)

    def _change_row(self, row: Any, expected_version: int, values: dict[str, Any]) -> None:
        before, draft = clashes.row_draft(row._mapping), clashes.row_draft({**row._mapping, **values})
        rekeyed = bool(Customer.MATCHED & set(values))
        if rekeyed:
            self.fresh(Customer, row, expected_version)
            clashes.wait_for_equals(self.work, draft)
            self._refuse_new_clash(row.id, before, draft)
        with self._unless_taken(draft, Entrance.UPDATE, leave_out=row.id):
            self.change(Customer, row, expected_version, **values)
        if rekeyed:
            clashes.forget(self.work, row.id, before)
            clashes.keep(self.work, [(row.id, draft)])

    def _refuse_new_clash(self, id: UUID, before: Draft, draft: Draft) -> None:
        """A clash that was passed when the customer came in keeps nobody from changing its phone."""
        found = clashes.report(self.work, draft, Entrance.UPDATE, leave_out=id, after_gate=True)
        if found.verdict is not Verdict.BLOCK:
            return
        known = clashes.blocking(self.work, before, Entrance.UPDATE, leave_out=id)
        if clashes.blocking(self.work, draft, Entrance.UPDATE, leave_out=id, after_gate=True) - known:
            raise clashes.refused(self.work, draft, Entrance.UPDATE, found)

    def _read_back(self, id: UUID) -> CustomerOut:
        # Whoever changes a customer may not see it afterwards; he still gets his answer.
        mine = self.company_wide(Customer).where(table_of(Customer).c.id == id)
        return shown(CustomerOut, self.work.connection.execute(mine).one())


def _with_old_name(row: Any, values: dict[str, Any]) -> dict[str, Any]:
    """A customer that changes its name is still found by the one it bore."""
    if values.get("name", row.name) == row.name or "former_names" in values:
        return values
    kept = [name for name in row.former_names or () if name != values["name"]]
    return {**values, "former_names": [*kept, row.name][-_FORMER_NAMES:]}
