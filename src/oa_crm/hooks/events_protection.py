"""on_*: what the protection clock does, and what people ask of it. In order per customer."""

from oa_crm.hooks import payloads
from oa_crm.hooks.answers import Receipt
from oa_crm.hooks.delivery import Delivery
from oa_crm.hooks.markers import hookspec


class ProtectionEvents:
    """The event specs of the protection clock."""

    @hookspec
    def on_protection_warned(self, event: payloads.ProtectionWarned, delivery: Delivery) -> Receipt | None:
        """A customer comes near its deadline, and its owner is warned; at a later stage his manager as well.

        Effect: a returned `Receipt` is kept as a link of the customer. The built-in plugin `notices` tells `owner_id`
            and, where the stage says so, `manager_id`. Each stage comes once while a deadline stands.
        Errors: any exception means again later, `RetryLater` without counting, `GiveUp` a dead letter at once.
        Timing: in the relay, after the commit of the sweep's slice; before `on_customer_recycled` of that deadline.
        Example:
            from oa_crm.hooks import Receipt, hookimpl

            class Agenda:
                name = "agenda"

                def __init__(self):
                    self.calls = {}

                @hookimpl
                def on_protection_warned(self, event, delivery):
                    self.calls[event.customer_id] = (event.owner_id, event.days)
                    return Receipt(str(event.days), label="reminder")
        Since: 0.1
        """

    @hookspec
    def on_customer_recycled(self, event: payloads.CustomerRecycled, delivery: Delivery) -> Receipt | None:
        """The clock took a customer from its owner, and a pool has it now.

        Effect: a returned `Receipt` is kept as a link of the customer. The built-in plugin `notices` tells
            `former_owner_id`. Projects that were closed with it tell of themselves, and `on_customer_owner_changed`
            of the same customer comes before.
        Errors: any exception means again later, `RetryLater` without counting, `GiveUp` a dead letter at once.
        Timing: in the relay, after the commit of the sweep's slice.
        Example:
            from oa_crm.hooks import hookimpl

            class Losses:
                name = "losses"

                def __init__(self):
                    self.lost = {}

                @hookimpl
                def on_customer_recycled(self, event, delivery):
                    self.lost.setdefault(event.former_owner_id, set()).add(event.customer_id)
        Since: 0.1
        """

    @hookspec
    def on_extension_requested(self, event: payloads.ExtensionRequested, delivery: Delivery) -> Receipt | None:
        """An owner asks for more days for a customer.

        Effect: a returned `Receipt` is kept as a link of the customer. The built-in plugin `notices` tells
            `manager_id`; a host may start an approval process of its own, which ends in
            `unit.pool.grant_extension` or `refuse_extension`.
        Errors: any exception means again later, `RetryLater` without counting, `GiveUp` a dead letter at once.
        Timing: in the relay, after the commit of `pool.extend`.
        Example:
            from oa_crm.hooks import hookimpl

            class Tasks:
                name = "tasks"

                def __init__(self):
                    self.open = {}

                @hookimpl
                def on_extension_requested(self, event, delivery):
                    self.open[event.extension_id] = (event.manager_id, event.days, event.reason)
        Since: 0.1
        """

    @hookspec
    def on_extension_decided(self, event: payloads.ExtensionDecided, delivery: Delivery) -> Receipt | None:
        """A request for more days was granted or refused.

        Effect: a returned `Receipt` is kept as a link of the customer. The built-in plugin `notices` tells
            `requested_by`.
        Errors: any exception means again later, `RetryLater` without counting, `GiveUp` a dead letter at once.
        Timing: in the relay, after the commit of `pool.grant_extension` or `pool.refuse_extension`.
        Example:
            from oa_crm.hooks import hookimpl

            class Tally:
                name = "tally"

                def __init__(self):
                    self.granted = {}

                @hookimpl
                def on_extension_decided(self, event, delivery):
                    self.granted[event.extension_id] = event.granted
        Since: 0.1
        """
