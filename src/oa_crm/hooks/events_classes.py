"""on_*: what customers are, and what those who lead are told of it."""

from oa_crm.hooks import payloads
from oa_crm.hooks.answers import Receipt
from oa_crm.hooks.delivery import Delivery
from oa_crm.hooks.markers import hookspec


class ClassEvents:
    """The event specs of classes and digests."""

    @hookspec
    def on_customer_reclassified(self, event: payloads.CustomerReclassified, delivery: Delivery) -> Receipt | None:
        """A customer's level or category changed, by hand, by a rule, or through a merge or split.

        Effect: a returned `Receipt` is kept as a link of the customer. One event a level or category; `tree` is
            "level" for the level. A customer that goes on file with a level tells it by `on_customer_created`.
        Errors: any exception means again later, `RetryLater` without counting, `GiveUp` a dead letter at once.
        Timing: in the relay, after the commit of `customers.classify`, of a `customers.update` of the level, of rules
            that were applied, or of a merge or split. In order per customer.
        Example:
            from oa_crm.hooks import hookimpl

            class CreditTerms:
                name = "credit_terms"

                def __init__(self):
                    self.days = {}

                @hookimpl
                def on_customer_reclassified(self, event, delivery):
                    if event.tree == "level":
                        self.days[event.customer_id] = {"A": 60, "B": 30}.get(event.after, 0)
        Since: 0.1
        """

    @hookspec
    def on_digest_built(self, event: payloads.DigestBuilt, delivery: Delivery) -> Receipt | None:
        """A digest of key changes waits for its reader.

        Effect: a returned `Receipt` is kept as a link of kind "digest". The built-in `notices` plugin tells the reader
            by the notifier. The changes are not in the event: he reads them by `digests.read`, as far as he may.
        Errors: any exception means again later, `RetryLater` without counting, `GiveUp` a dead letter at once.
        Timing: in the relay, after the commit of `digests.build` or of a part of `crm.digests.build`.
        Example:
            from oa_crm.hooks import hookimpl

            class Desktop:
                name = "desktop"

                def __init__(self):
                    self.badges = {}

                @hookimpl
                def on_digest_built(self, event, delivery):
                    self.badges[event.member_id] = event.changes
        Since: 0.1
        """
