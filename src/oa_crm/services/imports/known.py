"""A row of a file brings somebody who is on file up to date: what it fills in and is not so already, his name never.

A dry run says the same and writes nothing.
"""

from typing import Any, NamedTuple
from uuid import UUID

from oa_crm.errors import DuplicateContact, NotFound
from oa_crm.models import Contact, table_of
from oa_crm.schemas import ContactPatch, ContactRow, LeaveIn, PostPatch
from oa_crm.services.base import Service, differences
from oa_crm.services.imports.attempts import taken_back
from oa_crm.services.imports.standing import People, Standing
from oa_crm.services.persons import changing, facts, leaving, posts, reporting
from oa_crm.services.persons.alike import Looks

PERSON = ("name", "mobile", "phones", "emails", "wechat", "birthday", "gender", "salutation", "notes")
POST = ("title", "department", "role", "started_on")
_FOUND_BY = ("mobile", "phones", "emails")


class Meant(NamedTuple):
    """Whom a row means: the customer, the person's facts as they are kept, his superior, and who he is where the row
    says so by an id."""

    customer: UUID
    kept: dict[str, Any]
    superior: UUID | None
    known: Standing | None


class Updates:
    """Brings people of one slice up to date."""

    def __init__(self, service: Service, people: People, *, dry: bool) -> None:
        self._service, self._work, self._people, self._dry = service, service.work, people, dry

    def bring(self, said: ContactRow, meant: Meant, known: Standing) -> None:
        """What the row fills in. The name stays: the row may only have written it otherwise."""
        of_person = {name: meant.kept[name] for name in PERSON if name != "name" and name in said.model_fields_set}
        of_post = {name: getattr(said, name) for name in POST if name in said.model_fields_set}
        of_post |= {} if meant.superior is None else {"reports_to": meant.superior}
        changed = self._changed(known, of_person)
        at = self._stands_at(known, meant.customer) if set(_FOUND_BY) & set(changed) else [meant.customer]
        if self._dry:
            self._would_change(said, meant, known, changed, at)
        else:
            with taken_back(self._work):
                if changed:
                    self._change(known.id, changed)
                if known.current:
                    self._stand(said, known.post_id, of_post)
        known.reports_to = meant.superior or known.reports_to
        self._people.know(meant.customer, known)
        self._people.changed(at, known.id, {name: changed[name] for name in _FOUND_BY if name in changed})
        if said.status == "left" and known.current:
            self._people.left(meant.customer, known)

    def would_stand(self, said: ContactRow, customer: UUID, id: UUID, superior: UUID | None, started_on: Any) -> None:
        """Whether a post may be so as a row says, before anybody writes it."""
        if superior is not None:
            reporting.fits(self._people.above(customer), id, superior)
        if said.status == "left":
            posts.ends_after_it_began("ended_on", started_on, posts.not_to_come(self._work, "ended_on", said.ended_on))

    def leave(self, post_id: UUID, said: ContactRow) -> None:
        """End a post as the row says."""
        version = posts.row(self._service, post_id).version
        leaving.leave(self._service, post_id, LeaveIn(expected_version=version, on=said.ended_on), "ended_on")

    def _changed(self, known: Standing, of_person: dict[str, Any]) -> dict[str, Any]:
        """What of it is not on file. A file that was taken out and is taken in as it is changes nothing."""
        if not known.on_file:
            return of_person
        mine = self._service.company_wide(Contact).where(table_of(Contact).c.id == known.id)
        held = self._work.connection.execute(mine).one_or_none()
        if held is None:  # The database refused the row that brought him in.
            raise NotFound("contact", known.id)
        return {name: of_person[name] for name in differences(held, of_person)}

    def _stands_at(self, known: Standing, customer: UUID) -> list[UUID]:
        """The customers where he stands, this one with them, that the actor may write to: of others nothing is told."""
        others = posts.current(self._work, known.id, "write") if known.on_file else ()
        return sorted({customer, *(one.customer_id for one in others)})

    def _change(self, id: UUID, changed: dict[str, Any]) -> None:
        version = self._service.one(Contact, id, "write").version
        changing.change_person(self._service, id, ContactPatch(expected_version=version, **changed), None)

    def _stand(self, said: ContactRow, post_id: UUID, of_post: dict[str, Any]) -> None:
        """What he is at the customer, as the row says."""
        held = posts.row(self._service, post_id)
        if changed := differences(held, of_post):
            new = {name: after for name, (_, after) in changed.items()}
            changing.change_post(self._service, post_id, PostPatch(expected_version=held.version, **new))
        if said.status == "left":
            self.leave(post_id, said)
        elif said.primary and held.is_primary is None:
            changing.set_primary(self._service, post_id)

    def _would_change(
        self, said: ContactRow, meant: Meant, known: Standing, changed: dict[str, Any], at: list[UUID]
    ) -> None:
        started_on = said.started_on
        if known.on_file:
            if changed:
                self._service.one(Contact, known.id, "write")
                self._refuse_doubles(known, changed, at)
            started_on = started_on or posts.row(self._service, known.post_id).started_on
        if known.current:
            self.would_stand(said, meant.customer, known.id, meant.superior, started_on)

    def _refuse_doubles(self, known: Standing, changed: dict[str, Any], at: list[UUID]) -> None:
        """Raises `DuplicateContact` for a number or address that is another's at one of the customers, as the change
        would: there are people whom a dry run put on no file."""
        self._people.learn(at)
        numbers = facts.phone_keys(changed.get("mobile"), changed.get("phones"))
        looks = Looks(
            known.name,
            "",
            sorted(set(numbers) - set(facts.phone_keys(known.mobile, known.phones))),
            sorted(set(facts.email_keys(changed.get("emails"))) - set(facts.email_keys(known.emails))),
        )
        there = (customer for customer in at if known.id in self._people.above(customer))
        found = {one.id: (one, how) for id in there for one, how in self._people.alike(id, looks, also_left=False)}
        found.pop(known.id, None)
        if found:
            told = [{"id": str(id), "name": one.name, "same": how} for id, (one, how) in sorted(found.items())]
            raise DuplicateContact(known.name, told)
