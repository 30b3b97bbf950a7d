"""on_*: what happens to customers and what is said to them. In order per customer."""

from oa_crm.hooks import payloads
from oa_crm.hooks.answers import Receipt
from oa_crm.hooks.delivery import Delivery
from oa_crm.hooks.markers import hookspec


class CustomerEvents:
    """The event specs of customers and follow-ups."""

    @hookspec
    def on_customer_created(self, event: payloads.CustomerCreated, delivery: Delivery) -> Receipt | None:
        """A customer went on file.

        Effect: a returned `Receipt` is kept as a link of the customer (`unit.links.of("customer", id)`).
            `overrode_clash` holds the reason when the duplicate check had objected.
        Errors: any exception means again later, `RetryLater` without counting, `GiveUp` a dead letter at once.
        Timing: in the relay, after the commit of `customers.create`; the first event of its customer.
        Example:
            from oa_crm.hooks import Receipt, hookimpl

            class AddressBook:
                name = "address_book"

                def __init__(self):
                    self.cards = {}

                @hookimpl
                def on_customer_created(self, event, delivery):
                    card = self.cards.setdefault(delivery.key, f"card-{len(self.cards) + 1}")
                    return Receipt(card, label="address card")
        Since: 0.1
        """

    @hookspec
    def on_customer_updated(self, event: payloads.CustomerUpdated, delivery: Delivery) -> Receipt | None:
        """Facts of a customer changed.

        Effect: a returned `Receipt` is kept as a link of the customer. `changed` names the fields and never holds
            values, so that personal data stays in the file.
        Errors: any exception means again later, `RetryLater` without counting, `GiveUp` a dead letter at once.
        Timing: in the relay, after the commit of a `customers.update` that changed something. In order per
            customer: never before its `on_customer_created`.
        Example:
            from oa_crm.hooks import hookimpl

            class Renames:
                name = "renames"

                def __init__(self):
                    self.names = {}

                @hookimpl
                def on_customer_updated(self, event, delivery):
                    if "name" in event.changed:
                        self.names[event.customer_id] = event.name
        Since: 0.1
        """

    @hookspec
    def on_customer_owner_changed(self, event: payloads.CustomerOwnerChanged, delivery: Delivery) -> Receipt | None:
        """A customer came to somebody, or into a pool.

        Effect: a returned `Receipt` is kept as a link of the customer. `cause` says what led to it, `former_owner_id`
            who had it before.
        Errors: any exception means again later, `RetryLater` without counting, `GiveUp` a dead letter at once.
        Timing: in the relay, after the commit of `pool.claim`, `assign`, `transfer`, `release`, `move`, their batches
            or `distribute`, of a merge or a split that brings a customer to somebody else, of `handover.execute` or
            `undo`, for each customer, and of a sweep that recycles, which tells more in `on_customer_recycled`. Not
            when a customer is put on file, nor when the first pool takes in what nobody had. In order per customer.
        Example:
            from oa_crm.hooks import hookimpl

            class Desks:
                name = "desks"

                def __init__(self):
                    self.on_desk = {}

                @hookimpl
                def on_customer_owner_changed(self, event, delivery):
                    self.on_desk[event.customer_id] = event.owner_id
        Since: 0.1
        """

    @hookspec
    def on_follow_up_logged(self, event: payloads.FollowUpLogged, delivery: Delivery) -> Receipt | None:
        """A conversation with a customer was recorded.

        Effect: a returned `Receipt` is kept as a link of the customer. The words are not in the event; who may
            read them does so by `unit.followups.history`.
        Errors: any exception means again later, `RetryLater` without counting, `GiveUp` a dead letter at once.
        Timing: in the relay, after the commit of `followups.log`. In order per customer.
        Example:
            from oa_crm.hooks import Receipt, hookimpl

            class Calendar:
                name = "calendar"

                def __init__(self):
                    self.due = {}

                @hookimpl
                def on_follow_up_logged(self, event, delivery):
                    if event.next_contact_on is not None:
                        self.due[event.follow_up_id] = (event.actor, event.next_contact_on)
                        return Receipt(str(event.follow_up_id), label="calendar entry")
        Since: 0.1
        """
