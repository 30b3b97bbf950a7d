"""Leads: who may become a customer. The rooms beside this file do the work.

`owning` is the pool and who has what, `scoring` the score with its reasons, `converting` makes a customer of a lead,
`telling` is what each change says.
"""

from typing import Any
from uuid import UUID

from oa_crm.errors import InvalidInput
from oa_crm.hooks.payloads import LeadCreated, LeadInvalidated
from oa_crm.ids import new_id
from oa_crm.models import Lead, table_of
from oa_crm.schemas import (
    CheckReport,
    ConversionOut,
    CustomerIn,
    Entrance,
    LeadConversion,
    LeadFilter,
    LeadIn,
    LeadInvalid,
    LeadOut,
    LeadPatch,
    LeadScore,
    Page,
    PooledLead,
)
from oa_crm.services import access, clashes, cursors, keyset, looking, pages, people, planned
from oa_crm.services.amounts import optional_money
from oa_crm.services.base import Service, as_id, differences, first_facts, given, must_be, words
from oa_crm.services.clashes import searches
from oa_crm.services.customers.facts import settled
from oa_crm.services.leads import converting, owning, scoring, telling

_ORDERS = {"newest": keyset.Order(None, down=True), "score": keyset.Order("score", down=True, parse=cursors.number)}
_CODED = ("phone", "region", "industry")


