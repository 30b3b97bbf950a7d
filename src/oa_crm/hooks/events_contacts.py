"""on_*: what happens to people at customers. In order per person."""

from oa_crm.hooks import payloads
from oa_crm.hooks.answers import Receipt
from oa_crm.hooks.delivery import Delivery
from oa_crm.hooks.markers import hookspec


class ContactEvents:
    """The event specs of contacts and their posts."""

    @hookspec
    def on_contact_added(self, event: payloads.ContactAdded, delivery: Delivery) -> Receipt | None:
        """A person took a post at a customer.

        Effect: a returned `Receipt` is kept as a link of the contact (`unit.links.of("contact", id)`). `moved_from`
            holds the customers that he left for this one. Names and numbers are in the file, not in the event.
        Errors: any exception means again later, `RetryLater` without counting, `GiveUp` a dead letter at once.
        Timing: in the relay, after the commit of `contacts.create` or `contacts.move`; after the `on_contact_left` of
            the same move.
        Example:
            from oa_crm.hooks import Receipt, hookimpl

            class AddressBook:
                name = "address_book"

                def __init__(self):
                    self.cards = {}

                @hookimpl
                def on_contact_added(self, event, delivery):
                    self.cards.setdefault(event.contact_id, []).append(event.customer_id)
                    return Receipt(str(event.contact_id), label="address card")
        Since: 0.1
        """

    @hookspec
    def on_contact_updated(self, event: payloads.ContactUpdated, delivery: Delivery) -> Receipt | None:
        """Facts of a person, or of what he is at a customer, changed.

        Effect: a returned `Receipt` is kept as a link of the contact. `changed` names the fields ("mobile", "role",
            "primary") and never holds values, so that personal data stays in the file.
        Errors: any exception means again later, `RetryLater` without counting, `GiveUp` a dead letter at once.
        Timing: in the relay, after the commit of a `contacts.update` or `contacts.change_post` that changed
            something, or of `contacts.set_primary`.
        Example:
            from oa_crm.hooks import hookimpl

            class Syncs:
                name = "syncs"

                def __init__(self):
                    self.stale = set()

                @hookimpl
                def on_contact_updated(self, event, delivery):
                    if {"mobile", "phones", "emails"} & set(event.changed):
                        self.stale.add(event.contact_id)
        Since: 0.1
        """

    @hookspec
    def on_contact_left(self, event: payloads.ContactLeft, delivery: Delivery) -> Receipt | None:
        """A person no longer stands at a customer.

        Effect: a returned `Receipt` is kept as a link of the contact. A host may tell whoever follows the customer to
            look for somebody else there.
        Errors: any exception means again later, `RetryLater` without counting, `GiveUp` a dead letter at once.
        Timing: in the relay, after the commit of `contacts.leave`, or of a `contacts.move` that ended a post.
        Example:
            from oa_crm.hooks import hookimpl

            class Vacancies:
                name = "vacancies"

                def __init__(self):
                    self.at = {}

                @hookimpl
                def on_contact_left(self, event, delivery):
                    self.at[event.post_id] = (event.customer_id, event.ended_on)
        Since: 0.1
        """
