"""on_*: requests to put a customer on file in spite of a clash. In order per request."""

from oa_crm.hooks import payloads
from oa_crm.hooks.answers import Receipt
from oa_crm.hooks.delivery import Delivery
from oa_crm.hooks.markers import hookspec


class OverrideEvents:
    """The event specs of overrides."""

    @hookspec
    def on_override_requested(self, event: payloads.OverrideRequested, delivery: Delivery) -> Receipt | None:
        """Somebody asks to put a customer on file that clashes with one.

        Effect: a returned `Receipt` is kept as a link of the request (`unit.links.of("override", id)`). The built-in
            plugin `notices` tells `manager_id`; a host may start an approval process of its own, which ends in
            `unit.overrides.grant` or `refuse`.
        Errors: any exception means again later, `RetryLater` without counting, `GiveUp` a dead letter at once.
        Timing: in the relay, after the commit of `overrides.request`; the first event of its request.
        Example:
            from oa_crm.hooks import Receipt, hookimpl

            class Tasks:
                name = "tasks"

                def __init__(self):
                    self.open = {}

                @hookimpl
                def on_override_requested(self, event, delivery):
                    self.open[event.override_id] = (event.manager_id, event.name, event.reason)
                    return Receipt(str(event.override_id), label="task")
        Since: 0.1
        """

    @hookspec
    def on_override_decided(self, event: payloads.OverrideDecided, delivery: Delivery) -> Receipt | None:
        """A request to pass a clash was granted or refused.

        Effect: a returned `Receipt` is kept as a link of the request. The built-in plugin `notices` tells
            `requested_by`, who may now put the customer on file, once, if it was granted.
        Errors: any exception means again later, `RetryLater` without counting, `GiveUp` a dead letter at once.
        Timing: in the relay, after the commit of `overrides.grant` or `overrides.refuse`.
        Example:
            from oa_crm.hooks import hookimpl

            class Tally:
                name = "tally"

                def __init__(self):
                    self.granted = {}

                @hookimpl
                def on_override_decided(self, event, delivery):
                    self.granted[event.override_id] = event.granted
        Since: 0.1
        """
