"""on_*: customers that were merged, and split again. In order per survivor."""

from oa_crm.hooks import payloads
from oa_crm.hooks.answers import Receipt
from oa_crm.hooks.delivery import Delivery
from oa_crm.hooks.markers import hookspec


class MergeEvents:
    """The event specs of merges."""

    @hookspec
    def on_customer_merged(self, event: payloads.CustomerMerged, delivery: Delivery) -> Receipt | None:
        """Another customer's file was merged into this one.

        Effect: a returned `Receipt` is kept as a link of the survivor. What a plugin keeps under `loser_id` belongs
            under `customer_id` from now on; rows in the CRM's own database follow by `register_merge_links` instead.
            Write by `delivery.connection` and it happens exactly once.
        Errors: any exception means again later, `RetryLater` without counting, `GiveUp` a dead letter at once.
        Timing: in the relay, after the commit of `merges.merge` or `merges.merge_many`. In order per survivor; what
            happened to the loser before the merge may arrive later than this.
        Example:
            from oa_crm.hooks import hookimpl

            class Tickets:
                name = "tickets"

                def __init__(self):
                    self.of_customer = {}

                @hookimpl
                def on_customer_merged(self, event, delivery):
                    theirs = self.of_customer.pop(event.loser_id, [])
                    self.of_customer.setdefault(event.customer_id, []).extend(theirs)
        Since: 0.1
        """

    @hookspec
    def on_customer_split(self, event: payloads.CustomerSplit, delivery: Delivery) -> Receipt | None:
        """A merge was taken back: the loser has its own file again.

        Effect: a returned `Receipt` is kept as a link of the survivor. `merge_id` is that of the merge, by which a
            plugin knows what it led over then.
        Errors: any exception means again later, `RetryLater` without counting, `GiveUp` a dead letter at once.
        Timing: in the relay, after the commit of `merges.split`; never before the merge's own event.
        Example:
            from oa_crm.hooks import hookimpl

            class Splits:
                name = "splits"

                def __init__(self):
                    self.seen = {}

                @hookimpl
                def on_customer_split(self, event, delivery):
                    self.seen[event.merge_id] = (event.customer_id, event.loser_id)
        Since: 0.1
        """
