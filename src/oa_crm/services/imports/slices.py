"""A slice of rows taken in by the rules of every other entrance, by a constant number of statements for what is plain.

Rows are decided one after another, as if each went on file before the next was looked at. What is not plain, such as an
update or a clash that is passed, goes the way of a single customer; so does a whole slice that the database refuses.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from oa_crm.errors import CrmError, FieldProblem, HoldingLimitReached, InvalidInput, TooManySearches
from oa_crm.models import Customer
from oa_crm.schemas import CheckReport, CustomerIn, CustomerPatch, Entrance, Hit, Verdict
from oa_crm.services import clashes, people, sights
from oa_crm.services.base import Service
from oa_crm.services.clashes import passing, searches
from oa_crm.services.clashes.batch import Batch, together
from oa_crm.services.customers import creating, updating
from oa_crm.services.customers.creating import New
from oa_crm.services.imports.attempts import taken_back
from oa_crm.services.imports.rows import ASKED, CREATED, SKIPPED, UPDATED, Given, Outcome, clashed, failed
from oa_crm.services.work import Work

_WAY = Entrance.IMPORT


class Slice:
    """Takes one slice. With `seen`, a dry run's memory of the rows before it, it decides and writes nothing."""

    def __init__(self, service: Service, on_duplicate: str, reason: str, seen: dict[int, int] | None = None) -> None:
        self._service, self._work, self._dry, self._seen = service, service.work, seen is not None, seen
        self._on_duplicate, self._reason = on_duplicate, reason
        self._batch = Batch(self._work, _WAY)
        self._ids: list[UUID] = []
        self._waiting: list[tuple[int, New, str | None]] = []
        self._outcomes: dict[int, Outcome] = {}
        self._owners: dict[str | None, str | CrmError] = {}

    def take(self, rows: Sequence[Given]) -> list[Outcome]:
        """What becomes of each row, in their order."""
        ready = [(row, new) for row in rows if (new := self._accepted(row)) is not None]
        if not self._dry:
            clashes.wait_for_many(self._work, [new.draft for _, new in ready])
        drafts = [new.draft for _, new in ready]
        reports = clashes.reports_of_many(self._work, drafts, _WAY, after_gate=True, only_clashes=True)
        for (row, new), report in zip(ready, reports, strict=True):
            before = self._batch.hits(new.draft, only_clashes=report.verdict is Verdict.CLEAR)
            self._decide(row, new, together(report, before))
        self._write()
        return [self._outcomes[row.row] for row in rows]

    def _accepted(self, row: Given) -> New | None:
        try:
            if row.problems:
                raise InvalidInput(row.problems)
            data = CustomerIn(**row.facts)
            sights.fit(self._work, data)
            return creating.accepted(self._service, data, self._owner)
        except CrmError as error:
            self._fail(row.row, error)
            return None

    def _owner(self, work: Work, kind: str, wanted: str | None) -> str:
        """Asked once a slice for each of them."""
        if wanted not in self._owners:
            try:
                self._owners[wanted] = people.new_owner(work, kind, wanted)
            except CrmError as error:
                self._owners[wanted] = error
        if isinstance(found := self._owners[wanted], CrmError):
            raise found
        return found

    def _seen_before(self, row: Given, new: New) -> bool:
        """Whether, in a dry run, a row of an earlier slice is plainly the same customer; nobody put that on file."""
        if self._seen is None:
            return False
        shared = self._work.runtime.matching.engine.race_keys(new.draft, self._work.scope.tenant)
        earlier = min((self._seen[one] for one in shared if one in self._seen), default=None)
        if earlier is None:
            self._seen |= dict.fromkeys(shared, row.row)
            return False
        how = row.decision or self._on_duplicate
        outcome = {"skip": SKIPPED, "update": UPDATED, "create": CREATED}.get(how, ASKED)
        self._done(Outcome(row.row, outcome, (FieldProblem.of("name", "same_as_row", row=earlier),)))
        return True

    def _decide(self, row: Given, new: New, report: CheckReport) -> None:
        if report.verdict is Verdict.CLEAR:
            if self._seen_before(row, new):
                return
            if new.data.parent_id is None:
                self._wait(row.row, new, None)
            else:
                self._alone(row, new, None)
            return
        how = row.decision or self._on_duplicate
        if how == "create":
            self._pass(row, new, report)
            return
        searches.within_limit(self._work, _WAY)
        searches.note(self._work, new.draft.name, _WAY, report)
        target = self._certain(report) if how == "update" else None
        if target is not None:
            self._update(row, new, target)
        else:
            self._done(clashed(row.row, SKIPPED if how == "skip" else ASKED, report, self._work.scope.locale))

    def _pass(self, row: Given, new: New, report: CheckReport) -> None:
        """Past a warning by the import's reason; past a block as anybody would get there."""
        if report.verdict is Verdict.WARN and new.data.parent_id is None:
            self._wait(row.row, new, self._reason)
        else:
            self._alone(row, new, self._reason)

    def _certain(self, report: CheckReport) -> UUID | None:
        """The one customer that the row surely is."""
        blocking = [hit for hit in report.hits if hit.verdict is Verdict.BLOCK]
        return self._id(blocking[0]) if len(blocking) == 1 else None

    def _id(self, hit: Hit) -> UUID | None:
        return hit.customer_id if hit.row is None else self._ids[hit.row]

    def _wait(self, row: int, new: New, because: str | None) -> None:
        """It goes on file with the others; those behind it are compared with it already."""
        self._waiting.append((row, new, because))
        self._follow(new)
        self._done(Outcome(row, CREATED))

    def _follow(self, new: New, id: UUID | None = None) -> None:
        self._batch.add(new.draft)
        self._ids.append(id or new.id)

    def _alone(self, row: Given, new: New, because: str | None) -> None:
        self._write()
        if self._dry:
            self._judged(row, because)
            self._follow(new)
            return
        try:
            with taken_back(self._work):
                out = creating.create(self._service, new.data, because, _WAY)
        except CrmError as error:
            self._fail(row.row, error)
            return
        self._follow(new, out.id)
        self._done(Outcome(row.row, CREATED))

    def _judged(self, row: Given, because: str | None) -> None:
        """What a dry run says of a row that passes a block: whether this person may."""
        try:
            if because is not None:
                passing.may_pass(self._work, clashes.policy_for(self._work, _WAY).policy)
            self._done(Outcome(row.row, CREATED))
        except CrmError as error:
            self._fail(row.row, error)

    def _update(self, row: Given, new: New, id: UUID) -> None:
        self._write()
        try:
            with taken_back(self._work):
                if self._dry and id in self._ids:
                    self._done(Outcome(row.row, UPDATED))
                    return
                held = self._service.one(Customer, id, "write")
                patch = CustomerPatch(expected_version=held.version, **_changes(row, held))
                sights.fit(self._work, patch)
                if not self._dry and updating.differs(self._work, held, patch):
                    updating.update(self._service, id, patch)
        except CrmError as error:
            self._fail(row.row, error)
            return
        self._follow(new, id)
        self._done(Outcome(row.row, UPDATED))

    def _write(self) -> None:
        """Put on file what waits, all at once; one by one when the database refuses that."""
        waiting, self._waiting = self._waiting, []
        if self._dry or not waiting:
            return
        try:
            with taken_back(self._work):
                new = [one for _, one, _ in waiting]
                creating.put(self._service, new, _WAY)
                creating.tell(self._service, new, {one.id: because for _, one, because in waiting})
        except (IntegrityError, InvalidInput, HoldingLimitReached):
            self._write_each(waiting)

    def _write_each(self, waiting: list[tuple[int, New, str | None]]) -> None:
        for row, new, because in waiting:
            try:
                with taken_back(self._work):
                    out = creating.create(self._service, new.data, because, _WAY)
            except CrmError as error:
                self._fail(row, error)
                continue
            self._ids = [out.id if one == new.id else one for one in self._ids]

    def _fail(self, row: int, error: CrmError) -> None:
        if isinstance(error, TooManySearches):
            raise error
        self._done(failed(row, error, self._work.scope.locale))

    def _done(self, outcome: Outcome) -> None:
        self._outcomes[outcome.row] = outcome


def _changes(row: Given, held: Any) -> dict[str, Any]:
    """What a row says anew of a customer on file. Its name stays: the row may only have written it otherwise."""
    facts = {name: value for name, value in row.facts.items() if name not in ("name", "owner_id")}
    if "invoice" in facts:
        facts["invoice"] = {**(held.invoice or {}), **facts["invoice"]}
    return facts
