"""on_*: handovers of what somebody held. In order per handover."""

from oa_crm.hooks import payloads
from oa_crm.hooks.answers import Receipt
from oa_crm.hooks.delivery import Delivery
from oa_crm.hooks.markers import hookspec


class HandoverEvents:
    """The event specs of handovers."""

    @hookspec
    def on_handover_executed(self, event: payloads.HandoverExecuted, delivery: Delivery) -> Receipt | None:
        """What somebody held went to others, all of it at once.

        Effect: a returned `Receipt` is kept as a link of the handover. The built-in plugin `notices` tells each of
            `receivers`. `on_customer_owner_changed` of every customer, `on_lead_updated` of every lead,
            `on_team_member_left` of every seat that ended and `on_plan_changed` of every plan that ended come by
            themselves. The rest (projects, contracts, plans that go on, matters, strategies, requests for help) is told
            by this event alone; `unit.handover.items` lists it.
        Errors: any exception means again later, `RetryLater` without counting, `GiveUp` a dead letter at once.
        Timing: in the relay, after the commit of `handover.execute`.
        Example:
            from oa_crm.hooks import Receipt, hookimpl

            class Portal:
                name = "portal"

                def __init__(self):
                    self.tasks = {}

                @hookimpl
                def on_handover_executed(self, event, delivery):
                    for member, counts in event.receivers.items():
                        self.tasks[delivery.key, member] = counts
                    return Receipt(str(len(event.receivers)), label="tasks")
        Since: 0.1
        """

    @hookspec
    def on_handover_undone(self, event: payloads.HandoverUndone, delivery: Delivery) -> Receipt | None:
        """A handover was taken back, but for what had gone on since.

        Effect: a returned `Receipt` is kept as a link of the handover. The built-in plugin `notices` tells each of
            `receivers`.
        Errors: any exception means again later, `RetryLater` without counting, `GiveUp` a dead letter at once.
        Timing: in the relay, after the commit of `handover.undo`; after `on_handover_executed` of the same handover.
        Example:
            from oa_crm.hooks import hookimpl

            class Withdrawals:
                name = "withdrawals"

                def __init__(self):
                    self.stayed = {}

                @hookimpl
                def on_handover_undone(self, event, delivery):
                    self.stayed[event.handover_id] = event.left
        Since: 0.1
        """

    @hookspec
    def on_handover_due(self, event: payloads.HandoverDue, delivery: Delivery) -> Receipt | None:
        """Somebody left or went to another department, and holds things that have to go to others.

        Effect: a returned `Receipt` is kept as a link of the handover. The built-in plugin `notices` tells
            `superior_id`. Nothing has moved; `unit.handover.execute` runs it, `unit.handover.dismiss` says that it
            needs none.
        Errors: any exception means again later, `RetryLater` without counting, `GiveUp` a dead letter at once.
        Timing: in the relay, after the commit of the delivery of `on_member_left` or `on_member_moved` to the
            built-in plugin `handover_start`.
        Example:
            from oa_crm.hooks import hookimpl

            class Leavers:
                name = "leavers"

                def __init__(self):
                    self.open = {}

                @hookimpl
                def on_handover_due(self, event, delivery):
                    self.open[event.leaver_id] = (event.superior_id, sum(event.counts.values()))
        Since: 0.1
        """

    @hookspec
    def on_handover_acknowledged(self, event: payloads.HandoverAcknowledged, delivery: Delivery) -> Receipt | None:
        """A receiver of a handover has taken note of what is his now.

        Effect: a returned `Receipt` is kept as a link of the handover.
        Errors: any exception means again later, `RetryLater` without counting, `GiveUp` a dead letter at once.
        Timing: in the relay, after the commit of `handover.acknowledge`; after `on_handover_executed` of the same.
        Example:
            from oa_crm.hooks import hookimpl

            class Signatures:
                name = "signatures"

                def __init__(self):
                    self.signed = {}

                @hookimpl
                def on_handover_acknowledged(self, event, delivery):
                    self.signed[event.handover_id, event.member_id] = event.words
        Since: 0.1
        """
