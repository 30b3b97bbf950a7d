"""on_*: what happens to shares. In order per share."""

from oa_crm.hooks import payloads
from oa_crm.hooks.answers import Receipt
from oa_crm.hooks.delivery import Delivery
from oa_crm.hooks.markers import hookspec


class ShareEvents:
    """The event specs of shares."""

    @hookspec
    def on_share_given(self, event: payloads.ShareGiven, delivery: Delivery) -> Receipt | None:
        """Facts were shared with somebody who does not see the file, such as an agent.

        Effect: a returned `Receipt` is kept as a link of the share (`unit.links.of("share", id)`).
        Errors: any exception means again later, `RetryLater` without counting, `GiveUp` a dead letter at once.
        Timing: in the relay, after the commit of `shares.give`. Revoking it tells nobody.
        Example:
            from oa_crm.hooks import hookimpl

            class Gatekeeper:
                name = "gatekeeper"

                def __init__(self):
                    self.went_out = {}

                @hookimpl
                def on_share_given(self, event, delivery):
                    self.went_out.setdefault(event.receiver_id, set()).update(event.facts)
        Since: 0.1
        """
