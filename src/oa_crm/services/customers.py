"""Customers: check, create, get, find, update. Nobody gets a customer on file past the duplicate check."""

from collections.abc import Iterator
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
    Page,
    Verdict,
)
from oa_crm.services import access, clashes, pages, people
from oa_crm.services.base import Service, differences, first_facts, given, shown

# A range instead of LIKE: it uses the index, and LIKE ignores case on SQLite only.
_LAST = "\U0010ffff"
_ALSO_KEYED = {"name", "credit_code", "phone"}


class Customers(Service):
    """The customer file's first page."""

    def check(self, data: CustomerIn | dict[str, Any]) -> CheckReport:
        """Is this customer on file, and who follows it? Changes nothing.

        The verdict is block for a certain clash, warn for a suspected one. A person who may not open the
        other file still learns who follows it. (Feature 1 of the mission.)
        """
        access.require(self.work, "write", "customer")
        return clashes.report(self.work, _draft(given(CustomerIn, data)))

    def create(
        self,
        data: CustomerIn | dict[str, Any],
        *,
        override_reason: str | None = None,
        idempotency_key: str | None = None,
    ) -> CustomerOut:
        """Put a customer on file, followed by `owner_id` or by the actor.

        Raises `duplicate_customer` with the report when the check warns or blocks. `override_reason` goes
        past a warning, and past a block for those who may override; never past an equal credit code.
        """
        draft = given(CustomerIn, data)
        return self.act(
            "customers.create",
            lambda: self._create(draft, override_reason),
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
        `duplicate_customer` when the new name or number belongs to another customer."""
        wanted = given(CustomerPatch, patch)
        return self.act(
            "customers.update",
            lambda: self._update(id, wanted),
            given={"id": id, "patch": wanted},
            answer=CustomerOut,
            key=idempotency_key,
        )

    def _create(self, data: CustomerIn, override: str | None) -> CustomerOut:
        owner = people.new_owner(self.work, "customer", data.owner_id)
        facts = {**data.model_dump(), "owner_id": owner, "credit_code": clashes.credit_code(data.credit_code)}
        self._ask_plugins(facts)
        overrode = self._refuse_clash(data, override)
        id = new_id()
        with self._unless_taken(_draft(data)):
            self.add(Customer, id=id, last_follow_up_at=None, **facts, **self.stamps())
        clashes.store_keys(self.work, id, _draft(data))
        self.work.journal.record("customers.create", "customer", id, first_facts(facts), overrode)
        self.work.journal.emit(
            CustomerCreated,
            customer_id=id,
            name=data.name,
            owner_id=owner,
            industry=data.industry,
            region=data.region,
            credit_code=facts["credit_code"],
            overrode_clash=overrode,
        )
        return self._read_back(id)

    @contextmanager
    def _unless_taken(self, draft: Draft, leave_out: UUID | None = None) -> Iterator[None]:
        """If somebody put the same credit code on file a moment ago, answer as if we had come later."""
        try:
            with self.work.connection.begin_nested():
                yield
        except IntegrityError:
            report = clashes.report(self.work, draft, leave_out=leave_out)
            raise DuplicateCustomer(draft.name, report) from None

    def _ask_plugins(self, facts: dict[str, Any]) -> None:
        draft = CustomerDraft(
            **{name: facts[name] for name in ("name", "owner_id", "industry", "region", "credit_code", "source")}
        )
        self.work.runtime.dispatcher.check_customer_creation(self.check_context(), draft, self.work.plugin_active)

    def _refuse_clash(self, data: CustomerIn, override: str | None) -> str | None:
        found = clashes.report(self.work, _draft(data))
        if found.verdict is Verdict.CLEAR:
            return None
        if override is None or not override.strip():
            raise DuplicateCustomer(data.name, found)
        if found.verdict is Verdict.BLOCK:
            access.require(self.work, "override", "customer")
        return override.strip()[:500]

    def _update(self, id: UUID, patch: CustomerPatch) -> CustomerOut:
        row = self.one(Customer, id, "write")
        values = patch.changes()
        if "name" in values and values["name"] is None:
            raise InvalidInput.of("name", "name_taken_away")
        if "credit_code" in values:
            values["credit_code"] = clashes.credit_code(values["credit_code"])
        changed = differences(row, values)
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
        merged = {**row._mapping, **values}
        draft = Draft(merged["name"], (), merged["credit_code"], merged["phone"])
        rekeyed = bool(_ALSO_KEYED & set(values))
        if rekeyed:
            found = clashes.report(self.work, draft, leave_out=row.id)
            if found.verdict is Verdict.BLOCK:
                raise DuplicateCustomer(draft.name, found)
        with self._unless_taken(draft, leave_out=row.id):
            self.change(Customer, row, expected_version, **values)
        if rekeyed:
            clashes.replace_keys(self.work, row.id, draft)

    def _read_back(self, id: UUID) -> CustomerOut:
        # Whoever creates a customer for another may not see it afterwards; he still gets his answer.
        mine = self.company_wide(Customer).where(table_of(Customer).c.id == id)
        return shown(CustomerOut, self.work.connection.execute(mine).one())


def _draft(data: CustomerIn) -> Draft:
    return Draft(data.name, (), data.credit_code, data.phone)
