"""A slice of contacts taken in by the rules of every other entrance: each goes on file, changes and leaves by the code
that does it when a person enters it. What is plain is written at once for all, in a constant number of statements.

Rows are decided one after another, as if each went on file before the next was looked at. Whoever may write to a
customer may know who stands there.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from oa_crm.errors import CrmError, FieldProblem, InvalidInput
from oa_crm.ids import new_id
from oa_crm.models import Contact
from oa_crm.schemas import ContactIn, ContactPatch, ContactRow, LeaveIn, PostPatch
from oa_crm.services import showing, sights
from oa_crm.services.base import Service
from oa_crm.services.imports.attempts import taken_back
from oa_crm.services.imports.named import Named, Whom
from oa_crm.services.imports.rows import ASKED, CREATED, SKIPPED, UPDATED, Given, How, Outcome, failed
from oa_crm.services.imports.standing import People, Standing
from oa_crm.services.persons import adding, changing, facts, leaving, posts, reporting
from oa_crm.services.persons.adding import New
from oa_crm.services.persons.alike import Looks

_PERSON = ("name", "mobile", "phones", "emails", "wechat", "birthday", "gender", "salutation", "notes")
_POST = ("title", "department", "role", "started_on")
T = TypeVar("T")


class Contacts:
    """Takes one slice."""

    def __init__(self, service: Service, how: How) -> None:
        self._service, self._work, self._how = service, service.work, how
        self._outcomes: dict[int, Outcome] = {}
        self._waiting: list[tuple[int, New, str | None]] = []

    def take(self, rows: Sequence[Given]) -> list[Outcome]:
        """What becomes of each row, in their order."""
        ready = [(row, said) for row in rows if (said := self._accepted(row)) is not None]
        self._named = Named(self._service, [_whom(said) for _, said in ready])
        if not self._how.dry:
            # All at once and in one order, so that two imports never wait for each other in a ring.
            posts.lock(self._work, self._named.ids)
        self._people = People(self._work, self._named.ids, self._how.seen)
        for row, said in ready:
            try:
                self._outcomes[row.row] = self._decide(row, said)
            except CrmError as error:
                self._fail(row.row, error)
        self._write()
        return [self._outcomes[row.row] for row in rows]

    def _accepted(self, row: Given) -> ContactRow | None:
        try:
            if row.problems:
                raise InvalidInput(row.problems)
            said = ContactRow(**row.facts)
            sights.fit(self._work, said)
            if said.ended_on is not None and said.status != "left":
                raise InvalidInput.of("status", "ended_but_active")
            return said
        except CrmError as error:
            self._fail(row.row, error)
            return None

    def _fail(self, row: int, error: CrmError) -> None:
        showing.seen_error(self._work, error)
        self._outcomes[row] = failed(row, error, self._work.scope.locale)

    def _decide(self, row: Given, said: ContactRow) -> Outcome:
        customer, kept, superior = self._meant(said)
        looks = adding.looks_of(kept)
        found = self._people.alike(customer, looks, also_left=said.status == "left")
        how = row.decision or self._how.on_duplicate
        if not found or how == "create":
            self._create(row, said, self._new(said, kept, customer, superior), self._how.reason if found else None)
            return Outcome(row.row, CREATED)
        if how == "update" and len(found) == 1:
            self._update(said, kept, customer, superior, found[0][0])
            return Outcome(row.row, UPDATED)
        return Outcome(row.row, SKIPPED if how == "skip" else ASKED, self._told(found, looks, kept))

    def _meant(self, said: ContactRow) -> tuple[UUID, dict[str, Any], UUID | None]:
        """The customer, the person's facts as they are kept, and the superior; everything that is wrong at once."""
        wrong: list[FieldProblem] = []
        customer = _tried(lambda: self._named.one(_whom(said)), wrong)
        kept = _tried(lambda: facts.person(self._work, said.model_dump(include=set(_PERSON))), wrong)
        superior = None
        if customer is not None and said.reports_to is not None:
            superior = _tried(lambda: self._superior(customer, said.reports_to or ""), wrong)
        if wrong or customer is None or kept is None:
            raise InvalidInput(wrong)
        return customer, kept, superior

    def _superior(self, customer: UUID, name: str) -> UUID:
        found = self._people.called(customer, facts.name_key(name))
        if len(found) != 1:
            raise InvalidInput.of("reports_to", "several_of_that_name" if found else "no_such_superior")
        return found[0].id

    def _told(
        self, found: Sequence[tuple[Standing, str]], looks: Looks, kept: dict[str, Any]
    ) -> tuple[FieldProblem, ...]:
        """Who is on file, at the column that says the same of him."""
        mobile = facts.phone_keys(kept["mobile"], ())
        problems = []
        for one, same in found:
            both = set(facts.phone_keys(one.mobile, one.phones)) & set(looks.phones)
            field = {"email": "emails", "phone": "mobile" if both & set(mobile) else "phones"}.get(same, "name")
            name = showing.seen_facts(self._work, "contact", {"name": one.name}).get("name", showing.MASK)
            problems.append(FieldProblem.of(field, "contact_on_file", found=name))
        return tuple(problems[:20])

    def _new(self, said: ContactRow, kept: dict[str, Any], customer: UUID, superior: UUID | None) -> New:
        standing = said.model_dump(include={"name", *_POST}) | {"reports_to": superior}
        primary = said.primary and said.status != "left"
        data = ContactIn(customer_id=customer, **standing, primary=primary)
        return New(new_id(), new_id(), data, kept, adding.looks_of(kept))

    def _create(self, row: Given, said: ContactRow, new: New, reason: str | None) -> None:
        left, customer = said.status == "left", new.data.customer_id
        self._would_stand(said, customer, new.id, new.data.reports_to, said.started_on)
        if not (left or said.primary):
            self._waiting.append((row.row, new, reason))
        elif not self._how.dry:
            self._write()
            with taken_back(self._work):
                adding.enter(self._service, new, reason)
                if left:
                    self._leave(new.post_id, said)
        known = {name: new.person[name] for name in ("name", "mobile", "phones", "emails")}
        there = Standing(
            new.id, new.post_id, name_key=new.looks.key, reports_to=new.data.reports_to, current=not left, **known
        )
        there.on_file = not self._how.dry
        self._people.know(customer, there)

    def _write(self) -> None:
        """Put on file who waits, all at once; one by one when the database refuses that."""
        waiting, self._waiting = self._waiting, []
        if self._how.dry or not waiting:
            return
        try:
            with taken_back(self._work):
                adding.put(self._service, [new for _, new, _ in waiting])
                for _, new, reason in waiting:
                    adding.tell(self._service, new, reason)
        except (IntegrityError, CrmError):
            for row, new, reason in waiting:
                self._write_alone(row, new, reason)

    def _write_alone(self, row: int, new: New, reason: str | None) -> None:
        try:
            with taken_back(self._work):
                adding.enter(self._service, new, reason)
        except CrmError as error:
            self._fail(row, error)

    def _update(
        self, said: ContactRow, kept: dict[str, Any], customer: UUID, superior: UUID | None, known: Standing
    ) -> None:
        """What the row fills in. The name stays: the row may only have written it otherwise."""
        of_person = {name: kept[name] for name in _PERSON if name != "name" and name in said.model_fields_set}
        of_post = {name: getattr(said, name) for name in _POST if name in said.model_fields_set}
        of_post |= {} if superior is None else {"reports_to": superior}
        if self._how.dry:
            self._would_change(said, customer, superior, known)
        else:
            self._write()
            with taken_back(self._work):
                if of_person:
                    version = self._service.one(Contact, known.id, "write").version
                    patch = ContactPatch(expected_version=version, **of_person)
                    changing.change_person(self._service, known.id, patch, None)
                if known.current:
                    self._stand(said, known.post_id, of_post)
        for name in {"mobile", "phones", "emails"} & set(of_person):
            setattr(known, name, of_person[name])
        known.reports_to = superior or known.reports_to
        self._people.know(customer, known)
        if said.status == "left":
            self._people.left(customer, known)

    def _stand(self, said: ContactRow, post_id: UUID, of_post: dict[str, Any]) -> None:
        """What he is at the customer, as the row says."""
        held = posts.row(self._service, post_id)
        if of_post:
            changing.change_post(self._service, post_id, PostPatch(expected_version=held.version, **of_post))
        if said.status == "left":
            self._leave(post_id, said)
        elif said.primary and held.is_primary is None:
            changing.set_primary(self._service, post_id)

    def _leave(self, post_id: UUID, said: ContactRow) -> None:
        version = posts.row(self._service, post_id).version
        leaving.leave(self._service, post_id, LeaveIn(expected_version=version, on=said.ended_on), "ended_on")

    def _would_stand(self, said: ContactRow, customer: UUID, id: UUID, superior: UUID | None, started_on: Any) -> None:
        """What a dry run says of a post that nobody writes: whether it may be so."""
        if superior is not None:
            reporting.fits(self._people.above(customer), id, superior)
        if said.status == "left":
            posts.ends_after_it_began("ended_on", started_on, posts.not_to_come(self._work, "ended_on", said.ended_on))

    def _would_change(self, said: ContactRow, customer: UUID, superior: UUID | None, known: Standing) -> None:
        started_on = said.started_on
        if known.on_file:
            self._service.one(Contact, known.id, "write")
            started_on = started_on or posts.row(self._service, known.post_id).started_on
        if known.current:
            self._would_stand(said, customer, known.id, superior, started_on)


def _whom(said: ContactRow) -> Whom:
    return Whom(said.customer_id, said.credit_code, said.number, said.customer, "customer")


def _tried(do: Callable[[], T], wrong: list[FieldProblem]) -> T | None:
    """What it gives; what is wrong with it is kept for all to be told together."""
    try:
        return do()
    except InvalidInput as error:
        wrong += error.problems
        return None
