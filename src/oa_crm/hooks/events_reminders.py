"""on_*: what is due, overdue and neglected."""

from oa_crm.hooks import payloads
from oa_crm.hooks.answers import Receipt
from oa_crm.hooks.delivery import Delivery
from oa_crm.hooks.markers import hookspec


class ReminderEvents:
    """The event specs of reminders."""

    @hookspec
    def on_follow_up_due(self, event: payloads.FollowUpDue, delivery: Delivery) -> Receipt | None:
        """A follow-up falls due: a plan, so many minutes before, or a next contact, on its day.

        Effect: a returned `Receipt` is kept as a link of the reminder (`unit.links.of("reminder", id)`). The built-in
            plugin `notices` tells `member_id`, who is the plan's assignee or the customer's owner.
        Errors: any exception means again later, `RetryLater` without counting, `GiveUp` a dead letter at once.
        Timing: in the relay, after the commit of the slice of `crm.reminders.run` that found it. Once for each time
            that it is due.
        Example:
            from oa_crm.hooks import hookimpl

            class Bell:
                name = "bell"

                def __init__(self):
                    self.rung = {}

                @hookimpl
                def on_follow_up_due(self, event, delivery):
                    self.rung[event.reminder_id] = (event.member_id, event.due)
        Since: 0.1
        """

    @hookspec
    def on_follow_up_overdue(self, event: payloads.FollowUpOverdue, delivery: Delivery) -> Receipt | None:
        """A follow-up is overdue by so many days; from a step on the manager is told as well.

        Effect: a returned `Receipt` is kept as a link of the reminder. The built-in plugin `notices` tells `member_id`
            and, where the company's rules say so, `manager_id`.
        Errors: any exception means again later, `RetryLater` without counting, `GiveUp` a dead letter at once.
        Timing: in the relay, after the commit of the slice of `crm.reminders.run` that found it. Once for each step; of
            several steps that were missed, the last.
        Example:
            from oa_crm.hooks import hookimpl

            class Late:
                name = "late"

                def __init__(self):
                    self.told = {}

                @hookimpl
                def on_follow_up_overdue(self, event, delivery):
                    self.told[event.reminder_id] = (event.days, event.manager_id or event.member_id)
        Since: 0.1
        """

    @hookspec
    def on_customer_neglected(self, event: payloads.CustomerNeglected, delivery: Delivery) -> Receipt | None:
        """Nobody followed a customer up for so many days, since its last follow-up or since its owner got it.

        Effect: a returned `Receipt` is kept as a link of the customer. The built-in plugin `notices` tells `owner_id`
            and, where the company's rules say so, `manager_id`.
        Errors: any exception means again later, `RetryLater` without counting, `GiveUp` a dead letter at once.
        Timing: in the relay, after the commit of the slice of `crm.reminders.run` that found it. Once for each step; of
            several steps that were missed, the last. In order per customer.
        Example:
            from oa_crm.hooks import hookimpl

            class Dust:
                name = "dust"

                def __init__(self):
                    self.days = {}

                @hookimpl
                def on_customer_neglected(self, event, delivery):
                    self.days[event.customer_id] = event.days
        Since: 0.1
        """
