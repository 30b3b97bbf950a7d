"""on_*: what happens to follow-ups after they were recorded, to plans, and to what lives on between them."""

from oa_crm.hooks import payloads
from oa_crm.hooks.answers import Receipt
from oa_crm.hooks.delivery import Delivery
from oa_crm.hooks.markers import hookspec


class FollowUpEvents:
    """The event specs of what is added to follow-ups, of plans, of key issues and needs."""

    @hookspec
    def on_follow_up_commented(self, event: payloads.FollowUpCommented, delivery: Delivery) -> Receipt | None:
        """An addendum or a comment was added to a follow-up.

        Effect: a returned `Receipt` is kept as a link of the follow-up (`unit.links.of("follow_up", id)`). The built-in
            plugin `notices` tells each of `mentioned`, who are members that may see the follow-up. The words are not
            in the event; who may read them does so by `unit.followups.get` and `comments`.
        Errors: any exception means again later, `RetryLater` without counting, `GiveUp` a dead letter at once.
        Timing: in the relay, after the commit of `followups.add_to` or `followups.comment`. In order per follow-up.
        Example:
            from oa_crm.hooks import hookimpl

            class Mentions:
                name = "mentions"

                def __init__(self):
                    self.of = {}

                @hookimpl
                def on_follow_up_commented(self, event, delivery):
                    for member in event.mentioned:
                        self.of.setdefault(member, set()).add(event.note_id)
        Since: 0.1
        """

    @hookspec
    def on_plan_changed(self, event: payloads.PlanChanged, delivery: Delivery) -> Receipt | None:
        """A follow-up was planned, or its plan was rescheduled, cancelled, done, or handed on to another owner.

        Effect: a returned `Receipt` is kept as a link of the plan (`unit.links.of("plan", id)`), such as the number of
            an entry in the host's calendar. The built-in plugin `notices` tells `assignee_id` of what somebody else
            planned, moved, cancelled or handed on to him. What the plan is for is not in the event.
        Errors: any exception means again later, `RetryLater` without counting, `GiveUp` a dead letter at once.
        Timing: in the relay, after the commit of `plans.plan`, `reschedule` or `cancel`, or of the `followups.log` that
            names the plan. In order per plan. Also after acts by which plans end (`pool.release`, recycling,
            `leads.release`, `leads.invalidate`; `change` is cancelled) or go to the new owner (`pool.transfer`,
            `leads.assign`, merges and splits; handed_on). A handover tells of no single plan: `on_handover_executed`
            and `on_handover_undone` tell of all of it, `unit.handover.items` lists them.
        Example:
            from oa_crm.hooks import Receipt, hookimpl

            class Entries:
                name = "entries"

                def __init__(self):
                    self.of = {}

                @hookimpl
                def on_plan_changed(self, event, delivery):
                    if event.change in ("planned", "rescheduled", "handed_on"):
                        self.of[event.plan_id] = (event.assignee_id, event.due_at)
                        return Receipt(str(event.plan_id), label="calendar entry")
                    self.of.pop(event.plan_id, None)
        Since: 0.1
        """

    @hookspec
    def on_matter_changed(self, event: payloads.MatterChanged, delivery: Delivery) -> Receipt | None:
        """A key issue or a need of a customer was opened, changed, closed, reopened or handed on.

        Effect: a returned `Receipt` is kept as a link of the matter (`unit.links.of("matter", id)`). The built-in
            plugin `notices` tells `assignee_id` what somebody else gave him, changed, closed or reopened. The words
            are not in the event.
        Errors: any exception means again later, `RetryLater` without counting, `GiveUp` a dead letter at once.
        Timing: in the relay, after the commit of `open`, `update`, `close` or `reopen` of `unit.issues` or
            `unit.needs`, also of an `update` that changes nothing; and of a transfer, a merge, a split or an
            undone handover that gives one to another. In order per matter. Comments are not told. What a handover
            gives to another is told by `on_handover_executed`, all at once.
        Example:
            from oa_crm.hooks import hookimpl

            class Blockers:
                name = "blockers"

                def __init__(self):
                    self.open = {}

                @hookimpl
                def on_matter_changed(self, event, delivery):
                    if event.what == "issue" and event.state == "open":
                        self.open[event.matter_id] = (event.customer_id, event.weight)
                    else:
                        self.open.pop(event.matter_id, None)
        Since: 0.1
        """
