"""on_*: what happens to leads. In order per lead."""

from oa_crm.hooks import payloads
from oa_crm.hooks.answers import Receipt
from oa_crm.hooks.delivery import Delivery
from oa_crm.hooks.markers import hookspec


class LeadEvents:
    """The event specs of leads."""

    @hookspec
    def on_lead_created(self, event: payloads.LeadCreated, delivery: Delivery) -> Receipt | None:
        """A lead came in, to somebody or, without `owner_id`, into the pool.

        Effect: a returned `Receipt` is kept as a link of the lead (`unit.links.of("lead", id)`), such as its number in
            the campaign tool that it came from.
        Errors: any exception means again later, `RetryLater` without counting, `GiveUp` a dead letter at once.
        Timing: in the relay, after the commit of `leads.create`.
        Example:
            from oa_crm.hooks import hookimpl

            class Campaigns:
                name = "campaigns"

                def __init__(self):
                    self.brought = {}

                @hookimpl
                def on_lead_created(self, event, delivery):
                    self.brought.setdefault(event.source, set()).add(event.lead_id)
        Since: 0.1
        """

    @hookspec
    def on_lead_updated(self, event: payloads.LeadUpdated, delivery: Delivery) -> Receipt | None:
        """Facts of a lead changed, or who has it, or an invalid one was revived.

        Effect: a returned `Receipt` is kept as a link of the lead. `changed` names the fields; "owner_id" among them
            means that it was claimed, assigned, released or handed over.
        Errors: any exception means again later, `RetryLater` without counting, `GiveUp` a dead letter at once.
        Timing: in the relay, after the commit of `leads.update` that changed something, of `claim`, `assign`,
            `release` or `revive`, and of `handover.execute` or `undo` that gave it to somebody. In order per lead.
        Example:
            from oa_crm.hooks import hookimpl

            class Desks:
                name = "desks"

                def __init__(self):
                    self.on_desk = {}

                @hookimpl
                def on_lead_updated(self, event, delivery):
                    self.on_desk[event.lead_id] = event.owner_id
        Since: 0.1
        """

    @hookspec
    def on_lead_followed_up(self, event: payloads.LeadFollowedUp, delivery: Delivery) -> Receipt | None:
        """A conversation with a lead was recorded.

        Effect: a returned `Receipt` is kept as a link of the lead. Once it is a customer, `on_follow_up_logged` tells
            of what is said.
        Errors: any exception means again later, `RetryLater` without counting, `GiveUp` a dead letter at once.
        Timing: in the relay, after the commit of `followups.log` with a `lead_id`.
        Example:
            from oa_crm.hooks import hookimpl

            class Calendar:
                name = "calendar"

                def __init__(self):
                    self.days = {}

                @hookimpl
                def on_lead_followed_up(self, event, delivery):
                    self.days[event.lead_id] = event.next_contact_on
        Since: 0.1
        """

    @hookspec
    def on_lead_converted(self, event: payloads.LeadConverted, delivery: Delivery) -> Receipt | None:
        """A lead became a customer, with its contact and project.

        Effect: a returned `Receipt` is kept as a link of the lead. The customer, the contact and the project tell of
            themselves by their own events as well.
        Errors: any exception means again later, `RetryLater` without counting, `GiveUp` a dead letter at once.
        Timing: in the relay, after the commit of `leads.convert`; after the lead's `on_lead_created`.
        Example:
            from oa_crm.hooks import hookimpl

            class Funnel:
                name = "funnel"

                def __init__(self):
                    self.won = {}

                @hookimpl
                def on_lead_converted(self, event, delivery):
                    self.won[event.lead_id] = event.customer_id
        Since: 0.1
        """

    @hookspec
    def on_lead_invalidated(self, event: payloads.LeadInvalidated, delivery: Delivery) -> Receipt | None:
        """A lead turned out to be none.

        Effect: a returned `Receipt` is kept as a link of the lead. It may be revived later, which tells nobody.
        Errors: any exception means again later, `RetryLater` without counting, `GiveUp` a dead letter at once.
        Timing: in the relay, after the commit of `leads.invalidate`; after the lead's `on_lead_created`.
        Example:
            from oa_crm.hooks import hookimpl

            class SourceQuality:
                name = "source_quality"

                def __init__(self):
                    self.wasted = {}

                @hookimpl
                def on_lead_invalidated(self, event, delivery):
                    self.wasted.setdefault(event.because, set()).add(event.lead_id)
        Since: 0.1
        """
