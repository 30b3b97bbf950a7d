"""on_*: what happens to requests for help. In order per request."""

from oa_crm.hooks import payloads
from oa_crm.hooks.answers import Receipt
from oa_crm.hooks.delivery import Delivery
from oa_crm.hooks.markers import hookspec


class HelpEvents:
    """The event specs of requests for help."""

    @hookspec
    def on_help_asked(self, event: payloads.HelpAsked, delivery: Delivery) -> Receipt | None:
        """Somebody inside the company is asked for help, or asked again.

        Effect: a returned `Receipt` is kept as a link of the request (`unit.links.of("help_request", id)`), such as
            the number of a task in the host's list of things to do.
        Errors: any exception means again later, `RetryLater` without counting, `GiveUp` a dead letter at once.
        Timing: in the relay, after the commit of `help.ask` or `help.reopen`. Requests that a handover gives to another
            helper are told by `on_handover_executed`, all at once.
        Example:
            from oa_crm.hooks import hookimpl

            class Tasks:
                name = "tasks"

                def __init__(self):
                    self.to_do = {}

                @hookimpl
                def on_help_asked(self, event, delivery):
                    for member in event.asked:
                        self.to_do[(member, event.help_id)] = event.due_on
        Since: 0.1
        """

    @hookspec
    def on_help_answered(self, event: payloads.HelpAnswered, delivery: Delivery) -> Receipt | None:
        """Whoever was asked for help took it up, declined it, or answered.

        Effect: a returned `Receipt` is kept as a link of the request. What was answered is read by `help.get`.
        Errors: any exception means again later, `RetryLater` without counting, `GiveUp` a dead letter at once.
        Timing: in the relay, after the commit of `help.accept`, `decline` or `answer`; after its `on_help_asked`.
        Example:
            from oa_crm.hooks import hookimpl

            class Answers:
                name = "answers"

                def __init__(self):
                    self.of = {}

                @hookimpl
                def on_help_answered(self, event, delivery):
                    self.of[event.help_id] = event.what
        Since: 0.1
        """
