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
from oa_crm.schemas import ContactIn, ContactRow
from oa_crm.services import showing, sights
from oa_crm.services.base import Service
from oa_crm.services.imports.attempts import taken_back
from oa_crm.services.imports.known import PERSON, POST, Meant, Updates
from oa_crm.services.imports.named import Named, Whom
from oa_crm.services.imports.rows import ASKED, CREATED, SKIPPED, UPDATED, Given, How, Outcome, failed
from oa_crm.services.imports.standing import People, Standing
from oa_crm.services.persons import adding, facts, posts
from oa_crm.services.persons.adding import New
from oa_crm.services.persons.alike import Looks

_ID = "id"
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
        self._updates = Updates(self._service, self._people, dry=self._how.dry)
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
        meant = self._meant(said)
        customer, known, looks = meant.customer, meant.known, adding.looks_of(meant.kept)
        found = [(known, _ID)] if known else self._people.alike(customer, looks, also_left=said.status == "left")
        how = row.decision or self._how.on_duplicate
        # Who is told by his id is nobody new, whatever is decided for all rows.
        if not found or (how == "create" and known is None):
            self._create(row, said, self._new(said, meant), self._how.reason if found else None)
            return Outcome(row.row, CREATED)
        if how == "update" and len(found) == 1:
            self._write()
            self._updates.bring(said, meant, found[0][0])
            return Outcome(row.row, UPDATED)
        return Outcome(row.row, SKIPPED if how == "skip" else ASKED, self._told(found, looks, meant.kept))

    def _meant(self, said: ContactRow) -> Meant:
        """Whom the row means; everything that is wrong at once."""
        wrong: list[FieldProblem] = []
        customer = _tried(lambda: self._named.one(_whom(said)), wrong)
        kept = _tried(lambda: facts.person(self._work, said.model_dump(include=set(PERSON))), wrong)
        known = superior = None
        if customer is not None:
            known = _tried(lambda: self._by_id(customer, said), wrong)
            superior = _tried(lambda: self._superior(customer, said.reports_to, known), wrong)
        if wrong or customer is None or kept is None:
            raise InvalidInput(wrong)
        return Meant(customer, kept, superior, known)

    def _by_id(self, customer: UUID, said: ContactRow) -> Standing | None:
        """Who has, or had, the post that the row names. Raises `InvalidInput` for a name that is not his: rows slip."""
        if said.post_id is None:
            return None
        known = self._people.holding(customer, said.post_id)
        if known is None:
            raise InvalidInput.of("post_id", "no_such_post")
        if known.name_key != facts.name_key(said.name):
            raise InvalidInput.of("name", "another_person")
        if said.status != "left" and not known.current:
            raise InvalidInput.of("status", "post_ended")
        return known

    def _superior(self, customer: UUID, name: str | None, known: Standing | None) -> UUID | None:
        """Who is called so there; of several the one who is his superior already."""
        if name is None:
            return None
        found = [one.id for one in self._people.called(customer, facts.name_key(name))]
        if known is not None and known.reports_to in found:
            return known.reports_to
        if len(found) != 1:
            raise InvalidInput.of("reports_to", "several_of_that_name" if found else "no_such_superior")
        return found[0]

    def _told(
        self, found: Sequence[tuple[Standing, str]], looks: Looks, kept: dict[str, Any]
    ) -> tuple[FieldProblem, ...]:
        """Who is on file, at the column that says the same of him."""
        mobile = facts.phone_keys(kept["mobile"], ())
        problems = []
        for one, same in found:
            both = set(facts.phone_keys(one.mobile, one.phones)) & set(looks.phones)
            number = "mobile" if both & set(mobile) else "phones"
            field = {_ID: "post_id", "email": "emails", "phone": number}.get(same, "name")
            name = showing.seen_facts(self._work, "contact", {"name": one.name}).get("name", showing.MASK)
            code = "contact_of_this_id" if same == _ID else "contact_on_file"
            problems.append(FieldProblem.of(field, code, found=name))
        return tuple(problems[:20])

    def _new(self, said: ContactRow, meant: Meant) -> New:
        standing = said.model_dump(include={"name", *POST}) | {"reports_to": meant.superior}
        primary = said.primary and said.status != "left"
        data = ContactIn(customer_id=meant.customer, **standing, primary=primary)
        return New(new_id(), new_id(), data, meant.kept, adding.looks_of(meant.kept))

    def _create(self, row: Given, said: ContactRow, new: New, reason: str | None) -> None:
        left, customer = said.status == "left", new.data.customer_id
        self._updates.would_stand(said, customer, new.id, new.data.reports_to, said.started_on)
        if not (left or said.primary):
            self._waiting.append((row.row, new, reason))
        elif not self._how.dry:
            self._write()
            with taken_back(self._work):
                adding.enter(self._service, new, reason)
                if left:
                    self._updates.leave(new.post_id, said)
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


def _whom(said: ContactRow) -> Whom:
    return Whom(said.customer_id, said.credit_code, said.number, said.customer, "customer")


def _tried(do: Callable[[], T], wrong: list[FieldProblem]) -> T | None:
    """What it gives; what is wrong with it is kept for all to be told together."""
    try:
        return do()
    except InvalidInput as error:
        wrong += error.problems
        return None
