"""on_*: what happens to people and to deliveries themselves."""

from oa_crm.hooks import payloads
from oa_crm.hooks.answers import Receipt
from oa_crm.hooks.delivery import Delivery
from oa_crm.hooks.markers import hookspec


class UpkeepEvents:
    """The event specs of members and deliveries."""

    @hookspec
    def on_member_left(self, event: payloads.MemberLeft, delivery: Delivery) -> Receipt | None:
        """A member is no longer active: handover starts here.

        Effect: a returned `Receipt` is kept as a link of the member (`unit.links.of("member", id)`). What he owned
            stays his until somebody passes it on.
        Errors: any exception means again later, `RetryLater` without counting, `GiveUp` a dead letter at once.
        Timing: in the relay, after the commit of the `directory.sync` that no longer found him active, or of a
            `directory.save_member` with `active=False`. In order per member.
        Example:
            from oa_crm.hooks import hookimpl

            class Handover:
                name = "handover"

                def __init__(self):
                    self.tasks = {}

                @hookimpl
                def on_member_left(self, event, delivery):
                    self.tasks[event.member_id] = f"{event.manager_id or 'HR'} takes over from {event.name}"
        Since: 0.1
        """

    @hookspec
    def on_member_moved(self, event: payloads.MemberMoved, delivery: Delivery) -> Receipt | None:
        """A member belongs to another department: what he held in the former one may have to go to others.

        Effect: a returned `Receipt` is kept as a link of the member (`unit.links.of("member", id)`). The built-in
            plugin `handover_start` opens a handover that is due; what he owned stays his until somebody runs it.
        Errors: any exception means again later, `RetryLater` without counting, `GiveUp` a dead letter at once.
        Timing: in the relay, after the commit of `directory.sync` or `directory.save_member`. In order per member;
            not for somebody who left at the same time.
        Example:
            from oa_crm.hooks import hookimpl

            class Moves:
                name = "moves"

                def __init__(self):
                    self.moved = {}

                @hookimpl
                def on_member_moved(self, event, delivery):
                    self.moved[event.member_id] = (event.former_department_id, event.department_id)
        Since: 0.1
        """

    @hookspec
    def on_delivery_dead(self, event: payloads.DeliveryDead, delivery: Delivery) -> Receipt | None:
        """An event could not be delivered to a plugin and was laid aside as a dead letter.

        Effect: tell an operator. Until he retries it (`crm.relay.retry_dead`) or skips it (`crm.relay.skip`), later
            events of the same aggregate wait for that plugin. A returned `Receipt` is kept as a link of the dead
            letter (`unit.links.of("delivery", event.delivery_id)`), such as the number of a ticket.
        Errors: any exception means again later, `RetryLater` without counting, `GiveUp` a dead letter at once. A
            dead letter about a dead letter is not announced again.
        Timing: in the relay; the event is written in the transaction that laid the delivery aside. `error` is cut
            and cleaned of secrets, addresses and long numbers.
        Example:
            from oa_crm.hooks import hookimpl

            class Alarm:
                name = "alarm"

                def __init__(self):
                    self.raised = {}

                @hookimpl
                def on_delivery_dead(self, event, delivery):
                    self.raised[event.delivery_id] = f"{event.plugin} gave up on {event.hook}: {event.error}"
        Since: 0.1
        """