class Leads(Service):
    """The funnel's mouth."""

    def create(self, data: LeadIn | dict[str, Any], *, idempotency_key: str | None = None) -> LeadOut:
        """A lead comes in, to `owner_id` or the actor, or with `pool` to nobody yet."""
        wanted = given(LeadIn, data)
        return self.act("leads.create", lambda: self._create(wanted), given=wanted, answer=LeadOut, key=idempotency_key)

    def get(self, id: UUID) -> LeadOut:
        """One lead. Raises `not_found`, also for one that the actor may not see."""
        found = telling.out(self.one(Lead, as_id(id)))
        looking.opened(self.work, found)
        return found

    def find(
        self,
        where: LeadFilter | dict[str, Any] | None = None,
        *,
        after: str | None = None,
        limit: int | None = None,
    ) -> Page[LeadOut]:
        """The leads that the actor may see, newest or best first, a page at a time."""
        wanted = given(LeadFilter, where or {})
        table, query = table_of(Lead), self.select(Lead)
        fields = wanted.model_dump(exclude={"sort"}, exclude_none=True)
        query = query.where(*(table.c[name] == value for name, value in fields.items()))
        size = pages.size(self.work, limit)
        rows = keyset.read(self.work, query, table, wanted.sort, _ORDERS[wanted.sort], after, size)
        return keyset.page(rows, size, LeadOut, wanted.sort, _ORDERS[wanted.sort], budget=telling.budget)

    def pool(self, *, after: str | None = None, limit: int | None = None) -> Page[PooledLead]:
        """The leads that nobody has, best first, for whoever may claim. Names and numbers of people come with the
        claim."""
        table = table_of(Lead)
        query = self.company_wide(Lead).where(access.in_pool(self.work, Lead), table.c.state.in_(telling.OPEN))
        size, order = pages.size(self.work, limit), _ORDERS["score"]
        rows = keyset.read(self.work, query, table, "score", order, after, size)
        return keyset.page(rows, size, PooledLead, "score", order, budget=telling.budget)

    def check(self, id: UUID) -> CheckReport:
        """Is this lead a customer already, and who follows it? As `customers.check` at the entrance "convert",
        for a lead that the actor may write to. Raises `too_many_searches` when the person's hour is used up."""
        row = self.one(Lead, as_id(id), "write")
        access.require(self.work, "write", "customer")
        searches.within_limit(self.work, Entrance.CONVERT)
        draft = clashes.draft_of(CustomerIn(**converting.facts_of_customer(row)))
        report = clashes.report(self.work, draft, Entrance.CONVERT)
        searches.note(self.work, row.company_name, Entrance.CONVERT, report)
        return report

    def explain(self, id: UUID) -> LeadScore:
        """Why the lead has its score: each rule that held when it last changed, the weightiest first."""
        row = self.one(Lead, as_id(id))
        return LeadScore(lead_id=row.id, score=row.score, reasons=scoring.reasons(self.work, row.scored))

    def update(self, id: UUID, patch: LeadPatch | dict[str, Any], *, idempotency_key: str | None = None) -> LeadOut:
        """Change facts of a lead that is new or being followed; its score follows. Raises `stale_version`."""
        wanted = given(LeadPatch, patch)
        return self.act(
            "leads.update",
            lambda: self._update(as_id(id), wanted),
            given={"id": id, "patch": wanted},
            answer=LeadOut,
            key=idempotency_key,
        )

    def claim(self, id: UUID, *, idempotency_key: str | None = None) -> LeadOut:
        """Take a lead out of the pool. Of many who try at once, one has it.

        The others get `not_found` where they may not see a colleague's lead, `illegal_state` where they may.
        """
        return self.act(
            "leads.claim",
            lambda: owning.claim(self, as_id(id)),
            given={"id": id},
            answer=LeadOut,
            key=idempotency_key,
        )

    def assign(
        self, id: UUID, to: str, *, expected_version: int, reason: str | None = None, idempotency_key: str | None = None
    ) -> LeadOut:
        """Give a lead to a member within the actor's reach. Raises `stale_version`, `illegal_state`."""
        to, why = people.named("to", to), None if reason is None else words("reason", reason, "reason_missing")
        return self.act(
            "leads.assign",
            lambda: owning.assign(self, as_id(id), to, expected_version, why),
            given={"id": id, "to": to, "expected_version": expected_version, "reason": reason},
            answer=LeadOut,
            key=idempotency_key,
        )

    def release(self, id: UUID, *, reason: str, expected_version: int, idempotency_key: str | None = None) -> LeadOut:
        """Put a lead back into the pool, and say why. Raises `stale_version`, `illegal_state`."""
        why = words("reason", reason, "reason_missing")
        return self.act(
            "leads.release",
            lambda: owning.release(self, as_id(id), expected_version, why),
            given={"id": id, "reason": why, "expected_version": expected_version},
            answer=LeadOut,
            key=idempotency_key,
        )

    def invalidate(self, id: UUID, why: LeadInvalid | dict[str, Any], *, idempotency_key: str | None = None) -> LeadOut:
        """This lead is none, for one of `settings.lead_invalid_reasons`. It stays on file and may be revived."""
        wanted = given(LeadInvalid, why)
        return self.act(
            "leads.invalidate",
            lambda: self._invalidate(as_id(id), wanted),
            given={"id": id, "why": wanted},
            answer=LeadOut,
            key=idempotency_key,
        )

    def revive(self, id: UUID, *, reason: str, expected_version: int, idempotency_key: str | None = None) -> LeadOut:
        """An invalid lead is one after all, and stands where it stood."""
        why = words("reason", reason, "reason_missing")
        return self.act(
            "leads.revive",
            lambda: self._revive(as_id(id), why, expected_version),
            given={"id": id, "reason": why, "expected_version": expected_version},
            answer=LeadOut,
            key=idempotency_key,
        )

    def convert(
        self,
        id: UUID,
        conversion: LeadConversion | dict[str, Any],
        *,
        override_reason: str | None = None,
        idempotency_key: str | None = None,
    ) -> ConversionOut:
        """Make a customer of a lead, with its contact and project; what was said to the lead goes along. All or
        nothing. (Feature 1 of the mission: nobody gets a customer on file past the duplicate check.)

        Raises `duplicate_customer` as `customers.create` does at the entrance "convert"; then `into` takes the
        customer that is on file. `duplicate_contact` when the person stands there already: `contact_id` says so.
        `override_reason` passes either as far as the company lets it. Of two who convert at once, the second gets
        `stale_version` or `illegal_state`.
        """
        wanted = given(LeadConversion, conversion)
        return self.act(
            "leads.convert",
            lambda: converting.convert(self, as_id(id), wanted, override_reason),
            given={"id": id, "conversion": wanted, "override_reason": override_reason},
            answer=ConversionOut,
            key=idempotency_key,
        )

    def _create(self, data: LeadIn) -> LeadOut:
        if data.pool and data.owner_id is not None:
            raise InvalidInput.of("owner_id", "owner_in_the_pool")
        if data.pool:
            access.require(self.work, "write", "lead")
        owner = None if data.pool else people.new_owner(self.work, "lead", data.owner_id)
        currency = data.currency or self.work.runtime.settings.default_currency
        budget = optional_money("budget", data.budget, currency)
        facts = {
            **data.model_dump(exclude={"pool", "budget"}),
            **settled(self.work, data.model_dump(include=set(_CODED))),
            "owner_id": owner,
            "currency": currency,
            "budget_minor": None if budget is None else budget.minor,
        }
        row = {"id": new_id(), **facts, "state": "new", "last_follow_up_at": None}
        score = scoring.scored(self.work, row)
        self.add(Lead, **row, **score, **self.stamps())
        self.work.journal.record("leads.create", "lead", row["id"], first_facts(facts))
        told = {name: facts[name] for name in ("company_name", "owner_id", "source", "region", "industry")}
        self.work.journal.emit(LeadCreated, lead_id=row["id"], score=score["score"], budget=budget, **told)
        return telling.out(telling.read_back(self, row["id"]))

    def _update(self, id: UUID, patch: LeadPatch) -> LeadOut:
        row = self.one(Lead, id, "write")
        self.fresh(Lead, row, patch.expected_version)
        must_be("lead", row.state, *telling.OPEN)
        changed = differences(row, self._kept(row, patch.changes()))
        after = {name: value for name, (_, value) in changed.items()}
        if scoring.MATTERS & set(after):
            after |= scoring.scored(self.work, {**row._mapping, **after})
        self.change(Lead, row, patch.expected_version, **after)
        return telling.changed(self, "leads.update", id, changed)

    def _kept(self, row: Any, values: dict[str, Any]) -> dict[str, Any]:
        if "company_name" in values and values["company_name"] is None:
            raise InvalidInput.of("company_name", "name_taken_away")
        coded = {name: values[name] for name in _CODED if name in values}
        values |= settled(self.work, coded, row)
        if "budget" in values:
            budget = optional_money("budget", values.pop("budget"), row.currency)
            values["budget_minor"] = None if budget is None else budget.minor
        return values

    def _invalidate(self, id: UUID, why: LeadInvalid) -> LeadOut:
        known = self.work.runtime.settings.lead_invalid_reasons
        if why.because not in known:
            raise InvalidInput.of("because", "unknown_reason", given=why.because, known=", ".join(known))
        row = self.one(Lead, id, "write")
        self.fresh(Lead, row, why.expected_version)
        must_be("lead", row.state, *telling.OPEN)
        self.change(Lead, row, why.expected_version, state="invalid", invalid_because=why.because)
        planned.end(self, Lead, [id], "lead invalid")
        changes = {"state": [row.state, "invalid"], "invalid_because": [None, why.because]}
        self.work.journal.record("leads.invalidate", "lead", id, changes, why.comment)
        self.work.journal.emit(LeadInvalidated, **telling.facts(row), because=why.because)
        return telling.out(telling.read_back(self, id))

    def _revive(self, id: UUID, why: str, expected_version: int) -> LeadOut:
        row = self.one(Lead, id, "write")
        self.fresh(Lead, row, expected_version)
        must_be("lead", row.state, "invalid")
        state = "new" if row.last_follow_up_at is None else "following"
        self.change(Lead, row, expected_version, state=state, invalid_because=None)
        changes = {"state": ["invalid", state], "invalid_because": [row.invalid_because, None]}
        return telling.changed(self, "leads.revive", id, changes, why)
