"""on_*: what happens to follow-ups after they were recorded."""

from oa_crm.hooks import payloads
from oa_crm.hooks.answers import Receipt
from oa_crm.hooks.delivery import Delivery
from oa_crm.hooks.markers import hookspec


class FollowUpEvents:
    """The event specs of what is added to follow-ups."""

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
